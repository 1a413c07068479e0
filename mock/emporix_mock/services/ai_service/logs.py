"""What happened in talks: one log for each question, one for each session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import jobs
from emporix_mock.services.ai_service.declared import REQUESTS, SESSIONS

if TYPE_CHECKING:
    from datetime import datetime

    from emporix_mock.rules.scripted_model import Answer
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

WORST = ("INFO", "WARNING", "ERROR")


def record(
    state: State, agent: Document, session: str, answer: Answer, *, at: datetime, seconds: float = 0
) -> None:
    """Log a question and its answer, which took `seconds` until `at`."""
    request = state.ids.uuid()
    began = at - timedelta(seconds=seconds)
    messages = [_message(agent, request, began, "INFO", "Question received")]
    messages += [
        _message(agent, request, at, "INFO", f"Tool {name} called", business=True) for name in answer.tools
    ]
    severity = "INFO" if answer.failure is None else "ERROR"
    messages.append(_message(agent, request, at, severity, answer.failure or "Question answered"))
    times = {"createdAt": jobs.stamp(began), "modifiedAt": jobs.stamp(at)}
    log = {
        "id": request,
        "requestId": request,
        "sessionId": session,
        "triggerAgentId": agent["id"],
        "collaborationAgents": [],
        "severity": severity,
        "messages": messages,
        "duration": int(seconds),
        "metadata": {"version": 1, **times},
    }
    state.collection(REQUESTS.collection).put(request, log)
    _add(state, agent, session, log)


def _add(state: State, agent: Document, session: str, log: Document) -> None:
    sessions = state.collection(SESSIONS.collection)
    found = sessions.get(session)
    if found is None:
        names = ("sessionId", "triggerAgentId", "severity", "messages", "duration", "metadata")
        sessions.put(session, {name: log[name] for name in names} | {"agents": [agent["id"]]})
        return
    found["messages"] += log["messages"]
    found["duration"] += log["duration"]
    found["severity"] = max(found["severity"], log["severity"], key=WORST.index)
    if agent["id"] not in found["agents"]:
        found["agents"].append(agent["id"])
    metadata = found["metadata"]
    found["metadata"] = {
        **metadata,
        "version": metadata["version"] + 1,
        "modifiedAt": log["metadata"]["modifiedAt"],
    }
    sessions.put(session, found)


def _message(
    agent: Document, request: str, at: datetime, severity: str, text: str, *, business: bool = False
) -> dict[str, Any]:
    return {
        "timestamp": jobs.stamp(at),
        "severity": severity,
        "message": text,
        "agentId": agent["id"],
        "requestId": request,
        "isBusinessLog": business,
    }
