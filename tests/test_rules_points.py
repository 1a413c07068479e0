"""The ledger of one account: rule by rule, and the documented example entry by entry."""

import copy
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from emporix_mock.rules.points import (
    MAX_POINTS,
    InvalidPoints,
    InvalidTimestamp,
    NotEnoughPoints,
    active_points,
    add_points,
    chargeback,
    creation,
    earn,
    format_timestamp,
    has_reference,
    new_account,
    redeem,
    summary,
)

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


def entry(points, *, created="2024-01-01T00:00:00.000+00:00", until=None, used=0, **more):
    limits = {"validUntil": until} if until else {}
    return {"points": points, "createdAt": created, "usedPoints": used, "usedWith": [], **limits, **more}


def account(*entries):
    return {**new_account("C1"), "addedPointsList": list(entries)}


def used(changed):
    return [(item["usedPoints"], item["usedWith"]) for item in changed["addedPointsList"]]


def test_the_documented_account_comes_out_entry_by_entry():
    def at(second):
        return datetime.fromisoformat(f"2023-05-11T18:32:{second}+00:00")

    ids = {
        "added": "1c32ce73-8765-42a7-92af-ff370a0a59d6",
        "redeemed 1": "d85c0570-1d51-4611-bf2f-c67452384626",
        "chargeback 1": "b9919f33-3a0b-4fd7-acdb-217edd4fc110",
        "redeemed 2": "b5085a36-a5f0-450d-a011-9f92902f3900",
        "chargeback 2": "42cd0799-9965-4983-8548-e7ad79160572",
    }
    start = {
        "id": ids["added"],
        "reference-id": "123456",
        "description": "welcome",
        "points": 2000,
        "createdAt": "2023-05-11T18:32:18.591+00:00",
        "validUntil": "2023-11-11T12:00:50.406+00:00",
        "allPointsAfterCreation": 56778,
        "usedPoints": 7,
        "usedWith": ["nothing"],
    }
    ledger = add_points(new_account("20242913"), start, now=at("18.591"), entry_id="not taken")
    assert (active_points(ledger, at("18.591")), used(ledger)) == (2000, [(0, [])])

    ledger, first = redeem(
        ledger, 50, now=at("38.501"), redemption_id=ids["redeemed 1"], description="test desc"
    )
    assert (active_points(ledger, at("38.501")), used(ledger)) == (1950, [(50, [ids["redeemed 1"]])])

    ledger = chargeback(ledger, 50, now=at("38.564"), entry_id=ids["chargeback 1"])
    assert (active_points(ledger, at("38.564")), used(ledger)[0][0]) == (2000, 50)

    ledger, second = redeem(
        ledger, 90, now=at("50.946"), redemption_id=ids["redeemed 2"], description="voucher"
    )
    assert (active_points(ledger, at("50.946")), used(ledger)[0][0]) == (1910, 140)

    ledger = chargeback(ledger, 90, now=at("50.981"), entry_id=ids["chargeback 2"])
    text = "Chargeback - redeemed voucher could not be created."

    def charged_back(which, points, second):
        return {
            "id": ids[which],
            "reference-id": None,
            "description": text,
            "points": points,
            "createdAt": f"2023-05-11T18:32:{second}+00:00",
            "allPointsAfterCreation": 2000,
            "usedPoints": 0,
            "validUntil": f"2026-05-11T18:32:{second}+00:00",
            "usedWith": [],
        }

    assert summary(ledger, at("50.981")) == {
        "customerId": "20242913",
        "activePoints": 2000,
        "summary": {
            "addedPointsList": [
                {
                    **start,
                    "allPointsAfterCreation": 2000,
                    "usedPoints": 140,
                    "usedWith": [ids["redeemed 1"], ids["redeemed 2"]],
                },
                charged_back("chargeback 1", 50, "38.564"),
                charged_back("chargeback 2", 90, "50.981"),
            ],
            "redeemedPointsList": [
                {
                    "id": ids["redeemed 1"],
                    "description": "test desc",
                    "points": 50,
                    "createdAt": "2023-05-11T18:32:38.501+00:00",
                    "allPointsAfterCreation": 1950,
                },
                {
                    "id": ids["redeemed 2"],
                    "description": "voucher",
                    "points": 90,
                    "createdAt": "2023-05-11T18:32:50.946+00:00",
                    "allPointsAfterCreation": 1910,
                },
            ],
        },
    }
    assert ledger["redeemedPointsList"] == [first, second]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2023, 5, 11, 18, 32, 18, 591_999, tzinfo=UTC), "2023-05-11T18:32:18.591+00:00"),
        (datetime(2023, 5, 11, tzinfo=UTC), "2023-05-11T00:00:00.000+00:00"),
        (datetime.fromisoformat("2023-05-11T18:32:18.591+02:00"), "2023-05-11T16:32:18.591+00:00"),
    ],
)
def test_timestamps_have_the_offset_form_with_milliseconds(moment, text):
    assert format_timestamp(moment) == text


@pytest.mark.parametrize(
    ("entries", "active"),
    [
        ([], 0),
        ([entry(700), entry(500)], 1200),
        ([entry(700, used=200), entry(500, used=500)], 500),
        ([entry(700, until="2024-03-01T12:00:00.001Z")], 700),
        ([entry(700, until="2024-03-01T12:00:00.000Z")], 0),  # the end itself no longer counts
        ([entry(700, until="2024-03-01T13:00:00+02:00"), entry(5)], 5),
        ([{"points": 9}], 9),  # the schema asks for nothing else
    ],
)
def test_active_points_are_the_open_part_of_live_entries(entries, active):
    assert active_points(account(*entries), NOW) == active


def test_an_account_without_lists_is_empty():
    assert summary({"customerId": "C1"}, NOW) == {
        "customerId": "C1",
        "activePoints": 0,
        "summary": {"addedPointsList": [], "redeemedPointsList": []},
    }


def test_expiry_changes_the_balance_and_not_the_lists():
    ledger = account(entry(700, used=100, until="2024-03-02T00:00:00Z"))
    later = NOW + timedelta(days=1)
    assert (active_points(ledger, NOW), active_points(ledger, later)) == (600, 0)
    assert summary(ledger, later)["summary"] == summary(ledger, NOW)["summary"]
    with pytest.raises(NotEnoughPoints):
        redeem(ledger, 1, now=later, redemption_id="R")


def test_a_bare_body_gets_the_generated_values():
    added = add_points(account(entry(10)), {"points": 5.0}, now=NOW, entry_id="E2", default_valid_until=None)
    assert orjson.dumps(added["addedPointsList"][1]) == orjson.dumps(
        {
            "id": "E2",
            "reference-id": None,
            "points": 5,
            "createdAt": "2024-03-01T12:00:00.000+00:00",
            "allPointsAfterCreation": 15,
            "usedPoints": 0,
            "usedWith": [],
        }
    )


@pytest.mark.parametrize(
    ("supplied", "until", "balance"),
    [
        (None, "2024-09-01T00:00:00.000+00:00", 8),
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000+00:00", 8),
        ("2025-01-01t01:00:00.5+01:00", "2025-01-01T00:00:00.500+00:00", 8),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000+00:00", 0),  # dead on arrival
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00.000+00:00", 0),
    ],
)
def test_the_callers_validity_wins_over_the_sites(supplied, until, balance):
    body = {"points": 8, "validUntil": supplied}
    default = datetime(2024, 9, 1, tzinfo=UTC)
    added = add_points(new_account("C1"), body, now=NOW, entry_id="E", default_valid_until=default)
    only = added["addedPointsList"][0]
    assert (only["validUntil"], only["allPointsAfterCreation"]) == (until, balance)


@pytest.mark.parametrize("points", [0, -1, 1.5, True, None, "5", MAX_POINTS + 1, 1e300, float("inf")])
def test_points_are_a_positive_whole_number(points):
    ledger = account(entry(100))
    with pytest.raises(InvalidPoints):
        add_points(ledger, {"points": points}, now=NOW, entry_id="E")
    with pytest.raises(InvalidPoints):
        redeem(ledger, points, now=NOW, redemption_id="R")


def test_an_account_never_holds_more_than_json_readers_keep_exact():
    full = add_points(new_account("C1"), {"points": MAX_POINTS}, now=NOW, entry_id="E")
    with pytest.raises(InvalidPoints):
        add_points(full, {"points": 1}, now=NOW, entry_id="E")


@pytest.mark.parametrize("field", ["createdAt", "validUntil"])
@pytest.mark.parametrize("value", ["tomorrow", "2024-02-30T00:00:00Z", 5, ""])
def test_an_unreadable_time_is_named(field, value):
    with pytest.raises(InvalidTimestamp, match=field) as caught:
        add_points(new_account("C1"), {"points": 1, field: value}, now=NOW, entry_id="E")
    assert (caught.value.field, caught.value.value) == (field, value)


OLD, MIDDLE, YOUNG = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"


@pytest.mark.parametrize(
    ("entries", "points", "expected"),
    [
        ([entry(10, created=OLD), entry(10, created=YOUNG)], 4, [4, 0]),
        ([entry(10, created=YOUNG), entry(10, created=OLD)], 4, [0, 4]),
        ([entry(10, created=OLD), entry(10, created=YOUNG)], 10, [10, 0]),
        ([entry(10, created=OLD), entry(10, created=MIDDLE), entry(10, created=YOUNG)], 25, [10, 10, 5]),
        ([entry(10, created=OLD, used=7), entry(10, created=YOUNG)], 5, [10, 2]),
        ([entry(10, created=OLD, until="2024-02-01T00:00:00Z"), entry(10, created=YOUNG)], 5, [0, 5]),
        # not the one that runs out first
        ([entry(10, created=OLD), entry(10, created=YOUNG, until="2024-03-02T00:00:00Z")], 5, [5, 0]),
        # the instant counts, not the text
        (
            [
                entry(10, created="2024-01-02T00:30:00+02:00"),
                entry(10, created="2024-01-01T23:00:00.000+00:00"),
            ],
            5,
            [5, 0],
        ),
        ([entry(10, created=OLD), entry(10, created=OLD)], 5, [5, 0]),
        ([entry(10, created=OLD), {"points": 10}], 5, [0, 5]),  # without a date: oldest
    ],
)
def test_redemption_takes_the_oldest_live_entries_first(entries, points, expected):
    ledger = account(*entries)
    before = copy.deepcopy(ledger)
    changed, redemption = redeem(ledger, points, now=NOW, redemption_id="R")
    assert [item.get("usedPoints", 0) for item in changed["addedPointsList"]] == expected
    for old, new in zip(ledger["addedPointsList"], changed["addedPointsList"], strict=True):
        grown = new.get("usedPoints", 0) > old.get("usedPoints", 0)
        assert new.get("usedWith", []) == (["R"] if grown else [])
    assert redemption == {
        "id": "R",
        "points": points,
        "createdAt": "2024-03-01T12:00:00.000+00:00",
        "allPointsAfterCreation": active_points(before, NOW) - points,
    }
    assert ledger == before


def test_too_few_points_are_refused_with_both_numbers():
    ledger = account(entry(10), entry(90, until="2024-01-02T00:00:00Z"))
    before = copy.deepcopy(ledger)
    with pytest.raises(NotEnoughPoints) as caught:
        redeem(ledger, 11, now=NOW, redemption_id="R")
    assert (caught.value.active, caught.value.wanted) == (10, 11)
    assert ledger == before


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2023-05-11T18:32:38.564Z", "2026-05-11T18:32:38.564+00:00"),
        ("2024-02-29T23:59:59.999Z", "2027-02-28T23:59:59.999+00:00"),
        ("9998-01-01T00:00:00Z", "9999-01-01T00:00:00.000+00:00"),
    ],
)
def test_a_chargeback_lives_36_months_to_the_millisecond(moment, until):
    ledger = chargeback(new_account("C1"), 50, now=datetime.fromisoformat(moment), entry_id="E")
    assert ledger["addedPointsList"][0]["validUntil"] == until


def test_an_order_earns_once():
    until = datetime(2027, 1, 1, tzinfo=UTC)
    empty = new_account("C1")
    once = earn(empty, "B7011746", 209, now=NOW, entry_id="E1", until=until)
    assert once["addedPointsList"] == [
        {
            "id": "E1",
            "reference-id": "B7011746",
            "description": "Bonuspunkte für Bestellung B7011746",
            "points": 209,
            "createdAt": "2024-03-01T12:00:00.000+00:00",
            "allPointsAfterCreation": 209,
            "usedPoints": 0,
            "validUntil": "2027-01-01T00:00:00.000+00:00",
            "usedWith": [],
        }
    ]
    assert (has_reference(empty, "B7011746"), has_reference(once, "B7011746")) == (False, True)
    assert earn(once, "B7011746", 209, now=NOW, entry_id="E2", until=until) == once
    assert earn(once, "B7011747", 0, now=NOW, entry_id="E2", until=until) == once
    twice = earn(once, "B7011747", 209, now=NOW, entry_id="E2", until=until)
    assert [item["allPointsAfterCreation"] for item in twice["addedPointsList"]] == [209, 418]


def test_a_summary_shares_nothing_with_the_account():
    ledger, _ = redeem(account(entry(10)), 4, now=NOW, redemption_id="R")
    before = copy.deepcopy(ledger)
    view = summary(ledger, NOW)["summary"]
    view["addedPointsList"][0]["usedPoints"] = 99
    view["redeemedPointsList"][0]["points"] = 99
    view["addedPointsList"].clear()
    assert ledger == before


def test_a_second_completion_and_another_text_can_be_chosen():
    until = NOW + timedelta(days=1)
    chosen = {"now": NOW, "until": until, "description": "For {order}: {order}", "repeated": True}
    twice = earn(earn(account(), "B1", 5, entry_id="E1", **chosen), "B1", 5, entry_id="E2", **chosen)
    assert [item["description"] for item in twice["addedPointsList"]] == ["For B1: B1"] * 2


def test_what_runs_out_soonest_can_go_first_and_what_lasts_goes_last():
    late, soon = (NOW + timedelta(days=days) for days in (9, 3))
    entries = [entry(5), entry(5, until=late.isoformat()), entry(5, until=soon.isoformat())]
    changed, _ = redeem(account(*entries), 11, now=NOW, redemption_id="R", first="validUntil")
    assert [taken for taken, _ in used(changed)] == [1, 5, 5]


def test_an_entry_begins_when_its_body_says_or_now():
    assert creation({}, NOW) == NOW
    assert creation({"createdAt": "2020-01-01T01:00:00+01:00"}, NOW) == datetime(2020, 1, 1, tzinfo=UTC)
