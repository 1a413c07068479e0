"""A world: everything one tenant has. Units of work, snapshots, clock, ids, switches and records."""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.store.documents import Documents, Frozen, Undo
from emporix_mock.store.sources import Clock, Ids, instant
from emporix_mock.store.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from emporix_mock.store.documents import Changes

    Base = Callable[[str, "World"], Mapping[str, Frozen]]

JOURNAL_LENGTH = 1000
PROBLEMS_LENGTH = 1000
EVENTS_LENGTH = 10_000
TOKENS = "_tokens"
STEPS = "_steps"
OWN = frozenset({TOKENS, STEPS})
"""What a world keeps for itself, beside the services: never seeded."""


class State:
    """What the handlers of one service see of a world: its own collections, time, ids and events."""

    __slots__ = ("_collections", "service", "world")

    def __init__(self, world: World, service: str) -> None:
        self.world = world
        self.service = service
        self._collections: dict[str, Documents] = {}

    def collection(self, name: str) -> Documents:
        """The service's collection `name`, made empty at first use."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = self.world.collection(self.service, name)
        return found

    @property
    def tenant(self) -> str:
        """The tenant whose world this is."""
        return self.world.tenant

    @property
    def ids(self) -> Ids:
        """The seeded source of ids."""
        return self.world.ids

    @property
    def tokens(self) -> Tokens:
        """The access tokens of the world."""
        return self.world.tokens

    def now(self) -> datetime:
        """The world's time."""
        return self.world.clock.now()

    def timestamp(self) -> str:
        """The world's time as most services print it."""
        return instant(self.world.clock.now())

    def emit(self, event_type: str, payload: Mapping[str, Any]) -> None:
        """Put a domain event into the outbox; it is delivered once the unit of work has committed."""
        self.world.emit(event_type, payload)


class World:
    """One tenant's world. `base(service, world)` gives the seeded contents of a service on first use.

    `began` is the moment that relative times of a seed count from, whenever the service is first used:
    the making of the world or its last reset.
    """

    def __init__(
        self, tenant: str, base: Base, *, seed: str = "0", token_owner: dict[str, str] | None = None
    ) -> None:
        self.tenant = tenant
        self.clock = Clock()
        self.began = self.clock.now()
        self.ids = Ids(f"{seed}/{tenant}")
        self.switches: dict[str, str] = {}
        self.journal: deque[Any] = deque(maxlen=JOURNAL_LENGTH)
        self.problems: list[dict[str, Any]] = []
        self.faults: list[Any] = []
        self.events: list[dict[str, Any]] = []
        self.pending: deque[dict[str, Any]] = deque()
        self.outbound: deque[dict[str, Any]] = deque()
        """What the server is to send elsewhere: `{id, service, step, url, headers, body}`; the step of the
        service is run with the outcome."""
        self.snapshots: dict[str, Snapshot] = {}
        self._base = base
        self._states: dict[str, State] = {}
        self._collections: dict[tuple[str, str], Documents] = {}
        self._bases: dict[str, Mapping[str, Frozen]] = {}
        self._loaded: set[str] = set()
        self._emptied = False
        self._undo: Undo | None = None
        self._unit = Unit(self)
        self._events_since: list[dict[str, Any]] = []
        self.tokens = Tokens(
            self.collection(TOKENS, "tokens"), tenant, {} if token_owner is None else token_owner
        )
        self.steps = self.collection(STEPS, "steps")
        self.due: float | None = None
        """When the next step is to run, seconds since the epoch; early rather than late; None for never."""

    def state(self, service: str) -> State:
        """The view of one service; its seed is loaded at the first call."""
        found = self._states.get(service)
        if found is None:
            self.load(service)
            found = self._states[service] = State(self, service)
        return found

    def collection(self, service: str, name: str) -> Documents:
        """One collection, made empty when the seed has none of that name."""
        found = self._collections.get((service, name))
        if found is None:
            self.load(service)
            found = self._made(service, name)
        return found

    def load(self, service: str) -> None:
        """Load the seed of a service unless that has happened, or the world was emptied."""
        if service not in self._loaded:
            self._loaded.add(service)
            if not self._emptied and service not in OWN:
                self._fill(service)

    def _fill(self, service: str) -> None:
        for name, frozen in self._seeded(service).items():
            self._made(service, name).thaw(frozen)

    def _seeded(self, service: str) -> Mapping[str, Frozen]:
        if service not in self._bases:
            self._bases[service] = self._base(service, self)
        return self._bases[service]

    def _made(self, service: str, name: str) -> Documents:
        key = (service, name)
        if key not in self._collections:
            self._collections[key] = Documents(f"{service}/{name}", lambda: self._undo)
        return self._collections[key]

    @property
    def services(self) -> list[str]:
        """The services used so far."""
        return sorted(self._loaded - OWN)

    def contents(self) -> Iterator[tuple[str, str, Documents]]:
        """Service, name and documents of every collection that exists so far."""
        for (service, name), documents in self._collections.items():
            yield service, name, documents

    # Units of work: a raised error undoes everything since the mark.

    def unit(self) -> Unit:
        """Run a block that either happens whole or not at all; inside another unit it is a savepoint."""
        return self._unit

    def begin(self) -> tuple[bool, int, int]:
        """Start a unit: whether it is the outermost, and the marks that `revert` returns to."""
        outermost = self._undo is None
        if self._undo is None:
            self._undo = []
        return outermost, len(self._undo), len(self._events_since)

    def revert(self, mark: int, events: int) -> None:
        """Undo every write and forget every event since the marks."""
        undo = self._undo or []
        while len(undo) > mark:
            documents, key, old, placed = undo.pop()
            documents.undo(key, old, placed)
        del self._events_since[events:]

    def commit(self) -> None:
        """End the outermost unit: what it did stands."""
        undo, self._undo = self._undo, None
        if undo:
            for documents, key, _, _ in undo:
                documents.settle(key)
        if self._events_since:
            self.events.extend(self._events_since)
            self.pending.extend(self._events_since)
            self._events_since = []
            del self.events[:-EVENTS_LENGTH]

    def emit(self, event_type: str, payload: Mapping[str, Any]) -> None:
        """Record a domain event; outside a unit of work it is pending at once."""
        event = {
            "id": self.ids.uuid(),
            "type": event_type,
            "at": instant(self.clock.now()),
            "tenant": self.tenant,
            "payload": dict(payload),
        }
        if self._undo is None:
            self.events.append(event)
            self.pending.append(event)
        else:
            self._events_since.append(event)

    # Steps that services put off (engine/jobs.py).

    def put_off(self, step: Mapping[str, Any]) -> None:
        """Keep a step `{id, service, step, at, payload}` until the clock reaches `at` (epoch seconds)."""
        self.steps.put(step["id"], dict(step))
        self.due = step["at"] if self.due is None else min(self.due, step["at"])

    def take_due(self) -> dict[str, Any] | None:
        """Remove and give the earliest step whose moment has come; None when there is none."""
        agenda = self.steps.remembered("agenda", lambda: sorted(self.steps.ids(), key=self._at), self._mended)
        self.due = self._at(agenda[0]) if agenda else None
        if self.due is None or self.due > self.clock.seconds():
            return None
        first = self.steps.get(agenda[0])
        self.steps.delete(agenda[0])
        return first

    def _at(self, step: str) -> float:
        at: float = (self.steps.peek(step) or {})["at"]
        return at

    def _mended(self, agenda: list[str], changes: Changes) -> list[str]:
        """The steps in order of their moments, after some came, changed and went, mostly the first ones."""
        changed = {step for step, before in changes.before.items() if before is not None}
        while agenda and agenda[0] in changed:
            changed.discard(agenda.pop(0))
        if changed:
            agenda[:] = [step for step in agenda if step not in changed]
        for step in self.steps.in_order(step for step in changes.before if step in self.steps):
            insort(agenda, step, key=self._at)
        return agenda

    # Snapshots and reset.

    def snapshot(self) -> Snapshot:
        """The world as it is now; costs one reference per collection."""
        return Snapshot(
            {key: documents.freeze() for key, documents in self._collections.items()},
            frozenset(self._loaded),
            self.clock.dump(),
            self.ids.dump(),
            dict(self.switches),
            self._emptied,
            self.clock.now(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot; services first used since then start from their seed again."""
        later = self._loaded - snapshot.services
        for key, documents in self._collections.items():
            documents.thaw(snapshot.collections.get(key))
        for key, frozen in snapshot.collections.items():
            if key not in self._collections:
                self._made(*key).thaw(frozen)
        self._loaded = set(snapshot.services)
        self._emptied = snapshot.emptied
        for service in later:
            self.load(service)
        self.clock.load(snapshot.clock)
        self.ids.load(snapshot.ids)
        self.switches = dict(snapshot.switches)
        self.due = 0.0

    def restored(self, snapshot: Snapshot) -> dict[tuple[str, str], Frozen]:
        """The contents that `restore` would give: the snapshot's, and the seeds of services used since."""
        found = dict(snapshot.collections)
        for service in self._loaded - snapshot.services:
            for name, frozen in ({} if snapshot.emptied else self._seeded(service)).items():
                found[service, name] = frozen
        return found

    def reset(self, service: str | None = None, *, empty: bool = False) -> None:
        """Return to the seed (or to nothing): one service's documents, or the world with all its records.

        An emptied world stays empty for services not used yet, until it is reset to its seed.
        """
        if service is None:
            self.clock.reset()
            self.began = self.clock.now()
            self._bases = {}
        names = [service] if service else self.services
        self._clear({*names, *OWN} if service is None else {service})
        for step in self.steps.find("service", service):
            self.steps.delete(step)
        for name in names:
            self._loaded.add(name)
            if not empty:
                self._fill(name)
        if service is None:
            self._emptied = empty
            self.ids.reset()
            for record in (
                self.switches,
                self.faults,
                self.problems,
                self.events,
                self.pending,
                self.outbound,
                self.journal,
            ):
                record.clear()

    def reseed(self, base: Base) -> None:
        """Start from another seed."""
        self.based_on(base)
        self.reset()

    def based_on(self, base: Base) -> None:
        """Let services that are not used yet, and the next reset, start from another seed."""
        self._base, self._bases = base, {}

    @property
    def seeded_by(self) -> Base:
        """What the world starts from."""
        return self._base

    def adopt(self, other: World) -> None:
        """Take over documents, seed, clock and switches of another world.

        Tokens and the sequence of ids stay this world's own: the same ids would be the same tokens.
        """
        snapshot = other.snapshot()
        for key in [key for key in snapshot.collections if key[0] == TOKENS]:
            del snapshot.collections[key]
        self._base, self._bases, self.began = other._base, dict(other._bases), other.began
        snapshot.ids = self.ids.dump()
        self.restore(snapshot)

    def _clear(self, services: set[str]) -> None:
        for (owner, _), documents in self._collections.items():
            if owner in services:
                documents.thaw(None)


class Unit:
    """The units of work of a world, one inside the other, as a context manager.

    Every request opens one: an object or a generator for each would cost several times as much.
    """

    __slots__ = ("_marks", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._marks: list[tuple[bool, int, int]] = []

    def __enter__(self) -> None:
        self._marks.append(self._world.begin())

    def __exit__(self, raised: object, *_: object) -> None:
        outermost, mark, events = self._marks.pop()
        if raised is not None:
            self._world.revert(mark, events)
        if outermost:
            self._world.commit()


@dataclass(slots=True)
class Snapshot:
    """A world at one moment."""

    collections: dict[tuple[str, str], Frozen]
    services: frozenset[str]
    clock: tuple[float, float | None]
    ids: object
    switches: dict[str, str]
    emptied: bool
    at: datetime
