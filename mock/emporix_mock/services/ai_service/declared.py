"""The AI service's rules, choices and resources. "AI facts" are configuration facts, section 10."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import MAPS
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.services.ai_service import linking
from emporix_mock.store.documents import values_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Expand
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DOCUMENT: Final = "ai-service document"
BASE: Final = "/ai-service/{tenant}"
UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
REASONS: Final = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}

service = Service("ai-service")

STALE = service.rule("stale-version", 409, source=f"{DOCUMENT}, 409")
IN_USE = service.rule("in-use", 400, source=f"{DOCUMENT}: not without force [status: choice]")
DISABLEABLE = service.rule(
    "in-use-when-disabled", 400, source=f"{DOCUMENT}: not without force [status: choice]"
)
UNKNOWN = service.rule("unknown-reference", 400, source="choice: what a document refers to has to be there")
UNKNOWN_FUNCTION = service.rule("unknown-function", 400, source=f"{DOCUMENT}, upserting a dynamic MCP server")
INACTIVE = service.rule("inactive-template", 400, source=f"{DOCUMENT}: only active ones [status: choice]")
TAKEN = service.rule("duplicate-agent", 400, source="choice: cloning lists no 409")
NOT_ENABLED = service.rule("agent-not-enabled", 400, source="choice: agents that are off do not answer")
NO_ENDPOINT = service.rule(
    "no-endpoint-trigger", 400, source="AI facts: chats are for endpoint triggers [choice]"
)
NOT_ALLOWED = service.rule("caller-not-allowed", 403, source=f"{DOCUMENT}, requiredScopes of an agent")
MEDIA_TYPE = service.rule("attachment-type", 400, source="AI facts, attachments; wording of the guide")
NO_ATTACHMENT = service.rule(
    "unknown-attachment", 400, source="guide: attachments belong to their session [choice]"
)
BAD_SESSION = service.rule("session-id", 400, source=f"{DOCUMENT}, format of the header")
NO_MESSAGE = service.rule("no-message", 400, source="choice: a completion needs something to complete")
CHECKSUM = service.rule("checksum", 400, source=f"{DOCUMENT}, importing agents [status: choice]")
TOO_MANY = service.rule("too-many-agents", 400, source="AI facts: at most 100 ids")
SCRIPTED = service.rule("scripted-failure", 500, source="a script of the world asks for it")

FUNCTIONS = service.switch(
    "unknown-function",
    "refused",
    "accepted",
    about="an enabled dynamic MCP server that calls a cloud function which the world does not have",
    source=f"{DOCUMENT}; functions are seeded, for no documented operation makes them",
)
PACE = service.switch(
    "stream-pace",
    "words",
    "at-once",
    about="whether a streamed answer comes word by word in real time or all at once",
    source="undocumented",
)


def missing(key: str) -> EmporixError:
    """404 in the words of the document."""
    message = f"The resource with id {key} has not been found."
    return NotFound(body={"resourceId": key, "code": 404, "status": "Not Found", "message": message})


def refused(rule: Rule, message: str, details: Sequence[dict[str, Any]] = ()) -> EmporixError:
    """A refusal in the service's shape."""
    whole = {"code": rule.status, "status": REASONS[rule.status], "message": message}
    return rule(body={**whole, "details": list(details)})


def session_of(ctx: RequestContext, state: State) -> str:
    """The session that the caller names, or a new one. Raises 400 for what is no UUID."""
    given = ctx.headers.get("session-id")
    if given is None:
        return state.ids.uuid()
    if not UUID.fullmatch(given):
        raise invalid(BAD_SESSION, "session-id", "a UUID is expected")
    return str(given)


def stale(_key: str) -> EmporixError:
    """409 for an outdated version, in the words that the document has for every conflict."""
    return refused(STALE, "Conflict - a resource with given code or id has already exist.")


def _checked(collection: str, ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Refuse what refers to nothing, and turning off what others use unless that is forced."""
    linking.forget_secrets(collection, new)
    for field, own in linking.unknown(state, collection, new):
        raise invalid(UNKNOWN, field, f"{field} '{own}' does not exist")
    if collection == linking.SERVERS and new.get("enabled") and ctx.switch(FUNCTIONS) == "refused":
        for name in unknown_functions(state, new):
            raise invalid(UNKNOWN_FUNCTION, "functionId", f"the function '{name}' does not exist")
    if old is not None and old.get("enabled") and not new.get("enabled"):
        _turn_off(collection, ctx, state, str(new["id"]))


def invalid(rule: Rule, field: str, message: str) -> EmporixError:
    """400 that names one field."""
    problem = {"field": field, "message": message}
    return refused(rule, "Validation problem with request body.", [problem])


def unknown_functions(state: State, server: Document) -> list[str]:
    """The cloud functions that a dynamic MCP server calls and the world does not have."""
    called = [tool["config"]["invocation"]["functionId"] for tool in server.get("tools") or ()]
    return [name for name in called if name not in state.collection("functions")]


def _turn_off(collection: str, ctx: RequestContext, state: State, own: str) -> None:
    if collection == linking.AGENTS:
        return
    on = [
        key
        for user, key, _ in linking.users(state, collection, own)
        if (state.collection(user).get(key) or {}).get("enabled")
    ]
    if on and not ctx.query.get("force"):
        detail = {"type": "disableable", "message": f"used by {', '.join(on)}"}
        raise refused(DISABLEABLE, f"The resource with id {own} is in use.", [detail])
    linking.turn_off(state, collection, own)


def _expand_tokens(collection: str) -> Expand:
    fields = [f for f, target in linking.REFERENCES[collection].items() if target == linking.TOKENS]
    return lambda _ctx, state, document: _resolve(state, document, fields, linking.TOKENS)


def _expand(field: str, target: str) -> Expand:
    return lambda _ctx, state, document: _resolve(state, document, [field], target)


def _resolve(state: State, document: Document, fields: Sequence[str], target: str) -> None:
    """Put the whole documents where their ids stand."""
    for field in fields:
        *way, last, _id = field.split(".")
        for holder in values_at(document, way):
            entries = holder.get(last) if isinstance(holder, dict) else None
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, dict):
                    entry.update(state.collection(target).get(str(entry.get("id"))) or {})


def _managed(collection: str, path: str, **more: Any) -> Resource:
    return service.resource(
        Resource(
            path=f"{BASE}/agentic/{path}",
            collection=collection,
            prepare=partial(_checked, collection),
            missing=missing,
            stale=stale,
            patch="JSON",
            **more,
        )
    )


AGENTS = _managed(
    linking.AGENTS,
    "agents",
    localized=("name", "description"),
    languages=MAPS,
    defaults={"enabled": False, "enabledMemory": False, "maxRecursionLimit": 20, "type": "generic"},
    owned=("type", "templatePrompt", "handOff"),
    expand={
        "token": _expand_tokens(linking.AGENTS),
        "oauth": _expand("llmConfig.selfHostedParams.oauth.id", linking.OAUTHS),
        "mcpServers": _expand("mcpServers.mcpServer.id", linking.SERVERS),
        "nativeTools": _expand("nativeTools.id", linking.TOOLS),
    },
)
TOOLS = _managed(
    linking.TOOLS,
    "tools",
    defaults={"enabled": False},
    expand={"token": _expand_tokens(linking.TOOLS)},
)
TOKENS = _managed(linking.TOKENS, "tokens")
OAUTHS = _managed(linking.OAUTHS, "oauths", expand={"token": _expand_tokens(linking.OAUTHS)})
SERVERS = _managed(
    linking.SERVERS,
    "mcp-servers",
    defaults={"enabled": False, "type": "custom"},
    expand={"token": _expand_tokens(linking.SERVERS)},
)
TEMPLATES = service.resource(
    Resource(
        path=f"{BASE}/agentic/templates",
        collection="templates",
        version=None,
        localized=("name", "description"),
        languages=MAPS,
        missing=missing,
        present=lambda _ctx, _state, found: {k: v for k, v in found.items() if k != "type"},
    )
)
JOBS = service.resource(Resource(path=f"{BASE}/jobs", collection="jobs", missing=missing))
service.resource(
    Resource(
        path=f"{BASE}/agentic/conversations", collection="conversations", key="conversationId", version=None
    )
)
REQUESTS = service.resource(
    Resource(path=f"{BASE}/agentic/logs/requests", collection="requests", missing=missing)
)
SESSIONS = service.resource(
    Resource(path=f"{BASE}/agentic/logs/sessions", collection="sessions", key="sessionId", missing=missing)
)
service.collection(TEMPLATES.collection, private=("type",))
SCRIPTS = service.collection("scripts", key="id", new_id="uuid", times=())
"""What the model answers: see `rules.scripted_model`."""
MODELS = service.collection("models", key="provider", new_id="given", schema="GET-ai-list-models", times=())
service.collection("functions", key="id", new_id="given", times=())
ATTACHMENTS = service.collection("attachments", key="id", new_id="object_id", times=())
