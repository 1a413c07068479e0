"""The import service over HTTP: runs on the world's clock that write custom instances."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

CONFIG = "e1a7c5d0-2b3f-4c6a-8001-000000000001"
STREAM = "e1a7c5d0-2b3f-4c6a-8002-000000000001"
RUN = "e1a7c5d0-2b3f-4c6a-8003-000000000001"
NOBODY = "e1a7c5d0-2b3f-4c6a-8009-000000000009"
UNKNOWN = {
    "status": "element_resource_non_existing",
    "code": 404,
    "message": "The requested resource does not exist.",
}


class Imports:
    """The import service of one world whose clock stands still."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http
        self.clock(frozen=True, set="2026-02-02T10:00:00Z")

    def __call__(self, method: str, path: str, body: Any = None) -> httpx.Response:
        more = {} if body is None else {"json": body}
        return self.http.request(method, f"/importtool/{self.world.tenant}{path}", **more)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def clock(self, **change: Any) -> None:
        path = f"/_mock/worlds/{self.world.tenant}/clock"
        assert self.http.put(path, json=change).status_code == 200

    def run(self, **wanted: Any) -> dict[str, Any]:
        """A run from its start to its end."""
        own = self.ok("POST", f"/configs/{CONFIG}/runs", wanted)["id"]
        self.clock(advance=60)
        return dict(self.ok("GET", f"/runs/{own}")["run"])

    def recipe(self, own: str) -> httpx.Response:
        return self.http.get(f"/schema/{self.world.tenant}/custom-entities/RECIPE/instances/{own}")

    def source(self, *records: dict[str, Any]) -> None:
        sources = self.world.stored.state("import-service").collection("sources")
        sources.put(STREAM, {**sources.get(STREAM), "records": list(records)})


@pytest.fixture
def imports(either: World) -> Iterator[Imports]:
    with either.backend() as http:
        yield Imports(either, http)


def test_configurations_and_streams_are_read(imports: Imports):
    [config] = imports.ok("GET", "/configs")
    assert (config["id"], config["tenant"]) == (CONFIG, imports.world.tenant)
    assert imports.ok("GET", f"/configs/{CONFIG}") == config
    [stream] = imports.ok("GET", f"/configs/{CONFIG}/streams")
    assert imports.ok("GET", f"/streams/{STREAM}") == stream
    assert (stream["targetWriter"], stream["targetType"]) == ("emporix.customEntity", "recipe")
    for path in (f"/configs/{NOBODY}", f"/streams/{NOBODY}", f"/runs/{NOBODY}", f"/configs/{NOBODY}/runs"):
        answer = imports("GET", path)
        assert (answer.status_code, answer.json()) == (404, UNKNOWN)


def test_a_run_writes_what_its_source_has(imports: Imports):
    started = imports("POST", f"/configs/{CONFIG}/runs", {"mode": "FULL"})
    assert started.status_code == 200
    run = started.json()
    assert (run["status"], run["trigger"], run["mode"], run["finishedAt"]) == (
        "RUNNING",
        "MANUAL",
        "FULL",
        None,
    )
    again = imports("POST", f"/configs/{CONFIG}/runs", {})
    assert (again.status_code, again.json()) == (
        409,
        {
            "status": "conflict",
            "code": 409,
            "message": "An import run is already active for this configuration.",
        },
    )
    imports.clock(advance=1)
    found = imports.ok("GET", f"/runs/{run['id']}")
    assert (found["run"]["status"], found["run"]["recordsRead"]) == ("RUNNING", 5)
    assert [entry["status"] for entry in found["streams"]] == ["RUNNING"]
    imports.clock(advance=60)
    found = imports.ok("GET", f"/runs/{run['id']}")
    done = found["run"]
    counters = {name: done[name] for name in ("created", "updated", "skipped", "deleted", "failed")}
    assert counters == {"created": 4, "updated": 0, "skipped": 1, "deleted": 0, "failed": 2}
    assert done["recordsRead"] == sum(counters.values())
    assert (done["status"], done["message"]) == ("PARTIAL", "2 of 7 records failed")
    assert done["finishedAt"] == "2026-02-02T10:00:03.000Z"
    assert found["streams"][0]["status"] == "PARTIAL"

    espresso = imports.recipe("id-espresso").json()
    assert espresso["name"] == {"en": "Espresso"}
    assert espresso["mixins"]["recipeDetails"] == {"brewMinutes": 1, "strength": "STRONG"}
    failures = imports.ok("GET", f"/runs/{run['id']}/errors")
    assert failures["totalElements"] == 2
    assert [(each["naturalKey"], each["stage"], each["errorCode"]) for each in failures["content"]] == [
        ("COLD-BREW", "MAPPING", "REQUIRED_FIELD_MISSING"),
        ("SIPHON", "WRITE", "TARGET_REFUSED"),
    ]
    assert failures["content"][0]["message"] == "brewMinutes is missing"
    runs = imports.ok("GET", f"/configs/{CONFIG}/runs?page=0&size=1")
    assert (runs["totalElements"], runs["totalPages"], runs["number"], runs["size"]) == (2, 2, 0, 1)
    assert runs["content"][0]["id"] == run["id"]
    assert imports.ok("GET", f"/configs/{CONFIG}/runs?page=1&size=1")["content"][0]["id"] == RUN


def test_imported_records_are_found(imports: Imports):
    imports.run(mode="FULL")
    assert imports.ok("GET", "/data/types") == ["recipe"]
    found = imports.ok("GET", "/data/records?type=recipe&search=PRESS")
    assert {each["naturalKey"] for each in found["content"]} == {"ESPRESSO", "AEROPRESS", "FRENCH-PRESS"}
    assert imports.ok("GET", "/data/records?type=recipe&search=white")["content"][0]["targetId"] == (
        "id-flat-white"
    )
    failed = imports.ok("GET", f"/data/streams/{STREAM}/records?outcome=FAILED")
    assert {each["naturalKey"] for each in failed["content"]} == {"COLD-BREW", "SIPHON"}
    assert imports.ok("GET", "/data/records?type=cup")["totalElements"] == 0
    assert imports("GET", "/data/records").status_code == 400
    assert imports("GET", f"/data/streams/{NOBODY}/records").status_code == 404


def test_unchanged_changed_and_deleted_records(imports: Imports):
    latte = {"naturalKey": "LATTE", "fields": {"name": "Latte", "brewMinutes": 4}}
    mocha = {"naturalKey": "MOCHA", "fields": {"name": "Mocha", "brewMinutes": 5}}
    imports.source(latte, mocha)
    assert imports.run(mode="FULL")["created"] == 2
    latte["fields"]["brewMinutes"] = 3
    imports.source(latte, {**mocha, "deleted": True})
    changed = imports.run()
    assert (changed["mode"], changed["updated"], changed["deleted"]) == ("DELTA", 1, 1)
    assert imports.recipe("id-latte").json()["mixins"]["recipeDetails"]["brewMinutes"] == 3
    assert imports.recipe("id-mocha").status_code == 404
    imports.source(latte)
    assert imports.run()["skipped"] == 1
    assert imports.run(force=True)["updated"] == 1
    imports.source({**latte, "changedAt": "2026-02-01T00:00:00Z"})
    assert imports.run(mode="DELTA")["recordsRead"] == 0
    assert imports.run(mode="FULL")["status"] == "SUCCEEDED"


def test_a_dry_run_writes_nothing(imports: Imports):
    imports.source({"naturalKey": "LATTE", "fields": {"name": "Latte", "brewMinutes": 4}})
    assert imports.run(mode="FULL", dryRun=True)["created"] == 1
    assert imports.recipe("id-latte").status_code == 404
    assert imports.ok("GET", "/data/records?type=recipe&outcome=DRY_RUN")["totalElements"] == 1


def test_a_run_is_cancelled(imports: Imports):
    def started() -> str:
        return str(imports.ok("POST", f"/configs/{CONFIG}/runs", {"mode": "FULL", "force": True})["id"])

    own = started()
    imports.clock(advance=1)
    answer = imports("POST", f"/runs/{own}/cancel")
    assert (answer.status_code, answer.json()) == (202, {"runId": own, "force": False, "accepted": True})
    assert imports.ok("GET", f"/runs/{own}")["run"]["status"] == "RUNNING"
    imports.clock(advance=1)
    found = imports.ok("GET", f"/runs/{own}")
    assert (found["run"]["status"], found["run"]["recordsRead"]) == ("CANCELLED", 5)
    assert found["streams"][0]["status"] == "SKIPPED"
    own = started()
    assert imports.ok("POST", f"/runs/{own}/cancel?force=true")["accepted"] is True
    assert imports.ok("GET", f"/runs/{own}")["run"]["status"] == "CANCELLED"
    assert imports("POST", "/runs/nothing/cancel").status_code == 400
    for finished in (own, NOBODY):
        assert imports.ok("POST", f"/runs/{finished}/cancel")["accepted"] is False


def events(text: str) -> list[tuple[str, Any]]:
    """The server-sent events of a body."""
    found = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in found]


def test_a_run_is_followed_to_its_end(imports: Imports):
    own = imports.ok("POST", f"/configs/{CONFIG}/runs", {"mode": "FULL"})["id"]
    timer = threading.Timer(0.5, imports.clock, kwargs={"frozen": False})
    timer.start()
    answer = imports("GET", f"/runs/{own}/events")
    timer.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    (first, snapshot), *streams, (last, run) = events(answer.text)
    assert (first, snapshot["run"]["status"], snapshot["streams"][0]["status"]) == (
        "snapshot",
        "RUNNING",
        "QUEUED",
    )
    assert [(name, entry["status"], entry["recordsRead"]) for name, entry in streams] == [
        ("stream", "RUNNING", 5),
        ("stream", "PARTIAL", 7),
    ]
    assert (last, run["status"], run["id"]) == ("run", "PARTIAL", own)
    over = events(imports("GET", f"/runs/{RUN}/events").text)
    assert [name for name, _ in over] == ["snapshot", "run"]
    assert imports("GET", f"/runs/{NOBODY}/events").status_code == 404


def test_a_schedule_lets_a_configuration_run_by_itself(imports: Imports):
    path = f"/configs/{CONFIG}/schedule"
    assert "nextFireAt" not in imports.ok("GET", path)
    wanted = {"cron": "0 0 2 * * *", "timezone": "Europe/Berlin", "enabled": True}
    assert imports.ok("PUT", path, wanted)["nextFireAt"] == "2026-02-03T01:00:00.000Z"
    imports.clock(advance="P2D")
    runs = imports.ok("GET", f"/configs/{CONFIG}/runs")["content"]
    assert [(run["trigger"], run["startedAt"]) for run in runs[:2]] == [
        ("SCHEDULED", "2026-02-04T01:00:00.000Z"),
        ("SCHEDULED", "2026-02-03T01:00:00.000Z"),
    ]
    assert (runs[0]["created"], runs[1]["created"]) == (0, 4)
    assert imports.ok("GET", path)["nextFireAt"] == "2026-02-05T01:00:00.000Z"
    imports.ok("PUT", path, {**wanted, "enabled": False})
    imports.clock(advance="P2D")
    assert imports.ok("GET", f"/configs/{CONFIG}/runs")["totalElements"] == 3
    for wrong in (
        {"cron": "0 0 2 * *"},
        {"cron": "0 0 2 * * *", "timezone": "Moon/Base"},
        {**wanted, "configId": NOBODY},
    ):
        assert imports("PUT", path, wrong).status_code == 400
    imports.world.stored.state("import-service").collection("schedules").delete(CONFIG)
    assert imports("GET", path).status_code == 204
