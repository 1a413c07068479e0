"""What services look up about a product in the store: its names and whether it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emporix_mock.store.world import State


def product(state: State, product_id: str) -> dict[str, Any]:
    """The stored product, empty when there is none.

    Like `assets_of`: for lists that would otherwise ask the product service once per entry.
    """
    return state.world.state("product-service").collection("products").get(product_id) or {}
