"""One service: its document, plans, handlers and the Connexion application around them."""

from __future__ import annotations

import traceback
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import orjson

from emporix_mock.asgi.errors import EXPIRED_TOKEN, INVALID_TOKEN, body_of, fault, gateway_fault
from emporix_mock.asgi.faults import due
from emporix_mock.asgi.framework import API, ConnexionMiddleware, HandlerResolver, Prepared
from emporix_mock.asgi.plan import GATEWAY_STATUSES, Plan
from emporix_mock.asgi.reply import JSON_TYPE, Reply
from emporix_mock.asgi.routing import Leaf, Router
from emporix_mock.asgi.stub import Exchange, StubMiddleware
from emporix_mock.engine.binding import bind
from emporix_mock.engine.context import NOTHING, RequestContext, Result
from emporix_mock.engine.legacy import grown
from emporix_mock.engine.validation import Schemas
from emporix_mock.errors import ConfigurationError, EmporixError, NotFound
from emporix_mock.store.sources import instant
from emporix_mock_spec.operation import operation, operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emporix_mock.asgi.runtime import Runtime
    from emporix_mock.engine.context import Handler, InnerRequest
    from emporix_mock.engine.service import Service


class ServiceApp:
    """Built at the first request of a service. `declared` is the service file, None for none yet."""

    control = False
    """Whether these are operations on the server itself: no faults, no journal."""

    def __init__(
        self, name: str, document: Mapping[str, Any], declared: Service | None, runtime: Runtime
    ) -> None:
        self.name = name
        if declared is not None and declared.legacies:
            document = grown(document, declared.legacies)
        self.document = document
        self.declared = declared
        self.runtime = runtime
        self.schemas = Schemas(name, document)
        self.places = {oid: (method, path) for method, path, oid in operations(document, name)}
        self.handlers: dict[str, Handler] = dict(declared.handlers) if declared else {}
        self.levels: dict[str, str] = dict.fromkeys(self.handlers, "behaviour")
        self.per_item: set[str] = set(declared.per_item) if declared else set()
        self._check_declarations()
        self._bind_resources()
        self.router = Router(self._routes())
        self.pages = Router(("GET", path) for path in (declared.pages if declared else ()))
        self._ids = {(method.upper(), path): oid for oid, (method, path) in self.places.items()}
        for alias in declared.aliases if declared else ():
            self._ids.setdefault((alias.method, alias.path), alias.operation_id)
        self._plans: dict[str, Plan] = {}
        self.resolver: Any = HandlerResolver(self.handlers)
        self.asgi = self._connexion()

    def _check_declarations(self) -> None:
        if self.declared is None:
            return
        named = {*self.handlers, *self.declared.access, *(a.operation_id for a in self.declared.aliases)}
        unknown = sorted(named - set(self.places))
        if unknown:
            raise ConfigurationError(
                f"service {self.name}: the specification has no operation {', '.join(unknown)}; "
                "use the bundled specification or bring the service file in line with the document"
            )

    def _bind_resources(self) -> None:
        for resource in self.declared.resources if self.declared else ():
            served = list(bind(resource, self.document, self.places))
            if not served:
                raise ConfigurationError(
                    f"service {self.name}: the specification has no operation at {resource.path}"
                )
            for bound in served:
                if bound.operation_id not in self.handlers:
                    self.handlers[bound.operation_id] = bound.handler
                    self.levels[bound.operation_id] = "crud"
                    if bound.per_item:
                        self.per_item.add(bound.operation_id)

    def _routes(self) -> list[tuple[str, str]]:
        routes = [(method.upper(), path) for method, path in self.places.values()]
        return routes + [(a.method, a.path) for a in (self.declared.aliases if self.declared else ())]

    def _connexion(self) -> ASGIApp:
        # No exception middleware of Connexion's: the stub turns every exception into an answer itself.
        app = ConnexionMiddleware(
            _unreachable,
            import_name=self.name,
            middlewares=[partial(StubMiddleware, service=self)],
            resolver=self.resolver,
        )
        app.apis.append(API(Prepared(self.document), base_path="", resolver=self.resolver))
        return cast("ASGIApp", app)

    # Plans.

    def plan(self, leaf: Leaf, method: str) -> Plan | None:
        """The plan of a method at the end of a path; GET serves HEAD; None when there is no such method."""
        found = leaf.plans.get(method)
        if found is not None:
            return found
        served = "GET" if method == "HEAD" and "HEAD" not in leaf.methods else method
        path = leaf.methods.get(served)
        if path is None:
            return None
        found = leaf.plans[method] = self.plan_of(self._ids[served, path])
        return found

    def plan_of(self, oid: str) -> Plan:
        """The plan of an operation, compiled at the first call."""
        found = self._plans.get(oid)
        if found is None:
            method, path = self.places[oid]
            spec = operation(self.document, self.name, method, path)
            declared = self.declared
            if oid not in self.handlers:
                self.handlers[oid] = self._example(oid, method, path)
                self.levels[oid] = "example"
            found = self._plans[oid] = Plan(
                spec,
                self.document,
                self.schemas,
                handler=self.resolver.resolve_function_from_operation_id(oid),
                level=self.levels[oid],
                access=declared.access.get(oid) if declared else None,
                media_types=declared.media_types.get(oid, ()) if declared else (),
                parameter_aliases=declared.parameter_aliases.get(oid) if declared else None,
                per_item=oid in self.per_item,
            )
        return found

    def level(self, oid: str) -> str:
        """The level of an operation: behaviour, crud or example."""
        return self.levels.get(oid, "example")

    def _example(self, oid: str, method: str, path: str) -> Handler:
        spec = operation(self.document, self.name, method, path)
        cached: list[Result] = []

        def handler(_ctx: RequestContext, _state: Any) -> Result:
            if not cached:
                from emporix_mock.engine.example import example_of  # noqa: PLC0415  # not for built services

                example = example_of(self.document, spec, self.schemas)
                if example.media_type in (None, "application/json") or not isinstance(
                    example.body, str | bytes
                ):
                    cached.append(Result(example.status, example.body))
                else:
                    raw = example.body.encode() if isinstance(example.body, str) else example.body
                    cached.append(Result(example.status, raw=raw, media_type=example.media_type))
            return cached[0]

        handler.__name__ = oid
        return handler

    # One request.

    def page(self, exchange: Exchange, method: str, segments: list[str]) -> Reply:
        """The answer of a page beside the document; the gateway's 404 where there is none."""
        found = self.pages.match(segments) if method in ("GET", "HEAD") else None
        if found is None or self.declared is None:
            raise NotFound(f"No endpoint {method} {exchange.path}.")
        path = found[0].methods["GET"]
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        values = dict(zip(names, found[1], strict=True))
        world = exchange.world = self.runtime.world_of(values["tenant"])
        if world is None:
            raise NotFound(f"No endpoint {method} {exchange.path}.")
        context = RequestContext(
            path,
            world.tenant,
            None,
            values,
            NOTHING,
            NOTHING,
            None,
            self.runtime.dispatch,
            world.switches,
            origin=origin_of(exchange.headers),
        )
        with world.unit():
            result = self.declared.pages[path](context, world.state(self.name))
        if world.pending:
            self.runtime.deliver(world)
        raw = orjson.dumps(result.body) if result.raw is None else result.raw
        return Reply(result.status, raw, [(b"content-type", result.media_type.encode())])

    def context(self, plan: Plan, exchange: Exchange, values: list[str], query: bytes) -> RequestContext:
        """Validate and decode a request into what a handler sees; also finds the world of a public one."""
        runtime = self.runtime
        body = None
        if plan.bodies or exchange.body:
            body = plan.body_value(exchange.headers.get(b"content-type", b""), exchange.body)
        headers = plan.header_values(exchange.headers) if plan.headers else NOTHING
        path = plan.path_values(values) if values else {}
        asked = plan.query_values(query) if query or plan.query_expected else NOTHING
        if exchange.world is None:
            exchange.world = runtime.world_named(asked, body)
        return RequestContext._make(  # as fast as a tuple, which the constructor of a named one is not
            (
                plan.id,
                exchange.world.tenant,
                exchange.principal,
                path,
                asked,
                headers,
                body,
                runtime.dispatch,
                exchange.world.switches,
                plan.facts,
                origin_of(exchange.headers),
            )
        )

    def run(self, plan: Plan, exchange: Exchange, context: RequestContext) -> Result:
        """Run the handler in a unit of work, check what it answers, let the domain events happen."""
        world = exchange.world
        assert world is not None  # noqa: S101  # `context` has set it
        if world.due is not None:
            self.runtime.catch_up(world)
        with world.unit():
            result = self.checked(plan, plan.handler(context, world.state(self.name)))
        if world.pending:
            self.runtime.deliver(world)
        if world.due is not None:
            self.runtime.catch_up(world)
        return result

    def checked(self, plan: Plan, given: Any) -> Result:
        """A handler's answer as a result that keeps the contract; `ContractBreach` otherwise."""
        result = given if isinstance(given, Result) else Result(plan.success, given)
        status, body = result.status, result.body
        if status not in plan.operation.responses:
            raise ContractBreach(plan.id, f"status {status} is not documented")
        violation = None
        if result.stored is not None:
            violation = plan.stored_violation(status, result.stored)
        elif body is not None and result.raw is None:
            violation = plan.answer_violation(status, body)
        if violation is not None:
            raise ContractBreach(plan.id, f"{status} /{violation.field}: {violation.message}")
        return result

    def inner(self, operation_id: str, tenant: str, request: InnerRequest) -> Result:
        """Serve another service in process: same plan, validation and faults, no token."""
        plan = self.plan_of(operation_id)
        world = self.runtime.worlds.get(tenant)
        hit = due(world.faults, plan.id) if world.faults else None
        failure = hit.error() if hit is not None else None
        if failure is not None:
            raise failure
        if request.body is not None:
            plan.check_body(request.body)
        query = {p.name: p.default for p in plan.query if p.default is not None}
        context = RequestContext(
            plan.id,
            tenant,
            self.runtime.platform(tenant),
            request.path,
            {**query, **request.query},
            request.headers,
            request.body,
            self.runtime.dispatch,
            world.switches,
            plan.facts,
        )
        with world.unit():
            result = self.checked(plan, plan.handler(context, world.state(self.name)))
        stored = result.stored
        if stored is None and result.raw is not None and result.media_type == "application/json":
            return result._replace(body=orjson.loads(result.raw), raw=None)
        if stored is None:
            return result
        if isinstance(stored, bytes):
            return result._replace(body=orjson.loads(stored), stored=None)
        return result._replace(body=[orjson.loads(raw) for raw in stored], stored=None)

    # Refusals.

    def refuse(self, exchange: Exchange, error: EmporixError) -> Reply:
        """The answer for a domain error, in the shape of the operation."""
        plan, status = exchange.plan, error.status
        exchange.rule = error.rule
        if (
            error is INVALID_TOKEN
            or error is EXPIRED_TOKEN
            or (status == 401 and error.type and error.body is None)
        ):
            body: Any = gateway_fault(error, self.name)
        elif plan is None and status == 404:
            body = {"code": 404, "status": "Not Found", "message": error.message}
        elif status in (413, 414, 431) and error.body is None:
            body = fault(
                error.message, "protocol.http.TooBigBody" if status == 413 else "protocol.http.TooBigLine"
            )
        else:
            family = plan.family(status) if plan else self._any_family(status)
            now = self.runtime.now(exchange.world)
            path = "/" + exchange.path.lstrip("/").partition("/")[2]
            body = body_of(error, family, service_path=path, timestamp=instant(now).replace("Z", "+00:00"))
        headers = [JSON_TYPE]
        if plan is not None:
            headers.append(plan.level_header)
            if not plan.documents(status) and status not in GATEWAY_STATUSES and error.rule != "mock/fault":
                self.runtime.problem(exchange.world, plan.id, f"error status {status} is not documented")
        if error.rule:
            headers.append((b"x-emporix-mock-rule", error.rule.encode()))
        headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        return Reply(status, orjson.dumps(body), headers)

    def _any_family(self, status: int) -> Mapping[str, Mapping[str, Any]] | None:
        oid = next(iter(self.places), None)
        return self.plan_of(oid).family(status) if oid else None

    def crash(self, exchange: Exchange, error: Exception) -> Reply:
        """500 for a defect of ours: named in the answer and listed among the problems."""
        plan = exchange.plan
        text = str(error) if isinstance(error, ContractBreach) else f"{type(error).__name__}: {error}"
        trace = "" if isinstance(error, ContractBreach) else "".join(traceback.format_exception(error))
        self.runtime.problem(exchange.world, plan.id if plan else None, text, trace)
        body = {
            "code": 500,
            "status": "Internal Server Error",
            "message": f"Defect of the mock in {plan.id if plan else exchange.path}: {text}",
        }
        return Reply(500, orjson.dumps(body), [JSON_TYPE, (b"x-emporix-mock-problem", b"1")])


def origin_of(headers: Mapping[bytes, bytes]) -> str:
    """Scheme and host under which the caller reaches this server."""
    return _origin(headers.get(b"x-forwarded-proto", b"http"), headers.get(b"host", b"localhost"))


@lru_cache(maxsize=64)
def _origin(scheme: bytes, host: bytes) -> str:
    return f"{scheme.decode('latin-1')}://{host.decode('latin-1')}"


class ContractBreach(Exception):  # it is an event, not a mistake of the caller
    """An answer of ours that the document does not allow."""

    def __init__(self, operation_id: str, text: str) -> None:
        super().__init__(f"{operation_id}: {text}")


async def _unreachable(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("the stub answers every request")
