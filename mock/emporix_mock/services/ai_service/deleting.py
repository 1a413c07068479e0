"""Deleting what others may use: only when that is forced, and then taken out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.platform.entities import type_id
from emporix_mock.services.ai_service import linking
from emporix_mock.services.ai_service.declared import (
    AGENTS,
    IN_USE,
    OAUTHS,
    SERVERS,
    TOKENS,
    TOOLS,
    refused,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import Handler, RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.world import State


def _deletes(resource: Resource) -> Handler:
    def delete(ctx: RequestContext, state: State) -> Result:
        """Remove a document."""
        own = resource.id_in(ctx)
        crud.read(resource, ctx, state, own)
        used = sorted({key for _, key, _ in linking.users(state, resource.collection, own)})
        if used and not ctx.query.get("force"):
            detail = {"type": "force", "message": f"used by {', '.join(used)}"}
            raise refused(IN_USE, f"The resource with id {own} is in use.", [detail])
        linking.unlink(state, resource.collection, own)
        if crud.find(resource, ctx, state, own) is not None:
            crud.delete(resource, ctx, state, own)
        return Result(204)

    return delete


for _operation, _resource in (
    ("DELETE-ai-delete-agent", AGENTS),
    ("DELETE-ai-delete-tool", TOOLS),
    ("DELETE-ai-delete-token", TOKENS),
    ("DELETE-ai-delete-oauth", OAUTHS),
    ("DELETE-ai-delete-mcp-server", SERVERS),
):
    service.operation(_operation)(_deletes(_resource))


@service.on("schema.custom-type-deleted")
def forget_type(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Remove the search tools over a custom type that is gone."""
    tools = state.collection(TOOLS.collection)
    for key in tools.find("type", "rag_emporix"):
        tool = tools.get(key) or {}
        if type_id(str((tool.get("config") or {}).get("entityType"))) == payload["id"]:
            linking.unlink(state, TOOLS.collection, key)
            tools.delete(key)
