"""Agents, tools, servers and secrets of the AI service over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

AGENT = {
    "name": {"en": "Coffee guide", "de": "Kaffeeberater"},
    "description": {"en": "Knows beans"},
    "userPrompt": "Ask for the brewing method first.",
    "triggers": [{"type": "endpoint"}],
    "llmConfig": {"provider": "openai", "model": "gpt-4.1-mini", "token": {"id": "openai-key"}},
    "mcpServers": [{"type": "custom", "mcpServer": {"id": "roastery-mcp"}}],
    "nativeTools": [{"id": "product-search"}],
}
SLACK = {
    "name": "Shop chat",
    "type": "slack",
    "enabled": True,
    "config": {"teamId": "T1", "botToken": "xoxb-secret"},
}


class Ai:
    """The AI service of one world as a backend sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/ai-service/{self.world.tenant}{path}", **request)

    def read(self, path: str, **params: Any) -> Any:
        answer = self("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, path: str, **params: Any) -> list[str]:
        return [found["id"] for found in self.read(path, **params)]


@pytest.fixture
def ai(either: World) -> Iterator[Ai]:
    found = Ai(either)
    with found.http:
        yield found


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule")


def test_an_agent_from_creation_to_deletion(ai: Ai):
    path = "/agentic/agents/coffee-guide"
    created = ai("PUT", path, json=AGENT)
    assert (created.status_code, created.json()) == (201, {"id": "coffee-guide"})
    found = ai.read(path)
    assert found == {
        **AGENT,
        "id": "coffee-guide",
        "type": "generic",
        "enabled": False,
        "enabledMemory": False,
        "maxRecursionLimit": 20,
        "metadata": found["metadata"],
    }
    assert ai("PUT", path, json={**AGENT, "enabled": True, "metadata": {"version": 1}}).status_code == 204
    stale = ai("PUT", path, json={**AGENT, "metadata": {"version": 1}})
    assert (stale.status_code, stale.json()["status"]) == (409, "Conflict")
    assert ai("PUT", path, json={"name": {"en": "x"}}).status_code == 400

    patch = [
        {"op": "REPLACE", "path": "/description/en", "value": "Knows every bean"},
        {"op": "ADD", "path": "/tags", "value": ["coffee"]},
    ]
    assert ai("PATCH", path, json=patch).status_code == 204
    changed = ai.read(path)
    assert (changed["description"], changed["tags"]) == ({"en": "Knows every bean"}, ["coffee"])
    assert changed["metadata"]["version"] == 3
    lower = [{"op": "replace", "path": "/icon", "value": "x"}]
    assert ai("PATCH", path, json=lower).status_code == 400
    outdated = [{"op": "REPLACE", "path": "/metadata/version", "value": 1}]
    assert ai("PATCH", path, json=outdated).status_code == 409

    assert ai.ids("/agentic/agents", q="tags:coffee") == ["coffee-guide"]
    assert ai.ids("/agentic/agents", pageSize="1", pageNumber="3", sort="id") == ["order-helper"]
    searched = ai("POST", "/agentic/agents/search", json={"q": "name.en:~Coffee"})
    assert [found["id"] for found in searched.json()] == ["coffee-guide"]
    german = ai("GET", path, headers={"Accept-Language": "de"}).json()
    assert german["name"] == {"de": "Kaffeeberater"}
    assert set(ai.read(path, fields="tags")) == {"id", "tags"}

    assert ai("DELETE", path).status_code == 204
    gone = ai("GET", path)
    assert (gone.status_code, gone.json()) == (
        404,
        {
            "resourceId": "coffee-guide",
            "code": 404,
            "status": "Not Found",
            "message": "The resource with id coffee-guide has not been found.",
        },
    )
    assert ai("DELETE", path).status_code == 404
    assert ai("PATCH", path, json=patch).status_code == 404


def test_secrets_go_in_and_never_come_out(ai: Ai):
    assert ai("PUT", "/agentic/tokens/key", json={"name": "Key", "value": "sk-secret"}).status_code == 201
    assert ai("PUT", "/agentic/tokens/key", json={"name": "Key 2", "value": "sk-other"}).status_code == 204
    assert ai("PUT", "/agentic/tools/chat", json=SLACK).status_code == 201
    token, tool = ai.read("/agentic/tokens/key"), ai.read("/agentic/tools/chat")
    assert (token["name"], set(token)) == ("Key 2", {"id", "name", "metadata"})
    assert tool["config"] == {"teamId": "T1"}
    assert ai.ids("/agentic/tokens", q="value:sk-other") == []
    oauth = {"url": "https://login.example.com", "clientId": "a", "grantType": "client_credentials"}
    referring = {**oauth, "clientSecretToken": {"id": "key"}}
    assert ai("PUT", "/agentic/oauths/login", json=referring).status_code == 201
    assert ai.read("/agentic/oauths/login")["clientSecretToken"] == {"id": "key"}
    assert ai.read("/agentic/oauths/login", expand="token")["clientSecretToken"] == token


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("agents/a", {**AGENT, "nativeTools": [{"id": "none"}]}, "nativeTools.id"),
        ("agents/a", {**AGENT, "agentCollaborations": [{"agentId": "none"}]}, "agentCollaborations.agentId"),
        (
            "agents/a",
            {**AGENT, "mcpServers": [{"type": "custom", "mcpServer": {"id": "none"}}]},
            "mcpServers.mcpServer.id",
        ),
        (
            "agents/a",
            {**AGENT, "llmConfig": {**AGENT["llmConfig"], "token": {"id": "none"}}},  # type: ignore[dict-item]
            "llmConfig.token.id",
        ),
        (
            "oauths/a",
            {
                "url": "https://login.example.com",
                "clientId": "a",
                "grantType": "client_credentials",
                "clientSecretToken": {"id": "none"},
            },
            "clientSecretToken.id",
        ),
    ],
)
def test_what_a_document_refers_to_has_to_be_there(ai: Ai, path: str, body: dict[str, Any], field: str):
    refused = ai("PUT", f"/agentic/{path}", json=body)
    assert refusal(refused) == (400, "ai-service/unknown-reference")
    assert refused.json()["details"] == [{"field": field, "message": f"{field} 'none' does not exist"}]


def test_references_are_expanded(ai: Ai):
    ai("PUT", "/agentic/agents/coffee-guide", json=AGENT)
    path = "/agentic/agents/coffee-guide"
    assert ai.read(path, expand="token")["llmConfig"]["token"]["name"] == "OpenAI key"
    assert ai.read(path, expand="mcpServers")["mcpServers"][0]["mcpServer"]["name"] == "Roastery"
    assert ai.read(path, expand="nativeTools")["nativeTools"][0]["type"] == "rag_emporix"
    server = ai.read("/agentic/mcp-servers/roastery-mcp", expand="token")
    assert server["config"]["authorizationHeaderToken"]["name"] == "Roastery key"


@pytest.mark.parametrize(
    ("path", "user", "unlinked"),
    [
        ("tools/team-chat", "agents/order-helper", {"nativeTools": []}),
        ("agents/complaint-desk", "agents/order-helper", {"agentCollaborations": []}),
        (
            "tokens/openai-key",
            "agents/order-helper",
            {
                "llmConfig": {
                    "provider": "openai",
                    "model": "gpt-4.1-mini",
                    "temperature": 0.2,
                    "maxTokens": 4000,
                }
            },
        ),
        (
            "tokens/login-secret",
            "oauths/llm-login",
            {"clientId": "acme-llm"},
        ),
    ],
)
def test_what_is_used_goes_only_by_force(ai: Ai, path: str, user: str, unlinked: dict[str, Any]):
    refused = ai("DELETE", f"/agentic/{path}")
    assert refusal(refused) == (400, "ai-service/in-use")
    assert refused.json()["details"][0]["type"] == "force"
    assert ai("DELETE", f"/agentic/{path}", params={"force": "true"}).status_code == 204
    assert ai("GET", f"/agentic/{path}").status_code == 404
    left = ai.read(f"/agentic/{user}")
    assert {name: left[name] for name in unlinked} == unlinked
    assert "clientSecretToken" not in left
    assert left["metadata"]["version"] == 2


def test_turning_off_what_is_used_turns_off_its_users(ai: Ai):
    off = [{"op": "REPLACE", "path": "/enabled", "value": False}]
    refused = ai("PATCH", "/agentic/tools/team-chat", json=off)
    assert refusal(refused) == (400, "ai-service/in-use-when-disabled")
    assert refused.json()["details"] == [{"type": "disableable", "message": "used by order-helper"}]
    assert ai.read("/agentic/tools/team-chat")["enabled"] is True
    forced = ai("PUT", "/agentic/tools/team-chat", json={**SLACK, "enabled": False}, params={"force": "true"})
    assert forced.status_code == 204
    assert ai.read("/agentic/agents/order-helper")["enabled"] is False
    assert ai("PATCH", "/agentic/mcp-servers/recipe-mcp", json=off).status_code == 204


def test_a_dynamic_server_calls_functions_that_are_there(ai: Ai):
    server = ai.read("/agentic/mcp-servers/recipe-mcp")
    body = {name: server[name] for name in ("name", "type", "enabled", "transport", "tools")}
    assert ai("PUT", "/agentic/mcp-servers/second", json=body).status_code == 201
    body["tools"][0]["config"]["invocation"]["functionId"] = "fn-none"
    refused = ai("PUT", "/agentic/mcp-servers/third", json=body)
    assert refusal(refused) == (400, "ai-service/unknown-function")
    assert ai("PUT", "/agentic/mcp-servers/third", json={**body, "enabled": False}).status_code == 201
    ai.world.stored.switches["ai-service/unknown-function"] = "accepted"
    assert ai("PUT", "/agentic/mcp-servers/fourth", json=body).status_code == 201


def test_an_agent_of_a_template(ai: Ai):
    assert ai.ids("/agentic/templates", q="name.en:~Complaint") == ["complaint-template"]
    body = {"name": {"en": "Second desk"}, "description": {"en": "More"}, "userPrompt": "Listen."}
    path = "/agentic/templates/complaint-template/agents"
    own = ai("POST", path, json=body).json()["id"]
    made = ai.read(f"/agentic/agents/{own}")
    assert (made["templatePrompt"], made["type"], made["enabled"]) == ("Be polite.", "complaint", False)
    assert ai("POST", path, json={**body, "id": "second-desk"}).json() == {"id": "second-desk"}
    assert refusal(ai("POST", path, json={**body, "id": "second-desk"})) == (
        400,
        "ai-service/duplicate-agent",
    )
    assert ai("POST", "/agentic/templates/none/agents", json=body).status_code == 404
    templates = ai.world.stored.state("ai-service").collection("templates")
    templates.put("complaint-template", {**(templates.get("complaint-template") or {}), "enabled": False})
    assert refusal(ai("POST", path, json=body)) == (400, "ai-service/inactive-template")
    ai("PUT", "/agentic/agents/second-desk", json={**AGENT, "type": "generic"})
    kept = ai.read("/agentic/agents/second-desk")
    assert (kept["templatePrompt"], kept["type"]) == ("Be polite.", "complaint")


def test_agents_are_carried_to_another_tenant(ai: Ai):
    out = ai("POST", "/agentic/agents/export", json={"agentIds": ["order-helper"]}).json()
    content = base64.b64decode(out["data"])
    assert hashlib.sha256(content).hexdigest() == out["checksum"]
    whole = json.loads(content)
    assert {kind: [d["id"] for d in found] for kind, found in whole.items()} == {
        "agents": ["order-helper"],
        "tools": ["team-chat"],
        "mcpServers": [],
    }
    exported = ai.read(f"/jobs/{out['jobId']}")
    assert (exported["type"], exported["status"], exported["exportResult"]["checksum"]) == (
        "EXPORT",
        "success",
        out["checksum"],
    )
    unknown = ai("POST", "/agentic/agents/export", json={"agentIds": ["none"]})
    assert refusal(unknown) == (400, "ai-service/unknown-reference")

    other = Ai(type(ai.world)(ai.world.server, f"{ai.world.tenant}b"))
    with other.http:
        back = other("POST", "/agentic/agents/import", json=out).json()
        assert back["message"] == "Successfully imported 1 agents, 0 tools, and 0 MCP servers."
        agent, tool = back["summary"]["agents"][0], back["summary"]["tools"][0]
        assert (agent["state"], tool["state"]) == ("DISABLED", "TO_CREATE")
        assert [detail["code"] for detail in agent["details"]] == ["AGENT_IMPORTED_DISABLED"]
        assert tool["details"][0]["code"] == "NOT_IMPORTABLE"
        assert agent["id"].startswith("order-helper--import-")
        assert other.read(f"/agentic/agents/{agent['id']}")["enabled"] is False
        assert other.read(f"/jobs/{back['jobId']}")["importResult"]["message"] == back["message"]
        wrong = other("POST", "/agentic/agents/import", json={**out, "checksum": "0" * 64})
        assert refusal(wrong) == (400, "ai-service/checksum")


def packed(whole: Any) -> dict[str, str]:
    content = json.dumps(whole).encode()
    return {"data": base64.b64encode(content).decode(), "checksum": hashlib.sha256(content).hexdigest()}


def test_what_an_import_finds_missing(ai: Ai):
    search = {name: v for name, v in ai.read("/agentic/tools/product-search").items() if name != "metadata"}
    embedding = {"provider": "openai", "model": "m", "dimensions": 256, "token": {"id": "theirs"}}
    server = {name: v for name, v in ai.read("/agentic/mcp-servers/recipe-mcp").items() if name != "metadata"}
    unknown = json.loads(json.dumps(server).replace("fn-get-recipe", "fn-theirs")) | {"id": "their-mcp"}
    whole = {
        "agents": [{**AGENT, "id": "a", "nativeTools": [{"id": "not-here"}]}, {"id": "broken"}, "nonsense"],
        "tools": [
            search,
            {**search, "id": "copy"},
            {**search, "id": "keyed", "config": {**search["config"], "embeddingConfig": embedding}},
        ],
        "mcpServers": [unknown],
    }
    summary = ai("POST", "/agentic/agents/import", json=packed(whole)).json()["summary"]
    seen = {
        kind: [(entry["state"], [d["code"] for d in entry["details"]]) for entry in entries]
        for kind, entries in summary.items()
    }
    assert seen == {
        "tools": [("EXISTS", ["ALREADY_EXISTS"]), ("ENABLED", []), ("DISABLED", ["MISSING_TOKEN"])],
        "mcpServers": [("DISABLED", ["MISSING_FUNCTION"])],
        "agents": [
            ("DISABLED", ["AGENT_IMPORTED_DISABLED", "MISSING_TOKEN"]),
            ("FAILED", ["IMPORT_FAILED"]),
        ],
    }
    assert ai.read(f"/agentic/agents/{summary['agents'][0]['id']}")["nativeTools"] == []
    nonsense = {"data": "%%%", "checksum": "0"}
    assert refusal(ai("POST", "/agentic/agents/import", json=nonsense)) == (400, "ai-service/checksum")


def test_the_seeded_rest(ai: Ai):
    assert [m["provider"] for m in ai.read("/agentic/models")] == ["openai", "anthropic"]
    assert ai.read("/agentic/commerce-events") == {
        "events": ["product.product-created", "product.product-updated"]
    }
    assert [c["contextRef"] for c in ai.read("/agentic/conversations")] == ["EON1002"]
    found = ai("POST", "/agentic/conversations/search", json={"q": "agentId:order-helper"})
    assert len(found.json()) == 1
    assert ai.ids("/jobs", q="type:EXPORT") == ["65f3a1b2c3d4e5f617000002"]
    assert ai("DELETE", "/jobs/65f3a1b2c3d4e5f617000002").status_code == 204
    assert ai("GET", "/jobs/65f3a1b2c3d4e5f617000002").status_code == 404


SERVER = {
    "name": "Maps",
    "type": "custom",
    "transport": "sse",
    "config": {"url": "https://mcp.example.com/maps"},
}
LOGIN = {"url": "https://login.example.com", "clientId": "b", "grantType": "client_credentials"}


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        ("tools", SLACK, "name", "Second chat"),
        ("mcp-servers", SERVER, "name", "Atlas"),
        ("tokens", {"name": "Spare key", "value": "sk-spare"}, "name", "Old key"),
        ("oauths", LOGIN, "clientId", "c"),
    ],
)
def test_what_agents_use_is_kept_alike(ai: Ai, kind: str, body: dict[str, Any], field: str, value: str):
    path = f"/agentic/{kind}"
    before = ai.ids(path)
    assert ai("PUT", f"{path}/new", json=body).status_code == 201
    assert ai.ids(path) == [*before, "new"]
    assert ai.ids(path, pageSize="1", pageNumber=str(len(before) + 1)) == ["new"]
    patch = [{"op": "REPLACE", "path": f"/{field}", "value": value}]
    assert ai("PATCH", f"{path}/new", json=patch).status_code == 204
    for text, found in ((body[field], []), (value, ["new"])):
        query = f'{field}:"{text}"'
        answer = ai("POST", f"{path}/search", json={"q": query})
        assert [each["id"] for each in answer.json()] == ai.ids(path, q=query) == found
    changed = ai.read(f"{path}/new")
    assert (changed[field], changed["metadata"]["version"]) == (value, 2)
    stale = [{"op": "REPLACE", "path": "/metadata/version", "value": 1}]
    assert ai("PATCH", f"{path}/new", json=stale).status_code == 409
    assert ai("DELETE", f"{path}/new").status_code == 204
    assert ai("DELETE", f"{path}/new").status_code == 404
    assert ai.ids(path) == before


@pytest.mark.parametrize(
    ("path", "key", "query"),
    [
        ("/agentic/templates", "id", "name.en:~Complaint"),
        ("/agentic/logs/requests", "requestId", "triggerAgentId:order-helper"),
        ("/agentic/logs/sessions", "sessionId", "triggerAgentId:order-helper"),
        ("/jobs", "id", "type:AGENT_CHAT"),
    ],
)
def test_a_search_finds_what_the_list_with_the_same_query_finds(ai: Ai, path: str, key: str, query: str):
    for asked in (query, "metadata.version:7"):
        listed = ai.read(path, q=asked) if path != "/agentic/templates" or asked == query else []
        searched = ai("POST", f"{path}/search", json={"q": asked})
        assert searched.status_code == 200, searched.text
        assert [each[key] for each in searched.json()] == [each[key] for each in listed]
        assert len(listed) == (1 if asked == query else 0)


def test_who_may_do_what(ai: Ai):
    path = f"/ai-service/{ai.world.tenant}/agentic/agents/order-helper"
    with ai.world.backend("ai.agent_read") as http:
        assert http.get(path).status_code == 200
        refused = http.delete(path)
        assert (refused.status_code, refused.json()["message"], refused.json()["status"]) == (
            403,
            "The access to the requested resource has been forbidden by the server.",
            "Forbidden",
        )
    with ai.world.customer() as mia:
        assert mia.get(path).status_code == 403
