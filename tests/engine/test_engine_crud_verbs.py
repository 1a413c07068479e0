"""Create, read, replace, patch and delete of plain resources, as the documents have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.engine.conftest import Shop

VENDORS = "/vendor/{tenant}/vendors"
LOCATIONS = "/vendor/{tenant}/locations"
CURRENCIES = "/currency/{tenant}/currencies"
EXCHANGES = "/currency/{tenant}/exchanges"
LISTS = "/price/{tenant}/price-lists"
CONFIGURATIONS = "/configuration/{tenant}/configurations"
SLOTS = "/shipping/{tenant}/delivery-times/d1/slots"
EURO = {"code": "EUR", "name": "Euro"}
FEE = {
    "name": {"en": "Deposit"},
    "code": "F1",
    "feeType": "ABSOLUTE",
    "feeAbsolute": {"amount": 1, "currency": "EUR"},
    "active": True,
    "siteCode": "main",
}
SLOT = {
    "shippingMethod": "m",
    "deliveryTimeRange": {"timeFrom": "10:00", "timeTo": "12:00"},
    "cutOffTime": {"time": "2026-01-01T00:00:00Z"},
    "capacity": 5,
}


def vendor(name: str = "Acme", **more: Any) -> dict[str, Any]:
    """The body of a vendor."""
    return {"name": name, "type": "COMPANY", **more}


def made(shop: Shop, path: str, body: Any) -> str:
    """The path of a new document."""
    return f"{path}/{shop.done('POST', path, body)['id']}"


def test_a_create_answers_the_id_and_the_document_is_complete(shop: Shop) -> None:
    answer = shop.ask("POST", VENDORS, vendor())
    assert (answer.status_code, list(answer.json())) == (201, ["id"])
    assert len(answer.json()["id"]) == 24
    found = shop.done("GET", f"{VENDORS}/{answer.json()['id']}")
    assert found["name"] == "Acme"
    assert found["metadata"]["version"] == 1
    assert found["metadata"]["createdAt"] == found["metadata"]["modifiedAt"]


def test_what_a_create_answers_follows_the_schema(shop: Shop) -> None:
    assert shop.done("POST", CURRENCIES, EURO) == {"code": "EUR"}
    label = shop.done("POST", "/label/labels", {"name": "New", "description": "Fresh"})
    assert (label["name"], label["description"], label["metadata"]["version"]) == ("New", "Fresh", 0)
    fee = shop.done("POST", "/fee/{tenant}/fees", FEE)
    assert fee["yrn"] == f"urn:yaas:hybris:fee:fee:{shop.world.tenant};{fee['id']}"
    several = shop.done("POST", CONFIGURATIONS, [{"key": "a", "value": 1}, {"key": "b", "value": 2}])
    assert [(one["key"], one["version"]) for one in several] == [("a", 1), ("b", 1)]


def test_a_write_needs_a_body_where_an_empty_one_would_not_do(shop: Shop) -> None:
    for method, path in (("POST", VENDORS), ("PUT", f"{VENDORS}/v"), ("PUT", f"{CURRENCIES}/EUR")):
        refused = shop.ask(method, path)
        assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (
            400,
            "engine/payload-required",
        )
    assert shop.ask("POST", "/brand/brands").status_code == 201


def test_members_that_the_request_schema_lacks_are_dropped(shop: Shop) -> None:
    path = made(shop, VENDORS, vendor(metadata={"version": 7}, bogus=1))
    found = shop.done("GET", path)
    assert "bogus" not in found
    assert found["metadata"]["version"] == 1


def test_an_id_is_taken_once_and_a_unique_name_too(shop: Shop) -> None:
    made(shop, VENDORS, vendor(id="v1"))
    assert shop.ask("POST", VENDORS, vendor("Other", id="v1")).status_code == 409
    assert shop.ask("POST", VENDORS, vendor("Acme", id="v2")).status_code == 409
    assert shop.ask("PUT", f"{VENDORS}/v3", vendor("Acme")).status_code == 409
    assert shop.ask("PUT", f"{VENDORS}/v1", vendor("Acme")).status_code == 204
    assert shop.collection("vendor-service", "vendors").ids() == ["v1"]


def test_an_id_in_a_path_that_creates_is_checked(shop: Shop) -> None:
    refused = shop.ask("PUT", f"{VENDORS}/no%20id", vendor())
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/invalid-id")


def test_put_creates_where_the_document_says_so_and_replaces_else(shop: Shop) -> None:
    created = shop.ask("PUT", f"{VENDORS}/mine", vendor())
    assert (created.status_code, created.json()) == (201, {"id": "mine"})
    first = shop.done("GET", f"{VENDORS}/mine")
    replaced = shop.ask("PUT", f"{VENDORS}/mine", vendor("Changed"))
    assert (replaced.status_code, replaced.content) == (204, b"")
    second = shop.done("GET", f"{VENDORS}/mine")
    assert (second["name"], second["metadata"]["version"]) == ("Changed", 2)
    assert second["metadata"]["createdAt"] == first["metadata"]["createdAt"]
    change = {"name": "Yen", "metadata": {"version": 1}}
    assert shop.ask("PUT", f"{CURRENCIES}/JPY", change).status_code == 404


def test_put_keeps_what_its_schema_cannot_write(shop: Shop) -> None:
    for code in ("EUR", "CHF"):
        shop.done("POST", CURRENCIES, {"code": code, "name": code})
    exchange = {"sourceCurrency": "EUR", "targetCurrency": "CHF", "rate": "0.95"}
    assert shop.done("POST", EXCHANGES, exchange) == {"code": "EUR_CHF"}
    change = {"rate": "0.97", "metadata": {"version": 1}}
    assert shop.ask("PUT", f"{EXCHANGES}/EUR_CHF", change).status_code == 204
    found = shop.done("GET", f"{EXCHANGES}/EUR_CHF")
    assert (found["sourceCurrency"], found["rate"], found["metadata"]["version"]) == ("EUR", "0.97", 2)


@pytest.mark.parametrize(
    ("version", "status"), [(1, 204), (2, 409), (None, 204)], ids=["current", "stale", "absent"]
)
def test_an_optional_version_is_compared_when_it_is_given(
    shop: Shop, version: int | None, status: int
) -> None:
    path = made(shop, VENDORS, vendor())
    metadata = {"metadata": {"version": version}} if version else {}
    assert shop.ask("PUT", path, vendor("New", **metadata)).status_code == status


def test_a_stale_version_is_a_404_where_the_service_says_so(shop: Shop) -> None:
    path = made(shop, LISTS, {"siteCode": "main", "name": {"en": "L"}})
    change = {"siteCode": "main", "name": {"en": "M"}, "metadata": {"version": 9}}
    assert shop.ask("PUT", path, change).status_code == 404


def test_a_version_at_the_top_is_required_and_counted(shop: Shop) -> None:
    shop.done("POST", CONFIGURATIONS, [{"key": "a", "value": 1}])
    refused = shop.ask("PUT", f"{CONFIGURATIONS}/a", {"key": "a", "value": 2})
    assert refused.status_code == 400
    assert shop.ask("PUT", f"{CONFIGURATIONS}/a", {"key": "a", "value": 2, "version": 3}).status_code == 409
    changed = shop.done("PUT", f"{CONFIGURATIONS}/a", {"key": "a", "value": 2, "version": 1})
    assert (changed["value"], changed["version"]) == (2, 2)


def test_patch_merges_and_null_removes(shop: Shop) -> None:
    brand = shop.done(
        "POST", "/brand/brands", {"name": "B", "description": "d", "localizedName": {"en": "B"}}
    )
    path = f"/brand/brands/{brand['id']}"
    changed = shop.done("PATCH", path, {"localizedName": {"de": "Be"}})
    assert changed["localizedName"] == {"en": "B", "de": "Be"}
    assert (changed["description"], changed["metadata"]["version"]) == ("d", 2)
    assert shop.ask("PATCH", path, {"name": "C", "metadata": {"version": 1}}).status_code == 409


def test_patch_never_leaves_what_cannot_be_read(shop: Shop) -> None:
    zone = {"id": "z", "name": {"en": "Zone"}, "shipTo": [{"country": "DE"}]}
    shop.done("POST", "/shipping/{tenant}/main/zones", zone)
    shop.done("POST", SLOTS, {**SLOT, "id": "s"})
    removal = [{"op": "remove", "path": "/capacity"}]
    refused = shop.ask("PATCH", f"{SLOTS}/s", removal)
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/patched-document")
    assert shop.done("GET", f"{SLOTS}/s")["capacity"] == 5


def test_the_dialect_of_a_patch_is_that_of_the_document(shop: Shop) -> None:
    shop.done("POST", SLOTS, {**SLOT, "id": "s"})
    assert shop.ask("PATCH", f"{SLOTS}/s", [{"op": "replace", "path": "/capacity", "value": 9}]).is_success
    assert (
        shop.ask("PATCH", f"{SLOTS}/s", [{"op": "REPLACE", "path": "/capacity", "value": 1}]).status_code
        == 400
    )
    assert shop.done("GET", f"{SLOTS}/s")["capacity"] == 9


def test_delete_is_final_and_a_404_afterwards(shop: Shop) -> None:
    path = made(shop, VENDORS, vendor())
    assert shop.ask("DELETE", path).status_code == 204
    assert shop.ask("DELETE", path).status_code == 404
    assert shop.ask("GET", path).status_code == 404
    # The segments' document lists no 404 for it.
    assert shop.ask("DELETE", "/customer-segment/{tenant}/segments/none").status_code == 204


def test_delete_of_a_collection_empties_what_is_below_its_parent(shop: Shop) -> None:
    other = SLOTS.replace("d1", "d2")
    for path in (SLOTS, SLOTS, other):
        shop.done("POST", path, SLOT)
    assert shop.ask("DELETE", SLOTS).status_code == 204
    assert shop.done("GET", SLOTS) == []
    assert len(shop.done("GET", other)) == 1


def test_the_same_id_lives_below_every_parent(shop: Shop) -> None:
    method = {"id": "m", "name": {"en": "M"}, "fees": []}
    for site in ("main", "side"):
        shop.done("POST", f"/shipping/{{tenant}}/{site}/zones/z/methods", {**method, "name": {"en": site}})
    assert shop.done("GET", "/shipping/{tenant}/side/zones/z/methods/m")["name"] == {"en": "side"}
    assert shop.ask("POST", "/shipping/{tenant}/side/zones/z/methods", method).status_code == 409
    stored = shop.collection("shipping", "methods").ids()
    assert stored == ["main/z/m", "side/z/m"]


def test_an_item_path_of_its_own_makes_the_id(shop: Shop) -> None:
    path = "/availability/{tenant}/availability/p1/main"
    body = {"stockLevel": 3, "available": True}
    assert shop.done("POST", path, body) == {"id": "main:p1"}
    assert shop.ask("POST", path, body).status_code == 409
    assert shop.ask("PUT", path, {**body, "stockLevel": 4}).status_code == 204
    found = shop.done("GET", path)
    assert (found["id"], found["productId"], found["site"]) == ("main:p1", "p1", "main")
    assert "version" not in found["metadata"]
    assert shop.ask("DELETE", path).status_code == 204
    assert shop.ask("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/p1"), ("PUT", "/p1"), ("POST", "/bulk")]
)
def test_below_a_parent_that_is_not_there_is_nothing(shop: Shop, method: str, path: str) -> None:
    price = {
        "itemId": {"id": "p", "itemType": "PRODUCT"},
        "priceModelId": "m",
        "tierValues": [{"priceValue": 1}],
    }
    body: Any = None if method == "GET" else price
    if method == "PUT":
        body = {**price, "id": "p1", "metadata": {"version": 1}}
    if path == "/bulk":
        body = [price]
    missing = shop.ask(method, f"{LISTS}/none/prices{path}", body)
    assert (missing.status_code, "none" in missing.json()["message"]) == (404, True)


def test_references_are_checked_and_dependants_hold_or_go(shop: Shop) -> None:
    unknown = shop.ask("POST", VENDORS, vendor(parentId="nobody"))
    assert (unknown.status_code, unknown.headers["x-emporix-mock-rule"]) == (400, "engine/unknown-reference")
    place = {"type": "OFFICE", "contactDetails": {"city": "Berlin"}, "id": "l1"}
    shop.done("POST", LOCATIONS, place)
    shop.done("POST", VENDORS, vendor(locations=[{"id": "l1"}]))
    assert shop.ask("DELETE", f"{LOCATIONS}/l1").status_code == 400
    for code in ("EUR", "CHF"):
        shop.done("POST", CURRENCIES, {"code": code, "name": code})
    shop.done("POST", EXCHANGES, {"sourceCurrency": "EUR", "targetCurrency": "CHF", "rate": "1"})
    assert shop.ask("DELETE", f"{CURRENCIES}/EUR").status_code == 204
    assert shop.done("GET", EXCHANGES) == []


def test_writes_tell_their_event(shop: Shop) -> None:
    path = made(shop, VENDORS, vendor(id="v"))
    shop.ask("PUT", path, vendor("Changed"))
    shop.ask("DELETE", path)
    seen = [(event["type"], event["payload"].get("name")) for event in shop.world.events]
    assert seen == [
        ("maker.maker-created", "Acme"),
        ("maker.maker-updated", "Changed"),
        ("maker.maker-deleted", None),
    ]
    assert shop.world.events[-1]["payload"] == {"id": "v"}
