"""Worlds that outlive the process: each knows what of it is not in the data file yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.store.data_rows import NOW, StoredWorld
from emporix_mock.store.documents import Documents, Frozen
from emporix_mock.store.sources import packed, unpacked
from emporix_mock.store.world import EVENTS_LENGTH, TOKENS, Snapshot, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emporix_mock.store.data_rows import Rows
    from emporix_mock.store.documents import Document, Undo

TOKENS_KEY = (TOKENS, "tokens")


class SavedDocuments(Documents):
    """A collection that notes which of its documents changed since they were last saved."""

    __slots__ = ("_note", "_unit", "anew", "changed", "removed")

    def __init__(
        self, name: str, undo: Callable[[], Undo | None], note: Callable[[SavedDocuments], None]
    ) -> None:
        super().__init__(name, undo)
        self._unit = undo
        self._note = note
        self.saved()

    def saved(self) -> None:
        """What there is now is in the file."""
        self.anew = False
        self.changed: dict[str, None] = {}
        self.removed: dict[str, None] = {}

    def changes(self) -> Iterable[tuple[str, bytes]]:
        """The documents to write, in order of creation as far as they are new."""
        for key in self.ids() if self.anew else self.changed:
            raw = self.raw(key)
            if raw is not None:
                yield key, raw

    def _write(self, key: str, new: bytes | None, given: Document | None = None) -> None:
        super()._write(key, new, given)
        if self._unit() is None:
            self._mark(key)

    def settle(self, key: str) -> None:
        """A unit of work that wrote this document has ended."""
        super().settle(key)
        self._mark(key)

    def _mark(self, key: str) -> None:
        if self.anew:
            return
        if key in self:
            self.changed.setdefault(key)
        else:
            # What is made again later stands at the end, so its row must go first.
            self.changed.pop(key, None)
            self.removed[key] = None
        self._note(self)

    def thaw(self, frozen: Frozen | None) -> None:
        """Take other contents, all of which must be written."""
        super().thaw(frozen)
        self.saved()
        self.anew = True
        self._note(self)


class SavedWorld(World):
    """A world of a data file. Until the first `save` nothing of it is there.

    `changed` is called with it whenever a document is not what the file has.
    """

    def __init__(self, *given: Any, changed: Callable[[SavedWorld], None], **named: Any) -> None:
        self._changed = changed
        self._unsaved: dict[SavedDocuments, tuple[str, str]] = {}
        self._head: tuple[bytes, bytes] | None = None
        self._last_event: dict[str, Any] | None = None
        self._kept: dict[str, Snapshot] = {}
        super().__init__(*given, **named)

    def _made(self, service: str, name: str) -> Documents:
        key = (service, name)
        if key not in self._collections:
            self._collections[key] = SavedDocuments(f"{service}/{name}", lambda: self._undo, self._note)
        return self._collections[key]

    def _note(self, documents: SavedDocuments) -> None:
        if documents not in self._unsaved:
            service, _, name = documents.name.partition("/")
            self._unsaved[documents] = (service, name)
            self._changed(self)

    # To the file.

    def head(self, seed: str | None) -> tuple[bytes, bytes]:
        """What the world is besides documents and records; `seed` names a seed not the server's own."""
        head = {
            "clock": self.clock.dump(),
            "began": self.began,
            "switches": self.switches,
            "services": sorted(self._loaded),
            "emptied": self._emptied,
            "pending": list(self.pending),
            "seed": seed,
        }
        return orjson.dumps(head, default=str), packed(self.ids.dump())

    def is_saved(self, head: tuple[bytes, bytes]) -> bool:
        """Whether the file has all of this world, whose head is now `head`."""
        return (
            not self._unsaved
            and self._head == head
            and self._last_event is (self.events[-1] if self.events else None)
            and self._kept == self.snapshots
        )

    def save(self, rows: Rows, head: tuple[bytes, bytes]) -> None:
        """Write what changed since the last time."""
        if head != self._head:
            rows.head(self.tenant, NOW, *head)
        for documents, (service, name) in self._unsaved.items():
            place = (self.tenant, NOW, service, name)
            rows.documents(place, documents.changes(), removed=documents.removed, anew=documents.anew)
        new, anew = self._new_events()
        if new or anew:
            full = len(self.events) >= EVENTS_LENGTH
            rows.events(self.tenant, new, anew=anew, keep=EVENTS_LENGTH if full else None)
        self._save_snapshots(rows)

    def settled(self, head: tuple[bytes, bytes]) -> None:
        """The transaction of `save` has ended: all of this is in the file."""
        for documents in self._unsaved:
            documents.saved()
        self._unsaved.clear()
        self._head = head
        self._last_event = self.events[-1] if self.events else None
        self._kept = dict(self.snapshots)

    def _new_events(self) -> tuple[list[dict[str, Any]], bool]:
        """The events that the file lacks, and whether it has others that are no more."""
        new: list[dict[str, Any]] = []
        for event in reversed(self.events):
            if event is self._last_event:  # ids begin again with a reset
                return new[::-1], False
            new.append(event)
        return new[::-1], self._last_event is not None

    def _save_snapshots(self, rows: Rows) -> None:
        for name, kept in self._kept.items():
            if self.snapshots.get(name) is not kept:
                rows.drop(self.tenant, name, replaced=name in self.snapshots)
        for name, snapshot in self.snapshots.items():
            if self._kept.get(name) is snapshot:
                continue
            head = {
                "clock": snapshot.clock,
                "switches": snapshot.switches,
                "services": sorted(snapshot.services),
                "emptied": snapshot.emptied,
                "at": snapshot.at,
            }
            rows.head(self.tenant, name, orjson.dumps(head), packed(snapshot.ids))
            for (service, collection), frozen in snapshot.collections.items():
                documents = ((key, raw) for key, raw in frozen.docs.items() if raw is not None)
                rows.documents((self.tenant, name, service, collection), documents)

    # From the file.

    def take(self, stored: Mapping[str, StoredWorld], seed: str | None) -> None:
        """Become the world that the file has, snapshots included."""
        now = stored[NOW]
        head = now.head
        self.clock.load(tuple(head["clock"]))
        self.began = datetime.fromisoformat(head["began"])
        self.ids.load(unpacked(now.ids))
        self.switches = head["switches"]
        self._loaded = set(head["services"])
        self._emptied = head["emptied"]
        self.events = now.events
        self.pending.extend(head["pending"])
        for key, documents in now.collections.items():
            self._made(*key).thaw(Frozen(documents, list(documents)))
        for name, kept in stored.items():
            if name != NOW:
                self.snapshots[name] = _snapshot(kept)
        if len(self.steps):
            self.due = 0.0
        for each in stored.values():
            self.tokens.claim(each.collections.get(TOKENS_KEY, ()))
        self.settled(self.head(seed))


def _snapshot(stored: StoredWorld) -> Snapshot:
    head = stored.head
    return Snapshot(
        {key: Frozen(documents, list(documents)) for key, documents in stored.collections.items()},
        frozenset(head["services"]),
        tuple(head["clock"]),
        unpacked(stored.ids),
        head["switches"],
        head["emptied"],
        datetime.fromisoformat(head["at"]),
    )
