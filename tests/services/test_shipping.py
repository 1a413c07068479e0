"""Zones, methods, groups and what shipping costs, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

NORDICS = {
    "id": "nordics",
    "name": {"en": "Nordic countries"},
    "shipTo": [{"country": "SE"}, {"country": "DK"}],
}
PARCEL = {
    "id": "parcel",
    "name": {"en": "Parcel"},
    "fees": [
        {"minOrderValue": {"amount": 0, "currency": "EUR"}, "cost": {"amount": 12, "currency": "EUR"}},
        {"minOrderValue": {"amount": 100, "currency": "EUR"}, "cost": {"amount": 6, "currency": "EUR"}},
    ],
    "maxOrderValue": {"amount": 500, "currency": "EUR"},
    "shippingTaxCode": "STANDARD",
}
EN = {"Accept-Language": "en"}


class Shipping:
    """The shipping service of one world as the backend key sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/shipping/{self.world.tenant}{path}", **request)

    def read(self, path: str, **request: Any) -> Any:
        answer = self("GET", path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def shipping(either: World) -> Iterator[Shipping]:
    shipping = Shipping(either)
    with shipping.http:
        yield shipping


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    rule = answer.headers.get("x-emporix-mock-rule", "").removeprefix("shipping/")
    return answer.status_code, rule, answer.json().get("errorCode")


def test_the_life_of_a_zone(shipping: Shipping):
    made = shipping("POST", "/main/zones", json=NORDICS)
    assert (made.status_code, made.json()) == (201, {"id": "nordics"})
    assert shipping.read("/main/zones/nordics") == {
        **NORDICS,
        "default": False,
        "shipTo": [{"country": "DK"}, {"country": "SE"}],
    }
    assert shipping.read("/main/zones/nordics", headers=EN)["name"] == "Nordic countries"
    assert [z["id"] for z in shipping.read("/main/zones")] == ["germany", "berlin", "alps", "nordics"]
    assert [z["id"] for z in shipping.read("/uk/zones")] == ["britain"]
    again = shipping("POST", "/main/zones", json=NORDICS)
    assert refusal(again) == (409, "duplicate-id", "ENTITY-409001")
    assert again.json()["message"] == "A zone with id 'nordics' already exists."

    changed = shipping("PUT", "/main/zones/nordics", json={**NORDICS, "shipTo": [{"country": "SE"}]})
    assert (changed.status_code, changed.content) == (200, b"")
    assert shipping("PATCH", "/main/zones/nordics", json={"name": {"en": "North"}}).status_code == 200
    assert shipping.read("/main/zones/nordics")["shipTo"] == [{"country": "SE"}]
    assert shipping.read("/main/zones/nordics", headers=EN)["name"] == "North"

    assert shipping("DELETE", "/main/zones/nordics").status_code == 204
    gone = shipping("GET", "/main/zones/nordics")
    assert (gone.status_code, gone.json()["message"]) == (404, "A zone with id 'nordics' does not exist.")
    assert shipping("PUT", "/main/zones/nordics", json=NORDICS).status_code == 404
    assert shipping("DELETE", "/main/zones/nordics").status_code == 404


def test_the_default_zone(shipping: Shipping):
    assert refusal(shipping("DELETE", "/main/zones/germany"))[:2] == (400, "default-zone")
    assert shipping("POST", "/main/zones", json={**NORDICS, "default": True}).status_code == 201
    assert [z["id"] for z in shipping.read("/main/zones") if z["default"]] == ["nordics"]
    assert shipping("DELETE", "/main/zones/germany").status_code == 204
    assert shipping("DELETE", "/uk/zones/britain").status_code == 204
    assert shipping("POST", "/uk/zones", json=NORDICS).status_code == 201
    assert shipping.read("/uk/zones/nordics")["default"] is True


@pytest.mark.parametrize("areas", [[{"country": "X1"}], [{"country": "SE"}, {"country": "SE"}]])
def test_areas_are_checked(shipping: Shipping, areas: list[dict[str, str]]):
    answer = shipping("POST", "/main/zones", json={**NORDICS, "shipTo": areas})
    assert refusal(answer) == (400, "constraint", "ENTITY-400001")
    assert answer.json()["message"] == "The request violates validation constraints."
    assert answer.json()["details"][0]["field"].startswith("shipTo[")


def test_names_are_in_one_language_or_in_several(shipping: Shipping):
    one = shipping(
        "POST", "/main/zones", json={**NORDICS, "name": "North"}, headers={"Content-Language": "en"}
    )
    assert one.status_code == 201
    assert shipping.read("/main/zones/nordics")["name"] == {"en": "North"}
    both = shipping("PUT", "/main/zones/nordics", json=NORDICS, headers={"Content-Language": "en"})
    assert both.status_code == 400
    text = "Cannot specify multiple localizations when 'Content-Language' header is set."
    assert text in both.json()["details"][0]["message"]


def test_an_unknown_site_has_nothing(shipping: Shipping):
    answer = shipping("POST", "/nowhere/zones", json=NORDICS)
    assert refusal(answer) == (404, "", "ENTITY-GET-404001")
    assert answer.json()["message"] == "The requested URI does not map to a single element resource."
    assert answer.json()["type"] == "element_resource_non_existing"
    assert shipping.read("/nowhere/zones") == []


def test_the_life_of_a_method(shipping: Shipping):
    path = "/main/zones/alps/methods"
    assert shipping("POST", path, json=PARCEL).json() == {"id": "parcel"}
    assert shipping.read(f"{path}/parcel") == {**PARCEL, "active": True}
    assert [m["name"] for m in shipping.read(path, headers=EN)] == ["Standard delivery", "Parcel"]
    again = shipping("POST", path, json=PARCEL)
    assert again.status_code == 409
    assert again.json()["message"] == "A method with id 'parcel' already exists."
    assert shipping("PUT", f"{path}/parcel", json={**PARCEL, "active": False}).status_code == 200
    assert [m["id"] for m in shipping.read(path, params={"active": "true"})] == ["standard"]
    zone = shipping.read("/main/zones/alps", params={"expand": "methods,fees"})
    assert [m["id"] for m in zone["methods"]] == ["standard", "parcel"]
    active = shipping.read("/main/zones", params={"expand": "methods", "activeMethods": "true"})
    assert [m["id"] for m in active[2]["methods"]] == ["standard"]
    assert shipping("PATCH", f"{path}/parcel", json={"active": True}).status_code == 200
    assert shipping.read(f"{path}/parcel") == {**PARCEL, "active": True}
    empty = shipping("PUT", f"{path}/parcel", json={**PARCEL, "fees": []})
    assert refusal(empty)[:2] == (400, "constraint")
    assert empty.json()["message"] == "validation_violation."
    assert empty.json()["details"][0]["message"] == "fees may not be empty"

    assert shipping("DELETE", f"{path}/parcel").status_code == 204
    gone = shipping("GET", f"{path}/parcel")
    assert (gone.status_code, gone.json()["message"]) == (404, "A method with id 'parcel' does not exist.")
    lost = shipping("POST", "/main/zones/zone5/methods", json=PARCEL)
    assert (lost.status_code, lost.json()["message"]) == (404, "A zone with id 'zone5' does not exist.")
    assert shipping("GET", "/main/zones/zone5/methods").status_code == 404


def test_methods_go_with_their_zone(shipping: Shipping):
    assert shipping("DELETE", "/main/zones/alps").status_code == 204
    alps = {"id": "alps", "name": {"en": "Alps"}, "shipTo": [{"country": "AT"}]}
    assert shipping("POST", "/main/zones", json=alps).status_code == 201
    assert shipping.read("/main/zones/alps/methods") == []


def test_groups_and_who_is_in_them(shipping: Shipping):
    assert [g["id"] for g in shipping.read("/main/groups")] == ["hotels", "partners"]
    new = {"id": "friends", "description": {"en": "Friends"}}
    assert shipping("POST", "/main/groups", json=new).json() == {"id": "friends"}
    assert shipping("POST", "/main/groups", json=new).status_code == 409
    assert shipping("PUT", "/main/groups/friends", json={"id": "friends"}).status_code == 200
    assert shipping.read("/main/groups/friends") == {"id": "friends"}

    relation = {"customerId": "10000001", "groupId": "friends"}
    assert shipping("POST", "/main/cgrelations", json=relation).json() == {"id": "friends"}
    assert shipping("POST", "/main/cgrelations", json=relation).status_code == 409
    assert shipping.read("/main/cgrelations/10000001") == relation
    assert [r["customerId"] for r in shipping.read("/main/cgrelations")] == ["10000012", "10000001"]
    moved = {**relation, "groupId": "hotels"}
    assert shipping("PUT", "/main/cgrelations/10000001", json=moved).status_code == 200
    assert shipping.read("/main/cgrelations/10000001") == moved
    lost = shipping("PUT", "/main/cgrelations/10000001", json={**relation, "groupId": "nobody"})
    assert (lost.status_code, lost.json()["message"]) == (404, "A group with id 'nobody' does not exist.")
    assert shipping("DELETE", "/main/cgrelations/10000001").status_code == 204
    assert shipping("GET", "/main/cgrelations/10000001").status_code == 404
    assert shipping("DELETE", "/main/groups/friends").status_code == 204
    assert shipping("GET", "/main/groups/friends").status_code == 404


def asked(amount: float = 26.4, zip_code: str = "10115", **changes: Any) -> dict[str, Any]:
    address = {"zipCode": zip_code, "country": "DE", "city": "Berlin"}
    return {"cartTotal": {"amount": amount, "currency": "EUR"}, "shipToAddress": address, **changes}


def fees(answer: httpx.Response) -> dict[str, dict[str, float]]:
    return {e["zone"]["id"]: {m["id"]: m["fee"]["amount"] for m in e["methods"]} for e in answer.json()}


@pytest.mark.parametrize(
    ("request_body", "found"),
    [
        (asked(), {"germany": {"standard": 4.9, "express": 9.9}, "berlin": {"courier": 6.9}}),
        (asked(zip_code="20457"), {"germany": {"standard": 4.9, "express": 9.9}}),
        (asked(1200, "20457"), {"germany": {"express": 9.9}}),
        (
            asked(customerId="10000012"),
            {"germany": {"standard": 4.9, "express": 9.9}, "berlin": {"courier": 3.9}},
        ),
    ],
)
def test_quotes(shipping: Shipping, request_body: dict[str, Any], found: dict[str, Any]):
    answer = shipping("POST", "/main/quote", json=request_body)
    assert fees(answer) == found
    least = min(fee for methods in found.values() for fee in methods.values())
    assert shipping("POST", "/main/quote/minimum", json=request_body).json() == {
        "fee": {"amount": least, "currency": "EUR"}
    }


def test_a_quote_names_zone_method_and_tax(shipping: Shipping):
    (entry,) = shipping("POST", "/uk/quote", json=british()).json()
    assert entry == {
        "zone": {"id": "britain", "name": {"en": "Great Britain", "de": "Großbritannien"}},
        "methods": [
            {
                "id": "standard",
                "name": {"en": "Standard delivery", "de": "Standardversand"},
                "fee": {"amount": 3.9, "currency": "GBP"},
                "shippingTaxCode": "STANDARD",
            }
        ],
    }


def british() -> dict[str, Any]:
    return {
        "cartTotal": {"amount": 20, "currency": "GBP"},
        "shipToAddress": {"zipCode": "EC1A 1BB", "country": "GB"},
    }


def test_a_quote_for_nowhere(shipping: Shipping):
    for path in ("/main/quote", "/main/quote/minimum"):
        answer = shipping("POST", path, json=british())
        assert refusal(answer) == (404, "", "ENTITY-GET-404001")
    answer = shipping("POST", "/main/quote", json={})
    assert (answer.status_code, answer.json()["message"]) == (400, "validation_violation.")
    detail = {"field": "cartTotal", "type": "missing_field", "message": "cartTotal must not be null"}
    assert answer.json()["details"] == [{**detail, "moreInfo": ""}]
    answer = shipping("POST", "/main/zones", json={})
    assert refusal(answer)[2] == "ENTITY-400001"
    assert answer.json()["details"][0]["message"] == "id must not be null"


def test_the_cost_of_a_slot(shipping: Shipping):
    slot = {
        "deliveryWindowId": "65f0a1b2c3d4e5f614000001",
        "slotId": "5d07a1f0-3c2b-4e1d-9a8f-000000000001",
    }
    answer = shipping("POST", "/main/quote/slot", json=asked(**slot))
    assert answer.json() == {"fee": {"amount": 6.9, "currency": "EUR"}}
    hotel = shipping("POST", "/main/quote/slot", json=asked(**slot, customerId="10000012"))
    assert hotel.json()["fee"]["amount"] == 3.9
    lost = shipping("POST", "/main/quote/slot", json=asked(**{**slot, "slotId": "other"}))
    assert lost.status_code == 404


def test_reading_takes_any_token_and_writing_a_scope(either: World):
    path = f"/shipping/{either.tenant}/main/zones"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(path).status_code == 200
        assert guest.post(path, json=NORDICS).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/main/quote",
        "/main/quote/slot",
        "/findSite",
        "/deliveryWindowValidation",
        "/delivery-cycles/generate",
    ],
)
def test_commands_need_a_body(shipping: Shipping, path: str):
    answer = shipping("POST", path)
    assert answer.status_code == 400
    assert answer.headers["x-emporix-mock-rule"] == "engine/payload-required"
