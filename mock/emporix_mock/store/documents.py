"""A collection of JSON documents: bytes by id, in order of creation, with hash indexes made on demand.

Documents are kept encoded, so that what goes in and what comes out are always copies, and so that
a snapshot is a shallow copy. A snapshot shares its dictionary until one side writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Document = dict[str, Any]
Undo = list[tuple["Documents", str, bytes | None, bool]]


def encode(document: Any) -> bytes:
    """JSON bytes of exactly their length; orjson's own buffer would keep 4 KB alive."""
    return bytes(memoryview(orjson.dumps(document)))


def values_at(document: Any, path: Sequence[str]) -> Iterator[Any]:
    """Every value that a dotted path reaches; arrays on the way contribute each of their elements."""
    if isinstance(document, list):
        for element in document:
            yield from values_at(element, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from values_at(document[path[0]], path[1:])


def index_keys(document: Document, field: str) -> set[str]:
    """The keys under which a hash index on `field` (dotted) files `document`: scalars as JSON text."""
    return {
        orjson.dumps(value).decode()
        for value in values_at(document, field.split("."))
        if not isinstance(value, dict)
    }


class Documents:
    """One collection of one world. Reads decode, writes encode; nothing is shared with the caller."""

    __slots__ = ("_docs", "_indexes", "_order", "_shared", "_undo", "name")

    def __init__(self, name: str, undo: Callable[[], Undo | None]) -> None:
        self.name = name
        self._docs: dict[str, bytes | None] = {}
        self._order: list[str] | None = []
        self._indexes: dict[str, dict[str, dict[str, None]]] = {}
        self._shared = False
        self._undo = undo

    def __len__(self) -> int:
        return len(self.ids())

    def __contains__(self, key: object) -> bool:
        return self._docs.get(key) is not None  # type: ignore[call-overload]

    def raw(self, key: str) -> bytes | None:
        """The encoded document, or None."""
        return self._docs.get(key)

    def get(self, key: str) -> Document | None:
        """A copy of the document, or None."""
        raw = self._docs.get(key)
        return None if raw is None else orjson.loads(raw)

    def ids(self) -> list[str]:
        """Every id in order of creation; treat the list as read-only."""
        if self._order is None:
            self._order = [key for key, raw in self._docs.items() if raw is not None]
        return self._order

    def scan(self) -> Iterator[Document]:
        """Copies of all documents in order of creation."""
        for key in self.ids():
            raw = self._docs[key]
            if raw is not None:
                yield orjson.loads(raw)

    def page(self, start: int, stop: int) -> list[bytes]:
        """Encoded documents `start` to `stop` (exclusive) in order of creation."""
        docs = self._docs
        return [raw for key in self.ids()[start:stop] if (raw := docs[key]) is not None]

    def find(self, field: str, value: Any) -> list[str]:
        """Ids of documents that hold `value` at the dotted `field`; the index is made at first use."""
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for key in self.ids():
                for entry in index_keys(orjson.loads(self._docs[key] or b"{}"), field):
                    index.setdefault(entry, {})[key] = None
        return list(index.get(orjson.dumps(value).decode(), ()))

    def put(self, key: str, document: Document) -> None:
        """Insert or replace; the caller keeps its own object."""
        self._write(key, encode(document))

    def delete(self, key: str) -> bool:
        """Remove; False when there was nothing."""
        if self._docs.get(key) is None:
            return False
        self._write(key, None)
        return True

    def clear(self) -> None:
        """Remove every document."""
        for key in list(self.ids()):
            self._write(key, None)

    def _write(self, key: str, new: bytes | None) -> None:
        undo = self._undo()
        old = self._docs.get(key)
        if undo is not None:
            undo.append((self, key, old, key in self._docs))
        self._store(key, old, new)
        if undo is None and new is None:
            self._docs.pop(key, None)

    def _store(self, key: str, old: bytes | None, new: bytes | None) -> None:
        if self._shared:
            self._docs, self._shared = dict(self._docs), False
            self._order = None if self._order is None else list(self._order)
        if new is None or (old is None and key in self._docs):
            self._order = None
        elif old is None and self._order is not None:
            self._order.append(key)
        # A removed document keeps its place as None until the unit of work ends, so that undoing
        # the removal brings it back where it stood.
        self._docs[key] = new
        for field, index in self._indexes.items():
            for entry in index_keys(orjson.loads(old), field) if old else ():
                index.get(entry, {}).pop(key, None)
            for entry in index_keys(orjson.loads(new), field) if new else ():
                index.setdefault(entry, {})[key] = None

    def undo(self, key: str, old: bytes | None, placed: bool) -> None:  # noqa: FBT001  # an entry of the log
        """Put back what a write replaced; `placed` says that the document had a place before it."""
        self._store(key, self._docs.get(key), old)
        if not placed:
            self._docs.pop(key, None)

    def settle(self, key: str) -> None:
        """Drop the place of a document whose removal is now final."""
        if key in self._docs and self._docs[key] is None:
            self._docs.pop(key)

    def freeze(self) -> Frozen:
        """The contents as they are now, shared until the next write."""
        self._shared = True
        return Frozen(self._docs, self._order)

    def thaw(self, frozen: Frozen | None) -> None:
        """Take the contents of a snapshot (None: empty)."""
        self._docs = frozen.docs if frozen else {}
        self._order = frozen.order if frozen else []
        self._shared = frozen is not None
        self._indexes = {}


class Frozen:
    """The contents of a collection at one moment; never written to."""

    __slots__ = ("docs", "order")

    def __init__(self, docs: dict[str, bytes | None], order: list[str] | None) -> None:
        self.docs = docs
        self.order = order
