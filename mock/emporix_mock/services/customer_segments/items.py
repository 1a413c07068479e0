"""Products and categories in segments. One document each, `<segment>/<type>/<id>`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import bulk, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.errors import NotFound
from emporix_mock.platform.products import product
from emporix_mock.services.customer_segments import seeing
from emporix_mock.services.customer_segments.declared import (
    INVALID_BODY,
    MAPS,
    TYPES,
    UNKNOWN_ASSIGNEES,
    UNKNOWN_TYPE,
    announce,
    missing,
    service,
    stale,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Say what is assigned, with the code and the names of the moment."""
    if old is not None:
        return
    segment, kind, own = ctx.path["segmentId"], type_in(ctx), ctx.path["itemId"]
    if segment not in state.collection("segments"):
        raise missing(segment)
    item = described(ctx, state, kind, own)
    if item is None and ctx.switch(UNKNOWN_ASSIGNEES) == "refuse":
        raise missing(own)
    new |= {"segmentId": segment, "item": item or {"id": own}, "type": kind}


def type_in(ctx: RequestContext) -> str:
    """The type of item that the path names."""
    kind = ctx.path["type"]
    if kind not in TYPES:
        raise UNKNOWN_TYPE(INVALID_BODY, details=[f"type '{kind}' is unknown"])
    return kind


def described(ctx: RequestContext, state: State, kind: str, own: str) -> Document | None:
    """A product or category in short, None where there is none."""
    if kind == "PRODUCT":
        found = product(state, own)
        name = found.get("name")
    else:
        found = category(ctx, own)
        name = found.get("localizedName")
    if not found:
        return None
    told = {"code": found.get("code"), "name": name}
    return {"id": own, **{field: value for field, value in told.items() if value}}


def category(ctx: RequestContext, own: str) -> Document:
    """A category, published or not; empty where there is none."""
    try:
        found: Document = ctx.call(
            "category-tree", "GET-category-tree-retrieve-category", path={"categoryId": own}
        ).body
    except NotFound:
        return {}
    return found


def present(ctx: RequestContext, state: State, assignment: Document) -> Document:
    """An assignment with the code and the names of today."""
    item = assignment["item"]
    assignment["item"] = described(ctx, state, assignment["type"], item["id"]) or item
    return {name: value for name, value in assignment.items() if name != "key"}


def after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Events."""
    found = dict(new or old or {})
    if new is None:
        payload = {"segmentId": found["segmentId"], "itemId": found["item"]["id"], "type": found["type"]}
        announce(state, "item-assignment-deleted", payload)
        return
    found.pop("key")
    item = dict(found["item"])
    if "name" in item:
        item["name"] = {"name": item["name"]}
    announce(state, f"item-assignment-{'created' if old is None else 'updated'}", {**found, "item": item})


def visible(ctx: RequestContext, state: State, assignment: Document) -> bool:
    """A customer sees the items of the segments that it sees."""
    if seeing.sees_all(ctx):
        return True
    segment = state.collection("segments").get(assignment["segmentId"])
    return segment is not None and seeing.visible(ctx, state, segment)


ITEMS = service.resource(
    Resource(
        path="/customer-segment/{tenant}/segments/{segmentId}/items",
        collection="itemAssignments",
        item="/customer-segment/{tenant}/segments/{segmentId}/items/{type}/{itemId}",
        item_id="{segmentId}/{type}/{itemId}",
        key="key",
        new_id="given",
        localized=("item.name",),
        languages=MAPS,
        filters={"legalEntityId": "", "siteCode": "", "onlyActive": ""},
        bulk_base=1,
        bulk_status="ok",
        prepare=prepare,
        present=present,
        after=after,
        visible=visible,
        sees_all=seeing.sees_all,
        seen=lambda ctx, state: {"segmentId": seeing.shown(ctx, state)},
        missing=missing,
        stale=stale,
    )
)
service.collection(
    "itemAssignments", references={"segmentId": "customer-segments/segments"}, private=("key",)
)


@service.operation("GET-customer-segment-retrieve-segment-items")
@service.operation("POST-customer-segment-search-items")
def list_items(ctx: RequestContext, state: State) -> Result:
    """A page of the assignments of the segment in the path; 404 without one."""
    segment = seeing.segment_in(ctx, state)
    return crud.listing(ITEMS, ctx, state, where={"segmentId": (segment,)})


@service.operation("GET-customer-segment-retrieve-segments-items")
def list_all(ctx: RequestContext, state: State) -> Result:
    """A page of the items of all segments."""
    wanted = tuple(segment["id"] for segment in chosen(ctx, state))
    return crud.listing(ITEMS, ctx, state, where={"segmentId": wanted})


def chosen(ctx: RequestContext, state: State, *, active: bool = False) -> list[Document]:
    """The segments that the caller sees, of the site asked for, in effect where that is wanted."""
    site, active = ctx.query.get("siteCode"), active or bool(ctx.query.get("onlyActive"))
    segments = state.collection("segments")
    keys = segments.ids() if seeing.sees_all(ctx) else segments.in_order(seeing.shown(ctx, state))
    found = (segments.peek(key) or {} for key in keys)
    return [
        segment
        for segment in found
        if site in (None, "", segment["siteCode"]) and (not active or seeing.in_effect(state, segment))
    ]


@service.operation("PUT-customer-segment-update-item")
def put_item(ctx: RequestContext, state: State) -> Result:
    """Assign an item, or change what is said about an assignment."""
    return Result(put(ctx, state, ctx.body or {}))


def put(ctx: RequestContext, state: State, given: Mapping[str, Any]) -> int:
    """The same for the item in the path; the status."""
    type_in(ctx)
    body = {name: given[name] for name in ("mixins", "metadata") if name in given}
    key = ITEMS.id_in(ctx)
    _, created = crud.replace(ITEMS, ctx, state, key, body, upsert=True, writable=("mixins", "metadata"))
    return 201 if created else 204


@service.operation("DELETE-customer-segment-remove-item")
def remove_item(ctx: RequestContext, state: State) -> Result:
    """Remove an assignment, whether there or not."""
    return Result(drop(ctx, state))


def drop(ctx: RequestContext, state: State) -> int:
    """Remove the assignment that the path names; the status."""
    if ITEMS.id_in(ctx) in state.collection(ITEMS.collection):
        crud.delete(ITEMS, ctx, state, ITEMS.id_in(ctx))
    return 204


@service.operation("PUT-customer-segment-update-items-bulk", per_item=True)
def put_many(ctx: RequestContext, state: State) -> Result:
    """Assign many items of one type."""
    return _each(ctx, state, lambda item: put(_for(ctx, item["id"]), state, item))


@service.operation("DELETE-customer-segment-remove-items-bulk", per_item=True)
def remove_many(ctx: RequestContext, state: State) -> Result:
    """Remove many assignments of items of one type."""
    return _each(ctx, state, lambda item: drop(_for(ctx, item), state))


def _each(ctx: RequestContext, state: State, one: Callable[[Any], int]) -> Result:
    seeing.segment_in(ctx, state)
    type_in(ctx)
    return bulk.run(ITEMS, ctx, state, ctx.body, lambda item: (one(item), None))


def _for(ctx: RequestContext, own: str) -> RequestContext:
    """The request as one for an item."""
    return ctx._replace(path={**ctx.path, "itemId": own})
