"""What returned goods are worth, and which state a return may take (return facts: checkout facts, 7)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.tax import exact, half_up, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Amounts = dict[str, Any]

PENDING, CLOSED = "PENDING", "CLOSED"
STEPS: Final[Mapping[str, frozenset[str]]] = {PENDING: frozenset(("APPROVED", "REJECTED", CLOSED))}
"""Where a return may go; every other state is final (return facts)."""

AMOUNTS: Final = ("netValue", "grossValue", "taxValue")
RATE: Final = ("taxCode", "taxRate")


def unit_of(final: Mapping[str, Any], amount: float, step: Decimal) -> Amounts:
    """The price of one piece of an entry: its final price by its amount, rounded half up to `step`."""
    pieces = exact(amount)
    values = {name: exact(final[name]) / pieces for name in AMOUNTS if final.get(name) is not None}
    rounded = {name: plain(half_up(value, step)) for name, value in values.items()}
    return rounded | {name: final[name] for name in RATE if final.get(name) is not None}


def times(unit: Mapping[str, Any], quantity: int) -> Amounts:
    """The price of several pieces."""
    values = {name: plain(exact(unit[name]) * quantity) for name in AMOUNTS if name in unit}
    return values | {name: unit[name] for name in RATE if name in unit}


def summed(prices: Iterable[Mapping[str, Any]]) -> Amounts | None:
    """Prices together, with code and rate where all agree; None for none."""
    found = list(prices)
    if not found:
        return None
    total: Amounts = {}
    for name in AMOUNTS:
        total[name] = plain(sum((exact(price.get(name, 0)) for price in found), Decimal(0)))
    for name in RATE:
        values = {price.get(name) for price in found}
        if len(values) == 1 and None not in values:
            total[name] = values.pop()
    return total


def valued(item: Mapping[str, Any], entry: Mapping[str, Any], currency: str, step: Decimal) -> Amounts:
    """A returned item with its name and its worth, as the entry of its order tells them."""
    product, quantity = entry.get("product") or {}, item["quantity"]
    full = {name: item[name] for name in ("id", "quantity", "reason") if item.get(name) is not None}
    if product.get("name"):
        full["name"] = product["name"]
    if entry.get("unitPrice") is not None:
        price = exact(entry["unitPrice"])
        full["unitPrice"] = {"value": plain(price), "currency": currency}
        full["total"] = {"value": plain(price * quantity), "currency": currency}
    final = (entry.get("calculatedPrice") or {}).get("finalPrice")
    if final and entry.get("amount"):
        unit = unit_of(final, entry["amount"], step)
        full["calculatedUnitPrice"] = unit
        full["calculatedPrice"] = {"finalPrice": times(unit, quantity)}
    return full


def totals(items: Iterable[Mapping[str, Any]], currency: str) -> Amounts:
    """The members of a return that add up its items."""
    found = list(items)
    value = sum((exact(item["total"]["value"]) for item in found if "total" in item), Decimal(0))
    prices = [item["calculatedPrice"]["finalPrice"] for item in found if "calculatedPrice" in item]
    whole = summed(prices)
    total: Amounts = {"total": {"value": plain(value), "currency": currency}}
    return total if whole is None else total | {"calculatedPrice": {"finalPrice": whole}}
