"""AI RAG indexer: which fields of a type of entity can be embedded, and which a search can filter by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.service import Service
from emporix_mock.errors import BadRequest, EmporixError, NotFound
from emporix_mock.platform.entities import BUILT_IN, entities, type_id
from emporix_mock.rules import field_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("ai-rag-indexer")


def missing() -> EmporixError:
    """404 for a type that the tenant does not have."""
    return NotFound(body={"code": 404, "status": "Not Found", "message": "Not found"})


@service.operation("GET-ai-rag-indexer-retrieve-rag-metadata")
def fields(ctx: RequestContext, state: State) -> list[str]:
    """The fields that the stored entities have."""
    return field_catalogue.names(_entities(ctx, state))


@service.operation("GET-ai-rag-indexer-retrieve-filter-metadata")
def filters(ctx: RequestContext, state: State) -> list[Document]:
    """The fields with a value of their own, and its type."""
    return [{"key": key, "type": kind} for key, kind in field_catalogue.types(_entities(ctx, state))]


@service.operation("GET-ai-rag-indexer-reindex")
def reindex(ctx: RequestContext, state: State) -> Result:
    """Index a type again: the job of the indexing service that has taken the place of this operation."""
    _entities(ctx, state)
    kind = type_id(ctx.path["type"])
    body = {"entityType": kind} | ({"rag": True} if kind in BUILT_IN else {})
    try:
        ctx.call("indexing-service", "POST-indexing-reindex-jobs", body=body)
    except BadRequest:
        ctx.call("indexing-service", "POST-indexing-reindex-jobs", body={"entityType": kind})
    return Result(204)


def _entities(ctx: RequestContext, state: State) -> Iterator[Document]:
    found = entities(state, ctx.path["type"])
    if found is None:
        raise missing()
    return found
