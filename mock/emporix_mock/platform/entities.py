"""The stored entities of a type: products, orders, or instances of a type that the tenant made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

BUILT_IN: Final = {"PRODUCT": ("product-service", "products"), "ORDER": ("order", "orders")}
TYPES: Final = ("schema", "types")
INSTANCES: Final = ("schema", "instances")
PARENT: Final = "_parent"


def type_id(text: str) -> str:
    """A type as the schema service spells it; elsewhere it goes by any case, with dashes (`car-parts`)."""
    return text.upper().replace("-", "_")


def entities(state: State, kind: str) -> Iterator[Document] | None:
    """The documents of a type, None where there is no such type."""
    own = type_id(kind)
    if own in BUILT_IN:
        service, name = BUILT_IN[own]
        return state.world.state(service).collection(name).scan()
    service, name = TYPES
    if own not in state.world.state(service).collection(name):
        return None
    service, name = INSTANCES
    instances = state.world.state(service).collection(name)
    return (found for key in instances.find(PARENT, own) if (found := instances.get(key)) is not None)
