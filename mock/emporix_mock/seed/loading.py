"""From the files of a seed set to the collections that a world starts with.

What was read and, for a user's set, checked is kept in the cache by the text of the file, the
specification and what the service declares, so that a start without changes parses no YAML.
Documents without relative times are shared by all worlds; the others are written for each world at
its first use of the service, counted from the moment the world began.
"""

from __future__ import annotations

from functools import cache as memoize
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.seed.files import find
from emporix_mock.seed.layout import layouts
from emporix_mock.seed.moments import settle
from emporix_mock.seed.refusal import Refusal
from emporix_mock.seed.rows import Row, rows
from emporix_mock.services import registry
from emporix_mock.store.documents import Frozen, encode
from emporix_mock_spec import cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from emporix_mock.seed.files import SeedFile
    from emporix_mock.seed.layout import Layout
    from emporix_mock.seed.moments import Times
    from emporix_mock.seed.rows import Rows
    from emporix_mock.store.world import Base, World
    from emporix_mock_spec.load import Source


def base(seed: str, source: Source, *, random_seed: str = "0") -> Base:
    """What worlds start with: the shipped set of that name, or the user's set at that path.

    A user's set is checked here as a whole; a shipped one was checked when it was built and is read
    service by service at first use. `random_seed` decides the ids that documents leave open. Raises
    `ConfigurationError`, one line with file, line, place, broken rule and mend.
    """
    seeds = _Seeds(seed, source, random_seed)
    if seeds.files.own:
        seeds.check()
    return seeds.base


def check(seed: str, source: Source) -> None:
    """Check every document and reference of a set, shipped or not. Raises `ConfigurationError`."""
    _Seeds(seed, source, "0").check()


def fingerprint(seed: str) -> str:
    """What tells the content of a set from any other. Raises `ConfigurationError` for an unreadable one."""
    files, digest = find(seed), blake2b(digest_size=16)
    for service in sorted(files.services):
        file = files.file(service)
        if file is not None:
            digest.update(repr((service, file.below, file.source)).encode())
    return digest.hexdigest()


class _Seeds:
    def __init__(self, seed: str, source: Source, random_seed: str) -> None:
        self.files = find(seed)
        self._source = source
        self._random_seed = random_seed
        self._rows: dict[str, Rows] = {}
        self._contents: dict[str, _Contents] = {}

    def base(self, service: str, world: World) -> Mapping[str, Frozen]:
        """The collections of a service as a world begins with them."""
        contents = self._contents.get(service)
        if contents is None:
            contents = self._contents[service] = _Contents(self._read(service), self._layouts(service))
            self._rows.pop(service, None)
        return contents.of(world)

    def check(self) -> None:
        from emporix_mock.seed.checking import check_references  # noqa: PLC0415  # shipped sets were checked

        for service in self.files.services:
            self._rows[service] = self._read(service, checked=True)
        for service in self.files.services:
            try:
                check_references(self._rows[service], self._layouts(service), self._ids)
            except Refusal as refusal:
                file = self.files.file(service)
                raise (file.refused(refusal) if file else refusal.error(service)) from None

    def _layouts(self, service: str) -> Mapping[str, Layout]:
        return layouts(registry.load(service))

    def _ids(self, service: str, collection: str) -> frozenset[str]:
        return frozenset(row.id for row in self._rows.get(service, {}).get(collection, ()))

    def _read(self, service: str, *, checked: bool = False) -> Rows:
        if service in self._rows:
            return self._rows[service]
        file = self.files.file(service)
        if file is None:
            return {}
        known = self._layouts(service)
        name = f"seed-{'own' if self.files.own else self.files.name}-{service}"
        key = self._key(file, service, known, checked=checked)
        kept = cache.read(name, key)
        if kept is not None:
            return _from_cache(kept)
        try:
            found = rows(file.content(), known, service, random_seed=self._random_seed)
            if checked and found:
                from emporix_mock.seed.checking import check_schemas  # noqa: PLC0415  # as above

                check_schemas(service, self._source.document(service), found, known)
        except Refusal as refusal:
            raise file.refused(refusal) from None
        cache.write(name, key, _to_cache(found))
        return found

    def _key(self, file: SeedFile, service: str, known: Mapping[str, Layout], *, checked: bool) -> str:
        identity = repr((file.below, self._random_seed, [known[name].identity for name in sorted(known)]))
        specification = (b"", b"")
        if checked and known:
            repair = self._source.repairs.get(service)
            specification = (self._source.source(service), repair.read_bytes() if repair else b"")
        return cache.key_of(_code(), file.source, identity.encode(), *specification)


@memoize
def _code() -> bytes:
    """The version of what reads and checks seeds: the text of its modules."""
    digest = blake2b()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.digest()


def _to_cache(found: Rows) -> bytes:
    return orjson.dumps(
        {name: [[r.id, r.key, r.at, r.document, r.times] for r in entries] for name, entries in found.items()}
    )


def _from_cache(kept: Mapping[str, Any]) -> Rows:
    return {
        name: [Row(own, key, tuple(at), document, times) for own, key, at, document, times in entries]
        for name, entries in kept.items()
    }


class _Contents:
    """The collections of one service, those that are the same in all worlds made once."""

    def __init__(self, found: Rows, known: Mapping[str, Layout]) -> None:
        self._stamps = {name: known[name].stamp for name in found}
        self._shared: dict[str, Frozen] = {}
        self._moving: dict[str, list[tuple[str, bytes, Times]]] = {}
        for name, entries in found.items():
            encoded = [(row.key, encode(row.document), row.times) for row in entries]
            if any(times for _, _, times in encoded):
                self._moving[name] = encoded
            else:
                self._shared[name] = _frozen({key: raw for key, raw, _ in encoded})

    def of(self, world: World) -> Mapping[str, Frozen]:
        now = world.began
        found = dict(self._shared)
        for name, entries in self._moving.items():
            stamp = self._stamps[name]
            found[name] = _frozen({key: _settled(raw, times, now, stamp) for key, raw, times in entries})
        return found


def _frozen(documents: dict[str, bytes | None]) -> Frozen:
    return Frozen(documents, list(documents))


def _settled(raw: bytes, times: Times, now: datetime, stamp: Callable[[datetime], str]) -> bytes:
    if not times:
        return raw
    document = orjson.loads(raw)
    settle(document, times, now, stamp)
    return encode(document)
