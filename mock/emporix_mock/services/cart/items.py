"""Items: list, read, add, change, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.rules.resource_names import product_yrn
from emporix_mock.services.cart import lines
from emporix_mock.services.cart.access import changeable, readable
from emporix_mock.services.cart.declared import service
from emporix_mock.services.cart.prices import product_of
from emporix_mock.services.cart.reading import answer
from emporix_mock.services.cart.stored import changed, check_version, drop_item, item_of, items_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-cart-list-cart-items")
def listed(ctx: RequestContext, state: State) -> list[Document]:
    """The items of a cart with their sums."""
    items: list[Document] = answer(ctx, state, readable(ctx, state))["items"]
    return items


@service.operation("GET-cart-retrieve-item-details")
def read(ctx: RequestContext, state: State) -> Document:
    """One item with its sums."""
    cart = readable(ctx, state)
    item_of(state, cart["id"], ctx.path["itemId"])
    items = answer(ctx, state, cart)["items"]
    return next(item for item in items if item["id"] == ctx.path["itemId"])


@service.operation("POST-cart-add-item-to-cart")
def add(ctx: RequestContext, state: State) -> Result:
    """Put an item into a cart: a line of its own, or more of one that is there."""
    ctx.about.check_payload(ctx.body)
    cart = changeable(ctx, state)
    item = lines.add(ctx, state, cart, ctx.body)
    changed(state, cart)
    return Result(201, made(ctx, item), {"Location": location(cart, item)})


@service.operation("PUT-cart-update-item-details")
def update(ctx: RequestContext, state: State) -> Result:
    """Replace an item, or with `partial` change what the body has."""
    ctx.about.check_payload(ctx.body)
    cart = changeable(ctx, state)
    item = item_of(state, cart["id"], ctx.path["itemId"])
    body = ctx.body or {}
    check_version(cart, body)
    lines.change(ctx, state, cart, item, body, partial=bool(ctx.query.get("partial")))
    changed(state, cart)
    return Result(204)


@service.operation("DELETE-cart-remove-item-from-cart")
def remove(ctx: RequestContext, state: State) -> Result:
    """Take an item out."""
    cart = changeable(ctx, state)
    drop_item(state, cart, item_of(state, cart["id"], ctx.path["itemId"]))
    changed(state, cart)
    return Result(204)


@service.operation("DELETE-cart-remove-items-from-cart")
def clear(ctx: RequestContext, state: State) -> Result:
    """Take all items out."""
    cart = changeable(ctx, state)
    for item in items_of(state, cart["id"]):
        drop_item(state, cart, item)
    changed(state, cart)
    return Result(204)


def made(ctx: RequestContext, item: Document) -> Document:
    """What the answer to an added item says."""
    yrn = item.get("itemYrn") or product_yrn(ctx.tenant, product_of(item))
    return {"itemId": item["id"], "yrn": yrn}


def location(cart: Document, item: Document) -> str:
    """Where an item is."""
    return f"/carts/{cart['id']}/items/{item['id']}"
