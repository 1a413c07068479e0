"""The document of a service in the form in which Schemathesis can check all of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emporix_mock_contract.links import link
from emporix_mock_spec.operation import follow, operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock_spec.operation import Operation


IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI 3, parameter object: definitions of these header parameters shall be ignored."""


@dataclass(frozen=True, slots=True)
class Documented:
    """The operations of one document by id and by the label that Schemathesis gives them.

    `shown` are the examples of path parameters by operation id and name: ids that a seed has.
    """

    service: str
    by_id: Mapping[str, Operation]
    by_label: Mapping[str, Operation]
    shown: Mapping[str, Mapping[str, Any]]
    raw: Mapping[str, Any]


def rooted(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the base path of its server in its paths, as one origin serves them all."""
    servers = document.get("servers") or [{}]
    prefix = urlsplit(servers[0].get("url", "")).path.rstrip("/")
    paths = {f"{prefix}{path}": item for path, item in document["paths"].items()}
    return {**document, "servers": [{"url": "/"}], "paths": paths}


def documented(document: Mapping[str, Any], service: str) -> Documented:
    """Read every operation of a document."""
    found = [operation(document, service, method, path) for method, path, _ in operations(document, service)]
    return Documented(
        service,
        {each.id: each for each in found},
        {f"{each.method} {each.path}": each for each in found},
        {each.id: dict(_shown(document, each)) for each in found},
        document,
    )


def _shown(document: Mapping[str, Any], operation: Operation) -> Iterator[tuple[str, Any]]:
    item = document["paths"][operation.path]
    given = [*(item.get("parameters") or ()), *(item[operation.method.lower()].get("parameters") or ())]
    for parameter in (follow(document, each, "")[0] for each in given):
        example = parameter.get("example", (parameter.get("schema") or {}).get("example"))
        if parameter.get("in") == "path" and example is not None:
            yield parameter["name"], example


def lenient(node: Any) -> Any:
    """A copy of a document whose schemas require no member."""
    if isinstance(node, dict):
        kept = {
            key: value for key, value in node.items() if not (key == "required" and isinstance(value, list))
        }
        return {key: lenient(value) for key, value in kept.items()}
    return [lenient(each) for each in node] if isinstance(node, list) else node


def prepared(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in the form of which Schemathesis checks most.

    - Every OAuth2 scheme is told as the bearer token that it is on the wire: calls without a token and
      with a wrong one are tried only for schemes whose place in the request is known, so under
      `oauth2` that check would pass without a single request.
    - Operations are linked, so that scenarios follow an entity from its making to its end.
    - Header parameters that OpenAPI says to ignore are left out; the client sets them anyway.
    - A DELETE body that asks for any object at all is left out: it says nothing, and nobody reads it.
    - The schema of a stream of events is left out: it speaks of the whole text, and Schemathesis would hold
      each event to it.
    """
    found = deepcopy(dict(document))
    for scheme in found.get("components", {}).get("securitySchemes", {}).values():
        if scheme.get("type") == "oauth2":
            scheme.clear()
            scheme.update({"type": "http", "scheme": "bearer"})
    _leave_out(found)
    link(found)
    holders = [found, *(found["paths"][path][method] for method, path, _ in operations(found, ""))]
    for need in (need for holder in holders for need in holder.get("security") or []):
        need.update({scheme: [] for scheme in need})  # a bearer scheme has no scopes
    return found


def _leave_out(document: dict[str, Any]) -> None:
    for method, path, _ in operations(document, ""):
        item, spec = document["paths"][path], document["paths"][path][method]
        for holder in (item, spec):
            if "parameters" in holder:
                kept = [each for each in holder["parameters"] if not _ignored(follow(document, each, "")[0])]
                holder["parameters"] = kept
        body, _ = follow(document, spec.get("requestBody") or {}, "")
        schemas = [content.get("schema") for content in (body.get("content") or {}).values()]
        if (
            method == "delete"
            and not body.get("required")
            and all(each == {"type": "object"} for each in schemas)
        ):
            spec.pop("requestBody", None)
        for response in (follow(document, each, "")[0] for each in spec["responses"].values()):
            (response.get("content") or {}).get("text/event-stream", {}).pop("schema", None)


def _ignored(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("in") == "header" and str(parameter.get("name")).lower() in IGNORED_HEADERS
