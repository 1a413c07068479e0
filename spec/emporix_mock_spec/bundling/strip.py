"""The wire facts of a document, with all prose left behind.

What a client or server can observe stays; descriptions, summaries, titles, examples, tags, extensions and
the arrangement of parameters, bodies, responses and headers go. References to schemas stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.compile import operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SCHEMAS", "Operation", "Stripped", "strip"]

Json = dict[str, Any]

SCHEMAS: Final = "#/components/schemas/"
_DATA: Final = (
    "type", "format", "nullable", "enum", "default", "pattern", "minLength", "maxLength", "minimum",
    "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "readOnly", "writeOnly", "deprecated",
)  # fmt: skip
_PARAMETER: Final = ("deprecated", "allowEmptyValue", "style", "explode", "allowReserved")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its parameters merged with those of its path, every reference but schemas followed."""

    path: str
    method: str
    id: str
    named: bool
    deprecated: bool
    parameters: tuple[Json, ...]
    body: Json | None
    responses: Mapping[str, Json]
    security: tuple[Json, ...]
    servers: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Stripped:
    """All operations, literal paths before templates, and the named schemas."""

    title: str
    servers: tuple[Json, ...]
    operations: tuple[Operation, ...]
    schemas: Mapping[str, Json]
    schemes: Mapping[str, Json]


def strip(document: Json) -> Stripped:
    """The facts of `document` (OpenAPI 3.0, as repaired). Nothing in it is changed."""
    servers = tuple({"url": server["url"]} for server in document.get("servers") or ())
    found = [_operation(document, path, method, node, servers) for path, method, node in operations(document)]
    order = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
    components = document.get("components") or {}
    return Stripped(
        title=str((document.get("info") or {}).get("title") or ""),
        servers=servers,
        operations=tuple(sorted(found, key=lambda each: (each.path, order.index(each.method)))),
        schemas={name: _schema(document, node) for name, node in (components.get("schemas") or {}).items()},
        schemes={name: _scheme(node) for name, node in (components.get("securitySchemes") or {}).items()},
    )


def _operation(document: Json, path: str, method: str, node: Json, servers: tuple[Json, ...]) -> Operation:
    item = resolve(document, document["paths"][path])
    merged: dict[tuple[str, str], Json] = {}
    for reference in [*(item.get("parameters") or ()), *(node.get("parameters") or ())]:
        parameter = _parameter(document, reference)
        merged[parameter["in"], parameter["name"]] = parameter
    body = resolve(document, node.get("requestBody"))
    own = [{"url": server["url"]} for server in node.get("servers") or item.get("servers") or ()]
    return Operation(
        path=path,
        method=method,
        id=node.get("operationId") or f"{method.upper()} {path}",
        named=bool(node.get("operationId")),
        deprecated=bool(node.get("deprecated")),
        parameters=tuple(merged.values()),
        body=None if body is None else _body(document, body),
        responses={str(s): _response(document, r) for s, r in (node.get("responses") or {}).items()},
        security=tuple(node.get("security", document.get("security")) or ()),
        servers=tuple(own) if own and tuple(own) != servers else (),
    )


def _parameter(document: Json, reference: Any) -> Json:
    node = resolve(document, reference)
    out: Json = {"name": node["name"], "in": node["in"]}
    if node.get("required") or node["in"] == "path":
        out["required"] = True
    out |= {key: node[key] for key in _PARAMETER if node.get(key)}
    if node.get("explode") is False:
        out["explode"] = False
    if "content" in node:
        return out | {"content": _content(document, node["content"])}
    return out | {"schema": _expanded(document, node.get("schema") or {})}


def _body(document: Json, node: Json) -> Json:
    required = {"required": True} if node.get("required") else {}
    return {**required, "content": _content(document, node.get("content") or {})}


def _response(document: Json, reference: Any) -> Json:
    node = resolve(document, reference) or {}
    headers = {
        name: _header(document, resolve(document, header) or {})
        for name, header in (node.get("headers") or {}).items()
    }
    content = _content(document, node.get("content") or {})
    return {**({"headers": headers} if headers else {}), **({"content": content} if content else {})}


def _header(document: Json, node: Json) -> Json:
    kept = {key: node[key] for key in ("required", "deprecated") if node.get(key)}
    return {**kept, "schema": _expanded(document, node.get("schema") or {})}


def _content(document: Json, node: Json) -> Json:
    out: Json = {}
    for media, each in node.items():
        out[media] = {"schema": _schema(document, each["schema"])} if "schema" in (each or {}) else {}
        if "encoding" in (each or {}):
            out[media]["encoding"] = each["encoding"]
    return out


def _scheme(node: Json) -> Json:
    out = {key: node[key] for key in ("type", "scheme", "bearerFormat", "in", "name") if node.get(key)}
    if "flows" in node:
        out["flows"] = {name: _flow(flow) for name, flow in node["flows"].items()}
    return out


def _flow(node: Json) -> Json:
    urls = {key: node[key] for key in ("authorizationUrl", "tokenUrl", "refreshUrl") if node.get(key)}
    return {**urls, "scopes": dict.fromkeys(node.get("scopes") or {}, "")}


def _expanded(document: Json, node: Any) -> Any:
    """A schema with its references filled in; parameters and headers are small and never recursive."""
    return _filled(document, _schema(document, node))


def _filled(document: Json, node: Any) -> Any:
    if isinstance(node, list):
        return [_filled(document, part) for part in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _filled(document, _schema(document, resolve(document, node)))
    return {key: _filled(document, part) for key, part in node.items()}


def _schema(document: Json, node: Any) -> Json:
    if not isinstance(node, dict):
        return {}
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference.startswith(SCHEMAS) and "/" not in reference.removeprefix(SCHEMAS):
            return {"$ref": reference}
        return _schema(document, resolve(document, node))
    out: Json = {key: node[key] for key in _DATA if _says_something(node, key)}
    required = node.get("required")
    if isinstance(required, list) and required:
        out["required"] = list(dict.fromkeys(required))
    if isinstance(node.get("properties"), dict):
        out["properties"] = {name: _schema(document, part) for name, part in node["properties"].items()}
    if "items" in node:
        out["items"] = _schema(document, node["items"])
    extra = node.get("additionalProperties")
    if extra is not None:
        out["additionalProperties"] = _schema(document, extra) if isinstance(extra, dict) else extra
    return _gathered(out | dict(_branches(document, node, out)))


def _gathered(schema: Json) -> Json:
    """Properties beside an `allOf` of one reference as a second member: generators take such an `allOf`
    for the reference itself and lose the rest. A closed object stays, its properties belong to it."""
    parts = schema.get("allOf", [])
    own = {key: schema[key] for key in ("type", "required", "properties") if key in schema}
    if len(parts) != 1 or "$ref" not in parts[0] or set(own) <= {"type"} or "additionalProperties" in schema:
        return schema
    rest = {key: part for key, part in schema.items() if key not in ("required", "properties")}
    return {**rest, "allOf": [*parts, own]}


def _branches(document: Json, node: Json, facts: Json) -> Iterator[tuple[str, Any]]:
    for word in ("allOf", "oneOf", "anyOf"):
        parts = [_schema(document, part) for part in node.get(word) or ()]
        if word == "allOf" and not facts and any(parts):
            parts = [part for part in parts if part]  # a member that held prose only
        if parts:
            yield word, parts
    if "not" in node:
        yield "not", _schema(document, node["not"])
    if isinstance(node.get("discriminator"), dict):
        yield "discriminator", {"propertyName": node["discriminator"].get("propertyName")}


def _says_something(node: Json, key: str) -> bool:
    """False for absent keys and for flags that repeat the default."""
    if key in ("default", "enum"):
        return key in node
    return node.get(key) is not None and node[key] is not False
