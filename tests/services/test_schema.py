"""Schemas, references and custom types over HTTP; mixins of other services checked against them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

FLAGS = {"readOnly": False, "localized": False, "required": False, "nullable": False}
NESTED = "attributes[0].attributes[0].values"
WRONG_TYPE = (
    'null: instance type (boolean) does not match any allowed primitive type (allowed: ["integer","number"])'
)


def attribute(key: str, kind: str, **more: Any) -> dict[str, Any]:
    flags = {name: more.pop(name) for name in FLAGS if name in more}
    return {"key": key, "name": {"en": key}, "type": kind, "metadata": {**FLAGS, **flags}, **more}


CLUB = {
    "id": "club",
    "name": {"en": "Club", "de": "Verein"},
    "types": ["CUSTOMER", "PRODUCT"],
    "attributes": [
        attribute("level", "ENUM", values=[{"value": "GOLD"}, {"value": "SILVER"}], required=True),
        attribute("visits", "NUMBER"),
        attribute("discount", "DECIMAL", precision=0.1, nullable=True),
        attribute("motto", "TEXT", localized=True),
        attribute("since", "DATE"),
        attribute("card", "OBJECT", attributes=[attribute("number", "TEXT", required=True)]),
        attribute("tags", "ARRAY", arrayType={"type": "TEXT"}),
    ],
}


class Api:
    """The schema service of one world, and requests to others."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["json"] = body
        return self.http.request(method, f"/schema/{self.world.tenant}{path}", **more)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def api(either: World) -> Iterator[Api]:
    with either.backend() as http:
        yield Api(either, http)


def test_a_schema_from_creation_to_deletion(api: Api):
    assert api.ok("POST", "/schemas", CLUB) == {"id": "club"}
    found = api.ok("GET", "/schemas/club")
    url = found["metadata"]["url"]
    assert url == f"{api.world.server.url}/schema/{api.world.tenant}/files/club_v1.json"
    assert {name: found[name] for name in CLUB} == CLUB
    assert found["metadata"]["version"] == 1
    listed = api("GET", "/schemas?type=CUSTOMER&pageSize=1&sort=id", headers={"X-Total-Count": "true"})
    assert [each["id"] for each in listed.json()] == ["club"]
    assert listed.headers["X-Total-Count"] == "2"
    assert api.ok("GET", "/schemas/club", headers={"Accept-Language": "de"})["name"] == {"de": "Verein"}
    assert api.refused(409, "POST", "/schemas", CLUB)["message"] == "Duplicated key."

    change = {**CLUB, "attributes": CLUB["attributes"][:1]}
    assert "version" in api.refused(400, "PUT", "/schemas/club", change)["details"][0]["message"]
    change["metadata"] = {"version": 1}
    api.ok("PUT", "/schemas/club", change)
    stale = api.refused(409, "PUT", "/schemas/club", change)["message"]
    assert stale.startswith("Cannot find the entity with an id: club and version: 1.")
    assert len(api.ok("GET", "/schemas/club")["attributes"]) == 1
    assert len(api.ok("GET", "/schemas/club?version=1")["attributes"]) == 7
    api.refused(404, "GET", "/schemas/club?version=7")

    api.ok("PUT", "/schemas/club/types?version=2&mode=ADD", ["ORDER"])
    api.ok("PUT", "/schemas/club/types?version=2&mode=REMOVE", ["CUSTOMER"])
    found = api.ok("GET", "/schemas/club")
    assert (found["types"], found["metadata"]["version"]) == (["PRODUCT", "ORDER"], 2)
    api.refused(400, "PUT", "/schemas/club/types?version=1", ["ORDER"])

    api.refused(400, "DELETE", "/schemas/club?version=1")
    api.ok("DELETE", "/schemas/club")
    gone = api.refused(404, "GET", "/schemas/club")
    assert (gone["code"], gone["status"], gone["message"]) == (
        404,
        "Not Found",
        "Error while getting resource.",
    )
    assert gone["details"][0]["message"] == "Resource with id 'club' not found"
    assert httpx.get(url).status_code == 200


def test_the_published_file_is_the_json_schema_of_the_attributes(api: Api):
    api.ok("POST", "/schemas", CLUB)
    assert httpx.get(api.ok("GET", "/schemas/club")["metadata"]["url"]).json() == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "club",
        "type": "object",
        "properties": {
            "level": {"type": "string", "enum": ["GOLD", "SILVER"]},
            "visits": {"type": "number"},
            "discount": {"type": ["number", "null"], "multipleOf": 0.1},
            "motto": {"type": "object", "additionalProperties": {"type": "string"}},
            "since": {"type": "string", "format": "date"},
            "card": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["level"],
    }
    assert (
        httpx.get(f"{api.world.server.url}/schema/{api.world.tenant}/files/club_v2.json").status_code == 404
    )


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ([attribute("a", "BOOLEAN", required=True)], "attributes[0].metadata.required"),
        ([attribute("a", "NUMBER", localized=True)], "attributes[0].metadata.localized"),
        ([attribute("a", "ENUM")], "attributes[0].values"),
        ([attribute("a", "ARRAY")], "attributes[0].arrayType"),
        ([attribute("a", "REFERENCE", values=[{"value": "PRODUCT"}])], "attributes[0].type"),
        ([attribute("a", "TEXT"), attribute("a", "TEXT")], "attributes[1].key"),
        (
            [attribute("o", "OBJECT", attributes=[attribute("a", "ENUM")])],
            "attributes[0].attributes[0].values",
        ),
    ],
)
def test_attributes_that_cannot_be(api: Api, attributes: list[Any], field: str):
    answer = api("POST", "/schemas", {**CLUB, "attributes": attributes})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == field
    assert answer.headers["x-emporix-mock-rule"] == "schema/attributes"


def test_a_file_is_parsed_into_attributes_and_back(api: Api):
    api.ok("POST", "/schemas", CLUB)
    file = httpx.get(api.ok("GET", "/schemas/club")["metadata"]["url"]).content
    parsed = api.ok("POST", "/schemas/file", files={"file": ("club.json", file, "application/json")})
    given = [{k: v for k, v in each.items() if k != "name"} for each in CLUB["attributes"]]
    given[5]["attributes"] = [{k: v for k, v in given[5]["attributes"][0].items() if k != "name"}]
    assert parsed["attributes"] == given
    assert parsed["metadata"] == {"version": 1}
    api.refused(400, "POST", "/schemas/file", files={"file": ("a.json", b"{", "application/json")})
    api.refused(400, "POST", "/schemas/file", files={"file": ("a.json", b'{"type": 7}', "application/json")})


def test_a_reference_keeps_the_file_it_came_with(api: Api):
    file = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}

    def sent(body: Any, content: Any = file) -> dict[str, Any]:
        parts = {"file": ("x.json", json.dumps(content), "application/json")}
        return {"files": {**parts, "body": (None, json.dumps(body), "application/json")}}

    body = {"id": "short", "name": {"en": "Short"}, "types": ["PRODUCT"]}
    assert api.ok("POST", "/references", **sent(body)) == {"id": "short"}
    found = api.ok("GET", "/references/short")
    assert httpx.get(found["metadata"]["url"]).json() == file
    change = {"name": {"en": "Shorter"}, "types": ["PRODUCT"], "metadata": {"version": 1}}
    api.ok("PUT", "/references/short", **sent(change, {"type": "object"}))
    assert api.ok("GET", "/references/short")["metadata"]["url"].endswith("short_v2.json")
    assert api.ok("GET", "/references/short?version=1")["name"] == {"en": "Short"}
    api.refused(409, "PUT", "/references/short", **sent(change))
    api.refused(400, "PUT", "/references/short", **sent(change, [1]))
    assert {each["id"] for each in api.ok("GET", "/references?type=PRODUCT")} == {
        "productCustomAttributes",
        "short",
    }
    api.ok("DELETE", "/references/short")
    api.refused(404, "DELETE", "/references/short")


def test_custom_types_bring_scopes_and_are_kept_by_instances(api: Api):
    assert api.ok("POST", "/custom-entities", {"id": "BEAN_2", "name": {"en": "Bean"}}) == {"id": "BEAN_2"}
    assert api.ok("GET", "/types")[-1] == "BEAN_2"
    scopes = {f"custom.bean_2_{right}" for right in ("read", "manage", "read_own", "manage_own")}
    assert scopes <= set(_granted(api.world))
    api.refused(409, "POST", "/custom-entities", {"id": "BEAN_2", "name": {"en": "Bean"}})
    for own in ("bean", "LOCATION"):
        assert api("POST", "/custom-entities", {"id": own, "name": {}}).status_code == 400
    assert api("PUT", "/custom-entities/CUP", {"name": {"en": "Cup"}}).status_code == 201
    assert api("PUT", "/custom-entities/CUP", {"name": {"en": "Mug"}}).status_code == 204
    shown = api.ok("GET", "/custom-entities/RECIPE?expandSchemas=true")
    assert list(shown["schemas"]) == ["recipeDetails"]
    assert "schemas" not in api.ok("GET", "/custom-entities/RECIPE")
    listed = {each["id"]: each["name"] for each in api.ok("GET", "/custom-entities")}
    assert (listed["CUP"], listed["BEAN_2"]) == ({"en": "Mug"}, {"en": "Bean"})
    assert [each["id"] for each in api.ok("GET", "/custom-entities?q=id:CUP")] == ["CUP"]
    assert api.refused(400, "DELETE", "/custom-entities/RECIPE")["message"] == (
        "Cannot delete custom schema type='RECIPE' because there are custom entities"
        " associated with this type."
    )
    api.ok("DELETE", "/custom-entities/BEAN_2")
    assert scopes <= set(_granted(api.world))
    api.refused(404, "GET", "/custom-entities/BEAN_2")


def _granted(world: World) -> list[str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": f"{world.tenant}-backend",
        "client_secret": f"{world.tenant}-backend-secret",
    }
    return str(httpx.post(f"{world.server.url}/oauth/token", data=form).json()["scope"]).split()


def test_types_travel_with_their_schemas(api: Api):
    exported = api.ok("POST", "/custom-entities/export", ["RECIPE"])
    content = json.loads(base64.b64decode(exported["data"]))
    assert [each["id"] for each in content["customEntities"]] == ["RECIPE"]
    assert [each["id"] for each in content["schemas"]] == ["recipeDetails"]
    api.ok("POST", "/custom-entities/import", {"data": exported["data"]})
    assert "RECIPE_COPY" in api.ok("GET", "/types")
    assert api.ok("GET", "/schemas/recipeDetails_COPY")["types"] == ["RECIPE_COPY"]
    api.refused(400, "POST", "/custom-entities/import", {"data": "bm8="})
    api.refused(400, "POST", "/custom-entities/export", ["NOTHING"])


# Mixins of other services.


def test_mixins_of_any_service_follow_the_schemas_of_the_tenant(api: Api):
    api.ok("POST", "/schemas", CLUB)
    url = api.ok("GET", "/schemas/club")["metadata"]["url"]
    path = f"/customer/{api.world.tenant}/customers"

    def stored(club: Any, schema: str | None = url) -> httpx.Response:
        metadata = {} if schema is None else {"metadata": {"mixins": {"club": schema}}}
        body = {"contactEmail": "ada@example.com", "firstName": "Ada", "mixins": {"club": club}, **metadata}
        return api.http.post(path, json=body)

    answer = stored({"level": "GOLD", "visits": True, "card": {}, "since": "then"})
    assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (400, "engine/mixin")
    assert {detail["message"] for detail in answer.json()["details"]} == {
        f"{WRONG_TYPE}: [mixins:club:visits]",
        'object has missing required properties (["number"]): [mixins:club:card]',
        'null: "then" is not a "date": [mixins:club:since]',
    }
    assert stored({}).status_code == 400
    assert stored({"level": "GOLD"}).status_code == 201
    assert stored({"level": "GOLD"}, "https://elsewhere.example.com/club.json").status_code == 409
    good = {"level": "GOLD", "visits": 3, "discount": None, "motto": {"en": "More"}, "tags": ["a"]}
    customer = api.http.get(path, params={"q": "contactEmail:ada@example.com"}).json()[0]["id"]
    change = {"mixins": {"club": good}, "metadata": {"mixins": {"club": url}}}
    assert api.http.patch(f"{path}/{customer}", json=change).status_code in (200, 204)
    change["mixins"] = {"club": {"visits": 4, "level": "TIN"}}
    answer = api.http.patch(f"{path}/{customer}", json=change)
    assert answer.status_code == 400, answer.text
    assert 'possible values: ["GOLD","SILVER"]' in answer.json()["details"][0]["message"]


def test_what_a_mixin_without_a_known_schema_is_can_be_chosen(api: Api):
    path = f"/customer/{api.world.tenant}/customers"

    def stored(email: str, url: str | None) -> int:
        body: dict[str, Any] = {"contactEmail": email, "firstName": "Ada", "mixins": {"shoe": {"size": 40}}}
        if url is not None:
            body["metadata"] = {"mixins": {"shoe": url}}
        return api.http.post(path, json=body).status_code

    assert stored("a@example.com", None) == 201
    assert stored("b@example.com", "https://elsewhere.example.com/shoe.json") == 201
    switches = api.world.stored.switches
    switches["engine/mixin-without-schema"] = switches["engine/unknown-mixin-schema"] = "refuse"
    assert stored("c@example.com", None) == 400
    assert stored("d@example.com", "https://elsewhere.example.com/shoe.json") == 400


def test_sites_word_a_mixin_that_fails_its_schema_as_theirs(api: Api):
    api.ok("POST", "/schemas", {**CLUB, "types": ["SITE"]})
    url = api.ok("GET", "/schemas/club")["metadata"]["url"]
    path = f"/site/{api.world.tenant}/sites/main/mixins"
    answer = api.http.post(path, json={"club": {"visits": 1, "metadata": {"schema": url}}})
    assert answer.status_code == 400
    detail = answer.json()["details"][0]
    assert (answer.json()["type"], detail["type"], detail["field"]) == (
        "validation_violation",
        "invalid_field",
        "mixins.club",
    )
    good = {"club": {"level": "GOLD", "metadata": {"schema": url}}}
    assert api.http.post(path, json=good).status_code == 201


def test_a_setting_follows_its_schema(api: Api):
    schema = {**CLUB, "id": "limit", "types": ["SITE"], "attributes": [attribute("value", "NUMBER")]}
    api.ok("POST", "/schemas", schema)
    url = api.ok("GET", "/schemas/limit")["metadata"]["url"]
    path = f"/configuration/{api.world.tenant}/configurations"
    bad = api.http.post(path, json=[{"key": "most", "value": "many", "schemaUrl": url}])
    assert (bad.status_code, bad.headers["x-emporix-mock-rule"]) == (400, "configuration-service/schema")
    assert api.http.post(path, json=[{"key": "most", "value": 7, "schemaUrl": url}]).status_code == 201
    change = {"key": "most", "value": True, "version": 1}
    assert api.http.put(f"{path}/most", json=change).status_code == 400
    assert api.http.put(f"{path}/most", json={**change, "value": 8}).status_code == 200
