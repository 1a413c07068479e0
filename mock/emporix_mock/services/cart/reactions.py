"""What happens elsewhere: orders, quotes and approvals that carts become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.services.cart.declared import CARTS, CLOSED, UNDER_APPROVAL, service
from emporix_mock.services.cart.stored import close

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State


@service.on("checkout.completed")
def ordered(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """An order was made of a cart: it is closed."""
    _close(state, payload.get("cartId"), orderId=payload.get("orderId"))


@service.on("quote.created")
def quoted(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A quote was made of a cart: it is closed."""
    _close(state, payload.get("cartId"), quoteId=payload.get("id"))


def _close(state: State, key: Any, **why: Any) -> None:
    cart = state.collection(CARTS).get(str(key)) if key else None
    if cart is not None and cart.get("status") != CLOSED:
        close(state, cart, **why)


@service.on("approval.created")
def taken(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A cart that waits for an approval is out of its owner's reach, for good (identity facts, approvals)."""
    if payload.get("resourceType") != "CART" or ctx.switch(UNDER_APPROVAL) == "kept":
        return
    key = str(payload.get("resourceId"))
    cart = state.collection(CARTS).get(key)
    if cart is not None:
        state.collection(CARTS).put(key, {**cart, "_approval": True})
