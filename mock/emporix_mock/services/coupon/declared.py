"""The coupon service's rules, choices and stored collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.rules.coupon_issue import Violation
    from emporix_mock.rules.coupons import Refusal

READ, MANAGE = "coupon.coupon_read", "coupon.coupon_manage"
ON_BEHALF = "coupon.coupon_redeem_on_behalf"
PAGE_SIZE = 16

service = Service("coupon")

COUPONS = service.resource(
    Resource(path="/coupon/{tenant}/coupons", collection="coupons", key="code", new_id="given", version=None)
)
REDEMPTIONS = service.resource(
    Resource(path="/coupon/{tenant}/coupons/{code}/redemptions", collection="redemptions", version=None)
)
service.collection(
    COUPONS.collection,
    references=dict.fromkeys(("restrictions.validFor", "issuedTo"), "customer-service/customers"),
)
service.collection(
    REDEMPTIONS.collection,
    times=("redeemedAt",),
    references={"code": "coupon/coupons", "customerNumber": "customer-service/customers"},
)

DUPLICATE = service.rule(
    "duplicate-code", 409, source="coupon document, conflict example", type="conflict_resource"
)
STALE = service.rule(
    "stale-version",
    409,
    source="coupon document, metadata.version and 409 of updates",
    type="conflict_resource",
)
CONSTRAINT = service.rule(
    "constraint",
    400,
    source="coupon document, member descriptions [status: choice]",
    type="validation_violation",
)
INVALID_QUERY = service.rule(
    "invalid-query", 400, source="coupon document, 400 example", type="validation_violation"
)
OTHERS_COUPON = service.rule(
    "others-coupon",
    403,
    source="coupon document, scope notes of reading a coupon; 403 example",
    type="insufficient_permissions",
)
OTHERS_REDEMPTION = service.rule(
    "others-redemption",
    403,
    source="coupon document, scope notes of reading a redemption",
    type="insufficient_permissions",
)
REPEATED_ORDER = service.rule(
    "repeated-order", 409, source="coupon document, 409 of redeeming [choice]", type="conflict_resource"
)
REFUSALS = {
    name: service.rule(
        name,
        status,
        source=f"coupon document and guide: {source} [status: choice]",
        type="validation_violation" if status == 400 else "insufficient_permissions",
    )
    for name, status, source in (
        ("on_behalf", 403, "customerNumber needs the scope to act for others"),
        ("anonymous", 403, "allowAnonymous"),
        ("valid_for", 403, "restrictions.validFor"),
        ("segment", 403, "restrictions.segments; the segments tutorial: for their members only"),
        ("coupon_status", 400, "only a valid coupon can be redeemed"),
        ("customer_limit", 400, "maxRedemptionsPerCustomer, per legal entity where one is named"),
        ("minimum_order_value", 400, "restrictions.minOrderValue"),
    )
}

VERSION_START = service.switch(
    "version-start",
    "0",
    "1",
    about="metadata.version of a new coupon",
    source="the document's text says 0, its examples show 1",
)
STATUS_ORDER = service.switch(
    "status-order",
    "expired-first",
    "used-first",
    about="status of a coupon that has run out and is used up",
    source="undocumented",
)
DELETED_READ = service.switch(
    "deleted-coupon-read",
    "not-found",
    "shown",
    about="reading a softly deleted coupon by its code",
    source="undocumented; lists hide deleted coupons unless asked to show them",
)
DELETED_REDEMPTION = service.switch(
    "deleted-redemption",
    "uncounted",
    "still-counted",
    about="whether taking a redemption back lowers the counters of the coupon",
    source="undocumented",
)
COUPON_READ = service.switch(
    "coupon-read",
    "everyone",
    "entitled",
    about="who may read a coupon that is valid for named customers only; entitled: those and employees",
    source="the document lets any token read, yet has a 403 example for reading a coupon",
)
NAMELESS = service.switch(
    "nameless-caller",
    "anonymous",
    "accepted",
    about="a service token that names no customer and a coupon that is not for anonymous users",
    source="allowAnonymous false: signed-in customers only; backend calls are not mentioned",
)
DISCOUNT_VALUE = service.switch(
    "discount-value",
    "optional",
    "required",
    about="a PERCENT coupon without percentage, an ABSOLUTE one without amount",
    source="by the document the name alone is enough",
)
CATEGORY_LIST = service.switch(
    "category-list",
    "optional",
    "required",
    about="a category-restricted coupon without included categories",
    source="the document's sentence can be read either way",
)
SEGMENT_MEMBERS = service.switch(
    "segment-coupon-for",
    "members",
    "everyone",
    about="who may redeem a coupon for segments; its discount is for their items in any case",
    source="segments tutorial: members only; the coupon document speaks of items alone",
)
ORDER_REPEATED = service.switch(
    "order-redeems-again",
    "accepted",
    "conflict",
    about="a second redemption of a coupon with the same orderCode",
    source="the document lists 409 for redeeming and does not say when",
)


def missing_coupon(code: str) -> EmporixError:
    """404 for a code that no coupon has."""
    return NotFound(f"Coupon with code {code} not found.", type="resource_not_found")


def missing_redemption(redemption_id: str) -> EmporixError:
    """404 for an id that no redemption of the coupon has."""
    return NotFound(f"Redemption with id {redemption_id} not found.", type="resource_not_found")


def broken(violations: list[Violation]) -> EmporixError:
    """400 that names every constraint a coupon breaks."""
    details = [Detail(found.message, found.field, "invalid_field") for found in violations]
    return CONSTRAINT(CONSTRAINTS, details=details)


def refused(refusal: Refusal) -> EmporixError:
    """The answer for a coupon that cannot be redeemed."""
    if refusal.status == 404:
        return NotFound(refusal.message, type="resource_not_found")
    if refusal.status == 403:
        return REFUSALS[refusal.rule](refusal.message)
    details = [Detail(refusal.message, refusal.field, refusal.rule)]
    return REFUSALS[refusal.rule](CONSTRAINTS, details=details)


def version_of(document: dict[str, Any]) -> Any:
    """The version a stored coupon has."""
    return (document.get("metadata") or {}).get("version", 0)
