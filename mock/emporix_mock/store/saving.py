"""All worlds of a server kept in a data file: one transaction for all that a request changed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Protocol

from emporix_mock.errors import ConfigurationError
from emporix_mock.store.data_file import ANOTHER
from emporix_mock.store.data_rows import NOW, DamagedError, Rows
from emporix_mock.store.saved import SavedWorld
from emporix_mock.store.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.store.data_file import DataFile
    from emporix_mock.store.world import Base, World


class UnsavedError(Exception):
    """What a request changed could not be written and is undone; the text says why and the mend."""


class Seeds(Protocol):
    """The seeds of a server: its own, and shipped ones by name."""

    def facts(self) -> Mapping[str, str]:
        """What the server's own seed is known by: `seed` its name, `random seed`, `digest` its content."""

    def named(self, name: str) -> Base:
        """A shipped seed. Raises `ConfigurationError`."""

    def name_of(self, base: Base) -> str | None:
        """The name of a seed that is not the server's own."""


class SavedWorlds(Worlds):
    """Worlds that are in a file. `save` is called before anything that was done is acknowledged."""

    def __init__(
        self,
        file: DataFile,
        seeds: Seeds,
        base: Base,
        *,
        default: str,
        seed: str = "0",
        automatic: bool = True,
        limit: int = 1000,
    ) -> None:
        """Read the file; `ConfigurationError` for damage or another seed, and the file stays as it is."""
        self._file = file
        self._seeds = seeds
        self._rows = Rows(file.connection)
        self._used: dict[str, SavedWorld] = {}
        self._dropped: dict[str, None] = {}
        self._broken: str | None = None
        super().__init__(base, default=default, seed=seed, automatic=automatic, limit=limit)

    def _begin(self) -> None:
        self._check_seed()
        self._read()
        if self.default not in self._worlds:
            self.create(self.default)
        self.save()

    def _check_seed(self) -> None:
        given = dict(self._seeds.facts())
        try:
            known = self._rows.about()
        except sqlite3.DatabaseError as error:
            raise self._file.failed(error) from error
        if not known:
            self._rows.note(given)
            return
        for name, flag in (("seed", "--seed"), ("random seed", "--random-seed")):
            if name == "seed" and known.get("digest") == given["digest"]:
                continue  # the same content under another path
            if known.get(name) != given[name]:
                was = known.get(name)
                raise self._file.refused(
                    f"began with {name} '{was}', not '{given[name]}'", f"start with {flag} {was}"
                )
        if known.get("digest") != given["digest"]:
            what = f"began with the seed '{given['seed']}' as it was before it changed"
            raise self._file.refused(what, "give it back its former content")

    def _read(self) -> None:
        try:
            stored = self._rows.read()
            for tenant, parts in stored.items():
                seed = parts[NOW].head["seed"]
                made = self._worlds[tenant] = self._made(tenant)
                if seed is not None:
                    made.based_on(self._seeds.named(seed))
                made.take(parts, seed)
        except sqlite3.DatabaseError as error:
            raise self._file.failed(error) from error
        except (DamagedError, KeyError, ValueError, TypeError) as error:
            raise self._file.damaged(str(error)) from error

    def _made(self, tenant: str) -> SavedWorld:
        owner = self._token_owner
        return SavedWorld(tenant, self.base, seed=self._seed, token_owner=owner, changed=self._changed)

    # Which worlds a request may have changed.

    def find(self, tenant: str) -> World | None:
        return self._note(super().find(tenant))

    def get(self, tenant: str) -> World:
        world = super().get(tenant)
        self._note(world)
        return world

    def of_token(self, token: str) -> World | None:
        return self._note(super().of_token(token))

    def create(self, tenant: str) -> World:
        world = super().create(tenant)
        self._note(world)
        return world

    def drop(self, tenant: str) -> bool:
        self._used.pop(tenant, None)
        found = super().drop(tenant)
        if found:
            self._dropped[tenant] = None
        return found

    def _changed(self, world: SavedWorld) -> None:
        if self._worlds.get(world.tenant) is world:
            self._used[world.tenant] = world

    def _note(self, world: World | None) -> World | None:
        if isinstance(world, SavedWorld):
            self._used[world.tenant] = world
        return world

    # The file.

    def save(self) -> None:
        """Write all that changed, in one transaction that is on the disk when this returns.

        Raises `UnsavedError`; every world is then again what the file has.
        """
        if self._broken is not None:
            raise UnsavedError(self._broken)
        heads = {world: world.head(self._seeds.name_of(world.seeded_by)) for world in self._used.values()}
        if not self._dropped and all(world.is_saved(head) for world, head in heads.items()):
            self._used.clear()
            return
        connection = self._file.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for tenant in self._dropped:
                self._rows.drop(tenant)
            for world, head in heads.items():
                world.save(self._rows, head)
            connection.execute("COMMIT")
        except Exception as error:
            self._undo(error)
            raise UnsavedError(
                f"{self._file.path} cannot be written ({error}): nothing of this request stands; make room"
                f" there, or {ANOTHER}"
            ) from error
        for world, head in heads.items():
            world.settled(head)
        self._used.clear()
        self._dropped.clear()

    def _undo(self, error: Exception) -> None:
        """Return to what the file has; records that are only in memory are kept."""
        before, self._worlds = self._worlds, {}
        self._used.clear()
        self._dropped.clear()
        self._token_owner.clear()
        try:
            if self._file.connection.in_transaction:
                self._file.connection.execute("ROLLBACK")
            self._read()
        except (sqlite3.Error, ConfigurationError) as second:
            self._worlds = before
            self._broken = (
                f"{self._file.path} can be neither written ({error}) nor read ({second}); {ANOTHER}"
            )
            return
        for tenant, world in self._worlds.items():
            if tenant in before:
                world.journal, world.faults = before[tenant].journal, before[tenant].faults
                world.problems = before[tenant].problems

    def close(self) -> None:
        """Save what is left and let go of the file. Raises `UnsavedError`."""
        try:
            self.save()
        finally:
            self._file.close()
