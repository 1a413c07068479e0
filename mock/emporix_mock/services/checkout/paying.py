"""How an order is paid: its fee, the authorization, and the status that the order starts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound
from emporix_mock.platform.numbering import next_number
from emporix_mock.rules.cart_values import PaymentFee
from emporix_mock.rules.checkout import CUSTOM, GATEWAY, Problem
from emporix_mock.rules.order_prices import Charge, cents
from emporix_mock.rules.orders import CREATED, DECLINED, IN_CHECKOUT
from emporix_mock.rules.payments import UNPAID_BY_PROVIDER
from emporix_mock.rules.prices import valid_at
from emporix_mock.rules.resource_names import FEE_YRN
from emporix_mock.rules.tax import exact
from emporix_mock.services.checkout.declared import (
    AUTHORIZED_STATUS,
    DECLINED_PAYMENT,
    INVOICE_STATUS,
    refused,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.checkout.delivery import Taxes
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@dataclass(frozen=True, slots=True)
class Way:
    """The way to pay that was chosen, with the mode of the gateway where it is one."""

    method: Document
    mode: Document | None

    @property
    def code(self) -> str:
        """As orders and fees name it."""
        return str((self.mode or {}).get("code") or self.method.get("method") or self.method["provider"])


@dataclass(frozen=True, slots=True)
class Paid:
    """The payment of an order as it begins: the order's status, its entry, what the client has to do."""

    status: str
    payment: Document
    details: Document | None = None


def way_of(ctx: RequestContext) -> Way:
    """The chosen way to pay; 400 for a mode of the gateway that is not there or not active."""
    method = ctx.body["paymentMethods"][0]
    if method["provider"] != GATEWAY:
        return Way(method, None)
    wanted = (method.get("customAttributes") or {}).get("modeId")
    modes: Any = ctx.call("payment-gateway", "GET-payment-gateway-list-payment-modes").body
    for mode in modes:
        named = mode["id"] == wanted if wanted else mode["code"] == method.get("method")
        if named and mode.get("active"):
            return Way(method, mode)
    field = "paymentMethods.customAttributes.modeId"
    raise refused([Problem("payment-mode", field, "there is no active payment mode of that name")])


def charge_of(
    ctx: RequestContext, state: State, way: Way, site_code: str, taxes: Taxes
) -> tuple[PaymentFee, Charge] | None:
    """The fee for a way to pay, None where there is none."""
    asked = {"siteCode": site_code, "code": way.code}
    fees: Any = ctx.call("fee", "GET-fee-list-all-fees", query=asked, headers={"accept-language": "*"}).body
    for fee in fees:
        span = fee.get("activeTimespan") or {}
        now = {"from": span.get("startDate"), "to": span.get("endDate")}
        active = fee.get("active") and valid_at(now, state.timestamp())
        if fee.get("itemType") == "PAYMENTTYPE" and active:
            tax = taxes.of(fee.get("taxCode") if fee.get("taxable") else None, "paymentMethods")
            value = fee.get("feePercentage") or 0
            if fee["feeType"] != "PERCENT":
                value = (fee.get("feeAbsolute") or {}).get("amount") or 0
            yrn = FEE_YRN.format(tenant=ctx.tenant, id=fee["id"])
            return PaymentFee(fee["feeType"], exact(value), tax), Charge(fee, yrn)
    return None


def pay(ctx: RequestContext, way: Way, order_id: str, total: float, currency: str) -> Paid:
    """Begin the payment: authorize it where the gateway does so at once."""
    entry = {
        "status": "PENDING",
        "method": way.code,
        "provider": way.method["provider"],
        "paidAmount": 0,
        "authorizedAmount": cents(total),
        "currency": currency,
    }
    if way.method["provider"] == CUSTOM:
        return Paid(IN_CHECKOUT, entry)
    if way.mode is None or way.mode["provider"] in UNPAID_BY_PROVIDER:
        return Paid(ctx.switch(INVOICE_STATUS), entry)
    extra = way.method.get("customAttributes") or {}
    if extra.get("deferred"):
        return Paid(IN_CHECKOUT, entry)
    asked = {
        "order": {"id": order_id},
        "paymentModeId": way.mode["id"],
        "amountToAuthorize": entry["authorizedAmount"],
        "currency": currency,
        **({"creditCardToken": extra["token"]} if extra.get("token") else {}),
    }
    answer: Any = ctx.call("payment-gateway", "POST-payment-gateway-authorize-payment", body=asked).body
    entry["transactionId"] = answer["paymentTransactionId"]
    if not answer["successful"]:
        if ctx.switch(DECLINED_PAYMENT) == "refused":
            text = "the payment was declined"
            raise refused([Problem("payment-declined", "paymentMethods", text)])
        return Paid(DECLINED, {**entry, "status": "AUTHORIZATION_FAILURE"})
    if answer.get("requiresExternalPayment"):
        where = dict(answer)
        local = "http://localhost/"
        url = where.get("externalPaymentRedirectURL") or ""
        where["externalPaymentRedirectURL"] = url.replace(local, f"{ctx.origin}/", 1)
        return Paid(IN_CHECKOUT, entry, where)
    status = CREATED if ctx.switch(AUTHORIZED_STATUS) == "CREATED" else IN_CHECKOUT
    return Paid(status, {**entry, "status": "AUTHORIZATION_SUCCESS"})


def number_of(ctx: RequestContext, state: State, site_code: str) -> str:
    """The number of the new order, needed before the order is there: the payment names it."""
    try:
        return next_number(ctx, "orderNoSequence", site_code)
    except NotFound:
        return state.ids.object_id()
