"""Checks of seeded documents: against the schema of what their service answers, and against each other."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.resource import PARENT
from emporix_mock.seed.moments import settle
from emporix_mock.seed.refusal import Refusal
from emporix_mock.seed.shape import Shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emporix_mock.seed.layout import Layout
    from emporix_mock.seed.rows import Place, Row, Rows
    from emporix_mock.seed.shape import Shape

_SOME_DAY = datetime(2025, 1, 31, 9, tzinfo=UTC)
_LONGEST = 160
_MEND = {
    "type": "write such a value (text that looks like a number or a boolean needs quotes)",
    "enum": "write one of these",
    "format": "write it in that form",
    "additionalProperties": "remove it",
}


def check_schemas(
    service: str, document: Mapping[str, Any], rows: Rows, layouts: Mapping[str, Layout]
) -> None:
    """Refuse the first row that its collection's schema does not allow.

    `document` is the specification of `service` in the form the server loads. Raises `Refusal`.
    """
    shapes = Shapes(service, document)
    for name, entries in rows.items():
        layout = layouts[name]
        origin = layout.declared.schema or (shapes.reader(layout.path) if layout.path else None)
        whole = shapes.answer(origin) if origin else None
        parts = {field: shapes.answer(*where) for field, where in layout.declared.parts.items()}
        for row in entries:
            stored = _as_stored(row, layout)
            if whole is not None:
                _check(stored, (), layout, shapes, whole, row.at)
            for field, shape in parts.items():
                if field in stored:
                    _check(stored[field], (field,), layout, shapes, shape, row.at)


def _as_stored(row: Row, layout: Layout) -> dict[str, Any]:
    document = deepcopy(row.document) if row.times else dict(row.document)
    document.pop(PARENT, None)
    settle(document, row.times, _SOME_DAY, layout.stamp)
    return document


def _check(  # one value, where it stands, and what it is checked against
    value: Any, inside: Place, layout: Layout, shapes: Shapes, shape: Shape, at: Place
) -> None:
    slip = shapes.misspelt(value, shape)
    if slip is not None and not _private((*inside, *slip[0]), layout):
        (*_, name), near = slip
        raise Refusal(
            (*at, *inside, *slip[0]), f"unknown field '{name}' ({shape.origin})", f"did you mean '{near}'?"
        )
    if shape.validator.is_valid(value):
        return
    for error in shape.validator.iter_errors(value):
        path = (*inside, *error.instance_path)
        if not _allowed(error, path, layout):
            rule = f"{_clip(error.message)} ({error.kind.name}, {shape.origin})"
            raise Refusal((*at, *path), rule, _mend(error))


def _allowed(error: Any, path: Place, layout: Layout) -> bool:
    names = [part for part in path if isinstance(part, str)]
    if error.kind.name == "required":
        return ".".join([*names, _missing(error)]) in layout.declared.computed
    if error.kind.name == "additionalProperties":
        return all(_private((*names, name), layout) for name in error.kind.unexpected)
    return _private(path, layout)


def _private(path: Place, layout: Layout) -> bool:
    """Whether a place lies in a field that only the store has."""
    dotted = ".".join(part for part in path if isinstance(part, str)) + "."
    return any(dotted.startswith(f"{field}.") for field in layout.declared.private)


def _missing(error: Any) -> str:
    name: str = error.kind.property
    return name.strip('"')


def _mend(error: Any) -> str:
    kind = error.kind.name
    if kind == "required":
        return f"add {_missing(error)}"
    if kind == "format" and error.kind.format == "date-time":
        return "write it like 2025-01-31T09:00:00.000Z, or relative like now-30d"
    return _MEND.get(kind, "write a value that this rule allows")


def _clip(message: str) -> str:
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"


# References.


def check_references(
    rows: Rows, layouts: Mapping[str, Layout], ids_of: Callable[[str, str], frozenset[str]]
) -> None:
    """Refuse the first id that names nothing. `ids_of` gives the ids of a service's collection.

    Raises `Refusal`.
    """
    for name, entries in rows.items():
        for field, target in layouts[name].declared.references.items():
            service, _, collection = target.partition("/")
            known = ids_of(service, collection) if entries else frozenset()
            for row in entries:
                for place, value in _values(row, field):
                    if value not in known:
                        rule = f"{value!r} names nothing in {collection} of {service} (reference)"
                        raise Refusal(place, rule, f"seed it in {service}.yaml or name one that is there")


def _values(row: Row, field: str) -> Iterator[tuple[Place, Any]]:
    if field == PARENT:
        yield row.at[:-1], row.document[PARENT]
    else:
        yield from _reached(row.document, field.split("."), row.at)


def _reached(value: Any, path: list[str], at: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from _reached(element, path, (*at, index))
    elif not path:
        if value not in (None, ""):
            yield at, value
    elif isinstance(value, dict) and path[0] in value:
        yield from _reached(value[path[0]], path[1:], (*at, path[0]))
