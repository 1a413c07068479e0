"""`fields=a,b.c` of lists and reads: a document reduced to the members that were asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Any = object()


def project(document: Mapping[str, Any], fields: str, keep: tuple[str, ...] = ("id",)) -> dict[str, Any]:
    """Give a new document with the members that `fields` names, and those of `keep`, in stored order.

    `fields` is a comma list of dotted paths; an array on a path is reduced element by element, a path
    that leads nowhere is passed over. A list that names nothing asks for nothing less than everything.
    `keep` is per service: the product service also keeps `yrn`, the others `id` (stated for quote and
    product, inferred elsewhere).
    """
    wanted = _tree(fields, keep)
    return dict(document) if wanted is None else _reduced(document, wanted)


@lru_cache(maxsize=256)
def _tree(fields: str, keep: tuple[str, ...]) -> dict[str, Any] | None:
    """Nested names; None at a name means the member as a whole."""
    paths = [path.strip() for path in fields.split(",") if path.strip()]
    if not paths:
        return None
    root: dict[str, Any] = {}
    for path in (*keep, *paths):
        _plant(root, path.split("."))
    return root


def _plant(branch: dict[str, Any], names: list[str]) -> None:
    for name in names[:-1]:
        child = branch.setdefault(name, {})
        if child is None:  # a whole member is wanted already
            return
        branch = child
    branch[names[-1]] = None


def _reduced(document: Mapping[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for name, value in document.items():
        if name not in wanted:
            continue
        inner = wanted[name]
        part = value if inner is None else _part(value, inner)
        if part is not _NOTHING:
            result[name] = part
    return result


def _part(value: Any, wanted: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return _reduced(value, wanted)
    if isinstance(value, list):
        return [part for element in value if (part := _part(element, wanted)) is not _NOTHING]
    return _NOTHING
