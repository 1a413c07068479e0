"""Talk with agents: at once, as a stream, or by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import crud, jobs
from emporix_mock.engine.context import Result
from emporix_mock.rules import scripted_model
from emporix_mock.services.ai_service import logs
from emporix_mock.services.ai_service.declared import (
    AGENTS,
    ATTACHMENTS,
    JOBS,
    NO_ATTACHMENT,
    NO_ENDPOINT,
    NOT_ALLOWED,
    NOT_ENABLED,
    PACE,
    SCRIPTED,
    SCRIPTS,
    invalid,
    refused,
    service,
    session_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.rules.scripted_model import Answer
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OWN, ANY = "ai.agentexecution_manage_own", "ai.agentexecution_manage"
NEEDED: Mapping[str, tuple[str, ...]] = {"customer": (OWN,), "employee": (ANY,), "integration": (ANY,)}
WORD_PAUSE = 0.02

# Agents that anonymous callers may talk to are known only once the body is read.
service.permit(
    ["POST-ai-agents-chat", "POST-ai-agents-chat-stream", "POST-ai-agents-chat-async"],
    kinds=("service", "anonymous", "customer", "employee"),
)


@service.operation("POST-ai-agents-chat")
def chat(ctx: RequestContext, state: State) -> Result:
    """The whole answer."""
    agent, session = _asked(ctx, state)
    answer = _answer(state, agent, ctx.body["message"])
    logs.record(state, agent, session, answer, at=state.now())
    if answer.failure is not None:
        # Answered, not raised: the log stays.
        body = {"code": 500, "status": "Internal Server Error", "message": answer.failure}
        return Result(500, body, {"x-emporix-mock-rule": SCRIPTED.id})
    return Result(200, [_said(agent, session, answer)])


@service.operation("POST-ai-agents-chat-stream")
def chat_stream(ctx: RequestContext, state: State) -> Result:
    """The answer word by word, as server-sent events."""
    agent, session = _asked(ctx, state)
    answer = _answer(state, agent, ctx.body["message"])
    logs.record(state, agent, session, answer, at=state.now())
    pause = 0.0 if ctx.switch(PACE) == "at-once" else WORD_PAUSE
    calls = [f"call_{state.ids.hex(12)}" for _ in answer.tools]
    return Result(200, media_type="text/event-stream", chunks=_streamed(agent, session, answer, calls, pause))


@service.operation("POST-ai-agents-chat-async")
def chat_async(ctx: RequestContext, state: State) -> Result:
    """A job that will have the answer."""
    agent, session = _asked(ctx, state)
    job = begin(ctx, state, agent, session, ctx.body["message"])
    return Result(201, {"jobId": job["id"]})


def begin(
    ctx: RequestContext, state: State, agent: Document, session: str, message: str, **more: Any
) -> Document:
    """Start a job in which an agent answers a message."""
    job = crud.create(
        JOBS,
        ctx,
        state,
        {
            "type": "AGENT_CHAT",
            "status": "in_progress",
            "agentId": agent["id"],
            "agentType": agent.get("type", "generic"),
            "sessionId": session,
            **more,
        },
    )
    answer = _answer(state, agent, message)
    jobs.later(ctx, state, "chat", answer.seconds, job=job["id"], message=message, began=state.timestamp())
    return job


@service.step("chat")
def finish(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Let the agent of a job answer, and tell that it did."""
    job = crud.find(JOBS, ctx, state, payload["job"])
    if job is None:
        return
    agent = crud.find(AGENTS, ctx, state, job["agentId"]) or {"id": job["agentId"]}
    answer = _answer(state, agent, payload["message"])
    logs.record(state, agent, job["sessionId"], answer, at=at, seconds=answer.seconds)
    failed = answer.failure is not None
    job |= {"status": "failure" if failed else "success", "message": answer.failure or answer.text}
    job["metadata"] |= {"version": job["metadata"]["version"] + 1, "modifiedAt": jobs.stamp(at)}
    state.collection(JOBS.collection).put(job["id"], job)
    told = {"jobId": job["id"], **{name: job[name] for name in ("agentId", "sessionId", "status")}}
    state.emit("ai.agent-job-finished", told)


def _asked(ctx: RequestContext, state: State) -> tuple[Document, str]:
    """The agent that is asked and the session; refuses whom the agent does not answer."""
    ctx.about.check_payload(ctx.body)
    agent = crud.read(AGENTS, ctx, state, ctx.body["agentId"])
    _check_caller(ctx, agent)
    if not agent.get("enabled"):
        raise refused(NOT_ENABLED, f"The agent {agent['id']} is not enabled.")
    if not any(trigger.get("type") == "endpoint" for trigger in agent.get("triggers") or ()):
        raise refused(NO_ENDPOINT, f"The agent {agent['id']} has no endpoint trigger.")
    session = session_of(ctx, state)
    for reference in ctx.body.get("attachments") or ():
        attachment = state.collection(ATTACHMENTS.name).get(reference["attachmentId"])
        if attachment is None or attachment.get("sessionId") != session:
            text = f"the session has no attachment {reference['attachmentId']}"
            raise invalid(NO_ATTACHMENT, "attachments.attachmentId", text)
    return agent, session


def _check_caller(ctx: RequestContext, agent: Document) -> None:
    """Any kind of caller that the agent names is enough; it names none: whoever may talk to agents."""
    named = agent.get("requiredScopes") or ()
    if "anonymous" in named:
        return
    scopes = {scope for kind in named for scope in NEEDED[kind]} or {OWN, ANY}
    if not ctx.caller().may(*scopes):
        message = "The access to the requested resource has been forbidden by the server."
        raise refused(NOT_ALLOWED, message)


def _answer(state: State, agent: Document, message: str) -> Answer:
    scripts = state.collection(SCRIPTS.name).scan()
    return scripted_model.answer(scripts, "chat", message, agent=agent["id"])


def _said(agent: Document, session: str, answer: Answer) -> Document:
    return {
        "agentId": agent["id"],
        "agentType": agent.get("type", "generic"),
        "sessionId": session,
        "message": answer.text,
    }


def _streamed(
    agent: Document, session: str, answer: Answer, calls: list[str], pause: float
) -> Iterator[bytes | float]:
    """The events of an answer, with pauses in between (AI facts, SSE)."""
    for name, call in zip(answer.tools, calls, strict=True):
        tool = {"tool_name": name, "call_id": call}
        yield _event("tool_start", tool)
        yield pause
        yield _event("tool_end", tool)
    if answer.failure is not None:
        yield _event("error", {"message": answer.failure, "code": 500})
        return
    for word in scripted_model.words(answer.text):
        yield _event("token", {"content": word})
        yield pause
    done = {"agent_id": agent["id"], "agent_type": agent.get("type", "generic"), "session_id": session}
    yield _event("done", {**done, "tools_used": list(answer.tools), "ttft_ms": int(pause * 1000)})


def _event(name: str, data: Document) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data))
