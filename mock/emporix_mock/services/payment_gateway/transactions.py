"""Transactions: one per payment of an order, with every step of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.rules.payments import AUTHORIZATION, CALLED_BACK, succeeded
from emporix_mock.services.payment_gateway.declared import TRANSACTIONS

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OUTCOMES = {
    "AUTHORIZATION": "AUTHORIZATION",
    "AUTHORIZATION_CALLBACK": "AUTHORIZATION",
    "CAPTURE": "CAPTURE",
    "REFUND": "REFUND",
    "CANCEL": "CANCELLATION",
}
"""Steps that decide about the state of an order's payment."""


def opened(state: State, mode: Document, order_id: str, asked: Document) -> Document:
    """The transaction that waits for the order's authorization by this mode, else a new one."""
    stored = state.collection(TRANSACTIONS.collection)
    for key in stored.find("_order", order_id):
        found = stored.get(key)
        if found and found["paymentInformation"]["paymentMode"] == mode["id"] and not _authorized(found):
            return found | {"paymentInformation": {**found["paymentInformation"], **asked}}
    return {
        "id": state.ids.uuid(),
        "provider": mode["provider"],
        "paymentInformation": {"paymentMode": mode["id"], **asked},
        "entries": [],
        "_order": order_id,
    }


def _authorized(transaction: Document) -> bool:
    entries = transaction["entries"]
    return bool(succeeded(entries, AUTHORIZATION) or succeeded(entries, CALLED_BACK))


def order_of(transaction: Document) -> str:
    """The order that a transaction pays for."""
    if "_order" in transaction:
        return str(transaction["_order"])
    told = (entry.get("additionalInfo") or {} for entry in transaction.get("entries") or ())
    return str(next((info["orderId"] for info in told if "orderId" in info), ""))


def add_step(
    state: State,
    transaction: Document,
    kind: str,
    *,
    successful: bool,
    amount: Document,
    summary: str = "Succeeded",
    **info: Any,
) -> Document:
    """Write one more step of a transaction and tell the order's service of it; the answer is the step."""
    order_id = order_of(transaction)
    step = {
        "id": state.ids.uuid(),
        "createdDate": state.timestamp(),
        "type": kind,
        "successful": successful,
        "amount": amount,
        "summary": summary,
        "remoteToken": state.ids.token(20),
        "additionalInfo": {"orderId": order_id, **info},
    }
    transaction["entries"] = [*transaction["entries"], step]
    state.collection(TRANSACTIONS.collection).put(transaction["id"], transaction)
    if kind in OUTCOMES and order_id:
        outcome = f"{OUTCOMES[kind]}_{'SUCCESS' if successful else 'FAILURE'}"
        told = {"orderId": order_id, "transactionId": transaction["id"], "status": outcome, **amount}
        state.emit("payment.changed", told)
    return step
