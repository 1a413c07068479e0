"""Status, redeemability and counters of a coupon."""

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.rules.coupons import (
    CHECKS,
    Attempt,
    Caller,
    Uses,
    count_redemption,
    count_uses,
    coupon_status,
    first_refusal,
    redeemer,
    uncount_redemption,
)

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
PAST, JUST_PAST = "2024-02-01T00:00:00Z", "2024-03-01T11:59:59.999Z"
EXACTLY, JUST_AHEAD, AHEAD = "2024-03-01T13:00:00+01:00", "2024-03-01T12:00:00.001Z", "2024-04-01T00:00:00Z"


def period(start=None, end=None):
    limits = {"validFrom": start, "validUntil": end}
    return {"restrictions": {name: value for name, value in limits.items() if value}}


@pytest.mark.parametrize(
    ("coupon", "status"),
    [
        ({}, "VALID"),
        (period(PAST, AHEAD), "VALID"),
        (period(JUST_AHEAD), "INACTIVE"),
        (period(EXACTLY, EXACTLY), "VALID"),  # both ends belong to the period
        (period(None, JUST_PAST), "EXPIRED"),
        ({"maxRedemptions": -1, "redemptionCount": 10_000}, "VALID"),
        ({"maxRedemptions": 1}, "VALID"),
        ({"maxRedemptions": 2, "redemptionCount": 1}, "VALID"),
        ({"maxRedemptions": 2, "redemptionCount": 2}, "USED"),
        ({"maxRedemptions": 2, "redemptionCount": 3}, "USED"),
        ({"maxRedemptions": 0}, "USED"),
        ({**period(AHEAD), "maxRedemptions": 1, "redemptionCount": 1}, "INACTIVE"),
        ({**period(None, PAST), "maxRedemptions": 1, "redemptionCount": 1}, "EXPIRED"),
        (period(AHEAD, PAST), "INACTIVE"),
        ({"status": "USED", "deleted": True, "restrictions": None}, "VALID"),  # derived, never stored
    ],
)
def test_the_status_follows_from_period_and_count(coupon, status):
    assert coupon_status(coupon, NOW) == status


def money(amount, currency="EUR"):
    return {"amount": amount, "currency": currency}


REQUEST = {"orderTotal": money(100), "discount": money(10)}
COUPON = {"code": "SAVE5", "name": "Save", "discountType": "ABSOLUTE", "discountAbsolute": money(5)}
MIA = Caller(customer="10000001")
BACKEND = Caller(on_behalf=True)
ANONYMOUS = Caller(anonymous=True)


def attempt(coupon=None, request=REQUEST, caller=MIA, uses=Uses()):  # noqa: B008  # frozen
    return Attempt("SAVE5", {**COUPON, **(coupon or {})}, request, caller, uses, NOW)


def for_customer(*numbers):
    return {"restrictions": {"validFor": list(numbers)}}


def for_segments(*segments):
    return {"segmentRestricted": True, "restrictions": {"segments": list(segments)}}


def at_least(**value):
    return {"restrictions": {"minOrderValue": value}}


def request(**more):
    return {**REQUEST, **more}


BOB = {"customerNumber": "10000002"}
ONCE = {"maxRedemptionsPerCustomer": 1}


@pytest.mark.parametrize(
    ("refused", "rule", "status", "field"),
    [
        (attempt(request=None), "missing_payload", 400, ""),
        (attempt(request={}), "missing_value", 400, "orderTotal"),
        (attempt(request={"orderTotal": money(1)}), "missing_value", 400, "discount"),
        (attempt(request={"discount": money(1)}), "missing_value", 400, "orderTotal"),
        (replace(attempt(), coupon=None), "coupon_exists", 404, "code"),
        (attempt({"deleted": True}), "coupon_exists", 404, "code"),
        (attempt(request=request(**BOB)), "on_behalf", 403, "customerNumber"),
        (attempt(request=request(**BOB), caller=Caller()), "on_behalf", 403, "customerNumber"),
        (attempt(caller=ANONYMOUS), "anonymous", 403, "allowAnonymous"),
        (attempt({"allowAnonymous": False}, caller=ANONYMOUS), "anonymous", 403, "allowAnonymous"),
        (attempt(for_customer("10000002")), "valid_for", 403, "restrictions.validFor"),
        (attempt(for_customer("10000001"), caller=BACKEND), "valid_for", 403, "restrictions.validFor"),
        (
            attempt(for_customer("10000001"), request(**BOB), replace(MIA, on_behalf=True)),
            "valid_for",
            403,
            "restrictions.validFor",
        ),
        (attempt(for_segments("s1")), "segment", 403, "restrictions.segments"),
        (
            attempt(for_segments("s1"), caller=replace(MIA, segments=frozenset({"s2"}))),
            "segment",
            403,
            "restrictions.segments",
        ),
        (attempt(period(AHEAD)), "coupon_status", 400, "status"),
        (attempt(period(None, PAST)), "coupon_status", 400, "status"),
        (attempt({"maxRedemptions": 1, "redemptionCount": 1}), "coupon_status", 400, "status"),
        (attempt(ONCE, uses=Uses(1, 0)), "customer_limit", 400, "maxRedemptionsPerCustomer"),
        (
            attempt(ONCE, request(**BOB), BACKEND, Uses(1, 0)),
            "customer_limit",
            400,
            "maxRedemptionsPerCustomer",
        ),
        (
            attempt(ONCE, request(legalEntityId="LE1"), uses=Uses(1, 1)),
            "customer_limit",
            400,
            "maxRedemptionsPerCustomer",
        ),
        (attempt({"maxRedemptionsPerCustomer": 0}), "customer_limit", 400, "maxRedemptionsPerCustomer"),
        (attempt(at_least(**money(100.01))), "minimum_order_value", 400, "orderTotal"),
        (attempt(at_least(**money(50, "USD"))), "minimum_order_value", 400, "orderTotal"),
        (attempt(at_least(amount=50)), "minimum_order_value", 400, "orderTotal"),  # USD by default
        (
            attempt(at_least(**money(1)), request(orderTotal={"currency": "EUR"})),
            "minimum_order_value",
            400,
            "orderTotal",
        ),
    ],
)
def test_each_check_refuses(refused, rule, status, field):
    refusal = first_refusal(refused)
    assert (refusal.rule, refusal.status, refusal.field) == (rule, status, field)
    assert refusal.message


@pytest.mark.parametrize(
    "allowed",
    [
        attempt(),
        attempt({"allowAnonymous": True}, caller=ANONYMOUS),
        attempt(caller=BACKEND),
        attempt(request=request(customerNumber="10000001")),
        attempt(request=request(**BOB), caller=BACKEND),
        attempt(for_customer("10000001")),
        attempt(for_customer()),
        attempt(for_customer("10000002"), request(**BOB), BACKEND),
        attempt(for_segments("s1", "s2"), caller=replace(MIA, segments=frozenset({"s2"}))),
        attempt(for_segments("s1"), caller=replace(MIA, segments=None)),
        attempt({"segmentRestricted": False, "restrictions": {"segments": ["s1"]}}),
        attempt(period(PAST, AHEAD)),
        attempt({"maxRedemptions": 2, "redemptionCount": 1}),
        attempt({"maxRedemptionsPerCustomer": -1}, uses=Uses(99, 99)),
        attempt({"maxRedemptionsPerCustomer": 2}, uses=Uses(1, 0)),
        attempt(ONCE, request(legalEntityId="LE2"), uses=Uses(1, 0)),  # once for each company
        attempt(ONCE, caller=BACKEND, uses=Uses(5, 0)),  # no customer to count for
        attempt(at_least(**money(100))),
        attempt(at_least(amount=50), request(orderTotal={"amount": 50})),
    ],
)
def test_a_sound_attempt_passes(allowed):
    assert first_refusal(allowed) is None


def test_the_documented_wire_messages():
    missing = first_refusal(replace(attempt(), code="MW2023_72", coupon=None))
    assert missing.message == "Coupon with code MW2023_72 not found."
    assert first_refusal(attempt(request=None)).message == "Empty payload was sent"


def test_checks_run_in_the_documented_order():
    """Break everything at once, then mend one thing after the other."""
    worst = Attempt(
        "SAVE5",
        None,
        None,
        Caller(anonymous=True),
        Uses(1, 1),
        NOW,
    )
    spoiled = {
        **COUPON,
        **ONCE,
        **period(None, PAST),
        "segmentRestricted": True,
        "allowAnonymous": False,
    }
    spoiled["restrictions"] |= {"validFor": ["9"], "segments": ["s1"], "minOrderValue": money(1000)}
    mia = replace(MIA, segments=frozenset({"s1"}))
    unlimited = {**spoiled, "restrictions": {**spoiled["restrictions"], "validFor": []}}
    current = {**unlimited, "restrictions": {**unlimited["restrictions"], "validUntil": AHEAD}}
    steps = [
        ("missing_payload", {}),
        ("coupon_exists", {"request": request(**BOB)}),
        ("on_behalf", {"coupon": spoiled}),
        ("anonymous", {"request": REQUEST}),
        ("valid_for", {"caller": MIA}),
        ("segment", {"coupon": unlimited}),
        ("coupon_status", {"caller": mia}),
        ("customer_limit", {"coupon": current}),
        ("minimum_order_value", {"uses": Uses(0, 0)}),
        (None, {"request": request(orderTotal=money(1000))}),
    ]
    current_attempt = worst
    seen = []
    for _, mend in steps:
        current_attempt = replace(current_attempt, **mend)
        refusal = first_refusal(current_attempt)
        seen.append(refusal.rule if refusal else None)
    assert seen == [rule for rule, _ in steps]
    assert len(CHECKS) == len(steps) - 1


@pytest.mark.parametrize(
    ("named", "caller", "customer"),
    [
        ({}, MIA, "10000001"),
        ({}, BACKEND, None),
        (BOB, BACKEND, "10000002"),
        ({"customerNumber": ""}, MIA, "10000001"),
    ],
)
def test_a_redemption_is_for_the_named_customer_else_the_caller(named, caller, customer):
    assert redeemer(named, caller) == customer


@pytest.mark.parametrize(
    ("customer", "legal_entity", "uses"),
    [
        ("A", None, Uses(3, 0)),
        ("A", "LE1", Uses(3, 2)),
        ("A", "LE2", Uses(3, 0)),
        ("B", "LE2", Uses(1, 1)),
        ("C", "LE1", Uses(0, 0)),
    ],
)
def test_uses_are_counted_per_customer_and_legal_entity(customer, legal_entity, uses):
    made = [
        {"customerNumber": "A", "legalEntityId": "LE1"},
        {"customerNumber": "A", "legalEntityId": "LE1"},
        {"customerNumber": "A"},
        {"customerNumber": "B", "legalEntityId": "LE2"},
        {"legalEntityId": "LE1"},
    ]
    assert count_uses(iter(made), customer, legal_entity) == uses


def test_counters_go_up_and_down_and_status_follows():
    fresh = {"code": "X", "maxRedemptions": 2}
    before = copy.deepcopy(fresh)
    once = count_redemption(fresh, {"legalEntityId": "LE1"})
    assert once == {
        **fresh,
        "redemptionCount": 1,
        "legalEntityRedemptions": [{"legalEntityId": "LE1", "count": 1}],
    }
    twice = count_redemption(once, {})
    assert (twice["redemptionCount"], twice["legalEntityRedemptions"]) == (2, once["legalEntityRedemptions"])
    assert (coupon_status(once, NOW), coupon_status(twice, NOW)) == ("VALID", "USED")
    back = uncount_redemption(twice, {"legalEntityId": "LE1"})
    assert coupon_status(back, NOW) == "VALID"
    assert back["legalEntityRedemptions"] == [{"legalEntityId": "LE1", "count": 0}]
    assert once["legalEntityRedemptions"] == [{"legalEntityId": "LE1", "count": 1}]
    assert fresh == before
    assert "legalEntityRedemptions" not in count_redemption(fresh, {})


REDEMPTIONS = st.lists(st.sampled_from([None, "LE1", "LE2", "LE3"]).map(lambda le: {"legalEntityId": le}))


@given(REDEMPTIONS, st.randoms(use_true_random=False))
def test_deleting_every_redemption_brings_the_counters_back_to_zero(made, random):
    coupon = {"code": "X", "redemptionCount": 0}
    for redemption in made:
        coupon = count_redemption(coupon, redemption)
    assert coupon["redemptionCount"] == len(made)
    rows = coupon.get("legalEntityRedemptions", [])
    assert sum(row["count"] for row in rows) == sum(1 for redemption in made if redemption["legalEntityId"])
    random.shuffle(made)
    for redemption in made:
        coupon = uncount_redemption(coupon, redemption)
    coupon = uncount_redemption(coupon, {"legalEntityId": "LE1"})
    assert coupon["redemptionCount"] == 0
    assert all(row["count"] == 0 for row in coupon.get("legalEntityRedemptions", []))


def test_used_up_can_win_over_run_out():
    used_up = {**period(None, PAST), "maxRedemptions": 1, "redemptionCount": 1}
    assert coupon_status(used_up, NOW, used_first=True) == "USED"
    assert coupon_status({**used_up, "redemptionCount": 0}, NOW, used_first=True) == "EXPIRED"
