"""Putting ids that exist into generated cases, without touching what a case is about."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase, negated_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import schemathesis

    from emporix_mock_contract.profile import Values

    Case: TypeAlias = schemathesis.Case[Any]

LOCATIONS = {
    "path": ParameterLocation.PATH,
    "query": ParameterLocation.QUERY,
    "header": ParameterLocation.HEADER,
    "body": ParameterLocation.BODY,
}
UNKNOWN_SHARE = 4
"""One fuzzed value in so many stays as generated, so that ids nobody has are tried too."""


def is_positive(case: Case) -> bool:
    """Whether a case is meant to be accepted."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def is_stateful(case: Case) -> bool:
    """Whether a case is a step of a scenario, whose steps share a state."""
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def has_huge_integer(value: Any) -> bool:
    """Whether an integer beyond 64 bits is somewhere in a body."""
    if isinstance(value, dict):
        return any(map(has_huge_integer, value.values()))
    if isinstance(value, list):
        return any(map(has_huge_integer, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def fill(case: Case, places: Mapping[str, str], values: Values) -> None:
    """Replace generated values by `values`, at the places that name one of them.

    A value stays as generated where the case is about it: where it was negated, where the coverage
    phase varies it, where a step of a scenario took it from an earlier answer.
    """
    linked = _linked(case) if is_stateful(case) else frozenset()
    for place, name in places.items():
        kind, _, key = place.partition(".")
        if name not in values or (kind == "path" and any(each[0] == "path" for each in linked)):
            continue
        location = LOCATIONS[kind]
        if (kind, key) in linked or _is_about(case, location, key):
            continue
        if location is ParameterLocation.BODY:
            _fill_body(case, key, values[name])
        else:
            container: Any = case.get_container(location)
            if container and key in container and not _left_alone(case, place, container[key]):
                container[key] = values[name]


def _linked(case: Case) -> frozenset[tuple[str, str]]:
    """The parameters that come from an earlier step; the tenant, which is pinned, is none of them."""
    override = case._override  # noqa: SLF001  # Schemathesis keeps it nowhere else
    found = {("path", name) for name in override.path_parameters if name != "tenant"}
    found |= {("query", name) for name in override.query}
    return frozenset(found)


def _is_about(case: Case, location: ParameterLocation, key: str) -> bool:
    meta = case.meta
    if meta is None:
        return False
    negated = set(negated_parameters(meta))
    if meta.is_negative_at(location):
        named = {name for name, where in negated if where == location}
        if location is ParameterLocation.BODY or not named or key in named:
            return True
    data = meta.phase.data
    return (
        meta.phase.name == TestPhase.COVERAGE
        and data.parameter == key
        and data.parameter_location == location
        and location is not ParameterLocation.BODY
    )


def _fill_body(case: Case, key: str, value: Any) -> None:
    *parents, last = key.split(".")
    node: Any = case.body
    for parent in parents:
        node = node.get(parent) if isinstance(node, dict) else None
    if isinstance(node, dict) and last in node and not _left_alone(case, f"body.{key}", node[last]):
        node[last] = value


def _left_alone(case: Case, place: str, generated: Any) -> bool:
    """Whether a fuzzed value stays, decided by the value so that a repetition decides the same."""
    if case.meta is None or case.meta.phase.name not in (TestPhase.FUZZING, TestPhase.STATEFUL):
        return False
    text = f"{case.operation.label} {place} {generated!r}"
    return zlib.crc32(text.encode("utf-8", "backslashreplace")) % UNKNOWN_SHARE == 0


def names(case: Case, place: str, values: Values) -> bool:
    """Whether a case names one of `values` at a place."""
    kind, _, key = place.partition(".")
    container = case.get_container(LOCATIONS[kind])
    return isinstance(container, dict) and key in container and container[key] in values.values()
