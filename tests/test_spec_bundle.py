"""Bundling: every fact of upstream, none of its words, all of ours, and a list of what a human must do."""

from __future__ import annotations

import copy
import importlib.util
import json
import marshal
from functools import cache
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest

from emporix_mock_spec import catalog, load
from emporix_mock_spec.bundle import bundle, run
from emporix_mock_spec.compile import operations, resolve
from emporix_mock_spec.parse import dump, parse

SHARED = Path(__file__).resolve().parents[2] / "shared"
OFFICIAL = SHARED / "official-specs"

BUNDLED = load.bundled()
every_document = pytest.mark.parametrize("service", BUNDLED.services)
needs_official = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the official documents are not beside this repository"
)


@cache
def read_once(service: str) -> bytes:
    return marshal.dumps(BUNDLED.raw(service))


def committed(service: str) -> dict[str, Any]:
    """A copy of its own for every test; reading YAML takes ten times as long."""
    return marshal.loads(read_once(service))  # noqa: S302  # written above


@every_document
def test_bundling_a_bundled_document_changes_nothing_and_leaves_nothing_open(service):
    document = committed(service)
    again = bundle(document, document)
    assert again.open_points == []
    assert again.document == document
    assert dump(again.document) == BUNDLED.source(service), "the order of keys differs"


@needs_official
@every_document
def test_the_committed_document_is_what_bundling_the_official_one_gives(service):
    again = bundle(load.official(OFFICIAL).raw(service), committed(service))
    assert again.open_points == []
    assert dump(again.document) == BUNDLED.source(service)


@needs_official
@pytest.mark.parametrize("service", catalog.services())
def test_every_wire_fact_survives_and_none_is_added(service):
    repaired = load.official(OFFICIAL).raw(service)
    previous = committed(service) if service in BUNDLED.services else None
    document = bundle(repaired, previous).document
    facts = spec_facts()
    assert sorted(facts(repaired) - facts(document)) == []
    assert sorted(facts(document) - facts(repaired)) == []
    assert limits(document) == limits(repaired), "a limit of zero or an explicit false got lost"
    assert bundle(document, document).document == document


def spec_facts():
    path = SHARED / "tools" / "spec_facts.py"
    spec = importlib.util.spec_from_file_location("spec_facts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.facts


def limits(document: dict[str, Any]) -> set[str]:
    """Limits and defaults of all bodies with their values, which the tool above skips when they are zero."""
    found: set[str] = set()

    def visit(node: Any, where: str, seen: tuple[str, ...]) -> None:
        if isinstance(node, dict) and "$ref" in node:
            if node["$ref"] in seen:
                return
            seen += (node["$ref"],)
            node = resolve(document, node)
        for word in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"):
            if word in node:
                found.add(f"{where} {word}={node[word]!r}")
        for name, part in node.get("properties", {}).items():
            visit(part, f"{where}.{name}", seen)
        for word in ("items", "additionalProperties"):
            if isinstance(node.get(word), dict):
                visit(node[word], f"{where}[{word}]", seen)
        for word in ("allOf", "oneOf", "anyOf"):
            for part in node.get(word, ()):
                visit(part, where if word == "allOf" else f"{where}<{word}>", seen)

    for _, _, node in operations(document):
        for status, part in {"": node.get("requestBody"), **node["responses"]}.items():
            for media, content in ((resolve(document, part) or {}).get("content") or {}).items():
                visit((content or {}).get("schema") or {}, f"{node.get('operationId')} {status} {media}", ())
    return found


def upstream_of(document: dict[str, Any]) -> dict[str, Any]:
    """The facts of `document` under a vendor's prose and component names, without our words."""

    def theirs(name: str) -> str:
        return f"trait_yaas{name}Dto_403"

    def told(node: Any, key: str = "") -> Any:
        if isinstance(node, list):
            return [told(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            start, name = node["$ref"].rsplit("/", 1)
            return {"$ref": f"{start}/{theirs(name)}"}
        named = key in ("properties", "schemas", "parameters", "responses", "headers", "content", "paths")
        ours = () if named else ("summary", "example", "examples", "tags")
        out = {name: told(part, name) for name, part in node.items() if name not in ours}
        facts = {"default", "enum", "security", "scopes", "securitySchemes"} & node.keys()
        out |= {name: node[name] for name in facts if not named}
        if "type" in node and not named:
            out |= {"description": "A vendor's sentence.", "title": "Theirs", "x-theirs": 1}
        return out

    out = told(document)
    for group, parts in document["components"].items():
        if group != "securitySchemes":
            out["components"][group] = {theirs(name): told(part) for name, part in parts.items()}
    out["info"] = {"title": "Title", "version": "", "description": "A vendor's sentence."}
    for _, _, node in operations(out):
        node |= {"tags": ["Theirs"], "summary": "Theirs", "description": "Theirs.", "x-theirs": {"id": 1}}
    return out


@every_document
def test_upstream_prose_and_component_names_leave_no_trace(service):
    document = committed(service)
    upstream = upstream_of(document)
    assert "vendor's sentence" in json.dumps(upstream)
    assert bundle(upstream, document).document == document
    alone = json.dumps(bundle(upstream).document)
    for word in ("Theirs", "sentence", "x-theirs", "trait", "Trait", "yaas", "Yaas", "Dto"):
        assert word not in alone


def reward_points() -> tuple[dict[str, Any], dict[str, Any]]:
    """The committed document as previous state, and a vendor's copy of it to change."""
    document = committed("reward-points")
    return upstream_of(document), document


def test_words_survive_an_added_operation_and_it_is_reported():
    upstream, previous = reward_points()
    upstream["paths"]["/reward-points/{tenant}/redeemOptions/{redeemOptionId}"]["get"] = {
        "operationId": "GET-reward-points-read-redeem-option",
        "responses": {"200": {"description": "Theirs.", "content": {"application/json": {"schema": {
            "$ref": "#/components/schemas/trait_yaasRedeemOptionDto_403"}}}}},
        "security": [{"OAuth2": []}],
    }  # fmt: skip
    made = bundle(upstream, previous)
    assert made.open_points == [
        "GET-reward-points-read-redeem-option: no summary",
        "GET-reward-points-read-redeem-option 200 application/json: no example",
    ]
    item = made.document["paths"]["/reward-points/{tenant}/redeemOptions/{redeemOptionId}"]
    assert item.pop("get")["tags"] == ["Redeem options"], "the tag of the other operations of this path"
    assert made.document == previous


def test_words_survive_an_added_property_and_broken_examples_are_reported():
    upstream, previous = reward_points()
    schema = upstream["components"]["schemas"]["trait_yaasRedeemRequestDto_403"]
    schema["properties"]["quantity"] = {"type": "integer", "minimum": 1}
    assert bundle(upstream, previous).open_points == []
    schema["required"] = ["id", "quantity"]
    made = bundle(upstream, previous)
    (point,) = made.open_points
    assert point.startswith(
        "POST-reward-points-redeem-logged-customer-reward-points-coupon request application/json:"
        " example breaks its schema"
    )
    written = made.document["components"]["schemas"]["RedeemRequest"]
    assert written["properties"]["quantity"] == {"type": "integer", "minimum": 1}
    del written["properties"]["quantity"]
    written["required"] = ["id"]
    assert made.document == previous


def test_a_removed_operation_is_reported():
    upstream, previous = reward_points()
    del upstream["paths"]["/reward-points/summaryBatch"]
    made = bundle(upstream, previous)
    assert made.open_points == [
        "GET-reward-points-retrieve-rewards-summary: removed upstream, its words are gone"
    ]
    assert {**made.document["paths"], "/reward-points/summaryBatch": {}}.keys() == previous["paths"].keys()


def test_a_new_component_gets_a_name_and_is_reported():
    upstream, previous = reward_points()
    upstream["components"]["schemas"]["trait_expiryRuleDto"] = {
        "type": "object", "properties": {"months": {"type": "integer"}, "cut": {"type": "boolean"}},
    }  # fmt: skip
    option = upstream["components"]["schemas"]["trait_yaasRedeemOptionDto_403"]
    option["properties"]["expiry"] = {"$ref": "#/components/schemas/trait_expiryRuleDto"}
    made = bundle(upstream, previous)
    assert made.open_points == ["new name ExpiryRule in schemas, made automatically"]
    assert made.document["components"]["schemas"]["RedeemOption"]["properties"]["expiry"] == {
        "$ref": "#/components/schemas/ExpiryRule"
    }


def test_properties_beside_a_single_reference_in_all_of_become_its_second_member():
    upstream, previous = reward_points()
    upstream["components"]["schemas"]["trait_dearOptionDto"] = {
        "type": "object",
        "required": ["until"],
        "properties": {"until": {"type": "string", "minLength": 1}},
        "allOf": [{"$ref": "#/components/schemas/trait_yaasRedeemRequestDto_403"}],
    }
    option = upstream["components"]["schemas"]["trait_yaasRedeemOptionDto_403"]
    option["properties"]["dear"] = {"$ref": "#/components/schemas/trait_dearOptionDto"}
    option["properties"]["closed"] = {
        **upstream["components"]["schemas"]["trait_dearOptionDto"],
        "additionalProperties": False,
    }
    schemas = bundle(upstream, previous).document["components"]["schemas"]
    own = {"required": ["until"], "properties": {"until": {"type": "string", "minLength": 1}}}
    reference = {"$ref": "#/components/schemas/RedeemRequest"}
    assert schemas["DearOption"] == {"type": "object", "allOf": [reference, {"type": "object", **own}]}
    closed = schemas["RedeemOption"]["properties"]["closed"]
    assert closed == {"type": "object", **own, "additionalProperties": False, "allOf": [reference]}


def test_words_written_by_hand_on_any_node_survive():
    upstream, previous = reward_points()
    previous = copy.deepcopy(previous)
    previous["components"]["schemas"]["RedeemOption"]["properties"]["points"]["description"] = "Its price."
    previous["components"]["parameters"]["SiteCode"]["description"] = "Whose settings apply."
    previous["info"]["description"] = "Points for loyal customers."
    made = bundle(upstream, previous)
    assert made.document == previous


def test_an_example_that_gives_way_to_a_shared_response_is_reported():
    upstream, previous = reward_points()
    previous = copy.deepcopy(previous)
    responses = previous["paths"]["/reward-points/summaryBatch"]["get"]["responses"]
    own = copy.deepcopy(previous["components"]["responses"]["ForbiddenError"])
    own["content"]["application/json"]["example"]["message"] = "Another wording"
    responses["403"] = own
    made = bundle(upstream, previous)
    assert made.open_points == [
        "GET-reward-points-retrieve-rewards-summary 403: its own words gave way to the shared ForbiddenError"
    ]


# A small official document with every arrangement that bundling undoes.
SYNTHETIC = """
openapi: 3.0.0
info: {title: Tree Service, version: ''}
servers: [{url: 'https://api.example.com', description: Theirs}]
security: [{OAuth2: [tree.tree_read]}]
paths:
  /tree/{tenant}/trees/{id}:
    parameters:
    - {name: tenant, in: path, required: true, schema: {type: string, minLength: 3}}
    - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: GET-tree-read
      parameters: [{name: tenant, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: Theirs
          content: {application/json: {schema: {$ref: '#/components/schemas/tree_dto'}}}
        '403': {$ref: '#/components/responses/trait_yaasAware_403'}
    put:
      operationId: PUT-tree-write
      security: []
      requestBody: {$ref: '#/components/requestBodies/write'}
      responses:
        '204': {description: ''}
        '403':
          description: Theirs
          content:
            application/json:
              schema:
                properties: {fault: {properties: {faultstring: {type: string}}, type: object}}
                type: object
components:
  schemas:
    tree_dto:
      type: object
      properties: {id: {type: string}, children: {$ref: '#/components/schemas/treesDto'}}
    treesDto: {type: array, items: {$ref: '#/components/schemas/tree_dto'}}
    unused: {type: object, properties: {a: {type: string}}}
  requestBodies:
    write:
      required: true
      content:
        application/json:
          schema:
            type: object
            properties:
              cost: &price
                type: object
                properties: {amount: {type: number, minimum: 0}, currency: {type: string}}
              fee: {allOf: [*price, {description: Theirs}]}
  responses:
    trait_yaasAware_403:
      description: Theirs
      content:
        application/json:
          schema:
            type: object
            properties: {fault: {type: object, properties: {faultstring: {type: string, title: Theirs}}}}
  securitySchemes:
    OAuth2:
      type: oauth2
      flows:
        clientCredentials:
          {tokenUrl: 'https://api.example.com/token', refreshUrl: '', scopes: {tree.tree_read: Theirs}}
    Unused: {type: http, scheme: bearer}
"""


def synthetic() -> dict[str, Any]:
    return parse(SYNTHETIC.encode(), "synthetic")


def test_the_arrangement_is_ours():
    document = bundle(synthetic()).document
    item = document["paths"]["/tree/{tenant}/trees/{id}"]
    components = document["components"]
    assert document["info"] == {"title": "Tree Service", "version": "1"}
    assert document["tags"] == [{"name": "Trees"}]
    assert "security" not in document
    assert [item["get"]["security"], item["put"]["security"]] == [[{"OAuth2": ["tree.tree_read"]}], []]
    assert item["get"]["responses"]["403"] == item["put"]["responses"]["403"]
    assert item["get"]["responses"]["403"] == {"$ref": "#/components/responses/ForbiddenError"}
    assert item["put"]["responses"]["204"] == {"description": "No Content"}
    assert item["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    assert item["get"]["parameters"][0]["schema"] == {"type": "string"}, (
        "the operation's own declaration wins"
    )
    assert item["put"]["parameters"][0]["schema"] == {"type": "string", "minLength": 3}
    assert sorted(components["schemas"]) == ["GatewayFault", "Money", "Tree", "Trees", "TreesRequest"]
    assert components["schemas"]["Money"]["properties"]["amount"] == {"type": "number", "minimum": 0}
    assert set(components["securitySchemes"]) == {"OAuth2"}
    assert components["securitySchemes"]["OAuth2"]["flows"]["clientCredentials"] == {
        "tokenUrl": "https://api.example.com/token",
        "scopes": {"tree.tree_read": "tree read"},
    }
    openapi_spec_validator.validate(document)


def test_bundling_is_pure_and_the_same_every_time():
    upstream = synthetic()
    before = copy.deepcopy(upstream)
    first = bundle(upstream)
    assert upstream == before
    assert dump(bundle(upstream).document) == dump(first.document)
    previous = copy.deepcopy(first.document)
    bundle(upstream, first.document)
    assert first.document == previous


@needs_official
def test_run_keeps_what_is_committed_and_says_what_is_open(tmp_path, capsys):
    for service in ("oauth-service", "reward-points"):
        (tmp_path / f"{service}.yaml").write_bytes(BUNDLED.source(service))
    assert run(OFFICIAL, tmp_path, ["oauth-service", "reward-points"]) == 0
    assert "reward-points: 14 operations" in capsys.readouterr().out
    for service in ("oauth-service", "reward-points"):
        assert (tmp_path / f"{service}.yaml").read_bytes() == BUNDLED.source(service)
    (tmp_path / "oauth-service.yaml").unlink()
    assert run(OFFICIAL, tmp_path, ["oauth-service"]) == 1
    assert "open: POST-oauth-request-client-credentials: no summary" in capsys.readouterr().out
    assert (tmp_path / "oauth-service.yaml").is_file()
