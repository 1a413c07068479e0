"""Hash indexes of a collection: which documents hold a value at a dotted field.

An index is shared between a world, its snapshots and its copies until one of them writes; then only
what that write touches is copied.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

Held = str | dict[str, None]
"""The documents of one value: most often it is one, and then no dictionary is made for it."""


def values_at(document: Any, path: Sequence[str]) -> Iterator[Any]:
    """Every value that a dotted path reaches; arrays on the way contribute each of their elements."""
    if isinstance(document, list | tuple):
        for element in document:
            yield from values_at(element, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from values_at(document[path[0]], path[1:])


def index_keys(document: Mapping[str, Any], path: Sequence[str]) -> set[str]:
    """The keys under which an index on `path` files a document: scalars as JSON text."""
    value: Any = document
    for name in path:
        if type(value) is not dict:
            break
        if name not in value:
            return set()
        value = value[name]
    else:
        if type(value) is str or type(value) is bool or type(value) is int:
            return {entry(value)}
    return {entry(value) for value in values_at(document, path) if not isinstance(value, dict)}


def entry(value: Any) -> str:
    """The key of a value."""
    return orjson.dumps(value).decode()


class Index:
    """The index on one field. A value whose documents may not be in order of creation is `disordered`."""

    __slots__ = ("_entries", "_own", "_path", "_shared", "disordered")

    def __init__(self, field: str) -> None:
        self._path = field.split(".")
        self._entries: dict[str, Held] = {}
        self._own: set[str] | None = None  # the values that are no longer shared; None: no value is
        self._shared = False
        self.disordered: set[str] = set()

    def borrow(self) -> Index:
        """The same index for somebody else; whoever writes first takes a copy."""
        self._shared, self._own = True, None
        made = copy(self)
        made.disordered = set(self.disordered)
        return made

    def get(self, value: Any) -> Collection[str]:
        """The documents that hold a value."""
        return self.held(entry(value))

    def held(self, name: str) -> Collection[str]:
        """The documents under a key of the index."""
        found = self._entries.get(name)
        if found is None:
            return ()
        return (found,) if isinstance(found, str) else found

    def values(self, holds: Callable[[Any], bool]) -> list[Any]:
        """The values for which something holds."""
        return [value for name in self._entries if holds(value := orjson.loads(name))]

    def keys_of(self, document: Mapping[str, Any]) -> set[str]:
        """The keys under which a document is filed."""
        return index_keys(document, self._path)

    def put_in_order(self, name: str, order: Callable[[Iterable[str]], list[str]]) -> None:
        """Sort the documents under a key, if that is needed."""
        if name in self.disordered:
            self.disordered.discard(name)
            keys = dict.fromkeys(order(self.held(name)))
            self._unshare()
            self._keep(name, keys)

    def fill(self, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """File documents in order of creation."""
        for key, document in documents:
            for name in index_keys(document, self._path):
                self._add(name, key)

    def refile(self, key: str, old: Mapping[str, Any], new: Mapping[str, Any], *, late: bool) -> None:
        """Bring it up to date after a write; `late` for a document that is older than others."""
        before, after = self.keys_of(old), self.keys_of(new)
        if before == after:
            return
        self._unshare()
        for name in before - after:
            self._remove(name, key)
        for name in after - before:
            self._add(name, key)
            if late:
                self.disordered.add(name)

    def _unshare(self) -> None:
        if self._shared:
            self._entries, self._own, self._shared = dict(self._entries), set(), False

    def _add(self, name: str, key: str) -> None:
        found = self._entries.get(name)
        if found is None:
            self._entries[name] = key
        elif isinstance(found, str):
            if found != key:
                self._keep(name, {found: None, key: None})
        else:
            self._writable(name, found)[key] = None

    def _remove(self, name: str, key: str) -> None:
        found = self._entries.get(name)
        if isinstance(found, dict):
            mine = self._writable(name, found)
            mine.pop(key, None)
            if not mine:
                del self._entries[name]
        elif found == key:
            del self._entries[name]

    def _writable(self, name: str, found: dict[str, None]) -> dict[str, None]:
        if self._own is None or name in self._own:
            return found
        mine = dict(found)
        self._keep(name, mine)
        return mine

    def _keep(self, name: str, keys: dict[str, None]) -> None:
        self._entries[name] = keys
        if self._own is not None:
            self._own.add(name)
