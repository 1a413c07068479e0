"""Why a seed file cannot be used, as one line for the user who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.errors import ConfigurationError
from emporix_mock_spec.operation import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Place = Sequence[str | int]


class Refusal(Exception):
    """A broken rule at a place in a file: keys and indexes from the top, and how to mend it.

    It becomes a `ConfigurationError` where the name of the file is known.
    `line` counts from 1 and is known here only where the text is no YAML at all.
    """

    def __init__(self, at: Place, rule: str, mend: str, line: int | None = None) -> None:
        super().__init__(rule)
        self.at = tuple(at)
        self.rule = rule
        self.mend = mend
        self.line = line

    def below(self, at: Place) -> Refusal:
        """The same in a file in which what was read stands below `at`."""
        return Refusal((*at, *self.at), self.rule, self.mend, self.line)

    def error(self, file: str, line: int | None = None) -> ConfigurationError:
        """The line for the user."""
        number = line if self.line is None else self.line
        where = f"{file} line {number}" if number is not None else file
        place = f" {pointer(self.at)}" if self.at else ""
        return ConfigurationError(" ".join(f"{where}{place}: {self.rule}; {self.mend}".split()))


def pointer(at: Place) -> str:
    """A place as a JSON pointer."""
    return "".join(f"/{escape(str(part))}" for part in at)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that may have been meant; None where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    return next(iter(get_close_matches(name, list(known), n=1)), None)
