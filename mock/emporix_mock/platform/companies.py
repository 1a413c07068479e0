"""What services look up about a company: its stored document, in step with what the service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def company(state: State, key: str) -> Document | None:
    """The legal entity of an id, with references as they are stored; like `products.product`, for lists."""
    return state.world.state("client-management").collection("legalEntities").get(key)
