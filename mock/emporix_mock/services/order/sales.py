"""Sales orders: created, changed and deleted by the tenant, or by other services for customers."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING

from emporix_mock.engine import binding, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.mixins import check_elements
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform.numbering import next_number
from emporix_mock.rules.orders import ANONYMOUS, COMPLETED
from emporix_mock.services.order import after, pricing
from emporix_mock.services.order.declared import (
    COMPLETED_ORDER,
    CREATE,
    FIRST_STATUS,
    INCOMPLETE,
    INCOMPLETE_ORDERS,
    NO_SCOPE,
    ORDERS,
    SECOND_OF_CART,
    UNNUMBERED,
    UPDATE_COMPLETED,
    service,
)
from emporix_mock.services.order.steps import checked_step

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OF_PLATFORM = ("id", "createdBy", "assistedBuying", "quoteId", "checkout", "restriction", "legalEntityId")
"""What only other services say of an order that they create."""
NEEDED = ("customer", "entries", "calculatedPrice")
NEEDED_OF_ENTRIES = ("amount", "calculatedUnitPrice", "calculatedPrice")
DYNAMIC = "DYNAMIC_VARIANT"
KEPT = ("status", "created", "lastStatusChange", "completed", "customer", "entries", "siteCode", "currency")
"""What a full update that leaves it out does not take away."""


@service.operation("POST-order-create-order-employee")
def create(ctx: RequestContext, state: State) -> Result:
    """Store an order under the next number. One cart gives one order with `checkout`."""
    ctx.about.check_payload(ctx.body)
    if ctx.switch(INCOMPLETE_ORDERS) == "refused":
        _check_complete(ctx.body or {})
    body = crud.accepted(ctx, ORDERS)
    if ctx.caller().is_platform:
        body |= {name: ctx.body[name] for name in OF_PLATFORM if ctx.body.get(name) is not None}
    made = crud.create(RESOURCE, ctx, state, {**body, "id": body.get("id") or number(ctx, state, body)})
    return binding.answer(ORDERS, ctx, state, [made], 201)


def _check_complete(body: Document) -> None:
    """400 for an order without what the document requires; its example of a dynamic variant may lack it."""
    entries = body.get("entries") or []
    if any((entry.get("product") or {}).get("productType") == DYNAMIC for entry in entries):
        return
    lacking = [name for name in NEEDED if body.get(name) is None]
    lacking += [
        f"entries.{index}.{name}"
        for index, entry in enumerate(entries)
        for name in NEEDED_OF_ENTRIES
        if entry.get(name) is None
    ]
    if lacking:
        details = [Detail("must not be null", field, "missing_field") for field in lacking]
        raise INCOMPLETE(PROBLEMS, details=details)


def number(ctx: RequestContext, state: State, body: Document) -> str:
    """The next number of the tenant's schema for orders."""
    try:
        return next_number(ctx, "orderNoSequence", body.get("siteCode"))
    except NotFound:
        if ctx.switch(UNNUMBERED) == "refused":
            raise
        return state.ids.object_id()


@service.operation("PUT-order-update-order")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace an order; its status moves only as the states allow."""
    ctx.about.check_payload(ctx.body)
    old, body = editable(ctx, state), crud.accepted(ctx, ORDERS)
    kept = {name: old[name] for name in KEPT if name in old}
    body = pricing.recalculated(ctx, {**old, **kept, **body}, body) if _asked(ctx) else body
    crud.replace(RESOURCE, ctx, state, old["id"], {**kept, **body}, upsert=False, writable=ctx.about.writable)
    return Result(204)


@service.operation("PATCH-order-partial-update-order")
def patch(ctx: RequestContext, state: State) -> Result:
    """Merge into an order; its status moves only as the states allow."""
    ctx.about.check_payload(ctx.body)
    old, body = editable(ctx, state), crud.accepted(ctx, ORDERS)
    body = pricing.recalculated(ctx, {**old, **body}, body) if _asked(ctx) else body
    crud.patch(RESOURCE, ctx, state, old["id"], body)
    return Result(204)


@service.operation("DELETE-order-remove-order")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove an order with its history."""
    crud.delete(RESOURCE, ctx, state, ctx.path["orderId"])
    return Result(204)


def _asked(ctx: RequestContext) -> bool:
    return bool(ctx.query.get("recalculate"))


def editable(ctx: RequestContext, state: State) -> Document:
    """The order that the path names, if the caller may change it (a completed one takes a scope more)."""
    order = crud.read(ORDERS, ctx, state, ctx.path["orderId"])
    if order.get("status") == COMPLETED and not ctx.caller().may(UPDATE_COMPLETED):
        raise COMPLETED_ORDER(NO_SCOPE)
    return order


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    check_elements(state, new, old, "entries")
    now = state.timestamp()
    if old is None:
        new.setdefault("status", ctx.switch(FIRST_STATUS))
        new["created"] = new["lastStatusChange"] = now
        if "customer" in new:
            new["customer"].setdefault("id", ANONYMOUS)
        _check_cart(state, new)
    elif new.get("status") != old.get("status"):
        checked_step(new, old["status"], new["status"])
        new["lastStatusChange"] = now
    if new.get("status") == COMPLETED:
        new.setdefault("completed", now)


def _check_cart(state: State, new: Document) -> None:
    """409 where the cart has an order of a checkout already."""
    if not new.get("checkout") or not new.get("cartId"):
        return
    orders = state.collection(ORDERS.collection)
    for key in orders.find("cartId", new["cartId"]):
        if (orders.get(key) or {}).get("checkout"):
            text = "The requested resource could not be created due to server-side validation."
            raise SECOND_OF_CART(text, extra={"existing": key})


RESOURCE = changed(ORDERS, prepare=_prepare, after=after.written)
"""The same orders as written by these operations."""
__all__ = ["CREATE", "RESOURCE", "create", "editable", "number", "patch", "replace"]
