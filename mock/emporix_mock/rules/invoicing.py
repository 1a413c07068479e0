"""Which orders an automatic invoice job takes, and what an invoice says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.tax import exact, half_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    Lines = list[tuple[str, str]]

CENT: Final = Decimal("0.01")
NEVER_INVOICED: Final = ("IN_CHECKOUT", "DECLINED")
TABLE: Final = ("Product", "Quantity", "Unit price", "Tax %", "Total")


def listed(value: Any) -> list[str]:
    """The elements of a setting that is a text with commas (`70,75,76`)."""
    return [part.strip() for part in str(value or "").split(",") if part.strip()]


def is_due(order: Mapping[str, Any], settings: Mapping[str, Any], now: datetime) -> bool:
    """Whether an order is ready for its invoice by the tenant's `invoiceSettings`.

    Its status and its extended status are among those of the settings, and `threshold` hours have
    passed since the beginning (UTC) of the day it was delivered on. (Invoice guide.)
    """
    attributes = (order.get("mixins") or {}).get("generalAttributes") or {}
    statuses, extended = listed(settings.get("status")), listed(settings.get("extendedOrderStatus"))
    if order.get("status") not in statuses:
        return False
    if extended and str(attributes.get("extendedOrderStatus")) not in extended:
        return False
    day = (order.get("deliveryWindow") or {}).get("deliveryDate")
    if not day:
        return False
    delivered = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return delivered + timedelta(hours=float(settings.get("threshold") or 0)) <= now


def amount_due(order: Mapping[str, Any]) -> Decimal:
    """What the order costs in the end, in whole cents."""
    final = (order.get("calculatedPrice") or {}).get("finalPrice") or {}
    return _money(final.get("grossValue", order.get("totalPrice", 0)))


def head(order: Mapping[str, Any], number: str, at: datetime) -> Lines:
    """The lines above the table: whose invoice it is and for what."""
    address = order.get("billingAddress") or {}
    street = " ".join(filter(None, (address.get("street"), address.get("streetNumber"))))
    town = " ".join(filter(None, (address.get("zipCode"), address.get("city"))))
    person = order.get("customer") or {}
    names = (address.get("companyName"), address.get("contactName") or person.get("name"))
    lines = [part for part in (*names, street, town, address.get("country")) if part]
    return [
        ("Invoice", number),
        ("Date", at.date().isoformat()),
        ("Order", str(order["id"])),
        ("Customer", str(person.get("id") or "")),
        ("Address", "\n".join(lines) or str(person.get("email") or "")),
    ]


def rows(order: Mapping[str, Any]) -> list[list[str]]:
    """The table: one row for each entry of the order, gross."""
    return [_row(entry) for entry in order.get("entries") or ()]


def _row(entry: Mapping[str, Any]) -> list[str]:
    unit = entry.get("calculatedUnitPrice") or {}
    final = (entry.get("calculatedPrice") or {}).get("finalPrice") or {}
    name = (entry.get("product") or {}).get("name") or entry.get("id") or ""
    rate = final.get("taxRate", unit.get("taxRate"))
    return [
        str(name),
        str(entry.get("amount", "")),
        str(_money(unit.get("grossValue", entry.get("unitPrice", 0)))),
        "" if rate is None else str(rate),
        str(_money(final.get("grossValue", entry.get("totalPrice", 0)))),
    ]


def foot(order: Mapping[str, Any]) -> Lines:
    """The sums below the table."""
    price, currency = order.get("calculatedPrice") or {}, str(order.get("currency") or "")
    lines = []
    for label, name in (("Fees", "totalFee"), ("Shipping", "totalShipping")):
        part = price.get(name) or {}
        if part.get("grossValue"):
            lines.append((label, f"{_money(part['grossValue'])} {currency}"))
    final = price.get("finalPrice") or {}
    if "netValue" in final:
        lines.append(("Net", f"{_money(final['netValue'])} {currency}"))
        lines.append(("Tax", f"{_money(final.get('taxValue', 0))} {currency}"))
    return [*lines, ("Total", f"{amount_due(order)} {currency}")]


def _money(value: Any) -> Decimal:
    return half_up(exact(value or 0), CENT)
