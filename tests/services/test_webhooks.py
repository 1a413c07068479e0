"""The webhook service over HTTP, with real deliveries to a receiver on this machine."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.rules.webhooks import canonical, signature
from emporix_mock.server import Server as RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from tests.conftest import World


@dataclass
class Receiver:
    """An HTTP server that keeps what it gets; `answers` are the statuses it gives, then 204."""

    url: str = ""
    got: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    delay: float = 0

    def wait(self, count: int) -> list[Any]:
        wait_for(lambda: len(self.got) >= count)
        return [body for _, _, body in self.got]


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.01)
    assert condition()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(found.delay)
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, dict(self.headers), json.loads(raw)))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()


class Hooks:
    """The webhook service of one world, and its control API."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["json"] = body
        return self.http.request(method, f"/webhook/{self.world.tenant}{path}", **more)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def status(self, *request: Any) -> int:
        return self(*request).status_code

    def patch(self, code: str, *operations: tuple[str, str, Any]) -> httpx.Response:
        body = [{"op": op, "path": path, "value": value} for op, path, value in operations]
        return self("PATCH", f"/config/{code}", body)

    def configure(self, url: str | None, **inner: Any) -> None:
        root = {} if url is None else {"destinationUrl": url}
        config = {"code": "http", "provider": "HTTP", "active": True, "configuration": {**root, **inner}}
        self.ok("POST", "/config", config)

    def subscribe(self, *types: str, **more: Any) -> None:
        body = [{"eventType": kind, "action": "SUBSCRIBE", **more} for kind in types]
        found = self("PATCH", "/event-subscriptions", body)
        assert [each["code"] for each in found.json()] == [200] * len(types), found.text

    def emit(self, kind: str, **payload: Any) -> None:
        body = {"type": kind, "payload": payload}
        answer = self.http.post(f"/_mock/worlds/{self.world.tenant}/events", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["problems"] == []

    def clock(self, **change: Any) -> None:
        assert self.http.put(f"/_mock/worlds/{self.world.tenant}/clock", json=change).status_code == 200

    def log(self, **query: str) -> list[dict[str, Any]]:
        found = self.http.get(f"/_mock/worlds/{self.world.tenant}/deliveries", params=query)
        assert found.status_code == 200, found.text
        return list(found.json())

    def states(self) -> list[str]:
        return [delivery["status"] for delivery in self.log()]

    def settled(self) -> list[str]:
        wait_for(lambda: "PENDING" not in self.states())
        return self.states()


@pytest.fixture
def hooks(either: World) -> Iterator[Hooks]:
    with either.backend() as http:
        yield Hooks(either, http)


# Configurations.


def test_a_configuration_from_creation_to_deletion(hooks: Hooks):
    entry = {"eventType": "ORDER.CREATED", "destinationUrl": "https://a.example.com/o", "secretKey": "s2"}
    config = {
        "code": "test_webhook_1",
        "provider": "HTTP",
        "active": True,
        "configuration": {
            "destinationUrl": "https://a.example.com",
            "secretKey": "s1",
            "headers": {"X-Shop": {"value": "acme"}},
            "eventsConfiguration": [entry],
        },
    }
    assert hooks.ok("POST", "/config", config) == {"code": "test_webhook_1"}
    found = hooks.ok("GET", "/config/test_webhook_1")
    own = found["configuration"]["eventsConfiguration"][0].pop("id")
    assert found == {
        "code": "test_webhook_1",
        "provider": "HTTP",
        "active": True,
        "version": 1,
        "configuration": {
            "destinationUrl": "https://a.example.com",
            "secretKeyExists": True,
            "headers": {"X-Shop": {"value": "acme"}},
            "eventsConfiguration": [
                {
                    "eventType": "ORDER.CREATED",
                    "destinationUrl": "https://a.example.com/o",
                    "secretKeyExists": True,
                    "active": True,
                }
            ],
        },
    }
    again = hooks("POST", "/config", {**config, "code": "other"})
    assert (again.status_code, again.json()["message"]) == (409, "The resource already exists.")
    assert hooks.status("POST", "/config", {**config, "provider": "SVIX"}) == 409

    change = {"provider": "HTTP", "configuration": {"eventsConfiguration": [{"eventType": "order.created"}]}}
    hooks.ok("PUT", "/config/test_webhook_1", change)
    entries = hooks.ok("GET", "/config/test_webhook_1")["configuration"]["eventsConfiguration"]
    assert [(each["id"], each["secretKeyExists"]) for each in entries] == [(own, True)]
    change["configuration"]["eventsConfiguration"] += [{"id": own, "eventType": "ORDER.CREATED"}]
    change["configuration"]["eventsConfiguration"][0] = {"eventType": "order.updated", "excludedFields": None}
    hooks.ok("PUT", "/config/test_webhook_1", change)
    entries = hooks.ok("GET", "/config/test_webhook_1")["configuration"]["eventsConfiguration"]
    assert [(each["id"] == own, each["secretKeyExists"]) for each in entries] == [
        (False, False),
        (True, True),
    ]
    change["configuration"]["eventsConfiguration"][0]["id"] = "unknown"
    assert hooks.status("PUT", "/config/test_webhook_1", change) == 400

    absent = hooks("GET", "/config/absent")
    assert (absent.status_code, absent.json()["message"]) == (404, "No catalog events found.")
    assert hooks.status("PUT", "/config/absent", change) == 404
    assert hooks.status("DELETE", "/config/test_webhook_1") == 400
    hooks.ok("DELETE", "/config/test_webhook_1?force=true")
    assert hooks.ok("GET", "/config") == []


def test_one_configuration_is_active_and_the_last_one_stays_so(hooks: Hooks):
    hooks.configure("https://a.example.com")
    hooks.ok(
        "POST",
        "/config",
        {"code": "svix", "provider": "SVIX", "active": True, "configuration": {"apiKey": "k"}},
    )
    found = {each["code"]: each for each in hooks.ok("GET", "/config")}
    assert {code: each["active"] for code, each in found.items()} == {"http": False, "svix": True}
    assert "configuration" not in found["svix"]
    assert hooks.patch("svix", ("UPSERT", "/active", False)).status_code == 204
    assert hooks.ok("GET", "/config/svix")["active"] is True
    hooks.world.stored.switches["webhook-service/last-active"] = "deactivated"
    assert hooks.patch("svix", ("UPSERT", "/active", False)).status_code == 204
    assert hooks.ok("GET", "/config/svix")["active"] is False


def test_patches_of_a_configuration(hooks: Hooks):
    hooks.configure("https://a.example.com")
    entry = "/configuration/http/eventsConfigurationEntry"
    value = {"eventType": "RETURN.CREATED", "name": "Returns", "destinationUrl": "https://a.example.com/r"}
    assert hooks.patch("http", ("UPSERT", entry, value)).status_code == 204
    own = hooks.ok("GET", "/config/http")["configuration"]["eventsConfiguration"][0]["id"]
    done = hooks.patch(
        "http",
        ("UPSERT", f"{entry}/{own}/active", False),
        ("UPSERT", f"{entry}/{own}/excludedFields", []),
        ("UPSERT", f"{entry}/{own}/filter", "$[?(@.approvalStatus == 'PENDING')]"),
        ("REMOVE", f"{entry}/{own}/name", None),
        ("UPSERT", "/configuration/http/headers", {"X-A": {"value": "1"}}),
        ("REMOVE", "/configuration/http/destinationUrl", None),
    )
    assert done.status_code == 204, done.text
    found = hooks.ok("GET", "/config/http")["configuration"]
    assert "destinationUrl" not in found
    assert found["headers"] == {"X-A": {"value": "1"}}
    assert found["eventsConfiguration"][0] == {
        "id": own,
        "eventType": "RETURN.CREATED",
        "destinationUrl": "https://a.example.com/r",
        "secretKeyExists": False,
        "filter": "$[?(@.approvalStatus == 'PENDING')]",
        "excludedFields": [],
        "active": False,
    }
    legacy = "/configuration/http/eventsConfiguration/RETURN.CREATED"
    assert hooks.patch("http", ("UPSERT", f"{legacy}/secretKey", "s")).status_code == 204
    assert hooks.patch("http", ("UPSERT", entry, value)).status_code == 204
    assert hooks.patch("http", ("UPSERT", f"{legacy}/secretKey", "s")).status_code == 409
    before = hooks.ok("GET", "/config/http")
    for bad in (
        ("UPSERT", "/configuration/http/headers", {}),
        ("UPSERT", "/configuration/http/secretKey", ""),
        ("UPSERT", "/configuration/svix/apiKey", "k"),
        ("UPSERT", f"{entry}/nothing/active", True),
        ("UPSERT", f"{entry}/{own}/filter", "$[?(@.a = 1)]"),
        ("UPSERT", "/configuration/http/destinationUrl", "https://hooks.invalid"),
        ("UPSERT", "/configuration/http/destinationUrl", "ftp://a.example.com"),
        ("UPSERT", "/configuration/http/headers", {f"X-{n}": {"value": "1"} for n in range(11)}),
        ("UPSERT", "/configuration/http/destinationUrl", 7),
        ("UPSERT", "/configuration/http/headers", {"X-A": "1"}),
        ("UPSERT", "/configuration/http/headers", {"X-A": {"value": None}}),
        ("UPSERT", "/configuration/http/eventsConfiguration", "all"),
        ("UPSERT", f"{entry}/{own}/excludedFields", [1]),
        ("UPSERT", f"{entry}/{own}/excludedFields", [" "]),
        ("UPSERT", f"{entry}/{own}/excludedFields", ["metadata.version"]),
        ("REMOVE", entry, None),
        ("UPSERT", "/active", "yes"),
    ):
        answer = hooks.patch("http", ("UPSERT", "/active", True), bad)
        assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (
            400,
            "webhook-service/invalid-configuration",
        ), bad
    assert hooks.status("PATCH", "/config/http", []) == 400
    assert hooks.ok("GET", "/config/http") == before


def test_an_address_that_does_not_answer_is_refused_unless_told(hooks: Hooks):
    config = {"code": "http", "provider": "HTTP", "configuration": {"destinationUrl": "https://x.invalid"}}
    refused = hooks("POST", "/config", config)
    assert refused.json()["message"] == "There is a validation error. Please check the details."
    assert refused.json()["details"][0].startswith("destinationUrl: The resource specified by the URL is not")
    config["configuration"] = {"eventsConfiguration": [{"eventType": "a", "destinationUrl": " "}]}
    assert hooks("POST", "/config", config).json()["details"] == ["destinationUrl must not be blank"]
    hooks.world.stored.switches["webhook-service/destination-check"] = "skip"
    config["configuration"] = {"destinationUrl": "https://x.invalid"}
    assert hooks.status("POST", "/config", config) == 201


# Subscriptions.


def test_every_known_event_can_be_subscribed_to(hooks: Hooks):
    rows = {row["event"]["type"]: row for row in hooks.ok("GET", "/event-subscriptions")}
    assert len(rows) == 81
    assert {row["subscription"] for row in rows.values()} == {"NONE"}
    assert rows["customer.logged.in"]["event"]["eventSchema"] == {
        "tenant": "String",
        "sessionId": "String",
        "customerId": "String",
    }
    german = hooks.ok("GET", "/event-subscriptions", headers={"Accept-Language": "de, xx"})
    assert german[0]["event"]["name"] == {"de": "Produkt angelegt"}

    kind = "product.created"
    hooks.subscribe(kind, fieldsToUnsubscribe=["mixins", "media"], metadata={"version": 9})
    change = [
        {"eventType": kind, "fieldsToSubscribe": ["media"], "metadata": {"version": 1}},
        {"eventType": kind, "action": "UNSUBSCRIBE", "metadata": {"version": 1}},
        {"eventType": "moon.rises", "action": "SUBSCRIBE"},
    ]
    done = hooks("PATCH", "/event-subscriptions", change)
    assert done.status_code == 207
    assert [(each["code"], each["status"]) for each in done.json()] == [
        (200, "OK"),
        (409, "CONFLICT"),
        (404, "NOT_FOUND"),
    ]
    row = next(row for row in hooks.ok("GET", "/event-subscriptions") if row["event"]["type"] == kind)
    assert (row["subscription"], row["excludedFields"], row["metadata"]["version"]) == (
        "SUBSCRIBED",
        ["mixins"],
        2,
    )


# Deliveries.


def test_a_change_of_a_document_reaches_a_subscriber(hooks: Hooks, receiver: Receiver):
    hooks.configure(
        receiver.url + "/root?a=1", secretKey="password123", headers={"X-Shop": {"value": "acme"}}
    )
    hooks.subscribe("catalog.created", fieldsToUnsubscribe=["metadata"])
    body = {"id": "c1", "name": {"en": "C"}, "publishedSites": [], "status": "INACTIVE", "visibility": {}}
    made = hooks.http.post(f"/catalog/{hooks.world.tenant}/catalogs", json={**body, "categoryIds": []})
    assert made.status_code == 201, made.text
    [sent] = receiver.wait(1)
    assert sent["type"] == "catalog.created"
    assert (sent["payload"]["id"], sent["payload"]["name"]) == ("c1", {"en": "C"})
    assert "metadata" not in sent["payload"]
    path, headers, _ = receiver.got[0]
    assert (path, headers["X-Shop"]) == ("/root?a=1", "acme")
    assert headers["emporix-event-signature"] == signature("password123", canonical(sent))
    assert headers["emporix-event-publish-time"].endswith("Z")
    assert hooks.settled() == ["DELIVERED"]
    month = hooks.ok("GET", "/statistics")["monthStatistics"][0]
    assert month["succesfullySentWebhooks"] == 1
    assert "password123" not in json.dumps(hooks.log())


def test_the_documented_signature():
    signed = {"id": "123", "code": "abc", "metadata": {"version": 1, "createdAt": "2026-01-01T00:00:00.000Z"}}
    assert signature("password123", canonical(signed)) == "DwzIzUASQHngrPEBj40dPGYsU2NRrY5FarogivBiln0="


def test_entries_filters_and_excluded_fields(hooks: Hooks, receiver: Receiver):
    entries = [
        {"eventType": "PRICE.DELETED", "destinationUrl": receiver.url + "/a", "filter": "$[?(@.id == 'p1')]"},
        {"eventType": "price.deleted", "destinationUrl": receiver.url + "/b", "excludedFields": ["more"]},
        {"eventType": "price.deleted", "destinationUrl": receiver.url + "/c", "active": False},
    ]
    hooks.configure(receiver.url, eventsConfiguration=entries)
    hooks.subscribe("price.deleted", fieldsToUnsubscribe=["id"])
    hooks.emit("price.deleted", id="p1", more=1)
    hooks.emit("price.deleted", id="p2", more=1)
    hooks.emit("price.created", id="p3")
    receiver.wait(3)
    assert hooks.settled() == ["DELIVERED"] * 3
    assert sorted((path, tuple(body["payload"])) for path, _, body in receiver.got) == [
        ("/a", ("more",)),
        ("/b", ("id",)),
        ("/b", ("id",)),
    ]


def test_nothing_is_sent_without_subscription_or_active_configuration(hooks: Hooks, receiver: Receiver):
    hooks.emit("price.deleted", id="before")
    hooks.configure(receiver.url)
    hooks.emit("price.deleted", id="unsubscribed")
    hooks.subscribe("price.deleted")
    hooks.ok("POST", "/config", {"code": "s", "provider": "SVIX_SHARED", "active": True, "configuration": {}})
    hooks.emit("price.deleted", id="svix")
    assert [(each["status"], each["provider"]) for each in hooks.log()] == [("RECORDED", "SVIX_SHARED")]
    assert receiver.got == []
    assert set(hooks.ok("GET", "/dashboard-access")) == {"url", "token"}


def test_failures_are_tried_again_on_the_clock_of_the_world(hooks: Hooks, receiver: Receiver):
    receiver.answers = [500, 302, 200]
    hooks.clock(frozen=True)
    hooks.configure(receiver.url)
    hooks.subscribe("price.deleted")
    hooks.emit("price.deleted", id="p1")
    for tries, pause in ((1, 5), (2, 30)):
        receiver.wait(tries)
        wait_for(lambda tries=tries: len(hooks.log()[0]["attempts"]) == tries)
        assert hooks.states() == ["PENDING"]
        hooks.clock(advance=pause - 1)
        assert len(receiver.got) == tries
        hooks.clock(advance=1)
    assert hooks.settled() == ["DELIVERED"]
    assert [attempt["status"] for attempt in hooks.log()[0]["attempts"]] == [500, 302, 200]

    receiver.answers = [500] * 3
    hooks.world.stored.switches["engine/job-pace"] = "at-once"
    hooks.emit("price.deleted", id="p2")
    assert hooks.settled() == ["DELIVERED", "FAILED"]
    replayed = hooks.http.post(
        f"/_mock/worlds/{hooks.world.tenant}/deliveries/{hooks.log()[1]['id']}/replay"
    ).json()
    assert replayed["replayOf"] == hooks.log()[1]["id"]
    assert hooks.settled() == ["DELIVERED", "FAILED", "DELIVERED"]
    assert receiver.got[-1][2] == receiver.got[-2][2]
    assert hooks.log(status="FAILED", type="price.deleted")[0]["attempts"][2]["status"] == 500
    path = f"/_mock/worlds/{hooks.world.tenant}/deliveries"
    assert hooks.http.post(f"{path}/nothing/replay").status_code == 404
    assert hooks.http.delete(path).status_code == 204
    assert hooks.log() == []


def test_an_entry_that_was_paused_gets_no_retry(hooks: Hooks, receiver: Receiver):
    receiver.answers = [500]
    hooks.clock(frozen=True)
    hooks.configure(
        None, eventsConfiguration=[{"eventType": "price.deleted", "destinationUrl": receiver.url}]
    )
    hooks.subscribe("price.deleted")
    hooks.emit("price.deleted", id="p1")
    wait_for(lambda: len(hooks.log()[0]["attempts"]) == 1)
    own = hooks.log()[0]["entry"]
    path = f"/configuration/http/eventsConfigurationEntry/{own}/active"
    assert hooks.patch("http", ("UPSERT", path, False)).status_code == 204
    hooks.clock(advance=60)
    assert hooks.settled() == ["DROPPED"]
    assert len(receiver.got) == 1


def test_other_machines_are_not_called_unless_allowed(hooks: Hooks):
    hooks.configure("https://hooks.example.com/emporix")
    hooks.subscribe("price.deleted")
    hooks.emit("price.deleted", id="p1")
    assert hooks.settled() == ["REFUSED"]
    assert "--webhook-host hooks.example.com" in hooks.log()[0]["reason"]


def test_an_allowed_host_is_called(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    import socket

    port = int(receiver.url.rpartition(":")[2])
    real = socket.create_connection

    def connect(address: tuple[str, int], *rest: Any, **more: Any) -> Any:
        host = "127.0.0.1" if address[0] == "hooks.example.com" else address[0]
        return real((host, address[1]), *rest, **more)

    monkeypatch.setattr(socket, "create_connection", connect)
    app = create_app(Config(seed="minimal", webhook_hosts=("hooks.example.com",)))
    with RunningServer(app) as url:
        from tests.conftest import Server, World

        world = World(Server(url, app), "acme")
        with world.backend() as http:
            hooks = Hooks(world, http)
            hooks.configure(f"http://hooks.example.com:{port}/in")
            hooks.subscribe("price.deleted")
            hooks.emit("price.deleted", id="p1")
            assert hooks.settled() == ["DELIVERED"]
    assert receiver.got[0][0] == "/in"


def test_a_slow_receiver_holds_up_no_request(hooks: Hooks, receiver: Receiver):
    receiver.delay = 1
    hooks.configure(receiver.url)
    hooks.subscribe("price.deleted")
    started = time.monotonic()
    for number in range(3):
        hooks.emit("price.deleted", id=str(number))
    assert hooks.states() == ["PENDING"] * 3
    assert time.monotonic() - started < 0.9
    assert hooks.settled() == ["DELIVERED"] * 3


def test_beyond_the_limit_of_a_month_deliveries_are_dropped(hooks: Hooks, receiver: Receiver):
    hooks.clock(set="2026-03-30T10:00:00Z")
    hooks.world.stored.state("webhook-service").collection("monthCounts").put(
        "2026-03", {"month": "2026-03", "count": 5000}
    )
    hooks.configure(receiver.url)
    hooks.subscribe("price.deleted")
    hooks.emit("price.deleted", id="p1")
    assert hooks.settled() == ["DROPPED"]
    hooks.clock(set="2026-04-01T10:00:00Z")
    hooks.emit("price.deleted", id="p2")
    assert hooks.settled() == ["DROPPED", "DELIVERED"]
    assert hooks.ok("GET", "/statistics?fromYearMonth=2026-02&toYearMonth=2026-04") == {
        "monthStatistics": [
            {"statisticsMonth": "2026-04", "succesfullySentWebhooks": 1},
            {"statisticsMonth": "2026-03", "succesfullySentWebhooks": 5000},
            {"statisticsMonth": "2026-02", "succesfullySentWebhooks": 0},
        ],
        "webhooksLimit": 5000,
    }
    assert hooks.status("GET", "/statistics?fromYearMonth=March") == 400
