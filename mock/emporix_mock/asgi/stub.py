"""The compiled middle: one Connexion middleware that routes, authenticates, validates and dispatches.

The order of the checks is that of conventions, section 1; each step reads as one line of `answer`.
"""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.asgi import auth, wording
from emporix_mock.asgi.faults import due
from emporix_mock.asgi.framework import ConnexionMiddleware, SpecMiddleware
from emporix_mock.asgi.journal import Entry
from emporix_mock.asgi.reply import JSON_TYPE, Reply, preflight, send_reply
from emporix_mock.asgi.routing import split
from emporix_mock.asgi.streams import Streamed, send_stream
from emporix_mock.errors import (
    EmporixError,
    HeadersTooLarge,
    MethodNotAllowed,
    PayloadTooLarge,
    UriTooLong,
)
from emporix_mock.store.sources import stopwatch, wall_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emporix_mock.asgi.plan import Plan
    from emporix_mock.asgi.service_app import ServiceApp
    from emporix_mock.engine.context import Result
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import World

BODY_LIMIT = 10 * 1024 * 1024
BODY_LIMIT_DIGITS = len(str(BODY_LIMIT))
ENVELOPE = 64 * 1024
URL_LIMIT = 10 * 1024
HEADER_LIMIT = 60 * 1024


class Exchange:
    """What is known about one request so far; the journal is written from it."""

    __slots__ = ("body", "headers", "path", "plan", "principal", "rule", "world")

    def __init__(self, path: str, headers: Mapping[bytes, bytes]) -> None:
        self.path = path
        self.headers = headers
        self.body = b""
        self.plan: Plan | None = None
        self.principal: Principal | None = None
        self.world: World | None = None
        self.rule: str | None = None


class StubMiddleware(SpecMiddleware):
    """Answers every request of one service; nothing below it in Connexion's stack is reached."""

    def __init__(self, app: ASGIApp, *, service: ServiceApp) -> None:
        self.app = app
        self.service = service

    def add_api(self, specification: Any, **options: Any) -> None:
        """Take Connexion's view of the document: the resolver that finds the handlers.

        It is called when the stack is built, at the first request. Later ones come here directly: all
        that Connexion's entrance does for them is to look whether the stack is built.
        """
        del specification
        self.service.resolver = options["resolver"]
        if isinstance(self.service.asgi, ConnexionMiddleware):
            self.service.asgi = self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, journal, then let the effects of the request happen elsewhere."""
        started = stopwatch()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        exchange = Exchange(scope["path"], headers)
        try:
            reply = await self.answer(scope, receive, exchange)
        except EmporixError as error:
            reply = self.service.refuse(exchange, error)
        except OverflowError:
            reply = self.service.refuse(exchange, wording.too_large(self.service.name))
        except Exception as error:  # noqa: BLE001  # whatever a handler raises must become an answer
            reply = self.service.crash(exchange, error)
        if reply.__class__ is Streamed:
            try:
                await send_stream(send, receive, reply, origin=headers.get(b"origin"))
            except Exception as error:  # noqa: BLE001  # it is too late for another answer, not for the record
                self.service.crash(exchange, error)
        else:
            await send_reply(send, reply, origin=headers.get(b"origin"), head=scope["method"] == "HEAD")
        if self.service.control:
            return
        plan, principal = exchange.plan, exchange.principal
        self.service.runtime.record(
            exchange.world,
            Entry._make(  # as fast as a tuple, which the constructor of a named one is not
                (
                    wall_seconds(),
                    scope["method"],
                    exchange.path,
                    scope["query_string"].decode("latin-1"),
                    plan.id if plan else None,
                    self.service.name,
                    principal.kind if principal else None,
                    reply.status,
                    stopwatch() - started,
                    exchange.body,
                    reply.body,
                    exchange.rule,
                )
            ),
        )

    async def answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> Reply:
        """One request through every check, in order; a check that fails raises its error."""
        service, headers, method = self.service, exchange.headers, scope["method"]
        runtime = service.runtime
        if method == "OPTIONS" and b"access-control-request-method" in headers:
            return preflight(headers)
        found = service.router.find(scope["raw_path"])
        if found is None:
            return service.page(exchange, method, split(scope["raw_path"]))
        leaf, values = found
        check_size(scope, headers)
        chunked = b"transfer-encoding" in headers
        if chunked:
            # Its size shows only while it comes in, and too large is said before anything else.
            exchange.body = await read_body(receive, headers)
        plan = service.plan(leaf, method)
        any_plan = plan or service.plan(leaf, next(iter(leaf.methods)))
        assert any_plan is not None  # noqa: S101  # a leaf has at least one method
        exchange.plan = plan
        tenant_at = any_plan.tenant_at if len(values) == len(any_plan.names) else None  # aliases may lack it
        path_tenant = values[tenant_at] if tenant_at is not None else None
        gated = None
        if runtime.faulty and plan is not None:
            gated = runtime.world_of(path_tenant, headers)
            await self.fault_gate(plan, exchange, gated)
        if any_plan.public:
            exchange.world = runtime.world_of(path_tenant)
        else:
            exchange.world, principal = auth.authenticate(runtime.worlds, headers)
            exchange.principal = principal
            auth.check_tenant(service.name, exchange.world, principal, path_tenant, headers)
        if plan is None:
            allowed = ", ".join(sorted(leaf.methods))
            raise MethodNotAllowed(f"Request method '{method}' is not supported", headers={"Allow": allowed})
        if exchange.principal is not None:
            auth.authorise(plan, exchange.principal, values)
        if not chunked and (plan.bodies or b"content-length" in headers):
            message = await receive()
            exchange.body = message.get("body", b"")
            if message.get("more_body"):
                exchange.body = await read_body(receive, headers, exchange.body)
        context = service.context(plan, exchange, values, scope["query_string"])
        if runtime.faulty and gated is None:
            # Of a request without token and tenant path only the content says which world it means.
            await self.fault_gate(plan, exchange, exchange.world)
        return self.reply(plan, service.run(plan, exchange, context))

    async def fault_gate(self, plan: Plan, exchange: Exchange, world: World | None) -> None:
        """Let a fault that was asked for happen before anything else."""
        fault = due(world.faults, plan.id) if world is not None and not self.service.control else None
        if fault is None:
            return
        exchange.world = world
        if fault.delay:
            await asyncio.sleep(fault.delay)
        error = fault.error()
        if error is not None:
            raise error

    def reply(self, plan: Plan, result: Result) -> Reply:
        """Encode a result that already keeps the contract."""
        headers = [plan.level_header]
        stored = result.stored
        if stored is not None:
            headers.append(JSON_TYPE)
            body = stored if isinstance(stored, bytes) else b"[" + b",".join(stored) + b"]"
        elif result.raw is not None:
            headers.append((b"content-type", result.media_type.encode()))
            body = result.raw
        elif result.body is None:
            if result.chunks is not None:
                headers.append((b"content-type", result.media_type.encode()))
                return Streamed(result.status, headers, result.chunks)
            body = b""
        else:
            headers.append(JSON_TYPE)
            body = orjson.dumps(result.body)
        if result.headers:
            for name, value in result.headers.items():
                headers.append((name.lower().encode(), value.encode("latin-1", "replace")))
        return Reply(result.status, body, headers)


def check_size(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """The gateway's limits: URL 10 KB, headers 60 KB, body 10 MB."""
    if len(scope["raw_path"]) + len(scope["query_string"]) > URL_LIMIT:
        raise UriTooLong("URI Too Long")
    if len(b"".join(chain.from_iterable(scope["headers"]))) > HEADER_LIMIT:
        raise HeadersTooLarge("Request Header Fields Too Large")
    length = headers.get(b"content-length")
    if length is None or len(length) < BODY_LIMIT_DIGITS:
        return
    if length.isdigit() and int(length) > body_limit(headers):
        raise too_large(headers)


def body_limit(headers: Mapping[bytes, bytes]) -> int:
    """How large a body may be; what stands around the parts of an upload does not count."""
    return BODY_LIMIT + ENVELOPE if is_upload(headers) else BODY_LIMIT


def is_upload(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body comes in parts."""
    return headers.get(b"content-type", b"").lower().startswith(b"multipart/")


def too_large(headers: Mapping[bytes, bytes]) -> PayloadTooLarge:
    """The 413 of the gateway, or of the service that an upload is for (media document)."""
    if not is_upload(headers):
        return PayloadTooLarge("Request Entity Too Large")
    message = "The part named [file] exceeds the maximum allowed content length."
    return PayloadTooLarge(body={"code": 413, "status": "Request Entity Too Large", "message": message})


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], begun: bytes = b"") -> bytes:
    """The whole body, of which `begun` came already; 413 as soon as it is larger than the gateway takes."""
    parts = bytearray(begun)
    more = True
    while more:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > body_limit(headers):
            raise too_large(headers)
        more = message.get("more_body", False)
    return bytes(parts)
