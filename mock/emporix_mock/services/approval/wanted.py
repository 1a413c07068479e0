"""The cart or quote that is to be allowed: whose it is, what it costs, how an approval shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.tax import exact
from emporix_mock.services.approval.declared import absent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cart or quote: owner, company, gross total, and what of it an approval keeps."""

    owner: str | None
    company: str | None
    currency: str
    total: Decimal
    shown: Document


def read(ctx: RequestContext, kind: str, key: str) -> Wanted:
    """The cart or quote of an id; 404 without one."""
    try:
        if kind == "CART":
            return _cart(ctx.call("cart", "GET-cart-retrieve-cart-by-cartId", path={"cartId": key}).body)
        return _quote(ctx.call("quote", "GET-quote-retrieve-quote", path={"quoteId": key}).body)
    except NotFound as gone:
        raise absent("404002", f"Resource with id '{key}' does not exist.") from gone


def _cart(cart: Mapping[str, Any]) -> Wanted:
    currency, prices = cart["currency"], cart.get("calculatedPrice") or {}
    final = prices.get("finalPrice") or {}
    shown = {
        "id": cart["id"],
        "items": [_cart_item(item) for item in cart.get("items") or ()],
        "totalPrice": {**(cart.get("totalPrice") or {}), "currency": currency, **_values(final)},
        "subTotalPrice": {
            **(cart.get("subTotalPrice") or {}),
            "currency": currency,
            **_values(prices.get("price")),
        },
        "subtotalAggregate": cart.get("subtotalAggregate"),
        "siteCode": cart.get("siteCode"),
        "deliveryWindow": cart.get("deliveryWindow"),
    }
    known = without_gaps(shown)
    total = exact(final.get("grossValue") or 0)
    return Wanted(cart.get("customerId"), cart.get("legalEntityId"), currency, total, known)


def _cart_item(item: Mapping[str, Any]) -> Document:
    price = item.get("price") or {}
    own = (item.get("product") or {}).get("id") or str(item.get("itemYrn") or "").rpartition(";")[2]
    unit = {
        "currency": price.get("currency"),
        "amount": price.get("effectiveAmount"),
        "unitPrice": price.get("effectiveAmount"),
        "calculatedPrice": {"price": _values((item.get("calculatedPrice") or {}).get("price"))},
    }
    told = without_gaps(unit)
    return {"quantity": item["quantity"], "itemPrice": told, "itemId": own, "itemYrn": own}


def _quote(quote: Mapping[str, Any]) -> Wanted:
    currency, total = quote["currency"], quote.get("totalPrice") or {}
    subtotal = {"currency": currency, **_values(quote.get("subtotalPrice"))}
    shown = {
        "id": quote["id"],
        "items": [_quote_item(item, currency) for item in quote.get("items") or ()],
        "totalPrice": {"currency": currency, **_values(total)},
        "subTotalPrice": subtotal,
        "subtotalAggregate": subtotal,
        "siteCode": quote.get("siteCode"),
    }
    known = without_gaps(shown)
    owner, company = (quote.get("customer") or {}).get("customerId"), (quote.get("company") or {}).get("id")
    return Wanted(owner, company, currency, exact(total.get("grossValue") or 0), known)


def _quote_item(item: Mapping[str, Any], currency: str) -> Document:
    price = item.get("price") or {}
    taxed = (price.get("tax") or {}).get("prices") or {}
    net, gross = taxed.get("netValue"), taxed.get("grossValue")
    values = {"netValue": net, "grossValue": gross}
    if net is not None and gross is not None:
        values["taxValue"] = float(exact(gross) - exact(net))
    unit = {
        "currency": currency,
        "unitPrice": price.get("unitPrice"),
        "newUnitPrice": price.get("newUnitPrice"),
        "calculatedPrice": {"price": without_gaps(values)},
    }
    told = without_gaps(unit)
    own = (item.get("product") or {}).get("productId")
    named = {"itemId": own, "itemYrn": own} if own else {}
    return {"quantity": (item.get("quantity") or {}).get("quantity") or 0, "itemPrice": told, **named}


def _values(price: Mapping[str, Any] | None) -> Document:
    names = ("netValue", "grossValue", "taxValue")
    return {name: (price or {})[name] for name in names if name in (price or {})}
