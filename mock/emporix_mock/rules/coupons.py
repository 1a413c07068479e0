"""Judging coupons: status at a moment, redeemability, counters.

Documents are in wire form and never changed; the moment is an argument. What a check looks at comes
from the coupon specification and guide; which status a refusal has is documented only for the error
bodies, so the statuses below are the stub's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from emporix_mock.rules.members import mapping_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Status = Literal["INACTIVE", "EXPIRED", "USED", "VALID"]
UNLIMITED = -1
_ANYONE = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The check that refuses a redemption: its name, the HTTP status (400, 403, 404), member and reason."""

    rule: str
    status: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the token's `customer` or None, the on-behalf scope, whether the token is anonymous.

    `segments` are those of the customer that the redemption is for. None leaves the membership check
    out: whether the customer must belong to a segment of the coupon, or only the items, is open.
    """

    customer: str | None = None
    on_behalf: bool = False
    anonymous: bool = False
    segments: frozenset[str] | None = _ANYONE


@dataclass(frozen=True, slots=True)
class Uses:
    """Earlier redemptions of a coupon by one customer: all, and those for one legal entity."""

    by_customer: int = 0
    for_legal_entity: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One wish to redeem: `coupon` None when there is none, `request` None when the body was empty.

    `used_first` is that of `coupon_status`.
    """

    code: str
    coupon: Mapping[str, Any] | None
    request: Mapping[str, Any] | None
    caller: Caller
    uses: Uses
    now: datetime
    used_first: bool = False


def coupon_status(coupon: Mapping[str, Any], now: datetime, *, used_first: bool = False) -> Status:
    """Derive the status at `now`; EXPIRED wins over USED, which is a choice that `used_first` turns round.

    Raises `ValueError` for a period that is no date-time; a stored coupon has none.
    """
    limits = mapping_of(coupon.get("restrictions"))
    start, end = _moment(limits.get("validFrom")), _moment(limits.get("validUntil"))
    if start is not None and now < start:
        return "INACTIVE"
    allowed = coupon.get("maxRedemptions", UNLIMITED)
    used = allowed != UNLIMITED and coupon.get("redemptionCount", 0) >= allowed
    if end is not None and now > end:
        return "USED" if used and used_first else "EXPIRED"
    return "USED" if used else "VALID"


def redeemer(request: Mapping[str, Any], caller: Caller) -> str | None:
    """Give the customer that a redemption is for: the one it names, else the caller."""
    return request.get("customerNumber") or caller.customer


def count_uses(redemptions: Iterable[Mapping[str, Any]], customer: str, legal_entity: str | None) -> Uses:
    """Count a customer's redemptions among those of one coupon."""
    entities = [
        entry.get("legalEntityId") for entry in redemptions if entry.get("customerNumber") == customer
    ]
    return Uses(len(entities), entities.count(legal_entity) if legal_entity else 0)


def first_refusal(attempt: Attempt) -> Refusal | None:
    """Give the first check that refuses the attempt, in the order of `CHECKS`; None when it may redeem.

    Validation and redemption ask the same. Per customer a limit counts within the legal entity, when
    the request names one, else over everything the customer redeemed.
    """
    return next((refusal for check in CHECKS if (refusal := check(attempt)) is not None), None)


def count_redemption(coupon: Mapping[str, Any], redemption: Mapping[str, Any]) -> dict[str, Any]:
    """Give the coupon with its counters after `redemption` was made."""
    return _counted(coupon, redemption.get("legalEntityId"), 1)


def uncount_redemption(coupon: Mapping[str, Any], redemption: Mapping[str, Any]) -> dict[str, Any]:
    """Give the coupon with its counters after `redemption` was deleted; none goes below 0 (a choice)."""
    return _counted(coupon, redemption.get("legalEntityId"), -1)


def _payload(attempt: Attempt) -> Refusal | None:
    if attempt.request is None:
        return Refusal("missing_payload", 400, "", "Empty payload was sent")
    missing = next((name for name in ("orderTotal", "discount") if name not in attempt.request), None)
    return Refusal("missing_value", 400, missing, f"{missing} is required") if missing else None


def _existence(attempt: Attempt) -> Refusal | None:
    if attempt.coupon and not attempt.coupon.get("deleted"):
        return None
    return Refusal("coupon_exists", 404, "code", f"Coupon with code {attempt.code} not found.")


def _on_behalf(attempt: Attempt) -> Refusal | None:
    named = mapping_of(attempt.request).get("customerNumber")
    if not named or named == attempt.caller.customer or attempt.caller.on_behalf:
        return None
    return _forbidden("on_behalf", attempt, "customerNumber", "for another customer")


def _anonymous(attempt: Attempt) -> Refusal | None:
    if not attempt.caller.anonymous or mapping_of(attempt.coupon).get("allowAnonymous"):
        return None
    return _forbidden("anonymous", attempt, "allowAnonymous", "without signing in")


def _valid_for(attempt: Attempt) -> Refusal | None:
    customers = _limits(attempt).get("validFor")
    if not customers or redeemer(mapping_of(attempt.request), attempt.caller) in customers:
        return None
    return _forbidden("valid_for", attempt, "restrictions.validFor", "for this customer")


def _segments(attempt: Attempt) -> Refusal | None:
    own = attempt.caller.segments
    if own is None or not mapping_of(attempt.coupon).get("segmentRestricted"):
        return None
    if own.intersection(_limits(attempt).get("segments") or ()):
        return None
    return _forbidden("segment", attempt, "restrictions.segments", "outside its segments")


def _period_and_count(attempt: Attempt) -> Refusal | None:
    status = coupon_status(mapping_of(attempt.coupon), attempt.now, used_first=attempt.used_first)
    if status == "VALID":
        return None
    return Refusal("coupon_status", 400, "status", f"Coupon {attempt.code} is {status}")


def _customer_limit(attempt: Attempt) -> Refusal | None:
    request = mapping_of(attempt.request)
    allowed = mapping_of(attempt.coupon).get("maxRedemptionsPerCustomer", UNLIMITED)
    if allowed == UNLIMITED or redeemer(request, attempt.caller) is None:
        return None
    used = attempt.uses.for_legal_entity if request.get("legalEntityId") else attempt.uses.by_customer
    if used < allowed:
        return None
    field = "maxRedemptionsPerCustomer"
    return Refusal("customer_limit", 400, field, f"Coupon {attempt.code} was redeemed {used} times already")


def _minimum_order(attempt: Attempt) -> Refusal | None:
    minimum = _limits(attempt).get("minOrderValue")
    if not minimum:
        return None
    total = mapping_of(mapping_of(attempt.request).get("orderTotal"))
    least, currency = minimum.get("amount", 0), minimum.get("currency", "USD")
    if total.get("currency", "USD") == currency and total.get("amount", 0) >= least:
        return None
    return Refusal(
        "minimum_order_value", 400, "orderTotal", f"The order total is not at least {least} {currency}"
    )


CHECKS: tuple[Callable[[Attempt], Refusal | None], ...] = (
    _payload,
    _existence,
    _on_behalf,
    _anonymous,
    _valid_for,
    _segments,
    _period_and_count,
    _customer_limit,
    _minimum_order,
)


def _forbidden(rule: str, attempt: Attempt, field: str, whom: str) -> Refusal:
    return Refusal(rule, 403, field, f"Insufficient permissions to redeem the coupon {attempt.code} {whom}")


def _counted(coupon: Mapping[str, Any], legal_entity: str | None, change: int) -> dict[str, Any]:
    counted = {**coupon, "redemptionCount": max(0, coupon.get("redemptionCount", 0) + change)}
    if not legal_entity:
        return counted
    counts = {row["legalEntityId"]: row["count"] for row in coupon.get("legalEntityRedemptions") or ()}
    counts[legal_entity] = max(0, counts.get(legal_entity, 0) + change)
    counted["legalEntityRedemptions"] = [
        {"legalEntityId": entity, "count": count} for entity, count in counts.items()
    ]
    return counted


def _limits(attempt: Attempt) -> Mapping[str, Any]:
    return mapping_of(mapping_of(attempt.coupon).get("restrictions"))


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text.upper())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
