"""Cron expressions of six fields."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from emporix_mock.rules.cron import parsed

START = datetime(2026, 1, 15, 10, 30, 15, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("0 0 2 * * *", "Europe/Berlin", "2026-01-16T01:00:00"),
        ("0 0 2 * * *", "UTC", "2026-01-16T02:00:00"),
        ("* * * * * *", "UTC", "2026-01-15T10:30:16"),
        ("*/20 * * * * ?", "UTC", "2026-01-15T10:30:20"),
        ("0 15/20 10-12 * * MON-FRI", "UTC", "2026-01-15T10:35:00"),
        ("0 0 12 * * 7", "UTC", "2026-01-18T12:00:00"),
        ("0 0 12 * * SAT,SUN", "UTC", "2026-01-17T12:00:00"),
        ("0 0 0 1 JAN *", "UTC", "2027-01-01T00:00:00"),
        ("0 0 0 29 2 *", "UTC", "2028-02-29T00:00:00"),
        ("0 30 10 * * *", "UTC", "2026-01-16T10:30:00"),
        ("@hourly", "UTC", "2026-01-15T11:00:00"),
    ],
)
def test_the_next_moment(text: str, zone: str, expected: str):
    found = parsed(text).after(START, zone)
    assert found is not None
    assert found.isoformat() == f"{expected}+00:00"


def test_a_day_that_never_comes_and_a_series_that_goes_on():
    assert parsed("0 0 0 31 2 *").after(START, "UTC") is None
    cron, moments = parsed("0 */7 * * * *"), [START]
    for _ in range(20):
        found = cron.after(moments[-1], "America/New_York")
        assert found is not None
        moments.append(found)
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert {moment.minute % 7 for moment in moments[1:]} == {0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * * *",
        "60 * * * * *",
        "0 0 24 * * *",
        "0 0 0 0 * *",
        "0 0 0 * * MOON",
        "0/0 * * * * *",
        "5-1 * * * * *",
    ],
)
def test_what_is_no_expression(text: str):
    with pytest.raises(ValueError, match=r"cron|stand between"):
        parsed(text)
