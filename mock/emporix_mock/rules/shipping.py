"""Shipping cost: which zones ship to an address and what a method costs (shipping facts, C2 and C3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]


def ships_to(zone: Document, country: str, postal_code: str | None) -> bool:
    """Whether a zone ships to a country and postal code; a code of the zone may end in `*`."""
    return any(
        area.get("country", "").upper() == country.upper() and _covers(area.get("postalCode"), postal_code)
        for area in zone.get("shipTo") or ()
    )


def _covers(pattern: str | None, postal_code: str | None) -> bool:
    if not pattern or pattern == "*":
        return True
    if postal_code is None:
        return False
    if pattern.endswith("*"):
        return postal_code.startswith(pattern[:-1])
    return postal_code == pattern


def offered(method: Document, total: Document) -> bool:
    """Whether a method is active and takes an order of this total."""
    limit = method.get("maxOrderValue")
    if not method.get("active", True):
        return False
    return not limit or limit["currency"] != total["currency"] or total["amount"] <= limit["amount"]


def fee_of(rows: Iterable[Document], total: Document, group: str | None) -> dict[str, Any] | None:
    """The cost of a method for an order of `total` by a customer of a shipping group (None: of none).

    Of the rows that the order reaches, in its currency and without a group or of the customer's, the one
    with the highest minimum counts, among equals that of the group (choice). None when there is no row.
    """
    reached = [
        row
        for row in rows
        if row["minOrderValue"]["currency"] == total["currency"]
        and row["minOrderValue"]["amount"] <= total["amount"]
        and row.get("shippingGroupId") in (None, "", group)
    ]
    if not reached:
        return None
    best = max(reached, key=lambda row: (row["minOrderValue"]["amount"], bool(row.get("shippingGroupId"))))
    return dict(best["cost"])


def area_faults(areas: Iterable[Document], known: Iterable[str]) -> list[tuple[str, str]]:
    """Field and sentence for every area of a zone that cannot be stored; `known` are country codes."""
    codes, seen, faults = set(known), set(), []
    for index, area in enumerate(areas):
        field, country = f"shipTo[{index}].country", str(area["country"])
        plausible = country.isalpha() and len(country) in (2, 3)
        if not plausible or (len(country) == 2 and codes and country.upper() not in codes):
            faults.append((field, f"{field} Provided value is not a valid country code"))
        elif country.upper() in seen:
            faults.append((field, f"{field} The country is listed more than once"))
        seen.add(country.upper())
    return faults
