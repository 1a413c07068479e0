"""What runs have imported, by target type and by stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.services.import_service.declared import PAGE, RECORDS, STREAMS, missing, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.world import State

FILTERS = {"type": "targetType", "search": "~naturalKey", "outcome": "outcome"}

ALL = service.resource(
    Resource(
        path="/importtool/{tenant}/data/records",
        collection=RECORDS,
        version=None,
        new_id="uuid",
        page_size=PAGE,
        filters=FILTERS,
        missing=missing,
    )
)
OF_STREAM = service.resource(
    Resource(
        path="/importtool/{tenant}/data/streams/{streamId}/records",
        collection=RECORDS,
        version=None,
        new_id="uuid",
        page_size=PAGE,
        filters=FILTERS,
        from_path={"streamId": "streamId"},
        missing=missing,
    )
)


@service.operation("GET-importtool-search-stream-records")
def of_stream(ctx: RequestContext, state: State) -> Result:
    """The records of a stream."""
    crud.read(STREAMS, ctx, state, ctx.path["streamId"])
    return crud.listing(OF_STREAM, ctx, state)


@service.operation("GET-importtool-list-data-types")
def types(_ctx: RequestContext, state: State) -> list[str]:
    """The target types of which there are records."""
    return state.collection(RECORDS).distinct("targetType")
