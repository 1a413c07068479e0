"""The states of orders: what may come next, a step, what has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.rules.orders import history_of, next_statuses, recorded
from emporix_mock.services.order.declared import HISTORIES, ILLEGAL_STEP, ORDERS, invalid, service
from emporix_mock.services.order.sales import RESOURCE, editable
from emporix_mock.services.order.steps import checked_step

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-order-retrieve-order-transitions")
def coming(ctx: RequestContext, state: State) -> list[Document]:
    """The statuses that the order may have next."""
    order = crud.read(ORDERS, ctx, state, ctx.path["orderId"])
    return [{"status": status} for status in next_statuses(order["status"])]


@service.operation("POST-order-update-order-transition-employee")
def step(ctx: RequestContext, state: State) -> Result:
    """Give the order its next status."""
    order, status = editable(ctx, state), wanted(ctx)
    move(ctx, state, order, status)
    return Result(204)


def wanted(ctx: RequestContext) -> str:
    """The status that the body asks for; 400 for none."""
    status = (ctx.body or {}).get("status")
    if status is None:
        raise invalid(ILLEGAL_STEP, "status", "must not be null")
    return str(status)


def move(ctx: RequestContext, state: State, order: Document, status: str) -> None:
    """Write the order with another status; 400 for one that cannot follow."""
    checked_step(order, order["status"], status)
    plain = {k: v for k, v in (order.get("metadata") or {}).items() if k != "version"}
    crud.write(RESOURCE, ctx, state, {**order, "status": status, "metadata": plain}, order)


@service.operation("GET-order-retrieve-historical-transitions-employee")
def past(ctx: RequestContext, state: State) -> Document:
    """The statuses that the order has had."""
    order = crud.read(ORDERS, ctx, state, ctx.path["orderId"])
    found: dict[str, Any] | None = state.collection(HISTORIES.name).get(order["id"])
    if found is None:
        *earlier, last = history_of(order)
        transitions, metadata = recorded(earlier, last["status"], last["timestamp"])
        found = {"transitions": transitions, "metadata": metadata}
    return {"transitions": found["transitions"], "metadata": found["metadata"]}
