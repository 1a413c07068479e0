"""Segments: list, search, create, read, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import binding, crud
from emporix_mock.engine.resource import Resource
from emporix_mock.services.customer_segments import customers, items
from emporix_mock.services.customer_segments.declared import (
    HAS_ASSIGNMENTS,
    MAPS,
    announce,
    missing,
    service,
    stale,
    taken,
)
from emporix_mock.services.customer_segments.seeing import assigned, sees_all, shown, visible

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Events; a segment goes with its assignments, and only by force where it has any."""
    if new is None:
        if old is not None:
            _remove_assignments(ctx, state, old["id"])
            announce(state, "segment-deleted", {"id": old["id"]})
    elif old is None:
        announce(state, "segment-created", {name: new[name] for name in new if name != "mixins"})
    else:
        announce(state, "segment-updated", {**new, "previousStatus": old["status"]})


def _remove_assignments(ctx: RequestContext, state: State, segment: str) -> None:
    for resource in (customers.CUSTOMERS, items.ITEMS):
        for key in state.collection(resource.collection).find("segmentId", segment):
            if not ctx.query.get("forceDelete"):
                raise HAS_ASSIGNMENTS(f"Segment {segment} still has assignments.")
            crud.delete(resource, ctx, state, key)


SEGMENTS = service.resource(
    Resource(
        path="/customer-segment/{tenant}/segments",
        collection="segments",
        localized=("name", "description"),
        languages=MAPS,
        defaults={"status": "INACTIVE"},
        filters={"legalEntityId": "", "customerId": ""},
        bulk_base=1,
        bulk_status="ok",
        after=after,
        visible=visible,
        sees_all=sees_all,
        seen=lambda ctx, state: {"id": shown(ctx, state)},
        missing=missing,
        duplicate=taken,
        stale=stale,
    )
)


@service.operation("GET-customer-segment-retrieve-segments")
@service.operation("POST-customer-segment-search-segments")
def list_segments(ctx: RequestContext, state: State) -> Result:
    """A page of the segments; those of one customer for whoever sees all."""
    number, company = ctx.query.get("customerId"), ctx.query.get("legalEntityId")
    if not (number and sees_all(ctx)):
        return crud.listing(SEGMENTS, ctx, state)
    wanted = assigned(state, number, company)
    return crud.listing(SEGMENTS, ctx, state, where={"id": tuple(wanted)})


@service.operation("GET-customer-segment-retrieve-segment")
def read_segment(ctx: RequestContext, state: State) -> Result:
    """One segment."""
    found: Result = binding.run_read(SEGMENTS, ctx, state)
    return found
