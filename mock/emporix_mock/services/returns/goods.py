"""What is sent back: entries of orders that belong to who asks, and what they are worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import NotFound
from emporix_mock.rules.returns import CLOSED, totals, valued
from emporix_mock.services.returns.declared import (
    CURRENCY,
    INCOMPLETE,
    ITEM,
    RETURNED_TWICE,
    UNIT_PRICE,
    UNKNOWN_ORDER,
    invalid,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

GUEST: Final = "ANONYMOUS"
STEPS: Final = {"cents": Decimal("0.01"), "mills": Decimal("0.001")}
SELECTED: Final = ("id", "quantity", "reason")


def selection(orders: list[Document]) -> list[Document]:
    """What a client chose of orders, without what the server adds."""
    return [
        {
            "id": order.get("id"),
            "items": [
                {name: item[name] for name in SELECTED if item.get(name) is not None}
                for item in order.get("items") or ()
            ],
        }
        for order in orders
    ]


def value(ctx: RequestContext, state: State, new: Document) -> None:
    """Complete the items of a return and its totals. Raises 400 for what cannot be returned."""
    if not new["orders"]:
        raise invalid(INCOMPLETE, "orders: must not be empty")
    step, currencies, every = STEPS[ctx.switch(UNIT_PRICE)], set(), []
    full = []
    for chosen in selection(new["orders"]):
        order = _order(ctx, chosen["id"], new["requestor"])
        currency = str(order.get("currency") or "")
        currencies.add(currency)
        entries = {entry["id"]: entry for entry in order.get("entries") or ()}
        _check(ctx, state, new, chosen, entries)
        items = [valued(item, entries[item["id"]], currency, step) for item in chosen["items"]]
        every += items
        full.append({"id": chosen["id"], "items": items})
    if len(currencies) > 1:
        raise invalid(CURRENCY, f"orders: must have one currency, not {', '.join(sorted(currencies))}")
    new.pop("calculatedPrice", None)
    new["orders"] = full
    new.update(totals(every, currencies.pop()))


def _order(ctx: RequestContext, order_id: Any, requestor: Mapping[str, Any]) -> Document:
    """An order of who asks for the return. Raises 400 for none, and for somebody else's."""
    try:
        path = {"orderId": str(order_id)}
        order: Document = ctx.call("order", "GET-order-retrieve-order-employee", path=path).body
    except NotFound:
        order = {}
    buyer = order.get("customer") or {}
    if requestor.get("anonymous"):
        email = str(buyer.get("email") or "").casefold()
        own = buyer.get("id") in (None, GUEST) and email == str(requestor["email"]).casefold()
    else:
        own = buyer.get("id") == requestor.get("customerId")
    if not order or not own:
        raise invalid(UNKNOWN_ORDER, f"orders.id: there is no order {order_id} of the requestor")
    return order


def _check(
    ctx: RequestContext, state: State, new: Document, chosen: Document, entries: Mapping[str, Document]
) -> None:
    if not chosen["items"]:
        raise invalid(INCOMPLETE, "orders.items: must not be empty")
    before = _returned(ctx, state, new, chosen["id"])
    wanted: dict[str, int] = {}
    for item in chosen["items"]:
        entry = entries.get(item["id"])
        if entry is None:
            raise invalid(ITEM, f"orders.items.id: the order {chosen['id']} has no entry {item['id']}")
        if not isinstance(item.get("quantity"), int) or item["quantity"] <= 0:
            raise invalid(ITEM, "orders.items.quantity: must be greater than 0")
        wanted[item["id"]] = wanted.get(item["id"], 0) + item["quantity"]
        if before.get(item["id"], 0) + wanted[item["id"]] > (entry.get("amount") or 0):
            raise invalid(ITEM, f"orders.items.quantity: more of {item['id']} than the order has")


def _returned(ctx: RequestContext, state: State, new: Document, order_id: str) -> dict[str, int]:
    """How much of the entries of an order other returns take that still stand."""
    total: dict[str, int] = {}
    if ctx.switch(RETURNED_TWICE) == "accepted":
        return total
    returns = state.collection("returns")
    for key in returns.find("orders.id", order_id):
        other = returns.get(key) or {}
        if key == new["id"] or other.get("approvalStatus") in ("REJECTED", CLOSED):
            continue
        for item in (item for order in other["orders"] if order["id"] == order_id for item in order["items"]):
            total[item["id"]] = total.get(item["id"], 0) + item["quantity"]
    return total
