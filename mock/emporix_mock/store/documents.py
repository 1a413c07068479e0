"""A collection of JSON documents: bytes by id, in order of creation, with hash indexes made on demand.

Documents are kept encoded, so that what goes in and what comes out are always copies, and so that
a snapshot is a shallow copy. A snapshot shares its dictionary until one side writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Document = dict[str, Any]
Undo = list[tuple["Documents", str, bytes | None, bool]]

MEMO_LENGTH = 16


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

    __slots__ = ("_disordered", "_docs", "_indexes", "_memo", "_order", "_places", "_shared", "_undo", "name")

    def __init__(self, name: str, undo: Callable[[], Undo | None]) -> None:
        self.name = name
        self._docs: dict[str, bytes | None] = {}
        self._order: list[str] | None = []
        self._places: dict[str, int] | None = None
        self._indexes: dict[str, dict[str, dict[str, None]]] = {}
        self._disordered: set[tuple[str, str]] = set()
        self._memo: dict[object, list[str]] = {}
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

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """Ids of this collection in order of creation; costs nothing for those that are not asked for."""
        found = list(keys)
        if len(found) > 1:
            order, places = self.ids(), self._places
            if places is None or len(places) != len(order):
                places = self._places = {key: place for place, key in enumerate(order)}
            found.sort(key=places.__getitem__)
        return found

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
        return list(self._index(field).get(orjson.dumps(value).decode(), ()))

    def among(self, field: str, values: Iterable[Any]) -> list[str]:
        """Ids of documents that hold one of `values` at the dotted `field`, in order of creation."""
        index = self._index(field)
        held = [entry for entry in {orjson.dumps(value).decode() for value in values} if index.get(entry)]
        if len(held) > 1:
            return self.in_order({key for entry in held for key in index[entry]})
        for entry in held:
            if (field, entry) in self._disordered:
                self._disordered.discard((field, entry))
                index[entry] = dict.fromkeys(self.in_order(index[entry]))
            return list(index[entry])
        return []

    def remembered(self, what: object, make: Callable[[], list[str]]) -> list[str]:
        """What `make` gives, found once and kept until something is written; treat it as read-only."""
        found = self._memo.get(what)
        if found is None:
            found = make()
            if len(self._memo) >= MEMO_LENGTH:
                self._memo.clear()
            self._memo[what] = found
        return found

    def _index(self, field: str) -> dict[str, dict[str, None]]:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for key in self.ids():
                for entry in index_keys(orjson.loads(self._docs[key] or b"{}"), field):
                    index.setdefault(entry, {})[key] = None
        return index

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
        placed = old is not None or key in self._docs
        if undo is not None:
            undo.append((self, key, old, placed))
        self._store(key, old, new, placed=placed)
        if undo is None and new is None:
            self._docs.pop(key, None)

    def _store(self, key: str, old: bytes | None, new: bytes | None, *, placed: bool) -> None:
        if self._shared:
            self._docs, self._shared = dict(self._docs), False
            self._order = None if self._order is None else list(self._order)
        if new is None or (old is None and placed):
            self._order = self._places = None
        elif old is None and self._order is not None:
            if self._places is not None:
                self._places[key] = len(self._order)
            self._order.append(key)
        # A removed document keeps its place as None until the unit of work ends, so that undoing
        # the removal brings it back where it stood.
        self._docs[key] = new
        if self._memo:
            self._memo = {}
        if self._indexes:
            self._file(key, orjson.loads(old or b"{}"), orjson.loads(new or b"{}"), late=placed)

    def _file(self, key: str, old: Document, new: Document, *, late: bool) -> None:
        """Bring the indexes up to date; `late` for a document that is older than others of its entry."""
        for field, index in self._indexes.items():
            before, after = index_keys(old, field), index_keys(new, field)
            for entry in before - after:
                index.get(entry, {}).pop(key, None)
            for entry in after - before:
                index.setdefault(entry, {})[key] = None
                if late:
                    self._disordered.add((field, entry))

    def undo(self, key: str, old: bytes | None, placed: bool) -> None:  # noqa: FBT001  # an entry of the log
        """Put back what a write replaced; `placed` says that the document had a place before it."""
        self._store(key, self._docs.get(key), old, placed=key in self._docs)
        if not placed:
            self._docs.pop(key, None)

    def settle(self, key: str) -> None:
        """Drop the place of a document whose removal is now final."""
        if self._docs.get(key, b"") is None:
            del self._docs[key]

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
        self._disordered = set()
        self._memo = {}
        self._places = None


class Frozen:
    """The contents of a collection at one moment; never written to."""

    __slots__ = ("docs", "order")

    def __init__(self, docs: dict[str, bytes | None], order: list[str] | None) -> None:
        self.docs = docs
        self.order = order
