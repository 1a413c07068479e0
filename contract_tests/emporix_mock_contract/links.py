"""OpenAPI links between operations: no document has any, and names alone tell too little to infer them.

Two shapes are enough for the whole API. What a collection creates is found below it by the id that the
answer carries; and what a path names is there for the other operations on that path and below it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emporix_mock_spec.operation import follow, operations

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAMETER = re.compile(r"\{([^}]+)\}")
PINNED = "tenant"
MAKERS = ("post", "put")


def link(document: dict[str, Any]) -> None:
    """Add links to the successes of every operation that makes something."""
    found = [(method, path, spec) for method, path, spec in _each(document)]
    for method, path, spec in found:
        if method in MAKERS:
            links = dict(_links(document, path, spec, found))
            for response in _successes(document, spec) if links else ():
                response["links"] = {**links, **response.get("links", {})}


def _each(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for method, path, _ in operations(document, ""):
        yield method, path, document["paths"][path][method]


def _links(
    document: dict[str, Any], path: str, spec: dict[str, Any], others: list[tuple[str, str, dict[str, Any]]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    own = [name for name in PARAMETER.findall(path) if name != PINNED]
    given = {name: f"$request.path.{name}" for name in PARAMETER.findall(path)}
    pointer = _id_pointer(document, spec)
    for _, other, target in others:
        if target is spec:
            continue
        parameters = None
        below = other.removeprefix(f"{path}/") if other.startswith(f"{path}/") else None
        if below is not None and (item := re.match(r"\{([^}]+)\}", below)) and pointer:
            if not PARAMETER.search(below[item.end() :]):
                parameters = {**given, item[1]: f"$response.body#{pointer}"}
        elif own and (other == path or (below is not None and not PARAMETER.search(below))):
            parameters = given
        if parameters:
            yield (
                f"to {target['operationId']}",
                {
                    "operationId": target["operationId"],
                    "parameters": parameters,
                },
            )


def _id_pointer(document: dict[str, Any], spec: dict[str, Any]) -> str | None:
    """Where a success says the id of what it made."""
    for response in _successes(document, spec, write=False):
        for content in (response.get("content") or {}).values():
            schema, _ = follow(document, content.get("schema") or {}, "")
            if "id" in (schema.get("properties") or {}):
                return "/id"
            items, _ = follow(document, schema.get("items") or {}, "")
            if schema.get("type") == "array" and "id" in (items.get("properties") or {}):
                return "/0/id"
    return None


def _successes(
    document: dict[str, Any], spec: dict[str, Any], *, write: bool = True
) -> Iterator[dict[str, Any]]:
    for status, node in (spec.get("responses") or {}).items():
        if str(status).startswith("2"):
            response, _ = follow(document, node, "")
            if write and response is not node:
                # A shared response must not get the links of one operation.
                response = spec["responses"][status] = dict(response)
            yield response
