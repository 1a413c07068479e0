"""All worlds of a server: made on first use from the base seed, bounded in number, found by token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emporix_mock.store.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.world import Base

TENANT = re.compile(r"[a-z][a-z0-9]{2,15}")
LIMIT = 1000


class UnknownWorldError(Exception):
    """No world of that name, and none may be made."""


class Worlds:
    """The worlds of one server.

    A tenant name is 3 to 16 lower-case letters and digits, a letter first. With `automatic` a new
    name gets a world at first sight; beyond `limit` the longest unused one is dropped, never the
    default one.
    """

    def __init__(
        self, base: Base, *, default: str, seed: str = "0", automatic: bool = True, limit: int = LIMIT
    ) -> None:
        self.base = base
        self.default = default
        self.automatic = automatic
        self.limit = limit
        self._seed = seed
        self._worlds: dict[str, World] = {}
        self._token_owner: dict[str, str] = {}
        self._begin()

    def _begin(self) -> None:
        self.create(self.default)

    def _made(self, tenant: str) -> World:
        return World(tenant, self.base, seed=self._seed, token_owner=self._token_owner)

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._worlds.values()))

    def __len__(self) -> int:
        return len(self._worlds)

    def find(self, tenant: str) -> World | None:
        """The world of a tenant if it exists."""
        return self._worlds.get(tenant)

    def get(self, tenant: str) -> World:
        """The world of a tenant, made when it may be; `UnknownWorldError` otherwise."""
        world = self._worlds.get(tenant)
        if world is not None:
            return world
        if not self.automatic or not TENANT.fullmatch(tenant):
            raise UnknownWorldError(tenant)
        return self.create(tenant)

    def create(self, tenant: str) -> World:
        """Make the world of a tenant, in place of the one that may exist."""
        if not TENANT.fullmatch(tenant):
            raise UnknownWorldError(tenant)
        self.drop(tenant)
        while len(self._worlds) >= self.limit:
            self.drop(next(name for name in self._worlds if name != self.default))
        world = self._worlds[tenant] = self._made(tenant)
        return world

    def touch(self, world: World) -> None:
        """Note that a world is in use, so that idle ones are dropped first."""
        if len(self._worlds) > 1:
            self._worlds[world.tenant] = self._worlds.pop(world.tenant)

    def drop(self, tenant: str) -> bool:
        """Forget a world and its tokens."""
        world = self._worlds.pop(tenant, None)
        if world is None:
            return False
        for token in [token for token, owner in self._token_owner.items() if owner == tenant]:
            del self._token_owner[token]
        return True

    def of_token(self, token: str) -> World | None:
        """The world in which a token was issued."""
        owner = self._token_owner.get(token)
        return None if owner is None else self._worlds.get(owner)
