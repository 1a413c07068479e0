"""Files that a caller gives to an agent for its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result, Upload
from emporix_mock.services.ai_service.declared import (
    AGENTS,
    ATTACHMENTS,
    MEDIA_TYPE,
    invalid,
    service,
    session_of,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

TYPES = frozenset(("image/jpeg", "image/png", "application/pdf", "text/csv", "text/plain"))


@service.operation("POST-ai-agents-upload-attachment")
def upload(ctx: RequestContext, state: State) -> Result:
    """Keep what a chat may refer to; of the file itself only what the model's scripts could ask for."""
    agent = crud.read(AGENTS, ctx, state, ctx.path["agentId"])
    file = (ctx.body or {}).get("attachment")
    if not isinstance(file, Upload):
        raise invalid(MEDIA_TYPE, "attachment", "a file is expected")
    kind = file.media_type.partition(";")[0].strip().lower()
    if kind not in TYPES:
        message = f"The provided '{kind}' content type is not supported for agent chat"
        whole: dict[str, Any] = {"resourceId": None, "message": message, "code": 400}
        raise MEDIA_TYPE(body={**whole, "status": "Bad Request", "details": []})
    own = state.ids.object_id()
    session = session_of(ctx, state)
    kept = {"id": own, "agentId": agent["id"], "sessionId": session}
    about = {"filename": file.filename, "mediaType": kind, "bytes": len(file.content)}
    state.collection(ATTACHMENTS.name).put(own, kept | about)
    return Result(201, {"id": own, "sessionId": session})
