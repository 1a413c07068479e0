"""What the gateway and the services say when they refuse; facts of the wire, collected in one table.

Source: conventions, section 4.2 to 4.4. Services not listed use the generic sentence of their family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import wordings
from emporix_mock.errors import BadRequest, Detail, EmporixError, Forbidden, UnsupportedMediaType

if TYPE_CHECKING:
    from emporix_mock.engine.validation import Violation

VALIDATED_SCOPES = frozenset({"iam", "indexing-service", "pick-pack", "reward-points"})
REQUIRED_SCOPES = frozenset({"category-tree", "quote", "schema"})
NOT_AUTHORIZED = frozenset(
    {"customer-management", "customer-service", "configuration-service", "site-settings-service", "shipping"}
)


FORBIDDEN = {
    "ai-rag-indexer": wordings.FORBIDDEN,
    "ai-service": wordings.FORBIDDEN,
    "cart": "User not authorized.",
    "brand-service": (
        "Given request does not have required scopes. It is not authorized to perform this operation."
    ),
    "approval-service": wordings.FORBIDDEN,
    "catalog": "Permission denied due to insufficient rights",
    "category-tree": "You need a scope for this action.",
    "client-management": "The access to the given resource is forbidden.",
    "customer-segments": wordings.FORBIDDEN,
    "media": wordings.FORBIDDEN,
    "product-service": wordings.FORBIDDEN,
    "returns": wordings.FORBIDDEN,
    "schema": "You need to choose the required scope to complete this action.",
}


NEEDS_A_SCOPE = frozenset(
    {
        "POST-iam-create-user-group",
        "PUT-iam-update-user-group",
        "DELETE-iam-remove-user-from-all-groups",
    }
)
"""Operations of IAM that word it as category and quote do."""


def missing_scope(service: str, scopes: tuple[str, ...], operation_id: str) -> EmporixError:
    """403 for a token without any of `scopes`, in the words of a service."""
    names = ", ".join(scopes)
    if operation_id in NEEDS_A_SCOPE:
        return Forbidden("You need a scope for this action.", details=[f"Required scope(s): {names}"])
    listed = f"Missing required scopes '[{names}]'"
    if service == "label-service":
        return Forbidden(f"Required scope(s): [{names}]", type="steps.oauth.v2.InsufficientScope")
    if service == "payment-gateway":  # its document gives a choice of families, whatever the status
        text = wordings.FORBIDDEN
        return Forbidden(
            body={"status": 403, "type": "Forbidden", "message": text, "details": [{"message": listed}]}
        )
    if service == "sepa-export":
        text = "The access to the requested resource has been forbidden by the server.."
        whole = {
            "code": 403,
            "status": "Bad request",
            "message": text,
            "details": ["Missing required scopes"],
        }
        return Forbidden(body=whole)
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


INVALID_CONTENT = {
    "approval-service": "Problem with validation",
    "customer-segments": "Validation problem with request body.",
    "cart": wordings.PROBLEMS,
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
        wordings.SEE_DETAILS,
        [
            {
                "field": "searchCategoryTree.searchRequest.categoryIds",
                "message": "searchRequest.categoryIds: must not be null",
            }
        ],
    ),
}
"""Members whose absence a service words by itself: message and details."""

ERROR_CODES = {"approval-service": {"errorCode": "APPROVAL-400001"}}
"""Members that a service adds to its 400 of a malformed request."""

UNSUPPORTED = {("indexing-service", "provider"): "The provider {} is not supported."}
"""Members whose values a service words as unsupported."""

KEYWORD_TYPES = {"required": "missing_field", "payload": "missing_payload"}


def invalid(service: str, violation: Violation) -> EmporixError:
    """400 for a value that breaks the document."""
    kind, message = KEYWORD_TYPES.get(violation.keyword, "invalid_field"), violation.message
    whole = WHOLE_BODIES.get((service, violation.field.lstrip("0123456789./")))
    if whole is not None:
        text, details = whole
        body = {"code": 400, "status": "Bad Request", "message": text, "details": details}
        return BadRequest(body=body)
    if violation.keyword == "enum" and (service, violation.field) in UNSUPPORTED:
        given = (*violation.message.split('"'), "", "")[1]
        return BadRequest(UNSUPPORTED[service, violation.field].format(given))
    if violation.keyword == "required":
        if (service, violation.field) in REQUIRED_HEADERS:
            return BadRequest(REQUIRED_HEADERS[service, violation.field], type="invalid_header")
        message = REQUIRED_MEMBERS.get((service, violation.field), message)
    if not violation.field and violation.keyword == "type" and service in LISTS_ONLY:
        return BadRequest(LISTS_ONLY[service], type="bad_payload_syntax")
    return _spelt(
        service,
        BadRequest(
            INVALID_CONTENT.get(service, wordings.CONSTRAINTS),
            type="validation_violation",
            details=[Detail(message, violation.field or None, kind)],
        ),
    )


def _spelt(service: str, error: BadRequest) -> BadRequest:
    """The refusal with what a service adds, or in a body of its own: status in capitals, plain details."""
    error.extra = ERROR_CODES.get(service, error.extra)
    if service == "cart":
        details = [
            f"{detail.field}: {detail.message}" if detail.field else detail.message
            for detail in error.details
        ]
        error.body = {"code": 400, "status": "BAD_REQUEST", "message": error.message, "details": details}
    return error


def missing_payload(service: str) -> EmporixError:
    """400 for a required body that is absent."""
    message, field = REQUIRED_BODIES.get(service, ("Empty payload was sent", None))
    return _spelt(
        service,
        BadRequest(
            INVALID_CONTENT.get(service, wordings.CONSTRAINTS),
            type="validation_violation",
            details=[Detail(message, field, "missing_payload")],
        ),
    )


def malformed(service: str, problem: str) -> EmporixError:
    """400 for a body that is not JSON."""
    return _spelt(
        service,
        BadRequest(
            INVALID_CONTENT.get(service, "The payload could not be parsed."),
            type="bad_payload_syntax",
            details=[Detail(problem, None, "bad_payload_syntax")],
        ),
    )


def wrong_media_type(service: str, media: str, accepted: list[str]) -> EmporixError:
    """415 for a body in a media type that the operation does not take."""
    del service
    return UnsupportedMediaType(
        f"Content type '{media}' not supported",
        type="unsupported_media_type",
        details=[Detail(f"Accepted: {', '.join(accepted)}")],
    )
