"""What delivering a cart costs: the cheapest method that reaches its address, or that of its time slot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import BadRequest, NotFound
from emporix_mock.rules.cart_values import NO_TAX, Shipping, Sum, Tax
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.cart.addresses import Addresses
    from emporix_mock.store.documents import Document

SERVICE: Final = "shipping"


def shipping_of(
    ctx: RequestContext, cart: Document, addresses: Addresses, rates: Mapping[str, Decimal], total: Decimal
) -> Shipping | None:
    """The cost of delivery; None where it cannot be told, or nothing goes to the address."""
    amount = {"amount": plain(total), "currency": cart["currency"]}
    window = cart.get("deliveryWindow") or {}
    try:
        if window.get("id") and window.get("slotId"):
            found: tuple[Document, str | None] | None = _of_slot(ctx, cart, window, amount)
        else:
            found = _cheapest(ctx, cart, addresses, amount)
    except (NotFound, BadRequest):
        return None
    if found is None:
        return None
    fee, code = found
    rate = rates.get(code) if code else None
    tax = NO_TAX if rate is None else Tax(code, rate)
    return Shipping(Sum.of(exact(fee["amount"]), tax, gross=False), tax)


def _cheapest(
    ctx: RequestContext, cart: Document, addresses: Addresses, total: Document
) -> tuple[Document, str | None] | None:
    """The lowest of all quotes, which tells its tax class as the minimum quote does not."""
    base = (addresses.site.get("homeBase") or {}).get("address") or {}
    place = addresses.destination
    if place is None or not place.zip_code or not base.get("country") or not base.get("zipCode"):
        return None
    body: dict[str, Any] = {
        "cartTotal": total,
        "shipToAddress": {"country": place.country, "zipCode": place.zip_code[:9]},
        "shipFromAddress": {"country": base["country"], "zipCode": base["zipCode"][:9]},
    }
    if cart.get("customerId"):
        body["customerId"] = cart["customerId"]
    path = {"site": cart["siteCode"]}
    zones = ctx.call(SERVICE, "POST-shipping-calculate-shipping-cost", path=path, body=body).body
    methods = [method for zone in zones for method in zone["methods"]]
    best = min(methods, key=lambda method: method["fee"]["amount"], default=None)
    return None if best is None else (best["fee"], best.get("shippingTaxCode"))


def _of_slot(
    ctx: RequestContext, cart: Document, window: Document, total: Document
) -> tuple[Document, str | None]:
    site = {"site": cart["siteCode"]}
    body = {"deliveryWindowId": window["id"], "slotId": window["slotId"], "cartTotal": total}
    fee = ctx.call(SERVICE, "POST-shipping-calculate-slot-shipping-cost", path=site, body=body).body["fee"]
    path = {"deliveryTimeId": window["id"]}
    time = ctx.call(SERVICE, "GET-shipping-retrieve-delivery-time", path=path).body
    slot = next(slot for slot in time["slots"] if slot["id"] == window["slotId"])
    path = {**site, "zoneId": time["zoneId"], "methodId": slot["shippingMethod"]}
    method = ctx.call(SERVICE, "GET-shipping-retrieve-shipping-method", path=path).body
    return fee, method.get("shippingTaxCode")
