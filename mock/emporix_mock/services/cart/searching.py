"""Carts by a query."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.services.cart.access import all_idle
from emporix_mock.services.cart.declared import CART, service
from emporix_mock.services.cart.reading import found
from emporix_mock.services.cart.stored import seen_items

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FOUND = replace(CART, present=found)


@service.operation("POST-cart-retrieve-carts-by-search")
def search(ctx: RequestContext, state: State) -> Result:
    """The carts that match `q`, closed ones too; customers and guests find their own."""
    query = (ctx.body or {}).get("q") or ""
    by_items = crud.parse_query(query).matches if "items." in query else None

    def with_items(cart: Document) -> bool:
        return by_items is None or by_items({**cart, "items": seen_items(state, cart["id"])})

    left = frozenset(all_idle(ctx, state))
    shown = {("shown", left): lambda cart: not cart.get("_approval") and cart["id"] not in left}
    keep = with_items if by_items else None
    return crud.listing(FOUND, ctx, state, q="" if by_items else query, tests=shown, keep=keep)
