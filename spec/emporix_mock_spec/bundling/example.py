"""Examples of bodies: which are missing and which do not satisfy their schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from emporix_mock_spec.compile import operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Body", "bodies", "example_faults"]

Json = dict[str, Any]


class Body(NamedTuple):
    """One media type of a request (`status` empty) or response, with its examples."""

    operation: str
    status: str
    media: str
    schema: Any
    examples: list[Any]

    def __str__(self) -> str:
        return f"{self.operation} {self.status or 'request'} {self.media}"


def bodies(document: Json) -> Iterator[Body]:
    """Every media type of every request and response of `document`."""
    for path, method, node in operations(document):
        name = node.get("operationId") or f"{method.upper()} {path}"
        parts = {"": node.get("requestBody"), **(node.get("responses") or {})}
        for status, part in parts.items():
            content = (resolve(document, part) or {}).get("content") or {}
            for media, each in content.items():
                yield Body(name, status, media, each.get("schema"), _examples(document, each))


def example_faults(document: Json) -> list[str]:
    """One line for each body without an example and each example that breaks its schema.

    Errors may do without; so may bodies of raw bytes.
    """
    named = (document.get("components") or {}).get("schemas") or {}
    folded = {name: _folded(schema) for name, schema in named.items()}
    faults = []
    for body in bodies(document):
        if not body.examples and _wants_example(document, body):
            faults.append(f"{body}: no example")
        root = {"allOf": [_folded(body.schema or {})], "components": {"schemas": folded}}
        for example in body.examples:
            error = next(
                jsonschema_rs.Draft4Validator(root, validate_formats=True).iter_errors(example), None
            )
            if error is not None:
                where = "/".join(str(part) for part in error.instance_path)
                faults.append(f"{body}: example breaks its schema at {where or 'its root'}: {error.message}")
    return list(dict.fromkeys(faults))


def _wants_example(document: Json, body: Body) -> bool:
    schema = resolve(document, body.schema) or {}
    raw = schema.get("type") == "string" and schema.get("format") == "binary"
    return (not body.status or body.status < "400") and body.schema is not None and not raw


def _examples(document: Json, content: Json) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    named = [resolve(document, each) or {} for each in (content.get("examples") or {}).values()]
    return [each["value"] for each in named if "value" in each]


def _folded(schema: Any) -> Any:
    """`schema` with OpenAPI's `nullable` said in JSON Schema."""
    if isinstance(schema, list):
        return [_folded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: value if key in ("enum", "default") else _folded(value) for key, value in schema.items()}
    if out.get("nullable") is True:
        del out["nullable"]
        return {"anyOf": [{"type": "null"}, out]}
    return out
