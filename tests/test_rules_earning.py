"""Settings of a site, validity and the points of an order."""

from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import pytest

from emporix_mock.rules.earning import (
    RewardSettings,
    order_value,
    points_earned,
    reward_settings,
    valid_until,
)

SITE_FORM = {
    "enabled": True,
    "codePrefix": "T",
    "orderValueToRewardPointsFactor": 1,
    "validityInMonths": 2,
}
GUIDE_FORM = {
    "enable": True,
    "couponPrefix": "T",
    "orderValueToRewardPointsFactor": 1,
    "validityInMonths": 2,
}
AS_TEXT = {
    "enabled": "true",
    "codePrefix": "T",
    "orderValueToRewardPointsFactor": "1.0",
    "validityInMonths": "2",
}
EXPECTED = RewardSettings(enabled=True, prefix="T", factor=Decimal(1), validity_months=2)
OFF = RewardSettings(enabled=False, prefix="L", factor=Decimal(0), validity_months=36)


@pytest.mark.parametrize("section", [SITE_FORM, GUIDE_FORM, AS_TEXT, {**GUIDE_FORM, **SITE_FORM}])
@pytest.mark.parametrize("nesting", ["all mixins", "one mixin"])
def test_settings_are_read_in_every_spelling(section, nesting):
    mixin = {"rewardpoints": section, "codePrefix": "ED", "length": 3}
    assert reward_settings({"couponSettings": mixin} if nesting == "all mixins" else mixin) == EXPECTED


@pytest.mark.parametrize(
    "mixin",
    [
        None,
        {},
        {"couponSettings": None},
        {"couponSettings": {"rewardpoints": "on"}},
        {"rewardpoints": {}},
        {"rewardpoints": {"orderValueToRewardPointsFactor": "much", "validityInMonths": "long"}},
        {"rewardpoints": {"orderValueToRewardPointsFactor": "NaN", "validityInMonths": 0}},
        {"rewardpoints": {"enabled": "yes", "codePrefix": "", "validityInMonths": -3}},
    ],
)
def test_missing_or_unreadable_settings_switch_earning_off(mixin):
    assert reward_settings(mixin) == OFF


def test_the_site_spelling_wins_over_the_guide_spelling():
    both = {"enabled": False, "enable": True, "codePrefix": "S", "couponPrefix": "G"}
    settings = reward_settings({"rewardpoints": both})
    assert (settings.enabled, settings.prefix) == (False, "S")


@pytest.mark.parametrize(
    ("created", "months", "timezone", "until"),
    [
        ("2020-09-03T09:45:02.248Z", 36, "Europe/Berlin", "2023-09-02T22:00:00.000Z"),  # the documented entry
        ("2020-09-03T22:30:00Z", 36, "Europe/Berlin", "2023-09-03T22:00:00Z"),  # already the 4th in Berlin
        ("2020-09-03T09:45:02Z", 36, "UTC", "2023-09-03T00:00:00Z"),
        ("2020-09-03T01:00:00Z", 36, "America/New_York", "2023-09-02T04:00:00Z"),  # still the 2nd there
        ("2023-05-10T12:00:00Z", 8, "Europe/Berlin", "2024-01-09T23:00:00Z"),  # summer into winter time
        ("2023-10-31T12:00:00Z", 4, "UTC", "2024-02-29T00:00:00Z"),
        ("2023-10-31T12:00:00Z", 16, "UTC", "2025-02-28T00:00:00Z"),
        ("2024-02-29T12:00:00Z", 12, "UTC", "2025-02-28T00:00:00Z"),
        ("2023-12-31T12:00:00Z", 1, "UTC", "2024-01-31T00:00:00Z"),
        ("2023-01-31T12:00:00Z", 1, "UTC", "2023-02-28T00:00:00Z"),
        ("2023-01-31T12:00:00Z", 120_000, "UTC", "9999-01-31T00:00:00Z"),
        # midnight does not exist there on that day: the day starts at 01:00 local time
        ("2018-05-04T12:00:00Z", 6, "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ],
)
def test_validity_ends_at_the_start_of_the_local_day(created, months, timezone, until):
    end = valid_until(datetime.fromisoformat(created), months, timezone)
    assert end == datetime.fromisoformat(until)
    assert end.tzinfo is UTC


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_named(timezone):
    with pytest.raises(ValueError, match="unknown time zone"):
        valid_until(datetime(2023, 1, 1, tzinfo=UTC), 1, timezone)


PRICED = {"calculatedPrice": {"finalPrice": {"netValue": 84.03, "grossValue": 99.99}}, "totalPrice": 50}


@pytest.mark.parametrize(
    ("order", "base", "value"),
    [
        (PRICED, "grossValue", "99.99"),
        (PRICED, "netValue", "84.03"),
        ({"totalPrice": 50.5}, "grossValue", "50.5"),
        ({"calculatedPrice": {"finalPrice": {"grossValue": 0}}, "totalPrice": 50}, "grossValue", "0"),
        ({"calculatedPrice": None}, "grossValue", "0"),
        ({}, "netValue", "0"),
    ],
)
def test_order_value_reads_the_final_price(order, base, value):
    assert order_value(order, base) == Decimal(value)


@pytest.mark.parametrize(
    ("amount", "factor", "points"),
    [
        ("100.00", "1", 100),
        ("99.99", "1", 99),
        ("0.99", "1", 0),
        ("0", "1", 0),
        ("0.29", "100", 29),  # 28.999… with floats
        ("4.35", "100", 435),  # 434.999… with floats
        ("209.60", "0.5", 104),
        ("10", "0", 0),
        ("-10", "1", 0),
        ("10", "-1", 0),
    ],
)
def test_points_are_the_floor_of_value_times_factor(amount, factor, points):
    assert points_earned(Decimal(amount), Decimal(factor)) == points


def test_rounding_can_be_chosen():
    assert points_earned(Decimal("99.5"), Decimal(1), ROUND_HALF_UP) == 100
    assert points_earned(Decimal("99.1"), Decimal(1), ROUND_CEILING) == 100
