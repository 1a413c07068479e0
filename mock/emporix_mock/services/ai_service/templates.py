"""Agents made from templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.services.ai_service.declared import AGENTS, INACTIVE, TAKEN, TEMPLATES, refused, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

FROM_TEMPLATE = ("templatePrompt", "requiredScopes", "icon", "tags", "outputFormat", "mcpServers", "type")
USUAL_MODEL = {"provider": "emporix_openai", "model": "gpt-4o-mini"}


@service.operation("POST-ai-clone-template")
def clone(ctx: RequestContext, state: State) -> Result:
    """Make an agent, not enabled yet, of an active template."""
    ctx.about.check_payload(ctx.body)
    template = crud.read(TEMPLATES, ctx, state, ctx.path["templateId"])
    if not template.get("enabled"):
        raise refused(INACTIVE, f"The template {template['id']} is not active.")
    own = ctx.body.get("id") or state.ids.uuid()
    if crud.find(AGENTS, ctx, state, own) is not None:
        raise refused(TAKEN, "Conflict - a resource with given code or id has already exist.")
    agent = {name: template[name] for name in FROM_TEMPLATE if name in template}
    agent["nativeTools"] = [{"id": tool["id"]} for tool in template.get("nativeTools") or ()]
    agent |= {"triggers": [{"type": "endpoint"}], "llmConfig": USUAL_MODEL, "enabled": False}
    agent.setdefault("mcpServers", [])
    given = {name: ctx.body[name] for name in ("name", "description", "userPrompt")}
    made = crud.create(AGENTS, ctx, state, {**agent, **given, "id": own})
    return Result(201, {"id": made["id"]})
