"""Answers and request bodies made from documents: the official ones, the bundled ones and small ones."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from emporix_mock.engine.composition import Place
from emporix_mock.engine.example import Example, example_of, is_json, request_example
from emporix_mock.engine.generation import MISSING, Generator
from emporix_mock.engine.validation import Schemas
from emporix_mock_spec import catalog, load
from emporix_mock_spec.operation import Operation, operation, operations

OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official documents are not here")


@cache
def official(service: str) -> dict[str, Any]:
    return load.official(OFFICIAL).document(service)


def without_examples(node: Any, *, names: bool = False) -> Any:
    """`node` without what would spare the generator its work."""
    if isinstance(node, list):
        return [without_examples(part) for part in node]
    if not isinstance(node, dict):
        return node
    dropped = () if names else ("example", "examples", "default")
    return {
        key: without_examples(part, names=not names and key == "properties")
        for key, part in node.items()
        if key not in dropped
    }


def read(document: dict[str, Any], service: str) -> list[Operation]:
    return [operation(document, service, method, path) for method, path, _ in operations(document, service)]


def only(document: dict[str, Any], name: str) -> Operation:
    return next(op for op in read(document, "any") if op.id == name)


def check(document: dict[str, Any], service: str) -> int:
    """Every answer and every body of `document` is valid and the same twice; returns how many there are."""
    schemas, again = Schemas(service, document), Schemas(service, document)
    found = read(document, service)
    for op in found:
        answer = example_of(document, op, schemas)
        assert answer == example_of(document, op, again), op.id
        check_answer(op, answer, schemas)
        body = request_example(document, op, schemas)
        assert body == request_example(document, op, again), op.id
        media = next((media for media in op.body if is_json(media)), None)
        if media:
            assert schemas.validator(op.body[media].pointer).is_valid(body), f"{op.id}: {body}"
        else:
            assert (body is None) == (not op.body), op.id
    return len(found)


def check_answer(op: Operation, answer: Example, schemas: Schemas) -> None:
    assert answer.status == op.success
    if not op.responses.get(op.success):
        assert (answer.media_type, answer.body) == (None, None), op.id
    elif is_json(answer.media_type or ""):
        validator = schemas.validator(op.responses[answer.status][answer.media_type or ""].pointer)
        assert validator.is_valid(answer.body), f"{op.id}: {answer.body}"
        assert json.loads(json.dumps(answer.body)) == answer.body
    else:
        assert not any(is_json(media) for media in op.responses[op.success]), op.id
        assert answer.body, op.id
        assert isinstance(answer.body, str | bytes), op.id


@needs_official
@pytest.mark.parametrize("service", catalog.services())
def test_every_official_operation(service):
    assert check(official(service), service) == catalog.services()[service].operations


@needs_official
@pytest.mark.parametrize("service", catalog.services())
def test_every_official_operation_without_its_examples(service):
    assert check(without_examples(official(service)), service) == catalog.services()[service].operations


def test_every_bundled_operation():
    source = load.bundled()
    assert sum(check(source.document(service), service) for service in source.services) > 0


@needs_official
def test_schemas_refuse_what_is_not_an_answer():
    """The checks above would notice: most schemas refuse a number."""
    refused = 0
    for service in catalog.services():
        schemas = Schemas(service, official(service))
        for op in read(official(service), service):
            for media, content in op.responses.get(op.success, {}).items():
                refused += is_json(media) and not schemas.validator(content.pointer).is_valid(3.5)
    assert refused > 400


@needs_official
def test_every_official_pattern():
    patterns: dict[str, None] = {}

    def gather(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                patterns[node["pattern"]] = None
            for part in node.values():
                gather(part)
        elif isinstance(node, list):
            for part in node:
                gather(part)

    for service in catalog.services():
        gather(official(service))
    assert len(patterns) > 15
    for pattern in patterns:
        schema = {"type": "string", "pattern": pattern}
        document = {"components": {"schemas": {"Root": schema}}}
        schemas = Schemas("patterns", document)
        place = Place(schema, "/components/schemas/Root")
        value = Generator(document, schemas, request=False).value(place)
        assert isinstance(value, str), pattern
        assert schemas.validator(place.pointer).is_valid(value), pattern


@needs_official
def test_every_official_schema_has_a_value():
    """Also those no operation leads to through its first alternative."""
    count = 0
    for service in catalog.services():
        document = without_examples(official(service))
        schemas = Schemas(service, document)
        for name, schema in document["components"].get("schemas", {}).items():
            place = Place(schema, f"/components/schemas/{name}")
            value = Generator(document, schemas, request=False).value(place)
            assert schemas.validator(place.pointer).is_valid(value), f"{service} {name}"
            count += 1
    assert count > 1000


@needs_official
def test_a_generated_product_is_a_product():
    document = without_examples(official("product-service"))
    schemas = Schemas("product-service", document)
    product = example_of(document, only(document, "GET-product-retrieve-product"), schemas).body
    assert {"id", "code", "name", "yrn", "metadata"} <= product.keys()
    assert product["media"][0]["url"] == "https://example.com/item"
    new = request_example(document, only(document, "POST-product-create-product"), schemas)
    assert new == {"name": "name", "code": "code"}


@needs_official
def test_a_generated_order_is_small_and_whole():
    document = without_examples(official("order"))
    op = only(document, "GET-order-retrieve-tenant-orders")
    [order] = example_of(document, op, Schemas("order", document)).body
    assert order["siteCode"] == "main"
    assert order["currency"] == "EUR"
    assert len(order["entries"]) == 1
    assert len(json.dumps(order)) < 5000


@needs_official
def test_the_webhook_configuration_has_a_value_once_it_is_repaired():
    found = []
    for repaired in (False, True):
        source = load.official(OFFICIAL, repaired=repaired)
        document = without_examples(source.document("webhook-service"))
        place = Place(document["components"]["schemas"]["Configuration"], "/components/schemas/Configuration")
        schemas = Schemas("webhook-service", document)
        found.append(Generator(document, schemas, request=True).value(place))
    assert found == [MISSING, {}]


@needs_official
@pytest.mark.parametrize("name", ["CommerceEventTriggerFilter", "McpServerRequest"])
def test_a_generated_choice_fits_one_branch(name):
    """The first of these is recursive, the branches of the second overlap."""
    document = without_examples(official("ai-service"))
    schemas = Schemas("ai-service", document)
    place = Place(document["components"]["schemas"][name], f"/components/schemas/{name}")
    value = Generator(document, schemas, request=False).value(place)
    branches = (place.below("oneOf", str(index)) for index in range(len(place.schema["oneOf"])))
    assert sum(schemas.validator(branch.pointer).is_valid(value) for branch in branches) == 1


@needs_official
def test_a_process_with_another_hash_seed_gives_the_same():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_engine_example as t; print(t.fingerprint())"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    found = {
        subprocess.check_output(command, env={**os.environ, "PYTHONHASHSEED": seed}, text=True).strip()
        for seed in ("1", "2")
    }
    assert found == {fingerprint()}


def fingerprint() -> str:
    """A digest of all answers and bodies of two services with many choices."""
    digest = hashlib.sha256()
    for service in ("ai-service", "product-service"):
        document = without_examples(official(service))
        schemas = Schemas(service, document)
        for op in read(document, service):
            made = (example_of(document, op, schemas).body, request_example(document, op, schemas))
            digest.update(repr(made).encode())
    return digest.hexdigest()


@needs_official
def test_an_answer_costs_little():
    spent = []
    for service in ("order", "cart", "product-service", "ai-service"):
        document = without_examples(official(service))
        schemas = Schemas(service, document)
        schemas.validator("/info")
        for op in read(document, service):
            begin = process_time()
            example_of(document, op, schemas)
            spent.append(process_time() - begin)
    assert statistics.median(spent) < 0.005


NAMED = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "file": {"type": "string", "format": "binary"},
    },
}


def one(
    content: dict[str, Any] | None, status: int = 200, method: str = "get", **spec: Any
) -> tuple[dict[str, Any], Operation, Schemas]:
    """A document with one operation that answers `content`."""
    response = {"description": ""} if content is None else {"description": "", "content": content}
    found = {"operationId": "one", "responses": {str(status): response}, **spec}
    document = {"paths": {"/it": {method: found}}, "components": {"schemas": {"Named": NAMED}}}
    return document, only(document, "one"), Schemas("any", document)


def body_of(content: dict[str, Any], **keywords: Any) -> Any:
    return example_of(*one(content, **keywords)).body


def json_of(schema: dict[str, Any], **media: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema, **media}}


REFERENCE = {"$ref": "#/components/schemas/Named"}
GENERATED = {"name": "name", "file": "file"}


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ({}, GENERATED),
        ({"example": {"name": "Ann"}}, {"name": "Ann"}),
        ({"example": {"name": "too long"}}, GENERATED),
        (
            {"examples": {"a": {"value": {"name": "too long"}}, "b": {"value": {"name": "Bob"}}}},
            {"name": "Bob"},
        ),
        ({"examples": {"a": {"externalValue": "https://example.com"}}}, GENERATED),
        ({"example": {"name": "Ann"}, "examples": {"b": {"value": {"name": "Bob"}}}}, {"name": "Ann"}),
    ],
)
def test_what_the_document_shows_is_used_if_it_is_valid(media, expected):
    assert body_of(json_of(REFERENCE, **media)) == expected


def test_the_example_of_the_schema_itself_is_used():
    assert body_of(json_of({**NAMED, "example": {"name": "Eve"}})) == {"name": "Eve"}


def test_the_body_may_be_changed_without_harm():
    document, op, schemas = one(json_of(REFERENCE, example={"name": "Ann"}))
    example_of(document, op, schemas).body["name"] = "Bob"
    assert example_of(document, op, schemas).body == {"name": "Ann"}


@pytest.mark.parametrize(
    ("content", "keywords"),
    [
        (None, {}),
        (json_of(NAMED), {"status": 204}),
        (json_of(NAMED), {"status": 301}),
        (json_of(NAMED), {"method": "head"}),
    ],
)
def test_answers_without_a_body(content, keywords):
    status = keywords.get("status", 200)
    assert example_of(*one(content, **keywords)) == Example(status, None, None)


@pytest.mark.parametrize("media", [{}, {"example": "shown"}])
def test_a_schema_without_valid_values_leaves_what_the_document_shows(media):
    impossible = {"allOf": [{"type": "integer"}, {"type": "object"}]}
    answer = example_of(*one(json_of(impossible, **media)))
    assert answer == Example(200, "application/json", media.get("example"))


def test_json_is_preferred():
    text = {"schema": {"type": "string"}}
    content = {"application/xml": text, "application/problem+json": text, "application/json": text}
    assert example_of(*one(content)).media_type == "application/json"
    del content["application/json"]
    assert example_of(*one(content)).media_type == "application/problem+json"


@pytest.mark.parametrize(
    ("media", "schema", "expected"),
    [
        ("text/plain", {"type": "string", "format": "byte"}, "ZXhhbXBsZQ=="),
        ("text/plain", {"type": "object"}, "example"),
        ("text/csv", {"type": "string", "example": "a;b"}, "a;b"),
        ("text/event-stream", {"type": "string"}, "data: {}\n\n"),
        ("text/event-stream", {"type": "string", "example": "data: 1\n\n"}, "data: 1\n\n"),
        ("application/octet-stream", {"type": "string", "format": "binary"}, b"text"),
        ("image/png", {"type": "object"}, b"example"),
    ],
)
def test_bodies_that_are_not_json(media, schema, expected):
    assert body_of({media: {"schema": schema}}) == expected


def test_files_of_known_kinds():
    binary = {"schema": {"type": "string", "format": "binary"}}
    assert body_of({"application/pdf": binary}).startswith(b"%PDF-")
    assert body_of({"application/xml": {"schema": {"type": "object"}}}).startswith("<?xml")


def request(content: dict[str, Any]) -> Any:
    return request_example(*one(None, method="post", requestBody={"content": content}))


def test_request_bodies():
    assert request_example(*one(None)) is None
    assert request(json_of(REFERENCE)) == {"name": "name"}
    assert request(json_of(REFERENCE, example={"name": "Ann", "file": "x"})) == {"name": "Ann", "file": "x"}
    assert request({"application/merge-patch+json": {"schema": REFERENCE}}) == {"name": "name"}
    assert request(json_of({"allOf": [{"type": "integer"}, {"type": "object"}]})) is None


def test_request_forms():
    form = {**NAMED, "required": ["name", "file"]}
    assert request({"multipart/form-data": {"schema": form}}) == {"name": "name", "file": b"example"}
    assert request({"application/x-www-form-urlencoded": {"schema": REFERENCE}}) == {"name": "name"}
    assert request({"application/xml": {"schema": NAMED}}).startswith("<?xml")
