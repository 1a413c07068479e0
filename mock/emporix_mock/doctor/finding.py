"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Finding", "counted", "line"]

_MARKS = {True: "ok", False: "WRONG", None: "-"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about `name`: in words, in numbers, and whether it is well.

    `ok` None means that it could not be looked at here, or not in full.
    """

    name: str
    ok: bool | None
    text: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


def line(finding: Finding) -> str:
    """A finding as a line of the table."""
    return f"{_MARKS[finding.ok]:6}{finding.name:10}{finding.text}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, plural as needed."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
