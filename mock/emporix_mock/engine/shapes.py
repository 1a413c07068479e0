"""What object a schema describes: the names of its members, all alternatives taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.operation import follow

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST: Final = 6
_TOGETHER: Final = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema seen from far: its `kind`, and the members of the object or of the array's elements.

    `kind` is object, array, scalar, or none for no body at all. `open` says that other members than
    those of `names` are welcome.
    """

    kind: str
    names: Mapping[str, Any]
    open: bool = False


NO_BODY: Final = Shape("none", {})


def shape_of(document: Mapping[str, Any], schema: Mapping[str, Any] | None) -> Shape:
    """The shape of `schema`, whose references lead into `document`."""
    node = follow(document, schema, "")[0]
    if not isinstance(node, dict):
        return NO_BODY
    element = _element(document, node)
    names, free = members(document, node if element is None else element)
    if element is not None:
        return Shape("array", names, free)
    kind = "object" if names or node.get("type") == "object" else "scalar"
    return Shape(kind, names, free)


def _element(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of the elements, of an array or of one that is the first of several alternatives."""
    if node.get("type") == "array" or "items" in node:
        return node.get("items") or {}
    for word in _TOGETHER:
        for part in (node.get(word) or ())[:1]:
            found = follow(document, part, "")[0]
            if isinstance(found, dict):
                return _element(document, found)
    return None


def members(
    document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0
) -> tuple[dict[str, Any], bool]:
    """Member names with their schemas, and whether the object is free to have others.

    An object is free where its schema says so or names no member at all.
    """
    node = follow(document, schema, "")[0]
    if not isinstance(node, dict) or depth > _DEEPEST:
        return {}, True
    names: dict[str, Any] = dict(node.get("properties") or {})
    free = bool(node.get("additionalProperties"))
    for word in _TOGETHER:
        for part in node.get(word) or ():
            more, _ = members(document, part, depth + 1)
            names.update(more)
            free = free or bool(follow(document, part, "")[0].get("additionalProperties"))
    return names, free or not names


def member_at(document: Mapping[str, Any], names: Mapping[str, Any], path: str) -> bool:
    """Whether a dotted path leads to a member; arrays on the way are entered."""
    name, _, rest = path.partition(".")
    if name not in names:
        return False
    return not rest or member_at(document, shape_of(document, names[name]).names, rest)


def writable(document: Mapping[str, Any], shape: Shape) -> frozenset[str] | None:
    """The members that a body may bring; None where it may bring any."""
    if shape.open or not shape.names:
        return None
    nodes = {name: follow(document, node, "")[0] for name, node in shape.names.items()}
    return frozenset(
        name for name, node in nodes.items() if not (isinstance(node, dict) and node.get("readOnly"))
    )
