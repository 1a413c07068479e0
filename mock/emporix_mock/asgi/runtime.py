"""What all services of a server share: the worlds, the built services, dispatch, records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import NOTHING, RequestContext
from emporix_mock.errors import BadRequest, NotFound
from emporix_mock.store.sources import wall_seconds
from emporix_mock.store.tokens import Principal
from emporix_mock.store.world import PROBLEMS_LENGTH
from emporix_mock.store.worlds import UnknownWorldError, Worlds
from emporix_mock_spec.error import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.asgi.journal import Entry
    from emporix_mock.asgi.service_app import ServiceApp
    from emporix_mock.engine.context import InnerRequest, Result
    from emporix_mock.store.world import World

    Build = Callable[[str, "Runtime"], ServiceApp]


class Runtime:
    """The state of one server. `build` makes a service at its first use, `subscribers` lists who
    reacts to an event."""

    def __init__(self, worlds: Worlds, build: Build, subscribers: Mapping[str, tuple[str, ...]]) -> None:
        self.worlds = worlds
        self.problems: list[dict[str, Any]] = []
        self.faulty = False
        self._build = build
        self._subscribers = subscribers
        self._services: dict[str, ServiceApp] = {}

    def service(self, name: str) -> ServiceApp:
        """The service, built at the first call. Raises `SpecError` or `ConfigurationError`."""
        found = self._services.get(name)
        if found is None:
            found = self._services[name] = self._build(name, self)
        return found

    # Worlds.

    def world_of(self, tenant: str | None, headers: Mapping[bytes, bytes] | None = None) -> World | None:
        """The existing world of a path's tenant, else of the bearer token."""
        if tenant is not None:
            return self.worlds.find(tenant)
        token = (headers or {}).get(b"authorization", b"")[7:].strip().decode("latin-1")
        return self.worlds.of_token(token) if token else None

    def world_named(self, query: Mapping[str, Any], body: Any) -> World:
        """The world that a request without token and tenant path means: by query, then by client id.

        A client id starts with its tenant (`acme-storefront`); the default world answers the rest.
        """
        client = query.get("client_id") or (body.get("client_id") if isinstance(body, dict) else None)
        tenant = query.get("tenant") or str(client or "").rpartition("-")[0]
        try:
            return self.worlds.get(str(tenant)) if tenant else self.worlds.get(self.worlds.default)
        except UnknownWorldError:
            return self.worlds.get(self.worlds.default)

    def world_for(self, tenant: str) -> World:
        """The world that the control API names; 400 for a name no tenant can have, 404 where worlds
        are not made on demand."""
        try:
            return self.worlds.get(tenant)
        except UnknownWorldError:
            if self.worlds.automatic:
                raise BadRequest(
                    f"'{tenant}' is no tenant name: 3 to 16 lower-case letters and digits, a letter first"
                ) from None
            raise NotFound(f"No world '{tenant}'.") from None

    def count_faults(self) -> None:
        """Note whether any world has faults, so that requests of a server without any pay nothing."""
        self.faulty = any(world.faults for world in self.worlds)

    def now(self, world: World | None) -> datetime:
        """The time of a world, real time without one."""
        return world.clock.now() if world is not None else datetime.fromtimestamp(wall_seconds(), UTC)

    def platform(self, tenant: str) -> Principal:
        """The principal under which services call each other."""
        return Principal("service", tenant, "", frozenset("*"), client_id="platform")

    # Services calling each other.

    def dispatch(self, service: str, operation_id: str, tenant: str, request: InnerRequest) -> Result:
        """Run an operation of another service in the unit of work that is open.

        A service that the documents of this server lack is a 404 to its callers.
        """
        try:
            app = self.service(service)
        except SpecError as absent:
            raise NotFound(f"This server has no service {service}.") from absent
        return app.inner(operation_id, tenant, request)

    def deliver(self, world: World) -> None:
        """Let services react to committed domain events, each reaction in a unit of its own.

        A reaction that fails is a problem of ours and never of the request that caused the event.
        """
        while world.pending:
            event = world.pending.popleft()
            for name in self._subscribers.get(event["type"], ()):
                app = self.service(name)
                react = app.declared.subscriptions.get(event["type"]) if app.declared else None
                if react is None:
                    continue
                context = RequestContext(
                    event["type"],
                    world.tenant,
                    self.platform(world.tenant),
                    {"tenant": world.tenant},
                    NOTHING,
                    NOTHING,
                    None,
                    self.dispatch,
                    world.switches,
                )
                try:
                    with world.unit():
                        react(context, world.state(name), event["payload"])
                except Exception as error:  # noqa: BLE001  # see the docstring
                    self.problem(world, None, f"{name} on {event['type']}: {type(error).__name__}: {error}")

    # Records.

    def record(self, world: World | None, entry: Entry) -> None:
        """Journal an exchange in its world, else in the default one."""
        target = world if world is not None else self.worlds.find(self.worlds.default)
        if target is not None:
            target.journal.append(entry)
            self.worlds.touch(target)

    def problem(self, world: World | None, operation_id: str | None, text: str, trace: str = "") -> None:
        """List a defect of the mock."""
        entry = {
            "at": self.now(world).isoformat(),
            "tenant": world.tenant if world else None,
            "operationId": operation_id,
            "problem": text,
            "trace": trace,
        }
        for problems in (self.problems, *([world.problems] if world is not None else [])):
            problems.append(entry)
            del problems[:-PROBLEMS_LENGTH]
