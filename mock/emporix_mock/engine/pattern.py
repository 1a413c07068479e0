"""Texts that match a regular expression, read with Python's own parser of them."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Readable characters first: the first that fits is taken.
_ALPHABET: Final = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890_-./:@+ !\"#$%&'()*,;<=>?[\\]^`{|}~"
)
_CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": str.isdigit,
    "CATEGORY_NOT_DIGIT": lambda char: not char.isdigit(),
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda char: not char.isspace(),
    "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
    "CATEGORY_NOT_WORD": lambda char: not (char.isalnum() or char == "_"),
}
# Not among the names typeshed knows, and `sre_parse`, which it does know, is deprecated.
_parser: Any = importlib.import_module("re._parser")


def sample(pattern: str, repeat: int) -> str | None:
    """A text for `pattern` in which every open repetition happens `repeat` times if its limits let it.

    None where Python cannot read the pattern or nothing printable fits. Anchors and lookarounds are
    not obeyed, so the caller checks the text. The same for the same arguments.
    """
    try:
        return _Sampler(repeat).text(_parser.parse(pattern))
    except (re.error, _NothingFitsError):
        return None


class _NothingFitsError(Exception):
    """A character class without a printable ASCII character, or a construct not known here."""


class _Sampler:
    """One walk over a parsed pattern."""

    def __init__(self, repeat: int) -> None:
        self._repeat = repeat
        self._position = 0
        self._groups: dict[int, str] = {}

    def text(self, parsed: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._one(str(code), argument) for code, argument in parsed)

    def _one(self, code: str, argument: Any) -> str:
        match code:
            case "LITERAL":
                return chr(argument)
            case "ANY" | "IN" | "NOT_LITERAL":
                return self._character(code, argument)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                low, high, inner = argument
                times = max(int(low), min(int(high), self._repeat))
                return "".join(self.text(inner) for _ in range(times))
            case "BRANCH":
                return self.text(argument[1][0])
            case "ATOMIC_GROUP":
                return self.text(argument)
            case "SUBPATTERN":
                found = self._groups[argument[0]] = self.text(argument[3])
                return found
            case "GROUPREF":
                return self._groups.get(argument, "")
            case "AT" | "ASSERT" | "ASSERT_NOT":
                return ""
        raise _NothingFitsError(code)

    def _character(self, code: str, argument: Any) -> str:
        """The next character that fits, so that `[A-Z]{3}` gives ABC and not AAA."""
        fits = [char for char in _ALPHABET if _admits(code, argument, char)]
        if not fits:
            raise _NothingFitsError(code)
        # The characters of a run stay of one kind: letters with letters, digits with digits.
        run = [char for char in fits if _kind(char) == _kind(fits[0])]
        self._position += 1
        return run[(self._position - 1) % len(run)]


def _kind(char: str) -> tuple[bool, bool, bool]:
    return char.islower(), char.isupper(), char.isdigit()


def _admits(code: str, argument: Any, char: str) -> bool:
    if code == "ANY":
        return char != "\n"
    if code == "NOT_LITERAL":
        return ord(char) != int(argument)
    negated = str(argument[0][0]) == "NEGATE"
    return negated != any(_in(str(kind), value, char) for kind, value in argument)


def _in(kind: str, value: Any, char: str) -> bool:
    if kind == "LITERAL":
        return ord(char) == int(value)
    if kind == "RANGE":
        return int(value[0]) <= ord(char) <= int(value[1])
    return kind == "CATEGORY" and _CATEGORIES[str(value)](char)
