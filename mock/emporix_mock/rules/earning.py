"""Earning reward points: a site's settings, how many points an order gives, and how long they live."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from emporix_mock.rules.members import mapping_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DEFAULT_VALIDITY_MONTHS = 36  # fits both automatic entries of the documented examples
DEFAULT_PREFIX = "L"  # undocumented; the guide's example code starts with it
_MONTHS_OF_CALENDAR = 12 * 9999


@dataclass(frozen=True, slots=True)
class RewardSettings:
    """What a site says about reward points; `factor` is points per unit of currency."""

    enabled: bool
    prefix: str
    factor: Decimal
    validity_months: int


def reward_settings(mixin: Mapping[str, Any] | None) -> RewardSettings:
    """Read the settings from a site's `mixins` object or from its `couponSettings` mixin alone.

    Both spellings are known: `enabled`/`codePrefix` of the site document, which win, and
    `enable`/`couponPrefix` of the guide. Numbers and booleans may be strings. What is missing or
    unreadable: off, `DEFAULT_PREFIX`, factor 0 (earns nothing), `DEFAULT_VALIDITY_MONTHS`.
    """
    outer = mapping_of(mixin)
    section = mapping_of(mapping_of(outer.get("couponSettings", outer)).get("rewardpoints"))
    factor = _number(section.get("orderValueToRewardPointsFactor"))
    months = _number(section.get("validityInMonths"))
    return RewardSettings(
        enabled=str(_first(section, "enabled", "enable")).lower() == "true",
        prefix=str(_first(section, "codePrefix", "couponPrefix") or DEFAULT_PREFIX),
        factor=Decimal(0) if factor is None else factor,
        validity_months=DEFAULT_VALIDITY_MONTHS
        if months is None or months < 1
        else min(int(months), _MONTHS_OF_CALENDAR),
    )


def valid_until(created: datetime, months: int, timezone: str) -> datetime:
    """Give the end of life of earned points: local day + months, start of that day, as UTC.

    A day that the target month lacks becomes its last day; years end at 9999. `timezone` is an IANA
    name; an unknown one raises `ValueError`. Source: the documented order entry of 2020-09-03.
    """
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, OSError, ValueError) as unknown:
        raise ValueError(f"unknown time zone {timezone!r}") from unknown
    day = created.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return _months_later(day, months).astimezone(UTC)


def order_value(order: Mapping[str, Any], base: str = "grossValue") -> Decimal:
    """Give the amount of an order that earns points: `base` of its `calculatedPrice.finalPrice`.

    Orders of the older form carry `totalPrice` alone, which then counts; with neither it is 0.
    Which amount Emporix takes is undocumented, hence `base` (`grossValue` or `netValue`).
    """
    final = mapping_of(mapping_of(order.get("calculatedPrice")).get("finalPrice"))
    amount = _number(final.get(base))
    if amount is None:
        amount = _number(order.get("totalPrice"))
    return Decimal(0) if amount is None else amount


def points_earned(amount: Decimal, factor: Decimal, rounding: str = ROUND_FLOOR) -> int:
    """Give the whole points for an amount, never below 0; the rounding is undocumented."""
    return max(0, int((amount * factor).to_integral_value(rounding=rounding)))


def _months_later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year = min(moment.year + years, 9999)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _first(section: Mapping[str, Any], *names: str) -> object:
    return next((section[name] for name in names if section.get(name) is not None), None)


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
