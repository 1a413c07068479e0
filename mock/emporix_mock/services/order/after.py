"""What a written order brings about: its history, events, and what declining it undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.rules.orders import DECLINED, history_of, recorded
from emporix_mock.services.order import undoing
from emporix_mock.services.order.declared import HISTORIES

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

STEPS = frozenset(
    ("POST-order-update-order-transition-employee", "POST-order-update-order-transition-storefront")
)


def written(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Keep the history in step and tell of the write: to webhooks, and to services that listen."""
    order = new or old or {}
    histories = state.collection(HISTORIES.name)
    if new is None:
        histories.delete(order["id"])
        gone: Document = {name: order[name] for name in ("id", "siteCode", "status") if name in order}
        state.emit("order.deleted", gone)
        return
    if old is None:
        _record(state, order, [])
        undoing.take_stock(ctx, state, order)
        state.emit("order.created", order)
        return
    if ctx.operation_id not in STEPS:
        state.emit("order.updated", order)
    if order.get("status") != old.get("status"):
        _record(state, order, (histories.get(order["id"]) or {}).get("transitions") or history_of(old))
        told = {"id": order["id"], "status": order["status"], "metadata": order["metadata"]}
        state.emit("order.status-changed", told)
        if order["status"] == DECLINED:
            undoing.undo(ctx, state, order)
            state.emit("order.cancelled", told)


def _record(state: State, order: Document, earlier: list[Document]) -> None:
    transitions, metadata = recorded(earlier, order["status"], order["lastStatusChange"])
    history = {"id": order["id"], "transitions": transitions, "metadata": metadata}
    state.collection(HISTORIES.name).put(order["id"], history)
