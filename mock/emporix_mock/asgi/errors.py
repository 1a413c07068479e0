"""Error bodies: the one place that turns a domain error into the shape an operation documents.

Emporix has two big error families and a dozen variants (conventions, section 4). The schema of the
operation's own response decides which; where a status is undocumented, that of a neighbour does.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import wordings
from emporix_mock.errors import EmporixError, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.errors import Detail

REQUIRED = "x-required"
"""Marks a member without which an error body breaks its schema."""

TYPES = {
    400: "bad_request",
    401: "insufficient_credentials",
    403: "insufficient_permissions",
    404: "resource_not_found",
    405: "method_not_supported",
    409: "conflict_resource",
    413: "payload_too_large",
    415: "unsupported_media_type",
    500: "internal_service_error",
}

INVALID_TOKEN = Unauthorized("Invalid access token", type="oauth.v2.InvalidAccessToken")
EXPIRED_TOKEN = Unauthorized("Access Token expired", type="keymanagement.service.access_token_expired")

ALTERNATIVE_SPELLING = frozenset({"iam", "quote", "schema", "label-service"})
"""Services whose 401 spells the same fault another way (conventions, section 4.1)."""


def fault(message: str, code: str) -> dict[str, Any]:
    """The gateway's own body."""
    return {"fault": {"faultstring": message, "detail": {"errorcode": code}}}


def gateway_fault(error: EmporixError, service: str) -> dict[str, Any]:
    """A 401 of the gateway in the spelling of a service."""
    if error is INVALID_TOKEN and service in ALTERNATIVE_SPELLING:
        return fault("Invalid Access Token", "keymanagement.service.invalid_access_token")
    return fault(error.message, error.type or "oauth.v2.InvalidAccessToken")


def reason(status: int) -> str:
    """The reason phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def body_of(
    error: EmporixError, schema: Mapping[str, Mapping[str, Any]] | None, *, service_path: str, timestamp: str
) -> Any:
    """The body of `error` in the family that `schema` (property name to its schema) belongs to."""
    if error.body is not None:
        return error.body
    status, names = error.status, schema or {}
    message = error.message or reason(status)
    if "[]" in names:
        if not error.details:
            return [{"message": message}]
        return [_detail(error, index, names["[]"]) for index in range(len(error.details))]
    if "fault" in names:
        return fault(message, error.type or "steps.oauth.v2.InsufficientScope")
    if "_embedded" in names:
        return _embedded(error, names, message)
    if "title" in names and "detail" in names:
        return {
            "type": "about:blank",
            "title": reason(status),
            "status": status,
            "detail": message,
            "instance": service_path,
        }
    if "error" in names and "path" in names:
        return {"timestamp": timestamp, "status": status, "error": reason(status), "path": service_path}
    return _family(error, names, message, timestamp)


def _embedded(error: EmporixError, names: Mapping[str, Mapping[str, Any]], message: str) -> dict[str, Any]:
    """The family of availability, and with a path to each error that of the Micronaut services."""
    phrase = reason(error.status)
    if "code" in names:
        errors = [{"message": _led(detail)} for detail in error.details] or [{"message": message}]
        known = {"code": error.status, "status": phrase, "message": wordings.SEE_DETAILS}
        return {**known, "_embedded": {"errors": errors}}
    entries = [{"message": d.message, "path": d.field or ""} for d in error.details] or [{"message": message}]
    return {"message": phrase, "_links": {}, "_embedded": {"errors": entries}}


def _led(detail: Detail) -> str:
    return f"{detail.field}: {detail.message}" if detail.field else detail.message


def _family(
    error: EmporixError, names: Mapping[str, Mapping[str, Any]], message: str, timestamp: str
) -> dict[str, Any]:
    status = error.status
    body: dict[str, Any] = {}
    if "code" in names or not names:
        body["code"] = str(status) if (names.get("code") or {}).get("type") == "string" else status
    if "status" in names or not names:
        body["status"] = status if _is_number(names.get("status")) and "code" not in names else reason(status)
    if "timestamp" in names:
        body["timestamp"] = timestamp
    if "type" in names:
        body["type"] = error.type or TYPES.get(status, "unknown")
    body["message"] = message
    for name in ("details", "errorDetails"):
        details = _details(error, names.get(name))
        if details is not None:
            body[name] = details
    body.update({key: value for key, value in error.extra.items() if _holds(names, key, value)})
    return body


def _holds(names: Mapping[str, Mapping[str, Any]], key: str, value: Any) -> bool:
    """Whether the family has the member, and not as a number where a text is to go in."""
    return not names or (key in names and not (isinstance(value, str) and _is_number(names[key])))


def _is_number(schema: Mapping[str, Any] | None) -> bool:
    return schema is not None and schema.get("type") in ("integer", "number")


def _details(error: EmporixError, schema: Mapping[str, Any] | None) -> Any:
    if schema is None or (not error.details and REQUIRED not in schema):
        return None
    if not error.details:
        return {} if schema.get("type") == "object" else []
    items = schema.get("items") or {}
    if schema.get("type") == "object" or ("properties" in schema and "items" not in schema):
        return _detail(error, 0, schema)
    mixed = next((part for part in items.get("anyOf") or () if part.get("properties")), None)
    if mixed is not None:
        return [_detail(error, i, mixed) if d.field else d.message for i, d in enumerate(error.details)]
    if items.get("type") == "string" or not (items.get("properties") or items.get("type") == "object"):
        return [detail.message for detail in error.details]
    return [_detail(error, index, items) for index in range(len(error.details))]


def _detail(error: EmporixError, index: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    detail = error.details[index]
    names = schema.get("properties") or {"field": {}, "type": {}, "message": {}}
    values = {
        "field": detail.field,
        "type": detail.type,
        "message": detail.message,
        "messageTemplate": detail.message,
        "moreInfo": None if (names.get("moreInfo") or {}).get("format") == "uri" else "",
        "path": detail.field,
    }
    return {key: value for key, value in values.items() if key in names and value is not None}
