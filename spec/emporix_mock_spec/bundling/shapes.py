"""Equal schemas found, whether they were named or written in place: each group becomes one component.

A schema worth a name is a *node*; inside other schemas `{"$node": number}` stands for it. Nodes are equal
when they are equal after exchanging equal nodes, found by refining a partition as for automata, so that
recursive schemas are handled too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.bundling.strip import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Shapes", "children", "is_localized", "key_of"]

Json = dict[str, Any]

_LOCALIZED: Final = frozenset({"name", "description", "title", "localizedName"})


class Shapes:
    """The nodes of one document. `place` every schema first, then ask `classes`."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._component: dict[str, int] = {}
        self._cyclic = {name for name in schemas if name in _reached(schemas, name)}
        self.nodes: list[Json] = []
        self.names: dict[int, str] = {}

    def place(self, schema: Json, *, prop: str = "", top: bool = False) -> Json:
        """`schema` with nodes for what deserves a name. `top` marks bodies, `prop` is its property."""
        if "$ref" in schema:
            name = str(schema["$ref"]).removeprefix(SCHEMAS)
            target = self._schemas.get(name, {})
            if name in self._cyclic or _keeps_name(target):
                return {"$node": self._named(name, target)}
            return self.place(target, prop=prop, top=top)
        if _deserves_name(schema, prop, top=top):
            self.nodes.append({})
            number = len(self.nodes) - 1
            self.nodes[number] = self._inside(schema, top=False)
            return {"$node": number}
        return self._inside(schema, top=top)

    def _named(self, name: str, target: Json) -> int:
        if name not in self._component:
            self.nodes.append({})
            number = self._component[name] = len(self.nodes) - 1
            self.names[number] = name
            self.nodes[number] = (
                self._inside(target, top=False) if "$ref" not in target else self.place(target)
            )
        return self._component[name]

    def _inside(self, schema: Json, *, top: bool) -> Json:
        out = dict(schema)
        if "properties" in out:
            out["properties"] = {
                name: self.place(part, prop=name) for name, part in out["properties"].items()
            }
        if "items" in out:
            out["items"] = self.place(out["items"], top=top)
        for word in ("additionalProperties", "not"):
            if isinstance(out.get(word), dict):
                out[word] = self.place(out[word])
        for word in ("allOf", "oneOf", "anyOf"):
            if word in out:
                out[word] = [self.place(part) for part in out[word]]
        return out

    def classes(self) -> list[int]:
        """For each node the first node that equals it."""
        group = [0] * len(self.nodes)
        while True:
            seen: dict[tuple[int, str], int] = {}
            finer = [
                seen.setdefault((group[number], key_of(node, group)), number)
                for number, node in enumerate(self.nodes)
            ]
            if len(set(finer)) == len(set(group)):
                return finer
            group = finer


def key_of(schema: Any, group: list[int]) -> str:
    """A text that is equal for equal schemas; sets written as lists are sorted, nodes are their group."""
    return json.dumps(_canonical(schema, group), sort_keys=True)


def _canonical(value: Any, group: list[int]) -> Any:
    if isinstance(value, list):
        return [_canonical(part, group) for part in value]
    if not isinstance(value, dict):
        return value
    if "$node" in value:
        return {"$node": group[value["$node"]]}
    out = {key: _canonical(part, group) for key, part in value.items()}
    for key in ("enum", "required"):
        if isinstance(out.get(key), list):
            out[key] = sorted(out[key], key=str)
    return out


def children(schema: Json) -> Iterator[tuple[str, str, Json]]:
    """Keyword, property name (empty where there is none) and schema of each direct part of `schema`."""
    for name, part in (schema.get("properties") or {}).items():
        yield "properties", name, part
    for word in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(word), dict):
            yield word, "", schema[word]
    for word in ("allOf", "oneOf", "anyOf"):
        for number, part in enumerate(schema.get(word) or ()):
            yield word, str(number), part


def _reached(schemas: Mapping[str, Json], start: str) -> set[str]:
    """Names of schemas that `start` refers to, at any depth."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for name in _references(schemas.get(todo.pop(), {})):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def _references(schema: Json) -> Iterator[str]:
    if "$ref" in schema:
        yield str(schema["$ref"]).removeprefix(SCHEMAS)
    for _, _, part in children(schema):
        yield from _references(part)


def _keeps_name(schema: Json) -> bool:
    """Named objects, combinations, choices and patterns stay; arrays, maps and plain scalars go inline."""
    return _is_combined(schema) or bool(schema.get("properties")) or _is_choice(schema) or "pattern" in schema


def _deserves_name(schema: Json, prop: str, *, top: bool) -> bool:
    if top:
        return _is_combined(schema) or bool(schema.get("properties"))
    several = len(schema.get("properties") or ()) > 1 or _is_combined(schema)
    return several or _is_choice(schema) or is_localized(schema, prop)


def is_localized(schema: Json, prop: str) -> bool:
    """Whether a map of texts is one text in several languages; other maps of texts mean other things."""
    return prop in _LOCALIZED and schema == {"type": "object", "additionalProperties": {"type": "string"}}


def _is_combined(schema: Json) -> bool:
    return any(len(schema.get(word) or ()) > 1 for word in ("allOf", "oneOf", "anyOf")) or (
        "properties" in schema and any(word in schema for word in ("allOf", "oneOf", "anyOf"))
    )


def _is_choice(schema: Json) -> bool:
    return set(schema) == {"type", "enum"} and len(schema["enum"]) > 1
