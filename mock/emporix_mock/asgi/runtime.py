"""What all services of a server share: the worlds, the built services, dispatch, records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.alarms import Alarms
from emporix_mock.asgi.postman import Outcome, Postman
from emporix_mock.engine.context import NOTHING, RequestContext
from emporix_mock.errors import BadRequest, NotFound
from emporix_mock.store.sources import wall_seconds
from emporix_mock.store.tokens import PLATFORM, Principal
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
    reacts to an event, `listeners` who hears all of them (and the collection it needs for that),
    `hosts` where messages may go beside this machine."""

    def __init__(
        self,
        worlds: Worlds,
        build: Build,
        subscribers: Mapping[str, tuple[str, ...]],
        listeners: Mapping[str, str] = NOTHING,
        hosts: tuple[str, ...] = (),
    ) -> None:
        self.worlds = worlds
        self.problems: list[dict[str, Any]] = []
        self.faulty = False
        self._build = build
        self._subscribers = subscribers
        self._services: dict[str, ServiceApp] = {}
        self._listeners = listeners
        self._alarms = Alarms(self.catch_up)
        self._postman = Postman(hosts, self.answered)

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
        return Principal("service", tenant, "", frozenset("*"), client_id=PLATFORM)

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
                self._react(world, name, event["type"], event, event["payload"])
            for name, needed in self._listeners.items():
                if world.collection(name, needed):
                    self._react(world, name, "*", event, event)
        if world.outbound:
            self._postman.take(world)

    def _react(
        self, world: World, name: str, wanted: str, event: Mapping[str, Any], given: Mapping[str, Any]
    ) -> None:
        app = self.service(name)
        react = app.declared.subscriptions.get(wanted) if app.declared else None
        if react is None:
            return
        try:
            with world.unit():
                react(self.own_context(world, event["type"]), world.state(name), given)
        except Exception as error:  # noqa: BLE001  # a reaction that fails is a problem of ours
            self.problem(world, None, f"{name} on {event['type']}: {type(error).__name__}: {error}")

    def own_context(self, world: World, name: str) -> RequestContext:
        """What a service sees when it acts on its own: as the platform, after an event or a step."""
        return RequestContext(
            name,
            world.tenant,
            self.platform(world.tenant),
            {"tenant": world.tenant},
            NOTHING,
            NOTHING,
            None,
            self.dispatch,
            world.switches,
        )

    # Steps that services put off.

    def catch_up(self, world: World) -> None:
        """Run every step whose moment has come, then see to it that the next one runs by itself."""
        while (step := world.take_due()) is not None:
            self.run_step(world, step)
        if world.due is not None and not world.clock.frozen and self.worlds.find(world.tenant) is world:
            self._alarms.ring(world, world.due - world.clock.seconds())

    def run_step(self, world: World, step: Mapping[str, Any]) -> None:
        """Run a step in a unit of its own; one that fails is a problem of ours."""
        service, name = step["service"], step["step"]
        try:
            app = self.service(service)
            run = app.declared.steps[name] if app.declared else None
            if run is not None:
                at = datetime.fromtimestamp(step["at"], UTC)
                with world.unit():
                    run(self.own_context(world, name), world.state(service), at, step["payload"])
        except Exception as error:  # noqa: BLE001  # see the docstring
            self.problem(world, None, f"{service}, step {name}: {type(error).__name__}: {error}")
        if world.pending or world.outbound:
            self.deliver(world)

    def answered(self, world: World, message: Mapping[str, Any], outcome: Outcome) -> None:
        """Tell a service what became of a message, and let happen what follows from it."""
        if self.worlds.find(world.tenant) is world:
            payload = {"id": message["id"], **outcome}
            at = world.clock.seconds()
            step = {"service": message["service"], "step": message["step"], "at": at, "payload": payload}
            self.run_step(world, step)
            self.catch_up(world)

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
