"""Points accounts: open, close, look up, add and deduct points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.rules import points
from emporix_mock.services.reward_points.declared import (
    ACCOUNTS,
    ADDED_VALIDITY,
    BAD_POINTS,
    BAD_TIME,
    NOT_ENOUGH,
    SUPPLIED_HISTORY,
    USE_ORDER,
    WITHOUT_ACCOUNT,
    account_exists,
    given,
    no_account,
    service,
)
from emporix_mock.services.reward_points.site_terms import terms

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def account_of(state: State, customer_id: str | None) -> Document:
    """The account of a customer, 404 without one."""
    account = state.collection(ACCOUNTS.name).get(customer_id or "")
    if account is None:
        raise no_account(customer_id or "")
    return account


def save(state: State, account: Document) -> None:
    """Store an account."""
    state.collection(ACCOUNTS.name).put(account["customerId"], account)


@service.operation("GET-reward-points-retrieve-rewards-summary")
def summaries(_ctx: RequestContext, state: State) -> list[Document]:
    """The summaries of all accounts."""
    now = state.now()
    return [points.summary(account, now) for account in state.collection(ACCOUNTS.name).scan()]


@service.operation("GET-reward-points-fetch-customer-reward-points")
def balance(ctx: RequestContext, state: State) -> int:
    """A customer's points that can be redeemed, as a bare number."""
    return points.active_points(account_of(state, ctx.path["customerId"]), state.now())


@service.operation("GET-reward-points-retrieve-customer-reward-summary")
def summary(ctx: RequestContext, state: State) -> Document:
    """A customer's balance and history."""
    return points.summary(account_of(state, ctx.path["customerId"]), state.now())


@service.operation("GET-reward-points-fetch-logged-customer-points")
def own_balance(ctx: RequestContext, state: State) -> int:
    """The caller's own points that can be redeemed."""
    return points.active_points(account_of(state, ctx.caller().customer_id), state.now())


@service.operation("GET-reward-points-retrieve-logged-customer-reward-summary")
def own_summary(ctx: RequestContext, state: State) -> Document:
    """The caller's own balance and history."""
    return points.summary(account_of(state, ctx.caller().customer_id), state.now())


@service.operation("POST-reward-points-create-customer-reward-entry")
def open_account(ctx: RequestContext, state: State) -> Result:
    """Open an account, with start points when the body has some. The customer is that of the path.

    Clients that send something else than start points get an empty account, as the schema allows.
    """
    customer_id, start = ctx.path["customerId"], given(ctx).get("startPoints")
    if customer_id in state.collection(ACCOUNTS.name):
        raise account_exists(customer_id)
    account = points.new_account(customer_id)
    save(state, credited(ctx, state, account, start) if start and start["points"] != 0 else account)
    return Result(200)


@service.operation("DELETE-reward-points-remove-customer-reward-entry")
def close_account(ctx: RequestContext, state: State) -> Result:
    """Remove an account with its history; no account is as good as a removed one (a choice)."""
    state.collection(ACCOUNTS.name).delete(ctx.path["customerId"])
    return Result(200)


@service.operation("POST-reward-points-add-customer-reward-points")
def add(ctx: RequestContext, state: State) -> Result:
    """Add one entry."""
    customer_id, body = ctx.path["customerId"], given(ctx)
    account = state.collection(ACCOUNTS.name).get(customer_id)
    if account is None:
        if ctx.switch(WITHOUT_ACCOUNT) == "refuse":
            raise no_account(customer_id)
        account = points.new_account(customer_id)
    save(state, credited(ctx, state, account, body))
    return Result(201)


@service.operation("POST-reward-points-redeem-customer-points")
def deduct(ctx: RequestContext, state: State) -> Result:
    """Deduct points without giving a coupon; a customer without account has none to deduct."""
    customer_id, body = ctx.path["customerId"], given(ctx)
    account = state.collection(ACCOUNTS.name).get(customer_id) or points.new_account(customer_id)
    save(state, deducted(ctx, state, account, body["points"], body.get("description")))
    return Result(201)


def credited(ctx: RequestContext, state: State, account: Document, body: Document) -> Document:
    """The account with the entry that `body` asks for; 400 for points or times that cannot be."""
    if ctx.switch(SUPPLIED_HISTORY) == "ignored":
        body = {key: body[key] for key in ("points", "reference-id", "description") if key in body}
    now = state.now()
    try:
        until = None
        if body.get("validUntil") is None and ctx.switch(ADDED_VALIDITY) == "site":
            site_code = ctx.query.get("siteCode") or "main"
            until = terms(ctx, state, site_code).valid_until(points.creation(body, now))
        return points.add_points(account, body, now=now, entry_id=state.ids.uuid(), default_valid_until=until)
    except points.InvalidPoints as wrong:
        raise BAD_POINTS(str(wrong)) from wrong
    except points.InvalidTimestamp as wrong:
        raise BAD_TIME(str(wrong)) from wrong


def deducted(
    ctx: RequestContext, state: State, account: Document, amount: Any, description: str | None
) -> Document:
    """The account after a redemption; 400 for an amount that is not positive or not there."""
    soonest = ctx.switch(USE_ORDER) == "soonest-expiry-first"
    try:
        changed, _ = points.redeem(
            account,
            amount,
            now=state.now(),
            redemption_id=state.ids.uuid(),
            description=description,
            first="validUntil" if soonest else "createdAt",
        )
    except points.InvalidPoints as wrong:
        raise BAD_POINTS(str(wrong)) from wrong
    except points.NotEnoughPoints as short:
        raise NOT_ENOUGH(f"Not enough points: {short}") from short
    return changed
