"""Vendors and locations over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

KESSEL, LINDE = "65e3a1b2c3d4e5f612000001", "65e3a1b2c3d4e5f612000002"
WORKS, OFFICE = "65e3a1b2c3d4e5f613000001", "65e3a1b2c3d4e5f613000002"
MILL = {
    "name": "Steel Mill",
    "legalInfo": {"legalName": "Steel Mill AG", "countryOfRegistration": "CH"},
    "contactDetails": [{"emails": ["a@mill.example.com"], "firstName": "Ada", "phone": "1"}],
    "mixins": {"audit": {"year": 2026}},
}


class Vendors:
    """The vendor service of one world."""

    def __init__(self, world: World) -> None:
        self.world, self.http = world, world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/vendor/{self.world.tenant}{path}", **request)

    def names(self, path: str = "/vendors", **query: Any) -> list[str]:
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return [entry["name"] for entry in answer.json()]


@pytest.fixture
def vendors(either: World) -> Iterator[Vendors]:
    vendors = Vendors(either)
    with vendors.http:
        yield vendors


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("vendor-service/")


def test_the_life_of_a_vendor(vendors: Vendors):
    made = vendors("POST", "/vendors", json={**MILL, "metadata": {"version": 7}})
    assert made.status_code == 201
    vendor_id = made.json()["id"]
    assert len(vendor_id) == 24
    vendor = vendors("GET", f"/vendors/{vendor_id}").json()
    assert {name: vendor[name] for name in MILL} == MILL
    assert (vendor["type"], vendor["metadata"]["version"]) == ("COMPANY", 1)

    assert vendors.names() == ["Kessel & Co", "Teehaus Linde", "Steel Mill"]
    assert vendors.names(name="teehaus") == ["Teehaus Linde"]
    assert vendors.names(**{"legalInfo.registrationDate": "1921-04-01"}) == ["Kessel & Co"]
    assert vendors.names(q="legalInfo.countryOfRegistration:CH") == ["Steel Mill"]
    assert vendors.names(id=KESSEL, type="COMPANY") == ["Kessel & Co"]
    assert vendors.names(type="SUBSIDIARY") == []
    page = vendors(
        "GET", "/vendors?pageSize=1&pageNumber=2&sort=name:desc", headers={"X-Total-Count": "true"}
    )
    assert [entry["name"] for entry in page.json()] == ["Steel Mill"]
    assert page.headers["x-total-count"] == "3"
    found = vendors("POST", "/vendors/search", json={"q": "name:~Mill"}, params={"fields": "name"})
    assert found.json() == [{"id": vendor_id, "name": "Steel Mill"}]

    change = {"name": "Mill", "type": "SUBSIDIARY", "parentId": KESSEL, "metadata": {"version": 1}}
    assert vendors("PUT", f"/vendors/{vendor_id}", json=change).status_code == 204
    vendor = vendors("GET", f"/vendors/{vendor_id}").json()
    assert ("legalInfo" in vendor, vendor["parentId"], vendor["metadata"]["version"]) == (False, KESSEL, 2)
    assert vendors.names(parentId=KESSEL) == ["Mill"]
    assert refusal(vendors("PUT", f"/vendors/{vendor_id}", json=change)) == (409, "stale-version")
    assert refusal(vendors("POST", "/vendors", json={**MILL, "id": KESSEL})) == (409, "duplicate-id")
    upsert = vendors("PUT", "/vendors/mill_2-A", json={"name": "Mill 2", "type": "COMPANY"})
    assert (upsert.status_code, upsert.json()) == (201, {"id": "mill_2-A"})

    assert vendors("DELETE", f"/vendors/{vendor_id}").status_code == 204
    for method in ("GET", "DELETE"):
        gone = vendors(method, f"/vendors/{vendor_id}")
        body = {"code": 404, "status": "Not Found", "message": "Vendor not found."}
        assert (gone.status_code, gone.json()) == (404, body)


def test_vendors_and_locations(vendors: Vendors):
    office = {"name": "Store", "type": "OFFICE", "contactDetails": {"emails": ["s@x.example"], "city": "Ulm"}}
    location = vendors("POST", "/locations", json=office).json()["id"]
    body = {"name": "Two", "locations": [{"id": location}, {"id": WORKS}]}
    vendor = vendors("POST", "/vendors", json=body).json()["id"]
    shown = vendors("GET", f"/vendors/{vendor}").json()["locations"]
    assert [(place["name"], place["contactDetails"]["city"]) for place in shown] == [
        ("Store", "Ulm"),
        ("Solingen works", "Solingen"),
    ]
    assert vendors.names("/locations", **{"contactDetails.email": "S@X"}) == ["Store"]
    assert vendors.names("/locations", **{"contactDetails.city": "Linz"}) == ["Linz office"]
    assert vendors.names("/locations", type="WAREHOUSE") == ["Solingen works"]
    stale = {**office, "metadata": {"version": 3}}
    assert refusal(vendors("PUT", f"/locations/{location}", json=stale)) == (409, "stale-version")
    assert vendors("PUT", f"/locations/{location}", json={**office, "name": "Shop"}).status_code == 204
    read = vendors("GET", f"/locations/{location}").json()
    assert (read["name"], read["contactDetails"]["city"], read["metadata"]["version"]) == ("Shop", "Ulm", 2)
    assert vendors("DELETE", f"/locations/{location}").status_code == 204
    assert vendors("GET", f"/locations/{location}").json()["message"] == "Location not found."
    assert [place["id"] for place in vendors("GET", f"/vendors/{vendor}").json()["locations"]] == [WORKS]


def test_a_vendor_refers_to_what_exists(vendors: Vendors, either: World):
    for wrong in ({"locations": [{"id": "none"}]}, {"parentId": "none"}, {"locations": [{}]}):
        assert refusal(vendors("POST", "/vendors", json={**MILL, **wrong})) == (400, "unknown-reference")
    itself = {"name": "x", "type": "COMPANY", "parentId": LINDE}
    assert refusal(vendors("PUT", f"/vendors/{LINDE}", json=itself)) == (400, "unknown-reference")
    either.stored.switches |= {"vendor-service/references": "any"}
    assert vendors("POST", "/vendors", json={**MILL, "parentId": "none"}).status_code == 201

    lonely = {"name": "x", "type": "SUBSIDIARY"}
    assert vendors("POST", "/vendors", json=lonely).status_code == 201
    either.stored.switches |= {"vendor-service/subsidiary": "needs-parent"}
    assert refusal(vendors("POST", "/vendors", json=lonely)) == (400, "parent-missing")
    assert vendors("POST", "/vendors").status_code == 400
    assert vendors("POST", "/vendors", json={"name": "x", "id": "no space"}).status_code == 400


def test_what_is_told_of_vendors(vendors: Vendors, either: World):
    vendor = vendors("POST", "/vendors", json={**MILL, "locations": [{"id": OFFICE}]}).json()["id"]
    vendors("PUT", f"/vendors/{vendor}", json={"name": "Mill", "type": "COMPANY"})
    vendors("DELETE", f"/vendors/{vendor}")
    events = [event for event in either.stored.events if event["type"].startswith("vendor.")]
    assert [event["type"].rpartition("-")[2] for event in events] == ["created", "updated", "deleted"]
    created, updated, deleted = (event["payload"] for event in events)
    assert (created["tenant"], created["vendorId"]) == (either.tenant, vendor)
    assert [place["name"] for place in created["addresses"]] == ["Linz office"]
    assert (updated["name"], updated["addresses"]) == ("Mill", [])
    assert deleted == {"tenant": either.tenant, "vendorId": vendor, "vendorParentId": None}


def test_scopes_of_vendors(either: World):
    with either.backend("vendor.vendor_read") as reader, either.backend("cart.cart_manage") as other:
        assert reader.get(f"/vendor/{either.tenant}/vendors/{KESSEL}").status_code == 200
        assert reader.post(f"/vendor/{either.tenant}/vendors", json=MILL).status_code == 403
        assert other.get(f"/vendor/{either.tenant}/locations").status_code == 403
