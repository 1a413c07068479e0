"""Shipping cost and delivery times: the worked rows, and what a delivery time must keep to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from emporix_mock.rules import delivery
from emporix_mock.rules.shipping import area_faults, fee_of, offered, ships_to

ROWS = [
    {"minOrderValue": {"amount": 0, "currency": "EUR"}, "cost": {"amount": 10, "currency": "EUR"}},
    {
        "minOrderValue": {"amount": 50, "currency": "EUR"},
        "cost": {"amount": 9, "currency": "EUR"},
        "shippingGroupId": "group1",
    },
    {
        "minOrderValue": {"amount": 200, "currency": "EUR"},
        "cost": {"amount": 8, "currency": "EUR"},
        "shippingGroupId": "group2",
    },
]


def euros(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize(
    ("total", "group", "fee"),
    [
        (30, None, 10),
        (30, "group1", 10),
        (30, "group2", 10),
        (100, None, 10),
        (100, "group1", 9),
        (100, "group2", 10),
        (250, None, 10),
        (250, "group1", 9),
        (250, "group2", 8),
    ],
)
def test_the_worked_rows(total: float, group: str | None, fee: float):
    assert fee_of(ROWS, euros(total), group) == euros(fee)


def test_methods_have_a_limit_and_rows_a_currency():
    assert offered({"maxOrderValue": euros(5000)}, euros(5000))
    assert not offered({"maxOrderValue": euros(5000)}, euros(6000))
    assert not offered({"active": False}, euros(1))
    assert fee_of(ROWS, {"amount": 30, "currency": "GBP"}, None) is None


@pytest.mark.parametrize(
    ("area", "code", "found"),
    [
        ({"country": "DE"}, None, True),
        ({"country": "AT"}, "10115", False),
        ({"country": "DE", "postalCode": "10*"}, "10115", True),
        ({"country": "DE", "postalCode": "10*"}, "20115", False),
        ({"country": "DE", "postalCode": "10115"}, "10115", True),
        ({"country": "DE", "postalCode": "10*"}, None, False),
    ],
)
def test_areas(area: dict[str, str], code: str | None, found: bool):
    assert ships_to({"shipTo": [area]}, "DE", code) is found


def test_areas_that_cannot_be_stored():
    assert area_faults([{"country": "DE"}, {"country": "AUT"}], ["DE"]) == []
    assert [field for field, _ in area_faults([{"country": "XX"}, {"country": "1"}], ["DE"])] == [
        "shipTo[0].country",
        "shipTo[1].country",
    ]
    assert "more than once" in area_faults([{"country": "DE"}, {"country": "de"}], ["DE"])[0][1]


def slot(own: str = "s1", start: str = "10:00", end: str = "12:00", **cut_off: Any) -> dict[str, Any]:
    return {
        "id": own,
        "shippingMethod": "courier",
        "deliveryTimeRange": {"timeFrom": start, "timeTo": end},
        "cutOffTime": {"time": "2026-01-09T07:00:00.000Z", **cut_off},
        "capacity": 2,
    }


def courier(**changes: Any) -> dict[str, Any]:
    return {
        "id": "t1",
        "siteCode": "main",
        "isDeliveryDay": True,
        "zoneId": "berlin",
        "day": {"weekday": "FRIDAY"},
        "timeZoneId": "Europe/Berlin",
        "slots": [slot()],
        **changes,
    }


SINGLE = {"singleDate": "2026-12-11T11:00:00Z"}
PERIOD = {"datePeriod": {"dateFrom": "2026-12-24T11:00:00Z", "dateTo": "2026-12-26T11:00:00Z"}}
BACKWARDS = {"datePeriod": {"dateFrom": "2026-12-26T11:00:00Z", "dateTo": "2026-12-24T11:00:00Z"}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"isDeliveryDay": False, "isForAllZones": True, "zoneId": None, "slots": []}, None),
        ({"isDeliveryDay": False}, "400001"),
        ({"slots": [slot(), slot("s2")]}, "400007"),
        ({"isForAllZones": True}, "400008"),
        ({"slots": [slot(start="13:00")]}, "400011"),
        ({"day": BACKWARDS}, "400012"),
        ({"zoneId": None, "isForAllZones": True}, "400013"),
        ({"zoneId": None}, "400014"),
        ({"slots": [slot(), slot(start="14:00", end="16:00")]}, "400015"),
        ({"timeZoneId": "Europe/Nowhere"}, "400016"),
        ({"day": {"singleDate": "2026-12-11T12:00:00+02:00"}}, "400017"),
        ({"day": {"singleDate": "2026-12-11T12:00:00+01:00"}}, None),
        ({"slots": [slot(time="2026-01-09T12:00:00Z")]}, "400018"),
        ({"slots": [slot(time="2026-01-09T12:00:00Z", cutOffDayShift=1)]}, None),
        ({"day": SINGLE, "slots": [slot(cutOffDayShift=1)]}, "400005"),
        ({"deliveryDayShift": 1, "slots": [slot(cutOffDayShift=1)]}, "400006"),
    ],
)
def test_delivery_times_that_are_wrong_by_themselves(changes: dict[str, Any], code: str | None):
    found = next(delivery.faults(courier(**changes)), None)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("new", "other", "code"),
    [
        ({}, {}, "400003"),
        ({}, {"zoneId": "germany"}, None),
        ({}, {"siteCode": "uk"}, None),
        ({}, {"day": {"weekday": "MONDAY"}}, None),
        ({}, {"day": SINGLE}, None),
        ({"day": SINGLE}, {"day": {"singleDate": "2026-12-11T11:00:00Z"}}, "400004"),
        ({"day": SINGLE}, {"day": {"singleDate": "2026-12-12T11:00:00Z"}}, None),
        (
            {"day": PERIOD},
            {"day": {"datePeriod": {"dateFrom": "2026-12-26", "dateTo": "2026-12-31"}}},
            "400006",
        ),
        ({}, {"isDeliveryDay": False, "isForAllZones": True, "zoneId": None}, "400003"),
    ],
)
def test_overlaps(new: dict[str, Any], other: dict[str, Any], code: str | None):
    found = delivery.overlap(courier(**new), [courier(id="t2", **other)])
    assert (found.code if found else None) == code


def test_slots_overlap():
    assert not delivery.slots_overlap([slot(), slot("s2", "12:00", "14:00")])
    assert delivery.slots_overlap([slot("s2", "11:59", "14:00"), slot()])


def test_days_of_delivery():
    friday = date(2026, 12, 25)
    off = courier(id="off", isDeliveryDay=False, zoneId=None, isForAllZones=True, day=PERIOD, slots=[])
    assert delivery.delivers_on(courier(), friday, [])
    assert not delivery.delivers_on(courier(), date(2026, 12, 24), [])
    assert not delivery.delivers_on(courier(), friday, [off])
    assert delivery.delivers_on(courier(), friday, [{**off, "isForAllZones": False, "zoneId": "germany"}])
    single = courier(day={"singleDate": "2026-12-25T11:00:00Z"})
    assert delivery.delivers_on(single, friday, [off])


def test_cut_off_and_cycle_follow_the_local_clock():
    summer, winter = date(2026, 7, 3), date(2026, 12, 11)
    assert delivery.cut_off(courier(), slot(), winter) == datetime(2026, 12, 11, 7, tzinfo=UTC)
    assert delivery.cut_off(courier(), slot(), summer) == datetime(2026, 7, 3, 6, tzinfo=UTC)
    before = slot(cutOffDayShift=2, deliveryCycleName="morning")
    assert delivery.cycle(courier(), before, winter) == "2026-12-09-07-morning"
    assert delivery.cycle(courier(deliveryDayShift=1), slot(), winter) == "2026-12-10-07"
    assert delivery.noon(courier(), summer) == datetime(2026, 7, 3, 10, tzinfo=UTC)
