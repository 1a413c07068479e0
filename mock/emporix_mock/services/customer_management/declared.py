"""What the document of the customer-managed service cannot say: rules, choices, aliases, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import Detail, Unauthorized
from emporix_mock.platform import directory

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("customer-management")

MISSING_FIELD = service.rule(
    "missing-field",
    400,
    type="validation_violation",
    source="document: these bodies may be absent or empty and then say nothing to act on [choice]",
)
NOT_ACTIVE = service.rule(
    "not-active", 403, type="Forbidden", source="identity facts, section 2.5 [inference]"
)
ON_HOLD = service.rule("on-hold", 403, type="Forbidden", source="identity facts, section 2.5 [inference]")
CONTACT_ONLY = service.rule("contact-only", 403, type="Forbidden", source="changelog 2024-02-06 [inference]")
FOREIGN_COMPANY = service.rule(
    "foreign-company", 403, type="Forbidden", source="conventions, section 2.4 [inference]"
)
INVALID_ONE_TIME_TOKEN = service.rule(
    "invalid-one-time-token",
    400,
    type="bad_request",
    source="identity facts, section 2.2: undocumented [choice]",
)

SPELLING = service.switch(
    "token-field-spelling",
    "both",
    "snake",
    about="whether customer tokens carry the deprecated camelCase twins of their fields",
    source="changelog: to go on 2025-11-13; the document still lists them, a storefront needs them",
)
ANONYMOUS_REUSE = service.switch(
    "anonymous-refresh-reuse",
    "tolerated",
    "single-use",
    about="whether an anonymous refresh token works more than once",
    source="client-quirks 6, measured",
)
CUSTOMER_REUSE = service.switch(
    "customer-refresh-reuse",
    "single-use",
    "tolerated",
    about="whether a customer's refresh token works more than once",
    source="conventions, section 2.2: it rotates, reuse is unverified [choice]",
)

CONTEXT_CREATION = service.switch(
    "session-context-creation",
    "at-login",
    "at-cart",
    about="when a session gets its session context: at the anonymous login, or when a cart is made in it",
    source="document, changelog and a storefront: at login; session context document and guide: at cart",
)

service.permit(
    ["POST-customer-change-customer-login-email"],
    kinds=("customer",),
    scopes=("customer.customerprofile_edit",),
)
service.alias(
    "PUT",
    "/customer/{tenant}/me",
    "PATCH-customer-update-customer",
    source="client-quirks 67, measured; merged as PATCH is",
)
service.alias(
    "PUT",
    "/customer/{tenant}/me/addresses/{addressId}",
    "PATCH-customer-update-customer-address",
    source="client-quirks 67; merged as PATCH is",
)
for _operation in ("GET-oauth-generate-anonymous-access-token", "GET-oauth-refresh-anonymous-access-token"):
    service.alias_parameter(_operation, "hybris-tenant", "tenant", source="client-quirks 7")


def wrong_credentials() -> Unauthorized:
    """401 of the service, not the gateway, for a wrong e-mail or password (conventions, section 4.1)."""
    message = "Access denied. The entered credentials are incorrect."
    return Unauthorized(message, body={"status": 401, "type": "insufficient_credentials", "message": message})


def invalid_token() -> Unauthorized:
    """The gateway's 401 for a token that stands for nobody."""
    return Unauthorized("Invalid access token", type="oauth.v2.InvalidAccessToken")


def required(body: Any, *fields: str) -> Document:
    """A body that has all `fields`, as text that is not empty."""
    given: Document = body or {}
    for name in fields:
        if not given.get(name):
            raise MISSING_FIELD(
                CONSTRAINTS,
                details=[Detail(f"{name} must not be empty", name, "missing_field")],
            )
    return given


def me(ctx: RequestContext, state: State) -> Document:
    """The stored customer whose token this is; 401 for a token without one, or of one who is gone."""
    number = ctx.caller().customer_id
    customer = directory.find(state, number) if number else None
    if customer is None:
        raise invalid_token()
    return customer


service.collection(
    "accounts",
    times=("createdAt",),
    references={"customerNumber": "customer-service/customers"},
    spelling=str.lower,
)
service.collection("identities", new_id="object_id")
