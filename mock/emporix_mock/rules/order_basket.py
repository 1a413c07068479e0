"""What the money of an order depends on, read back from the order (checkout facts, 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.rules.cart_values import (
    ABSOLUTE,
    EXACT,
    EXTERNAL,
    FREE_SHIPPING,
    HUNDRED,
    INTERNAL,
    PERCENT,
    ZERO,
    Basket,
    Discount,
    Fee,
    Line,
    PaymentFee,
    Shipping,
    Sum,
    Tax,
    fee_price,
)
from emporix_mock.rules.order_prices import side_of, tax_of, with_prices
from emporix_mock.rules.tax import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from emporix_mock.rules.cart_values import DiscountType
    from emporix_mock.rules.order_prices import Charge

    Document = Mapping[str, Any]
    FeeValue = Callable[[str], Decimal | None]


def with_payment_fee(order: Document, fee: PaymentFee, charge: Charge, *, gross: bool) -> dict[str, Any]:
    """An order without discounts with the fee of the way to pay added; the prices of its entries stay."""
    lines = tuple(
        Line(str(number), _sum(entry["calculatedPrice"]["price"]), tax_of(entry["calculatedPrice"]["price"]))
        for number, entry in enumerate(order.get("entries") or ())
    )
    calculated = {**order["calculatedPrice"], "paymentFees": [charge.shown()]}
    named = {"elements": [{"yrn": charge.yrn}], "total": {}}
    charged = {**order, "calculatedPrice": calculated, "feeYrnAggregate": named}
    return with_prices(charged, Basket(lines, gross, (), _shipping(order), fee))


def _sum(price: Document) -> Sum:
    return Sum(exact(price["netValue"]), exact(price["grossValue"]))


def basket_of_order(order: Document, before: Document, *, gross: bool, fee_value: FeeValue) -> Basket:
    """What the totals of an order depend on.

    `before` is the order with the amounts that its calculated prices are of; `fee_value` tells the value
    of a fee by its id, where that still exists.
    """
    earlier = {entry.get("id"): entry for entry in before.get("entries") or ()}
    lines = tuple(
        _line(index, entry, earlier.get(entry.get("id")) or entry, gross, fee_value)
        for index, entry in enumerate(order.get("entries") or ())
    )
    discounts = tuple(_discount(given, order) for given in order.get("discounts") or ())
    return Basket(lines, gross, discounts, _shipping(order), _payment_fee(order, fee_value))


def _line(index: int, entry: Document, earlier: Document, gross: bool, fee_value: FeeValue) -> Line:  # noqa: FBT001
    unit = entry["calculatedUnitPrice"]
    tax, amount = tax_of(unit), exact(entry.get("amount") or 0)
    price = Sum.of(EXACT.multiply(side_of(unit, gross=gross), amount), tax, gross=gross)
    calculated = earlier.get("calculatedPrice") or {}
    fees = tuple(
        _fee(given, price, amount, exact(earlier.get("amount") or 0), calculated, fee_value)
        for given in calculated.get("fees") or ()
        if "netValue" in (given.get("price") or {})
    )
    uplift = None
    if calculated.get("upliftValue") and (calculated.get("price") or {}).get("grossValue"):
        share = EXACT.divide(
            side_of(calculated["upliftValue"], gross=gross), side_of(calculated["price"], gross=gross)
        )
        uplift = Sum.of(EXACT.multiply(price.side(gross=gross), share), tax, gross=gross)
    own = tuple(
        Discount(
            given["id"],
            given["discountType"],
            exact(given["value"]),
            origin=EXTERNAL,
            fees=bool(given.get("includeFees")),
        )
        for given in sorted(entry.get("externalDiscounts") or (), key=lambda one: one.get("sequence") or 0)
    )
    return Line(str(index), price, tax, fees, own, uplift, (calculated.get("price") or {}).get("calculated"))


def _fee(
    given: Document, line: Sum, amount: Decimal, earlier: Decimal, calculated: Document, fee_value: FeeValue
) -> Fee:
    kind, tax = given.get("type", ABSOLUTE), tax_of(given["price"])
    net, value = exact(given["price"]["netValue"]), fee_value(str(given.get("id")))
    if value is None and kind == PERCENT:
        base = exact((calculated.get("price") or {}).get("netValue") or 0)
        value = EXACT.divide(net * HUNDRED, base) if base else ZERO
    elif value is None:
        value = net if kind == ABSOLUTE or not earlier else EXACT.divide(net, earlier)
    price = fee_price(kind, value, tax, line=line, quantity=amount)
    return Fee(str(given.get("id")), kind, price, tax, given.get("name"), given.get("origin", INTERNAL))


def _discount(given: Document, order: Document) -> Discount:
    kinds: dict[str, DiscountType] = {PERCENT: "PERCENT", FREE_SHIPPING: "FREE_SHIPPING"}
    kind = kinds.get(str(given.get("discountType")), "ABSOLUTE")
    value = given.get("discountRate") if kind == PERCENT else given.get("amount")
    lines = None
    if given.get("categoryRestricted"):
        reached = enumerate(order.get("entries") or ())
        lines = frozenset(str(index) for index, entry in reached if given["code"] in _applied_to(entry))
    total = given.get("discountCalculationType") == "TOTAL"
    return Discount(given["code"], kind, exact(value or 0), total, INTERNAL, lines)


def _applied_to(entry: Document) -> set[str]:
    reduced = (entry.get("calculatedPrice") or {}).get("discountedPrice") or {}
    return {str(one.get("id")) for one in reduced.get("appliedDiscounts") or ()}


def _shipping(order: Document) -> Shipping | None:
    price = (order.get("calculatedPrice") or {}).get("shipping")
    if price:
        return Shipping(_sum(price), tax_of(price))
    lines = (order.get("shipping") or {}).get("lines") or ()
    if not lines:
        return None
    tax = Tax(lines[0].get("shippingTaxCode"), exact((lines[0].get("tax") or {}).get("rate") or 0))
    return Shipping(Sum.of(exact(lines[0].get("amount") or 0), tax, gross=False), tax)


def _payment_fee(order: Document, fee_value: FeeValue) -> PaymentFee | None:
    calculated = order.get("calculatedPrice") or {}
    fees = calculated.get("paymentFees") or ()
    if not fees or "netValue" not in (fees[0].get("price") or {}):
        return None
    fee = fees[0]
    kind, value = fee.get("type", ABSOLUTE), fee_value(str(fee.get("id")))
    if value is None:
        net = exact(fee["price"]["netValue"])
        base = exact((calculated.get("finalPrice") or {}).get("netValue") or 0) - net
        value = net if kind != PERCENT else round(EXACT.divide(net * HUNDRED, base), 2) if base else ZERO
    return PaymentFee(kind, value, tax_of(fee["price"]))
