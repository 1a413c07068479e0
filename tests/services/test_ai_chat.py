"""Talk with agents over HTTP: answers, streams, jobs, logs, figures; and texts by prompt."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.rules import ai_analytics, event_filters, scripted_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

SESSION = "b2d4f6a8-1c3e-4d5f-8a01-000000000009"
QUESTION = {"agentId": "order-helper", "message": "Where is order EON1002?"}


class Talk:
    """The agents of one world as a backend, or somebody else, talks to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = f"/ai-service/{world.tenant}"
        self.http = world.backend()

    def chat(self, http: httpx.Client | None = None, **change: Any) -> httpx.Response:
        body = QUESTION | change
        return (http or self.http).post(f"{self.base}/agentic/chat", json=body)

    def read(self, path: str, **params: Any) -> Any:
        answer = self.http.get(self.base + path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def script(self, **script: Any) -> None:
        """Set an answer ahead of the seeded ones."""
        scripts = self.world.stored.state("ai-service").collection("scripts")
        others = list(scripts.scan())
        scripts.clear()
        for number, one in enumerate([script, *others]):
            scripts.put(str(number), {**one, "id": str(number)})

    def agent(self, own: str, **change: Any) -> None:
        agents = self.world.stored.state("ai-service").collection("agents")
        agents.put(own, {**(agents.get(own) or {}), **change})

    def advance(self, seconds: float) -> None:
        clock = f"/_mock/worlds/{self.world.tenant}/clock"
        assert self.http.put(clock, json={"advance": seconds}).status_code == 200


@pytest.fixture
def talk(either: World) -> Iterator[Talk]:
    found = Talk(either)
    with found.http:
        yield found


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule")


def test_an_agent_answers_by_its_script(talk: Talk):
    answered = talk.http.post(
        f"{talk.base}/agentic/chat", json=QUESTION, headers={"session-id": SESSION}
    ).json()
    assert answered == [
        {
            "agentId": "order-helper",
            "agentType": "generic",
            "sessionId": SESSION,
            "message": "EON1002 is on its way.",
        }
    ]
    other = talk.chat(message="Good morning").json()[0]
    assert other["message"] == "You said: Good morning"
    assert other["sessionId"] != SESSION
    odd = talk.http.post(f"{talk.base}/agentic/chat", json=QUESTION, headers={"session-id": "mine"})
    assert refusal(odd) == (400, "ai-service/session-id")
    talk.script(agentId="order-helper", contains="morning", answer="And to you! ({message})")
    assert talk.chat(message="Good Morning").json()[0]["message"] == "And to you! (Good Morning)"


def test_talk_is_logged(talk: Talk):
    talk.world.stored.clock.freeze()
    for _ in range(2):
        talk.http.post(f"{talk.base}/agentic/chat", json=QUESTION, headers={"session-id": SESSION})
    talk.script(contains="boom", failure="The model is out of order")
    failed = talk.http.post(
        f"{talk.base}/agentic/chat", json=QUESTION | {"message": "Boom"}, headers={"session-id": SESSION}
    )
    assert (failed.status_code, failed.json()["message"]) == (500, "The model is out of order")
    assert refusal(failed)[1] == "ai-service/scripted-failure"
    requests = talk.read("/agentic/logs/requests", q=f"sessionId:{SESSION}")
    assert [log["severity"] for log in requests] == ["INFO", "INFO", "ERROR"]
    assert [m["message"] for m in requests[0]["messages"]] == [
        "Question received",
        "Tool get-order called",
        "Question answered",
    ]
    one = talk.read(f"/agentic/logs/requests/{requests[0]['id']}")
    assert one == requests[0]
    session = talk.read(f"/agentic/logs/sessions/{SESSION}")
    assert (session["severity"], session["agents"], len(session["messages"])) == (
        "ERROR",
        ["order-helper"],
        8,
    )
    found = talk.http.post(f"{talk.base}/agentic/logs/sessions/search", json={"q": "severity:ERROR"})
    assert [log["sessionId"] for log in found.json()] == [SESSION]
    assert talk.http.get(f"{talk.base}/agentic/logs/sessions/none").status_code == 404

    figures = talk.read("/agentic/analytics", agentId="order-helper")
    assert figures["requests"] == {
        "total": 4,
        "bySeverity": {"info": 3, "warning": 0, "error": 1},
        "errorRate": 0.25,
    }
    assert figures["sessions"]["bySeverity"] == {"success": 1, "warning": 0, "error": 1}
    assert figures["resolutionEfficiency"]["requestsPerSession"] == 2.0
    assert figures["requestTrend"][0] == {
        "date": "2026-01-26T00:00:00.000Z",
        "total": 1,
        "errors": 0,
        "errorRate": 0,
    }
    assert talk.read("/agentic/analytics", agentId="none")["requests"]["total"] == 0
    counted = talk.read("/agentic/analytics/executions", agentIds="order-helper,none", granularity="MONTH")
    assert [sum(one["counts"]) for one in counted["series"]] == [2, 0]
    many = {"agentIds": ",".join(map(str, range(101)))}
    assert talk.http.get(f"{talk.base}/agentic/analytics/executions", params=many).status_code == 400


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    parts = [part.split("\n") for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_a_streamed_answer_comes_in_parts(talk: Talk):
    talk.script(agentId="order-helper", answer="one two three", tools=["get-order"])
    path, body = f"{talk.base}/agentic/chat-stream", QUESTION
    with talk.http.stream("POST", path, json=body, headers={"session-id": SESSION}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-length" not in answer.headers
        began = time.perf_counter()
        arrived = [(time.perf_counter() - began, part) for part in answer.iter_text()]
    assert len(arrived) > 3
    assert arrived[-1][0] - arrived[0][0] > 0.04
    seen = events("".join(part for _, part in arrived))
    assert [name for name, _ in seen] == ["tool_start", "tool_end", "token", "token", "token", "done"]
    assert "".join(data["content"] for name, data in seen if name == "token") == "one two three"
    assert seen[-1][1] == {
        "agent_id": "order-helper",
        "agent_type": "generic",
        "session_id": SESSION,
        "tools_used": ["get-order"],
        "ttft_ms": 20,
    }
    assert talk.read(f"/agentic/logs/sessions/{SESSION}")["agents"] == ["order-helper"]

    talk.world.stored.switches["ai-service/stream-pace"] = "at-once"
    talk.script(agentId="order-helper", failure="Out of order")
    failed = events(talk.http.post(path, json=body).text)
    assert failed == [("error", {"message": "Out of order", "code": 500})]
    unknown = talk.http.post(path, json=body | {"agentId": "none"})
    assert (unknown.status_code, unknown.json()["resourceId"]) == (404, "none")


def test_a_client_that_goes_away_ends_the_stream(talk: Talk):
    talk.script(agentId="order-helper", answer="word " * 2000)
    with talk.http.stream("POST", f"{talk.base}/agentic/chat-stream", json=QUESTION) as answer:
        next(answer.iter_text())
    for _ in range(100):
        entry = talk.world.stored.journal[-1]
        if entry.path.endswith("/chat-stream"):
            break
        time.sleep(0.02)
    assert entry.path.endswith("/chat-stream")
    assert 0 < len(entry.response) < 2000 * 20


def test_an_answer_by_a_job(talk: Talk):
    talk.world.stored.clock.freeze()
    started = talk.http.post(
        f"{talk.base}/agentic/chat-async", json=QUESTION, headers={"session-id": SESSION}
    )
    assert started.status_code == 201
    path = f"/jobs/{started.json()['jobId']}"
    running = talk.read(path)
    assert (running["type"], running["status"], running["sessionId"]) == (
        "AGENT_CHAT",
        "in_progress",
        SESSION,
    )
    assert "message" not in running
    talk.advance(4)
    done = talk.read(path)
    assert (done["status"], done["message"]) == ("success", "EON1002 is on its way.")
    log = talk.read(f"/agentic/logs/sessions/{SESSION}")
    assert (log["duration"], log["metadata"]["createdAt"]) == (4, running["metadata"]["createdAt"])
    told = [e for e in talk.world.stored.events if e["type"] == "ai.agent-job-finished"]
    assert [event["payload"] for event in told] == [
        {"jobId": done["id"], "agentId": "order-helper", "sessionId": SESSION, "status": "success"}
    ]
    talk.script(failure="Out of order", duration=60)
    failing = talk.http.post(f"{talk.base}/agentic/chat-async", json=QUESTION).json()["jobId"]
    talk.advance(59)
    assert talk.read(f"/jobs/{failing}")["status"] == "in_progress"
    talk.advance(1)
    assert talk.read(f"/jobs/{failing}")["status"] == "failure"


def test_a_job_ends_by_itself(talk: Talk):
    talk.script(agentId="order-helper", answer="done", duration=0.1)
    job = talk.http.post(f"{talk.base}/agentic/chat-async", json=QUESTION).json()["jobId"]
    jobs = talk.world.stored.state("ai-service").collection("jobs")
    for _ in range(100):
        if (jobs.get(job) or {})["status"] == "success":
            break
        time.sleep(0.02)
    assert (jobs.get(job) or {})["status"] == "success"


def test_whom_an_agent_answers(talk: Talk):
    with talk.world.customer() as mia, talk.world.client(talk.world.anonymous()["access_token"]) as guest:
        assert talk.chat(mia).status_code == 200
        assert refusal(talk.chat(guest)) == (403, "ai-service/caller-not-allowed")
        talk.agent("order-helper", requiredScopes=["employee"])
        assert refusal(talk.chat(mia)) == (403, "ai-service/caller-not-allowed")
        assert talk.chat().status_code == 200
        talk.agent("order-helper", requiredScopes=["employee", "anonymous"])
        assert talk.chat(guest).status_code == 200
        talk.agent("order-helper", requiredScopes=[])
        assert talk.chat(mia).status_code == 200
        assert talk.chat(guest).status_code == 403
    with talk.world.client() as nobody:
        assert talk.chat(nobody).status_code == 401
    assert refusal(talk.chat(agentId="complaint-desk")) == (400, "ai-service/agent-not-enabled")
    talk.agent("order-helper", triggers=[{"type": "slack"}])
    assert refusal(talk.chat()) == (400, "ai-service/no-endpoint-trigger")


def test_attachments_belong_to_their_session(talk: Talk):
    path = f"{talk.base}/agentic/order-helper/attachments"
    sent = talk.http.post(path, files={"attachment": ("order.pdf", b"%PDF-", "application/pdf")})
    assert sent.status_code == 201, sent.text
    own, session = sent.json()["id"], sent.json()["sessionId"]
    reference = {"attachments": [{"attachmentId": own, "caption": "Order"}]}
    answered = talk.http.post(
        f"{talk.base}/agentic/chat", json=QUESTION | reference, headers={"session-id": session}
    )
    assert answered.status_code == 200
    assert refusal(talk.chat(**reference)) == (400, "ai-service/unknown-attachment")
    given = talk.http.post(
        path, files={"attachment": ("a.txt", b"x", "text/plain")}, headers={"session-id": SESSION}
    )
    assert given.json()["sessionId"] == SESSION
    refused = talk.http.post(path, files={"attachment": ("a.svg", b"<svg/>", "image/svg+xml")})
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "resourceId": None,
            "message": "The provided 'image/svg+xml' content type is not supported for agent chat",
            "code": 400,
            "status": "Bad Request",
            "details": [],
        },
    )
    unknown = talk.http.post(
        f"{talk.base}/agentic/none/attachments", files={"attachment": ("a.txt", b"x", "text/plain")}
    )
    assert unknown.status_code == 404


def test_texts_and_completions(talk: Talk):
    asked = {"id": "en", "prompt": "Describe a gooseneck kettle in one sentence.", "maxTokens": 256}
    answer = talk.http.post(f"{talk.base}/texts", json=asked).json()
    assert answer == {"id": "en", "result": "A slim spout pours exactly where you aim it."}
    short = talk.http.post(f"{talk.base}/texts", json=asked | {"maxTokens": 3}).json()
    assert short["result"] == "A slim spout"
    messages = [{"role": "SYSTEM", "content": "Be kind."}, {"role": "USER", "content": "Greet a guest."}]
    done = talk.http.post(f"{talk.base}/completions", json={"messages": messages})
    assert done.json() == {"result": "Welcome! What may I brew for you?"}
    empty = talk.http.post(f"{talk.base}/completions", json={"messages": []})
    assert refusal(empty) == (400, "ai-service/no-message")
    assert talk.http.post(f"{talk.base}/texts").status_code == 400
    talk.script(kind="text", failure="No tokens left")
    failed = talk.http.post(f"{talk.base}/texts", json=asked)
    assert (failed.status_code, failed.json()["message"]) == (500, "No tokens left")


def test_agents_wait_for_events(talk: Talk):
    condition = {"left": "payload.published", "op": "$eq", "right": True}
    trigger = {
        "type": "commerce_events",
        "config": {"events": "product.product-created, product.product-updated", "filter": condition},
    }
    talk.agent("order-helper", triggers=[trigger])
    talk.world.stored.clock.freeze()
    headers = {"Content-Language": "en"}
    for code, published in (("A1", True), ("A2", False)):
        body = {"code": code, "name": f"Bean {code}", "published": published}
        made = talk.http.post(f"/product/{talk.world.tenant}/products", json=body, headers=headers)
        assert made.status_code == 201, made.text
    jobs = talk.read("/jobs", q="commerceEvent:product.product-created")
    assert [job["status"] for job in jobs] == ["in_progress", "skipped"]
    talk.advance(4)
    done = talk.read(f"/jobs/{jobs[0]['id']}")
    assert (done["status"], json.loads(done["message"].removeprefix("You said: "))["code"]) == (
        "success",
        "A1",
    )


@pytest.mark.parametrize(
    ("left", "op", "right", "fits"),
    [
        ("a.b", "$eq", 1, True),
        ("payload.a.b", "$eq", 1, True),
        ("a.c", "$eq", None, False),
        ("a.c", "$ne", 1, True),
        ("tags", "$notEmpty", None, True),
        ("none", "$isEmpty", None, True),
        ("a.b", "$in", [1, 2], True),
        ("a.b", "$notIn", [1, 2], False),
        ("a", "$exists", None, True),
        ("null", "$exists", None, False),
        ("null", "$notExists", None, True),
    ],
)
def test_conditions_of_events(left: str, op: str, right: Any, fits: bool):
    payload = {"a": {"b": 1}, "tags": ["x"], "null": None}
    condition = {"left": left, "op": op, "right": right}
    never = {"left": "a.b", "op": "$eq", "right": 2}
    assert event_filters.matches(condition, payload) is fits
    assert event_filters.matches({"op": "$or", "conditions": [never, condition]}, payload) is fits
    assert event_filters.matches({"op": "$and", "conditions": [never, condition]}, payload) is False


def test_words_and_limits():
    assert scripted_model.words("  two  words ") == ["  ", "two  ", "words "]
    assert scripted_model.words("") == []
    assert scripted_model.limited("a b c", None) == "a b c"
    assert scripted_model.limited("a b c", 2) == "a b"
    assert scripted_model.limited("w " * 5000, None).count("w") == scripted_model.MOST_TOKENS


@pytest.mark.parametrize(
    ("granularity", "labels", "counts"),
    [
        ("QUARTER", ["2025-Q4", "2026-Q1"], [1, 2]),
        ("MONTH", ["2025-12", "2026-01", "2026-02"], [1, 1, 1]),
        ("WEEK", [f"2026-W0{n}" for n in range(1, 6)], [2, 0, 0, 0, 1]),
    ],
)
def test_periods(granularity: Any, labels: list[str], counts: list[int]):
    began = ("2025-12-31T23:59:59.000Z", "2026-01-01T00:00:00.000Z", "2026-02-01T10:00:00.000Z")
    logs = [{"triggerAgentId": "a", "metadata": {"createdAt": at}} for at in began]
    found = ai_analytics.executions(logs, ["a"], granularity, datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert [period["label"] for period in found["periods"]] == labels
    assert found["series"] == [{"agentId": "a", "counts": counts}]
    for before, after in zip(found["periods"], found["periods"][1:], strict=False):
        assert before["end"] == after["start"]
