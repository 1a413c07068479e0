"""A valid value for a schema: the same at every call, small, and like what the API would send.

Values are made for one alternative of the schema after another (`composition`). Where the parts say more
together than each for itself (a choice, `not`), a value is kept only if the whole schema accepts it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from emporix_mock.engine.composition import Place, alternatives
from emporix_mock.engine.scalars import numbers, texts
from emporix_mock_spec.operation import follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emporix_mock.engine.composition import Alternative
    from emporix_mock.engine.validation import Schemas

MISSING: Final = object()

_WHOLE: Final = ("oneOf", "anyOf", "not", "minProperties", "maxProperties", "uniqueItems")
_LEAF: Final = (
    *("type", "enum", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
_STEPS: Final = 5000  # a bound on the work for one value, far above what any documented schema takes


class Fill(Enum):
    """Which optional properties an object gets."""

    LEAST = "none"
    SENT = "plain ones at the top if nothing is required"
    USUAL = "all at the top, plain ones below"
    MOST = "all"


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the value we are: property name, depth of objects, references passed on the way."""

    fill: Fill
    name: str = ""
    depth: int = 0
    path: frozenset[str] = frozenset()


class Generator:
    """Makes values for schemas of one document."""

    def __init__(self, document: Mapping[str, Any], schemas: Schemas, *, request: bool) -> None:
        self._document = document
        self._schemas = schemas
        self._hidden = "readOnly" if request else "writeOnly"
        self._fill = Fill.SENT if request else Fill.USUAL
        self._steps = 0

    def value(self, place: Place) -> Any:
        """A value valid for the schema at `place`, `MISSING` where none was found.

        A response body has optional properties too, a request body those only where it requires none.
        """
        self._steps = _STEPS
        for value in self._values((place,), _Spot(self._fill)):
            if self._accepted((place,), value):
                return value
        return MISSING

    def _values(self, roots: tuple[Place, ...], spot: _Spot) -> Iterator[Any]:
        """Values for all of `roots` at once, best first."""
        for found in alternatives(self._document, roots, spot.path):
            self._steps -= 1
            if self._steps <= 0:
                return
            yield from (value for value in _stated(found, spot) if self._accepted(roots, value))
            whole = any(found.each(keyword) for keyword in _WHOLE)
            inner = replace(spot, path=spot.path | found.refs)
            for value in self._made(found, inner):
                if not whole or self._accepted(roots, value):
                    yield value
        followed = (follow(self._document, root.schema, "") for root in roots)
        if any(Place(*target).nullable for target in followed) and self._accepted(roots, None):
            yield None

    def _accepted(self, roots: Iterable[Place], value: Any) -> bool:
        self._steps -= 1
        valid = (self._schemas.validator(root.pointer).is_valid(value) for root in roots)
        return self._steps > 0 and all(valid)

    def _made(self, found: Alternative, spot: _Spot) -> Iterator[Any]:
        parts = [part.schema for part in found.parts]
        plain = [{key: part[key] for key in _LEAF if key in part} for part in parts]
        leaf = jsonschema_rs.Draft4Validator({"allOf": [{}, *plain]}, validate_formats=True)
        enums = found.each("enum")
        if enums:
            yield from filter(leaf.is_valid, enums[0])
            return
        for kind in found.kinds() or (["string"] if spot.name else ["object"]):
            match kind:
                case "object":
                    yield from self._objects(found, spot)
                case "array":
                    yield from self._arrays(found, spot)
                case "string":
                    yield from filter(leaf.is_valid, texts(parts, spot.name))
                case "integer" | "number":
                    yield from filter(leaf.is_valid, numbers(parts, spot.name, whole=kind == "integer"))
                case "boolean":
                    yield from (True, False)

    def _arrays(self, found: Alternative, spot: _Spot) -> Iterator[list[Any]]:
        low = max(found.each("minItems"), default=0)
        high = min(found.each("maxItems"), default=max(low, 1))
        items = found.items()
        if high and low > 1 and any(found.each("uniqueItems")):
            several: list[Any] = []
            for value in self._values(items, spot):
                if value not in several:
                    several.append(value)
                if len(several) == low:
                    yield several
                    break
        elif high and (items or low):
            yield from ([value] * max(low, 1) for value in self._values(items, spot))
        if low == 0:
            yield []

    def _objects(self, found: Alternative, spot: _Spot) -> Iterator[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for fill in dict.fromkeys((spot.fill, *Fill)):
            value = self._object(found, replace(spot, fill=fill))
            if value is not None and value not in made:
                made.append(value)
                yield value
        # Overlapping branches are told apart by one property more often than by several.
        for value in made[:1]:
            for name in value:
                inner = replace(spot, fill=Fill.LEAST, name=name, depth=spot.depth + 1)
                for other in self._values(found.member(name) or (), inner):
                    if other != value[name]:
                        yield {**value, name: other}

    def _object(self, found: Alternative, spot: _Spot) -> dict[str, Any] | None:
        """An object filled as `spot` says; None where a required property can have no value."""
        required = dict.fromkeys(itertools.chain(*found.each("required")))
        declared = dict.fromkeys(itertools.chain(*found.each("properties")))
        out: dict[str, Any] = {}
        for name in {**declared, **required}:
            roots = found.member(name)
            inner = replace(spot, name=name, depth=spot.depth + 1)
            if name not in required and not self._wanted(roots, spot, bare=not required):
                continue
            value = MISSING if roots is None else next(self._values(roots, inner), MISSING)
            if value is not MISSING:
                out[name] = value
            elif name in required:
                return None
        self._add_entries(found, spot, out, declared=bool(declared))
        return out

    def _wanted(self, roots: tuple[Place, ...] | None, spot: _Spot, *, bare: bool) -> bool:
        """Whether an optional property belongs into the object; `bare` when nothing else is in it."""
        if roots is None:
            return False
        schemas = [follow(self._document, root.schema, "")[0] for root in roots]
        if any(schema.get(self._hidden) or schema.get("deprecated") for schema in schemas):
            return False
        match spot.fill:
            case Fill.LEAST:
                return False
            case Fill.SENT:
                return bare and spot.depth == 0 and self._plain(roots)
            case Fill.USUAL if spot.depth == 0:
                return any(schemas)
            case Fill.USUAL:
                return spot.depth < (4 if bare else 2) and self._plain(roots)
            case Fill.MOST:
                return spot.depth < 3

    def _plain(self, roots: tuple[Place, ...]) -> bool:
        """Whether the schemas ask for text, a number or a truth value."""
        found = next(alternatives(self._document, roots, frozenset()), None)
        if found is None or not (found.kinds() or found.each("enum")):
            return False
        return {"object", "array"}.isdisjoint(found.kinds())

    def _add_entries(self, found: Alternative, spot: _Spot, out: dict[str, Any], *, declared: bool) -> None:
        """Add entries of free names: one to a map that would be empty, and as many as are demanded."""
        maps = any(isinstance(entry, dict) and entry for entry in found.each("additionalProperties"))
        wanted = max(found.each("minProperties"), default=0)
        if maps and not declared and spot.fill in (Fill.USUAL, Fill.MOST):
            wanted = max(wanted, 1)
        # Most maps of texts in this API hold translations.
        names = ("en", "key", *(f"key{number}" for number in range(2, wanted + 1)))
        for name in names:
            roots = found.member(name)
            if len(out) >= wanted or roots is None:
                return
            value = next(self._values(roots, replace(spot, depth=spot.depth + 1)), MISSING)
            if name not in out and value is not MISSING and (name != "en" or isinstance(value, str)):
                out[name] = value


def _stated(found: Alternative, spot: _Spot) -> Iterator[Any]:
    """Example and default of the schema itself. Inside a small object no ready-made larger one."""
    for value in (*found.each("example"), *found.each("default")):
        if not (isinstance(value, dict | list) and spot.fill in (Fill.LEAST, Fill.SENT) and spot.depth):
            yield value
