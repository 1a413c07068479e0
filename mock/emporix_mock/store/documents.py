"""A collection of JSON documents: bytes by id, in order of creation, with hash indexes made on demand.

Documents are kept encoded, so that what goes in and what comes out are always copies, and so that
a snapshot is a shallow copy. A snapshot shares its dictionary until one side writes.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from threading import Timer
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.store.indexes import Index, entry, values_at
from emporix_mock.store.memory import FEW, Changes, Memory, Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Document = dict[str, Any]
Undo = list[tuple["Documents", str, bytes | None, bool]]


__all__ = ["Changes", "Document", "Documents", "Frozen", "Mend", "Undo", "encode", "values_at"]
NAMES = 1000  # what is asked of more values of a field is not remembered here: that would be the larger part
MUCH, SOON = (
    10_000,
    0.1,
)  # to free so many documents takes its time: it is done after the answer, seconds later
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
        "_docs", "_frozen", "_gone", "_indexes", "_memory", "_next", "_order", "_places", "_sought",
        "_stale", "_undo", "name",
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
        self._sought: set[str] = set()
        self._memory = Memory()
        self._frozen: Frozen | None = None  # who shares the contents, until a write
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
        if held[0][0] <= FEW or any(len(names) > NAMES for *_, names in held):
            return self._matching(held)
        asked = [(index, frozenset(names)) for _, index, names in held]

        def holds(_: str, document: Document) -> bool:
            return all(not names.isdisjoint(index.keys_of(document)) for index, names in asked)

        return self.remembered(
            ("matching", *((id(index), names) for index, names in asked)),
            lambda: self._matching(held),
            lambda found, changes: self.mended(found, changes, holds),
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
            if len(holders) > FEW:
                holders = [frozenset(chain.from_iterable(holders))]
            if len(holders) == 1:
                found = [key for key in found if key in holders[0]]
            else:
                found = [key for key in found if any(key in holder for holder in holders)]
        return found

    def remembered(self, what: object, make: Callable[[], list[str]], mend: Mend | None = None) -> list[str]:
        """What `make` gives, found once and kept; treat it as read-only.

        After a write it is made again, or brought up to date by `mend` where few documents were written.
        """
        found = self._memory.known(what, mend)
        return self._memory.keep(what, make()) if found is None else found

    def known(self, what: object, mend: Mend | None = None) -> list[str] | None:
        """What `remembered` would not have to make anew."""
        return self._memory.known(what, mend)

    def mended(self, found: list[str], changes: Changes, holds: Callable[[str, Document], bool]) -> list[str]:
        """Bring ids in order of creation up to date, in place: changed documents are in it if `holds`."""
        gone = {key for key in changes.before if key in changes.moved or key not in self}
        if gone:
            found[:] = [key for key in found if key not in gone]
        places = self._placed(self.ids())
        for key in changes.before:
            document = self.get(key)
            if document is None:
                continue
            at = bisect_left(found, places[key], key=places.__getitem__)
            stood = at < len(found) and found[at] == key
            if stood != holds(key, document):
                found[at : at + stood] = [] if stood else [key]
        return found

    def place(self, key: str) -> int:
        """A number that is larger for a document that was created later."""
        return self._placed(self.ids())[key]

    def _index(self, field: str) -> Index:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = Index(field)
            docs = self._docs
            index.fill((key, orjson.loads(docs[key] or b"{}")) for key in self.ids())
            if self._frozen is not None:
                self._frozen.indexes[field] = index.borrow()
        return index

    def values(self, field: str, holds: Callable[[Any], bool]) -> list[Any] | None:
        """The values at a dotted `field` for which something holds; None where that is asked the first time.

        An index costs as much time as a look at every document, and memory: it is for who comes again.
        """
        if field in self._indexes or field in self._sought:
            return self._index(field).values(holds)
        self._sought.add(field)
        return None

    def distinct(self, field: str) -> list[Any]:
        """The values that there are at a dotted `field`, the first found first; treat it as read-only."""
        return self.remembered(("distinct", field), lambda: self._index(field).values(lambda _: True))

    def put(self, key: str, document: Document) -> None:
        """Insert or replace; the caller keeps its own object."""
        self._write(key, encode(document), document)

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

    def _write(self, key: str, new: bytes | None, given: Document | None = None) -> None:
        undo = self._undo()
        old = self._docs.get(key)
        placed = old is not None or key in self._docs
        if undo is not None:
            undo.append((self, key, old, placed))
        self._store(key, old, new, given, placed=placed)
        if undo is None and new is None:
            self._docs.pop(key, None)

    def _store(
        self, key: str, old: bytes | None, new: bytes | None, given: Document | None = None, *, placed: bool
    ) -> None:
        if self._frozen is not None:
            self._docs, self._frozen = dict(self._docs), None
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
            self._memory.written(key, old)
        if self._indexes:
            before = orjson.loads(old or b"{}")
            after = orjson.loads(new or b"{}") if given is None else given
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
        if self._frozen is None:
            indexes = {field: index.borrow() for field, index in self._indexes.items()}
            self._frozen = Frozen(self._docs, self.ids(), indexes)
        return self._frozen

    def thaw(self, frozen: Frozen | None) -> None:
        """Take the contents of a snapshot (None: empty)."""
        if len(self._docs) > MUCH:
            gone: list[object] = [self._docs, self._indexes, self._order, self._places, self._memory.answers]
            later = Timer(SOON, gone.clear)
            later.daemon = True
            later.start()
        self._docs = frozen.docs if frozen else {}
        self._order = frozen.order if frozen else []
        self._indexes = {f: index.borrow() for f, index in frozen.indexes.items()} if frozen else {}
        self._frozen = frozen
        self._stale, self._gone, self._places = None, {}, None
        if self._memory.answers:
            self._memory.forget()


def _first(held: tuple[int, Index, list[str]]) -> int:
    return held[0]


class Frozen:
    """The contents of a collection at one moment; never written to.

    An index that is made of them later, by one who shares them still, is there for the next one too.
    """

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
