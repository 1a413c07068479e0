"""A customer's own profile and addresses over HTTP."""

from __future__ import annotations

import pytest

ADDRESS = {
    "contactName": "Lena Vogt",
    "street": "Isarweg",
    "zipCode": "80331",
    "city": "Munich",
    "country": "DE",
}
UNSET = "customer-service/contact-email-unset"


def test_an_anonymous_profile_is_a_placeholder(shop):
    assert shop.visitor().ok("GET", "/me?expand=addresses") == {
        "id": "00000000",
        "customerNumber": "00000000",
        "firstName": "Anonymous",
        "lastName": "Anonymous",
        "preferredSite": "default",
        "accounts": [],
    }


def test_a_profile_shows_addresses_and_mixins_on_demand_only(shop):
    caller = shop.customer()
    mixins = {"club": {"level": "gold"}, "shoe": {"size": 40}}
    caller.ok(
        "PATCH", "/me", json={"mixins": mixins, "metadata": {"mixins": {"club": "https://example.com/club"}}}
    )
    caller.ok("POST", "/me/addresses", 201, json=ADDRESS)
    bare = caller.ok("GET", "/me")
    assert not {"addresses", "mixins", "active", "onHold", "email", "metadataCreatedAt"} & set(bare)
    assert bare["metadata"]["mixins"] == {"club": "https://example.com/club"}
    full = caller.ok("GET", "/me?expand=addresses,mixin:*")
    assert (len(full["addresses"]), full["mixins"]) == (1, mixins)
    assert caller.ok("GET", "/me?expand=mixin:shoe")["mixins"] == {"shoe": {"size": 40}}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_profile_change_keeps_what_it_does_not_name(shop, method):
    caller = shop.customer(customerDetails={"firstName": "Lena", "contactPhone": "+49 89 1"})
    answer = caller(method, "/me", json={"lastName": "Vogt", "contactPhone": ""})
    assert (answer.status_code, answer.content) == (200, b"")
    me = caller.ok("GET", "/me")
    assert (me["firstName"], me["lastName"], me["metadata"]["version"]) == ("Lena", "Vogt", 2)
    assert "contactPhone" not in me
    [event] = shop.events("customer.updated")
    assert (event["id"], event["lastName"]) == (caller.number, "Vogt")


def test_a_profile_change_in_merge_patch_or_without_a_body_is_fine(shop):
    caller = shop.customer()
    headers = {"content-type": "application/merge-patch+json"}
    caller.ok("PATCH", "/me", content='{"title": "MS"}', headers=headers)
    caller.ok("PATCH", "/me")
    assert caller.ok("GET", "/me")["title"] == "MS"
    assert caller("PATCH", "/me", content="x", headers={"content-type": "text/plain"}).status_code == 415


def test_customers_cannot_lift_themselves(shop):
    caller = shop.customer()
    change = {
        "active": False,
        "onHold": True,
        "type": "CONTACT",
        "restriction": "DE",
        "id": "1",
        "businessModel": "B2B",
    }
    caller.ok(
        "PATCH", "/me", json=change | {"b2b": {"companyRegistrationId": "1", "legalEntities": [{"id": "x"}]}}
    )
    me = caller.ok("GET", "/me")
    assert (me["id"], me["businessModel"], me["b2b"]) == (
        caller.number,
        "B2C",
        {"companyRegistrationId": "1"},
    )
    seen = shop.backend().ok("GET", f"/customers/{caller.number}")
    assert (seen["active"], seen["onHold"], "type" in seen, "restriction" in seen) == (
        True,
        False,
        False,
        False,
    )


def test_the_contact_e_mail_can_be_changed_and_not_unset(shop):
    caller = shop.customer()
    caller.ok("PATCH", "/me", json={"contactEmail": "new@example.com"})
    assert caller.ok("GET", "/me")["contactEmail"] == "new@example.com"
    caller.refused("PATCH", "/me", 400, UNSET, json={"contactEmail": ""})
    assert caller("PATCH", "/me", json={"contactEmail": None}).status_code == 400


def test_a_stale_profile_version_is_a_conflict(shop):
    caller = shop.customer()
    caller.ok("PATCH", "/me", json={"firstName": "A", "metadata": {"version": 1}})
    stale = {"firstName": "B", "metadata": {"version": 1}}
    body = caller.refused("PATCH", "/me", 409, "engine/stale-version", json=stale)
    assert (body["status"], body["type"]) == (409, "conflict_resource")
    assert caller.ok("GET", "/me")["firstName"] == "A"


@pytest.mark.parametrize(
    "change", [{"preferredCurrency": "EURO"}, {"firstName": 1}, {"metadata": {"version": "1"}}, []]
)
def test_a_change_of_the_wrong_type_is_refused(shop, change):
    caller = shop.customer()
    assert caller("PATCH", "/me", json=change).status_code == 400


def test_addresses_are_added_read_changed_and_deleted(shop):
    caller = shop.customer()
    added = caller.ok(
        "POST", "/me/addresses", 201, json=ADDRESS | {"tags": ["billing", "BILLING"], "id": "mine"}
    )
    assert set(added) == {"id"}
    path = f"/me/addresses/{added['id']}"
    assert len(added["id"]) == 10
    address = caller.ok("GET", path)
    assert address | ADDRESS == address
    assert (address["isDefault"], address["tags"], address["metadata"]["version"]) == (True, ["billing"], 1)
    assert caller.ok("GET", "/me/addresses") == [address]

    for method in ("PATCH", "PUT"):
        answer = caller(method, path, json={"street": f"{method} street"})
        assert (answer.status_code, answer.content) == (200, b"")
    changed = caller.ok("GET", path)
    assert (changed["street"], changed["city"], changed["metadata"]["version"]) == ("PUT street", "Munich", 3)

    caller.ok("DELETE", path, 204)
    assert caller.ok("GET", "/me/addresses") == []
    assert "defaultAddress" not in caller.ok("GET", "/me?expand=addresses")


def test_a_missing_address_is_named(shop):
    caller, other = shop.customer(), shop.customer("nora@example.com")
    foreign = other.ok("POST", "/me/addresses", 201, json=ADDRESS)["id"]
    for key in ("b05c20e034", foreign):
        for method, rest in (
            ("GET", ""),
            ("PATCH", ""),
            ("DELETE", ""),
            ("POST", "/tags?tags=A"),
            ("DELETE", "/tags?tags=A"),
        ):
            request = {"json": {}} if method == "PATCH" else {}
            body = caller.refused(method, f"/me/addresses/{key}{rest}", 404, **request)
            message = f"Address {key} of customer {caller.number} not found."
            assert body == {"status": 404, "type": "resource_not_found", "message": message}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"city": "Berlin"}, "customer-service/no-contact-name"),
        (None, "customer-service/no-contact-name"),
        (ADDRESS | {"country": "DEU"}, "customer-service/invalid-country"),
        (ADDRESS | {"tags": "BILLING"}, None),
    ],
)
def test_an_address_that_could_not_be_read_back_is_refused(shop, body, rule):
    caller = shop.customer()
    caller.refused("POST", "/me/addresses", 400, rule, json=body)
    assert caller.ok("GET", "/me/addresses") == []


def test_there_is_one_default_address(shop):
    caller = shop.customer()
    first, second, third = (
        caller.ok("POST", "/me/addresses", 201, json=ADDRESS | extra)["id"]
        for extra in ({"isDefault": False}, {}, {"isDefault": True})
    )

    def defaults():
        return [a["id"] for a in caller.ok("GET", "/me/addresses") if a["isDefault"]]

    assert defaults() == [third]
    caller.ok("PATCH", f"/me/addresses/{second}", json={"isDefault": True})
    assert defaults() == [second]
    assert caller.ok("GET", "/me?expand=addresses")["defaultAddress"]["id"] == second
    # Losing the flag to another address is no edit, so a client's version of it stays good.
    caller.ok("PATCH", f"/me/addresses/{third}", json={"city": "Berlin", "metadata": {"version": 1}})
    caller.ok("DELETE", f"/me/addresses/{second}", 204)
    assert defaults() == []
    caller.ok("PATCH", f"/me/addresses/{first}", json={"isDefault": True})
    caller.ok("PATCH", f"/me/addresses/{first}", json={"isDefault": False})
    assert defaults() == []
    assert [a["id"] for a in caller.ok("GET", "/me/addresses")] == [first, third]


def test_tags_are_a_set_without_case(shop):
    caller = shop.customer()
    key = caller.ok("POST", "/me/addresses", 201, json=ADDRESS | {"tags": ["BILLING"]})["id"]
    path = f"/me/addresses/{key}"
    caller.ok("POST", f"{path}/tags?tags=billing,shipping,%20Home", 204)
    assert caller.ok("GET", path)["tags"] == ["BILLING", "shipping", "Home"]
    caller.ok("DELETE", f"{path}/tags?tags=SHIPPING,other", 204)
    assert caller.ok("GET", path)["tags"] == ["BILLING", "Home"]
    for method in ("POST", "DELETE"):
        assert caller(method, f"{path}/tags").status_code == 400
        assert caller(method, f"{path}/tags?tags=").status_code == 400


def test_a_stale_address_version_is_a_conflict(shop):
    caller = shop.customer()
    path = f"/me/addresses/{caller.ok('POST', '/me/addresses', 201, json=ADDRESS)['id']}"
    caller.ok("PATCH", path, json={"city": "Bonn", "metadata": {"version": 1}})
    stale = {"city": "Ulm", "metadata": {"version": 1}}
    caller.refused("PATCH", path, 409, "engine/stale-version", json=stale)
    assert caller.ok("GET", path)["city"] == "Bonn"
