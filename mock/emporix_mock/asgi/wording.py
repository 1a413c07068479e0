"""What the gateway and the services say when they refuse; facts of the wire, collected in one table.

Source: conventions, section 4.2 to 4.4. Services not listed use the generic sentence of their family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.errors import BadRequest, Detail, EmporixError, Forbidden, UnsupportedMediaType

if TYPE_CHECKING:
    from emporix_mock.engine.validation import Violation

VALIDATED_SCOPES = frozenset({"iam", "indexing-service", "pick-pack", "reward-points"})
REQUIRED_SCOPES = frozenset({"category-tree", "quote", "schema"})
NOT_AUTHORIZED = frozenset(
    {"customer-management", "customer-service", "configuration-service", "site-settings-service", "shipping"}
)


FORBIDDEN = {
    "brand-service": (
        "Given request does not have required scopes. It is not authorized to perform this operation."
    ),
    "catalog": "Permission denied due to insufficient rights",
    "category-tree": "You need a scope for this action.",
    "media": "The access to the requested resource has been forbidden by the server.",
    "product-service": "The access to the requested resource has been forbidden by the server.",
}


def missing_scope(service: str, scopes: tuple[str, ...]) -> EmporixError:
    """403 for a token without any of `scopes`, in the words of a service."""
    names = ", ".join(scopes)
    listed = f"Missing required scopes '[{names}]'"
    if service == "label-service":
        return Forbidden(f"Required scope(s): [{names}]", type="steps.oauth.v2.InsufficientScope")
    if service in VALIDATED_SCOPES:
        return Forbidden("Scope validation failed", details=[listed])
    if service in REQUIRED_SCOPES:
        text = FORBIDDEN.get(service, "Scope validation failed")
        return Forbidden(text, details=[f"Required scope(s): {names}"])
    if service in NOT_AUTHORIZED:
        return Forbidden("User not authorized.", type="Forbidden", details=[Detail(listed)])
    text = FORBIDDEN.get(service, "Insufficient permissions")
    return Forbidden(text, type="insufficient_permissions", details=[listed])


def wrong_tenant(service: str, given: str, owned: str) -> EmporixError:
    """400 for a path that names another tenant than the token."""
    del service
    return BadRequest(
        "Ambiguous tenant",
        type="bad_request",
        details=[
            Detail(
                f"Tenant '{given}' of the path is not that of the token, '{owned}'", "tenant", "bad_request"
            )
        ],
        rule="gateway/tenant-mismatch",
    )


def tenant_header(given: str) -> EmporixError:
    """400 for an `Emporix-Tenant` header that disagrees with the path."""
    return BadRequest(
        "Tenant in the header is not matching with the one provided in the URI.",
        type="bad_request",
        details=[Detail(f"Emporix-Tenant: {given}", "Emporix-Tenant", "bad_request")],
        rule="gateway/tenant-header",
    )


CONSTRAINTS = "The request violates validation constraints."
INVALID_CONTENT = {
    "reward-points": "Invalid request content.",
    "unit-handling-service": "There is a validation error.",
}
LISTS_ONLY = {
    "configuration-service": "Can not deserialize instance of java.util.ArrayList out of START_OBJECT token"
}
REQUIRED_MEMBERS = {
    ("unit-handling-service", "code"): "The unit code must be specified",
    ("unit-handling-service", "name"): "The unit name must be specified",
    ("unit-handling-service", "input"): "The conversion input must be specified",
}
REQUIRED_HEADERS = {("unit-handling-service", "content-language"): "The Content-Language cannot be empty"}
REQUIRED_BODIES = {"unit-handling-service": ("Required Body [unitCodes] not specified", "/unitCodes")}

WHOLE_BODIES = {
    ("category-tree", "ref.id"): (
        "Assignment reference validation failed",
        ["Please provide a valid assignment reference id"],
    ),
    ("category-tree", "categoryIds"): (
        "There is a validation error. Please check the details.",
        [
            {
                "field": "searchCategoryTree.searchRequest.categoryIds",
                "message": "searchRequest.categoryIds: must not be null",
            }
        ],
    ),
}
"""Members whose absence a service words by itself: message and details."""

KEYWORD_TYPES = {"required": "missing_field", "payload": "missing_payload"}


def invalid(service: str, violation: Violation) -> EmporixError:
    """400 for a value that breaks the document."""
    kind, message = KEYWORD_TYPES.get(violation.keyword, "invalid_field"), violation.message
    whole = WHOLE_BODIES.get((service, violation.field.lstrip("0123456789./")))
    if whole is not None:
        text, details = whole
        body = {"code": 400, "status": "Bad Request", "message": text, "details": details}
        return BadRequest(body=body)
    if violation.keyword == "required":
        if (service, violation.field) in REQUIRED_HEADERS:
            return BadRequest(REQUIRED_HEADERS[service, violation.field], type="invalid_header")
        message = REQUIRED_MEMBERS.get((service, violation.field), message)
    if not violation.field and violation.keyword == "type" and service in LISTS_ONLY:
        return BadRequest(LISTS_ONLY[service], type="bad_payload_syntax")
    return BadRequest(
        INVALID_CONTENT.get(service, CONSTRAINTS),
        type="validation_violation",
        details=[Detail(message, violation.field or None, kind)],
    )


def missing_payload(service: str) -> EmporixError:
    """400 for a required body that is absent."""
    message, field = REQUIRED_BODIES.get(service, ("Empty payload was sent", None))
    return BadRequest(
        INVALID_CONTENT.get(service, CONSTRAINTS),
        type="validation_violation",
        details=[Detail(message, field, "missing_payload")],
    )


def malformed(service: str, problem: str) -> EmporixError:
    """400 for a body that is not JSON."""
    return BadRequest(
        INVALID_CONTENT.get(service, "The payload could not be parsed."),
        type="bad_payload_syntax",
        details=[Detail(problem, None, "bad_payload_syntax")],
    )


def wrong_media_type(service: str, media: str, accepted: list[str]) -> EmporixError:
    """415 for a body in a media type that the operation does not take."""
    del service
    return UnsupportedMediaType(
        f"Content type '{media}' not supported",
        type="unsupported_media_type",
        details=[Detail(f"Accepted: {', '.join(accepted)}")],
    )
