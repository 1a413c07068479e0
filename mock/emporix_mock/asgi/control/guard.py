"""Keeps pages of other sites away from the control API.

Anybody's web page can make a browser send requests to this machine. Two checks stop it: the `Host`
must be this machine (a page whose name was re-pointed here still sends its own name), and the
`Origin`, where there is one, must be a page of this machine.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from emporix_mock.asgi.reply import json_reply, send_reply

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Guard:
    """ASGI: passes requests of this machine on to `app`, answers 403 to all others.

    `bound` is the host the server was told to listen on; it counts as this machine, and so does the
    address at which a request came in.
    """

    def __init__(self, app: ASGIApp, bound: str) -> None:
        self._app = app
        self._bound = bound.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check and pass on."""
        refusal = self.refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        body = {"code": 403, "status": "Forbidden", "message": refusal}
        await send_reply(
            send, json_reply(403, orjson.dumps(body)), origin=None, head=scope["method"] == "HEAD"
        )

    def refusal(self, scope: Scope) -> str | None:
        """Why a request may not use the control API; None when it may."""
        headers = dict(scope["headers"])
        host = host_of(headers.get(b"host", b"").decode("latin-1"))
        if not self._own(host, scope):
            return f"The control API answers requests to this machine only, not to host '{host}'."
        origin = headers.get(b"origin")
        if origin is not None and not self._own(urlsplit_host(origin.decode("latin-1")), scope):
            return f"The control API answers pages of this machine only, not '{origin.decode('latin-1')}'."
        return None

    def _own(self, host: str, scope: Scope) -> bool:
        if not host:
            return False
        local = scope.get("server")
        return (
            is_loopback(host) or host == self._bound or (local is not None and host == str(local[0]).lower())
        )


def host_of(header: str) -> str:
    """The name or address in a `Host` header, without port and brackets, in lower case; "" for nonsense."""
    return urlsplit_host(f"http://{header}")


def urlsplit_host(url: str) -> str:
    """The host of a URL or origin, in lower case; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine alone."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
