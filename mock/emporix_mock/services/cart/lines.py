"""How an item becomes a line of a cart, and how a line changes (cart facts 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.mixins import check_document
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.resource_names import PRODUCT_YRNS
from emporix_mock.services.cart.access import check_external
from emporix_mock.services.cart.declared import (
    DUPLICATE_PRICE,
    ITEMS,
    OLDER_LINES,
    PRICE_MISMATCH,
    REQUANTIFIED,
    joined,
    refused,
)
from emporix_mock.services.cart.facts import facts_of, populated
from emporix_mock.services.cart.given import (
    OPTIONAL,
    check_external_price,
    check_quantity,
    given_line,
    named,
    remember_line,
)
from emporix_mock.services.cart.prices import (
    checked,
    compared,
    matched,
    of_item,
    product_of,
    row_of,
    same_price,
)
from emporix_mock.services.cart.stored import items_of, new_item_id, put_item, tell_item

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def add(ctx: RequestContext, state: State, cart: Document, body: Document) -> Document:
    """Put an item into a cart and give its line; raises the 400 or 403 of what is wrong with it."""
    item = given_line(ctx, state, body)
    check_document(state, item)
    lines = _of_product(state, cart, item)
    same = next((line for line in lines if _joins(line, item)), None)
    if item["type"] == "INTERNAL":
        together = item["quantity"] + (same["quantity"] if same else 0)
        match = checked(ctx, state, cart, item, (item["quantity"], together))
        _check_older(ctx, state, cart, item, lines)
        item["price"] = row_of(match, item["price"])
        item["_facts"] = facts_of(state, {**item, "quantity": together}, match)
    else:
        item["_facts"] = facts_of(state, item, None)
    if same is not None:
        merged = {**same, **item, "id": same["id"], "quantity": same["quantity"] + item["quantity"]}
        return _put(state, cart, merged, "cart.item-updated")
    item["id"] = new_item_id(state, cart)
    return _put(state, cart, item, "cart.item-added")


def _put(state: State, cart: Document, item: Document, event: str) -> Document:
    item["effectiveQuantity"] = item["quantity"]
    put_item(state, cart, item)
    tell_item(state, event, cart, item)
    return item


def _of_product(state: State, cart: Document, item: Document) -> list[Document]:
    """The lines of the same product, by index: the rest of the cart is not looked at."""
    own, items = product_of(item), state.collection(ITEMS)
    named = [form.format(tenant=state.tenant, id=own) for form in PRODUCT_YRNS]
    keys = [
        key
        for field, values in (("product.id", [own]), ("itemYrn", named))
        for key in items.matching([(PARENT, [cart["id"]]), (field, values)])
    ]
    lines = [line for key in items.in_order(dict.fromkeys(keys)) if (line := items.get(key)) is not None]
    return [line for line in lines if product_of(line) == own]


def _joins(line: Document, item: Document) -> bool:
    """Whether more of a line is asked for rather than a line of its own."""
    if line["type"] != item["type"] or line.get("keepAsSeparateLineItem") or item["keepAsSeparateLineItem"]:
        return False
    if line.get("linePrice") or item.get("linePrice"):
        return False
    names = ("priceId",) if item["type"] == "INTERNAL" else ("originalAmount", "effectiveAmount", "currency")
    return all((line.get("price") or {}).get(name) == item["price"].get(name) for name in names)


def _check_older(
    ctx: RequestContext, state: State, cart: Document, item: Document, lines: list[Document]
) -> None:
    """400 where an older line makes the cart contradict itself, unless the tenant skips that check."""
    if setting(state, "cartItemValidationSkipExistingItemsValidationOnAddToCart"):
        return
    own = item["price"]["priceId"]
    others = [line["price"]["priceId"] for line in lines if line["type"] == "INTERNAL"]
    different = [price for price in dict.fromkeys(others) if price != own]
    if different:
        text = f"Duplicated prices {joined([*different, own])} found for the same product in the cart"
        raise refused(DUPLICATE_PRICE, PROBLEMS, text)
    if ctx.switch(OLDER_LINES) == "all":
        internal = [line for line in items_of(state, cart["id"]) if line["type"] == "INTERNAL"]
        for line, match in zip(
            internal, matched(ctx, state, cart, [of_item(i) for i in internal]), strict=True
        ):
            if match is None or not same_price(match, line["price"], compared(state)):
                text = f"Item's price '{line['price']['priceId']}' was not found in the price match"
                raise refused(PRICE_MISMATCH, PROBLEMS, text)


def change(
    ctx: RequestContext, state: State, cart: Document, item: Document, body: Document, *, partial: bool
) -> Document:
    """Replace a line, or merge a body into it; what it is and its price stay where the body is silent."""
    kind = body.get("itemType") or item["type"]
    check_external(ctx, kind == "EXTERNAL", body.get("externalDiscounts"), body.get("externalFees"))
    kept = item if partial else {name: value for name, value in item.items() if name not in OPTIONAL}
    line: Document = {**kept, "type": kind, **{n: body[n] for n in OPTIONAL if body.get(n) is not None}}
    if "quantity" in body:
        line["quantity"] = body["quantity"]
    check_quantity(line["quantity"])
    if body.get("itemYrn") and body["itemYrn"] != item.get("itemYrn"):
        line["itemYrn"] = body["itemYrn"]
        line["product"] = populated(ctx, state, {"id": named(ctx, body["itemYrn"])})
    if body.get("product"):
        line["product"] |= {name: value for name, value in body["product"].items() if name != "id"}
    if body.get("price"):
        line["price"] = dict(body["price"])
    check_document(state, line, item)
    _price(ctx, state, cart, item, line, body)
    return _put(state, cart, line, "cart.item-updated")


def _price(
    ctx: RequestContext, state: State, cart: Document, old: Document, line: Document, body: Document
) -> None:
    """Check a price that came along, or look up the one of a new quantity."""
    if line["type"] == "EXTERNAL":
        if body.get("price"):
            check_external_price(state, line)
        if body.get("lineTax"):
            remember_line(line)
        line["_facts"] = facts_of(state, line, None)
        return
    for name in ("linePrice", "lineTax"):
        line.pop(name, None)
    other = line.get("itemYrn") != old.get("itemYrn")
    if body.get("price") or other:
        match: Any = checked(ctx, state, cart, line, (line["quantity"],))
    elif line["quantity"] != old["quantity"] and ctx.switch(REQUANTIFIED) == "rematch":
        match = matched(ctx, state, cart, [of_item(line)])[0]
    else:
        return
    if match is not None:
        line["price"] = row_of(match, line["price"])
        line["_facts"] = facts_of(state, line, match)


def move(state: State, cart: Document, item: Document) -> Document:
    """Put an item of another cart into this one as it is, more of the same into the same line."""
    copy = {name: value for name, value in item.items() if name != PARENT}
    same = next((line for line in _of_product(state, cart, copy) if _joins(line, copy)), None)
    if same is not None:
        merged = {**same, "quantity": same["quantity"] + copy["quantity"]}
        return _put(state, cart, merged, "cart.item-updated")
    return _put(state, cart, {**copy, "id": new_item_id(state, cart)}, "cart.item-added")
