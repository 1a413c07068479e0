"""One tag per resource: the deepest collection in a path, else its first word."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["collections", "tag_of"]


def collections(paths: Iterable[str]) -> set[str]:
    """Path segments that have members, such as `coupons` because of `coupons/{code}`."""
    found: set[str] = set()
    for path in paths:
        parts = _inside(path)
        found |= {here for here, then in pairwise(parts) if "{" not in here and "{" in then}
    return found


def tag_of(path: str, known: set[str]) -> str:
    """The tag of an operation at `path`, where `known` are the collections of its document."""
    literals = [part for part in _inside(path) if "{" not in part]
    name = next((part for part in reversed(literals) if part in known), literals[0] if literals else path)
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    return " ".join(words).capitalize()


def _inside(path: str) -> list[str]:
    """The segments behind the service's own and the tenant's."""
    parts = path.strip("/").split("/")
    below = [part for part in parts[1:] if part != "{tenant}"]
    return below or parts[:1]
