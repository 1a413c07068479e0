"""A cart as it is answered, read back into what it was calculated from: for a checkout that adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emporix_mock.rules.cart_values import (
    EXTERNAL,
    FREE_SHIPPING,
    INTERNAL,
    Basket,
    Discount,
    Fee,
    Line,
    Shipping,
    Sum,
    Tax,
)
from emporix_mock.rules.tax import exact

if TYPE_CHECKING:
    from collections.abc import Iterable

Document = Mapping[str, Any]


def basket_of(cart: Document, *, gross: bool) -> Basket:
    """The basket behind an answered cart; `gross` says whether its site's prices include tax.

    Without calculated prices (`expandCalculation=false`) there is nothing to read: KeyError.
    """
    lines = tuple(_line(item) for item in cart.get("items") or ())
    discounts = [external(given, item=False) for given in in_sequence(cart.get("externalDiscounts"))]
    discounts += [
        coupon(entry, _limited(cart, entry)) for entry in cart.get("discounts") or () if entry.get("valid")
    ]
    shipping = cart["calculatedPrice"].get("shipping")
    delivery = Shipping(_sum(shipping), _tax(shipping)) if shipping else None
    return Basket(lines, gross, tuple(discounts), delivery)


def in_sequence(given: Iterable[Document] | None) -> list[Document]:
    """External discounts in the order in which they apply."""
    return sorted(given or (), key=lambda discount: discount.get("sequence") or 0)


def external(given: Document, *, item: bool) -> Discount:
    """An external discount of an item or of the cart."""
    total = not item and given.get("discountCalculationType") == "TOTAL"
    fees = item and bool(given.get("includeFees"))
    return Discount(given["id"], given["discountType"], exact(given["value"]), total, EXTERNAL, fees=fees)


def coupon(entry: Document, lines: frozenset[str] | None) -> Discount:
    """A coupon as a cart lists it, for all lines or some."""
    kind: Any = entry.get("discountType") or "ABSOLUTE"
    value = entry.get("discountRate" if kind == "PERCENT" else "amount") or 0
    total = entry.get("discountCalculationType") == "TOTAL"
    return Discount(entry["code"], kind, exact(value), total, lines=None if kind == FREE_SHIPPING else lines)


def _limited(cart: Document, entry: Document) -> frozenset[str] | None:
    """The lines that a restricted coupon fell on; None for one that is for all."""
    if not (entry.get("categoryRestricted") or entry.get("segmentRestricted")):
        return None
    return frozenset(
        item["id"]
        for item in cart.get("items") or ()
        for applied in (item["calculatedPrice"].get("totalDiscount") or {}).get("appliedDiscounts") or ()
        if applied["id"] == entry["code"] and applied["origin"] == INTERNAL
    )


def _line(item: Document) -> Line:
    tree = item["calculatedPrice"]
    fees = tuple(
        Fee(fee["id"], fee["type"], _sum(fee["price"]), _tax(fee["price"]), fee.get("name"), fee["origin"])
        for fee in tree.get("fees") or ()
    )
    uplift = tree.get("upliftValue")
    return Line(
        item["id"],
        _sum(tree["price"]),
        _tax(tree["price"]),
        fees,
        tuple(external(given, item=True) for given in in_sequence(item.get("externalDiscounts"))),
        _sum(uplift) if uplift else None,
        tree["price"].get("calculated"),
    )


def _sum(node: Document) -> Sum:
    return Sum(exact(node["netValue"]), exact(node["grossValue"]))


def _tax(node: Document) -> Tax:
    return Tax(node.get("taxCode"), exact(node.get("taxRate") or 0))
