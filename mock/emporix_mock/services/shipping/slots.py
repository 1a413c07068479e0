"""The slots of a delivery time, which stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.patching import PatchError, json_patch
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules import delivery
from emporix_mock.rules.delivery import Fault
from emporix_mock.services.shipping.declared import broken, payload, service, time_error, time_missing
from emporix_mock.services.shipping.times import TIME

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _owner(ctx: RequestContext, state: State) -> Document:
    own = ctx.path["deliveryTimeId"]
    found = crud.find(TIME, ctx, state, own)
    if found is None:
        raise time_missing(own, "404001")
    return found


def slot_missing(slot_id: str) -> EmporixError:
    """404 for an unknown slot."""
    return NotFound(
        f"A slot with id '{slot_id}' does not exist.",
        type="resource_not_found",
        extra={"errorCode": "DELIVERY-TIME-SLOT-404001"},
    )


def _slot(ctx: RequestContext, owner: Document) -> Document:
    own = ctx.path["slotId"]
    for slot in owner.get("slots") or ():
        if slot["id"] == own:
            found: Document = slot
            return found
    raise slot_missing(own)


def _store(ctx: RequestContext, state: State, owner: Document, slots: list[Document]) -> None:
    """Write the delivery time with these slots, checked as a whole."""
    new = {**owner, "slots": slots, "metadata": dict(owner["metadata"])}
    crud.write(TIME, ctx, state, new, owner)


@service.operation("GET-shipping-retrieve-delivery-time-slots")
def list_slots(ctx: RequestContext, state: State) -> list[Document]:
    """The slots of a delivery time."""
    return list(_owner(ctx, state).get("slots") or [])


@service.operation("POST-shipping-create-delivery-time-slot")
def create(ctx: RequestContext, state: State) -> Result:
    """Add a slot."""
    owner, body = _owner(ctx, state), dict(payload(ctx))
    body["id"] = body.get("id") or state.ids.uuid()
    slots = owner.get("slots") or []
    if any(slot["id"] == body["id"] for slot in slots):
        raise time_error(Fault("400003", f"A slot with id '{body['id']}' already exists", slot=True))
    _check_twin(slots, body)
    _store(ctx, state, owner, [*slots, body])
    return Result(201, {"id": body["id"]})


def _check_twin(slots: list[Document], slot: Document) -> None:
    if delivery.twin(slots, slot):
        text = "A slot with the same delivery time range and cut-off time exists"
        raise time_error(Fault("400004", text, slot=True))


@service.operation("DELETE-shipping-remove-all-delivery-times-slots")
def delete_all(ctx: RequestContext, state: State) -> Result:
    """Remove every slot."""
    _store(ctx, state, _owner(ctx, state), [])
    return Result(204)


@service.operation("get-tenant-delivery-times-deliveryTimeId-slots-slotId")
def read(ctx: RequestContext, state: State) -> Document:
    """One slot."""
    return _slot(ctx, _owner(ctx, state))


@service.operation("PUT-shipping-update-delivery-time-slot")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a slot."""
    owner = _owner(ctx, state)
    old = _slot(ctx, owner)
    body = payload(ctx)
    if body.get("id", old["id"]) != old["id"]:
        raise time_error(Fault("400002", f"The id of the body is not {old['id']}", slot=True))
    return _changed(ctx, state, owner, {**body, "id": old["id"]})


@service.operation("PATCH-shipping-update-delivery-time-slot")
def patch(ctx: RequestContext, state: State) -> Result:
    """Change a slot by patch operations."""
    owner = _owner(ctx, state)
    old = _slot(ctx, owner)
    try:
        new: Any = json_patch(old, ctx.body or [], cases=("lower",))
    except PatchError as error:
        raise broken([(error.path or "", error.message)]) from error
    ctx.about.check_document(new)
    return _changed(ctx, state, owner, {**new, "id": old["id"]})


def _changed(ctx: RequestContext, state: State, owner: Document, new: Document) -> Result:
    slots = [new if slot["id"] == new["id"] else slot for slot in owner["slots"]]
    _check_twin(slots, new)
    _store(ctx, state, owner, slots)
    return Result(200)


@service.operation("DELETE-shipping-remove-delivery-times-slot")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a slot."""
    owner = _owner(ctx, state)
    gone = _slot(ctx, owner)["id"]
    _store(ctx, state, owner, [slot for slot in owner["slots"] if slot["id"] != gone])
    return Result(204)
