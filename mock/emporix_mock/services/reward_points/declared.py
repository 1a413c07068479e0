"""The reward points service's rules, choices, access and stored collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import outdated
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.points import format_timestamp

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document

VIEW = ("rewardspoints.rewardpoints_view", "saasag.rewardpoints_view")
DOCUMENT = "reward points document"
GUIDE = "reward points guide"

service = Service("reward-points")

service.permit(
    [
        "GET-reward-points-retrieve-rewards-summary",
        "GET-reward-points-fetch-customer-reward-points",
        "GET-reward-points-retrieve-customer-reward-summary",
    ],
    scopes=VIEW,
)
service.permit(
    [
        "GET-reward-points-fetch-logged-customer-points",
        "GET-reward-points-retrieve-logged-customer-reward-summary",
        "POST-reward-points-redeem-logged-customer-reward-points-coupon",
    ],
    kinds=("customer",),
    wrong_kind=403,
)
service.alias(
    "GET",
    "/reward-points/public/customer/redeemOptions",
    "GET-reward-points-list-redeem-options",
    source="the vendor's showcase storefront lists the options there with a customer token",
)

NO_BODY = service.rule("missing-body", 400, source=f"{DOCUMENT}, 400 of every operation with a body")
BAD_POINTS = service.rule(
    "points-amount", 400, source="choice: the document sets no minimum, yet points are whole and positive"
)
BAD_TIME = service.rule("entry-time", 400, source=f"{DOCUMENT}, format of createdAt and validUntil")
NOT_ENOUGH = service.rule("not-enough-points", 400, source="choice: no 409 is documented for redeeming")
NOT_FOR_POINTS = service.rule(
    "coupon-not-for-points", 400, source=f"{GUIDE}: percentage and absolute coupons only [status: choice]"
)
ACCOUNT_EXISTS = service.rule("account-exists", 409, source=f"{DOCUMENT}, 409 of creating an account")
STALE_OPTION = service.rule("stale-option", 409, source=f"{DOCUMENT}, 409 of updating a redeem option")
CHARGED_BACK = service.rule(
    "charged-back", 500, source=f"{DOCUMENT}, chargeback entries of the examples [status: choice]"
)

WITHOUT_ACCOUNT = service.switch(
    "points-without-account",
    "create",
    "refuse",
    about="adding points to a customer who has no account: open one, or 404",
    source="undocumented; completed orders open one",
)
SUPPLIED_HISTORY = service.switch(
    "supplied-history",
    "kept",
    "ignored",
    about="id, createdAt and validUntil that a client sends with points",
    source="undocumented; the samples send them",
)
ADDED_VALIDITY = service.switch(
    "validity-of-added-points",
    "site",
    "unlimited",
    about="life of points added without validUntil: as the site's settings say, or for ever",
    source="undocumented; the operation takes a site code, which serves for nothing else",
)
USE_ORDER = service.switch(
    "use-order",
    "oldest-first",
    "soonest-expiry-first",
    about="which entries a redemption takes points from first",
    source=f"the examples of the {DOCUMENT} fit both",
)
REPEATED_COMPLETION = service.switch(
    "repeated-completion",
    "once",
    "every-time",
    about="a second completion event of one order",
    source="undocumented",
)
ORDER_BASE = service.switch(
    "order-base",
    "grossValue",
    "netValue",
    about="which value of the order's final price earns points",
    source=f"{GUIDE}: the order's value, no more",
)
ROUNDING = service.switch(
    "points-rounding",
    "ROUND_FLOOR",
    "ROUND_HALF_UP",
    "ROUND_CEILING",
    about="how a fraction of a point is rounded",
    source="undocumented",
)
EARNED_TEXT = service.switch(
    "earned-description",
    "Bonuspunkte für Bestellung {order}",
    "Points for order {order}",
    about="description of the entry for a completed order",
    source=f"{DOCUMENT}, example of a summary",
)
SETTINGS_CACHE = service.switch(
    "settings-cache",
    "off",
    "15-minutes",
    about="how long a site's settings are remembered",
    source=f"{GUIDE}: refreshed every 15 minutes; off, so that a change can be seen at once",
)
UNVERSIONED = service.switch(
    "option-without-version",
    "accepted",
    "conflict",
    about="replacing a redeem option without metadata.version",
    source="undocumented",
)
FREE_SHIPPING = service.switch(
    "unsellable-option",
    "refused-at-redeem",
    "refused-at-creation",
    about="when an option is refused whose coupon points cannot buy",
    source=f"{GUIDE} names the coupons that can be bought, not the moment of refusal",
)
UNKNOWN_DELETED = service.switch(
    "unknown-option-deleted",
    "no-content",
    "not-found",
    about="deleting a redeem option that does not exist",
    source="the document lists no 404",
)


def no_account(customer_id: str) -> EmporixError:
    """404 for a customer without a points account."""
    return _missing(f"No reward points found for customer {customer_id}")


def no_option(option_id: str) -> EmporixError:
    """404 for an option that the tenant does not have."""
    return _missing(f"No redeem option found with id {option_id}")


def _missing(message: str) -> EmporixError:
    body = {"type": "resource_not_found", "status": 404, "message": message}
    return NotFound(message, type="resource_not_found", body=body)


def stale_option(option_id: str) -> EmporixError:
    """409 in the wire form of updating an option; its details are one object."""
    problem = outdated(option_id)
    body = {"status": 409, "message": "RedeemOption not Updated", "details": {"message": problem}}
    return STALE_OPTION(problem, body=body)


def account_exists(customer_id: str) -> EmporixError:
    """409 in the wire form of creating an account."""
    problem = f"Couldn't create a new reward point entry for the customer '{customer_id}'"
    body = {
        "status": 409,
        "type": "application/json",
        "message": "New Reward Point Entry not Created",
        "moreInfo": "",
        "details": [{"field": None, "type": None, "message": problem, "moreInfo": ""}],
    }
    return ACCOUNT_EXISTS(problem, body=body)


def given(ctx: RequestContext) -> Document:
    """The body, which the document leaves optional and the operations cannot do without."""
    if not isinstance(ctx.body, dict):
        raise NO_BODY("Invalid request content.")
    return ctx.body


ACCOUNTS = service.collection(
    "accounts",
    key="customerId",
    parts={
        name: ("GET-reward-points-retrieve-customer-reward-summary", f"summary.{name}")
        for name in ("addedPointsList", "redeemedPointsList")
    },
    references={"customerId": "customer-service/customers"},
    stamp=format_timestamp,
)
OPTIONS = service.resource(
    Resource(
        path="/reward-points/{tenant}/redeemOptions",
        collection="options",
        missing=no_option,
        stale=stale_option,
    )
)
