"""Cron expressions of six fields, as Spring writes them: second, minute, hour, day, month, day of week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

RANGES: Final = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
NAMES: Final[Mapping[int, Mapping[str, int]]] = {
    4: {name: index + 1 for index, name in enumerate(MONTHS)},
    5: {name: index for index, name in enumerate(DAYS)},
}
MACROS: Final = {
    "@yearly": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
HORIZON: Final = timedelta(days=366 * 8 + 2)
"""Within it every date that exists at all comes round, the 29th of February included."""


@dataclass(frozen=True, slots=True)
class Cron:
    """What the fields of an expression allow."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime, zone: str) -> datetime | None:
        """The first moment after `moment` in a time zone, in UTC; None when there never is one."""
        local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
        day, first = local.date(), local.time()
        last = day + HORIZON
        while day <= last:
            if day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays:
                for hour in self.hours:
                    for minute in self.minutes:
                        if (hour, minute) < (first.hour, first.minute) and day == local.date():
                            continue
                        for second in self.seconds:
                            found = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
                            if found >= local:
                                return found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            day += timedelta(days=1)
        return None


def parsed(text: str) -> Cron:
    """An expression; ValueError with what is wrong for anything else."""
    fields = MACROS.get(text.strip().lower(), text).split()
    if len(fields) != len(RANGES):
        raise ValueError(f"a cron expression has {len(RANGES)} fields, not {len(fields)}")
    values = [_values(field, index) for index, field in enumerate(fields)]
    return Cron(
        tuple(sorted(values[0])),
        tuple(sorted(values[1])),
        tuple(sorted(values[2])),
        frozenset(values[3]),
        frozenset(values[4]),
        frozenset(value % 7 for value in values[5]),
    )


def _values(field: str, index: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        base, _, step = part.partition("/")
        low, high = RANGES[index]
        if base not in ("*", "?"):
            first, _, last = base.partition("-")
            low = _number(first, index)
            high = _number(last, index) if last else high if step else low
        if low > high or (step and (not step.isdecimal() or step == "0")):
            raise ValueError(f"'{part}' is no part of a cron expression")
        found.update(range(low, high + 1, int(step or 1)))
    return found


def _number(text: str, index: int) -> int:
    names = NAMES.get(index, {})
    value = names.get(text.upper())
    if value is None and text.isdecimal():
        value = int(text)
    low, high = RANGES[index]
    if value is None or not low <= value <= high:
        raise ValueError(f"'{text}' does not stand between {low} and {high}")
    return value
