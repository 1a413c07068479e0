"""The indexing service over HTTP: providers, and jobs on the world's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

ALGOLIA = {"provider": "ALGOLIA", "active": True, "indexName": "acme", "searchKey": "s", "writeKey": "w"}
BATTERY = {"provider": "BATTERY_INCLUDED", "active": True, "indexName": "acme"}


class Indexing:
    """The indexing service of one world without providers."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http
        self.ok("DELETE", "/configurations/ALGOLIA")

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["json"] = body
        return self.http.request(method, f"/indexing/{self.world.tenant}{path}", **more)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None) -> Any:
        answer = self(method, path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def clock(self, **change: Any) -> None:
        path = f"/_mock/worlds/{self.world.tenant}/clock"
        assert self.http.put(path, json=change).status_code == 200

    def job(self, own: str) -> tuple[str, int]:
        job = self.ok("GET", f"/reindex-jobs/{own}")
        return job["status"], job["processedCount"]


@pytest.fixture
def indexing(either: World) -> Iterator[Indexing]:
    with either.backend() as http:
        yield Indexing(either, http)


def test_a_provider_from_creation_to_deletion(indexing: Indexing):
    assert indexing.ok("POST", "/configurations", ALGOLIA) == {"id": "ALGOLIA"}
    assert indexing.ok("GET", "/configurations/ALGOLIA") == ALGOLIA
    public = {name: value for name, value in ALGOLIA.items() if name != "writeKey"}
    with indexing.world.client(indexing.world.anonymous()["access_token"]) as anybody:
        path = f"/indexing/{indexing.world.tenant}/public/configurations"
        assert anybody.get(path).json() == [public]
        assert anybody.get(f"{path}/ALGOLIA").json() == public
    indexing.refused(400, "POST", "/configurations", ALGOLIA)
    indexing.ok("POST", "/configurations", BATTERY)
    active = {each["provider"]: each["active"] for each in indexing.ok("GET", "/configurations")}
    assert active == {"ALGOLIA": False, "BATTERY_INCLUDED": True}
    indexing.ok("PUT", "/configurations/ALGOLIA", {"provider": "ALGOLIA", "active": True})
    assert indexing.ok("GET", "/configurations/ALGOLIA") == {"provider": "ALGOLIA", "active": True}
    assert indexing.ok("GET", "/configurations/BATTERY_INCLUDED")["active"] is False
    indexing.refused(400, "PUT", "/configurations/ALGOLIA", BATTERY)
    indexing.ok("DELETE", "/configurations/ALGOLIA")
    for method in ("GET", "DELETE"):
        gone = indexing.refused(404, method, "/configurations/ALGOLIA")
        assert gone["message"] == "The provider ALGOLIA is not supported."
    indexing.refused(404, "PUT", "/configurations/ALGOLIA", ALGOLIA)
    unknown = indexing.refused(400, "POST", "/configurations", {"provider": "UNKNOWN_PROVIDER"})
    assert unknown["message"] == "The provider UNKNOWN_PROVIDER is not supported."


def test_a_path_of_an_unknown_provider_is_404(world: World):
    with world.backend() as http:
        for path in ("configurations", "public/configurations"):
            answer = http.get(f"/indexing/{world.tenant}/{path}/UNKNOWN_PROVIDER")
            assert (answer.status_code, answer.json()["message"]) == (
                404,
                "The provider UNKNOWN_PROVIDER is not supported.",
            )


@pytest.mark.parametrize(
    "wrong",
    [
        {**ALGOLIA, "includedMixinPaths": ["a.*"]},
        {**BATTERY, "includedMixinPaths": ["a.*"], "excludedMixinKeys": ["b"]},
        {**BATTERY, "includedMixinPaths": ["a..b"]},
        {**BATTERY, "includedMixinPaths": [""]},
    ],
)
def test_mixins_that_cannot_be_chosen(indexing: Indexing, wrong: dict[str, Any]):
    indexing.refused(400, "POST", "/configurations", wrong)
    right = {**BATTERY, "includedMixinPaths": [], "excludedMixinKeys": ["b"]}
    indexing.ok("POST", "/configurations", right)


def test_a_job_walks_through_its_states_on_the_clock(indexing: Indexing):
    indexing.clock(frozen=True)
    started = indexing("POST", "/reindex-jobs", {"entityType": "PRODUCT", "rag": True})
    assert started.status_code == 201
    job, own = started.json(), started.json()["id"]
    products = len(indexing.world.stored.state("product-service").collection("products"))
    assert (job["status"], job["expectedCount"], job["processedCount"]) == ("PENDING", products, 0)
    again = indexing("POST", "/reindex-jobs", {"entityType": "PRODUCT"})
    assert (again.status_code, again.json()["id"]) == (200, own)
    seen = []
    for _ in range(3):
        indexing.clock(advance=1)
        seen.append(indexing.job(own))
    assert seen == [("IN_PROGRESS", products // 2), ("PUBLISHED", products), ("SUCCESS", products)]
    assert indexing("POST", "/reindex-jobs", {"entityType": "PRODUCT"}).status_code == 201
    found = indexing(
        "GET", "/reindex-jobs?q=entityType:PRODUCT&pageSize=1", headers={"X-Total-Count": "true"}
    )
    assert (len(found.json()), found.headers["X-Total-Count"]) == (1, "3")
    assert indexing.ok("GET", "/reindex-jobs?q=status:FAILURE")[0]["message"] == "Provider did not answer"
    indexing.refused(404, "GET", "/reindex-jobs/nothing")


def test_two_jobs_run_at_once_and_others_wait(indexing: Indexing):
    indexing.clock(frozen=True)
    kinds = ("PRODUCT", "ORDER", "RECIPE")
    ids = [indexing.ok("POST", "/reindex-jobs", {"entityType": kind})["id"] for kind in kinds]
    indexing.clock(advance=1)
    assert [indexing.job(own)[0] for own in ids] == ["IN_PROGRESS", "IN_PROGRESS", "PENDING"]
    indexing.clock(advance="PT1H")
    assert [indexing.job(own)[0] for own in ids] == ["SUCCESS"] * 3


def test_a_job_finishes_by_itself_in_real_time(indexing: Indexing):
    own = indexing.ok("POST", "/reindex-jobs", {"entityType": "RECIPE"})["id"]
    jobs = indexing.world.stored.state("indexing-service").collection("jobs")
    limit = time.monotonic() + 10
    while jobs.get(own)["status"] != "SUCCESS" and time.monotonic() < limit:
        time.sleep(0.05)
    assert jobs.get(own)["status"] == "SUCCESS"
    assert jobs.get(own)["expectedCount"] == 2


def test_what_cannot_be_indexed_and_what_fails(indexing: Indexing):
    indexing.refused(400, "POST", "/reindex-jobs", {"entityType": "CART"})
    indexing.refused(400, "POST", "/reindex-jobs", {"entityType": "ORDER", "rag": True})
    switches = indexing.world.stored.switches
    switches["indexing-service/reindex-without-provider"] = "fails"
    switches["engine/job-pace"] = "at-once"
    own = indexing.ok("POST", "/reindex-jobs", {"entityType": "PRODUCT"})["id"]
    failed = indexing.ok("GET", f"/reindex-jobs/{own}")
    assert (failed["status"], failed["message"]) == ("FAILURE", "No search provider is active")
    before = len(indexing.ok("GET", "/reindex-jobs"))
    indexing.ok("POST", "/reindex", {"mode": "FULL"})
    assert len(indexing.ok("GET", "/reindex-jobs")) == before + 1
