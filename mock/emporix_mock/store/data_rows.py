"""Worlds as rows of the data file: written as changes, read as a whole; every row carries a checksum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

import orjson

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

NOW = ""
"""The `snapshot` under which a world as it is stands; snapshots stand under their names."""

Key = tuple[str, str]


class DamagedError(Exception):
    """A row is not what was written."""


@dataclass(slots=True)
class StoredWorld:
    """A world, or a snapshot of one, as the file has it."""

    head: dict[str, Any]
    ids: bytes
    collections: dict[Key, dict[str, bytes | None]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)


class Rows:
    """Reads and writes the rows of an open file; the caller begins and commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._do = connection.execute
        self._collections: dict[tuple[str, str, str, str], int] = {}

    # Reading.

    def read(self) -> dict[str, dict[str, StoredWorld]]:
        """Every world and its snapshots, by tenant and by name in the order in which they were made.

        Raises `DamagedError`.
        """
        worlds: dict[str, dict[str, StoredWorld]] = {}
        rows = self._do("SELECT tenant, snapshot, head, ids, sum FROM world ORDER BY place, tenant")
        for tenant, snapshot, head, ids, found in rows:
            _check(found, f"{tenant}/{snapshot}", head, ids)
            worlds.setdefault(tenant, {})[snapshot] = StoredWorld(orjson.loads(head), ids)
        for tenant, body, found in self._do("SELECT tenant, body, sum FROM event ORDER BY id"):
            _check(found, tenant, body)
            _known(worlds, tenant, NOW).events.append(orjson.loads(body))
        self._read_documents(worlds)
        return worlds

    def _read_documents(self, worlds: Mapping[str, Mapping[str, StoredWorld]]) -> None:
        by_id: dict[int, dict[str, bytes | None]] = {}
        self._collections = {}
        for number, *place in self._do("SELECT id, tenant, snapshot, service, name FROM collection"):
            tenant, snapshot, service, name = place
            self._collections[tenant, snapshot, service, name] = number
            stored = _known(worlds, tenant, snapshot)
            by_id[number] = stored.collections[service, name] = {}
        count = 0
        several = sum(map(len, worlds.values())) > 1  # those share what is the same in both
        bodies: dict[bytes, bytes] = {}
        for number, key, body, found in self._do(
            "SELECT collection, key, body, sum FROM document ORDER BY id"
        ):
            _check(found, f"{number}/{key}", body)
            if number not in by_id:
                raise DamagedError(f"document {key} belongs to no collection")
            by_id[number][key] = bodies.setdefault(body, body) if several else body
            count += 1
        if self._do("SELECT count(*) FROM document").fetchone()[0] != count:
            raise DamagedError("documents are missing")

    # Writing.

    def drop(self, tenant: str, snapshot: str | None = None, *, replaced: bool = False) -> None:
        """Remove a world with all its snapshots, or one snapshot; `replaced` leaves it its place."""
        where, values = "tenant = ?", [tenant]
        if snapshot is not None:
            where, values = "tenant = ? AND snapshot = ?", [tenant, snapshot]
        else:
            self._do("DELETE FROM event WHERE tenant = ?", values)
        chosen = f"SELECT id FROM collection WHERE {where}"  # noqa: S608  # two texts of ours
        self._do(f"DELETE FROM document WHERE collection IN ({chosen})", values)  # noqa: S608
        self._do(f"DELETE FROM collection WHERE {where}", values)  # noqa: S608
        if not replaced:
            self._do(f"DELETE FROM world WHERE {where}", values)  # noqa: S608
        for key in [k for k in self._collections if k[0] == tenant and snapshot in (None, k[1])]:
            del self._collections[key]

    def head(self, tenant: str, snapshot: str, head: bytes, ids: bytes) -> None:
        """Write what a world or snapshot is besides its documents."""
        found = _sum(f"{tenant}/{snapshot}", head, ids)
        place = "SELECT COALESCE(MAX(place), 0) + 1 FROM world"
        self._do(
            f"INSERT INTO world VALUES (?, ?, ({place}), ?, ?, ?) ON CONFLICT (tenant, snapshot)"  # noqa: S608
            " DO UPDATE SET head = excluded.head, ids = excluded.ids, sum = excluded.sum",
            (tenant, snapshot, head, ids, found),
        )

    def documents(
        self,
        place: tuple[str, str, str, str],
        documents: Iterable[tuple[str, bytes]],
        *,
        removed: Iterable[str] = (),
        anew: bool = False,
    ) -> None:
        """Change a collection (tenant, snapshot, service, name): remove first, or everything with `anew`,
        then write `documents`. New ones stand last, in the order given; the others keep their place."""
        number = self._collection(place)
        if anew:
            self._do("DELETE FROM document WHERE collection = ?", (number,))
        else:
            gone = ((number, key) for key in removed)
            self._connection.executemany("DELETE FROM document WHERE collection = ? AND key = ?", gone)
        self._connection.executemany(
            "INSERT INTO document (collection, key, body, sum) VALUES (?, ?, ?, ?) ON CONFLICT"
            " (collection, key) DO UPDATE SET body = excluded.body, sum = excluded.sum",
            ((number, key, body, _sum(f"{number}/{key}", body)) for key, body in documents),
        )

    def _collection(self, place: tuple[str, str, str, str]) -> int:
        number = self._collections.get(place)
        if number is None:
            sql = "INSERT INTO collection (tenant, snapshot, service, name) VALUES (?, ?, ?, ?)"
            number = self._collections[place] = int(self._do(sql, place).lastrowid or 0)
        return number

    def events(self, tenant: str, events: Iterable[dict[str, Any]], *, anew: bool, keep: int | None) -> None:
        """Add events of a world, or write them anew; the oldest beyond `keep` go (None: none are)."""
        if anew:
            self._do("DELETE FROM event WHERE tenant = ?", (tenant,))
        bodies = (orjson.dumps(event, default=str) for event in events)
        self._connection.executemany(
            "INSERT INTO event (tenant, body, sum) VALUES (?, ?, ?)",
            ((tenant, body, _sum(tenant, body)) for body in bodies),
        )
        if keep is not None:
            oldest = "SELECT id FROM event WHERE tenant = ? ORDER BY id DESC LIMIT -1 OFFSET ?"
            self._do(f"DELETE FROM event WHERE id IN ({oldest})", (tenant, keep))  # noqa: S608

    # What is said about the whole.

    def about(self) -> dict[str, str]:
        """The facts about the file; empty for a new one."""
        return dict(self._do("SELECT name, value FROM about").fetchall())

    def note(self, facts: Mapping[str, str]) -> None:
        """Keep facts about the file."""
        self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", facts.items())


def _known(worlds: Mapping[str, Mapping[str, StoredWorld]], tenant: str, snapshot: str) -> StoredWorld:
    found = worlds.get(tenant, {}).get(snapshot)
    if found is None:
        raise DamagedError(f"the world {tenant} is missing")
    return found


def _sum(place: str, *parts: bytes) -> int:
    found = crc32(place.encode())
    for part in parts:
        found = crc32(part, found)
    return found


def _check(expected: object, place: str, *parts: Any) -> None:
    if not all(isinstance(part, bytes) for part in parts) or _sum(place, *parts) != expected:
        raise DamagedError(f"{place} is not what was written")
