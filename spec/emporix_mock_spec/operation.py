"""One operation of a compiled document, with references to parameters, bodies and responses followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query or header parameter. `pointer` leads to its schema in the document."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    pointer: str
    explode: bool


@dataclass(frozen=True, slots=True)
class Content:
    """One media type of a body: its schema and where that stands; None when it has no schema."""

    schema: Mapping[str, Any] | None
    pointer: str
    example: Any = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One way to be let in. `schemes` are all needed; `scopes` are alternatives, whatever the list says.

    Emporix lists several scopes in one requirement and means any of them (conventions, section 3).
    """

    schemes: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What the document says about one operation; `responses` maps a status to its media types."""

    id: str
    service: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    body_required: bool
    body: Mapping[str, Content]
    has_body: bool
    responses: Mapping[int, Mapping[str, Content]]
    headers: Mapping[int, tuple[str, ...]]
    security: tuple[Requirement, ...]
    tags: tuple[str, ...]

    @property
    def success(self) -> int:
        """The first documented status below 400, 200 where there is none."""
        return min((s for s in self.responses if s < 400), default=200)


def follow(document: Mapping[str, Any], node: Any, pointer: str) -> tuple[Any, str]:
    """Follow `$ref`s from `node` and return what they lead to and where that stands."""
    for _ in range(20):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return node, pointer
        pointer = node["$ref"].removeprefix("#")
        node = at(document, pointer)
    return {}, pointer


def at(document: Mapping[str, Any], pointer: str) -> Any:
    """The node at a JSON pointer; an empty object where nothing stands."""
    node: Any = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
        if isinstance(node, list):
            node = node[int(key)] if key.isdigit() and int(key) < len(node) else {}
        else:
            node = node.get(key, {}) if isinstance(node, dict) else {}
    return node


def escape(part: str) -> str:
    """One key as a JSON pointer token."""
    return part.replace("~", "~0").replace("/", "~1")


def operations(document: Mapping[str, Any], service: str) -> Iterator[tuple[str, str, str]]:
    """Method, path and operation id of everything in a document, in its order."""
    for path, item in (document.get("paths") or {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield method, path, item[method].get("operationId") or f"{method}-{service}-{path}"


def operation(document: Mapping[str, Any], service: str, method: str, path: str) -> Operation:
    """Read one operation of a compiled document."""
    item = document["paths"][path]
    spec = item[method]
    here = f"/paths/{escape(path)}/{method}"
    body, body_at = follow(document, spec.get("requestBody") or {}, f"{here}/requestBody")
    responses: dict[int, Mapping[str, Content]] = {}
    headers: dict[int, tuple[str, ...]] = {}
    for status, node in (spec.get("responses") or {}).items():
        if str(status).isdigit():
            response, response_at = follow(document, node, f"{here}/responses/{status}")
            responses[int(status)] = dict(_contents(document, response, response_at))
            headers[int(status)] = tuple(response.get("headers") or {})
    return Operation(
        id=spec.get("operationId") or f"{method}-{service}-{path}",
        service=service,
        method=method.upper(),
        path=path,
        summary=str(spec.get("summary") or ""),
        parameters=tuple(_parameters(document, item, spec, here)),
        body_required=bool(body.get("required")),
        body=dict(_contents(document, body, body_at)),
        has_body="requestBody" in spec,
        responses=responses,
        headers=headers,
        security=tuple(_security(document, spec)),
        tags=tuple(spec.get("tags") or ()),
    )


def _contents(document: Mapping[str, Any], owner: Any, pointer: str) -> Iterator[tuple[str, Content]]:
    for media, given in (owner.get("content") or {}).items():
        content = given or {}
        where = f"{pointer}/content/{escape(media)}/schema"
        schema = content.get("schema")
        example = content.get("example")
        if example is None:
            for named in (content.get("examples") or {}).values():
                example = follow(document, named, "")[0].get("value")
                break
        yield media.lower(), Content(schema or None, where, example)


def _parameters(
    document: Mapping[str, Any], item: Mapping[str, Any], spec: Mapping[str, Any], here: str
) -> Iterator[Parameter]:
    merged: dict[tuple[str, str], tuple[Any, str]] = {}
    parent = here.rsplit("/", 1)[0]
    for nodes, where in ((item.get("parameters") or [], parent), (spec.get("parameters") or [], here)):
        for index, node in enumerate(nodes):
            found, pointer = follow(document, node, f"{where}/parameters/{index}")
            if isinstance(found, dict) and "name" in found and "in" in found:
                merged[found["in"], found["name"]] = found, pointer
    for (place, name), (found, pointer) in merged.items():
        schema = found.get("schema") or {}
        yield Parameter(
            name=name,
            place=place,
            required=bool(found.get("required")) or place == "path",
            schema=follow(document, schema, "")[0],
            pointer=f"{pointer}/schema",
            explode=bool(found.get("explode", True)),
        )


def _security(document: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Requirement]:
    for need in spec.get("security", document.get("security")) or []:
        schemes = tuple(need)
        yield Requirement(schemes, tuple(scope for scopes in need.values() for scope in scopes or ()))
