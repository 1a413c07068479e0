"""Orders computed anew from what was packed of them, at the end of packing or by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, jobs
from emporix_mock.errors import EmporixError
from emporix_mock.rules import packing
from emporix_mock.services.pick_pack.declared import (
    JOBS,
    NO_ORDERS,
    PACKS,
    RUNNING,
    UNTOUCHED,
    refused,
    service,
)
from emporix_mock.services.pick_pack.reading import order_of, pack_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SECONDS = 2.0


@service.operation("POST-pick-pack-start-order-recalculations")
def start(ctx: RequestContext, state: State) -> Document:
    """Start a job over given orders, or over those with events since they were computed last."""
    ctx.about.check_payload(ctx.body)
    body = crud.accepted(ctx)
    if state.collection(JOBS.collection).find("jobStatus", "IN_PROGRESS"):
        raise refused(RUNNING, "another recalculation is running")
    if body["jobType"] == "MANUAL":
        orders = list(dict.fromkeys(body.get("orderIds") or ()))
        if not orders:
            raise refused(NO_ORDERS, "a job of type MANUAL needs orderIds")
    else:
        orders = state.collection(PACKS.name).find(field="recalculate", value=True)
    new = {
        "jobType": body["jobType"],
        "orders": [{"orderId": own, "jobOrderStatus": "PENDING"} for own in orders],
        "jobStatus": "IN_PROGRESS",
        "startedAt": state.timestamp(),
    }
    job = crud.create(JOBS, ctx, state, new)
    jobs.later(ctx, state, "recalculate", SECONDS, job=job["id"])
    return {"jobId": job["id"]}


@service.step("recalculate")
def run(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Compute the orders of a job anew."""
    documents = state.collection(JOBS.collection)
    job = documents.get(payload["job"])
    if job is None:
        return
    for entry in job["orders"]:
        try:
            order = order_of(ctx, entry["orderId"])
            recalculate(ctx, state, order, pack_of(state, order["id"]))
            entry["jobOrderStatus"] = "SUCCESS"
        except EmporixError as error:
            entry |= {"jobOrderStatus": "FAILURE", "message": error.message}
    failed = any(entry["jobOrderStatus"] == "FAILURE" for entry in job["orders"])
    job |= {"jobStatus": "FAILURE" if failed else "SUCCESS", "finishedAt": jobs.stamp(at)}
    documents.put(job["id"], job)


def recalculate(ctx: RequestContext, state: State, order: Document, pack: Document) -> None:
    """Tell the order service what was packed; it computes the order anew."""
    known = pack.get("lines") or {}
    entries = []
    for number, entry in enumerate(order.get("entries") or (), 1):
        line = known.get(packing.line_key(entry, number))
        if line is None and ctx.switch(UNTOUCHED) == "as-ordered":
            continue
        amount = (line or {}).get("packedCount", 0)
        delivered = {"entryId": packing.line_key(entry, number), "deliveredAmount": amount}
        if packing.unit_of(entry) == packing.PIECE:
            delivered["deliveredAmountInPc"] = amount
        entries.append(delivered)
    if entries:
        path, body = {"orderId": order["id"]}, {"entries": entries}
        ctx.call("order", "POST-order-calculate-order-entries-employees", path=path, body=body)
    if pack.pop("recalculate", None):
        state.collection(PACKS.name).put(pack["id"], pack)
