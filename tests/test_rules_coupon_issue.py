"""Constraints of a coupon document, code forms, and the coupons that other flows make."""

import copy
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.rules.coupon_issue import (
    CODE_CHARACTERS,
    CodeSettings,
    code_settings,
    completed,
    coupon_from_template,
    gaps,
    normal_code,
    plain_code,
    referral_code,
    referral_coupon,
    reward_code,
    sold_for_points,
    violations,
)

CATEGORY = {"categoryRestricted": True, "restrictions": {"includedCategories": ["c1"]}}
SEGMENT = {"segmentRestricted": True, "restrictions": {"segments": ["s1"]}}


def limited(**restrictions):
    return {"restrictions": restrictions}


@pytest.mark.parametrize(
    ("coupon", "fields"),
    [
        ({"discountPercentage": -0.01}, ["discountPercentage"]),
        ({"discountPercentage": 100.01}, ["discountPercentage"]),
        ({**CATEGORY, "discountType": "FREE_SHIPPING"}, ["categoryRestricted"]),
        ({**SEGMENT, "categoryRestricted": True}, ["segmentRestricted"]),
        (
            {"segmentRestricted": True, **limited(segments=["s1"], validFor=["10000001"])},
            ["segmentRestricted"],
        ),
        ({"segmentRestricted": True}, ["restrictions.segments"]),
        ({"segmentRestricted": True, **limited(segments=[])}, ["restrictions.segments"]),
        (limited(segments=["s1"]), ["restrictions.segments"]),
        (
            {
                "categoryRestricted": True,
                **limited(includedCategories=["a", "b"], excludedCategories=["b"]),
            },
            ["restrictions.excludedCategories"],
        ),
        (limited(includedCategories=["a"]), ["restrictions.includedCategories"]),
        (limited(excludedCategories=["a"]), ["restrictions.excludedCategories"]),
        ({"allowAnonymous": True, **limited(validFor=["10000001"])}, ["restrictions.validFor"]),
        ({"allowAnonymous": True, "maxRedemptionsPerCustomer": 1}, ["maxRedemptionsPerCustomer"]),
        (limited(validFrom="soon"), ["restrictions.validFrom"]),
        (limited(validUntil="2024-02-30T00:00:00Z"), ["restrictions.validUntil"]),
        (
            {
                "discountPercentage": 101,
                "allowAnonymous": True,
                "maxRedemptionsPerCustomer": 3,
                **limited(validFor=["1"]),
            },
            ["discountPercentage", "restrictions.validFor", "maxRedemptionsPerCustomer"],
        ),
    ],
)
def test_each_constraint_is_found(coupon, fields):
    found = violations({"name": "N", **coupon})
    assert [violation.field for violation in found] == fields
    assert all(violation.message for violation in found)


@pytest.mark.parametrize(
    "coupon",
    [
        {},
        {"restrictions": None},
        {"discountType": "PERCENT"},
        {"discountPercentage": 0},
        {"discountPercentage": 100},
        CATEGORY,
        SEGMENT,
        {"categoryRestricted": True, **limited(includedCategories=["a"], excludedCategories=["b"])},
        {"categoryRestricted": True},
        {"discountType": "FREE_SHIPPING", "categoryRestricted": False, "discountAbsolute": {"amount": 24.99}},
        {"discountType": "ABSOLUTE", "discountPercentage": 7},
        {"allowAnonymous": True, "maxRedemptionsPerCustomer": -1, **limited(validFor=[])},
        {"allowAnonymous": False, "maxRedemptionsPerCustomer": 1, **limited(validFor=["10000001"])},
        limited(includedCategories=[], excludedCategories=[], segments=[]),
        limited(validFrom="2022-02-16T09:04:35.446Z", validUntil="2022-03-31t10:04:35+01:00"),
    ],
)
def test_a_sound_coupon_has_no_violation(coupon):
    assert violations({"name": "N", **coupon}) == []


@pytest.mark.parametrize(
    ("code", "case_sensitive", "stored"),
    [("save5", False, "SAVE5"), ("Save-5", False, "SAVE-5"), ("Save-5", True, "Save-5")],
)
def test_codes_are_upper_case_unless_case_counts(code, case_sensitive, stored):
    assert normal_code(code, case_sensitive=case_sensitive) == stored


@pytest.mark.parametrize(
    ("number", "length", "prefix", "code"),
    [
        (0, 3, "", "000"),
        (35, 1, "", "Z"),
        (36, 3, "ED", "ED-010"),
        (36**3 - 1, 3, "ED", "ED-ZZZ"),
        (36**3, 3, "ED", "ED-000"),
    ],
)
def test_plain_codes_spell_the_number(number, length, prefix, code):
    assert plain_code(number, length, prefix) == code


@given(st.integers(0, 2**128), st.integers(1, 12))
def test_plain_codes_have_the_length_and_differ_for_different_numbers(number, length):
    code = plain_code(number, length)
    assert len(code) == length
    assert int(code, 36) == number % 36**length
    assert set(code) <= set(CODE_CHARACTERS)
    assert normal_code(code) == code


@pytest.mark.parametrize(
    ("prefix", "number", "code"),
    [
        ("L", 232394, "L-232394"),
        ("LLS", 232394, "LLS-232394"),
        ("T", 7, "T-000007"),
        ("T", 1_000_007, "T-000007"),
    ],
)
def test_reward_codes_have_a_hyphen_and_six_digits(prefix, number, code):
    assert reward_code(prefix, number) == code
    assert re.fullmatch(r"\w+-\d{6}", code)


def test_referral_codes_have_an_underscore():
    assert referral_code("REF", 30) == "REF_30"


@pytest.mark.parametrize(
    ("template", "sold"),
    [
        ({"discountType": "PERCENT"}, True),
        ({"discountType": "ABSOLUTE"}, True),
        ({"discountType": "FREE_SHIPPING"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_points_buy_percentage_and_absolute_coupons_only(template, sold):
    assert sold_for_points(template) is sold


def test_a_template_becomes_a_creation_body():
    template = {
        "code": "TEMPLATE",
        "name": "10 EUR",
        "description": "for 90 points",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 10, "currency": "eur"},
        "allowAnonymous": True,
        "maxRedemptions": 1,
        "maxRedemptionsPerCustomer": -1,
        "restrictions": {
            "validFor": [],
            "validFrom": "2024-01-01T00:00:00Z",
            "validUntil": "2025-01-01T00:00:00Z",
            "minOrderValue": {"amount": 20, "currency": "eur"},
            "unknown": 1,
        },
        "issuedTo": "somebody",
        "redemptionCount": 4,
        "status": "VALID",
        "links": [],
        "deleted": False,
        "unknown": 1,
    }
    before = copy.deepcopy(template)
    body = coupon_from_template(template, code="T-232394", issued_to="10000001")
    assert body == {
        "code": "T-232394",
        "name": "10 EUR",
        "description": "for 90 points",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 10, "currency": "EUR"},
        "allowAnonymous": True,
        "maxRedemptions": 1,
        "maxRedemptionsPerCustomer": -1,
        "restrictions": {
            "validFor": [],
            "validFrom": "2024-01-01T00:00:00Z",
            "validUntil": "2025-01-01T00:00:00Z",
            "minOrderValue": {"amount": 20, "currency": "EUR"},
        },
        "issuedTo": "10000001",
    }
    assert template == before


@pytest.mark.parametrize(
    ("template", "more"),
    [
        ({"discountType": "ABSOLUTE"}, {"discountAbsolute": {"amount": 0, "currency": "USD"}}),
        (
            {"discountType": "ABSOLUTE", "discountAbsolute": {"amount": 3}},
            {"discountAbsolute": {"amount": 3, "currency": "USD"}},
        ),
        ({"discountType": "PERCENT", "discountPercentage": 10}, {"discountPercentage": 10}),
        (
            {"discountType": "PERCENT", "restrictions": {"minOrderValue": {}}},
            {"restrictions": {"minOrderValue": {"amount": 0, "currency": "USD"}}},
        ),
    ],
)
def test_a_sparse_template_gets_the_schema_defaults_of_money(template, more):
    body = coupon_from_template({"name": "N", **template}, code="T-1", issued_to="1")
    kind = template["discountType"]
    assert body == {"name": "N", "discountType": kind, "code": "T-1", "issuedTo": "1", **more}


def test_the_referral_coupon_of_the_sample():
    made = referral_coupon(
        code="REF_30",
        customer="61443563",
        holder="John Doe",
        merchant="Emporix",
        amount=8,
        currency="usd",
    )
    assert made == {
        "allowAnonymous": True,
        "code": "REF_30",
        "deleted": False,
        "description": "A referral Coupon",
        "discountAbsolute": {"amount": 8, "currency": "USD"},
        "discountType": "ABSOLUTE",
        "issuedTo": "61443563",
        "referralCoupon": True,
        "maxRedemptions": -1,
        "maxRedemptionsPerCustomer": -1,
        "name": "Empfehlungsgutschein John Doe (Emporix)",
        "redemptionCount": 0,
        "restrictions": {"validFor": []},
        "status": "VALID",
    }
    assert violations(made) == []


FULL = {
    "codePrefix": "ED",
    "length": 3,
    "sendReferralCoupon": True,
    "referral": {"codePrefix": "E", "value": 8, "redemptionCodeValue": 2.5},
}
AS_TEXT = {
    "codePrefix": "ED",
    "length": "3",
    "sendReferralCoupon": "true",
    "referral": {"codePrefix": "E", "value": "8", "redemptionCodeValue": "2.5"},
}
NONE = CodeSettings("", 6, send_referral=False, referral_prefix="REF", referral_value=0, referrer_value=0)


@pytest.mark.parametrize("mixin", [FULL, AS_TEXT, {"couponSettings": FULL}])
def test_code_settings_are_read(mixin):
    assert code_settings(mixin) == CodeSettings(
        "ED", 3, send_referral=True, referral_prefix="E", referral_value=8, referrer_value=2.5
    )


@pytest.mark.parametrize(
    "mixin",
    [
        None,
        {},
        {"couponSettings": None},
        {"length": 0, "referral": "yes", "sendReferralCoupon": "no"},
        {"length": 65, "referral": {"value": -1, "redemptionCodeValue": "Infinity", "codePrefix": ""}},
    ],
)
def test_missing_or_unreadable_code_settings_have_defaults(mixin):
    assert code_settings(mixin) == NONE


@pytest.mark.parametrize(
    ("money", "field"),
    [
        ({"amount": -0.01}, "discountAbsolute.amount"),
        ({"currency": "eur"}, "discountAbsolute.currency"),
        ({"currency": "EURO"}, "discountAbsolute.currency"),
        ({"amount": 0, "currency": "EUR"}, None),
    ],
)
def test_amounts_keep_to_the_limits_of_creation(money, field):
    assert [found.field for found in violations({"discountAbsolute": money})] == [field] * (field is not None)


@pytest.mark.parametrize(
    ("coupon", "fields"),
    [
        ({"discountType": "PERCENT"}, ["discountPercentage"]),
        ({"discountType": "PERCENT", "discountPercentage": 0}, []),
        ({}, ["discountAbsolute.amount"]),
        ({"discountAbsolute": {"amount": 0}}, []),
        ({"discountType": "FREE_SHIPPING"}, []),
        (
            {"discountType": "FREE_SHIPPING", "categoryRestricted": True},
            ["restrictions.includedCategories"],
        ),
        ({"discountAbsolute": {"amount": 0}, "restrictions": {"includedCategories": ["a"]}}, []),
    ],
)
def test_gaps_are_named_only_where_asked_for(coupon, fields):
    assert [found.field for found in gaps(coupon, discount=True, categories=True)] == fields
    assert gaps(coupon, discount=False, categories=False) == []


def test_a_coupon_is_completed_and_keeps_nothing_of_the_servers_side():
    sent = {"name": "x", "code": "MINE", "status": "USED", "redemptionCount": 3, "maxRedemptions": 1}
    assert completed(sent) == {
        "name": "x",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 0, "currency": "USD"},
        "discountCalculationType": "SUBTOTAL",
        "allowAnonymous": False,
        "maxRedemptions": 1,
        "maxRedemptionsPerCustomer": -1,
        "categoryRestricted": False,
        "segmentRestricted": False,
    }
    percent = completed({"discountType": "PERCENT", "discountAbsolute": {"amount": 2}})
    assert percent["discountAbsolute"] == {"amount": 2, "currency": "USD"}
    assert "discountAbsolute" not in completed({"discountType": "PERCENT"})
