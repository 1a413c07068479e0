"""Compiled documents kept in the user's cache directory.

Everything here may fail and nothing may break by it: what cannot be read or does not match its own
checksum counts as absent, what cannot be written is compiled again next time. An entry is written
beside its place and renamed into it, so a second process sees a whole entry or none.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["cache_directory", "key_of", "read", "stale", "write"]

_FORMAT: Final = b"emporix-mock compiled 1 "
_ABANDONED: Final = 3600  # seconds after which a temporary file is nobody's
_KEPT: Final = 4  # entries per service: two sources, each before and after an update


def cache_directory() -> Path | None:
    """Where this user's cached files live, or None where the system names no place.

    `EMPORIX_MOCK_CACHE` names another directory.
    """
    chosen = os.environ.get("EMPORIX_MOCK_CACHE")
    if chosen:
        return Path(chosen)
    try:
        return _platform_directory() / "emporix-mock"
    except RuntimeError:  # no home directory
        return None


def _platform_directory() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".cache"


@cache
def _compiler() -> bytes:
    """The version of what makes compiled documents: the text of the modules that do it."""
    digest = blake2b(_FORMAT)
    for module in ("compile.py", "overlay.py", "parse.py"):
        with contextlib.suppress(OSError):
            digest.update((Path(__file__).parent / module).read_bytes())
    return digest.digest()


def key_of(*parts: bytes) -> str:
    """The name of what is compiled from `parts` by this version of the compiler."""
    digest = blake2b(_compiler(), digest_size=12)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def read(name: str, key: str) -> dict[str, Any] | None:
    """The entry of `name` under `key`, or None when there is no sound one."""
    path = _path(name, key)
    if path is None:
        return None
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != _FORMAT + _checksum(key, body):
        return None
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def write(name: str, key: str, body: bytes) -> None:
    """Keep `body`, a JSON object, as the entry of `name` under `key`, if the system lets us."""
    path = _path(name, key)
    if path is None:
        return
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        import tempfile  # noqa: PLC0415  # most starts only read

        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(_FORMAT + _checksum(key, body) + b"\n" + body)
        Path(temporary).replace(path)
        _prune(path)
    except OSError:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _path(name: str, key: str) -> Path | None:
    directory = cache_directory()
    return None if directory is None else directory / "compiled" / f"{name}.{key}.json"


def _checksum(key: str, body: bytes) -> bytes:
    return blake2b(body, digest_size=16, key=key.encode()).hexdigest().encode()


def _prune(new: Path) -> None:
    """Remove old entries of the service that `new` is for, and what killed processes left half written."""
    name = new.name.split(".")[0]
    # A clock that went back makes the newest file the oldest: the one just written is never removed.
    others = [path for path in new.parent.glob(f"{name}.*.json") if path != new]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in (*others[_KEPT - 1 :], *stale(new.parent.glob(".*.tmp"))):
        with contextlib.suppress(OSError):
            path.unlink()


def stale(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that nobody is writing any more: an hour away from now, before or after."""
    for path in paths:
        with contextlib.suppress(OSError):
            if abs(time.time() - path.stat().st_mtime) > _ABANDONED:
                yield path
