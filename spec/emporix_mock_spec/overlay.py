"""OpenAPI Overlay documents: reading and applying them.

Implements Overlay Specification 1.1 (1.0 and the `copy` action). An action that finds nothing, or that
does not fit what it finds, is skipped and reported: upstream may have mended or moved the place, and a
document must stay usable all the same.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from emporix_mock_spec.error import SpecError
from emporix_mock_spec.parse import parse

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathQuery

__all__ = ["Action", "Applied", "Overlay", "apply", "read_overlay"]

Location = tuple[int | str, ...]
Place = tuple[Location, Any]
Kind = Literal["remove", "update", "copy"]

_KINDS: Final[tuple[Kind, ...]] = ("remove", "update", "copy")


@dataclass(frozen=True, slots=True)
class Action:
    """One change: what is done with `value` at every place that `target` selects, and the reason.

    `defect` is the short name of the upstream defect; several actions may mend one together.
    """

    target: str
    kind: Kind
    value: Any
    reason: str
    defect: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """The actions of one overlay document, in order."""

    name: str
    title: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """The changed document, the actions that found nothing and those that did not fit, with the cause."""

    document: dict[str, Any]
    unmatched: tuple[Action, ...]
    refused: tuple[tuple[Action, str], ...]


class _DoesNotFitError(Exception):
    """An action cannot be done at the place it selects."""


def read_overlay(source: bytes, name: str) -> Overlay:
    """Read an overlay document. `name` stands in errors.

    Raises `SpecError` for text that is not an overlay, with the number of the action at fault.
    """
    document = parse(source, name)
    if not isinstance(document, dict) or not str(document.get("overlay", "")).startswith("1."):
        raise SpecError(f"{name}: not an Overlay 1.x document; start it with `overlay: 1.1.0`")
    actions = document.get("actions")
    if not isinstance(actions, list) or not actions:
        raise SpecError(f"{name}: an overlay needs a list of `actions`")
    info = document.get("info")
    title = str(info.get("title", name)) if isinstance(info, dict) else name
    numbered = [_action(entry, f"{name}: action {number}") for number, entry in enumerate(actions, 1)]
    return Overlay(name, title, tuple(numbered))


def apply(overlay: Overlay, document: dict[str, Any]) -> Applied:
    """Do every action of `overlay` on `document`, in place and in order."""
    unmatched: list[Action] = []
    refused: list[tuple[Action, str]] = []
    for action in overlay.actions:
        places = _select(document, action.target)
        if not places:
            unmatched.append(action)
            continue
        try:
            _act(document, action, places)
        except _DoesNotFitError as error:
            refused.append((action, str(error)))
    return Applied(document, tuple(unmatched), tuple(refused))


def _action(entry: Any, name: str) -> Action:
    if not isinstance(entry, dict) or not isinstance(entry.get("target"), str):
        raise SpecError(f"{name}: needs a `target` query")
    # A removal outranks the rest, and `remove: false` is the same as none.
    kinds = [kind for kind in _KINDS if kind in entry and (kind != "remove" or entry["remove"])]
    if not kinds:
        raise SpecError(f"{name}: needs one of {', '.join(_KINDS)}")
    kind = kinds[0]
    for query in (entry["target"], entry["copy"]) if kind == "copy" else (entry["target"],):
        if not isinstance(query, str):
            raise SpecError(f"{name}: {query!r} is not a JSONPath query")
        try:
            _query(query)
        except ValueError as error:
            raise SpecError(f"{name}: {error}") from error
    reason, defect = entry.get("description", ""), entry.get("x-defect", "")
    return Action(entry["target"], kind, entry[kind], str(reason).strip(), str(defect))


@cache
def _query(text: str) -> JSONPathQuery:
    """The compiled query. Raises ValueError for text that is none."""
    # Imported here because most starts find compiled documents and apply nothing.
    import jsonpath_rfc9535  # noqa: PLC0415
    from jsonpath_rfc9535.exceptions import JSONPathError  # noqa: PLC0415

    try:
        return jsonpath_rfc9535.compile(text)
    except JSONPathError as error:
        raise ValueError(f"{text!r} is not a JSONPath query ({error.args[0]})") from error


def _select(document: dict[str, Any], query: str) -> list[Place]:
    found: dict[Location, Any] = {}
    for node in _query(query).find(document):
        found.setdefault(tuple(node.location), node.value)
    return list(found.items())


def _act(document: dict[str, Any], action: Action, places: list[Place]) -> None:
    if action.kind == "remove":
        _remove(document, [location for location, _ in places])
        return
    value = action.value
    if action.kind == "copy":
        sources = _select(document, action.value)
        if len(sources) != 1:
            raise _DoesNotFitError(f"copies from {len(sources)} places, not from one")
        value = sources[0][1]
    merged = [(location, _merge(node, value, whole=True)) for location, node in places]
    for location, node in merged:
        _put(document, location, node)


def _merge(node: Any, value: Any, *, whole: bool = False) -> Any:
    """`node` with `value` merged in, as a new value; `whole` for the selected node itself."""
    if isinstance(node, dict) and isinstance(value, dict):
        out = dict(node)
        for key, part in value.items():
            out[key] = _merge(out[key], part) if key in out else copy.deepcopy(part)
        return out
    if isinstance(node, list) and (isinstance(value, list) or whole):
        return [*node, *copy.deepcopy(value if isinstance(value, list) else [value])]
    if isinstance(node, dict | list) or isinstance(value, dict | list):
        raise _DoesNotFitError(f"merges {type(value).__name__} into {type(node).__name__}")
    return value


def _put(document: dict[str, Any], location: Location, value: Any) -> None:
    if not location:
        document.clear()
        document.update(value)
        return
    _parent(document, location)[location[-1]] = value


def _remove(document: dict[str, Any], locations: list[Location]) -> None:
    doomed: dict[int, tuple[Any, set[int | str]]] = {}
    for location in locations:
        if not location:
            raise _DoesNotFitError("removes the whole document")
        parent = _parent(document, location)
        doomed.setdefault(id(parent), (parent, set()))[1].add(location[-1])
    for parent, keys in doomed.values():
        if isinstance(parent, list):
            parent[:] = [node for index, node in enumerate(parent) if index not in keys]
        else:
            for key in keys:
                del parent[key]


def _parent(document: dict[str, Any], location: Location) -> Any:
    node: Any = document
    for key in location[:-1]:
        node = node[key]
    return node
