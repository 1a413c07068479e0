"""Fees: what the resource does not do by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.services.fee.declared import FEES, ITEM_FEES, missing_fee, payload, service, shown_yrn

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _fee(ctx: RequestContext, state: State) -> Document:
    fee = crud.find(FEES, ctx, state, ctx.path["id"])
    if fee is None:
        raise missing_fee(ctx, ctx.path["id"])
    return fee


@service.operation("GET-fee-retrieve-fee")
def read(ctx: RequestContext, state: State) -> Document:
    """A fee, on request with the items of its site that carry it."""
    fee = _fee(ctx, state)
    answer = {"fee": FEES.answer(ctx, state, fee)}
    if ctx.query.get("withItems"):
        carried = state.collection(ITEM_FEES.collection)
        items = [entry for key in carried.find("feeIds", fee["id"]) if (entry := carried.get(key))]
        site = fee["siteCode"]
        yrns = [shown_yrn(ctx, entry["itemYrn"]) for entry in items if entry["siteCode"] == site]
        answer["itemYRNs"] = {"siteCode": site, "itemYrns": yrns}
    return answer


@service.operation("PUT-fee-update-fee")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a fee, or merge into it."""
    body = crud.accepted(ctx, FEES, payload(ctx))
    fee = _fee(ctx, state)
    if ctx.query.get("partial"):
        crud.patch(FEES, ctx, state, fee["id"], body)
    else:
        crud.replace(FEES, ctx, state, fee["id"], body, upsert=False)
    return Result(200)


@service.operation("DELETE-fee-remove-fee")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a fee, from the items that carry it too (choice)."""
    fee = _fee(ctx, state)
    crud.delete(FEES, ctx, state, fee["id"])
    carried = state.collection(ITEM_FEES.collection)
    for key in carried.find("feeIds", fee["id"]):
        keep_fees(state, key, lambda fee_id: fee_id != fee["id"])
    return Result(204)


def keep_fees(state: State, key: str, wanted: Any) -> None:
    """Reduce an item's fees to those `wanted`; an item without any is forgotten."""
    carried = state.collection(ITEM_FEES.collection)
    entry = carried.get(key)
    if entry is None:
        return
    entry["feeIds"] = [fee_id for fee_id in entry["feeIds"] if wanted(fee_id)]
    if entry["feeIds"]:
        carried.put(key, entry)
    else:
        carried.delete(key)
