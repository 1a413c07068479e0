"""The one origin: picks the service of a request by its first path segment."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import orjson

from emporix_mock.asgi.errors import fault
from emporix_mock.asgi.reply import json_reply, preflight, send_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from emporix_mock.asgi.runtime import Runtime
    from emporix_mock.asgi.service_app import ServiceApp

    Hook = Callable[[], Awaitable[None]]


class Front:
    """The ASGI application. `segments` maps a first path segment to the services below it."""

    def __init__(self, runtime: Runtime, segments: Mapping[str, tuple[str, ...]]) -> None:
        self.runtime = runtime
        self.segments = segments
        self._services = {segment.encode(): (names[0], names[1:]) for segment, names in segments.items()}
        self.on_startup: list[Hook] = []
        self.on_shutdown: list[Hook] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its service; an unknown first segment is the gateway's 404."""
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        try:
            service = self.service_of(scope)
        except Exception as error:  # noqa: BLE001  # a service that cannot be built must not be a silent 500
            await self._broken(scope, send, error)
            return
        if service is None:
            await self._unknown(scope, send)
        else:
            await service.asgi(scope, receive, send)

    def service_of(self, scope: Scope) -> ServiceApp | None:
        """The service that a request is for, built at its first; None for an unknown first segment."""
        raw = scope.get("raw_path")
        if raw is None:
            raw = scope["raw_path"] = scope["path"].encode()
        found = self._services.get(raw[1:].partition(b"/")[0])
        if found is None:
            return None
        first, others = found
        service = self.runtime.service(first)
        for name in others:
            if service.router.find(raw) is not None:
                break
            service = self.runtime.service(name)
        return service

    async def _unknown(self, scope: Scope, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            reply = preflight(headers)
        else:
            message = f"Unable to identify proxy for host: default and url: {scope['path']}"
            body = fault(message, "messaging.adaptors.http.flow.ApplicationNotFound")
            reply = json_reply(404, orjson.dumps(body))
        await send_reply(send, reply, origin=headers.get(b"origin"), head=scope["method"] == "HEAD")

    async def _broken(self, scope: Scope, send: Send, error: Exception) -> None:
        """500 for a service that cannot be built: a document or a service file is at fault."""
        text = f"{scope['path'].split('/')[1]} cannot be served: {type(error).__name__}: {error}"
        self.runtime.problem(None, None, text, "".join(traceback.format_exception(error)))
        body = {"code": 500, "status": "Internal Server Error", "message": text}
        reply = json_reply(500, orjson.dumps(body), (b"x-emporix-mock-problem", b"1"))
        origin = dict(scope["headers"]).get(b"origin")
        await send_reply(send, reply, origin=origin, head=scope["method"] == "HEAD")

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return
        while True:
            message = await receive()
            hooks = self.on_startup if message["type"] == "lifespan.startup" else self.on_shutdown
            for hook in hooks:
                await hook()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
