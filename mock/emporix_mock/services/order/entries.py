"""The entries of an order: amounts as delivered, added, changed and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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

MOST: Final = 2**31 - 1
"""The largest amount that the document's integers hold."""
_ENTRY, _PRODUCT = "entryId", "productId"
Named = dict[tuple[str, Any], list[dict[str, Any]]]


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
    named, gone = Named(), set[int]()
    _file(named, entries)
    for given in ctx.body.get("entries") or []:
        quantity = given["quantity"]
        if not 0 <= quantity <= MOST or quantity != int(quantity):
            raise invalid(BAD_ENTRY, "entries.quantity", f"must be a whole number from 0 to {MOST}")
        name = _ENTRY if given.get(_ENTRY) else _PRODUCT
        found = next(
            (entry for entry in named.get((name, given.get(name)), ()) if id(entry) not in gone), None
        )
        if found is None:
            if not given.get("productId"):
                raise _unknown("entryId", given.get("entryId"))
            if quantity:
                added = entry_for(ctx, state, order, given["productId"], int(quantity))
                entries.append(added)
                _file(named, [added])
        elif quantity:
            found |= {
                "amount": int(quantity),
                "orderedAmount": int(quantity),
                "effectiveQuantity": int(quantity),
            }
        else:
            gone.add(id(found))
    entries = [entry for entry in entries if id(entry) not in gone]
    if not entries:
        raise invalid(BAD_ENTRY, "entries", "an order needs at least one entry")
    changed = pricing.repriced(ctx, {**order, "entries": entries}, before)
    if ctx.query.get("store"):
        changed = crud.write(RESOURCE, ctx, state, changed, before)
    return ORDERS.answer(ctx, state, changed)


def _file(named: Named, entries: list[dict[str, Any]]) -> None:
    """Note what a request can call entries: by their id, or that of their product."""
    for entry in entries:
        product = (entry.get("product") or {}).get("id", entry.get("id"))
        for name in ((_ENTRY, entry.get("id")), (_PRODUCT, product)):
            named.setdefault(name, []).append(entry)


def _unknown(field: str, value: Any) -> Exception:
    return invalid(BAD_ENTRY, f"entries.{field}", f"The order has no entry '{value}'")
