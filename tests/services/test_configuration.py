"""Settings of a tenant, of its clients and of all tenants, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

INDEXING = "saas-ag.caas-indexing-service-client"


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, rule: str) -> dict[str, Any]:
    body = dict(ok(answer, status))
    assert answer.headers["x-emporix-mock-rule"] == f"configuration-service/{rule}"
    return body


def test_a_setting_from_creation_to_deletion(either: World):
    settings = f"/configuration/{either.tenant}/configurations"
    one = {"key": "maxNumberOfCouponsPerCart", "value": 3, "version": 1}
    two = {"key": "relation_types", "value": [{"type": "ACCESSORY"}], "description": "Ways to be related"}
    with either.backend() as http:
        made = ok(http.post(settings, json=[one, two]), 201)
        assert made == [{**one, "secured": False}, {**two, "version": 1, "secured": False}]
        assert ok(http.get(f"{settings}/relation_types")) == made[1]
        keys = {"keys": "project_country, relation_types,nothing"}
        assert [row["key"] for row in ok(http.get(settings, params=keys))] == [
            "project_country",
            "relation_types",
        ]

        again = refused(http.post(settings, json=[{"key": "new", "value": 1}, one]), 409, "duplicate-key")
        assert again["message"] == "Tenant configuration could not be created"
        text = f"Duplicate key for the tenant configuration during create for the tenant '{either.tenant}'"
        assert again["details"][0]["message"] == text
        assert http.get(f"{settings}/new").status_code == 404

        changed = ok(http.put(f"{settings}/relation_types", json={**two, "value": [], "version": 1}))
        assert changed == {**two, "value": [], "version": 2, "secured": False}
        stale = refused(
            http.put(f"{settings}/relation_types", json={**two, "version": 1}), 409, "stale-version"
        )
        assert stale["message"] == "Tenant configuration could not be updated"

        assert http.delete(f"{settings}/relation_types").status_code == 204
        gone = ok(http.get(f"{settings}/relation_types"), 404)
        place = f"the propertyKey 'relation_types' for the tenant '{either.tenant}'"
        assert gone == {
            "message": "Configuration not found",
            "status": 404,
            "type": "application/json",
            "details": [{"message": f"Could not find the tenant configuration with {place}", "moreInfo": ""}],
        }
        again = ok(http.delete(f"{settings}/relation_types"), 404)
        assert again["message"] == "Tenant configuration could not be found"
        assert again["details"][0]["message"] == f"Couldn't delete the tenant configuration with {place}"


def test_a_list_of_texts_is_a_value_too(world: World):
    settings = f"/configuration/{world.tenant}/configurations"
    with world.backend() as http:
        ok(http.post(settings, json=[{"key": "restrictions", "value": ["DE", 7, None]}]), 201)
        assert ok(http.get(f"{settings}/restrictions"))["value"] == ["DE", 7, None]


def test_an_update_never_creates(either: World):
    settings = f"/configuration/{either.tenant}/configurations"
    with either.backend() as http:
        entry = {"key": "storefront.host", "value": "https://shop.example.com"}
        absent = refused(http.put(f"{settings}/storefront.host", json=entry), 400, "update-of-absent-key")
        assert absent["message"] == "Tenant configuration could not be updated"
        assert absent["details"][0]["message"] == (
            "Request for updating the tenant configuration with the propertyKey 'storefront.host' "
            f"failed for the tenant '{either.tenant}'"
        )
        other = refused(http.put(f"{settings}/project_country", json=entry), 400, "other-key")
        assert other["message"] == "Invalid Parameters"
        single = ok(http.post(settings, json=entry), 400)
        assert single["type"] == "bad_payload_syntax"
        assert "out of START_OBJECT token" in single["message"]
        assert http.post(settings).status_code == http.put(f"{settings}/project_country").status_code == 400
        assert ok(http.post(settings, json=[]), 201) == []
        ok(http.post(f"{settings}/", json=[entry]), 201)
        assert ok(http.put(f"{settings}/storefront.host", json=entry))["version"] == 2


@pytest.mark.parametrize("value", ["DE", '{"a": 1}', {"a": [1, None]}, [], [{}], True, False, 0, 1.5])
def test_a_value_is_read_as_it_was_written(either: World, value: Any):
    settings = f"/configuration/{either.tenant}/configurations"
    with either.backend() as http:
        ok(http.post(settings, json=[{"key": "k", "value": value}]), 201)
        assert ok(http.get(f"{settings}/k"))["value"] == value


def test_json_in_a_text_is_decoded_where_that_is_chosen(either: World):
    settings = f"/configuration/{either.tenant}/configurations"
    with either.backend() as http:
        languages = ok(http.get(f"{settings}/project_lang"))["value"]
        assert [entry["id"] for entry in json.loads(languages)] == ["en", "de"]
        either.stored.switches["configuration-service/json-text"] = "decoded"
        assert ok(http.get(f"{settings}/project_lang"))["value"] == json.loads(languages)
        assert ok(http.get(f"{settings}/project_country"))["value"] == "DE"


def test_flags_of_a_setting(either: World):
    settings = f"/configuration/{either.tenant}/configurations"
    kept = {"key": "kept", "value": 1, "restricted": True}
    fixed = {"key": "fixed", "value": 1, "readOnly": True, "schemaUrl": "https://schemas.example.com/a.json"}
    shaped = {"key": "shaped", "value": 1, "schemaUrl": "https://schemas.example.com/a.json"}
    secret = {"key": "openAiApiToken", "value": "sk-1", "secured": True}
    with either.backend() as http:
        ok(http.post(settings, json=[kept, fixed, shaped, secret]), 201)
        refused(http.delete(f"{settings}/kept"), 400, "restricted")
        refused(http.put(f"{settings}/kept", json={**kept, "restricted": False}), 400, "restricted")
        assert ok(http.put(f"{settings}/kept", json={"key": "kept", "value": 2}))["restricted"] is True
        refused(http.put(f"{settings}/fixed", json=fixed), 400, "read-only")
        other = {**shaped, "schemaUrl": "https://schemas.example.com/b.json"}
        refused(http.put(f"{settings}/shaped", json=other), 400, "schema-is-fixed")
        assert ok(http.get(f"{settings}/openAiApiToken"))["value"] == "sk-1"
        number = {**secret, "value": 5}
        refused(http.put(f"{settings}/openAiApiToken", json=number), 400, "secured-text")
        either.stored.switches["configuration-service/secured-values"] = "masked"
        assert ok(http.get(f"{settings}/openAiApiToken"))["value"] == "********"


def test_settings_of_clients(either: World):
    clients = f"/configuration/{either.tenant}/clients"
    settings = f"{clients}/acme-storefront/configurations"
    with either.backend() as http:
        assert ok(http.get(clients)) == [INDEXING]
        rows = ok(http.get(f"{clients}/{INDEXING}/configurations"))
        assert [(row["_id"], row["version"]) for row in rows] == [
            (f"{INDEXING}_algolia_activation", 0),
            (f"{INDEXING}_indexing_configuration", 0),
        ]
        theme = {"client": "ignored", "key": "theme", "value": {"logo": "light"}}
        (made,) = ok(http.post(settings, json=[theme]), 201)
        stored = {"_id": "acme-storefront_theme", **theme, "client": "acme-storefront", "version": 0}
        assert made == stored
        assert ok(http.get(clients)) == [INDEXING, "acme-storefront"]
        assert ok(http.get(f"{settings}/theme")) == stored
        assert ok(http.get(settings, params={"keys": "theme,x"})) == [stored]
        assert refused(http.post(settings, json=[theme]), 409, "duplicate-key")["message"].startswith(
            "Client "
        )
        changed = {"key": "theme", "value": "dark", "version": 0}
        assert ok(http.put(f"{settings}/theme", json=changed)) == {**stored, "value": "dark", "version": 1}
        refused(http.put(f"{settings}/theme", json=changed), 409, "stale-version")
        assert http.delete(f"{settings}/theme").status_code == 204
        gone = ok(http.get(f"{settings}/theme"), 404)
        place = f"'acme-storefront' with the propertyKey 'theme' in the tenant '{either.tenant}'"
        assert gone["message"] == "Configuration not found"
        assert gone["details"][0]["message"].endswith(place)
        assert ok(http.get(clients)) == [INDEXING]


def test_settings_of_all_tenants_and_pick_lists(either: World):
    base = f"/configuration/{either.tenant}"
    with either.client(either.anonymous()["access_token"]) as guest:
        shared = ok(guest.get(f"{base}/global-configurations", params={"keys": "couponPermanentDelete"}))
        assert shared == [{"key": "couponPermanentDelete", "value": False, "version": 1, "secured": False}]
        denied = ok(guest.get(f"{base}/configurations"), 403)
        assert denied["message"] == "User not authorized."
        text = "Missing required scopes '[configuration.configuration_view]'"
        assert denied["details"][0]["message"] == text
    with either.backend("configuration.configuration_view") as viewer:
        listed = {row["key"]: row["value"] for row in ok(viewer.get(f"{base}/basic-configuration"))}
        assert json.loads(listed["project_curr"])[0]["id"] == "EUR"
        assert viewer.delete(f"{base}/configurations/project_curr").status_code == 403


def test_settings_govern_other_services(either: World):
    languages = f"/configuration/{either.tenant}/configurations/project_lang"
    countries = f"/country/{either.tenant}/countries/DE"
    with either.backend() as http:
        assert http.get(countries, headers={"Accept-Language": "fr"}).status_code == 400
        value = json.dumps([{"id": "fr", "label": "French", "default": True, "required": True}])
        ok(http.put(languages, json={"key": "project_lang", "value": value}))
        assert http.get(countries, headers={"Accept-Language": "fr"}).status_code == 200
