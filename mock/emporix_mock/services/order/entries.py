"""The entries of an order: amounts as delivered, added, changed and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.services.order import pricing
from emporix_mock.services.order.declared import BAD_ENTRY, ORDERS, invalid, service
from emporix_mock.services.order.new_entries import entry_for
from emporix_mock.services.order.sales import RESOURCE, editable

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-order-calculate-order-entries-employees")
def deliver(ctx: RequestContext, state: State) -> Result:
    """Set the amounts that were really delivered, and the order's prices by them."""
    order = editable(ctx, state)
    entries = {entry.get("id"): entry for entry in order.get("entries") or []}
    for given in ctx.body.get("entries") or []:
        entry = entries.get(given["entryId"])
        if entry is None:
            raise _unknown("entryId", given["entryId"])
        entry |= {"amount": given["deliveredAmount"], "effectiveQuantity": given["deliveredAmount"]}
        if "deliveredAmountInPc" in given:
            entry["packedAmountInPc"] = given["deliveredAmountInPc"]
    before = crud.read(ORDERS, ctx, state, order["id"])
    crud.write(RESOURCE, ctx, state, pricing.repriced(ctx, order, before), before)
    return Result(200)


@service.operation("POST-order-update-order-entries")
def change(ctx: RequestContext, state: State) -> Document:
    """Set quantities, add products, remove what is 0; the order is only kept with `store`."""
    order = editable(ctx, state)
    before = crud.read(ORDERS, ctx, state, order["id"])
    entries: list[dict[str, Any]] = list(order.get("entries") or [])
    for given in ctx.body.get("entries") or []:
        quantity = given["quantity"]
        if quantity < 0 or quantity != int(quantity):
            raise invalid(BAD_ENTRY, "entries.quantity", "must be a whole number, 0 or more")
        found = _find(entries, given)
        if found is None:
            if not given.get("productId"):
                raise _unknown("entryId", given.get("entryId"))
            if quantity:
                entries.append(entry_for(ctx, state, order, given["productId"], int(quantity)))
        elif quantity:
            found |= {
                "amount": int(quantity),
                "orderedAmount": int(quantity),
                "effectiveQuantity": int(quantity),
            }
        else:
            entries.remove(found)
    if not entries:
        raise invalid(BAD_ENTRY, "entries", "an order needs at least one entry")
    changed = pricing.repriced(ctx, {**order, "entries": entries}, before)
    if ctx.query.get("store"):
        changed = crud.write(RESOURCE, ctx, state, changed, before)
    return ORDERS.answer(ctx, state, changed)


def _find(entries: list[dict[str, Any]], given: Document) -> dict[str, Any] | None:
    """The entry that is named, else that of the product."""
    for entry in entries:
        if given.get("entryId"):
            if entry.get("id") == given["entryId"]:
                return entry
        elif (entry.get("product") or {}).get("id", entry.get("id")) == given.get("productId"):
            return entry
    return None


def _unknown(field: str, value: Any) -> Exception:
    return invalid(BAD_ENTRY, f"entries.{field}", f"The order has no entry '{value}'")
