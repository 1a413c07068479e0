"""Carts: read, change, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.context import Result
from emporix_mock.engine.mixins import check_document
from emporix_mock.services.cart import changes
from emporix_mock.services.cart.access import changeable, check_external, readable
from emporix_mock.services.cart.declared import (
    CARTS,
    CLOSED,
    DUPLICATE,
    ITEMS,
    MANAGE,
    NEW_ADDRESS,
    forbidden,
    service,
)
from emporix_mock.services.cart.making import WRITABLE, existing, owned, restrict, written
from emporix_mock.services.cart.reading import answer, check_place
from emporix_mock.services.cart.stored import changed, check_version, close, items_of, tell

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

UPDATABLE: Final = (*WRITABLE, "orderId", "quoteId")
PLACES: Final = ("addresses", "countryCode")


@service.operation("GET-cart-retrieve-cart-by-cartId")
def read(ctx: RequestContext, state: State) -> Document:
    """A cart with its sums."""
    check_place(ctx)
    return answer(ctx, state, readable(ctx, state))


@service.operation("PUT-cart-update-cart")
def update(ctx: RequestContext, state: State) -> Result:
    """Change the members that the body has; addresses are replaced as a whole."""
    ctx.about.check_payload(ctx.body)
    body, cart = ctx.body or {}, changeable(ctx, state)
    check_version(cart, body)
    check_external(ctx, body.get("externalDiscounts"))
    before = dict(cart)
    for name in UPDATABLE:
        if name in body:
            cart[name] = written(name, body[name])
    if body.get("customerId") and body["customerId"] != cart.get("customerId"):
        _give(ctx, cart, body["customerId"])
    if "restriction" in body:
        cart.pop("restriction", None)
        if body["restriction"] is not None:
            restrict(state, cart, body)
    mixins = (body.get("metadata") or {}).get("mixins")
    if mixins is not None:
        cart["metadata"] = {**cart["metadata"], "mixins": mixins}
    check_document(state, cart, before)
    if "addresses" in body:
        cart["_replaced"] = True
    _check_unique(ctx, state, before, cart)
    if body.get("currency") and body["currency"] != cart["currency"]:
        changes.to_currency(ctx, state, cart, body["currency"])
    elif ctx.switch(NEW_ADDRESS) == "rematch" and not body.keys().isdisjoint(PLACES):
        changes.rematch(ctx, state, cart, items_of(state, cart["id"]))
    if body.get("status") == CLOSED:
        close(state, cart)
    else:
        changed(state, cart)
    return Result(204)


def _give(ctx: RequestContext, cart: Document, customer: str) -> None:
    """Make a cart a customer's: by the scope anybody's, else by a customer its own."""
    if not ctx.caller().may(MANAGE) and ctx.caller().customer_id != customer:
        raise forbidden()
    cart["customerId"] = customer
    cart.pop("sessionId", None)


def _check_unique(ctx: RequestContext, state: State, before: Document, cart: Document) -> None:
    names = ("customerId", "type", "legalEntityId")
    if owned(cart) and any(before.get(name) != cart.get(name) for name in names):
        other = existing(ctx, state, cart)
        if other is not None and other["id"] != cart["id"]:
            raise DUPLICATE("A cart of this owner exists on the site already.")


@service.operation("DELETE-cart-remove-cart")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a cart with its items."""
    cart = changeable(ctx, state)
    for item in items_of(state, cart["id"]):
        state.collection(ITEMS).delete(f"{cart['id']}/{item['id']}")
    state.collection(CARTS).delete(cart["id"])
    tell(state, "cart.closed", cart)
    return Result(204)
