"""What those who pack report: status, assignees, packaging, picked and packed amounts, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock.platform import mails
from emporix_mock.rules import packing, saas_token
from emporix_mock.services.pick_pack.declared import (
    AMOUNTS,
    ASSIGNED,
    BELOW_ZERO,
    CANCELLED_ORDER,
    EVENTS,
    HOLDING_AREA,
    NO_SUCH_ORDER,
    NOT_IN_ORDER,
    PACKAGING,
    PACKS,
    SAME_EVENT,
    STARTING,
    UNKNOWN_BOX,
    missing,
    refused,
    service,
)
from emporix_mock.services.pick_pack.reading import order_of, pack_of
from emporix_mock.services.pick_pack.recalculating import recalculate

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DONE = {"message": "Success", "code": 200}


@service.operation("PATCH-pick-pack-update-order-status")
def set_status(ctx: RequestContext, state: State) -> Document:
    """Set how far the packing is; from CANCELLED there is no way back."""
    ctx.about.check_payload(ctx.body)
    _, pack = _open(ctx, state)
    pack["packingStatus"] = ctx.body["packingStatus"]
    _packed(ctx, state, pack)
    _put(state, pack)
    return DONE


@service.operation("POST-pick-pack-finish-order")
def finish(ctx: RequestContext, state: State) -> Document:
    """Compute the order anew, mark it packed, let go of who packed it, write to the customer."""
    order, pack = _open(ctx, state)
    recalculate(ctx, state, order, pack)
    pack = pack_of(state, order["id"]) | {"packingStatus": packing.PACKED, "assignees": []}
    _packed(ctx, state, pack)
    _put(state, pack)
    customer = order.get("customer") or {}
    if customer.get("email"):
        number = str(customer.get("id") or "ANONYMOUS")
        mails.notify(state, "order-confirmation", customer["email"], number, orderId=order["id"])
    return DONE


@service.operation("POST-pick-pack-add-order-assignee")
def assign(ctx: RequestContext, state: State) -> Document:
    """Give an order to somebody; who has it already keeps it unless that is forced."""
    ctx.about.check_payload(ctx.body)
    _, pack = _open(ctx, state)
    if pack.get("assignees") and not ctx.query.get("force", True):
        raise refused(ASSIGNED, "the order has an assignee")
    _put(state, pack | {"assignees": [crud.accepted(ctx)]})
    return DONE


@service.operation("DELETE-pick-pack-remove-order-assignee")
def unassign(ctx: RequestContext, state: State) -> Result:
    """Take an order from somebody."""
    _, pack = _open(ctx, state)
    left = [a for a in pack.get("assignees") or () if a["id"] != ctx.path["assigneeId"]]
    if len(left) == len(pack.get("assignees") or ()):
        raise missing(ctx.path["assigneeId"])
    _put(state, pack | {"assignees": left})
    return Result(204)


@service.operation("PUT-pick-pack-update-order-packaging")
def set_packaging(ctx: RequestContext, state: State) -> Document:
    """Say how much of which packaging was used."""
    ctx.about.check_payload(ctx.body)
    _, pack = _open(ctx, state)
    boxes = {box["entryId"]: box for box in pack.get("packagingProducts") or ()}
    for change in ctx.body:
        own, count = change["entryId"], change["packedCount"]
        if own not in boxes and ctx.switch(PACKAGING) == "refused":
            raise refused(UNKNOWN_BOX, f"the order has no packaging {own}")
        boxes[own] = boxes.get(own, {"entryId": own, "productId": own}) | {"packedCount": count}
    _put(state, pack | {"packagingProducts": list(boxes.values())})
    return DONE


@service.operation("POST-pick-pack-create-packing-event")
def report(ctx: RequestContext, state: State) -> Document:
    """Take down what was picked, packed or left out of an entry of an order."""
    ctx.about.check_payload(ctx.body)
    event = crud.accepted(ctx)
    try:
        order, pack = _open(ctx, state, event["orderNumber"])
    except NotFound as error:
        raise refused(NO_SUCH_ORDER, f"there is no order {event['orderNumber']}") from error
    if event["eventId"] in state.collection(EVENTS.collection):
        raise refused(SAME_EVENT, f"the event {event['eventId']} was reported before")
    line, key = _line(order, pack, event["productId"])
    for count in ("picked", "packed", "canceled"):
        before = line.get(f"{count}Count", 0) if ctx.switch(AMOUNTS) == "added" else 0
        now = before + event.setdefault(f"{count}Amount", 0)
        if now < 0:
            raise refused(BELOW_ZERO, f"{count}Amount takes away more than there is")
        line[f"{count}Count"] = now
    if event["unit"] == packing.PIECE:
        event["packedAmountInPc"] = event["packedAmount"]
        line["packedAmountInPc"] = line["packedCount"]
    event["user"] = _user(ctx, state)
    state.collection(EVENTS.collection).put(event["eventId"], event)
    pack["lines"] = {**(pack.get("lines") or {}), key: line}
    pack["recalculate"] = True
    if pack["packingStatus"] == packing.INITIAL and ctx.switch(STARTING) == "starts":
        pack["packingStatus"] = packing.IN_PROGRESS
    _put(state, pack)
    return DONE


def _line(order: Document, pack: Document, product: str) -> tuple[dict[str, Any], str]:
    """What is known of the first entry of a product of which something is open, else of its last."""
    found: tuple[dict[str, Any], str] | None = None
    for number, entry in enumerate(order.get("entries") or (), 1):
        if packing.product_of(entry) == product:
            key = packing.line_key(entry, number)
            found = dict((pack.get("lines") or {}).get(key) or {}), key
            done = found[0].get("packedCount", 0) + found[0].get("canceledCount", 0)
            if done < packing.total_of(entry):
                break
    if found is None:
        raise refused(NOT_IN_ORDER, f"the order has no product {product}")
    return found


def _open(ctx: RequestContext, state: State, own: str | None = None) -> tuple[Document, Document]:
    """An order and its packing. Raises 404, and 400 for one that is cancelled."""
    order = order_of(ctx, ctx.path["orderId"] if own is None else own)
    pack = pack_of(state, order["id"])
    if packing.status_of(order, pack) == packing.CANCELLED:
        raise refused(CANCELLED_ORDER, "the order is cancelled")
    return order, pack


def _packed(ctx: RequestContext, state: State, pack: Document) -> None:
    """Give a packed order the next place to wait in."""
    del state
    if pack["packingStatus"] != packing.PACKED or pack.get("holdingAreaNumber"):
        return
    if ctx.switch(HOLDING_AREA) == "none":
        return
    path = {"schemaType": "orderHoldingAreaNoSequence"}
    try:
        drawn = ctx.call("sequential-id", "POST-sequential-id-create-schema-type-nextId", path=path)
    except NotFound:
        return
    digits = "".join(filter(str.isdigit, str(drawn.body["id"])))
    pack["holdingAreaNumber"] = int(digits or 0)


def _user(ctx: RequestContext, state: State) -> str:
    """Who reports: whom the SaaS token names, else whose key calls."""
    token = ctx.headers.get("saas-token") or ""
    named = saas_token.customer_of(ctx.tenant, token, now=state.now().timestamp())
    return named or ctx.caller().customer_id or ctx.caller().client_id


def _put(state: State, pack: Document) -> None:
    state.collection(PACKS.name).put(pack["id"], pack)
