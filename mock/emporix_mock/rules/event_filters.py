"""Filters of agents that wait for events: `{left, op, right}`, and `$and` and `$or` of such conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSENT: Final = object()


def matches(condition: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event fits. `left` is a dotted path in its payload, with or without `payload.` before it."""
    operator = condition["op"]
    if operator in ("$and", "$or"):
        found = [matches(part, event) for part in condition["conditions"]]
        return all(found) if operator == "$and" else any(found)
    value, right = _value(event, condition["left"].removeprefix("payload.")), condition.get("right")
    checks = {
        "$eq": value is not ABSENT and value == right,
        "$ne": value is ABSENT or value != right,
        "$in": isinstance(right, list) and value in right,
        "$notIn": isinstance(right, list) and value not in right,
        "$exists": value is not ABSENT and value is not None,
        "$notExists": value is ABSENT or value is None,
        "$isEmpty": value is ABSENT or value in (None, "", [], {}),
        "$notEmpty": value is not ABSENT and value not in (None, "", [], {}),
    }
    return checks[operator]


def _value(document: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document
