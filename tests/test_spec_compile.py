"""Loader rules: what they change, and that no document whatever makes them fail."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock_spec.compile import compile_document, operations, resolve

OK = {"200": {"description": ""}}


def document(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": paths, **more}


def compiled(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return compile_document(document(paths, **more))


def get(**operation: Any) -> dict[str, Any]:
    return {"get": {"operationId": "a", "responses": OK, **operation}}


def parameter(name: str, place: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": "string"}, **more}


def test_the_source_is_not_touched() -> None:
    source = document({"/a/{id}": {"parameters": [parameter("id", "path")], **get(responses={})}})
    before = copy.deepcopy(source)
    compile_document(source)
    assert source == before


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.emporix.io/label", "/label/labels"),
        ("https://api.emporix.io/label/", "/label/labels"),
        ("https://api.emporix.io", "/labels"),
        ("/", "/labels"),
        ("https://{host}/base", "/base/labels"),
    ],
)
def test_the_base_path_of_the_server_moves_into_the_paths(url: str, path: str) -> None:
    found = compiled({"/labels": get()}, servers=[{"url": url}, {"url": "https://elsewhere/x"}])
    assert list(found["paths"]) == [path]
    assert found["servers"] == [{"url": "/"}]


def test_header_parameters_that_openapi_ignores_are_dropped_wherever_they_are_declared() -> None:
    shared = {"parameters": {"auth": parameter("authorization", "header", required=True)}}
    item = {
        "parameters": [parameter("Accept", "header"), {"$ref": "#/components/parameters/auth"}],
        **get(
            parameters=[parameter("Content-Type", "header"), parameter("Accept"), parameter("X", "header")]
        ),
    }
    found = compiled({"/a": item}, components=shared)["paths"]["/a"]["get"]["parameters"]
    assert [(p["in"], p["name"]) for p in found] == [("query", "Accept"), ("header", "X")]


def test_the_operations_own_parameter_wins_over_that_of_the_path_and_each_stands_once() -> None:
    own = parameter("tenant", "path", required=True, description="own")
    item = {
        "parameters": [
            parameter("tenant", "path", required=True),
            parameter("x-a", "header"),
            parameter("q"),
        ],
        **get(parameters=[own, parameter("X-A", "header", required=True), parameter("n"), parameter("n")]),
        "put": {"operationId": "b", "responses": OK},
    }
    paths = compiled({"/a/{tenant}": item})["paths"]["/a/{tenant}"]
    assert "parameters" not in paths
    assert [(p["in"], p["name"]) for p in paths["get"]["parameters"]] == [
        ("path", "tenant"),
        ("header", "X-A"),
        ("query", "q"),
        ("query", "n"),
    ]
    assert paths["get"]["parameters"][0]["description"] == "own"
    assert [p["name"] for p in paths["put"]["parameters"]] == ["tenant", "x-a", "q"]


def test_what_stands_beside_a_reference_is_dropped_but_data_is_left_alone() -> None:
    reference = {"$ref": "#/components/schemas/A"}
    data = {"$ref": "just a field", "other": 1}
    components = {
        "schemas": {
            "A": {"type": "string"},
            "B": {
                "properties": {"a": {**reference, "description": "x"}, "$ref": {"type": "string"}},
                "example": data,
                "default": data,
            },
        },
        "examples": {"e": {"value": data}},
    }
    found = compiled({}, components=components)["components"]
    assert found["schemas"]["B"]["properties"] == {"a": reference, "$ref": {"type": "string"}}
    assert found["schemas"]["B"]["example"] == found["schemas"]["B"]["default"] == data
    assert found["examples"]["e"]["value"] == data


def test_fields_named_like_keywords_are_schemas() -> None:
    schema = {
        "properties": {"default": {"$ref": "#/components/schemas/B", "x": 1}, "x-a": {"$ref": "#/nowhere"}}
    }
    found = compiled({}, components={"schemas": {"A": schema, "B": {}}})["components"]["schemas"]["A"]
    assert found == {"properties": {"default": {"$ref": "#/components/schemas/B"}, "x-a": {}}}


def test_an_operation_without_an_id_of_its_own_gets_one_that_stays() -> None:
    paths = {
        "/order/{tenant}/orders": get(operationId=None),
        "/order/{tenant}/orders/{orderId}": {**get(operationId="twice"), "put": {"operationId": "twice"}},
    }
    first, second = compiled(paths), compiled(dict(reversed(paths.items())))
    ids = {f"{m} {p}": o["operationId"] for p, m, o in operations(first)}
    assert ids == {
        "get /order/{tenant}/orders": "GET-order-tenant-orders",
        "get /order/{tenant}/orders/{orderId}": "twice",
        "put /order/{tenant}/orders/{orderId}": "PUT-order-tenant-orders-orderId",
    }
    assert ids == {f"{m} {p}": o["operationId"] for p, m, o in operations(second)}


def test_a_media_type_without_a_slash_is_read_as_what_it_means() -> None:
    body = {"content": {"application:json": {"schema": {"type": "object"}}, "text/plain": {}, "json": {}}}
    item = {"post": {"operationId": "a", "requestBody": body, "responses": {"200": {"content": {"xml": {}}}}}}
    found = compiled({"/a": item}, components={"responses": {"r": {"content": {"application:json": {}}}}})
    post = found["paths"]["/a"]["post"]
    assert post["requestBody"]["content"] == {
        "text/plain": {},
        "application/json": {"schema": {"type": "object"}},
    }
    assert list(post["responses"]["200"]["content"]) == ["application/xml"]
    assert list(found["components"]["responses"]["r"]["content"]) == ["application/json"]


def test_a_scheme_nobody_declares_becomes_a_bearer_token() -> None:
    found = compiled({"/a": get(security=[{"Known": []}, {"Unknown": ["a.b"]}])}, security=[{"Other": []}])
    schemes = found["components"]["securitySchemes"]
    assert schemes == {name: {"type": "http", "scheme": "bearer"} for name in ("Other", "Known", "Unknown")}
    declared = {"securitySchemes": {"Known": {"type": "oauth2", "flows": {}}}}
    kept = compiled({"/a": get(security=[{"Known": []}])}, components=declared)
    assert kept["components"] == declared


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"type": "object"}, False),
        ({}, False),
        ({"type": "object", "description": "anything"}, False),
        ({"$ref": "#/components/schemas/Any"}, False),
        ({"type": "array", "items": {"type": "string"}}, True),
        ({"type": "object", "required": ["a"]}, True),
    ],
)
def test_only_a_delete_body_that_says_nothing_is_dropped(schema: dict[str, Any], *, kept: bool) -> None:
    operation = {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": schema}}}}
    found = compiled(
        {"/a": {"delete": operation, "post": {**operation, "operationId": "b"}}},
        components={"schemas": {"Any": {"type": "object"}}},
    )["paths"]["/a"]
    assert ("requestBody" in found["delete"]) is kept
    assert "requestBody" in found["post"]


def test_a_path_parameter_nobody_declares_is_text() -> None:
    found = compiled({"/a/{tenant}/{id}": get(parameters=[parameter("tenant", "path", required=True)])})
    assert found["paths"]["/a/{tenant}/{id}"]["get"]["parameters"][1] == {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }


def test_references_that_lead_nowhere_or_in_circles_are_gone() -> None:
    schemas = {
        "A": {"properties": {"x": {"$ref": "other.yaml#/A"}, "y": {"$ref": "#/components/schemas/None"}}},
        "B": {"$ref": "#/components/schemas/B"},
    }
    item = get(parameters=[{"$ref": "#/components/parameters/none"}])
    found = compiled({"/a": item, "/b": {"$ref": "#/paths/~1a"}}, components={"schemas": schemas})
    assert found["components"]["schemas"] == {"A": {"properties": {"x": {}, "y": {}}}, "B": {}}
    assert "parameters" not in found["paths"]["/a"]["get"]
    assert [o["operationId"] for _, _, o in operations(found)] == ["a", "GET-b"]


def test_references_into_lists_and_with_escapes_are_followed() -> None:
    source = {"paths": {"/a/{b}": [{"x~y": 1}]}}
    assert resolve(source, {"$ref": "#/paths/~1a~1%7Bb%7D/0/x~0y"}) == 1
    assert resolve(source, {"$ref": "#/paths/~1a~1{b}/1"}) is None


_junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 600) | st.sampled_from(["", "a", "#/paths", "#/a", "/x/{y}"]),
    lambda part: (
        st.lists(part, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$ref", "schema", "in", "name", "get", "content", "200"]), part, max_size=3
        )
    ),
    max_leaves=5,
)
_SAMPLE: dict[str, Any] = document(
    {
        "/a/{tenant}": {
            "parameters": [parameter("tenant", "path"), {"$ref": "#/components/parameters/p"}],
            "delete": {
                "operationId": "d",
                "security": [{"S": ["a"]}],
                "requestBody": {"content": {"json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {"200": {"$ref": "#/components/responses/r"}, "204": {"content": {"x": {}}}},
            },
        }
    },
    servers=[{"url": "https://h/base"}],
    security=[{"S": []}],
    components={
        "schemas": {"A": {"type": "object"}},
        "parameters": {"p": parameter("q")},
        "responses": {"r": {"description": ""}},
        "requestBodies": {"b": {"content": {"json": {}}}},
        "securitySchemes": {"S": {"type": "http", "scheme": "bearer"}},
    },
)


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, part in parts for place in _places(part, (*path, key)))]


_PLACES = [place for place in _places(_SAMPLE) if place and place != ("paths",)]


@given(st.lists(st.tuples(st.sampled_from(_PLACES), _junk), min_size=1, max_size=3))
def test_no_upstream_surprise_makes_it_fail(surprises: list[tuple[tuple[Any, ...], Any]]) -> None:
    source = copy.deepcopy(_SAMPLE)
    for place, junk in surprises:
        node = source
        try:
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = junk
        except (KeyError, TypeError, IndexError):  # an earlier surprise took the place away
            continue
    found = compile_document(source)
    assert orjson.loads(orjson.dumps(found)) == found
    ids = [operation["operationId"] for _, _, operation in operations(found)]
    assert len(ids) == len(set(ids))
    for _, _, operation in operations(found):
        assert isinstance(operation["responses"], dict)
