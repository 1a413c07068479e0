"""Reward points: the ledger of one customer's account.

An account is the stored document `{customerId, addedPointsList, redeemedPointsList}` with entries in
their wire form. Every function leaves its arguments alone and returns new values; the moment and all
ids are arguments. The ledger's rules reproduce the numbers in the examples of the reward points
document: open = points - usedPoints; active = sum of open over entries that have not run out.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

Account = Mapping[str, Any]
Entry = Mapping[str, Any]
UseFirst = Literal["createdAt", "validUntil"]

CHARGEBACK_TEXT = "Chargeback - redeemed voucher could not be created."
CHARGEBACK_YEARS = 3
EARNED_TEXT = "Bonuspunkte für Bestellung {order}"
MAX_POINTS = 2**53 - 1  # the largest whole number that every JSON reader keeps exact
_FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


class InvalidPoints(ValueError):
    """An amount of points that is not a whole number from 1 to `MAX_POINTS`, or overfills the account."""


class InvalidTimestamp(ValueError):
    """`field` of an entry holds `value`, which is not an ISO 8601 moment."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field} is not a date-time: {value!r}")
        self.field = field
        self.value = value


class NotEnoughPoints(Exception):
    """A redemption of `wanted` points met only `active` redeemable ones; nothing was changed."""

    def __init__(self, active: int, wanted: int) -> None:
        super().__init__(f"{wanted} points wanted, {active} active")
        self.active = active
        self.wanted = wanted


def format_timestamp(moment: datetime) -> str:
    """Give an aware moment in the form of account entries, `2023-05-11T18:32:18.591+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def new_account(customer_id: str) -> dict[str, Any]:
    """Give an account without history."""
    return {"customerId": customer_id, "addedPointsList": [], "redeemedPointsList": []}


def active_points(account: Account, now: datetime) -> int:
    """Give the points that can be redeemed at `now`."""
    return sum(_open(entry) for entry in _entries(account) if _alive(entry, now))


def summary(account: Account, now: datetime) -> dict[str, Any]:
    """Give the wire form `pointsSummaryOut` of an account."""
    return {
        "customerId": account["customerId"],
        "activePoints": active_points(account, now),
        "summary": {
            "addedPointsList": [dict(entry) for entry in _entries(account)],
            "redeemedPointsList": [dict(entry) for entry in account.get("redeemedPointsList") or ()],
        },
    }


def has_reference(account: Account, order_id: str) -> bool:
    """Tell whether an entry was already earned by this order."""
    return any(entry.get("reference-id") == order_id for entry in _entries(account))


def creation(body: Entry, now: datetime) -> datetime:
    """Give the moment at which an entry asked for by `body` begins. Raises `InvalidTimestamp`."""
    return _moment(body, "createdAt") or now


def add_points(
    account: Account,
    body: Entry,
    *,
    now: datetime,
    entry_id: str,
    default_valid_until: datetime | None = None,
) -> dict[str, Any]:
    """Append the entry that a body in the form of `addedPoints` asks for; return the new account.

    Kept from the body: `id`, `reference-id`, `description`, `createdAt`, `validUntil` (times in the
    service's own format); computed: the running balance, `usedPoints` 0, `usedWith` []. Without
    `validUntil` and default the points never run out. Raises `InvalidPoints`, `InvalidTimestamp`.
    Which fields are kept is undocumented; the samples send impossible ones.
    """
    points = _whole_points(body.get("points"))
    created = creation(body, now)
    until = _moment(body, "validUntil") or default_valid_until
    before = active_points(account, now)
    if before + points > MAX_POINTS:
        raise InvalidPoints(f"the account cannot hold {points} more points")
    entry = {
        "id": body.get("id") or entry_id,
        "reference-id": body.get("reference-id"),
        **({"description": body["description"]} if body.get("description") is not None else {}),
        "points": points,
        "createdAt": format_timestamp(created),
        "allPointsAfterCreation": before + (points if until is None or until > now else 0),
        "usedPoints": 0,
        **({"validUntil": format_timestamp(until)} if until else {}),
        "usedWith": [],
    }
    return {**account, "addedPointsList": [*_entries(account), entry]}


def earn(
    account: Account,
    order_id: str,
    points: int,
    *,
    now: datetime,
    entry_id: str,
    until: datetime,
    description: str = EARNED_TEXT,
    repeated: bool = False,
) -> dict[str, Any]:
    """Append the entry for a completed order; unchanged when it earned before or earns nothing.

    `{order}` in the description stands for the order. One entry per order is a choice, which
    `repeated` lifts: what a second completion event does is undocumented.
    """
    if points == 0 or (not repeated and has_reference(account, order_id)):
        return dict(account)
    body = {
        "reference-id": order_id,
        "description": description.replace("{order}", order_id),
        "points": points,
    }
    return add_points(account, body, now=now, entry_id=entry_id, default_valid_until=until)


def redeem(
    account: Account,
    points: int,
    *,
    now: datetime,
    redemption_id: str,
    description: str | None = None,
    first: UseFirst = "createdAt",
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take points from live entries, oldest first; return the new account and the redemption entry.

    The documented samples also fit `first` = "validUntil", what runs out soonest first. Raises
    `InvalidPoints`, and `NotEnoughPoints` before anything changes.
    """
    points = _whole_points(points)
    active = active_points(account, now)
    if active < points:
        raise NotEnoughPoints(active, points)
    redemption = {
        "id": redemption_id,
        **({"description": description} if description is not None else {}),
        "points": points,
        "createdAt": format_timestamp(now),
        "allPointsAfterCreation": active - points,
    }
    changed = {
        **account,
        "addedPointsList": _consume(_entries(account), points, now, redemption_id, first),
        "redeemedPointsList": [*(account.get("redeemedPointsList") or ()), redemption],
    }
    return changed, redemption


def chargeback(account: Account, points: int, *, now: datetime, entry_id: str) -> dict[str, Any]:
    """Give points back by a new entry, valid for 36 months to the millisecond.

    The redemption stays, and so does what it took: the samples show it so.
    """
    body = {"description": CHARGEBACK_TEXT, "points": points}
    until = _years_later(now, CHARGEBACK_YEARS)
    return add_points(account, body, now=now, entry_id=entry_id, default_valid_until=until)


def _consume(
    entries: list[Entry], points: int, now: datetime, redemption_id: str, first: UseFirst
) -> list[Entry]:
    changed = list(entries)
    live = [index for index, entry in enumerate(entries) if _open(entry) > 0 and _alive(entry, now)]
    unset = _FIRST_MOMENT if first == "createdAt" else _LAST_MOMENT
    for index in sorted(live, key=lambda index: _moment(entries[index], first) or unset):
        entry = entries[index]
        taken = min(_open(entry), points)
        if taken == 0:
            break
        points -= taken
        changed[index] = {
            **entry,
            "usedPoints": entry.get("usedPoints", 0) + taken,
            "usedWith": [*entry.get("usedWith", ()), redemption_id],
        }
    return changed


def _entries(account: Account) -> list[Entry]:
    return list(account.get("addedPointsList") or ())


def _open(entry: Entry) -> int:
    return int(entry["points"]) - int(entry.get("usedPoints", 0))


def _alive(entry: Entry, now: datetime) -> bool:
    until = _moment(entry, "validUntil")
    return until is None or until > now


def _moment(entry: Entry, field: str) -> datetime | None:
    text = entry.get(field)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # year 1 or 9999 and an offset that leaves the calendar
        return moment.replace(tzinfo=UTC)
    except (ValueError, AttributeError) as unreadable:
        raise InvalidTimestamp(field, text) from unreadable


def _years_later(moment: datetime, years: int) -> datetime:
    year = min(moment.year + years, 9999)
    leap_day = (moment.month, moment.day) == (2, 29) and not calendar.isleap(year)
    return moment.replace(year=year, day=28 if leap_day else moment.day)


def _whole_points(value: Any) -> int:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and value % 1 == 0 and 1 <= value <= MAX_POINTS):
        raise InvalidPoints(f"points must be a whole number from 1 to {MAX_POINTS}")
    return int(value)
