"""Paying: initialize, authorize, capture, refund, cancel, and the page of the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.errors import EmporixError
from emporix_mock.rules import payments as rules
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.order_prices import cents
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.payment_gateway.declared import (
    CARDS,
    INVALID,
    MODES,
    OVERDRAWN,
    SYNTAX,
    TRANSACTIONS,
    UNSUPPORTED,
    missing,
    service,
)
from emporix_mock.services.payment_gateway.transactions import add_step, opened, order_of

if TYPE_CHECKING:
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DONE = "Success!"


@service.operation("POST-payment-gateway-authorize-payment")
@service.operation("POST-payment-gateway-authorize-payment-frontend")
def authorize(ctx: RequestContext, state: State) -> Document:
    """Have the payment of an order promised; a refusal of the provider answers `successful` false."""
    mode, order, amount = _asked(ctx, state)
    script = _script(state, ctx.body.get("creditCardToken"))
    transaction = opened(state, mode, order["id"], _information(ctx, script))
    outcome = script.authorize
    if outcome == "approved" and rules.integration(mode) == "OFFSITE":
        outcome = "redirected"
    if outcome == "redirected" and ctx.body.get("threeDSToken"):
        outcome = "approved"
    if outcome == "redirected":
        where = _send_away(ctx, state, transaction, amount)
        answer = {"successful": True, "paymentTransactionId": transaction["id"]}
        return {**answer, "requiresExternalPayment": True, **where}
    approved = outcome == "approved"
    summary = "Succeeded" if approved else script.message
    step = add_step(
        state, transaction, rules.AUTHORIZATION, successful=approved, amount=amount, summary=summary
    )
    answer = {"successful": approved, "paymentTransactionId": transaction["id"]}
    token = {"authorizationToken": step["remoteToken"]} if approved else {}
    return {**answer, **token, "requiresExternalPayment": False}


@service.operation("POST-payment-gateway-initialize-payment-frontend")
def initialize(ctx: RequestContext, state: State) -> Document:
    """Begin the payment of an order; where the shopper has to go somewhere, the answer says where."""
    mode, order, amount = _asked(ctx, state)
    script = _script(state, ctx.body.get("creditCardToken"))
    transaction = opened(state, mode, order["id"], _information(ctx, script))
    answer = {"successful": True, "paymentTransactionId": transaction["id"]}
    if script.authorize == "redirected" or rules.integration(mode) == "OFFSITE":
        return {**answer, **_send_away(ctx, state, transaction, amount)}
    add_step(state, transaction, rules.INITIALIZATION, successful=True, amount=amount)
    return answer


def _asked(ctx: RequestContext, state: State) -> tuple[Document, Document, Document]:
    """The mode, the order and the amount of a payment; 400 where one of them is not there."""
    body = ctx.body or {}
    mode = state.collection(MODES.collection).get(str(body.get("paymentModeId")))
    if mode is None or not mode.get("active"):
        raise INVALID(SYNTAX, details=["paymentModeId"])
    order = _order(ctx, str((body.get("order") or {}).get("id") or ""))
    amount = body.get("amountToAuthorize", order.get("totalAuthorizedAmount", order.get("totalPrice")))
    currency = body.get("currency", order.get("currency"))
    if amount is None or exact(amount) < 0 or not currency:
        raise INVALID(SYNTAX, details=["amountToAuthorize"])
    return mode, order, {"amount": cents(amount), "currency": currency}


def _order(ctx: RequestContext, order_id: str) -> Document:
    """The order to be paid. Shoppers pay their own orders; a checkout pays before its order is there."""
    caller = ctx.caller()
    try:
        found: Document = ctx.call(
            "order", "GET-order-retrieve-order-employee", path={"orderId": order_id}
        ).body
    except EmporixError as unknown:
        if caller.is_platform and order_id:
            return {"id": order_id}
        raise INVALID(SYNTAX, details=["order.id"]) from unknown
    customer = (found.get("customer") or {}).get("id")
    own = caller.customer_id if caller.kind == "customer" else "ANONYMOUS"
    if caller.kind in ("customer", "anonymous") and customer != own:
        raise INVALID(SYNTAX, details=["order.id"])
    return found


def _script(state: State, token: str | None) -> rules.Script:
    return rules.script_of(state.collection(CARDS.name).get(token) if token else None)


def _information(ctx: RequestContext, script: rules.Script) -> Document:
    known = {"creditCardToken": ctx.body.get("creditCardToken"), "cardHolderName": script.holder}
    return without_gaps(known)


# The provider's own page, where a shopper confirms or gives up.


def _send_away(ctx: RequestContext, state: State, transaction: Document, amount: Document) -> Document:
    step = add_step(
        state,
        transaction,
        rules.STARTED,
        successful=True,
        amount=amount,
        summary="Waiting for the card holder",
    )
    waiting = {**transaction, "_approval": step["remoteToken"], "_amount": amount}
    state.collection(TRANSACTIONS.collection).put(transaction["id"], waiting)
    page = f"payment-gateway/{ctx.tenant}/approve/{step['remoteToken']}"
    return {
        "externalPaymentRedirectURL": f"{ctx.origin}/{page}",
        "externalPaymentHttpMethod": "GET",
        "externalPaymentParameters": {},
    }


@service.page("/payment-gateway/{tenant}/approve/{token}")
def approve(ctx: RequestContext, state: State) -> Result:
    """The shopper confirms the payment."""
    return _called_back(ctx, state, successful=True)


@service.page("/payment-gateway/{tenant}/decline/{token}")
def decline(ctx: RequestContext, state: State) -> Result:
    """The shopper gives up."""
    return _called_back(ctx, state, successful=False)


def _called_back(ctx: RequestContext, state: State, *, successful: bool) -> Result:
    stored = state.collection(TRANSACTIONS.collection)
    found = next((t for key in stored.find("_approval", ctx.path["token"]) if (t := stored.get(key))), None)
    if found is None:
        return Result(404, {"message": "There is no payment to confirm here."})
    waiting = {name: value for name, value in found.items() if name != "_approval"}
    summary = "Succeeded" if successful else "The card holder gave up."
    add_step(
        state, waiting, rules.CALLED_BACK, successful=successful, amount=found["_amount"], summary=summary
    )
    mode = state.collection(MODES.collection).get(found["paymentInformation"]["paymentMode"]) or {}
    settings = mode.get("configuration") or {}
    back = settings.get("Spreedly/RedirectURL") or settings.get("Saferpay/RedirectUrl")
    return Result(200, {"successful": successful, "orderId": order_of(found), "redirectUrl": back})


# What follows an authorization.


@service.operation("POST-payment-gateway-capture-payment")
def capture(ctx: RequestContext, state: State) -> Document:
    """Take an authorized amount, or a part of it."""
    transaction, script = _paid(ctx, state)
    left = rules.capturable(transaction["entries"])
    problem = None if rules.authorized(transaction["entries"]) else "The payment is not authorized."
    step, answer = _step(ctx, state, transaction, rules.CAPTURE, script, left, problem)
    return {**answer, "captureId": step["remoteToken"]} if answer["successful"] else answer


@service.operation("POST-payment-gateway-refund-payment")
def refund(ctx: RequestContext, state: State) -> Document:
    """Give back a captured amount, or a part of it; of several captures the one to take it from is named."""
    transaction, script = _paid(ctx, state)
    captures = rules.succeeded(transaction["entries"], rules.CAPTURE)
    named = (ctx.body or {}).get("captureId")
    if named is None and len(captures) > 1:
        raise INVALID(SYNTAX, details=["captureId"])
    if named is not None and named not in [one.get("remoteToken") for one in captures]:
        raise INVALID(SYNTAX, details=["captureId"])
    left = rules.refundable(transaction["entries"], named)
    problem = None if captures else "Nothing has been captured."
    info = {"captureId": named} if named else {}
    return _step(ctx, state, transaction, rules.REFUND, script, left, problem, **info)[1]


@service.operation("POST-payment-gateway-cancel-payment")
def cancel(ctx: RequestContext, state: State) -> Document:
    """Give up an authorization of which nothing has been captured."""
    transaction, script = _paid(ctx, state)
    entries = transaction["entries"]
    problem = None if rules.authorized(entries) else "The payment is not authorized."
    if rules.succeeded(entries, rules.CAPTURE):
        problem = "The payment is captured already."
    return _step(ctx, state, transaction, rules.CANCEL, script, rules.authorized(entries), problem)[1]


def _paid(ctx: RequestContext, state: State) -> tuple[Document, rules.Script]:
    """The transaction that the path names and the script of its card; 422 where no money goes that way."""
    found = crud.find(TRANSACTIONS, ctx, state, ctx.path["transactionId"])
    if found is None:
        raise missing(ctx.path["transactionId"])
    if found.get("provider") in rules.UNPAID_BY_PROVIDER:
        raise UNSUPPORTED("The payment action is not supported.")
    return found, _script(state, (found.get("paymentInformation") or {}).get("creditCardToken"))


def _step(
    ctx: RequestContext,
    state: State,
    transaction: Document,
    kind: str,
    script: rules.Script,
    left: Decimal,
    problem: str | None,
    **info: Any,
) -> tuple[Document, Document]:
    """Do one step, or note that it failed: the step and the answer."""
    body = ctx.body if isinstance(ctx.body, dict) else {}
    currency = _currency(transaction)
    amount = left if body.get("amount") is None else exact(body["amount"])
    if body.get("currency") not in (None, currency) or (body.get("amount") is not None and amount <= 0):
        raise INVALID(SYNTAX, details=["amount"])
    if problem is None and (amount > left or not left):
        if ctx.switch(OVERDRAWN) == "refused":
            raise INVALID(SYNTAX, details=["amount"])
        problem = f"Only {left} {currency} are left."
    if problem is None and not script.allows(kind.lower()):
        problem = script.message
    step = add_step(
        state,
        transaction,
        kind,
        successful=problem is None,
        amount={"amount": plain(amount), "currency": currency},
        summary=problem or "Succeeded",
        **info,
    )
    return step, {"successful": problem is None, "message": problem or DONE}


def _currency(transaction: Document) -> str:
    amounts = [entry.get("amount") or {} for entry in transaction["entries"]]
    return str(next((amount["currency"] for amount in amounts if amount.get("currency")), ""))
