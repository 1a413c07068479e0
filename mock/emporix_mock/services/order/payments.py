"""What becomes of an order when its payment moves (checkout facts, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.rules.orders import CREATED, DECLINED, IN_CHECKOUT
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.order.declared import ORDERS, service
from emporix_mock.services.order.sales import RESOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

NEXT = {"AUTHORIZATION_SUCCESS": CREATED, "AUTHORIZATION_FAILURE": DECLINED}
"""What an order that waits for its payment becomes."""


@service.on("payment.changed")
def paid(ctx: RequestContext, state: State, event: Mapping[str, Any]) -> None:
    """Note the state of the payment on its order; one that waited for it goes on, or is declined."""
    order = state.collection(ORDERS.collection).get(str(event.get("orderId")))
    if order is None:
        return
    payments = [dict(payment) for payment in order.get("payments") or []]
    entry = _entry_of(payments, event)
    before = dict(entry)
    entry |= {"status": event["status"], "transactionId": event["transactionId"]}
    _add_money(entry, event)
    status = order["status"]
    if status == IN_CHECKOUT:
        status = NEXT.get(event["status"], status)
    if entry != before or status != order["status"]:
        crud.write(RESOURCE, ctx, state, {**order, "status": status, "payments": payments}, order)


def _entry_of(payments: list[dict[str, Any]], event: Mapping[str, Any]) -> dict[str, Any]:
    """The payment that the event is about: of its transaction, else the first that has none yet."""
    for wanted in (event["transactionId"], None):
        for payment in payments:
            if payment.get("transactionId") == wanted:
                return payment
    made = {
        "provider": "payment-gateway",
        "method": event.get("method") or "",
        "paidAmount": 0,
        "currency": event.get("currency") or "",
    }
    payments.append(made)
    return made


def _add_money(entry: dict[str, Any], event: Mapping[str, Any]) -> None:
    amount = event.get("amount")
    if amount is None:
        return
    if event["status"] == "AUTHORIZATION_SUCCESS":
        entry["authorizedAmount"] = amount
    added = {"CAPTURE_SUCCESS": "paidAmount", "REFUND_SUCCESS": "refundAmount"}.get(event["status"])
    if added:
        entry[added] = plain(exact(entry.get(added) or 0) + exact(amount))
