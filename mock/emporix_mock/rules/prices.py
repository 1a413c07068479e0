"""Prices by quantity: tiers, sales, and which price list comes first (pricing facts, sections A2 and A4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise
from typing import Any, Final

from emporix_mock.rules.tax import exact, gross_of, half_up, net_of

BASIC, VOLUME, TIERED = "BASIC", "VOLUME", "TIERED"
_EXACT: Final = Context(prec=40)
_STEP: Final = Decimal("1E-10")
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
Document = Mapping[str, Any]


def tier_faults(tier_type: str, tiers: Sequence[Document], unit: str | None = None) -> list[str]:
    """What is wrong with the tiers of a price model measured in `unit`; nothing when they can be used."""
    if tier_type not in (BASIC, VOLUME, TIERED):
        return [f"tierType must be one of {BASIC}, {VOLUME}, {TIERED}"]
    if not tiers:
        return ["at least one tier is needed"]
    faults = ["a BASIC price model has one tier"] if tier_type == BASIC and len(tiers) > 1 else []
    least = [exact(tier["minQuantity"]["quantity"]) for tier in tiers]
    if least[0] != 0:
        faults.append("the minimum quantity of the first tier must be 0")
    if any(after <= before for before, after in pairwise(least)):
        faults.append("minimum quantities of tiers must be unique and ascending")
    units = {tier["minQuantity"]["unitCode"] for tier in tiers}
    if len(units | ({unit} if unit else set())) > 1:
        faults.append("all tiers must have the same unitCode")
    return faults


def unit_price(
    tier_type: str, least: Sequence[Decimal], values: Sequence[Decimal], quantity: Decimal
) -> Decimal:
    """The price of one measurement unit when `quantity` is bought.

    `least` are the minimum quantities of the tiers, ascending from 0, `values` their prices. TIERED is
    graduated: every part of the quantity at the price of its own tier, so the result is an average.
    """
    if tier_type == TIERED and quantity > 0:
        ends = [*least[1:], quantity]
        total = sum(
            (max(min(end, quantity) - start, Decimal(0)) * value)
            for start, end, value in zip(least, ends, values, strict=True)
        )
        return _EXACT.divide(Decimal(total), quantity)
    reached = [value for start, value in zip(least, values, strict=True) if start <= quantity]
    return reached[-1] if reached and tier_type != BASIC else values[0]


def on_sale(original: Decimal, sale: Document | None) -> Decimal:
    """A price less its sale: an amount, or a rate in percent; never below 0 (choice)."""
    if not sale:
        return original
    if sale.get("discountAmount"):
        return max(original - exact(sale["discountAmount"]), Decimal(0))
    rate = exact(sale.get("discountRate") or 0)
    return _EXACT.divide(original * (_HUNDRED - rate), _HUNDRED)


@dataclass(frozen=True, slots=True)
class Side:
    """How a price is moved to the net or gross side of the requested country.

    `includes_tax` is what the price is, `wanted` what is asked for; `source` and `target` are the rates
    (percent) of the price's and of the requested country, None where the product has no class there.
    """

    includes_tax: bool
    wanted: bool
    same_country: bool
    source: Decimal | None
    target: Decimal | None

    def move(self, value: Decimal) -> Decimal | None:
        """The value on the side that is wanted; None where a rate is missing."""
        if self.includes_tax == self.wanted and (self.same_country or not self.wanted):
            return value
        if self.includes_tax:
            if self.source is None:
                return None
            value = net_of(value, self.source)
        if not self.wanted:
            return value
        return None if self.target is None else gross_of(value, self.target)


def split(value: Decimal, *, gross: bool, rate: Decimal) -> dict[str, Decimal]:
    """Net, gross and tax of a value in cents."""
    net, whole = (net_of(value, rate), value) if gross else (value, gross_of(value, rate))
    net, whole = half_up(net, _CENT), half_up(whole, _CENT)
    return {"netValue": net, "grossValue": whole, "taxValue": whole - net}


def rounded(value: Decimal) -> Decimal:
    """A value as prices are given: at most ten decimals."""
    return half_up(value, _STEP)


def total_of(effective: Decimal, quantity: Decimal, measured: Decimal) -> Decimal:
    """What `quantity` costs when `effective` is the price of `measured` units."""
    return _EXACT.divide(effective * quantity, measured) if measured else effective * quantity


# Price lists.


def list_rank(
    price_list: Document,
    *,
    country: str,
    regions: Sequence[str],
    groups: Sequence[str],
    companies: Sequence[str],
) -> int | None:
    """How closely a list fits, by the number of its criteria that are met; None when one is not."""
    criteria: list[tuple[Any, Sequence[str]]] = [
        (price_list.get("countries"), [country]),
        (price_list.get("regions"), regions),
        (price_list.get("customerGroups"), groups),
        ([price_list["legalEntityId"]] if price_list.get("legalEntityId") else [], companies),
    ]
    rank = 0
    for wanted, had in criteria:
        if wanted:
            if not set(wanted).intersection(had):
                return None
            rank += 1
    return rank


def valid_at(validity: Document | None, moment: str) -> bool:
    """Whether an ISO 8601 moment (UTC) lies within a validity; an open end has no limit."""
    validity = validity or {}
    start, end, at = validity.get("from"), validity.get("to"), _instant(moment)
    return (not start or _instant(start) <= at) and (not end or at <= _instant(end))


def _instant(text: str) -> str:
    """A moment as text that sorts: UTC spellings with and without milliseconds alike."""
    base, _, rest = text.removesuffix("Z").partition(".")
    return f"{base}.{rest:0<9}"
