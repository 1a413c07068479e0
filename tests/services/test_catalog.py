"""Catalogs over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

COFFEE = "c0ffee00-1a2b-4c3d-8e4f-000000000001"
MAIN, UK = "65a1f0b2c3d4e5f603000001", "65a1f0b2c3d4e5f603000002"
CHANGED = (
    "Cannot find the entity with an id: {} and version: {}. It is possible to update an entity with the "
    "latest version only. Fetch the entity to get the latest version."
)


class Catalogs:
    """The catalogs of one world as a backend sees them."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.base = f"/catalog/{world.tenant}/catalogs"
        self.http = http

    def __call__(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        return self.http.request(method, self.base + path, **request)

    def ids(self, **query: Any) -> list[str]:
        return [found["id"] for found in self("GET", params=query).json()]


@pytest.fixture
def catalogs(either: World) -> Iterator[Catalogs]:
    languages = [{"id": "en", "default": True}, {"id": "de"}]
    settings = either.stored.state("configuration-service").collection("configurations")
    settings.put("project_lang", {"key": "project_lang", "value": json.dumps(languages)})
    with either.backend() as http:
        yield Catalogs(either, http)


def test_a_catalog_from_creation_to_deletion(either: World, catalogs: Catalogs):
    new = {"id": "gifts", "name": {"en": "Gifts", "de": "Geschenke"}, "categoryIds": [COFFEE]}
    created = catalogs("POST", json={**new, "status": "visible"})
    assert (created.status_code, created.json()) == (201, {"id": "gifts"})
    found = catalogs("GET", "/gifts").json()
    times = found["metadata"]
    assert found == {**new, "status": "not_visible", "visibility": {"visible": False}, "metadata": times}
    assert times == {"version": 1, "createdAt": times["updatedAt"], "updatedAt": times["updatedAt"]}
    again = catalogs("POST", json=new)
    assert (again.status_code, again.json()["message"]) == (409, "Given resource already exists.")

    assert catalogs.ids() == [MAIN, UK, "gifts"]
    assert catalogs.ids(name="gift") == ["gifts"]
    assert catalogs.ids(**{"name.de": "hauptk"}) == catalogs.ids(**{"description.en": "we sell"}) == [MAIN]
    assert catalogs.ids(**{"name.en": "hauptk"}) == []
    assert catalogs.ids(sort="name:desc", pageSize=2) == [UK, MAIN]
    assert catalogs.ids(publishedSite="uk") == [UK]
    assert catalogs.ids(visibilityFrom="2026-01-01") == [UK]
    assert (
        catalogs("GET", params={"pageSize": 1}, headers={"X-Total-Count": "true"}).headers["x-total-count"]
        == "3"
    )
    assert [c["id"] for c in catalogs("GET", f"/categories/{COFFEE}").json()] == [MAIN, UK, "gifts"]

    found["name"] = {"en": "Presents"}
    assert catalogs("PUT", "/gifts", json=found).status_code == 204
    assert catalogs("GET", "/gifts").json()["name"] == {"en": "Presents"}
    visible = {"visibility": {"visible": True}, "metadata": {}}
    assert catalogs("PATCH", "/gifts", json=visible).status_code == 204
    assert catalogs("GET", "/gifts").json()["status"] == "visible"
    for method, body in {"PUT": {"name": {"en": "Late"}}, "PATCH": {}}.items():
        stale = catalogs(method, "/gifts", json={**body, "metadata": {"version": 1}})
        assert (stale.status_code, stale.json()["message"]) == (409, CHANGED.format("gifts", 1))

    assert catalogs("DELETE", "/gifts").status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        gone = catalogs(method, "/gifts", **({"json": {"metadata": {}}} if method == "PATCH" else {}))
        assert (gone.status_code, gone.json()["message"]) == (404, "Catalog with id 'gifts' not found.")
    made = catalogs("PUT", "/gifts", json={"name": {"en": "Gifts"}})
    assert (made.status_code, made.json()) == (201, {"id": "gifts"})
    assert catalogs("PUT", "/no good", json={"name": {"en": "Gifts"}}).status_code == 400

    events = [(e["type"], e["payload"]["id"]) for e in either.stored.events]
    assert events == [
        ("catalog.created", "gifts"),
        ("catalog.updated", "gifts"),
        ("catalog.updated", "gifts"),
        ("catalog.deleted", "gifts"),
        ("catalog.created", "gifts"),
    ]
    assert "modifiedAt" in either.stored.events[0]["payload"]["metadata"]


def test_visible_in_its_period_only(either: World, catalogs: Catalogs):
    period = {"visible": True, "from": "2026-11-01T00:00:00.000Z", "to": "2026-12-31T23:59:59.000Z"}
    body = {"name": {"en": "Gifts"}, "visibility": period}
    assert catalogs("POST", json={"id": "gifts", **body}).status_code == 201
    wrong = {**body, "visibility": {"visible": True, "to": "soon"}}
    assert catalogs("POST", json=wrong).status_code == 400
    abroad = {"visible": True, "from": "2026-11-01T02:00:00+02:00", "to": "2027-01-01"}
    assert catalogs("PATCH", "/gifts", json={"visibility": abroad, "metadata": {}}).status_code == 204
    expected = {(2026, 10, 31): False, (2026, 11, 1): True, (2026, 12, 31): True, (2027, 1, 2): False}
    for day, visible in expected.items():
        either.stored.clock.freeze(datetime(*day, tzinfo=UTC))
        with either.backend() as http:
            status = Catalogs(either, http)("GET", "/gifts").json()["status"]
        assert status == ("visible" if visible else "not_visible")


def test_names_are_maps(catalogs: Catalogs):
    german = catalogs("GET", f"/{MAIN}", headers={"Accept-Language": "de"}).json()
    assert german["name"] == {"de": "Hauptkatalog"}
    malformed = catalogs("GET", headers={"Accept-Language": "robots.txt"})
    assert malformed.status_code == 400
    assert malformed.json()["message"].startswith("Unsupported locale format.")
    assert catalogs("GET", headers={"Accept-Language": "ru"}).status_code == 400
    assert catalogs("POST", json={"name": "Gifts"}).status_code == 400
    assert catalogs("POST", json={"name": {"ru": "Podarki"}}).status_code == 400


def test_a_deleted_category_leaves_its_catalogs(either: World, catalogs: Catalogs):
    either.stored.emit("category.deleted", {"id": COFFEE})
    either.server.app.runtime.deliver(either.stored)
    assert COFFEE not in catalogs("GET", f"/{MAIN}").json()["categoryIds"]
    assert catalogs("GET", f"/{UK}").json()["categoryIds"] == []
    updated = [e["payload"]["id"] for e in either.stored.events if e["type"] == "catalog.updated"]
    assert updated == [MAIN, UK]
    assert catalogs("GET", f"/categories/{COFFEE}").json() == []


def test_who_may_write_catalogs(either: World):
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(f"/catalog/{either.tenant}/catalogs/{MAIN}").status_code == 200
        refused = guest.delete(f"/catalog/{either.tenant}/catalogs/{MAIN}")
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "Permission denied due to insufficient rights",
        )
