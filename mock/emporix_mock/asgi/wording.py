"""What the gateway and the services say when they refuse; facts of the wire, collected in one table.

Source: conventions, sections 4.3 and 4.4. Services not listed use the generic sentence of their family;
what they say of missing scopes is in `access_wording`.
"""

from __future__ import annotations

import re

from emporix_mock.engine import wordings
from emporix_mock.engine.validation import Violation
from emporix_mock.errors import BadRequest, Detail, EmporixError, Forbidden, UnsupportedMediaType

OTHER_TENANT = {
    "configuration-service": "Invalid tenant supplied without proper authorization",
    "customer-management": "The tenant information provided with the request is not valid.",
    "customer-service": "The tenant information provided with the request is not valid.",
    "site-settings-service": "The tenant information provided with the request is not valid.",
}
OTHER_TENANT_HEADER = OTHER_TENANT | {"configuration-service": "Please provide tenant header"}
TENANT_MISMATCH = "Tenant in the header is not matching with the one provided in the URI."
"""What the others say: to a service the tenant of the token is a header too, which the gateway sets."""


def wrong_tenant(service: str, status: str) -> EmporixError:
    """400, or 403 where the world has chosen it, for a path that names another tenant than the token."""
    kind = Forbidden if status == "403" else BadRequest
    text = OTHER_TENANT.get(service, TENANT_MISMATCH)
    return kind(text, type="bad_request", rule="gateway/tenant-mismatch")


def tenant_header(service: str) -> EmporixError:
    """400 for an `Emporix-Tenant` header that disagrees with the path."""
    text = OTHER_TENANT_HEADER.get(service, TENANT_MISMATCH)
    return BadRequest(text, type="bad_request", rule="gateway/tenant-header")


INVALID_CONTENT = {
    "approval-service": "Problem with validation",
    "checkout": wordings.PROBLEMS,
    "customer-segments": "Validation problem with request body.",
    "cart": wordings.PROBLEMS,
    "order": wordings.PROBLEMS,
    "payment-gateway": "The syntax of the request is incorrect.",
    "shopping-list": wordings.PROBLEMS,
    "product-service": "Validation problem with request body.",
    "reward-points": "Invalid request content.",
    "unit-handling-service": "There is a validation error.",
}
LISTS_ONLY = {
    "configuration-service": "Can not deserialize instance of java.util.ArrayList out of START_OBJECT token"
}
REQUIRED_MEMBERS = {
    ("unit-handling-service", "code"): "The unit code must be specified",
    ("unit-handling-service", "name"): "The unit name must be specified",
    ("shipping", "cartTotal"): "cartTotal must not be null",
    ("shipping", "shipToAddress"): "shipToAddress must not be null",
    ("shipping", "fees"): "fees may not be empty",
    ("shipping", "id"): "id must not be null",
    ("shipping", "name"): (
        "name This field is required. "
        "Please provide either value in the content language or a translation map."
    ),
}
HEADLINES = dict.fromkeys(
    [("shipping", "cartTotal"), ("shipping", "shipToAddress"), ("shipping", "fees")], "validation_violation."
)
"""What a service says above the detail of such a member, in place of its usual sentence."""
REQUIRED_HEADERS = {("unit-handling-service", "content-language"): "The Content-Language cannot be empty"}
REQUIRED_BODIES = {"unit-handling-service": ("Required Body [unitCodes] not specified", "/unitCodes")}

WHOLE_BODIES = {
    ("unit-handling-service", "input"): (
        wordings.SEE_DETAILS,
        ["The conversion input must be specified"],
    ),
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
    ("price-service", "targetCurrency"): (
        "may not be empty, see details for more info",
        ["currency may not be empty"],
    ),
    ("price-service", "items.quantity"): ("Quantity must not be null", []),
}
"""Members whose absence a service words by itself: message and details."""

ERROR_CODES = {
    "approval-service": {"errorCode": "APPROVAL-400001"},
    "checkout": {"moreInfo": ""},
    "shipping": {"errorCode": "ENTITY-400001"},
}
"""Members that a service adds to its 400 of a malformed request."""

FAULTS = {"oauth-service": "oauth.v2.InvalidRequest"}
"""Error codes of a malformed request where the gateway answers it (identity facts, section 1)."""

UNSUPPORTED = {("indexing-service", "provider"): "The provider {} is not supported."}
"""Members whose values a service words as unsupported."""

POSITIVE = ("must be a positive number", "invalid_query_parameter")
DETAILS = {("order", "pageNumber"): POSITIVE, ("order", "pageSize"): POSITIVE}
"""Members whose detail a service words by itself: message and type."""

INDEX = re.compile(r"\.\d+(?=\.|$)")
KEYWORD_TYPES = {"required": "missing_field", "payload": "missing_payload"}


def invalid(service: str, violation: Violation) -> EmporixError:
    """400 for a value that breaks the document."""
    kind, message = KEYWORD_TYPES.get(violation.keyword, "invalid_field"), violation.message
    place = INDEX.sub("", violation.field.lstrip("0123456789./"))
    whole = WHOLE_BODIES.get((service, place))
    if whole is not None:
        text, details = whole
        body = {"code": 400, "status": "Bad Request", "message": text, "details": details}
        return BadRequest(body=body if details else {k: v for k, v in body.items() if k != "details"})
    if violation.keyword == "enum" and (service, violation.field) in UNSUPPORTED:
        given = (*violation.message.split('"'), "", "")[1]
        return BadRequest(UNSUPPORTED[service, violation.field].format(given))
    if violation.keyword == "required":
        if (service, violation.field) in REQUIRED_HEADERS:
            return BadRequest(REQUIRED_HEADERS[service, violation.field], type="invalid_header")
        message = REQUIRED_MEMBERS.get((service, violation.field), message)
    message, kind = DETAILS.get((service, violation.field), (message, kind))
    if not violation.field and violation.keyword == "type" and service in LISTS_ONLY:
        return BadRequest(LISTS_ONLY[service], type="bad_payload_syntax")
    headline = HEADLINES.get((service, violation.field))
    detail = Detail(message, violation.field or None, kind)
    if headline is not None:
        return BadRequest(headline, type="validation_violation", details=[detail])
    return _spelt(
        service,
        BadRequest(
            INVALID_CONTENT.get(service, wordings.CONSTRAINTS),
            type="validation_violation",
            details=[detail],
        ),
    )


def _spelt(service: str, error: BadRequest) -> BadRequest:
    """The refusal with what a service adds, or in a body of its own: status in capitals, plain details."""
    error.extra = ERROR_CODES.get(service, error.extra)
    error.type = FAULTS.get(service, error.type)
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


def too_large(service: str) -> EmporixError:
    """400 for numbers that are sound by themselves and make others that JSON cannot carry."""
    return invalid(service, Violation("", "maximum", "A number is too large to be calculated with"))


def wrong_media_type(service: str, media: str, accepted: list[str]) -> EmporixError:
    """415 for a body in a media type that the operation does not take."""
    text, code = f"Content type '{media}' not supported", FAULTS.get(service)
    return UnsupportedMediaType(
        text,
        type="unsupported_media_type",
        details=[Detail(f"Accepted: {', '.join(accepted)}")],
        body={"fault": {"faultstring": text, "detail": {"errorcode": code}}} if code else None,
    )
