"""What the services say to callers whose token lacks a scope.

Facts of the wire, one row per service; sources: conventions, section 4.2, and the examples in the
services' own documents. A service without a row says the common sentence of its family. Where a
service does not name the scope it misses, the header `X-Emporix-Mock-Scopes` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emporix_mock.engine import wordings
from emporix_mock.errors import EmporixError, Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPES_HEADER: Final = "X-Emporix-Mock-Scopes"
MISSING: Final = "Missing required scopes '[{}]'"
REQUIRED: Final = "Required scope(s): {}"
UNNAMED: Final = "Missing required scopes"
NO_RIGHT: Final = "The access to the given resource is forbidden."
NOT_AUTHORIZED: Final = "User not authorized."
NO_SCOPES: Final = (
    "Given request does not have required scopes. It is not authorized to perform this operation."
)


class Words(NamedTuple):
    """A service's 403: `detail` with `{}` for the scopes; `body` where the family would not give it."""

    message: str
    detail: str | None = None
    type: str | None = None
    body: Mapping[str, Any] | None = None


def _plain(status: object, message: str) -> Words:
    """The 403 of services that list a detail without naming the scopes."""
    body = {"code": 403, "status": status, "message": message, "details": [UNNAMED]}
    return Words(message, body=body)


COMMON: Final = Words(wordings.FORBIDDEN, type="insufficient_permissions")
VALIDATED: Final = Words("Scope validation failed", MISSING)
NEEDED: Final = Words("You need a scope for this action.", REQUIRED)
UNSCOPED: Final = Words(NO_SCOPES, type="insufficient_permissions")

FORBIDDEN: Final[Mapping[str, Words]] = {
    "availability": Words(
        NOT_AUTHORIZED,
        body={"type": "insufficient_permissions", "status": "403", "message": NOT_AUTHORIZED},
    ),
    "brand-service": Words(NO_SCOPES, MISSING),
    "cart": Words(NOT_AUTHORIZED),
    "catalog": Words("Permission denied due to insufficient rights"),
    "category-tree": NEEDED,
    "client-management": Words(NO_RIGHT),
    "configuration-service": Words(NOT_AUTHORIZED, MISSING, "Forbidden"),
    "country-service": Words(NO_RIGHT),
    "coupon": Words("Insufficient permissions", type="insufficient_permissions"),
    "customer-management": Words(NOT_AUTHORIZED, type="Forbidden"),
    "customer-service": Words(NOT_AUTHORIZED, type="Forbidden"),
    "iam": VALIDATED,
    "import-service": _plain("forbidden", "The access to the requested resource has been forbidden."),
    "indexing-service": VALIDATED,
    "label-service": Words(
        "Required scope(s): [saasag.label_manage, {}]", type="steps.oauth.v2.InsufficientScope"
    ),
    "media": _plain("Bad request", wordings.FORBIDDEN + "."),
    "order": Words("Not allowed to access this resource", type="insufficient_permissions"),
    "payment-gateway": Words(wordings.FORBIDDEN, MISSING, "Forbidden"),
    "pick-pack": VALIDATED,
    "quote": NEEDED,
    "reward-points": VALIDATED,
    "schema": Words("You need to choose the required scope to complete this action.", REQUIRED),
    "sepa-export": _plain("Bad request", wordings.FORBIDDEN + "."),
    "sequential-id": Words(
        NO_SCOPES, body={"status": 403, "message": NO_SCOPES, "type": "insufficient_permissions"}
    ),
    "shipping": Words(NOT_AUTHORIZED, UNNAMED, "Forbidden"),
    "shopping-list": UNSCOPED,
    "site-settings-service": Words("User not authorized", "Missing required scopes [{}]", "Forbidden"),
    "unit-handling-service": Words(NO_RIGHT),
    "vendor-service": Words(NO_RIGHT),
}

OTHERWISE: Final[Mapping[str, Words]] = {
    "POST-iam-create-user-group": NEEDED,
    "PUT-iam-update-user-group": NEEDED,
    "DELETE-iam-remove-user-from-all-groups": NEEDED,
    "GET-category-tree-retrieve-category-tree-deprecated": Words(
        NOT_AUTHORIZED, type="insufficient_permissions"
    ),
    "POST-order-create-order-employee": UNSCOPED,
    "GET-order-retrieve-historical-transitions-employee": UNSCOPED,
    "GET-order-list-orders-by-customer": UNSCOPED,
    "GET-order-retrieve-order-storefront": UNSCOPED,
    "GET-order-retrieve-legal-entity-orders": UNSCOPED,
    "GET-order-retrieve-legal-entity-order": UNSCOPED,
}
"""Operations that word it otherwise than the rest of their service."""


def missing_scope(service: str, scopes: tuple[str, ...], operation_id: str) -> EmporixError:
    """403 for a token without any of `scopes`, in the words of a service."""
    names = ", ".join(scopes)
    words = OTHERWISE.get(operation_id) or FORBIDDEN.get(service, COMMON)
    headers = {SCOPES_HEADER: names}
    if words.body is not None:
        return Forbidden(body=dict(words.body), headers=headers)
    if service == "payment-gateway":  # its document gives a choice of families, whatever the status
        details = [{"message": MISSING.format(names)}]
        body = {"status": 403, "type": words.type, "message": words.message, "details": details}
        return Forbidden(body=body, headers=headers)
    return Forbidden(
        words.message.format(names),
        type=words.type,
        details=[words.detail.format(names)] if words.detail else [],
        headers=headers,
    )
