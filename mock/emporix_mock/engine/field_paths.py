"""Dotted field paths into JSON documents, as `q`, `sort`, `fields` and localization write them.

A path names members of objects; an array on the way stands for each of its elements. Two spellings
of the same thing are met in the wild (domain notes, `q` and cursor sections): `_id` for `id`, and the
flat `metadataCreatedAt` for the nested `metadata.createdAt`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Path = tuple[str, ...]

REMOVED: Any = object()  # what a change returns to take the member away

_PAIRS = (("metadataCreatedAt", "metadata.createdAt"), ("metadataModifiedAt", "metadata.modifiedAt"))
OTHER_SPELLING: Mapping[str, str] = dict(_PAIRS) | {nested: flat for flat, nested in _PAIRS}


def split_path(path: str, id_field: str = "id") -> Path:
    """Cut a dotted path into member names; `_id` becomes the name under which ids are stored."""
    return tuple(id_field if name == "_id" else name for name in path.split("."))


def values_at(document: Any, path: Path) -> list[Any]:
    """Give every value the path reaches, those of array elements one by one; empty when nothing is there."""
    values = [document]
    for name in path:
        values = [value[name] for value in _elements(values) if isinstance(value, dict) and name in value]
    return list(_elements(values))


def _elements(values: list[Any]) -> list[Any]:
    if not any(isinstance(value, list) for value in values):
        return values
    flat: list[Any] = []
    for value in values:
        flat.extend(_elements(value) if isinstance(value, list) else (value,))
    return flat


def changed_at(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Give `value` with `change` applied wherever the path leads; what lies off the path is shared.

    Arrays are entered, at the end of the path too. `change` may return `REMOVED`. Where the path leads
    nowhere the very same object comes back.
    """
    if isinstance(value, list):
        elements = [changed_at(element, path, change) for element in value]
        if all(new is old for new, old in zip(elements, value, strict=True)):
            return value
        return [element for element in elements if element is not REMOVED]
    if not path:
        return change(value)
    name, rest = path[0], path[1:]
    if not isinstance(value, dict) or name not in value:
        return value
    old = value[name]
    new = changed_at(old, rest, change)
    if new is old:
        return value
    if new is REMOVED:
        return {key: member for key, member in value.items() if key != name}
    return {**value, name: new}
