"""The reference path: the handlers of a server behind Connexion's own, unchanged middleware stack.

It answers the question whether the compiled stub still means what Connexion means. Everything between
the socket and the handler is Connexion's: routing, security, parameters, bodies, answers. Ours are only
what its documented arguments take (security handlers, body validators, error handlers), the worlds and
the handlers. It is several times slower and serves tests and benchmarks only; where the two differ on
purpose is listed in `deviations`. Aliases of undocumented paths are not served.
"""

from __future__ import annotations

import copy
import re
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import orjson
from starlette.exceptions import HTTPException

from emporix_mock.asgi import access_wording, auth, wording
from emporix_mock.asgi.errors import INVALID_TOKEN
from emporix_mock.asgi.framework import HandlerResolver
from emporix_mock.asgi.plan import accepts
from emporix_mock.asgi.reference_bodies import validator_map
from emporix_mock.asgi.stub import Exchange
from emporix_mock.engine.context import RequestContext, Result
from emporix_mock.engine.validation import Violation
from emporix_mock.errors import EmporixError, MethodNotAllowed, NotFound

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see `framework`
    from connexion import AsyncApp
    from connexion.context import scope as current_scope
    from connexion.decorators.parameter import sanitized
    from connexion.exceptions import ProblemException
    from connexion.lifecycle import ConnexionResponse
    from connexion.options import SwaggerUIOptions
    from connexion.security import BearerSecurityHandler, OAuthSecurityHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emporix_mock.asgi.front import Front
    from emporix_mock.asgi.plan import Plan
    from emporix_mock.asgi.service_app import ServiceApp
    from emporix_mock.store.tokens import Principal

EXCHANGE = "emporix_mock"
PERMIT = "x-emporix-mock-permit"
NAME = "x-emporix-mock-name"
LENGTHS = (b"content-length", b"transfer-encoding")


class Reference:
    """The ASGI application of the reference path over the services and worlds of `front`."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.runtime = front.runtime
        self._stock: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the stock application of its service; the rest is the front's."""
        service = self.front.service_of(scope) if scope["type"] == "http" else None
        if service is None or service.control:
            await self.front(scope, receive, send)
            return
        stock = self._stock.get(service.name)
        if stock is None:
            stock = self._stock[service.name] = stock_app(service)
        scope["extensions"] = {EXCHANGE: Exchange(scope["path"], dict(scope["headers"]))}
        await stock(scope, receive, send)


def stock_app(service: ServiceApp) -> ASGIApp:
    """Connexion's `AsyncApp` with its default middlewares around the handlers of a service."""
    app = AsyncApp(
        service.name,
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False),
        resolver=HandlerResolver({oid: endpoint(service, oid) for oid in service.places}),
        security_map={"bearer": partial(_Bearer, service), "oauth2": partial(_OAuth, service)},
        validate_responses=True,
        validator_map=validator_map(service.name),
    )
    app.add_api(stock_document(service), base_path="")
    for kind in (ProblemException, HTTPException, EmporixError, Exception):
        app.add_error_handler(kind, partial(_refusal, service))
    return cast("ASGIApp", app)


# The document as the stock stack needs it.


def stock_document(service: ServiceApp) -> dict[str, Any]:
    """A copy of the document in which the stock stack finds what it cannot know otherwise.

    Paths with literals come before templates, as its router takes the first that fits. A permission
    of the service file becomes a scheme of its own, and schemes know their names.
    """
    document: dict[str, Any] = copy.deepcopy(dict(service.document))
    document["paths"] = dict(sorted(document["paths"].items(), key=lambda entry: _literals_first(entry[0])))
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    for name, scheme in schemes.items():
        scheme[NAME] = name
    named_by_path = (oid for oid in service.places if service.plan_of(oid).scopes_vary)
    for oid in {*(service.declared.access if service.declared else ()), *named_by_path}:
        method, path = service.places[oid]
        schemes[f"permit-{oid}"] = {"type": "http", "scheme": "bearer", PERMIT: oid}
        document["paths"][path][method]["security"] = [{f"permit-{oid}": []}]
    return document


def _literals_first(path: str) -> list[tuple[bool, str]]:
    return [(part.startswith("{"), part) for part in path.split("/")]


# Security: Connexion's handlers, asking our worlds who a token is.


class _Bearer(BearerSecurityHandler):
    """A kind of token, or a permission of the service file."""

    def __init__(self, service: ServiceApp) -> None:
        self._service = service

    def get_fn(self, security_scheme: Mapping[str, Any], required_scopes: list[str]) -> Any:
        del required_scopes

        def token_info(_token: str, request: Any) -> dict[str, Any]:
            principal = _principal(self._service, request)
            if PERMIT in security_scheme:
                plan = self._service.plan_of(security_scheme[PERMIT])
                given = request.scope.get("path_params", {})
                auth.authorise(plan, principal, [given[name] for name in plan.names if name in given])
            elif not accepts(security_scheme[NAME], principal.kind):
                raise INVALID_TOKEN
            return {"scope": list(principal.scopes)}

        return self._get_verify_func(token_info)


class _OAuth(OAuthSecurityHandler):
    """Scopes, compared by Connexion."""

    def __init__(self, service: ServiceApp) -> None:
        self._service = service

    def get_fn(self, security_scheme: Mapping[str, Any], required_scopes: list[str]) -> Any:
        def token_info(_token: str, request: Any) -> dict[str, Any]:
            principal = _principal(self._service, request)
            if not required_scopes and not accepts(security_scheme[NAME], principal.kind):
                raise INVALID_TOKEN
            return {"scope": list(principal.scopes)}

        return self._get_verify_func(token_info, self.validate_scope, required_scopes)


def _principal(service: ServiceApp, request: Any) -> Principal:
    exchange: Exchange = request.scope["extensions"][EXCHANGE]
    exchange.world, principal = auth.authenticate(service.runtime.worlds, exchange.headers)
    exchange.principal = principal
    path_tenant = request.scope.get("path_params", {}).get("tenant")
    auth.check_tenant(service.name, exchange.world, principal, path_tenant, exchange.headers)
    return principal


# The handler of an operation as Connexion calls one.


def endpoint(service: ServiceApp, oid: str) -> Callable[..., Any]:
    """A function for Connexion that runs the handler of an operation as the stub does."""
    plan = service.plan_of(oid)

    async def call(body: Any = None, **given: Any) -> Any:
        exchange: Exchange = current_scope["extensions"][EXCHANGE]
        context = _context(service, plan, exchange, given, body)
        world = exchange.world
        assert world is not None  # noqa: S101  # `_context` has set it
        service.runtime.catch_up(world)
        with world.unit():
            answer = plan.handler(context, world.state(service.name))
        if world.pending:
            service.runtime.deliver(world)
        service.runtime.catch_up(world)
        result = answer if isinstance(answer, Result) else Result(plan.success, answer)
        content = encoded(result)
        media = None if content is None else result.media_type
        return ConnexionResponse(
            result.status, content_type=media, body=content, headers=dict(result.headers)
        )

    call.__name__ = re.sub(r"\W", "_", oid)
    return call


def encoded(result: Result) -> bytes | None:
    """The body of a result as it goes out; None for none."""
    if result.stored is not None:
        stored = result.stored
        return stored if isinstance(stored, bytes) else b"[" + b",".join(stored) + b"]"
    if result.chunks is not None:
        return b"".join(part for part in result.chunks if isinstance(part, bytes))
    return result.raw if result.body is None else orjson.dumps(result.body)


def _context(
    service: ServiceApp, plan: Plan, exchange: Exchange, given: Mapping[str, Any], body: Any
) -> RequestContext:
    """What the handler sees: Connexion's values under the names of the document."""
    runtime = service.runtime
    found = current_scope["path_params"]
    path = {name: str(found[name.replace("-", "_")]) for name in plan.names}
    named = ((parameter.name, given.get(sanitized(parameter.name))) for parameter in plan.query)
    query = {name: value for name, value in named if value is not None}
    # Connexion gives an empty object for a body that is absent.
    sent = plan.bodies and not exchange.headers.keys().isdisjoint(LENGTHS)
    body = body if sent else None
    if exchange.world is None:
        exchange.world = runtime.world_of(path.get("tenant")) or runtime.world_named(query, body)
    return RequestContext(
        plan.id,
        exchange.world.tenant,
        exchange.principal,
        path,
        query,
        dict(_headers(plan, exchange)),
        body,
        runtime.dispatch,
        exchange.world.switches,
        plan.facts,
    )


def _headers(plan: Plan, exchange: Exchange) -> Iterator[tuple[str, Any]]:
    for parameter in plan.headers:
        raw = exchange.headers.get(parameter.key)
        value = parameter.default if raw is None else raw.decode("latin-1")
        if value is not None:
            yield parameter.name, value


# Refusals: Connexion's exceptions said as ours, rendered by the one factory of error bodies.


async def _refusal(service: ServiceApp, request: Any, error: Exception) -> Any:
    exchange: Exchange = request.scope["extensions"][EXCHANGE]
    routed = request.scope["extensions"].get("connexion_routing", {}).get("operation_id")
    exchange.plan = service.plan_of(routed) if routed else None
    if exchange.world is None:
        exchange.world = _world(service, request, exchange)
    refused = error if isinstance(error, EmporixError) else _said_as_ours(service, exchange, request, error)
    reply = service.crash(exchange, error) if refused is None else service.refuse(exchange, refused)
    headers = {name.decode(): value.decode() for name, value in reply.headers if name != b"content-type"}
    return ConnexionResponse(reply.status, content_type="application/json", body=reply.body, headers=headers)


def _world(service: ServiceApp, request: Any, exchange: Exchange) -> Any:
    """Whose time the body may show when the stock stack refused before it asked for a token."""
    runtime = service.runtime
    named = runtime.world_of(request.scope.get("path_params", {}).get("tenant"))
    return named or runtime.world_of(None, exchange.headers)


def _said_as_ours(
    service: ServiceApp, exchange: Exchange, request: Any, error: Exception
) -> EmporixError | None:
    """The domain error for an exception of the framework; None for what is no refusal."""
    plan, method = exchange.plan, request.scope["method"]
    match getattr(error, "status_code", None):
        case 400:
            return wording.invalid(service.name, Violation("", "", str(getattr(error, "detail", ""))))
        case 401:
            return INVALID_TOKEN
        case 403 if plan is not None:
            return access_wording.missing_scope(service.name, plan.scopes, plan.id)
        case 404:
            return NotFound(f"No endpoint {method} {exchange.path}.")
        case 405:
            return MethodNotAllowed(f"Request method '{method}' is not supported")
        case 415 if plan is not None:
            return wording.wrong_media_type(service.name, request.mimetype, list(plan.bodies))
    return None
