"""Answers about a collection that are worked out once, and mended after a few writes."""

from __future__ import annotations

from collections.abc import Callable

Mend = Callable[[list[str], frozenset[str]], list[str]]

ANSWERS = 16
CHANGES = 1000
FEW = 32
"""So many changed documents are looked at one by one; for more an answer is worked out anew."""


class Memory:
    """Lists of ids by what they answer, each with how much of what was written since is in it."""

    __slots__ = ("_written", "answers")

    def __init__(self) -> None:
        self.answers: dict[object, tuple[list[str], int]] = {}
        self._written: list[str] = []

    def written(self, key: str) -> None:
        """Note that a document was written; needless while there are no answers."""
        self._written.append(key)
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
        changed = self._written[upto:]
        if not changed:
            return found
        if mend is None or len(changed) > FEW:
            return None
        return self.keep(what, mend(found, frozenset(changed)))
