"""Making coupons: constraints of the document, code forms, settings, coupons that other flows create.

Documents are in wire form and never changed; random numbers come from the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from emporix_mock.rules.members import mapping_of
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REWARD_NUMBERS = 10**6
DEFAULT_LENGTH = 6  # of generated codes; undocumented
DEFAULT_REFERRAL_PREFIX = "REF"  # undocumented; the prefix of the documented sample
_FROM_TEMPLATE = (
    "name",
    "description",
    "discountType",
    "discountPercentage",
    "allowAnonymous",
    "maxRedemptions",
    "maxRedemptionsPerCustomer",
)
_CURRENCY = re.compile("[A-Z]{3}")
_NO_MONEY: Mapping[str, Any] = {"amount": 0, "currency": "USD"}
_DEFAULTS: Mapping[str, Any] = {
    "discountType": "ABSOLUTE",
    "allowAnonymous": False,
    "maxRedemptions": -1,
    "maxRedemptionsPerCustomer": -1,
    "discountCalculationType": "SUBTOTAL",
    "categoryRestricted": False,
    "segmentRestricted": False,
}
SERVER_SIDE = frozenset(
    {"code", "status", "redemptionCount", "legalEntityRedemptions", "referralCoupon", "deleted"}
)
_RESTRICTIONS = ("validFor", "validFrom", "validUntil")


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that a coupon document breaks: the member at fault, and why."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class CodeSettings:
    """The general and the referral part of a site's `couponSettings`."""

    prefix: str
    length: int
    send_referral: bool
    referral_prefix: str
    referral_value: float
    referrer_value: float


def violations(coupon: Mapping[str, Any]) -> list[Violation]:
    """List the documented constraints that a complete (merged) coupon breaks; empty when it is sound.

    Updates may send amounts that creation refuses, yet what is stored must keep to creation's limits.
    Tolerated, because documented requests carry them: a percentage beside ABSOLUTE, an amount beside
    the other types, empty lists, and the per-customer limit -1 of an anonymous coupon.
    """
    limits = mapping_of(coupon.get("restrictions"))
    by_category, by_segment = coupon.get("categoryRestricted"), coupon.get("segmentRestricted")
    customers, segments = limits.get("validFor"), limits.get("segments")
    included, excluded = limits.get("includedCategories") or (), limits.get("excludedCategories") or ()
    anonymous, per_customer = coupon.get("allowAnonymous"), coupon.get("maxRedemptionsPerCustomer", -1)
    category_list = "includedCategories" if included else "excludedCategories"
    money = mapping_of(coupon.get("discountAbsolute"))
    found: list[tuple[object, str, str]] = [
        (not 0 <= coupon.get("discountPercentage", 0) <= 100, "discountPercentage", "not within 0 and 100"),
        (money.get("amount", 0) < 0, "discountAbsolute.amount", "below 0"),
        (
            not _CURRENCY.fullmatch(money.get("currency", "USD")),
            "discountAbsolute.currency",
            "not three capital letters",
        ),
        (
            coupon.get("discountType") == "FREE_SHIPPING" and by_category,
            "categoryRestricted",
            "not possible with FREE_SHIPPING",
        ),
        (by_segment and by_category, "segmentRestricted", "excludes categoryRestricted"),
        (by_segment and customers, "segmentRestricted", "excludes restrictions.validFor"),
        (by_segment and not segments, "restrictions.segments", "required with segmentRestricted"),
        (segments and not by_segment, "restrictions.segments", "needs segmentRestricted"),
        (set(included) & set(excluded), "restrictions.excludedCategories", "overlaps includedCategories"),
        (
            (included or excluded) and not by_category,
            f"restrictions.{category_list}",
            "needs categoryRestricted",
        ),
        (anonymous and customers, "restrictions.validFor", "not possible with allowAnonymous"),
        (anonymous and per_customer > 0, "maxRedemptionsPerCustomer", "not possible with allowAnonymous"),
        *(
            (not _is_moment(limits.get(name)), f"restrictions.{name}", "not a date-time")
            for name in ("validFrom", "validUntil")
        ),
    ]
    return [Violation(field, message) for broken, field, message in found if broken]


def gaps(coupon: Mapping[str, Any], *, discount: bool, categories: bool) -> list[Violation]:
    """List what a coupon as it was sent leaves open, where that is asked for; nothing documents it.

    `discount`: a percentage with PERCENT, an amount with ABSOLUTE (the type when none is named).
    `categories`: included categories with the category flag.
    """
    limits = mapping_of(coupon.get("restrictions"))
    kind, by_category = coupon.get("discountType", "ABSOLUTE"), coupon.get("categoryRestricted")
    amount = mapping_of(coupon.get("discountAbsolute")).get("amount")
    found: list[tuple[object, str]] = [
        (discount and kind == "PERCENT" and "discountPercentage" not in coupon, "discountPercentage"),
        (discount and kind == "ABSOLUTE" and amount is None, "discountAbsolute.amount"),
        (
            categories and by_category and not limits.get("includedCategories"),
            "restrictions.includedCategories",
        ),
    ]
    return [Violation(field, "required") for open_, field in found if open_]


def completed(coupon: Mapping[str, Any]) -> dict[str, Any]:
    """Give a coupon with the document's defaults and a counter, as it is stored."""
    kept = {name: value for name, value in coupon.items() if name not in SERVER_SIDE}
    filled = {**_DEFAULTS, **kept}
    if isinstance(filled.get("discountPercentage"), str):
        filled["discountPercentage"] = plain(exact(filled["discountPercentage"]))
    if "discountAbsolute" in kept or filled["discountType"] == "ABSOLUTE":
        filled["discountAbsolute"] = {**_NO_MONEY, **mapping_of(kept.get("discountAbsolute"))}
    return filled


def code_settings(mixin: Mapping[str, Any] | None) -> CodeSettings:
    """Read the settings from a site's `mixins` object or from its `couponSettings` mixin alone.

    Missing or unreadable: no prefix, `DEFAULT_LENGTH`, not sent, `DEFAULT_REFERRAL_PREFIX`, worth 0.
    """
    outer = mapping_of(mixin)
    section = mapping_of(outer.get("couponSettings", outer))
    referral = mapping_of(section.get("referral"))
    length = _number(section.get("length"))
    return CodeSettings(
        prefix=str(section.get("codePrefix") or ""),
        length=int(length) if 1 <= length <= 64 else DEFAULT_LENGTH,
        send_referral=str(section.get("sendReferralCoupon")).lower() == "true",
        referral_prefix=str(referral.get("codePrefix") or DEFAULT_REFERRAL_PREFIX),
        referral_value=max(0, _number(referral.get("value"))),
        referrer_value=max(0, _number(referral.get("redemptionCodeValue"))),
    )


def normal_code(code: str, *, case_sensitive: bool = False) -> str:
    """Give a code as it is stored and looked up: upper case unless the tenant's codes keep case."""
    return code if case_sensitive else code.upper()


def plain_code(number: int, length: int, prefix: str = "") -> str:
    """Spell a caller's random number as a code of `length` characters, after `prefix-` if there is one.

    Only the number's rest modulo 36 to the power of `length` counts. The form is undocumented.
    """
    characters = []
    for _ in range(length):
        number, digit = divmod(number, len(CODE_CHARACTERS))
        characters.append(CODE_CHARACTERS[digit])
    code = "".join(reversed(characters))
    return f"{prefix}-{code}" if prefix else code


def reward_code(prefix: str, number: int) -> str:
    """Give the code of a coupon bought with points: prefix, hyphen, six digits of a caller's number."""
    return f"{prefix}-{number % REWARD_NUMBERS:06d}"


def referral_code(prefix: str, number: int) -> str:
    """Give the code of a referral coupon: prefix, underscore, number, as in the sample `REF_30`."""
    return f"{prefix}_{number}"


def sold_for_points(template: Mapping[str, Any] | None) -> bool:
    """Tell whether points can buy a coupon of this template: percentage and absolute ones only."""
    return mapping_of(template).get("discountType") in {"PERCENT", "ABSOLUTE"}


def coupon_from_template(template: Mapping[str, Any], *, code: str, issued_to: str) -> dict[str, Any]:
    """Give the creation body for the coupon of a redeem option.

    Server-side members of the template (status, counters, links, an own code) are left behind;
    currencies become upper case, which the coupon side demands; a missing amount or currency is filled.
    """
    body = {name: template[name] for name in _FROM_TEMPLATE if name in template}
    if "discountAbsolute" in template or template.get("discountType") == "ABSOLUTE":
        body["discountAbsolute"] = _money(template.get("discountAbsolute"))
    if "restrictions" in template:
        limits = mapping_of(template["restrictions"])
        kept = {name: limits[name] for name in _RESTRICTIONS if name in limits}
        if "minOrderValue" in limits:
            kept["minOrderValue"] = _money(limits["minOrderValue"])
        body["restrictions"] = kept
    return {**body, "code": code, "issuedTo": issued_to}


def referral_coupon(
    *, code: str, customer: str, holder: str, merchant: str, amount: float, currency: str
) -> dict[str, Any]:
    """Give the stored form of a customer's referral coupon; `holder` and `merchant` go into its name.

    Source: the sample of the coupon specification. The status is constant: nothing can use it up.
    """
    return {
        "code": code,
        "name": f"Empfehlungsgutschein {holder} ({merchant})",
        "description": "A referral Coupon",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": amount, "currency": currency.upper()},
        "allowAnonymous": True,
        "maxRedemptions": -1,
        "maxRedemptionsPerCustomer": -1,
        "restrictions": {"validFor": []},
        "issuedTo": customer,
        "referralCoupon": True,
        "redemptionCount": 0,
        "status": "VALID",
        "deleted": False,
    }


def _money(value: object) -> dict[str, Any]:
    money = mapping_of(value)
    return {"amount": money.get("amount", 0), "currency": str(money.get("currency", "USD")).upper()}


def _number(value: object) -> float:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return 0
    if not number.is_finite():
        return 0
    return int(number) if number == number.to_integral_value() else float(number)


def _is_moment(text: str | None) -> bool:
    try:
        datetime.fromisoformat((text or "").upper())
    except ValueError:
        return not text
    return True
