"""Members of JSON objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_gaps(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that have a value: null is left out, as the API leaves it out of its answers."""
    return {name: value for name, value in members.items() if value is not None}


def mapping_of(value: object) -> Mapping[str, Any]:
    """An object of JSON, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
