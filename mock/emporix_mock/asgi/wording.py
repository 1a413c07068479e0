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


def missing_scope(service: str, scopes: tuple[str, ...]) -> EmporixError:
    """403 for a token without any of `scopes`, in the words of a service."""
    names = ", ".join(scopes)
    listed = f"Missing required scopes '[{names}]'"
    if service == "label-service":
        return Forbidden(f"Required scope(s): [{names}]", type="steps.oauth.v2.InsufficientScope")
    if service in VALIDATED_SCOPES:
        return Forbidden("Scope validation failed", details=[listed])
    if service in REQUIRED_SCOPES:
        return Forbidden("Scope validation failed", details=[f"Required scope(s): {names}"])
    if service in NOT_AUTHORIZED:
        return Forbidden("User not authorized.", type="Forbidden", details=[Detail(listed)])
    return Forbidden("Insufficient permissions", type="insufficient_permissions", details=[listed])


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
INVALID_CONTENT = {"reward-points": "Invalid request content."}

KEYWORD_TYPES = {"required": "missing_field", "additionalProperties": "invalid_field"}


def invalid(service: str, violation: Violation) -> EmporixError:
    """400 for a value that breaks the document."""
    kind = KEYWORD_TYPES.get(violation.keyword, "invalid_field")
    return BadRequest(
        INVALID_CONTENT.get(service, CONSTRAINTS),
        type="validation_violation",
        details=[Detail(violation.message, violation.field or None, kind)],
    )


def missing_payload(service: str) -> EmporixError:
    """400 for a required body that is absent."""
    return BadRequest(
        INVALID_CONTENT.get(service, CONSTRAINTS),
        type="validation_violation",
        details=[Detail("Empty payload was sent", None, "missing_payload")],
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
