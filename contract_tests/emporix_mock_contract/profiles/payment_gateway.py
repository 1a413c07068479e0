"""Payments: of an order of the owner, authorized by a card that the scripted provider takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.profile import Call, Caller, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

CARD = "7d1f0c3a-2b4e-4c6d-8f90-000000000002"


def arrange(bench: Bench) -> Values:
    """An order with a payment that is authorized, and captured for a part."""
    token, owner = bench.callers.service(), bench.callers.customer(OWNER)
    price = {"netValue": 100, "grossValue": 100, "taxValue": 0}
    priced = {"price": price, "finalPrice": price}
    entry = {"amount": 1, "calculatedUnitPrice": price, "calculatedPrice": priced}
    order = {
        "siteCode": "main",
        "currency": "EUR",
        "totalAuthorizedAmount": 100,
        "customer": {"id": owner.number, "email": owner.email},
        "entries": [entry],
        "calculatedPrice": priced,
    }
    made = bench.client.ask("POST", f"/order-v2/{bench.tenant}/salesorders", token=token, json=order)
    base = f"/payment-gateway/{bench.tenant}/payment"
    asked = {"order": {"id": made["id"]}, "paymentModeId": CARD}
    paid = bench.client.ask("POST", f"{base}/authorize", token=token, json=asked)["paymentTransactionId"]
    half = {"amount": 50, "currency": "EUR"}
    capture = bench.client.ask("POST", f"{base}/{paid}/capture", token=token, json=half)
    return {
        "order": made["id"],
        "mode": CARD,
        "transaction": paid,
        "capture": capture["captureId"],
        "amount": 10,
        "currency": "EUR",
    }


PAID = {
    "body.order.id": "order",
    "body.paymentModeId": "mode",
    "body.amountToAuthorize": "amount",
    "body.currency": "currency",
    "body.amount": "amount",
    "body.captureId": "capture",
}
FRONTEND = (
    "POST-payment-gateway-authorize-payment-frontend",
    "POST-payment-gateway-initialize-payment-frontend",
)

PROFILE = Profile(
    "payment-gateway",
    arrange,
    fill={"path.id": "mode", "path.transactionId": "transaction", **PAID},
    calls=dict.fromkeys(FRONTEND, Call(Caller("customer"))),
)
