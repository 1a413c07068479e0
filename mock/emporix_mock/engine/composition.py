"""Schemas taken apart into alternatives: conjunctions without `$ref`, `allOf`, `oneOf` and `anyOf`."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.operation import at, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMBINING: Final = ("$ref", "allOf", "oneOf", "anyOf")
_IMPLIED: Final[Mapping[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "string": ("format", "pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A schema and the JSON pointer to it in the document."""

    schema: Mapping[str, Any]
    pointer: str

    @property
    def nullable(self) -> bool:
        """Whether the schema itself admits null."""
        kinds = self.schema.get("type")
        return self.schema.get("nullable") is True or (isinstance(kinds, list) and "null" in kinds)

    def below(self, *keys: str) -> Place:
        """The schema under `keys`."""
        schema: Any = self.schema
        for key in keys:
            schema = schema[int(key)] if isinstance(schema, list) else schema[key]
        path = "/".join((self._moved, *(escape(key) for key in keys)))
        return Place(schema if isinstance(schema, dict) else {}, self.pointer + path)

    @property
    def _moved(self) -> str:
        """Where `validation.in_json_schema` puts a nullable schema that refers to others."""
        moved = self.schema.get("nullable") is True and not isinstance(self.schema.get("type"), str)
        return "/anyOf/0" if moved and any(keyword in self.schema for keyword in _COMBINING) else ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Schemas that must all hold, and the references passed to gather them."""

    parts: tuple[Place, ...]
    refs: frozenset[str]

    def each(self, keyword: str) -> list[Any]:
        """What every part that has `keyword` says there."""
        return [part.schema[keyword] for part in self.parts if keyword in part.schema]

    def kinds(self) -> list[str]:
        """The JSON types every part admits, or the ones the keywords suggest where none is named."""
        named = [kinds if isinstance(kinds, list) else [kinds] for kinds in self.each("type")]
        if not named:
            return [kind for kind, words in _IMPLIED.items() if any(self.each(word) for word in words)]
        # Every integer is a number, so `number` beside `integer` leaves `integer`.
        admitted = [{*kinds, *(["integer"] if "number" in kinds else [])} for kinds in named]
        common = [kind for kind in named[0] if all(kind in kinds for kinds in admitted)]
        return common or (["integer"] if all("integer" in kinds for kinds in admitted) else [])

    def member(self, name: str) -> tuple[Place, ...] | None:
        """The schemas that the property `name` must meet; None where a part forbids it."""
        found: list[Place] = []
        for part in self.parts:
            free = part.schema.get("additionalProperties", True)
            if name in (part.schema.get("properties") or {}):
                found.append(part.below("properties", name))
            elif free is False:
                return None
            elif isinstance(free, dict):
                found.append(part.below("additionalProperties"))
        return tuple(found)

    def items(self) -> tuple[Place, ...]:
        """The schemas that every entry of an array must meet."""
        return tuple(part.below("items") for part in self.parts if isinstance(part.schema.get("items"), dict))


def alternatives(
    document: Mapping[str, Any],
    pending: tuple[Place, ...],
    path: frozenset[str],
    parts: tuple[Place, ...] = (),
    refs: frozenset[str] = frozenset(),
) -> Iterator[Alternative]:
    """The conjunctions that all of `pending` together come down to, in the order of the document.

    `path` holds the references passed on the way here: what leads back to one of them is left out, so
    a recursive schema ends. `parts` and `refs` are what is gathered so far.
    """
    if not pending:
        yield Alternative(parts, refs)
        return
    head, rest = pending[0], pending[1:]
    reference = head.schema.get("$ref")
    if isinstance(reference, str):
        target = reference.removeprefix("#")
        if target not in path:
            found = at(document, target)
            new = (Place(found, target),) if target not in refs and isinstance(found, dict) else ()
            yield from alternatives(document, (*new, *rest), path, parts, refs | {target})
        return
    every = _branches(head, "allOf")
    choices = [_branches(head, keyword) for keyword in ("oneOf", "anyOf") if head.schema.get(keyword)]
    for chosen in itertools.product(*choices):
        yield from alternatives(document, (*every, *chosen, *rest), path, (*parts, head), refs)


def _branches(place: Place, keyword: str) -> list[Place]:
    return [place.below(keyword, str(index)) for index in range(len(place.schema.get(keyword) or ()))]
