"""The fields that documents have: their dotted names and the types of their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HIDDEN: Final = ("metadata", "yrn")
"""What describes the document itself and is no content of it."""

_TIMES: Final = (
    ("datetime", re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")),
    ("date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("time", re.compile(r"\d{2}:\d{2}(:\d{2})?")),
)


def names(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every field with content, objects and what is in them, in alphabetical order."""
    return sorted({path for document in documents for path, _ in _fields(document) if _is_content(path)})


def types(documents: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every field that has a value of its own, with its type; where the types disagree, the wider one."""
    found: dict[str, str] = {}
    for document in documents:
        for path, value in _fields(document):
            if isinstance(value, dict) or value is None:
                continue
            kind = _type(value)
            known = found.setdefault(path, kind)
            if known != kind:
                found[path] = "float" if {known, kind} == {"integer", "float"} else "string"
    return sorted(found.items())


def _is_content(path: str) -> bool:
    return path.partition(".")[0] not in HIDDEN


def _fields(document: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if name.startswith("_"):
            continue
        yield before + name, value
        if isinstance(value, dict):
            yield from _fields(value, f"{before}{name}.")


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) else "float"
    if isinstance(value, list):
        return "list"
    return next((kind for kind, pattern in _TIMES if pattern.fullmatch(value)), "string")
