"""Loader rules: what the mock changes in a document before serving it, never in what it exports.

A rule here answers a habit of our libraries or a slip that readers of OpenAPI are told to overlook. A
defect that would mislead a client is a repair instead (`repairs/`). Upstream changes weekly, so every
rule takes an unknown document as it comes: what has no usable form is left out, nothing raises.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["METHODS", "compile_document", "operations", "resolve"]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# OpenAPI 3.0.3, "Parameter Object": a reader ignores header parameters of these names.
_IGNORED_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
# Values under these keys are data, not parts of the description; `$ref` in them is just a name.
_DATA: Final = frozenset({"default", "enum", "example", "value"})
# Under these keys the names are free, so `properties: {default: …}` holds a schema.
_NAME_MAPS: Final = frozenset(
    {
        "callbacks",
        "content",
        "encoding",
        "examples",
        "headers",
        "links",
        "mapping",
        "parameters",
        "paths",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "variables",
    }
)


def compile_document(source: dict[str, Any]) -> dict[str, Any]:
    """A copy of `source` with every loader rule applied."""
    document: dict[str, Any] = _copied(source)
    _tidy_references(document, document, names=False)
    _tidy_paths(document)
    _mount_at_root(document)
    for item in document["paths"].values():
        _merge_parameters(document, item)
    taken: set[str] = set()
    for path, method, operation in operations(document):
        _name_operation(operation, method, path, taken)
        _declare_path_parameters(document, operation, path)
        _tidy_media_types(operation)
        if method == "delete":
            _drop_dummy_body(document, operation)
    for group in ("requestBodies", "responses"):
        for part in _components(document, group).values():
            _tidy_content(part)
    _declare_schemes(document)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method in lower case and operation object of everything `document` describes."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield path, method, operation


def resolve(document: dict[str, Any], node: Any) -> Any:
    """What `node` stands for after its `$ref`s, or None where one leads nowhere or in a circle."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#/"):
            return None
        seen.add(reference)
        node = document
        for part in reference[2:].split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            elif isinstance(node, dict) and name in node:
                node = node[name]
            else:
                return None
    return node


def _copied(node: Any) -> Any:
    """A deep copy in which nothing is shared; YAML aliases and `copy.deepcopy` share."""
    if isinstance(node, dict):
        return {key: _copied(part) for key, part in node.items()}
    return [_copied(part) for part in node] if isinstance(node, list) else node


def _tidy_references(document: dict[str, Any], node: Any, *, names: bool) -> None:
    """Drop what stands beside a `$ref`; where it leads nowhere, drop the `$ref` as well."""
    if isinstance(node, list):
        for part in node:
            _tidy_references(document, part, names=False)
    if not isinstance(node, dict):
        return
    if not names and isinstance(node.get("$ref"), str):
        kept = {"$ref": node["$ref"]} if resolve(document, node) is not None else {}
        node.clear()
        node.update(kept)
        return
    for key, part in node.items():
        if names or not (key in _DATA or key.startswith("x-")):
            _tidy_references(document, part, names=not names and key in _NAME_MAPS and isinstance(part, dict))


def _tidy_paths(document: dict[str, Any]) -> None:
    """Keep path items and operations that have the form of one, `$ref`ed path items filled in."""
    paths = document.get("paths")
    kept: dict[str, Any] = {}
    for path, item in paths.items() if isinstance(paths, dict) else ():
        found = resolve(document, item)
        if path.startswith("/") and isinstance(found, dict):
            kept[path] = {
                key: part
                for key, part in _copied(found).items()
                if key not in METHODS or isinstance(part, dict)
            }
    document["paths"] = kept
    if not isinstance(document.get("components", {}), dict):
        del document["components"]
    for _, _, operation in operations(document):
        if not isinstance(operation.get("responses"), dict) or not operation["responses"]:
            operation["responses"] = {"default": {"description": ""}}


def _mount_at_root(document: dict[str, Any]) -> None:
    """Move the base path of the server into the paths: all services share one origin here."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = first.get("url") if isinstance(first, dict) else None
    prefix = re.sub(r"\{[^}]*\}", "", urlsplit(url).path).rstrip("/") if isinstance(url, str) else ""
    document["servers"] = [{"url": "/"}]
    if prefix:
        document["paths"] = {f"{prefix}{path}": item for path, item in document["paths"].items()}


def _merge_parameters(document: dict[str, Any], item: dict[str, Any]) -> None:
    """Give each operation the parameters of its path; the operation's own win, each stands once."""
    inherited = item.pop("parameters", None)
    for method in METHODS:
        operation = item.get(method)
        if operation is None:
            continue
        merged: dict[tuple[str, str], Any] = {}
        for declared in (inherited, operation.get("parameters")):
            merged |= _parameters(document, declared)
        operation["parameters"] = list(merged.values())
        if not merged:
            del operation["parameters"]


def _parameters(document: dict[str, Any], declared: Any) -> dict[tuple[str, str], Any]:
    out: dict[tuple[str, str], Any] = {}
    for reference in declared if isinstance(declared, list) else ():
        parameter = resolve(document, reference)
        if not isinstance(parameter, dict):
            continue
        place, name = parameter.get("in"), parameter.get("name")
        if not isinstance(name, str) or place not in ("path", "query", "header", "cookie"):
            continue
        key = name.lower() if place == "header" else name
        if not (place == "header" and key in _IGNORED_HEADERS):
            out.setdefault((place, key), reference)
    return out


def _name_operation(operation: dict[str, Any], method: str, path: str, taken: set[str]) -> None:
    """Make sure of an operation id of its own: handlers are found by it. The same at every load."""
    name = operation.get("operationId")
    if not isinstance(name, str) or not name or name in taken:
        words = re.findall(r"[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)*", path)
        name = stem = "-".join([method.upper(), *words])
        count = 2
        while name in taken:
            name, count = f"{stem}-{count}", count + 1
        operation["operationId"] = name
    taken.add(name)


def _declare_path_parameters(document: dict[str, Any], operation: dict[str, Any], path: str) -> None:
    """Declare as text what stands in braces in the path and nowhere among the parameters."""
    declared = _parameters(document, operation.get("parameters"))
    for name in re.findall(r"\{([^}]*)\}", path):
        if ("path", name) not in declared:
            missing = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            operation.setdefault("parameters", []).append(missing)


def _tidy_media_types(operation: dict[str, Any]) -> None:
    _tidy_content(operation.get("requestBody"))
    for response in operation["responses"].values():
        _tidy_content(response)


def _tidy_content(part: Any) -> None:
    """Write a media type without a slash (`application:json`, `json`) as what it must mean."""
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(content, dict):
        return
    for name in [name for name in content if "/" not in name]:
        mended = name.replace(":", "/", 1) if ":" in name else f"application/{name}"
        content.setdefault(mended, content.pop(name))


def _drop_dummy_body(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Drop a DELETE body that asks for any object at all: it says nothing and no client sends it."""
    body = resolve(document, operation.get("requestBody"))
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(content, dict):
        return
    media = [part for part in content.values() if isinstance(part, dict)]
    schemas = [resolve(document, part.get("schema", {})) for part in media]
    if all(isinstance(schema, dict) and _is_any_object(schema) for schema in schemas):
        del operation["requestBody"]


def _is_any_object(schema: dict[str, Any]) -> bool:
    told = {key: part for key, part in schema.items() if key not in ("description", "title", "example")}
    return told in ({}, {"type": "object"}, {"type": "object", "properties": {}})


def _declare_schemes(document: dict[str, Any]) -> None:
    """Declare a security scheme that is used but not described as a bearer token."""
    used = [document.get("security"), *(op.get("security") for _, _, op in operations(document))]
    needs = [need for listed in used if isinstance(listed, list) for need in listed]
    names = [name for need in needs if isinstance(need, dict) for name in need]
    if not names:
        return
    components = document.setdefault("components", {})
    if not isinstance(components.get("securitySchemes"), dict):
        components["securitySchemes"] = {}
    for name in names:
        components["securitySchemes"].setdefault(name, {"type": "http", "scheme": "bearer"})


def _components(document: dict[str, Any], group: str) -> dict[str, Any]:
    found = document.get("components", {}).get(group)
    return found if isinstance(found, dict) else {}
