"""Delivery times: what makes them valid, and which windows they open (shipping facts, C4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from emporix_mock.rules.sites import is_time_zone

Document = Mapping[str, Any]
WEEKDAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
NOON: Final = time(12)
MOST_DAYS: Final = 365 * 100
"""What is to be ordered longer before than that cannot be ordered; the calendar ends somewhere."""
_OVERLAPS: Final = {"weekday": "400003", "singleDate": "400004", "datePeriod": "400006"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: the number of its error code and a sentence; `slot` for codes of slots."""

    code: str
    message: str
    slot: bool = False


def kind_of(day: Document) -> str | None:
    """Which of the three kinds of day is given; None unless it is exactly one."""
    given = [name for name in _OVERLAPS if day.get(name)]
    return given[0] if len(given) == 1 else None


def local_date(text: str, zone: ZoneInfo) -> date:
    """The day that a moment (or a plain date) names in a time zone. Raises `ValueError` for other text."""
    if len(text) == 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()


def local_time(text: str, zone: ZoneInfo) -> time:
    """The time of day that a moment (or `HH:MM`) names in a time zone. Raises `ValueError` for other text."""
    if len(text) <= 5:
        return time.fromisoformat(text.zfill(5))
    return datetime.fromisoformat(text).astimezone(zone).time().replace(second=0, microsecond=0)


def clock(text: str) -> int:
    """Minutes since midnight of `HH:MM`; `24:00` is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


# What makes a delivery time valid.


def faults(new: Document) -> Iterator[Fault]:
    """What is wrong with a delivery time by itself, in the order in which it is told."""
    if not is_time_zone(str(new.get("timeZoneId"))):
        yield Fault("400016", f"The time zone '{new.get('timeZoneId')}' does not exist")
        return
    slots, delivers = new.get("slots") or [], new["isDeliveryDay"]
    if not delivers and slots:
        yield Fault("400001", "A day without delivery cannot have slots")
    if new.get("zoneId") and new.get("isForAllZones"):
        yield Fault("400008", "zoneId and isForAllZones exclude each other")
    elif delivers and new.get("isForAllZones"):
        yield Fault("400013", "isForAllZones is only for days without delivery")
    elif delivers and not new.get("zoneId"):
        yield Fault("400014", "A delivery day needs a zone")
    yield from _day_faults(new)
    yield from _slots_faults(new, slots)


def _day_faults(new: Document) -> Iterator[Fault]:
    day, zone = new["day"], ZoneInfo(new["timeZoneId"])
    period = day.get("datePeriod")
    if period and local_date(period["dateFrom"], zone) > local_date(period["dateTo"], zone):
        yield Fault("400012", "dateFrom is after dateTo")
    for text in (day.get("singleDate"), *(period or {}).values()):
        if text and len(text) > 10 and not text.endswith("Z"):
            moment = datetime.fromisoformat(text)
            if moment.utcoffset() != moment.replace(tzinfo=zone).utcoffset():
                yield Fault("400017", f"The offset of {text} is not that of {new['timeZoneId']}")


def _slots_faults(new: Document, slots: Sequence[Document]) -> Iterator[Fault]:
    ids = [slot["id"] for slot in slots if slot.get("id")]
    if len(set(ids)) < len(ids):
        yield Fault("400015", "Slots have the same id")
    if any(_same(one, other) for one, other in combinations(slots, 2)):
        yield Fault("400007", "Slots have the same delivery time range and cut-off time")
    for slot in slots:
        yield from slot_faults(new, slot)


def slot_faults(owner: Document, slot: Document) -> Iterator[Fault]:
    """What is wrong with a slot of a delivery time by itself."""
    within, cut_off = slot["deliveryTimeRange"], slot["cutOffTime"]
    shift = cut_off.get("cutOffDayShift") or 0
    if clock(within["timeFrom"]) > clock(within["timeTo"]):
        yield Fault("400011", "timeFrom is after timeTo")
    at = local_time(cut_off["time"], ZoneInfo(owner["timeZoneId"]))
    early = shift or owner.get("deliveryDayShift") or 0
    if not early and at.hour * 60 + at.minute > clock(within["timeTo"]):
        yield Fault("400018", "The cut-off time is after timeTo")
    if shift and kind_of(owner["day"]) != "weekday":
        yield Fault("400005", "cutOffDayShift goes with weekdays only", slot=True)
    elif shift and owner.get("deliveryDayShift"):
        yield Fault("400006", "cutOffDayShift and deliveryDayShift exclude each other", slot=True)


def _same(one: Document, other: Document) -> bool:
    return bool(
        one["deliveryTimeRange"] == other["deliveryTimeRange"]
        and one["cutOffTime"]["time"] == other["cutOffTime"]["time"]
    )


def twin(slots: Iterable[Document], slot: Document) -> bool:
    """Whether a slot with the same range and cut-off is among others."""
    return any(_same(slot, other) for other in slots if other["id"] != slot["id"])


def slots_overlap(slots: Sequence[Document]) -> bool:
    """Whether two slots share a moment."""
    ranges = sorted(
        (clock(slot["deliveryTimeRange"]["timeFrom"]), clock(slot["deliveryTimeRange"]["timeTo"]))
        for slot in slots
    )
    return any(after[0] < before[1] for before, after in pairwise(ranges))


def overlap(new: Document, others: Iterable[Document]) -> Fault | None:
    """The fault of a delivery time whose day another one of the same site and zone defines already."""
    kind = kind_of(new["day"])
    for other in others:
        shared = (
            other["siteCode"] == new["siteCode"]
            and kind_of(other["day"]) == kind
            and (
                other.get("zoneId") == new.get("zoneId")
                or other.get("isForAllZones")
                or new.get("isForAllZones")
            )
        )
        if shared and kind is not None and _same_day(kind, new, other):
            return Fault(_OVERLAPS[kind], f"The day overlaps that of the delivery time {other['id']}")
    return None


def _same_day(kind: str, new: Document, other: Document) -> bool:
    if kind == "weekday":
        return bool(new["day"][kind] == other["day"][kind])
    (start, end), (first, last) = _span(new), _span(other)
    return start <= last and first <= end


def _span(found: Document) -> tuple[date, date]:
    zone, day = ZoneInfo(found["timeZoneId"]), found["day"]
    period = day.get("datePeriod")
    if period:
        return local_date(period["dateFrom"], zone), local_date(period["dateTo"], zone)
    single = local_date(day["singleDate"], zone)
    return single, single


# Windows.


def falls_on(found: Document, day: date) -> bool:
    """Whether the rule of a delivery time is about a day."""
    weekday = found["day"].get("weekday")
    if weekday:
        return bool(WEEKDAYS[day.weekday()] == weekday)
    start, end = _span(found)
    return start <= day <= end


def delivers_on(found: Document, day: date, others: Iterable[Document]) -> bool:
    """Whether there is delivery on a day: a day without delivery gives way to a single date with it."""
    if not found["isDeliveryDay"] or not falls_on(found, day):
        return False
    if kind_of(found["day"]) == "singleDate":
        return True
    return not any(
        not other["isDeliveryDay"]
        and other["siteCode"] == found["siteCode"]
        and (other.get("isForAllZones") or other.get("zoneId") in (None, found.get("zoneId")))
        and falls_on(other, day)
        for other in others
    )


def cut_off(found: Document, slot: Document, day: date) -> datetime:
    """Until when a slot of a day can be ordered, in UTC; shifts are days before (choice)."""
    zone, limit = ZoneInfo(found["timeZoneId"]), slot["cutOffTime"]
    shift = limit.get("cutOffDayShift") or found.get("deliveryDayShift") or 0
    if shift > MOST_DAYS:
        return datetime.min.replace(tzinfo=UTC)
    at = datetime.combine(day - timedelta(days=shift), local_time(limit["time"], zone), zone)
    return at.astimezone(UTC)


def cycle(found: Document, slot: Document, day: date) -> str:
    """The id of a delivery cycle: date and hour of the cut-off, and the slot's name for it."""
    name = slot["cutOffTime"].get("deliveryCycleName")
    return f"{cut_off(found, slot, day):%Y-%m-%d-%H}" + (f"-{name}" if name else "")


def noon(found: Document, day: date) -> datetime:
    """How a delivery date is written: noon of the day in the delivery time's zone, in UTC."""
    return datetime.combine(day, NOON, ZoneInfo(found["timeZoneId"])).astimezone(UTC)


def instant(moment: datetime) -> str:
    """A moment in UTC as the service prints it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"
