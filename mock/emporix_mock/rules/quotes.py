"""What a quote may become and what it adds up to. "Quote facts": checkout facts, section 11."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.cart_values import rounded
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Document = dict[str, Any]

CREATING, AWAITING, OPEN, IN_PROGRESS = "CREATING", "AWAITING", "OPEN", "IN_PROGRESS"
ACCEPTED, DECLINED, EXPIRED = "ACCEPTED", "DECLINED", "EXPIRED"
DECLINED_BY_MERCHANT = "DECLINED_BY_MERCHANT"

BY_EMPLOYEES: Final[Mapping[str, frozenset[str]]] = {
    CREATING: frozenset({OPEN}),
    AWAITING: frozenset({OPEN, DECLINED_BY_MERCHANT}),
    IN_PROGRESS: frozenset({OPEN, DECLINED_BY_MERCHANT}),
    EXPIRED: frozenset({OPEN}),
}
BY_CUSTOMERS: Final[Mapping[str, frozenset[str]]] = {OPEN: frozenset({ACCEPTED, DECLINED, IN_PROGRESS})}
FINISHED: Final = frozenset({ACCEPTED, DECLINED, DECLINED_BY_MERCHANT})
REASON_TYPES: Final[Mapping[str, str]] = {
    IN_PROGRESS: "CHANGE",
    DECLINED: "DECLINE",
    DECLINED_BY_MERCHANT: "DECLINE",
}
"""The type of reason that may go with a new status; with any other status none may."""

CENT: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)


def gross_of(net: Decimal, rate: Decimal) -> Decimal:
    """A net amount with tax, in cents."""
    return rounded(net * (HUNDRED + rate) / HUNDRED, CENT)


def priced(price: Mapping[str, Any], quantity: Any) -> Document:
    """An item's price with what follows from `totalNetValue`: price per piece, discount, tax.

    The price per piece has three decimals, the discount in percent and amounts with tax two.
    """
    total, pieces = exact(price["totalNetValue"]), exact(quantity)
    new = rounded(total / pieces) if pieces else Decimal(0)
    unit = exact(price["unitPrice"]) if price.get("unitPrice") is not None else new
    discount = rounded((unit - new) * HUNDRED / unit, CENT) if unit else Decimal(0)
    tax = price.get("tax") or {}
    gross = gross_of(total, exact(tax.get("taxRate") or 0))
    return {
        **price,
        "unitPrice": plain(unit),
        "newUnitPrice": plain(new),
        "discount": plain(discount),
        "totalNetValue": plain(total),
        "tax": {**tax, "prices": {"netValue": plain(total), "grossValue": plain(gross)}},
    }


def totals(
    items: Iterable[Mapping[str, Any]], shipping: Mapping[str, Any] | None, currency: str, *, whole: bool
) -> Document:
    """The members of a quote that add it up; `whole` counts shipping into the total."""
    net, gross = Decimal(0), Decimal(0)
    lines: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for item in items:
        tax = item["price"]["tax"]
        item_net, item_gross = exact(tax["prices"]["netValue"]), exact(tax["prices"]["grossValue"])
        net, gross = net + item_net, gross + item_gross
        key = (str(tax.get("taxClass") or ""), exact(tax.get("taxRate") or 0))
        earlier = lines.get(key, (Decimal(0), Decimal(0)))
        lines[key] = (earlier[0] + item_net, earlier[1] + item_gross)
    costs = shipping if whole and shipping else {}
    extra_net = exact(costs.get("value") or 0)
    extra_gross = exact(costs.get("grossValue", extra_net))
    return {
        "subtotalPrice": _total(net, gross, currency),
        "totalPrice": _total(net + extra_net, gross + extra_gross, currency),
        "taxAggregate": {
            "lines": [
                {
                    "name": name,
                    "amount": plain(rounded(with_tax - without, CENT)),
                    "rate": plain(rate),
                    "taxable": plain(with_tax),
                }
                for (name, rate), (without, with_tax) in sorted(lines.items())
            ]
        },
    }


def _total(net: Decimal, gross: Decimal, currency: str) -> Document:
    net, gross = rounded(net, CENT), rounded(gross, CENT)
    return {
        "currency": currency,
        "netValue": plain(net),
        "grossValue": plain(gross),
        "taxValue": plain(gross - net),
    }
