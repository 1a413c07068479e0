"""Partial updates: merge patch (RFC 7396) and JSON Patch (RFC 6902).

All functions leave their arguments alone and give a new document or raise, so a patch takes effect as a
whole or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Case = Literal["lower", "upper"]

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_BAD_ESCAPE = re.compile(r"~(?![01])")


class PatchError(ValueError):
    """An operation that is malformed or cannot be carried out.

    `path` is the pointer as the client wrote it ("" when there is none), `index` the operation's place.
    """

    def __init__(self, message: str, path: str = "", index: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.index = index


def merge_patch(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Give `document` with the members of `patch` merged in, objects member by member.

    Null removes a member as in RFC 7396 (documented for sites only).
    """
    result = dict(document)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            old = result.get(name)
            result[name] = merge_patch(old if isinstance(old, dict) else {}, value)
        else:
            result[name] = _copy(value)
    return result


def json_patch(
    document: Mapping[str, Any],
    operations: Sequence[Any],
    *,
    cases: tuple[Case, ...] = ("lower",),
    create_parents: bool = False,
) -> dict[str, Any]:
    """Give `document` after the operations add, remove, replace, move, copy and test, in order.

    `cases` says how operations may be spelled: approval takes lower case only (measured), the AI service
    upper, quote and the bulk patch of custom instances both. `create_parents` makes missing objects on the
    way of an add. PatchError otherwise as RFC 6902 and 6901 have it.
    """
    target = _Target(_copy(dict(document)))
    for index, operation in enumerate(operations):
        try:
            _apply(target, _checked(operation, cases), create_parents=create_parents)
        except PatchError as error:
            error.index = index
            raise
    return target.document


class _Target:
    """The copy being patched, addressed by JSON pointers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def parent(self, pointer: str, *, create: bool = False) -> tuple[Any, str]:
        """Give the container a pointer ends in, and the last name."""
        names = _names(pointer)
        if not names:
            raise PatchError("The document as a whole cannot be patched", pointer)
        node: Any = self.document
        for name in names[:-1]:
            if create and isinstance(node, dict) and node.get(name) is None:
                node[name] = {}
            node = node[self.existing(node, name, pointer)]
        return node, names[-1]

    def get(self, pointer: str) -> Any:
        """Give the value a pointer leads to."""
        node: Any = self.document
        for name in _names(pointer):
            node = node[self.existing(node, name, pointer)]
        return node

    def existing(self, node: Any, name: str, pointer: str) -> Any:
        """Give the key or index under which `name` exists in `node`."""
        if isinstance(node, dict) and name in node:
            return name
        if isinstance(node, list) and _INDEX.fullmatch(name) and int(name) < len(node):
            return int(name)
        raise PatchError(f"Path '{pointer}' does not exist", pointer)

    def add(self, pointer: str, value: Any, *, create: bool) -> None:
        node, name = self.parent(pointer, create=create)
        if isinstance(node, dict):
            node[name] = value
        elif isinstance(node, list) and name == "-":
            node.append(value)
        elif isinstance(node, list) and _INDEX.fullmatch(name) and int(name) <= len(node):
            node.insert(int(name), value)
        else:
            raise PatchError(f"Path '{pointer}' does not exist", pointer)

    def replace(self, pointer: str, value: Any) -> None:
        node, name = self.parent(pointer)
        node[self.existing(node, name, pointer)] = value

    def remove(self, pointer: str) -> Any:
        node, name = self.parent(pointer)
        return node.pop(self.existing(node, name, pointer))


def _names(pointer: str) -> list[str]:
    if not pointer:
        return []
    if not pointer.startswith("/") or _BAD_ESCAPE.search(pointer):
        raise PatchError(f"'{pointer}' is not a JSON pointer", pointer)
    return [name.replace("~1", "/").replace("~0", "~") for name in pointer[1:].split("/")]


def _checked(operation: Any, cases: tuple[Case, ...]) -> Mapping[str, Any]:
    """Give the operation with its `op` in lower case."""
    if not isinstance(operation, dict):
        raise PatchError("An operation must be an object")
    path = operation.get("path")
    if not isinstance(path, str):
        raise PatchError("An operation needs a path")
    op = operation.get("op")
    spelled = isinstance(op, str) and (
        ("lower" in cases and op.islower()) or ("upper" in cases and op.isupper())
    )
    if not isinstance(op, str) or not spelled or op.lower() not in _OPERATIONS:
        raise PatchError(f"Unknown operation '{op}'", path)
    needed = _OPERATIONS[op.lower()]
    if needed and needed not in operation:
        raise PatchError(f"Operation '{op}' needs a {needed}", path)
    if needed == "from" and not isinstance(operation["from"], str):
        raise PatchError(f"Operation '{op}' needs a {needed}", path)
    return {**operation, "op": op.lower()}


_OPERATIONS: Mapping[str, str | None] = {
    "add": "value",
    "remove": None,
    "replace": "value",
    "move": "from",
    "copy": "from",
    "test": "value",
}


def _apply(target: _Target, operation: Mapping[str, Any], *, create_parents: bool) -> None:
    path = operation["path"]
    match operation["op"]:
        case "add":
            target.add(path, _copy(operation["value"]), create=create_parents)
        case "remove":
            target.remove(path)
        case "replace":
            target.replace(path, _copy(operation["value"]))
        case "copy":
            target.add(path, _copy(target.get(operation["from"])), create=create_parents)
        case "move":
            if path.startswith(operation["from"] + "/"):
                raise PatchError("A value cannot be moved into itself", path)
            target.add(path, target.remove(operation["from"]), create=create_parents)
        case "test":
            if not _same(target.get(path), operation["value"]):
                raise PatchError(f"Value at '{path}' differs from the one expected", path)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copy(element) for element in value]
    return value


def _same(left: Any, right: Any) -> bool:
    """Equality as JSON has it: numbers by value, but true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)
