"""Agents carried from one tenant to another, with the tools and servers that they use."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.errors import EmporixError
from emporix_mock.services.ai_service import linking
from emporix_mock.services.ai_service.declared import (
    AGENTS,
    CHECKSUM,
    JOBS,
    SERVERS,
    TOO_MANY,
    TOOLS,
    UNKNOWN,
    UNKNOWN_FUNCTION,
    invalid,
    service,
    unknown_functions,
)
from emporix_mock.store.documents import values_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MOST_AGENTS: Final = 100
BY_HAND: Final = ("slack", "teams")
"""Tools that are made on each tenant anew."""
UPSERTS: Final = {
    linking.AGENTS: ("PUT-ai-agent", "agentId"),
    linking.TOOLS: ("PUT-ai-upsert-tool", "toolId"),
    linking.SERVERS: ("PUT-ai-upsert-mcp-server", "mcpServerId"),
}


@service.operation("POST-ai-export-agents")
def export_agents(ctx: RequestContext, state: State) -> Result:
    """The agents and what they use, as base64 of JSON, with its SHA-256."""
    ctx.about.check_payload(ctx.body)
    if len(ctx.body["agentIds"]) > MOST_AGENTS:
        raise invalid(TOO_MANY, "agentIds", f"at most {MOST_AGENTS} ids")
    owns = list(dict.fromkeys(ctx.body["agentIds"]))
    agents = [found for own in owns if (found := crud.find(AGENTS, ctx, state, own)) is not None]
    if len(agents) < len(owns):
        known = {agent["id"] for agent in agents}
        absent = next(own for own in owns if own not in known)
        raise invalid(UNKNOWN, "agentIds", f"the agent '{absent}' does not exist")
    tools = _used(state, agents, linking.TOOLS, "nativeTools.id")
    servers = _used(state, agents, linking.SERVERS, "mcpServers.mcpServer.id")
    whole = {"agents": _plain(agents), "tools": _plain(tools), "mcpServers": _plain(servers)}
    content = orjson.dumps(whole)
    result = {"data": base64.b64encode(content).decode(), "checksum": hashlib.sha256(content).hexdigest()}
    job = _job(ctx, state, "EXPORT", exportResult=result)
    return Result(200, {**result, "exportedAt": state.timestamp(), "jobId": job})


def _used(state: State, agents: list[Document], collection: str, field: str) -> list[Document]:
    owns = dict.fromkeys(own for agent in agents for own in values_at(agent, field.split(".")))
    return [found for own in owns if (found := state.collection(collection).get(str(own))) is not None]


def _plain(documents: list[Document]) -> list[Document]:
    return [{name: value for name, value in found.items() if name != "metadata"} for found in documents]


@service.operation("POST-ai-import-agents")
def import_agents(ctx: RequestContext, state: State) -> Result:
    """Take exported agents in: under new ids and not enabled; what they use only where it is not there."""
    ctx.about.check_payload(ctx.body)
    whole = _decoded(ctx.body)
    summary: dict[str, list[Document]] = {
        "tools": [_used_thing(ctx, state, TOOLS, tool) for tool in _listed(whole, "tools")],
        "mcpServers": [_used_thing(ctx, state, SERVERS, one) for one in _listed(whole, "mcpServers")],
    }
    summary["agents"] = [_agent(ctx, state, agent) for agent in _listed(whole, "agents")]
    counts = {
        name: sum(entry["state"] in ("ENABLED", "DISABLED") for entry in entries)
        for name, entries in summary.items()
    }
    message = (
        f"Successfully imported {counts['agents']} agents, {counts['tools']} tools, "
        f"and {counts['mcpServers']} MCP servers."
    )
    result = {"message": message, "summary": summary}
    job = _job(ctx, state, "IMPORT", importResult=result)
    return Result(200, {**result, "importedAt": state.timestamp(), "jobId": job})


def _decoded(body: Document) -> Document:
    try:
        content = base64.b64decode(body["data"], validate=True)
        whole = orjson.loads(content)
    except (binascii.Error, ValueError) as error:
        raise invalid(CHECKSUM, "data", "data is no base64 of JSON") from error
    if hashlib.sha256(content).hexdigest() != body["checksum"].lower():
        raise invalid(CHECKSUM, "checksum", "the checksum is not that of the data")
    if not isinstance(whole, dict):
        raise invalid(CHECKSUM, "data", "data holds no agents")
    return whole


def _listed(whole: Document, name: str) -> Iterator[Document]:
    """The documents of one kind; what is no document with an id is left out."""
    listed = whole.get(name)
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry


def _used_thing(ctx: RequestContext, state: State, resource: Resource, document: Document) -> Document:
    """Take in a tool or a server; the entry of the summary."""
    if document.get("type") in BY_HAND:
        return _entry(document, "TO_CREATE", ("NOT_IMPORTABLE", "Create it on this tenant."))
    if crud.find(resource, ctx, state, document["id"]) is not None:
        return _entry(document, "EXISTS", ("ALREADY_EXISTS", "It is used as it is."))
    return _taken_in(ctx, state, resource, {**document, "enabled": True})


def _agent(ctx: RequestContext, state: State, document: Document) -> Document:
    moment = int(state.now().timestamp() * 1000)
    new = {**document, "id": f"{document['id']}--import-{moment}", "enabled": False}
    note = ("AGENT_IMPORTED_DISABLED", "Imported agents start disabled.")
    return _taken_in(ctx, state, AGENTS, new, note)


def _taken_in(
    ctx: RequestContext, state: State, resource: Resource, new: Document, *notes: tuple[str, str]
) -> Document:
    """Store what the operation that upserts it would take, without what it names and is not here."""
    operation, parameter = UPSERTS[resource.collection]
    new.pop("metadata", None)
    try:
        ctx.call(service.name, operation, path={parameter: new["id"]}, body=new)
    except EmporixError as error:
        if error.rule not in (UNKNOWN.id, UNKNOWN_FUNCTION.id):
            return _entry(new, "FAILED", ("IMPORT_FAILED", "It does not fit the document."))
        more = _missing(state, resource, new)
        new["enabled"] = False
        crud.create(resource, ctx, state, new)
        return _entry(new, "DISABLED", *notes, *more)
    if resource is AGENTS:
        stored = state.collection(resource.collection).get(new["id"]) or {}
        kept = {name: new[name] for name in resource.owned if name in new}
        state.collection(resource.collection).put(new["id"], {**stored, **kept})
    return _entry(new, "ENABLED" if new["enabled"] else "DISABLED", *notes)


def _missing(state: State, resource: Resource, new: Document) -> list[tuple[str, str]]:
    """Take out what a document names and the tenant does not have; the notes that say so."""
    notes = []
    if linking.drop_unknown(state, resource.collection, new):
        notes.append(("MISSING_TOKEN", "Something that it uses is not on this tenant."))
    if resource is SERVERS and unknown_functions(state, new):
        notes.append(("MISSING_FUNCTION", "A function that it calls is not on this tenant."))
    return notes


def _entry(document: Document, outcome: str, *notes: tuple[str, str]) -> Document:
    own, name = document["id"], document.get("name") or document["id"]
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), own)
    details = [
        {"code": code, "objectId": own, "objectName": str(name), "message": text} for code, text in notes
    ]
    return {"id": own, "name": str(name), "state": outcome, "details": details}


def _job(ctx: RequestContext, state: State, kind: str, **result: Any) -> str:
    job = crud.create(JOBS, ctx, state, {"type": kind, "status": "success", **result})
    return str(job["id"])
