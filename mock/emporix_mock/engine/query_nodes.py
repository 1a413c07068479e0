"""What a `q` expression consists of once it is read, and the error for one that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import re
    from datetime import datetime

Scalar = str | int | float | bool


class QuerySyntaxError(ValueError):
    """A `q` that the language does not know.

    `position` is the offset in the text where the offending part starts, `key` the field it belongs
    to (None where no field is concerned), `message` the sentence for the client: Emporix's own where
    it is known (measured on the product service), else ours.
    """

    def __init__(self, message: str, position: int, key: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.key = key


class Word(NamedTuple):
    """A literal: its text and what else it can mean, depending on the type of the stored value."""

    text: str
    number: int | float | None = None
    boolean: bool | None = None
    instant: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Equal to one of the words; one word is plain equality."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One of the regular expressions is found in the stored string."""

    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a range."""

    operator: str
    operand: int | float | datetime


@dataclass(frozen=True, slots=True)
class Within:
    """All bounds hold for one and the same stored value."""

    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """The field has a value, or lacks one."""

    kind: Literal["null", "exists", "missing"]


Test = AnyOf | Pattern | Within | Presence


@dataclass(frozen=True, slots=True)
class Clause:
    """`key:value`; `position` is the offset of the key in the text."""

    key: str
    test: Test
    position: int


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]


Node = Clause | Every | Either
