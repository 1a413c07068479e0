"""The file behind `--data`: an SQLite database of ours, opened only when it is sound and nobody else's.

Whatever cannot be used is refused with the mend and left as it is. A new file appears whole: it is
made under another name and then linked to its own.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from emporix_mock.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION = 0x454D5058
FORMAT = 1
SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE world (
  tenant TEXT, snapshot TEXT, place INTEGER NOT NULL, head BLOB NOT NULL, ids BLOB NOT NULL,
  sum INTEGER NOT NULL, PRIMARY KEY (tenant, snapshot)) WITHOUT ROWID;
CREATE TABLE event (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, body BLOB NOT NULL, sum INTEGER NOT NULL);
CREATE INDEX event_tenant ON event (tenant);
CREATE TABLE collection (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, snapshot TEXT NOT NULL, service TEXT NOT NULL,
  name TEXT NOT NULL, UNIQUE (tenant, snapshot, service, name));
CREATE TABLE document (
  id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
  sum INTEGER NOT NULL, UNIQUE (collection, key));
"""
MAGIC = b"SQLite format 3\0"
HEADER = 100
ANOTHER = "name another file with --data"

_open: set[tuple[int, int]] = set()


class DataFile:
    """One open file, held by this server alone until it is closed or the process ends."""

    def __init__(self, path: Path) -> None:
        """Open `path`, or make it. Raises `ConfigurationError` for what cannot be used."""
        self.path = path
        self._identity = identity(path)
        if self._identity in _open:
            raise self.refused("is in use by another server", "stop that one")
        try:
            _examine(self)
            self._identity = identity(path)
            self.connection = self._connected()
        except OSError as error:
            raise self.unusable(error.strerror or str(error)) from error
        if self._identity is not None:
            _open.add(self._identity)

    def _connected(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path.absolute().as_uri() + "?mode=rw",
                uri=True,
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.OperationalError as error:
            raise self.unusable(str(error)) from error
        try:
            # With the lock kept there is no shared memory file, and no second server gets in. FULL:
            # what is acknowledged outlives the machine's end too, not only that of the process.
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
            broken = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self.failed(error) from error
        if broken != "ok":
            connection.close()
            raise self.damaged(str(broken).replace("\n", " "))
        return connection

    def close(self) -> None:
        """Let go of the file; everything is in it, nothing beside it."""
        self.connection.close()
        if self._identity is not None:
            _open.discard(self._identity)

    # Refusals.

    def failed(self, error: sqlite3.Error) -> ConfigurationError:
        """What an error of SQLite means for the user."""
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.refused("is in use by another server", "stop that one")
        if error.sqlite_errorcode & 0xFF in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_PERM,
        ):
            return self.unusable(str(error))
        return self.damaged(str(error))

    def damaged(self, why: str) -> ConfigurationError:
        """Bytes in the file are not what was written."""
        return self.refused(f"is damaged ({why})", "put a sound copy in its place")

    def unusable(self, why: str) -> ConfigurationError:
        """The system does not let us have it."""
        return self.refused(
            f"cannot be used ({why})", "make room and let this user write there, the folder included"
        )

    def refused(self, what: str, mend: str) -> ConfigurationError:
        """The error for the user; the file stays as it is."""
        return ConfigurationError(f"{self.path} {what}; {mend}, or {ANOTHER}; nothing was changed")


def identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from others, however it is named; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _examine(file: DataFile) -> None:
    """Look at the first bytes before SQLite does, which would write to files of others; make a new file."""
    path = file.path
    if path.exists() and not path.is_file():
        raise ConfigurationError(f"{path} is no file; {ANOTHER}; nothing was changed")
    head = b""
    if path.exists():
        with path.open("rb") as opened:
            head = opened.read(HEADER)
    if not head:
        leftover = path.with_name(path.name + "-wal")
        if leftover.exists():
            raise file.refused(
                f"is gone or empty, but {leftover} holds its last changes",
                f"put it back or remove {leftover}",
            )
        _make(path)
    elif len(head) < HEADER or not head.startswith(MAGIC) or _number(head, 68) != APPLICATION:
        raise ConfigurationError(f"{path} is no data file of emporix-mock; {ANOTHER}; nothing was changed")
    elif _number(head, 60) > FORMAT:
        raise file.refused(
            f"was written by a newer emporix-mock (format {_number(head, 60)}, this one knows {FORMAT})",
            "update emporix-mock",
        )


def _number(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 4], "big")


def _make(path: Path) -> None:
    """A new, empty file of ours under `path`; one that another server makes meanwhile stays."""
    for draft in _draft(path):
        connection = sqlite3.connect(draft)
        try:
            pragmas = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};"
            connection.executescript(f"BEGIN; {SCHEMA} {pragmas} COMMIT;")
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise OSError(0, str(error)) from error
        finally:
            connection.close()
        if path.exists():
            draft.replace(path)
        else:
            _link(draft, path)


def _draft(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                Path(name + suffix).unlink()


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        draft.replace(path)
