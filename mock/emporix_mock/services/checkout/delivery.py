"""Where an order goes, what that costs, and how it is taxed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.taxes import country_of, deciding_address, rates_in
from emporix_mock.rules.cart_values import NO_TAX, Shipping, Sum, Tax
from emporix_mock.rules.checkout import Problem, address_of, shipping_problems, window_problems
from emporix_mock.rules.order_building import Carriage
from emporix_mock.rules.tax import exact
from emporix_mock.services.checkout.declared import (
    ELSEWHERE,
    SHIPPING_AMOUNT,
    ZONE_CHECK,
    refused,
    window_full,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.checkout.shopper import Shopper
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FULL = "shipping/window-400003"


@dataclass(frozen=True, slots=True)
class Taxes:
    """The country that taxes an order, with its classes."""

    country: str
    rates: Mapping[str, Decimal]

    def of(self, code: str | None, field: str) -> Tax:
        """The class of a code; 400 for one that the country does not have."""
        if not code:
            return NO_TAX
        if code not in self.rates:
            raise refused([Problem("tax", field, f"{self.country} has no tax class '{code}'")])
        return Tax(code, self.rates[code])


def taxes_of(state: State, shop: Document, addresses: Sequence[Mapping[str, Any]]) -> Taxes:
    """The taxes of the country that the site's rule picks; 400 for one without tax configuration."""
    country = country_of(shop, addresses)
    rates = rates_in(state, country)
    if country is None or rates is None:
        field = f"addresses.{deciding_address(shop)}.country"
        raise refused([Problem("tax", field, f"There is no tax configuration for {country or 'no country'}")])
    return Taxes(country, rates)


def relocated(ctx: RequestContext, cart: Document, country: str) -> bool:
    """Give the cart the addresses of the checkout where its prices are for another country."""
    known = {a.get("country") for a in cart.get("addresses") or () if a.get("country")}
    if known <= {country} and known and cart.get("countryCode") in (None, country):
        return False
    body = {"addresses": ctx.body["addresses"], "countryCode": country}
    for address in ctx.body["addresses"]:
        if str(address["country"]).upper() == country:
            body["zipCode"] = address["zipCode"][:9]
    path = {"cartId": cart["id"]}
    ctx.call("cart", "PUT-cart-update-cart", path=path, body=body)
    if ctx.switch(ELSEWHERE) == "repriced":
        ctx.call("cart", "PUT-cart-refresh-cart", path=path)
    return True


def check_shipping(
    ctx: RequestContext, cart: Document, shop: Document, shopper: Shopper, total: float
) -> None:
    """400 for a shipping choice that does not fit cart, site and address."""
    chosen = ctx.body["shipping"]
    free = any(
        coupon.get("discountType") == "FREE_SHIPPING" and coupon.get("valid", True)
        for coupon in cart.get("discounts") or ()
    )
    if free and chosen["amount"]:
        raise refused([Problem("free-shipping", "shipping.amount", "must be 0, for a coupon makes it free")])
    if ctx.switch(ZONE_CHECK) == "lenient":
        return
    home = (shop.get("homeBase") or {}).get("address") or {}
    if not (home.get("country") and home.get("zipCode")):
        raise refused(
            [Problem("shipping", "siteCode", "the site has no home base with country and zip code")]
        )
    to = address_of(ctx.body["addresses"], "SHIPPING") or {}
    body = {
        "cartTotal": {"amount": total, "currency": cart["currency"]},
        "shipToAddress": {"country": to["country"].upper(), "zipCode": to["zipCode"]},
        "shipFromAddress": {"country": home["country"], "zipCode": home["zipCode"]},
        **({"customerId": shopper.customer_id} if shopper.customer_id else {}),
    }
    path = {"site": cart["siteCode"]}
    try:
        zones: Any = ctx.call("shipping", "POST-shipping-calculate-shipping-cost", path=path, body=body).body
    except NotFound:
        zones = []
    problems = shipping_problems(
        chosen, zones, as_quoted=ctx.switch(SHIPPING_AMOUNT) == "as-quoted", free=free
    )
    if problems:
        raise refused(problems)


def carried(ctx: RequestContext, cart: Document, chosen: Document, taxes: Taxes) -> tuple[Shipping, Carriage]:
    """What the chosen method costs, and its names. `chosen` has zone, method and amount (net)."""
    path = {"site": cart["siteCode"], "zoneId": chosen["zoneId"], "methodId": chosen["methodId"]}
    try:
        method: Any = ctx.call(
            "shipping",
            "GET-shipping-retrieve-shipping-method",
            path=path,
            headers={"accept-language": "*"},
        ).body
    except NotFound:
        method = {}
    code = chosen.get("shippingTaxCode") or method.get("shippingTaxCode")
    tax = taxes.of(code, "shipping.shippingTaxCode")
    names = method.get("name")
    carriage = Carriage(
        chosen["methodId"], str(chosen["methodName"]), names if isinstance(names, dict) else None, code
    )
    return Shipping(Sum.of(exact(chosen["amount"]), tax, gross=False), tax), carriage


def _has_slot(ctx: RequestContext, window: Document) -> bool:
    """Whether the slot that a cart names is there at all, be it full."""
    path = {"deliveryTimeId": window["id"]}
    try:
        found: Any = ctx.call("shipping", "GET-shipping-retrieve-delivery-time", path=path).body
    except NotFound:
        return False
    return any(slot.get("id") == window["slotId"] for slot in found.get("slots") or ())


def reserve(ctx: RequestContext, cart: Document) -> dict[str, Any]:
    """Count the order in the delivery window of the cart; the member of the order that names it.

    Raises 400 for a window that is not complete or not there, 409 for one that is full.
    """
    window = cart.get("deliveryWindow") or {}
    asked = ctx.body.get("deliveryWindowId")
    if not window:
        return {"deliveryWindowId": asked} if asked else {}
    problems = window_problems(window)
    if asked and asked != window.get("id"):
        problems.append(Problem("delivery-window", "deliveryWindowId", "is not the window of the cart"))
    if problems:
        raise refused(problems)
    body = {
        "deliveryWindowId": window["id"],
        "slotId": window["slotId"],
        "deliveryDate": window["deliveryDate"],
    }
    try:
        ctx.call("shipping", "POST-shipping-increase-orders-number-in-delivery-window", body=body)
    except EmporixError as refusal:
        if refusal.rule == FULL and _has_slot(ctx, window):
            raise window_full() from refusal
        raise refused([Problem("delivery-window", "deliveryWindow", refusal.message)]) from refusal
    day = str(window["deliveryDate"])[:10]
    return {"deliveryWindow": {"id": window["id"], "slotId": window["slotId"], "deliveryDate": day}}
