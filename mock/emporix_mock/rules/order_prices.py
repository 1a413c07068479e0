"""An order's money worked out anew from its entries, with the older members for it (checkout facts, 1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from emporix_mock.rules.cart_totals import priced
from emporix_mock.rules.cart_values import (
    EXACT,
    FREE_SHIPPING,
    HUNDRED,
    PERCENT,
    ZERO,
    Basket,
    Tax,
)
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.tax import exact, half_up, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Document = Mapping[str, Any]

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Charge:
    """The fee of the way to pay: as it is stored, and its resource name."""

    fee: Document
    yrn: str

    def shown(self) -> dict[str, Any]:
        """As an order lists it, but for the price."""
        known = {"id": self.fee["id"], "type": self.fee["feeType"], "name": self.fee.get("name")}
        return without_gaps(known)


def tax_of(price: Document) -> Tax:
    """The tax class that a calculated price names."""
    return Tax(price.get("taxCode"), exact(price.get("taxRate") or 0))


def side_of(price: Document, *, gross: bool) -> Decimal:
    """The side of a price that counts."""
    return exact(price["grossValue" if gross else "netValue"])


def cents(amount: Any) -> float:
    """An amount as the older members have it: two decimals, half up."""
    return plain(half_up(exact(amount), CENT))


def with_prices(order: Document, basket: Basket) -> dict[str, Any]:
    """The order with every price member by a basket of it; lines go by the position of their entry."""
    found = priced(basket)
    currency = order.get("currency") or ""
    entries = [
        _priced_entry(entry, found.lines[str(index)], basket, currency)
        for index, entry in enumerate(order.get("entries") or ())
    ]
    calculated = dict(found.cart)
    earlier = (order.get("calculatedPrice") or {}).get("paymentFees") or ()
    if basket.payment_fee is not None and earlier:
        calculated["paymentFees"] = [{**earlier[0], "price": payment_price(found.cart)}]
    return with_totals({**order, "entries": entries}, calculated, gross=basket.gross)


def payment_price(cart: Document) -> dict[str, Any]:
    """The price of the payment fee in a calculated tree, which has it as the fee alone or in a list."""
    found = cart["paymentFees"]
    price: dict[str, Any] = found[0]["price"] if isinstance(found, list) else found
    return price


def _priced_entry(entry: Document, calculated: Document, basket: Basket, currency: str) -> dict[str, Any]:
    price, unit = calculated["price"], entry["calculatedUnitPrice"]
    total = cents(side_of(price, gross=basket.gross))
    uplift = (calculated.get("upliftValue") or {}).get("grossValue") or 0
    changed = {
        "totalPrice": total,
        "authorizedAmount": cents(exact(total) + exact(uplift)),
        "calculatedPrice": calculated,
        "tax": entry_tax(price, currency, gross=basket.gross),
    }
    amounts = {
        name: entry[name] for name in ("originalAmount", "originalPrice", "unitPrice") if name in entry
    }
    plain_unit = cents(side_of(unit, gross=basket.gross))
    return {
        **entry,
        **dict.fromkeys(("originalAmount", "originalPrice", "unitPrice"), plain_unit),
        **amounts,
        **changed,
    }


def entry_tax(price: Document, currency: str, *, gross: bool) -> dict[str, Any]:
    """The older member `tax` of an entry."""
    line = tax_line(price, currency, 0, gross=gross)
    return {"lines": [line], "total": {"amount": 0, "currency": currency, "inclusive": gross}}


def tax_line(price: Document, currency: str, number: int, *, gross: bool) -> dict[str, Any]:
    """One line of the older member `tax`."""
    code = price.get("taxCode")
    return {
        "amount": cents(price["taxValue"]),
        "currency": currency,
        **({"code": code, "name": code} if code else {}),
        "rate": price.get("taxRate") or 0,
        "sequenceId": number,
        "inclusive": gross,
    }


def with_totals(order: Document, calculated: dict[str, Any], *, gross: bool) -> dict[str, Any]:
    """The order with a calculated price and the older members that go with it.

    Sub-total: the entries before discounts. Total: that, fees net, shipping gross, less coupons; then the
    payment fee, a percentage of all that. These ignore external discounts and taxes of fees.
    """
    currency = order.get("currency") or ""
    entries: Sequence[Document] = order.get("entries") or ()
    subtotal = sum((exact(entry.get("totalPrice") or 0) for entry in entries), ZERO)
    coupons = sum((_granted(given, calculated) for given in order.get("discounts") or ()), ZERO)
    fees = _item_fees(entries)
    shipping = exact(cents((calculated.get("shipping") or {}).get("grossValue") or 0))
    base = subtotal + fees + shipping - coupons
    found = {
        **order,
        "calculatedPrice": calculated,
        "tax": _taxes(entries, calculated, currency, gross=gross),
        "subTotalPrice": cents(subtotal),
        "totalAuthorizedAmount": plain(
            exact(calculated["finalPrice"]["grossValue"])
            + exact((calculated.get("upliftValue") or {}).get("grossValue") or 0)
        ),
    }
    elements = _fee_elements(order, calculated, base)
    if elements:
        total = sum((exact(one["total"]["total"]) for one in elements), ZERO)
        whole = {"subTotal": cents(total), "totalTax": 0, "total": cents(total)}
        found["feeYrnAggregate"] = {"elements": elements, "total": whole}
        base += total
    found["totalPrice"] = cents(max(base, ZERO))
    return found


def _granted(given: Document, calculated: Document) -> Decimal:
    if given.get("discountType") == FREE_SHIPPING:
        return exact(cents((calculated.get("shipping") or {}).get("grossValue") or 0))
    total = calculated.get("totalDiscount") or {}
    applied = [one for one in total.get("appliedDiscounts") or () if one["id"] == given["code"]]
    return sum((exact(one["value"]) for one in applied), ZERO)


def _item_fees(entries: Sequence[Document]) -> Decimal:
    fees = [fee for e in entries for fee in (e.get("calculatedPrice") or {}).get("fees") or ()]
    return sum((exact(fee["price"]["netValue"]) for fee in fees), ZERO)


def _fee_elements(order: Document, calculated: Document, base: Decimal) -> list[dict[str, Any]]:
    elements = []
    for fee in calculated.get("paymentFees") or ():
        named: Sequence[Document] = (order.get("feeYrnAggregate") or {}).get("elements") or ({},)
        net = exact(fee["price"]["netValue"])
        amount = net
        if fee.get("type") == PERCENT:
            whole = exact(calculated["finalPrice"]["netValue"]) - net
            rate = round(EXACT.divide(net * HUNDRED, whole), 2) if whole else ZERO
            amount = EXACT.divide(base * rate, HUNDRED)
        total = {"subTotal": cents(amount), "totalTax": 0, "total": cents(amount)}
        code = fee["price"].get("taxCode")
        element = {"yrn": named[0].get("yrn"), "taxCode": code, "total": total, "name": fee.get("name")}
        elements.append(without_gaps(element))
    return elements


def _taxes(
    entries: Sequence[Document], calculated: Document, currency: str, *, gross: bool
) -> dict[str, Any]:
    by_tax: dict[Tax, Decimal] = {}
    for entry in entries:
        price = (entry.get("calculatedPrice") or {}).get("price") or {}
        if price.get("taxCode"):
            tax = tax_of(price)
            by_tax[tax] = by_tax.get(tax, ZERO) + exact(price["taxValue"])
    lines = [
        tax_line(
            {"taxCode": tax.code, "taxRate": plain(tax.rate), "taxValue": value}, currency, n, gross=gross
        )
        for n, (tax, value) in enumerate(sorted(by_tax.items(), key=lambda one: one[0].code or ""))
    ]
    added = cents((calculated.get("shipping") or {}).get("taxValue") or 0)
    return {"lines": lines, "total": {"amount": added, "currency": currency, "inclusive": False}}
