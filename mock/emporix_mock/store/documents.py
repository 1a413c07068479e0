"""A collection of JSON documents: bytes by id, in order of creation, with hash indexes made on demand.

Documents are kept encoded, so that what goes in and what comes out are always copies, and so that
a snapshot is a shallow copy. A snapshot shares its dictionary until one side writes.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.store.indexes import Index, entry, values_at
from emporix_mock.store.memory import FEW, Memory, Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Document = dict[str, Any]
Undo = list[tuple["Documents", str, bytes | None, bool]]


__all__ = ["Document", "Documents", "Frozen", "Mend", "Undo", "encode", "values_at"]
PEEKED_LENGTH = 4096
PEEKED_SIZE = 8192
_peeked: dict[bytes, Document] = {}


def encode(document: Any) -> bytes:
    """JSON bytes of exactly their length; orjson's own buffer would keep 4 KB alive."""
    return bytes(memoryview(orjson.dumps(document)))


def seen(raw: bytes) -> Document:
    """An encoded document, decoded once for all who only look."""
    found = _peeked.get(raw)
    if found is None:
        found = orjson.loads(raw)
        if len(raw) <= PEEKED_SIZE:
            if len(_peeked) >= PEEKED_LENGTH:
                _peeked.clear()
            _peeked[raw] = found
    return found


class Documents:
    """One collection of one world. Reads decode, writes encode; nothing is shared with the caller."""

    __slots__ = (
        "_docs", "_gone", "_indexes", "_memory", "_next", "_order", "_places", "_shared", "_stale", "_undo",
        "name",
    )  # fmt: skip

    def __init__(self, name: str, undo: Callable[[], Undo | None]) -> None:
        self.name = name
        self._docs: dict[str, bytes | None] = {}
        self._order: list[str] | None = []
        self._stale: list[str] | None = None  # the order, with those that are `_gone`
        self._gone: dict[str, None] = {}
        self._places: dict[str, int] | None = None  # numbers that rise with the order
        self._next = 0
        self._indexes: dict[str, Index] = {}
        self._memory = Memory()
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

    def peek(self, key: str) -> Document | None:
        """The document, decoded once for all who only look: neither it nor what is in it may be changed."""
        raw = self._docs.get(key)
        return None if raw is None else seen(raw)

    def ids(self) -> list[str]:
        """Every id in order of creation; treat the list as read-only."""
        if self._order is None:
            self._order = self._reordered()
        return self._order

    def _reordered(self) -> list[str]:
        order, gone, self._stale, self._gone = self._stale, self._gone, None, {}
        if order is None or len(gone) > FEW:
            self._places = None
            return [key for key, raw in self._docs.items() if raw is not None]
        places = self._placed(order)
        for key in gone:
            del order[bisect_left(order, places[key], key=places.__getitem__)]
            del places[key]
        return order

    def _placed(self, order: list[str]) -> dict[str, int]:
        if self._places is None:
            self._places = {key: place for place, key in enumerate(order)}
            self._next = len(order)
        return self._places

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """Ids of this collection in order of creation; costs nothing for those that are not asked for."""
        found = list(keys)
        if len(found) > 1:
            found.sort(key=self._placed(self.ids()).__getitem__)
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
        return list(self._index(field).get(value))

    def among(self, field: str, values: Iterable[Any]) -> list[str]:
        """Ids of documents that hold one of `values` at the dotted `field`, in order of creation."""
        return list(self.matching([(field, values)]))

    def matching(self, wanted: Sequence[tuple[str, Iterable[Any]]]) -> list[str]:
        """Ids of documents that hold, for each dotted field, one of its values, in order of creation.

        Treat the list as read-only.
        """
        held = []
        for field, values in wanted:
            index = self._index(field)
            names = [name for name in dict.fromkeys(map(entry, values)) if index.held(name)]
            if not names:
                return []
            held.append((sum(len(index.held(name)) for name in names), index, names))
        held.sort(key=_first)
        if held[0][0] <= FEW:
            return self._matching(held)
        what = ("matching", *((id(index), *names) for _, index, names in held))
        return self.remembered(what, lambda: self._matching(held))

    def without(self, field: str, value: Any) -> list[str]:
        """Ids of documents that do not hold `value` at the dotted `field`, in order of creation.

        Treat the list as read-only.
        """
        gone = self._index(field).get(value)
        if not gone:
            return self.ids()
        return self.remembered(
            ("without", field, entry(value)), lambda: [key for key in self.ids() if key not in gone]
        )

    def _matching(self, held: list[tuple[int, Index, list[str]]]) -> list[str]:
        (_, index, names), *others = held
        if len(names) == 1:
            index.put_in_order(names[0], self.in_order)
            found = list(index.held(names[0]))
        else:
            found = self.in_order({key for name in names for key in index.held(name)})
        for _, other, also in others:
            holders = [other.held(name) for name in also]
            found = [key for key in found if any(key in holder for holder in holders)]
        return found

    def remembered(self, what: object, make: Callable[[], list[str]], mend: Mend | None = None) -> list[str]:
        """What `make` gives, found once and kept; treat it as read-only.

        After a write it is made again, or with `mend` a new list from the old one and the ids of the
        few documents that were written since.
        """
        found = self._memory.known(what, mend)
        return self._memory.keep(what, make()) if found is None else found

    def known(self, what: object, mend: Mend | None = None) -> list[str] | None:
        """What `remembered` would not have to make anew."""
        return self._memory.known(what, mend)

    def place(self, key: str) -> int:
        """A number that is larger for a document that was created later."""
        return self._placed(self.ids())[key]

    def _index(self, field: str) -> Index:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = Index(field)
            docs = self._docs
            index.fill((key, orjson.loads(docs[key] or b"{}")) for key in self.ids())
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
        if old is None:
            if placed:
                self._back(key)
            elif self._order is not None and self._places is None:
                self._order.append(key)
            elif new is not None:
                self._last(key)
        elif new is None:
            if self._stale is None:
                self._stale, self._order = self._order, None
            self._gone[key] = None
        # A removed document keeps its place as None until the unit of work ends, so that undoing
        # the removal brings it back where it stood.
        self._docs[key] = new
        if self._memory.answers:
            self._memory.written(key)
        if self._indexes:
            before, after = orjson.loads(old or b"{}"), orjson.loads(new or b"{}")
            for index in self._indexes.values():
                index.refile(key, before, after, late=placed)

    def _last(self, key: str) -> None:
        """Give a new document its place at the end."""
        if key in self._gone:
            self.ids()
        order = self._stale if self._order is None else self._order
        if order is not None:
            order.append(key)
            if self._places is not None:
                self._places[key] = self._next
                self._next += 1

    def _back(self, key: str) -> None:
        """Let a removed document stand again where it stood."""
        if self._stale is not None and key in self._gone:
            del self._gone[key]
        else:
            self._order = self._stale = self._places = None
            self._gone = {}

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
        order = self.ids()
        self._shared = True
        return Frozen(self._docs, order, {field: index.borrow() for field, index in self._indexes.items()})

    def thaw(self, frozen: Frozen | None) -> None:
        """Take the contents of a snapshot (None: empty)."""
        self._docs = frozen.docs if frozen else {}
        self._order = frozen.order if frozen else []
        self._indexes = {f: index.borrow() for f, index in frozen.indexes.items()} if frozen else {}
        self._shared = frozen is not None
        self._stale, self._gone, self._places = None, {}, None
        self._memory.forget()


def _first(held: tuple[int, Index, list[str]]) -> int:
    return held[0]


class Frozen:
    """The contents of a collection at one moment; never written to."""

    __slots__ = ("docs", "indexes", "order")

    def __init__(
        self,
        docs: dict[str, bytes | None],
        order: list[str] | None,
        indexes: dict[str, Index] | None = None,
    ) -> None:
        self.docs = docs
        self.order = order
        self.indexes = indexes or {}
