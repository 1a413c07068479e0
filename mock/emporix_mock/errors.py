"""Domain errors: what a handler raises; `asgi/errors.py` alone turns them into bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Detail:
    """One entry of an error's `details`; services that list plain strings get `message` only."""

    message: str
    field: str | None = None
    type: str | None = None


class EmporixError(Exception):
    """An answer that is not a success.

    `status` is the HTTP status, `message` the sentence a client reads, `type` the machine-readable
    name of the families that have one (`resource_not_found`), `details` the list below it.
    `extra` adds members such as `errorCode`; `body` replaces the whole body where the wire form
    of one service is known exactly. `rule` names the business rule that refused the request.
    """

    status: ClassVar[int] = 500

    def __init__(
        self,
        message: str = "",
        *,
        type: str | None = None,  # noqa: A002  # the wire calls it so
        details: Sequence[Detail | str] = (),
        extra: Mapping[str, Any] | None = None,
        body: Any = None,
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.type = type
        self.details = tuple(Detail(d) if isinstance(d, str) else d for d in details)
        self.extra = extra or {}
        self.body = body
        self.rule = rule
        self.headers = headers or {}


class BadRequest(EmporixError):
    """400: the request is malformed or breaks a rule."""

    status = 400


class Unauthorized(EmporixError):
    """401 from the gateway: `type` is the error code, `message` the fault string."""

    status = 401


class Forbidden(EmporixError):
    """403: a known caller that may not do this."""

    status = 403


class NotFound(EmporixError):
    """404: no such document, or none that the caller may see."""

    status = 404


class MethodNotAllowed(EmporixError):
    """405: the path exists, the method does not."""

    status = 405


class Conflict(EmporixError):
    """409: duplicate, stale version, or a state that forbids the change."""

    status = 409


class PayloadTooLarge(EmporixError):
    """413: body above the gateway's limit."""

    status = 413


class UriTooLong(EmporixError):
    """414: URL above the gateway's limit."""

    status = 414


class UnsupportedMediaType(EmporixError):
    """415: a body in a media type that the operation does not take."""

    status = 415


class Unprocessable(EmporixError):
    """422: understood, but the service cannot do it (payment gateway)."""

    status = 422


class HeadersTooLarge(EmporixError):
    """431: header block above the gateway's limit."""

    status = 431


class InternalError(EmporixError):
    """500 that Emporix itself would give (or a fault that was asked for)."""

    status = 500


BY_STATUS: Mapping[int, type[EmporixError]] = {
    c.status: c
    for c in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        PayloadTooLarge,
        UriTooLong,
        UnsupportedMediaType,
        Unprocessable,
        HeadersTooLarge,
        InternalError,
    )
}


class ConfigurationError(Exception):
    """Something the user gave on start (flag, file, port) cannot work; the text says how to mend it."""
