"""Guests' carts into a customer's cart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.services.cart import lines, sessions
from emporix_mock.services.cart.access import changeable
from emporix_mock.services.cart.changes import rematch
from emporix_mock.services.cart.declared import MERGE, refused, service
from emporix_mock.services.cart.stored import changed, close, items_of, tell

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-cart-merge-carts")
def merge(ctx: RequestContext, state: State) -> Result:
    """Move the items of guests' carts into a customer's; these carts end closed.

    Prices of what came in are those of the target's conditions where it has any. Coupons stay behind.
    """
    ctx.about.check_payload(ctx.body)
    target = changeable(ctx, state)
    if not target.get("customerId"):
        raise refused(MERGE, PROBLEMS, "The target of a merge has to be the cart of a customer")
    sources = [changeable(ctx, state, key, any_guests=True) for key in dict.fromkeys(ctx.body["carts"])]
    for source in sources:
        if source.get("customerId"):
            raise refused(MERGE, PROBLEMS, f"Cart {source['id']} is no anonymous cart")
    touched: list[Document] = []
    for source in sources:
        touched += [lines.move(state, target, item) for item in items_of(state, source["id"])]
        close(state, source)
    rematch(ctx, state, target, list({item["id"]: item for item in touched}.values()))
    changed(state, target)
    tell(state, "cart.merged", target)
    sessions.note_cart(ctx, target)
    return Result(200)
