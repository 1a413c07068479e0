"""The scopes that exist in a tenant: those of the documents and those that the tenant made itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock_spec.scopes import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emporix_mock.store.documents import Documents
    from emporix_mock.store.world import World

__all__ = ["SERVICE", "known", "provide", "shipped", "withdraw"]

SERVICE: Final = "oauth-service"


RIGHTS: Final = ("read", "manage", "read_own", "manage_own")


def known(world: World) -> frozenset[str]:
    """Every scope that a key with all scopes can be granted."""
    own = [*_own(world).ids(), *of_types(world.collection("schema", "types").ids())]
    return shipped().union(own) if own else shipped()


def of_types(types: Iterable[str]) -> Iterator[str]:
    """The scopes of custom types (conventions, section 3)."""
    for name in types:
        for right in RIGHTS:
            yield f"custom.{name.lower()}_{right}"


def provide(world: World, names: Iterable[str]) -> None:
    """Make scopes exist: IAM does so for custom scopes, the schema service for custom types."""
    for name in names:
        _own(world).put(name, {"id": name})


def withdraw(world: World, names: Iterable[str]) -> None:
    """Make scopes of `provide` cease to exist; tokens that hold them keep them."""
    for name in names:
        _own(world).delete(name)


def _own(world: World) -> Documents:
    return world.state(SERVICE).collection("scopes")
