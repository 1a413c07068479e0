"""Figures for dashboards, counted from the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.rules import ai_analytics
from emporix_mock.services.ai_service.declared import REQUESTS, SESSIONS, TOO_MANY, invalid, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.rules.ai_analytics import Granularity
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MOST_AGENTS = 100


@service.operation("GET-ai-agentic-analytics")
def figures(ctx: RequestContext, state: State) -> Document:
    """Counts and trends of all agents, or of one."""
    agent = ctx.query.get("agentId")
    requests, sessions = (
        [log for log in state.collection(name).scan() if agent in (None, "", log["triggerAgentId"])]
        for name in (REQUESTS.collection, SESSIONS.collection)
    )
    return ai_analytics.bundle(requests, sessions)


@service.operation("GET-ai-agentic-analytics-executions")
def executions(ctx: RequestContext, state: State) -> Document:
    """How often agents were asked in each quarter, month or week."""
    agents = [own.strip() for own in ctx.query["agentIds"].split(",") if own.strip()]
    if len(agents) > MOST_AGENTS:
        raise invalid(TOO_MANY, "agentIds", f"at most {MOST_AGENTS} ids")
    sessions = list(state.collection(SESSIONS.collection).scan())
    granularity: Granularity = ctx.query.get("granularity") or "QUARTER"
    return ai_analytics.executions(sessions, agents, granularity, state.now())
