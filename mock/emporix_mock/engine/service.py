"""How a service file says what the specification cannot: handlers, resources, rules, switches, access."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.legacy import Legacy
from emporix_mock.errors import BY_STATUS, EmporixError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from emporix_mock.engine.context import Handler, RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.tokens import Kind
    from emporix_mock.store.world import State

    Subscriber = Callable[[RequestContext, State, Mapping[str, Any]], None]
    Step = Callable[[RequestContext, State, datetime, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule that refuses a request; `source` says who stated it.

    Calling it gives the error to raise, marked with the rule's id so that a contract run can tell
    a refusal on purpose from a defect.
    """

    id: str
    status: int
    source: str
    type: str | None = None

    def __call__(self, message: str = "", **error: Any) -> EmporixError:
        """The error of this rule: arguments as of `EmporixError`."""
        error.setdefault("type", self.type)
        return BY_STATUS[self.status](message, rule=self.id, **error)


@dataclass(frozen=True, slots=True)
class Switch:
    """A choice that Emporix documents nowhere: its default, the alternatives, why this default."""

    id: str
    default: str
    values: tuple[str, ...]
    about: str
    source: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an operation where the document does not say it right."""

    kinds: tuple[Kind, ...] = ()
    scopes: tuple[str, ...] = ()
    wrong_kind: int = 401


@dataclass(frozen=True, slots=True)
class Alias:
    """A path that clients call and no document has; it is served by a documented operation."""

    method: str
    path: str
    operation_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What the stored form of a collection is, for those who write documents into it from outside (seeds).

    For the collection of a resource only what differs is said; None means as the resource has it.
    `key` is the field that holds the id; `new_id` the method of the id source that fills it where it
    is absent, or "given"; `parent` names what the documents stand below (customers of addresses).
    `schema` is the operation whose success body the stored form must satisfy, one of its elements
    where that is a list; `parts` says it for single fields: field to (operation, dotted path in its
    body). `computed` are fields that only answers have, `private` ones that only the store has.
    `references` maps a dotted field (`_parent` for the parent) to the "service/collection" that must
    hold its value as an id. `times` are dotted fields set to the present where they are absent;
    `stamp` writes a moment, `spelling` an id, as this collection stores them (None: as most services do).
    """

    name: str
    key: str | None = None
    new_id: str | None = None
    parent: str | None = None
    schema: str | None = None
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    computed: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    times: tuple[str, ...] | None = None
    stamp: Callable[[datetime], str] | None = None
    spelling: Callable[[str], str] = str


@dataclass(slots=True)
class Service:
    """One service file. `name` is the service's name in the catalogue."""

    name: str
    handlers: dict[str, Handler] = field(default_factory=dict)
    resources: list[Resource] = field(default_factory=list)
    collections: dict[str, Collection] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    switches: dict[str, Switch] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    aliases: list[Alias] = field(default_factory=list)
    subscriptions: dict[str, Subscriber] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    media_types: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameter_aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    per_item: set[str] = field(default_factory=set)
    pages: dict[str, Handler] = field(default_factory=dict)
    legacies: list[Legacy] = field(default_factory=list)

    def operation(self, operation_id: str, *, per_item: bool = False) -> Callable[[Handler], Handler]:
        """Register the handler of an operation. A document that lacks the operation stops the start.

        `per_item` leaves the elements of a body that is a list to the handler (`engine.bulk.run`), so
        that one that breaks the document is refused alone.
        """

        def register(handler: Handler) -> Handler:
            self.handlers[operation_id] = handler
            if per_item:
                self.per_item.add(operation_id)
            return handler

        return register

    def page(self, path: str) -> Callable[[Handler], Handler]:
        """Register what GET gives at a path beside the document, to anybody and without a token.

        For the URLs that a service hands out: files, schemas. The path names its tenant; the handler
        gets a context without principal, query and headers, and answers a `Result`.
        """

        def register(handler: Handler) -> Handler:
            self.pages[path] = handler
            return handler

        return register

    def resource(self, resource: Resource) -> Resource:
        """Register a generic resource; its operations are those of the document below its path."""
        self.resources.append(resource)
        return resource

    def collection(self, name: str, **stored: Any) -> Collection:
        """Say what a stored collection is that is no resource's, or what a resource's cannot say.

        Arguments as of `Collection`.
        """
        found = self.collections[name] = Collection(name, **stored)
        return found

    def rule(self, name: str, status: int, *, source: str, type: str | None = None) -> Rule:  # noqa: A002
        """Declare a business rule, `<service>/<name>`."""
        rule = Rule(f"{self.name}/{name}", status, source, type)
        self.rules[rule.id] = rule
        return rule

    def switch(self, name: str, *values: str, about: str, source: str) -> Switch:
        """Declare a choice, `<service>/<name>`; the first value is the default."""
        switch = Switch(f"{self.name}/{name}", values[0], values, about, source)
        self.switches[switch.id] = switch
        return switch

    def permit(
        self,
        operation_ids: Sequence[str],
        *,
        kinds: Sequence[Kind] = (),
        scopes: Sequence[str] = (),
        wrong_kind: int = 401,
    ) -> None:
        """Say who may call operations, instead of the document: these kinds of token, one of these scopes."""
        for operation_id in operation_ids:
            self.access[operation_id] = Access(tuple(kinds), tuple(scopes), wrong_kind)

    def alias(self, method: str, path: str, operation_id: str, *, source: str) -> None:
        """Serve an undocumented path by a documented operation."""
        self.aliases.append(Alias(method, path, operation_id, source))

    def legacy(
        self, method: str, path: str, *, like: str, source: str, status: int = 200, **query: tuple[str, ...]
    ) -> Callable[[Handler], Handler]:
        """Register the handler of an old operation that no document has; see `Legacy`."""

        def register(handler: Handler) -> Handler:
            own = f"{method}-legacy-{path.strip('/').replace('/', '-')}"
            self.legacies.append(Legacy(method, path, own, like, status, source, **query))
            self.handlers[own] = handler
            return handler

        return register

    def accept(self, operation_id: str, *media_types: str) -> None:
        """Take further media types than the document lists, read like the first of them."""
        self.media_types[operation_id] = media_types

    def alias_parameter(self, operation_id: str, given: str, documented: str, *, source: str) -> None:
        """Read the undocumented query parameter `given` as the `documented` one; `source`: who sends it.

        `name.*` stands for the parameter `name` with any language, which stays a part of its name.
        """
        del source
        self.parameter_aliases.setdefault(operation_id, {})[given] = documented

    def on(self, event_type: str) -> Callable[[Subscriber], Subscriber]:
        """Register what this service does after a domain event, in a unit of work of its own."""

        def register(subscriber: Subscriber) -> Subscriber:
            self.subscriptions[event_type] = subscriber
            return subscriber

        return register

    def step(self, name: str) -> Callable[[Step], Step]:
        """Register what a step that was put off does (`engine.jobs`): `handler(ctx, state, at, payload)`.

        `at` is the moment it was put off to, which the clock may have left behind by far.
        """

        def register(step: Step) -> Step:
            self.steps[name] = step
            return step

        return register
