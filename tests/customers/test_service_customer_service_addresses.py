"""Addresses of customers, as the tenant manages them, over HTTP."""

from __future__ import annotations

import pytest

ADDRESS = {
    "contactName": "Nora Winter",
    "street": "Ring",
    "zipCode": "50667",
    "city": "Cologne",
    "country": "DE",
}


@pytest.fixture
def nora(shop):
    """A backend caller and the path of a new customer's addresses."""
    backend = shop.backend()
    number = backend.ok("POST", "/customers", 201, json={"firstName": "Nora"})["id"]
    return backend, f"/customers/{number}/addresses"


def test_an_address_takes_an_id_of_ones_own_once(nora):
    backend, path = nora
    assert backend.ok("POST", path, 201, json=ADDRESS | {"id": "home"}) == {"id": "home"}
    refused = backend.refused(
        "POST", path, 409, "customer-service/duplicate-address", json=ADDRESS | {"id": "home"}
    )
    assert refused["type"] == "conflict_resource"
    backend.refused("POST", path, 400, "customer-service/invalid-id", json=ADDRESS | {"id": "a b"})
    made = backend.ok("POST", path, 201, json=ADDRESS)["id"]
    assert len(made) == 10
    assert [a["id"] for a in backend.ok("GET", path)] == ["home", made]


def test_an_id_is_free_for_another_customer(shop, nora):
    backend, path = nora
    backend.ok("POST", path, 201, json=ADDRESS | {"id": "home"})
    other = backend.ok("POST", "/customers", 201, json={"firstName": "Kim"})["id"]
    backend.ok("POST", f"/customers/{other}/addresses", 201, json=ADDRESS | {"id": "home", "city": "Bonn"})
    assert backend.ok("GET", f"{path}/home")["city"] == "Cologne"
    backend.ok("DELETE", f"/customers/{other}/addresses/home", 204)
    assert len(backend.ok("GET", path)) == 1


def test_put_creates_and_replaces(nora):
    backend, path = nora
    one = f"{path}/office"
    assert backend.ok("PUT", one, 201, json=ADDRESS | {"tags": ["A", "a"]}) == {"id": "office"}
    answer = backend("PUT", one, json={"city": "Bonn"})
    assert (answer.status_code, answer.content) == (204, b"")
    address = backend.ok("GET", one)
    assert (address["contactName"], address["city"], address["isDefault"]) == ("Nora Winter", "Bonn", True)
    assert not {"street", "tags"} & set(address)
    assert address["metadata"]["version"] == 2
    rule = "customer-service/no-contact-name"
    backend.refused("PUT", f"{path}/new", 400, rule, json={"city": "Bonn"})
    backend.refused("PUT", f"{path}/a%20b", 400, "customer-service/invalid-id", json=ADDRESS)
    backend.refused("PUT", one, 400, "customer-service/invalid-country", json={"country": "DEU"})


def test_patch_merges_and_delete_deletes(nora):
    backend, path = nora
    one = f"{path}/home"
    backend.ok("POST", path, 201, json=ADDRESS | {"id": "home", "mixins": {"door": {"code": 1}}})
    answer = backend("PATCH", one, json={"street": "Wall", "mixins": {"door": {"bell": "W"}}})
    assert (answer.status_code, answer.content) == (200, b"")
    address = backend.ok("GET", one)
    assert (address["street"], address["mixins"]) == ("Wall", {"door": {"code": 1, "bell": "W"}})
    backend.ok("DELETE", one, 204)
    for method in ("GET", "PATCH", "DELETE"):
        body = backend.refused(method, one, 404, json={} if method == "PATCH" else None)
        assert body["message"].startswith("Address home of customer ")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_stale_version_is_a_conflict(nora, method):
    backend, path = nora
    backend.ok("POST", path, 201, json=ADDRESS | {"id": "home"})
    backend.ok("PATCH", f"{path}/home", json={"city": "Bonn", "metadata": {"version": 1}})
    stale = {"city": "Ulm", "metadata": {"version": 1}}
    backend.refused(method, f"{path}/home", 409, "engine/stale-version", json=stale)


def test_tags_are_added_and_removed(nora):
    backend, path = nora
    backend.ok("POST", path, 201, json=ADDRESS | {"id": "home", "tags": ["Billing"]})
    backend.ok("POST", f"{path}/home/tags?tags=BILLING,shipping", 204)
    assert backend.ok("GET", f"{path}/home")["tags"] == ["Billing", "shipping"]
    backend.ok("DELETE", f"{path}/home/tags?tags=billing", 204)
    assert backend.ok("GET", f"{path}/home")["tags"] == ["shipping"]
    backend.refused("POST", f"{path}/none/tags?tags=A", 404)
    backend.refused("DELETE", f"{path}/none/tags?tags=A", 404)


@pytest.mark.parametrize(
    "body", [{}, {"contactName": 1}, ADDRESS | {"country": "D"}, ADDRESS | {"metadata": {"x": 1}}]
)
def test_a_wrong_address_is_refused(nora, body):
    backend, path = nora
    assert backend("POST", path, json=body).status_code == 400
    assert backend.ok("GET", path) == []


def test_the_customer_and_the_tenant_see_the_same_addresses(shop):
    caller, backend = shop.customer(), shop.backend()
    own = caller.ok("POST", "/me/addresses", 201, json=ADDRESS)["id"]
    backend.ok("PATCH", f"/customers/{caller.number}/addresses/{own}", json={"city": "Bonn"})
    assert caller.ok("GET", f"/me/addresses/{own}") == backend.ok(
        "GET", f"/customers/{caller.number}/addresses/{own}"
    )
