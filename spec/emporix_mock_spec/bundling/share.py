"""Parameters, headers and error responses that occur more than once become components."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from emporix_mock_spec.bundling.naming import assign
from emporix_mock_spec.bundling.prior import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from emporix_mock_spec.bundling.prior import Prior

__all__ = ["Shared"]

Json = dict[str, Any]


class Shared:
    """One group of components. `see` everything, `settle` once, then ask `node` for each place.

    `key` is equal for equal facts; `before` is the node of the previous document at that place; `build`
    writes the facts with the words of a previous node.
    """

    def __init__(self, group: str, prior: Prior) -> None:
        self._group = group
        self._prior = prior
        self._count: Counter[str] = Counter()
        self._votes: dict[str, Counter[str]] = {}
        self._before: dict[str, Any] = {}
        self._offers: dict[str, list[str]] = {}
        self._build: dict[str, Callable[[Any], Json]] = {}
        self._names: dict[str, str] = {}
        self._inline: list[tuple[str, str, Any]] = []
        self._settled = False
        self.made: list[str] = []

    def see(
        self, key: str, before: Any, offers: Iterable[str], build: Callable[[Any], Json], where: str
    ) -> None:
        """Count one occurrence; `where` tells a human about it. Nothing is counted once all is settled."""
        if self._settled:
            return
        self._count[key] += 1
        self._build.setdefault(key, build)
        self._offers.setdefault(key, list(offers))
        name = self._prior.reference(before, self._group)
        if name:
            self._votes.setdefault(key, Counter())[name] += 1
        elif before is not None:
            self._inline.append((where, key, before))
        self._before[key] = self._before.get(key) or self._prior.follow(before)

    def settle(self) -> None:
        """Choose the components and their names; the most used thing of a name gets it."""
        shared = [key for key, count in self._count.most_common() if count > 1 or key in self._votes]
        self._names, self.made = assign(self._votes, {key: self._offers[key] for key in shared})
        self._settled = True

    def node(self, key: str, before: Any) -> Json:
        """What to write at one place: a reference, or the thing itself when it is not shared."""
        if key in self._names:
            return {"$ref": f"#/components/{self._group}/{self._names[key]}"}
        return self._build[key](self._prior.follow(before))

    def components(self) -> Json:
        """The shared things by name in alphabetical order."""
        return {
            name: self._build[key](self._words(key))
            for key, name in sorted(self._names.items(), key=lambda pair: pair[1])
        }

    def _words(self, key: str) -> Any:
        name = self._names[key]
        if name in self._votes.get(key, ()):
            return self._prior.component(self._group, name)
        return self._before[key]

    def lost(self) -> Iterator[str]:
        """Places whose own words gave way to those of a shared component."""
        for where, key, before in self._inline:
            if key in self._names and _said(before) - _said(self._words(key)):
                yield f"{where}: its own words gave way to the shared {self._names[key]}"


def _said(node: Any) -> set[str]:
    """The words at `node` and at its media types, each as one text."""
    parts = {"": node, **(node.get("content") or {})}
    return {
        json.dumps([place, words(part, after=after)], sort_keys=True)
        for place, part in parts.items()
        for after in (False, True)
        if words(part, after=after)
    }
