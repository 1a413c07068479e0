"""Redeeming coupons: the check, redemptions and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.rules.coupons import (
    Attempt,
    Caller,
    count_redemption,
    count_uses,
    first_refusal,
    uncount_redemption,
)
from emporix_mock.services.coupon.coupons import find, stored_code
from emporix_mock.services.coupon.declared import (
    COUPONS,
    DELETED_REDEMPTION,
    MANAGE,
    NAMELESS,
    ON_BEHALF,
    ORDER_REPEATED,
    OTHERS_REDEMPTION,
    REDEMPTIONS,
    REPEATED_ORDER,
    SEGMENT_MEMBERS,
    STATUS_ORDER,
    missing_redemption,
    refused,
    service,
)
from emporix_mock.services.coupon.listing import listed

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

EVERY_SEGMENT = 100_000  # on one page


@service.operation("POST-coupon-validate-coupon")
def validate(ctx: RequestContext, state: State) -> Result:
    """Tell whether the coupon could be redeemed: the answer is empty, or the refusal."""
    _redeemable(ctx, state)
    return Result(200)


@service.operation("POST-coupon-invalidate-coupon")
def redeem(ctx: RequestContext, state: State) -> Result:
    """Redeem the coupon for the named customer, else for the caller, and count it."""
    coupon, customer = _redeemable(ctx, state)
    order = ctx.body.get("orderCode")
    again = order and _of(state, coupon["code"], "orderCode", order)
    if again and ctx.switch(ORDER_REPEATED) == "conflict":
        raise REPEATED_ORDER(f"Coupon {coupon['code']} was already redeemed for order {order}")
    redemption = {
        "id": state.ids.object_id(),
        "code": coupon["code"],
        **{name: value for name, value in ctx.body.items() if name not in ("id", "code", "redeemedAt")},
        **({} if customer is None else {"customerNumber": customer}),
        "redeemedAt": state.timestamp(),
    }
    state.collection(REDEMPTIONS.collection).put(redemption["id"], redemption)
    state.collection(COUPONS.collection).put(coupon["code"], count_redemption(coupon, redemption))
    return Result(201, {"id": redemption["id"]})


@service.operation("GET-coupon-list-coupon-redemptions")
def list_redemptions(ctx: RequestContext, state: State) -> Result:
    """The redemptions of a coupon, oldest first."""
    coupon = find(ctx, state)["code"]
    return listed(REDEMPTIONS, ctx, state, lambda redemption: redemption, where={"code": (coupon,)})


@service.operation("GET-coupon-retrieve-coupon-redemption")
def read(ctx: RequestContext, state: State) -> dict[str, Any]:
    """One redemption: employees see any, others their own, or that of the customer they act for."""
    caller, redemption = ctx.caller(), _find(ctx, state)
    if caller.may(MANAGE):
        return redemption
    customer = ctx.query.get("customerNumber") or caller.customer_id
    acts_for_another = customer != caller.customer_id
    if (
        customer is None
        or redemption.get("customerNumber") != customer
        or (acts_for_another and not caller.may(ON_BEHALF))
    ):
        raise OTHERS_REDEMPTION(
            f"Insufficient permissions to retrieve the redemption with Id {redemption['id']}"
        )
    return redemption


@service.operation("DELETE-coupon-remove-coupon-redemption")
def delete(ctx: RequestContext, state: State) -> Result:
    """Take a redemption back; the coupon may become valid again."""
    coupon, redemption = find(ctx, state), _find(ctx, state)
    state.collection(REDEMPTIONS.collection).delete(redemption["id"])
    if ctx.switch(DELETED_REDEMPTION) == "uncounted":
        state.collection(COUPONS.collection).put(coupon["code"], uncount_redemption(coupon, redemption))
    return Result(204)


def _redeemable(ctx: RequestContext, state: State) -> tuple[dict[str, Any], str | None]:
    """The coupon and who redeems it; the first check that refuses is the error."""
    principal, request = ctx.caller(), ctx.body
    code = stored_code(state, ctx.path["code"])
    nobody = principal.customer_id is None and not request.get("customerNumber")
    strict = principal.kind == "anonymous" or ctx.switch(NAMELESS) == "anonymous"
    coupon = state.collection(COUPONS.collection).get(code)
    customer = request.get("customerNumber") or principal.customer_id
    caller = Caller(
        customer=principal.customer_id,
        on_behalf=principal.may(ON_BEHALF),
        anonymous=nobody and strict,
        segments=_segments(ctx, coupon, customer),
    )
    attempt = Attempt(
        code=code,
        coupon=coupon,
        request=request,
        caller=caller,
        uses=count_uses(
            _of(state, code, "customerNumber", customer), customer or "", request.get("legalEntityId")
        ),
        now=state.now(),
        used_first=ctx.switch(STATUS_ORDER) == "used-first",
    )
    refusal = first_refusal(attempt)
    if refusal is not None:
        raise refused(refusal)
    assert coupon is not None  # noqa: S101  # for the type checker; without one there is a refusal
    return coupon, customer


def _segments(
    ctx: RequestContext, coupon: dict[str, Any] | None, customer: str | None
) -> frozenset[str] | None:
    """The segments of the customer, as a person and for its company; None where they do not matter."""
    if not (coupon or {}).get("segmentRestricted") or ctx.switch(SEGMENT_MEMBERS) == "everyone":
        return None
    if customer is None:
        return frozenset()
    query = {"customerId": customer, "pageSize": str(EVERY_SEGMENT)}
    if company := ctx.body.get("legalEntityId") or ctx.caller().legal_entity_id:
        query["legalEntityId"] = company
    found = ctx.call("customer-segments", "GET-customer-segment-retrieve-segments", query=query)
    return frozenset(segment["id"] for segment in found.body)


def _of(state: State, code: str, field: str, value: str | None) -> list[dict[str, Any]]:
    """The redemptions of a coupon with a value in a field; the others of a popular one are not looked at."""
    redemptions = state.collection(REDEMPTIONS.collection)
    keys = redemptions.matching([("code", [code]), (field, [value])])
    return [found for key in keys if (found := redemptions.peek(key)) is not None]


def _find(ctx: RequestContext, state: State) -> dict[str, Any]:
    code = find(ctx, state)["code"]
    redemption = state.collection(REDEMPTIONS.collection).get(ctx.path["id"])
    if redemption is None or redemption.get("code") != code:
        raise missing_redemption(ctx.path["id"])
    return redemption
