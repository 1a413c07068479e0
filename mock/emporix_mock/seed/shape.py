"""Schemas of a service's answers by operation, and what they say about the names of fields."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.validation import Schemas
from emporix_mock_spec.operation import at, escape, follow, operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import jsonschema_rs

    from emporix_mock.seed.rows import Place

_ALTERNATIVES = ("allOf", "oneOf", "anyOf")
_NEAR = 0.75  # two letters of four the wrong way round


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema: the operation it is of, where it stands in the document, and its validator."""

    origin: str
    pointer: str
    validator: jsonschema_rs.Draft4Validator


class Shapes:
    """The schemas of one service's `document` in the form the server loads."""

    def __init__(self, service: str, document: Mapping[str, Any]) -> None:
        self._service = service
        self._document = document
        self._schemas = Schemas(service, document)
        self._member = lru_cache(maxsize=None)(self._find_member)
        self._names = lru_cache(maxsize=None)(self._find_names)

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, str]]:
        return {oid: (method, path) for method, path, oid in operations(self._document, self._service)}

    def reader(self, path: str) -> str | None:
        """The operation that reads an item of the resource at `path`, else the one that lists them."""
        gets = {p: oid for oid, (method, p) in self._places.items() if method == "get"}
        depth = path.count("/") + 1
        item = next((p for p in gets if p.startswith(f"{path}/{{") and p.count("/") == depth), path)
        return gets.get(item)

    def answer(self, origin: str, dotted: str = "") -> Shape:
        """The success body of an operation, one of its elements where it is a list, or a field in it.

        Raises `LookupError` for an operation or a field that the document does not have.
        """
        method, path = self._places[origin]
        spec = operation(self._document, self._service, method, path)
        content = next(iter(spec.responses[spec.success].values()))
        _, pointer = follow(self._document, content.schema, content.pointer)
        if at(self._document, pointer).get("type") == "array":
            pointer += "/items"
        for name in dotted.split(".") if dotted else ():
            found = self._member(pointer, name)
            if found is None:
                raise LookupError(f"the answer of {origin} has no field {dotted}")
            pointer = found
        return Shape(origin, pointer, self._schemas.validator(pointer))

    def misspelt(self, value: Any, shape: Shape) -> tuple[Place, str] | None:
        """The first field that the schema does not have and whose name is nearly that of an absent one."""
        return next(self._misspelt(value, shape.pointer, ()), None)

    def _misspelt(self, value: Any, pointer: str, place: Place) -> Iterator[tuple[Place, str]]:
        if isinstance(value, list):
            for index, element in enumerate(value):
                yield from self._misspelt(element, pointer, (*place, index))
        elif isinstance(value, dict):
            for name, member in value.items():
                found = self._member(pointer, name)
                if found is not None:
                    yield from self._misspelt(member, found, (*place, name))
                    continue
                absent = [known for known in self._names(pointer) if known not in value]
                for near in get_close_matches(name, absent, n=1, cutoff=_NEAR):
                    yield (*place, name), near

    def _find_member(self, pointer: str, name: str) -> str | None:
        """Where the schema of a member stands, of an object or of the objects in a list."""
        node, pointer = follow(self._document, at(self._document, pointer), pointer)
        if name in (node.get("properties") or {}):
            return f"{pointer}/properties/{escape(name)}"
        found = (self._member(part, name) for part in _parts(node, pointer))
        return next((part for part in found if part is not None), None)

    def _find_names(self, pointer: str) -> tuple[str, ...]:
        node, pointer = follow(self._document, at(self._document, pointer), pointer)
        names = dict.fromkeys(node.get("properties") or ())
        for part in _parts(node, pointer):
            names |= dict.fromkeys(self._names(part))
        return tuple(names)


def _parts(node: Mapping[str, Any], pointer: str) -> list[str]:
    parts = [f"{pointer}/{word}/{i}" for word in _ALTERNATIVES for i in range(len(node.get(word) or ()))]
    return [*parts, f"{pointer}/items"] if "items" in node else parts
