"""Agents that wait for events of the shop; they are named in a vocabulary of their own (AI facts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import crud
from emporix_mock.rules.event_filters import matches
from emporix_mock.services.ai_service.chatting import begin
from emporix_mock.services.ai_service.declared import AGENTS, JOBS, service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NAMES: Mapping[str, str] = {
    "product.created": "product.product-created",
    "product.updated": "product.product-updated",
}


@service.operation("GET-ai-commerce-events")
def commerce_events(_ctx: RequestContext, _state: State) -> Document:
    """The events that an agent can wait for: those that the document names."""
    return {"events": list(NAMES.values())}


@service.on("product.created")
@service.on("product.updated")
def react(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Start a job for every agent that waits for the event; one whose filter does not fit is skipped."""
    name = NAMES[ctx.operation_id]
    agents = state.collection(AGENTS.collection)
    for key in agents.in_order(agents.find("triggers.type", "commerce_events")):
        agent = agents.get(key)
        trigger = _trigger(agent, name) if agent is not None and agent.get("enabled") else None
        if agent is None or trigger is None:
            continue
        session, wanted = state.ids.uuid(), (trigger.get("config") or {}).get("filter")
        if wanted is None or matches(wanted, payload):
            message = orjson.dumps(dict(payload)).decode()
            begin(ctx, state, agent, session, message, commerceEvent=name)
        else:
            about = {"agentId": key, "agentType": agent["type"], "sessionId": session}
            skipped = {"type": "AGENT_CHAT", "status": "skipped", "commerceEvent": name, **about}
            crud.create(JOBS, ctx, state, skipped)


def _trigger(agent: Document, name: str) -> Document | None:
    for trigger in agent.get("triggers") or ():
        events = str((trigger.get("config") or {}).get("events") or "")
        if trigger.get("type") == "commerce_events" and name in [part.strip() for part in events.split(",")]:
            found: Document = trigger
            return found
    return None
