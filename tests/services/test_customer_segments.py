"""Segments, their customers and their items over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

HOTELS, TEA = "65e1a1b2c3d4e5f60f000001", "65e1a1b2c3d4e5f60f000002"
COMPANY = "65e0a1b2c3d4e5f60c000001"
ESPRESSO, DARJEELING = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000007"
KITCHEN, BREWING, SHELF = (f"c0ffee00-1a2b-4c3d-8e4f-00000000000{n}" for n in (2, 6, 7))
MIA, TIM = "10000001", "10000012"


class Segments:
    """The service as one caller sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world, self.http = world, http

    def __call__(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        root = "" if path.startswith("//") else f"/customer-segment/{self.world.tenant}/segments"
        return self.http.request(method, root + path.replace("//", "/"), **request)

    def ok(self, method: str, path: str = "", status: int = 200, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, **request: Any) -> tuple[int, str]:
        answer = self(method, path, **request)
        return answer.status_code, answer.json()["message"]

    def ids(self, path: str = "", **query: Any) -> list[str]:
        return [found["id"] for found in self.ok("GET", path, params=query)]

    def items(self, path: str, **query: Any) -> list[str]:
        return [found["item"]["id"] for found in self.ok("GET", path, params=query)]

    def people(self, path: str, **query: Any) -> list[tuple[str, str | None]]:
        found = self.ok("GET", path, params=query)
        return [(a["customer"]["id"], (a.get("legalEntity") or {}).get("id")) for a in found]


@pytest.fixture
def segments(either: World) -> Iterator[Segments]:
    either.stored.clock.freeze(datetime(2026, 11, 1, tzinfo=UTC))
    with either.backend() as http:
        yield Segments(either, http)


def absent(key: str) -> tuple[int, str]:
    return 404, f"The resource with id {key} has not been found."


def events(world: World) -> list[tuple[str, dict[str, Any]]]:
    prefix = "customer-segment."
    return [
        (e["type"].removeprefix(prefix), e["payload"])
        for e in world.stored.events
        if e["type"].startswith(prefix)
    ]


def test_a_segment_from_creation_to_deletion(either: World, segments: Segments):
    new = {"id": "night-owls", "name": {"en": "Night owls"}, "siteCode": "main"}
    assert segments.ok("POST", "", 201, json=new) == {"id": "night-owls"}
    found = segments.ok("GET", "/night-owls")
    assert found.pop("metadata")["version"] == 1
    assert found == {**new, "status": "INACTIVE"}
    assert segments.refused("POST", "", json=new) == (409, "The resource already exists.")
    assert segments.ids() == [HOTELS, TEA, "night-owls"]
    assert segments.ids(q="status:INACTIVE", sort="name.en:desc") == [TEA, "night-owls"]
    paged = segments("GET", params={"pageSize": "1", "pageNumber": "2"}, headers={"X-Total-Count": "true"})
    assert ([s["id"] for s in paged.json()], paged.headers["x-total-count"]) == ([TEA], "3")
    assert [s["id"] for s in segments.ok("POST", "/search", json={"q": "name.en:~owls"})] == ["night-owls"]
    assert segments.ok("GET", f"/{HOTELS}", params={"fields": "status"}) == {"id": HOTELS, "status": "ACTIVE"}
    assert segments.ok("GET", f"/{HOTELS}", headers={"Accept-Language": "de"})["name"] == {
        "de": "Hotels und Cafés"
    }

    change = {"name": {"en": "Larks"}, "siteCode": "main", "status": "ACTIVE", "metadata": {"version": 1}}
    segments.ok("PUT", "/night-owls", 204, json=change)
    assert segments.refused("PUT", "/night-owls", json=change) == (
        409,
        "The resource you are attempting to access has changed.",
    )
    patch = [{"op": "replace", "path": "/status", "value": "INACTIVE"}, {"op": "remove", "path": "/name/de"}]
    assert segments("PATCH", "/night-owls", json=patch).status_code == 400
    old = {"op": "replace", "path": "/metadata/version", "value": 1}
    assert segments.refused("PATCH", "/night-owls", json=[*patch[:1], old])[0] == 409
    segments.ok("PATCH", "/night-owls", 204, json=patch[:1])
    assert segments.ok("GET", "/night-owls")["status"] == "INACTIVE"
    assert segments.ok("PUT", "/made", 201, json={"name": {"en": "Made"}, "siteCode": "uk"}) == {"id": "made"}
    segments.ok("DELETE", "/night-owls", 204)
    segments.ok("DELETE", "/night-owls", 204)
    assert segments.refused("GET", "/night-owls") == absent("night-owls")
    told = events(either)
    assert [kind for kind, _ in told] == [
        "segment-created",
        "segment-updated",
        "segment-updated",
        "segment-created",
        "segment-deleted",
    ]
    assert told[0][1]["name"] == {"name": {"en": "Night owls"}}
    assert (told[1][1]["previousStatus"], told[1][1]["status"]) == ("INACTIVE", "ACTIVE")
    assert told[-1][1] == {"id": "night-owls", "tenant": either.tenant}


def test_many_segments_at_once(segments: Segments):
    new = {"name": {"en": "New"}, "siteCode": "main"}
    made = segments.ok("POST", "/bulk", 207, json=[{"id": "a", **new}, {"id": "b"}, {"id": HOTELS, **new}])
    assert [(e["index"], e["code"], e["status"]) for e in made] == [
        (1, 201, "Created"),
        (2, 400, "Bad Request"),
        (3, 409, "Conflict"),
    ]
    assert made[1]["message"] == "Validation problem with request body."
    changed = segments.ok(
        "PUT", "/bulk", 207, json=[{"id": "a", **new, "status": "ACTIVE"}, {"id": "c", **new}]
    )
    assert changed == [
        {"index": 1, "id": "a", "code": 204, "status": "OK"},
        {"index": 2, "id": "c", "code": 201, "status": "Created"},
    ]
    gone = segments.ok("DELETE", "/bulk", 207, json=["a", HOTELS, "nobody"])
    assert [(e["index"], e["code"]) for e in gone] == [(1, 204), (2, 400), (3, 204)]
    assert segments("POST", "/bulk", json=[{"id": f"n{n}", **new} for n in range(201)]).status_code == 400


def test_customers_of_a_segment(either: World, segments: Segments):
    people = f"/{HOTELS}/customers"
    assert segments.people(people) == [(TIM, COMPANY), (TIM, None), (MIA, None)]
    mixin = {"mixins": {"membership": {"level": "GOLD"}}}
    assert segments.ok("PUT", f"{people}/10000002", 201, json=mixin) is None
    assert segments.ok("PUT", f"{people}/10000002", 204, json={}) is None
    assert segments.ok("PUT", f"{people}/10000011/{COMPANY}", 201, json={}) is None
    found = segments.ok("GET", f"{people}/10000011/{COMPANY}")
    metadata = found.pop("metadata")
    assert found == {
        "customer": {
            "id": "10000011",
            "firstName": "Clara",
            "lastName": "Petersen",
            "email": "clara.petersen@example.com",
        },
        "legalEntity": {"id": COMPANY, "name": "Elbhafen Hotels"},
        "assignmentType": "MANUAL",
    }
    assert metadata["version"] == 1
    assert segments.refused("GET", f"{people}/10000011") == absent("10000011")
    second = segments.ok("GET", f"{people}/10000002")
    assert (second["customer"]["id"], "legalEntity" in second) == ("10000002", False)
    assert segments.refused("PUT", f"{people}/nobody", json={}) == absent("nobody")
    assert segments.refused("PUT", f"{people}/{MIA}/nowhere", json={}) == absent("nowhere")
    assert segments.refused("PUT", f"/none/customers/{MIA}", json={}) == absent("none")
    stale = {"metadata": {"version": 9}}
    assert segments.refused("PUT", f"{people}/{MIA}", json=stale)[0] == 409
    searched = segments.ok("POST", f"{people}/search", json={"q": "customer.lastName:Hansen"})
    assert [a["customer"]["id"] for a in searched] == [TIM, TIM]
    assert segments.ids(customerId=TIM, legalEntityId=COMPANY) == [HOTELS]
    assert segments.ids(customerId="10000011") == []
    many = [
        {"customerId": "10000011", "legalEntityId": COMPANY},
        {"customerId": "10000013"},
        {"customerId": "x"},
    ]
    put = segments.ok("PUT", f"{people}/bulk", 207, json=[*many, {}])
    assert [(e["index"], e["code"], e["status"]) for e in put] == [
        (1, 204, "OK"),
        (2, 201, "Created"),
        (3, 404, "Not Found"),
        (4, 400, "Bad Request"),
    ]
    gone = segments("DELETE", f"{people}/bulk", json=many).json()
    assert gone == [{"index": n, "code": 204, "status": "OK"} for n in (1, 2, 3)]
    segments.ok("DELETE", f"{people}/{TIM}/{COMPANY}", 204)
    segments.ok("DELETE", f"{people}/{TIM}/{COMPANY}", 204)
    segments.ok("PUT", f"{people}/10000013", 201, json={})
    segments.ok("DELETE", f"{people}/10000013", 204)
    assert segments.refused("GET", f"{people}/10000013") == absent("10000013")
    assert segments.people(people) == [(TIM, None), (MIA, None), ("10000002", None)]
    segments.ok("DELETE", f"//customer/{either.tenant}/customers/{MIA}", 202)
    assert segments.people(people) == [(TIM, None), ("10000002", None)]
    told = dict(reversed(events(either)))
    assert told["customer-assignment-created"]["customer"]["id"] == "10000002"
    assert told["customer-assignment-deleted"] == {
        "tenant": either.tenant,
        "segmentId": HOTELS,
        "customerId": "10000011",
        "legalEntityId": COMPANY,
    }


def test_items_of_a_segment_are_mirrored_on_products(either: World, segments: Segments):
    def mirrored(product: str) -> list[str]:
        found = segments.ok("GET", f"//product/{either.tenant}/products/{product}")
        return list(found["customerSegmentIds"])

    assert mirrored(ESPRESSO) == [HOTELS]
    segments.ok("PUT", f"/{TEA}/items/PRODUCT/{DARJEELING}", 201, json={})
    segments.ok("PUT", f"/{TEA}/items/PRODUCT/{DARJEELING}", 204, json={"mixins": {"placement": {"rank": 1}}})
    segments.ok("PUT", f"/{TEA}/items/PRODUCT/{ESPRESSO}", 201, json={})
    assert (mirrored(DARJEELING), mirrored(ESPRESSO)) == ([TEA], [HOTELS, TEA])
    found = segments.ok("GET", f"/{TEA}/items/PRODUCT/{DARJEELING}", headers={"Accept-Language": "en"})
    assert found.pop("metadata")["version"] == 2
    assert found == {
        "segmentId": TEA,
        "item": {"id": DARJEELING, "code": "TEA-DARJ-100", "name": {"en": "Darjeeling 100 g"}},
        "type": "PRODUCT",
        "mixins": {"placement": {"rank": 1}},
    }
    assert segments.items(f"/{TEA}/items") == [SHELF, DARJEELING, ESPRESSO]
    assert segments.items("/items", onlyActive=True) == [ESPRESSO, BREWING]
    assert segments.items("/items", siteCode="uk") == []
    searched = segments.ok(
        "POST", f"/{TEA}/items/search", json={"q": "type:PRODUCT"}, params={"pageSize": "1"}
    )
    assert [a["item"]["id"] for a in searched] == [DARJEELING]
    assert segments.refused("PUT", f"/{TEA}/items/PRODUCT/none", json={}) == absent("none")
    assert segments.refused("PUT", f"/{TEA}/items/BRAND/{ESPRESSO}", json={})[0] == 400
    put = segments.ok("PUT", f"/{TEA}/items/CATEGORY/bulk", 207, json=[{"id": BREWING}, {"id": "none"}, {}])
    assert [(e["index"], e["code"]) for e in put] == [(1, 201), (2, 404), (3, 400)]
    gone = segments("DELETE", f"/{TEA}/items/PRODUCT/bulk", json=[DARJEELING, "none"]).json()
    assert gone == [{"index": n, "code": 204, "status": "OK"} for n in (1, 2)]
    assert mirrored(DARJEELING) == []
    assert segments.refused("GET", f"/{TEA}/items/PRODUCT/{DARJEELING}") == absent(DARJEELING)

    assert segments.refused("DELETE", f"/{HOTELS}")[0] == 400
    segments.ok("DELETE", f"/{HOTELS}", 204, params={"forceDelete": True})
    assert mirrored(ESPRESSO) == [TEA]
    either.stored.switches["customer-segments/unknown-assignees"] = "accept"
    segments.ok("PUT", f"/{TEA}/items/PRODUCT/none", 201, json={})
    assert segments.ok("GET", f"/{TEA}/items/PRODUCT/none")["item"] == {"id": "none"}


def test_products_that_match(either: World, segments: Segments):
    products = [{"id": key} for key in (ESPRESSO, DARJEELING, "65d0a1b2c3d4e5f604000003")]

    def matched(**body: Any) -> list[str]:
        answer = segments.ok("POST", "/match", json={"items": products, "segmentIds": [HOTELS, TEA], **body})
        return [found["id"] for found in answer]

    in_brewing = segments.ok("GET", f"//category/{either.tenant}/categories/{BREWING}/assignments")
    by_category = [p["id"] for p in products if p["id"] in {a["ref"]["id"] for a in in_brewing}]
    assert by_category, "a product of the example stands in the category of the segment"
    assert matched(site="main") == matched(siteCode="main") == matched() == [ESPRESSO, *by_category]
    assert matched(site="uk") == []
    segments.ok("PATCH", f"/{TEA}", 204, json=[{"op": "replace", "path": "/status", "value": "ACTIVE"}])
    assert DARJEELING not in matched()
    reference = f"//category/{either.tenant}/categories/{SHELF}/assignments/references/{DARJEELING}"
    segments.ok("PUT", reference, 201)
    assert DARJEELING in matched(site="main")
    segments.ok("PUT", f"/{HOTELS}/items/CATEGORY/{KITCHEN}", 201, json={})
    segments.ok("DELETE", f"/{HOTELS}/items/CATEGORY/{BREWING}", 204)
    assert not set(by_category) & set(matched())
    either.stored.switches["customer-segments/match-by-subcategories"] = "include"
    assert set(by_category) <= set(matched())
    either.stored.clock.freeze(datetime(2036, 1, 1, tzinfo=UTC))
    with either.backend() as http:
        later = Segments(either, http)
        assert later.ok("POST", "/match", json={"items": products, "segmentIds": [HOTELS, TEA]}) == []


def test_what_customers_see(either: World, segments: Segments):
    segments.ok("PUT", f"/{TEA}/customers/{MIA}", 201, json={})
    segments.ok(
        "POST",
        "",
        201,
        json={"id": "others", "name": {"en": "Others"}, "siteCode": "main", "status": "ACTIVE"},
    )
    with either.customer() as http:
        mia = Segments(either, http)
        assert mia.ids() == mia.ids(customerId=TIM) == [HOTELS]
        assert mia.refused("GET", f"/{TEA}") == absent(TEA)
        assert mia.people(f"/{HOTELS}/customers") == [(MIA, None)]
        assert mia.items("/items", onlyActive=False) == [ESPRESSO, BREWING]
        assert mia.refused("GET", "/others/items") == absent("others")
        assert mia.refused("GET", f"/{HOTELS}/customers/{MIA}")[0] == 403
        (root,) = mia.ok("GET", "/items/category-trees", params={"siteCode": "main"})
        (child,) = root["subcategories"]
        assert (root["code"], root["isSegmentAssigned"]) == ("KITCHEN", False)
        assert (child["id"], child["name"]["de"], child["isSegmentAssigned"]) == (
            BREWING,
            "Zubereitung",
            True,
        )
        assert mia.ok("GET", "/items/category-trees", params={"siteCode": "uk"}) == []
    with either.customer("tim.hansen@example.com", "Loyal-Points-12") as http:
        tim = Segments(either, http)
        assert tim.people(f"/{HOTELS}/customers") == [(TIM, COMPANY), (TIM, None)]
    with either.customer("nora.lang@example.com", "Loyal-Points-13") as http:
        nora = Segments(either, http)
        assert (nora.ids(), nora.items("/items"), nora.ok("GET", "/items/category-trees")) == ([], [], [])
        assert nora.refused("DELETE", f"/{HOTELS}") == (
            403,
            "The access to the requested resource has been forbidden by the server.",
        )
