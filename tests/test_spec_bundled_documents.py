"""The bundled documents: valid, complete, with a summary of ours everywhere and examples that fit."""

from __future__ import annotations

import marshal
from functools import cache
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from emporix_mock_spec import load
from emporix_mock_spec.parse import dump, parse

FIRST_SIX = (
    "oauth-service", "customer-management", "customer-service", "reward-points", "coupon",
    "site-settings-service",
)  # fmt: skip
METHODS = ("get", "head", "post", "put", "patch", "delete")

BUNDLED = load.bundled()
every_document = pytest.mark.parametrize("service", BUNDLED.services)


@cache
def read_once(service: str) -> bytes:
    return marshal.dumps(BUNDLED.raw(service))


def committed(service: str) -> dict[str, Any]:
    """A copy of its own for every test; reading YAML takes ten times as long."""
    return marshal.loads(read_once(service))  # noqa: S302  # written above


def follow(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        reference = node["$ref"]
        node = document
        for part in reference[2:].split("/"):
            node = node[part]
    return node


def operations(document: dict[str, Any]):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def contents(document: dict[str, Any]):
    """Where, status (empty for requests), media type object of every body."""
    for _, _, node in operations(document):
        for status, part in {"": node.get("requestBody"), **node["responses"]}.items():
            for media, content in (follow(document, part) or {}).get("content", {}).items():
                yield f"{node['operationId']} {status} {media}", status, content


def examples(content: dict[str, Any]) -> list[Any]:
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [content["example"], *named] if "example" in content else named


def test_the_first_services_are_bundled():
    assert set(FIRST_SIX) <= set(BUNDLED.services)


@every_document
def test_every_operation_has_one_line_of_summary_and_one_tag(service):
    document = committed(service)
    known = [tag["name"] for tag in document["tags"]]
    for path, method, node in operations(document):
        summary = node.get("summary", "")
        assert 5 < len(summary) <= 80, f"{method} {path}: {summary!r}"
        assert summary.strip(".") == summary, f"{method} {path}: {summary!r}"
        assert len(node["tags"]) == 1, f"{method} {path}"
        assert node["tags"][0] in known, f"{method} {path}"


@every_document
def test_every_body_and_success_response_has_an_example(service):
    document = committed(service)
    missing = [
        where
        for where, status, content in contents(document)
        if status < "400" and not examples(content) and content["schema"].get("format") != "binary"
    ]
    assert missing == []


@every_document
def test_every_example_satisfies_its_schema(service):
    document = committed(service)
    for where, _, content in contents(document):
        schema = {"allOf": [content.get("schema", {})], "components": document["components"]}
        validator = OAS30Validator(schema, format_checker=oas30_format_checker)
        for example in examples(content):
            assert [f"{where}: {error.message}" for error in validator.iter_errors(example)] == []


@every_document
def test_every_parameter_example_satisfies_its_schema(service):
    document = committed(service)
    parts = [*document["components"].get("parameters", {}).values()]
    for item in document["paths"].values():
        parts += [
            *item.get("parameters", ()),
            *(p for m in METHODS for p in item.get(m, {}).get("parameters", ())),
        ]
    for parameter in parts:
        if "example" in parameter:
            validator = OAS30Validator(parameter["schema"], format_checker=oas30_format_checker)
            assert [error.message for error in validator.iter_errors(parameter["example"])] == []


@every_document
def test_a_file_is_plain_yaml_that_reads_the_same_everywhere(service):
    text = BUNDLED.source(service)
    assert dump(parse(text, service)) == text
    assert text.endswith(b"\n")
    assert yaml.safe_load(text) == parse(text, service), "YAML 1.1 and 1.2 disagree about a scalar"
