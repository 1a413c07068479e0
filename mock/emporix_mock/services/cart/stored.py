"""Carts and items as they are stored, and what every change to them has in common."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.metadata import given_version
from emporix_mock.engine.resource import PARENT
from emporix_mock.services.cart.declared import (
    CART,
    CARTS,
    CHANGED,
    CLOSED,
    ITEMS,
    STALE,
    missing_item,
    yrn_of,
)
from emporix_mock.store.documents import seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def items_of(state: State, cart: str) -> list[Document]:
    """The items of a cart as stored, in order of creation."""
    items = state.collection(ITEMS)
    return [item for key in items.among(PARENT, [cart]) if (item := items.get(key)) is not None]


def seen_items(state: State, cart: str) -> list[Document]:
    """The same for those who only look: nothing in them may be changed."""
    items = state.collection(ITEMS)
    return [item for key in items.among(PARENT, [cart]) if (item := items.peek(key)) is not None]


def item_of(state: State, cart: str, item: str) -> Document:
    """One item of a cart; 404 for none."""
    found = state.collection(ITEMS).get(f"{cart}/{item}")
    if found is None:
        raise missing_item(cart, item)
    return found


def put_item(state: State, cart: Document, item: Document) -> None:
    """Store an item of a cart."""
    item[PARENT] = cart["id"]
    state.collection(ITEMS).put(f"{cart['id']}/{item['id']}", item)


def drop_item(state: State, cart: Document, item: Document) -> None:
    """Remove an item and tell."""
    state.collection(ITEMS).delete(f"{cart['id']}/{item['id']}")
    tell_item(state, "cart.item-deleted", cart, item)


def new_item_id(state: State, cart: Document) -> str:
    """The next number of an item of a cart; none is given twice."""
    number = cart.get("_next")
    if number is None:
        number = (
            max(
                (int(item["id"]) for item in items_of(state, cart["id"]) if item["id"].isdecimal()),
                default=-1,
            )
            + 1
        )
    cart["_next"] = number + 1
    return str(number)


def check_version(cart: Document, body: Document) -> None:
    """409 where a body names another version of the cart than the current one."""
    if given_version(CART, body) not in (None, cart["metadata"]["version"]):
        raise STALE(CHANGED)


def put_cart(state: State, cart: Document) -> None:
    """Store a cart in its next version."""
    metadata = cart["metadata"]
    metadata["version"] = metadata.get("version", 0) + 1
    metadata["modifiedAt"] = state.timestamp()
    state.collection(CARTS).put(cart["id"], cart)


def changed(state: State, cart: Document) -> None:
    """Store a cart in its next version and tell that it has changed."""
    put_cart(state, cart)
    state.emit("cart.updated", whole(state, cart))


def close(state: State, cart: Document, **why: Any) -> None:
    """Close a cart for good: an order or a quote was made of it, or it went into another one."""
    cart |= {"status": CLOSED, **{name: value for name, value in why.items() if value}}
    put_cart(state, cart)
    tell(state, "cart.closed", cart)


def whole(state: State, cart: Document) -> Document:
    """A cart with its items as events show it: what is stored, nothing calculated.

    Events of a cart share what has not changed between them; it may only be looked at.
    """
    items = state.collection(ITEMS)
    raws = [items.raw(key) for key in items.among(PARENT, [cart["id"]])]
    shown = [_shown_item(raw) for raw in raws if raw is not None]
    return {**public(cart), "yrn": yrn_of(state.tenant, cart["id"]), "items": shown}


@lru_cache(maxsize=4096)
def _shown_item(raw: bytes) -> Document:
    return public(seen(raw))


def public(document: Document) -> Document:
    """A stored document without the members that are nobody's business."""
    return {name: value for name, value in document.items() if name[0] != "_"}


def tell(state: State, event: str, cart: Document) -> None:
    """Emit one of the short events of a cart."""
    names = ("id", "currency", "customerId", "siteCode", "metadata")
    state.emit(event, {str(name): cart[name] for name in names if name in cart})


def tell_item(state: State, event: str, cart: Document, item: Document) -> None:
    """Emit an event of an item."""
    payload = {"tenant": state.tenant, "cartId": cart["id"], "itemId": item["id"]}
    if event != "cart.item-deleted":
        payload["quantity"] = item["quantity"]
        if "priceId" in (item.get("price") or {}):
            payload["priceId"] = item["price"]["priceId"]
    state.emit(event, payload)


def open_carts(state: State, field: str, value: str) -> Iterable[Document]:
    """The carts with a value in a field that are not closed."""
    carts = state.collection(CARTS)
    for key in carts.among(field, [value]):
        cart = carts.get(key)
        if cart is not None and cart.get("status") != CLOSED:
            yield cart
