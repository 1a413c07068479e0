"""An answer on its way out: status, body and headers as bytes; CORS and sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Send

Header = tuple[bytes, bytes]

JSON_TYPE: Header = (b"content-type", b"application/json")

EXPOSED = (
    b"X-Total-Count, X-Next-Cursor, X-Prev-Cursor, X-Count, Items-Count, Count, Location, Version, "
    b"saas-token, session-id, x-emporix-mock-level, x-emporix-mock-rule, x-emporix-mock-scopes"
)
ALLOWED = (
    b"Authorization, Content-Type, Accept, Accept-Language, Content-Language, Emporix-Tenant, "
    b"X-Total-Count, X-Version, saas-token, session-id"
)
METHODS = b"GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"


class Reply:
    """What goes back to the client."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: list[Header] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers if headers is not None else []


def json_reply(status: int, body: bytes, *more: Header) -> Reply:
    """A reply with a JSON body."""
    return Reply(status, body, [JSON_TYPE, *more])


async def send_reply(send: Send, reply: Reply, *, origin: bytes | None, head: bool = False) -> None:
    """Send a reply; with an `Origin` it carries what a browser needs to read it.

    The origin is echoed, never `*`, so that requests with credentials work too.
    """
    headers = reply.headers
    headers.append((b"content-length", b"%d" % len(reply.body)))
    if origin is not None:
        headers += cors(origin)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})


def cors(origin: bytes) -> list[Header]:
    """The headers of an answer to a page of another origin."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED),
        (b"vary", b"Origin"),
    ]


def preflight(headers: Mapping[bytes, bytes]) -> Reply:
    """The answer to a preflight request; whatever headers the page wants to send are allowed."""
    wanted = headers.get(b"access-control-request-headers", ALLOWED)
    return Reply(
        204,
        headers=[
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", b"600"),
        ],
    )
