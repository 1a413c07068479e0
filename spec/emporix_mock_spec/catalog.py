"""The services of the API and where the official documents come from (`official.lock`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMIT", "CONTROL", "REPOSITORY", "ServiceEntry", "services"]

CONTROL = "_mock"
"""The name, and the first path segment, of the control API where it stands beside the services."""

_LOCK: Final[dict[str, Any]] = orjson.loads((Path(__file__).parent / "official.lock").read_bytes())

REPOSITORY: Final[str] = _LOCK["repository"]
COMMIT: Final[str] = _LOCK["commit"]


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service: the upstream file at the locked commit, its counts and the paths it answers.

    `segments` are the first path segments of its operations, base path of its server included.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    paths: int
    operations: int
    schemas: int
    segments: tuple[str, ...]


@cache
def services() -> Mapping[str, ServiceEntry]:
    """Every service by name, in the order of the lock file."""
    return MappingProxyType(
        {
            name: ServiceEntry(name=name, **{**entry, "segments": tuple(entry["segments"])})
            for name, entry in _LOCK["services"].items()
        }
    )
