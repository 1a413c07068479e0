"""What a write must find and what it takes along: unique values, references, dependants, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.field_paths import split_path, values_at
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State


def check_unique(resource: Resource, state: State, new: Document, stored: str) -> None:
    """Raise `duplicate` where another document below the same parent has a value that is unique."""
    documents = state.collection(resource.collection)
    for fields in resource.unique:
        names = (fields,) if isinstance(fields, str) else fields
        for conditions in _combinations(new, names):
            if new.get(PARENT) is not None:
                conditions = (*conditions, (PARENT, new[PARENT]))  # noqa: PLW2901
            for key in _all_of(documents, conditions):
                if key != stored:
                    raise resource.duplicate(str(conditions[0][1]))


def _combinations(new: Document, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, Any], ...]]:
    """The values that must be unique together; a language map gives one combination per language."""
    found: list[tuple[tuple[str, Any], ...]] = [()]
    for name in names:
        choices: list[tuple[str, Any]] = []
        for value in values_at(new, split_path(name)):
            if isinstance(value, dict):
                choices += [(f"{name}.{inner}", text) for inner, text in value.items() if text is not None]
            elif value is not None:
                choices.append((name, value))
        found = [(*start, choice) for start in found for choice in choices]
    yield from found


def _all_of(documents: Documents, conditions: Iterable[tuple[str, Any]]) -> set[str]:
    sets = [set(documents.find(field, value)) for field, value in conditions]
    return set.intersection(*sets) if sets else set()


def check_references(resource: Resource, ctx: RequestContext, state: State, new: Document) -> None:
    """Raise 400 for a value that what it refers to does not know."""
    for field, target in resource.references.items():
        for value in values_at(new, split_path(field)):
            if value is None or isinstance(value, dict):
                continue
            known = _holds(state, target, value) if isinstance(target, str) else target(ctx, state, value)
            if not known:
                raise BadRequest(
                    CONSTRAINTS,
                    type="validation_violation",
                    details=[
                        Detail(f"{field} '{value}' does not exist", field, "element_resource_non_existing")
                    ],
                    rule="engine/unknown-reference",
                )


def _holds(state: State, target: str, value: Any) -> bool:
    service, _, name = target.rpartition("/")
    owner = state.world.state(service) if service else state
    return str(value) in owner.collection(name)


def check_held(
    resource: Resource, ctx: RequestContext, state: State, stored: str, document: Document
) -> None:
    """Raise 400 where others hang on a document that is to go, unless the request forces it."""
    if ctx.query.get("force") or ctx.query.get("forceDelete"):
        return
    for name, field in resource.held_by.items():
        if dependants(resource, state.collection(name), field, stored, document):
            key = str(document[resource.key])
            if resource.held is not None:
                raise resource.held(key)
            raise BadRequest(
                "Constraint validation failed",
                type="validation_violation",
                details=[f"{name} of {key} have to be removed first."],
                rule="engine/held",
            )


def dependants(
    resource: Resource, documents: Documents, field: str, stored: str, document: Document
) -> list[str]:
    """The stored keys of the documents that hang on another by `field`."""
    return documents.find(field, stored if field == PARENT else document[resource.key])


def cascade(resource: Resource, state: State, stored: str, document: Document) -> None:
    """Delete what hangs on a document that is gone."""
    for name, field in (*resource.cascade.items(), *resource.held_by.items()):
        documents = state.collection(name)
        for key in dependants(resource, documents, field, stored, document):
            documents.delete(key)


def announce(
    resource: Resource, ctx: RequestContext, state: State, old: Document | None, new: Document | None
) -> None:
    """Emit the event of a write: the document, of one that is gone its id alone."""
    if resource.event is None:
        return
    verb = "created" if old is None else "deleted" if new is None else "updated"
    joint = "" if resource.event.endswith("-") else "."
    if resource.payload is not None:
        payload = resource.payload(ctx, state, old, new)
    elif new is None:
        payload = {resource.key: (old or {})[resource.key]}
    else:
        payload = {name: value for name, value in new.items() if name != PARENT}
    state.emit(f"{resource.event}{joint}{verb}", payload)
