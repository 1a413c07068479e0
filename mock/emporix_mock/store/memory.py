"""Answers about a collection that are worked out once, and mended after writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """What was written since an answer: by key what stood there before, and who lost its old place."""

    before: Mapping[str, bytes | None]
    moved: frozenset[str]


Mend = Callable[[list[str], Changes], list[str]]
"""Makes an old answer a right one; it may change the list that it is given."""

ANSWERS = 16
CHANGES = 10_000
FEW = 32
SHARE = 64
"""Mended is what is old in FEW documents, or in one of so many; else it is worked out anew."""


class Memory:
    """Lists of ids by what they answer, each with how much of what was written since is in it."""

    __slots__ = ("_written", "answers")

    def __init__(self) -> None:
        self.answers: dict[object, tuple[list[str], int]] = {}
        self._written: list[tuple[str, bytes | None]] = []

    def written(self, key: str, before: bytes | None) -> None:
        """Note that a document was written over what stood there `before`; needless without answers."""
        self._written.append((key, before))
        if len(self._written) > CHANGES:
            self.forget()

    def forget(self) -> None:
        """Start with nothing."""
        if self.answers:
            self.answers, self._written = {}, []

    def keep(self, what: object, found: list[str]) -> list[str]:
        """Keep an answer as it is now."""
        if len(self.answers) >= ANSWERS and what not in self.answers:
            self.forget()
        self.answers[what] = (found, len(self._written))
        return found

    def known(self, what: object, mend: Mend | None) -> list[str] | None:
        """An answer that is still right, or that `mend` can make a right one of; None for neither."""
        kept = self.answers.get(what)
        if kept is None:
            return None
        found, upto = kept
        if upto == len(self._written):
            return found
        if mend is None:
            return None
        changes = self._since(upto)
        if len(changes.before) > max(FEW, len(found) // SHARE):
            return None
        del self.answers[what]  # until the mend has come to its end, there is no answer
        return self.keep(what, mend(found, changes))

    def _since(self, upto: int) -> Changes:
        before: dict[str, bytes | None] = {}
        moved = set()
        for key, old in self._written[upto:]:
            if before.setdefault(key, old) is not None and old is None:
                moved.add(key)
        return Changes(before, frozenset(moved))
