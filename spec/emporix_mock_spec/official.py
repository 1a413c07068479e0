"""Fetching the vendor's documents at the locked commit and checking that they are the ones meant.

All files are gathered beside the place they are for and change places with it at the end, so what was
there before stays whole until every new file is proven.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emporix_mock_spec import cache, catalog
from emporix_mock_spec.error import SpecError
from emporix_mock_spec.load import official_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock_spec.catalog import ServiceEntry

    Progress = Callable[[int, int, str], None]
    Fetch = Callable[[ServiceEntry], bytes]

__all__ = ["BASE_URL", "Mismatch", "pull", "verify"]

BASE_URL: Final = f"https://raw.githubusercontent.com/{catalog.REPOSITORY}/{catalog.COMMIT}"
_AGAIN: Final = "try again, or take the files from a folder with --from"
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A file that is not the one the lock file names, and why."""

    service: str
    path: Path
    why: str


def pull(
    directory: Path | None = None,
    *,
    base_url: str = BASE_URL,
    origin: Path | None = None,
    progress: Progress | None = None,
    timeout: float = 30.0,
) -> Path:
    """Put every official document into `directory` and return it; None means the user's cache.

    The files come from `base_url`, or from the folder `origin` laid out like the repository. `progress`
    is told how many of how many are there and the service at hand; `timeout` seconds go to each file.
    Raises `SpecError` when one cannot be had, is not the locked one or cannot be written; `directory`
    is then as it was.
    """
    target = official_directory() if directory is None else directory
    fetch: Fetch
    if origin is not None:
        fetch = _reader(origin)
    elif base_url.lower().startswith(("http://", "https://")):
        fetch = _downloader(base_url.rstrip("/"), timeout)
    else:
        raise SpecError(f"{base_url}: not an http or https address; use --from for a folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name[:12]}."
        for left in cache.stale(target.parent.glob(f"{prefix}*")):  # by a pull that was killed
            shutil.rmtree(left, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    try:
        _gather(fetch, staging, progress)
        _swap(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def verify(directory: Path | None = None) -> list[Mismatch]:
    """What in `directory` (None: the user's cache) differs from the lock file; nothing is downloaded."""
    root = official_directory() if directory is None else directory
    found: list[Mismatch] = []
    for entry in catalog.services().values():
        path = root / entry.path
        try:
            why = _difference(entry, path.read_bytes())
        except OSError as error:
            why = error.strerror or str(error)
        if why:
            found.append(Mismatch(entry.name, path, why))
    return found


def _gather(fetch: Fetch, staging: Path, progress: Progress | None) -> None:
    entries = catalog.services().values()
    for done, entry in enumerate(entries):
        if progress is not None:
            progress(done, len(entries), entry.name)
        content = fetch(entry)
        why = _difference(entry, content)
        if why:
            raise SpecError(f"{entry.path}: {why}; nothing was kept, {_AGAIN}")
        path = staging / entry.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise _unwritable(path, error) from error
    if progress is not None:
        progress(len(entries), len(entries), "")


def _difference(entry: ServiceEntry, content: bytes) -> str:
    if sha256(content).hexdigest() == entry.sha256:
        return ""
    if len(content) < entry.bytes:
        return f"cut short, {len(content)} of {entry.bytes} bytes"
    return "not the file of the locked commit (sha256 differs)"


def _swap(staging: Path, target: Path) -> None:
    """Put `staging` in the place of `target`; if that fails, `target` comes back."""
    old = staging.with_name(f"{staging.name}.old")
    try:
        if target.exists():
            target.rename(old)
        try:
            staging.chmod(0o755)  # mkdtemp keeps others out; a cache need not
            staging.rename(target)
        except OSError:
            with suppress(OSError):
                old.rename(target)
            raise
    except OSError as error:
        raise _unwritable(target, error) from error
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(path: Path, error: OSError) -> SpecError:
    return SpecError(
        f"{path}: cannot be written ({error.strerror or error}); make room or set EMPORIX_MOCK_CACHE"
        " to a directory of yours"
    )


def _reader(origin: Path) -> Fetch:
    def fetch(entry: ServiceEntry) -> bytes:
        path = origin / entry.path
        try:
            return path.read_bytes()
        except OSError as error:
            raise SpecError(
                f"{path}: {error.strerror or error}; --from wants the top folder of {catalog.REPOSITORY}"
            ) from error

    return fetch


def _downloader(base_url: str, timeout: float) -> Fetch:
    import http.client  # noqa: PLC0415  # a pull is rare, this module is not
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    def read(url: str, limit: int) -> bytes:
        deadline = time.monotonic() + timeout
        content = bytearray()
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310  # checked in pull
            while len(content) <= limit and (chunk := answer.read1(_CHUNK)):
                content += chunk
                if time.monotonic() > deadline:
                    raise TimeoutError
        return bytes(content)

    def fetch(entry: ServiceEntry) -> bytes:
        url = f"{base_url}/{entry.path}"
        try:
            return read(url, entry.bytes)
        except urllib.error.HTTPError as error:
            error.close()
            raise SpecError(f"{url}: HTTP {error.code}; check --base-url, or use --from") from error
        except http.client.HTTPException as error:
            raise SpecError(f"{url}: the answer broke off ({type(error).__name__}); {_AGAIN}") from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise SpecError(f"{url}: no answer within {timeout:g} s; {_AGAIN}") from error
            why = getattr(reason, "strerror", None) or reason or type(error).__name__
            raise SpecError(f"{url}: cannot be reached ({why}); {_AGAIN}") from error

    return fetch
