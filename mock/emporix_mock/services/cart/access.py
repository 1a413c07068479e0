"""Which carts a caller may see and change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.overdue import overdue
from emporix_mock.services.cart.declared import (
    CARTS,
    CLOSED,
    CLOSED_CART,
    CLOSED_CHANGE,
    EXTERNAL_PRICES,
    EXTERNAL_SCOPE,
    IDLE,
    MANAGE,
    MERGED_GUESTS,
    SESSION_VALIDATED,
    forbidden,
    missing_cart,
    refused,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import State

IDLE_DAYS: Final = 30


def readable(
    ctx: RequestContext, state: State, key: str | None = None, *, any_guests: bool = False
) -> Document:
    """The cart that a path (or `key`) names, without its items.

    404 for none, for one that is closed, idle for too long or under approval, 403 for somebody else's;
    with `any_guests` a guest's will do whose sessions need not be checked. The platform itself reaches
    every cart.
    """
    key = key or ctx.path["cartId"]
    cart = state.collection(CARTS).get(key)
    if cart is None or not (ctx.caller().is_platform or _lives(ctx, state, cart)):
        raise missing_cart(key)
    if not may_use(ctx.caller(), cart) and not (any_guests and _unguarded(ctx, cart)):
        raise forbidden()
    return cart


def _unguarded(ctx: RequestContext, cart: Document) -> bool:
    guest = not (cart.get("customerId") or cart.get(SESSION_VALIDATED))
    return guest and ctx.switch(MERGED_GUESTS) == "any"


def changeable(
    ctx: RequestContext, state: State, key: str | None = None, *, any_guests: bool = False
) -> Document:
    """The same of a cart that is about to change: not of a closed one."""
    cart = readable(ctx, state, key, any_guests=any_guests)
    if cart.get("status") == CLOSED:
        raise closed(cart)
    return cart


def closed(cart: Document) -> EmporixError:
    """The refusal of a change to a closed cart."""
    return refused(CLOSED_CHANGE, f"Cart with code {cart['id']} is closed.")


def _lives(ctx: RequestContext, state: State, cart: Document) -> bool:
    if cart.get("_approval"):
        return False
    if cart.get("status") == CLOSED:
        return ctx.switch(CLOSED_CART) == "shown"
    return not idle(ctx, state, cart)


def idle(ctx: RequestContext, state: State, cart: Document) -> bool:
    """Whether an open cart has not been touched for too long."""
    return ctx.switch(IDLE) != "kept" and _touched(cart) < _limit(state)


def all_idle(ctx: RequestContext, state: State) -> list[str]:
    """The open carts that have not been touched for too long."""
    carts = state.collection(CARTS)
    return [] if ctx.switch(IDLE) == "kept" else overdue(carts, _end, _limit(state))


def _limit(state: State) -> str:
    return (state.now() - timedelta(days=IDLE_DAYS)).isoformat()[:19]


def _touched(cart: Document) -> str:
    touched: str = cart["metadata"]["modifiedAt"]
    return touched[:19]


def _end(cart: Document) -> str | None:
    return None if cart.get("status") == CLOSED else _touched(cart)


def may_use(caller: Principal, cart: Document) -> bool:
    """Whether a cart is the caller's by customer (and company) or session, or anybody's by scope."""
    if caller.may(MANAGE):
        allowed = caller.restrictions(MANAGE)
        return allowed is None or cart.get("restriction") in (None, *allowed)
    if caller.kind == "service" and caller.may(EXTERNAL_PRICES):
        return True
    return owns(caller, cart)


def owns(caller: Principal, cart: Document) -> bool:
    """Whether a cart belongs to the caller, whatever scopes it has."""
    customer = cart.get("customerId")
    if customer is None:
        session = cart.get("sessionId")
        return session is not None and session == caller.session_id
    if customer != caller.customer_id:
        return False
    return caller.legal_entity_id is None or cart.get("legalEntityId") == caller.legal_entity_id


def check_external(ctx: RequestContext, *values: Any) -> None:
    """403 for external prices or discounts from a caller without the scope for them."""
    if any(values) and not ctx.caller().may(EXTERNAL_PRICES):
        raise EXTERNAL_SCOPE("User not authorized.")
