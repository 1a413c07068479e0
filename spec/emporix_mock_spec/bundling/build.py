"""The bundled document put together from facts, shared components and the words of before."""

from __future__ import annotations

import json
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.bundling.arrange import SchemaPlan
from emporix_mock_spec.bundling.naming import pascal, phrase, response_names
from emporix_mock_spec.bundling.prior import words
from emporix_mock_spec.bundling.shapes import key_of
from emporix_mock_spec.bundling.share import Shared
from emporix_mock_spec.bundling.tag import collections, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock_spec.bundling.prior import Prior
    from emporix_mock_spec.bundling.strip import Operation, Stripped

__all__ = ["Builder"]

Json = dict[str, Any]

_OPENAPI: Final = "3.0.3"
_LONGER: Final = {"q": "Query"}
_PLACES: Final = ("path", "query", "header", "cookie")


class Builder:
    """One run of `bundle`: everything is seen first, then settled, then written."""

    def __init__(self, facts: Stripped, prior: Prior) -> None:
        self._facts = facts
        self._prior = prior
        self._schemas = SchemaPlan(facts, prior)
        self._shared = {group: Shared(group, prior) for group in ("parameters", "responses", "headers")}
        self._collections = collections(operation.path for operation in facts.operations)
        self._paths = [
            (path, list(members)) for path, members in groupby(facts.operations, key=lambda each: each.path)
        ]
        self._write_all()
        for shared in self._shared.values():
            shared.settle()

    def _write_all(self) -> Json:
        return {path: self._item(members) for path, members in self._paths}

    def document(self) -> Json:
        """The whole document."""
        paths = self._write_all()
        used = {tag: None for item in paths.values() for node in item.values() if isinstance(node, dict)
                for tag in node["tags"]}  # fmt: skip
        known = {tag["name"]: tag for tag in self._prior.document.get("tags") or () if tag["name"] in used}
        info = self._prior.document.get("info") or {"title": self._facts.title, "version": "1"}
        components = {
            "schemas": self._schemas.components(),
            **{group: shared.components() for group, shared in self._shared.items()},
            "securitySchemes": self._schemes(),
        }
        components = {group: parts for group, parts in components.items() if parts}
        return {
            "openapi": _OPENAPI,
            "info": info,
            "servers": list(self._facts.servers),
            "tags": [known.get(tag, {"name": tag}) for tag in [*known, *(t for t in used if t not in known)]],
            "paths": paths,
            **({"components": components} if components else {}),
        }

    def _item(self, members: list[Operation]) -> Json:
        """A path with its operations; path parameters stand above where all operations agree."""
        keys = [{_key(each): each for each in operation.parameters} for operation in members]
        above = [key for key, each in keys[0].items() if each["in"] == "path" and all(key in k for k in keys)]
        out: Json = {}
        if above:
            out["parameters"] = [self._parameter(members[0], keys[0][key]) for key in above]
        for operation in members:
            out[operation.method] = self._operation(operation, set(above))
        return out

    def _operation(self, operation: Operation, above: set[str]) -> Json:
        before = self._prior.operation(operation.id)
        tags = self._prior.tags(operation.id, operation.path) or [tag_of(operation.path, self._collections)]
        parameters = sorted(
            (each for each in operation.parameters if _key(each) not in above),
            key=lambda each: _PLACES.index(each["in"]),
        )
        out: Json = {"tags": tags, **words(before, after=False)}
        if operation.named:
            out["operationId"] = operation.id
        if operation.deprecated:
            out["deprecated"] = True
        out["security"] = list(operation.security)
        if operation.servers:
            out["servers"] = list(operation.servers)
        if parameters:
            out["parameters"] = [self._parameter(operation, each) for each in parameters]
        if operation.body is not None:
            out["requestBody"] = self._with_content(
                operation.id, "", operation.body, before.get("requestBody")
            )
        out["responses"] = {
            status: self._response(operation, status, facts)
            for status, facts in sorted(operation.responses.items())
        }
        return {**out, **words(before, after=True)}

    def _parameter(self, operation: Operation, facts: Json) -> Json:
        before = self._prior.parameter(operation.id, facts["in"], facts["name"])
        name = _LONGER.get(facts["name"], pascal(facts["name"]))
        offers = [name, name + facts["in"].title()]
        where = f"{operation.id} parameter {facts['name']}"
        shared, key = self._shared["parameters"], _key(facts)
        shared.see(key, before, offers, partial(_with_words, facts), where)
        return shared.node(key, before)

    def _response(self, operation: Operation, status: str, facts: Json) -> Json:
        before = self._prior.response(operation.id, status)
        build = partial(self._build_response, operation.id, status, facts)
        if status < "400" or "content" not in facts:
            return build(self._prior.follow(before))
        placed = {media: self._schemas.placed[operation.id, status, media] for media in facts["content"]}
        key = f"{status} {key_of([placed, facts.get('headers')], self._schemas.group)}"
        shared = self._shared["responses"]
        shared.see(key, before, response_names(status), build, f"{operation.id} {status}")
        return shared.node(key, before)

    def _build_response(self, operation: str, status: str, facts: Json, before: Any) -> Json:
        out = {"description": phrase(status), **words(before, after=False)}
        if "headers" in facts:
            old = (before or {}).get("headers") or {}
            out["headers"] = {
                name: self._header(f"{operation} {status} header {name}", name, each, old.get(name))
                for name, each in facts["headers"].items()
            }
        return {**out, **self._with_content(operation, status, {"content": facts.get("content")}, before)}

    def _header(self, where: str, name: str, facts: Json, before: Any) -> Json:
        shared, key = self._shared["headers"], _key([name, facts])
        shared.see(key, before, [pascal(name)], partial(_with_words, facts), where)
        return shared.node(key, before)

    def _with_content(self, operation: str, status: str, facts: Json, before: Any) -> Json:
        """A body with its media types, and the examples that stood at them."""
        before = self._prior.follow(before) or {}
        out = {**words(before, after=False), **facts} if not status else {}
        content: Json = {}
        for media, each in (facts.get("content") or {}).items():
            old = (before.get("content") or {}).get(media) or {}
            schema = self._schemas.emit(self._schemas.placed[operation, status, media], old.get("schema"))
            content[media] = {
                **each,
                **({"schema": schema} if "schema" in each else {}),
                **words(old, after=True),
            }
        return {**out, **({"content": content} if content else {}), **words(before, after=True)}

    def _schemes(self) -> Json:
        """The security schemes in use. Their names tell kinds of token apart, so they stay."""
        used = {name for operation in self._facts.operations for need in operation.security for name in need}
        out: Json = {}
        for name, facts in sorted(self._facts.schemes.items()):
            if name in used:
                before = self._prior.component("securitySchemes", name) or {}
                flows = {flow: _told(each, (before.get("flows") or {}).get(flow))
                         for flow, each in (facts.get("flows") or {}).items()}  # fmt: skip
                out[name] = {**facts, **words(before, after=False), **({"flows": flows} if flows else {})}
        return out

    def open_points(self, document: Json) -> Iterator[str]:
        """What needs a human, apart from examples."""
        present = {operation.id for operation in self._facts.operations}
        for item in document["paths"].values():
            for method, node in item.items():
                if method != "parameters" and not node.get("summary"):
                    yield f"{node.get('operationId')}: no summary"
        for operation in self._prior.ids:
            if operation not in present:
                yield f"{operation}: removed upstream, its words are gone"
        yield from (f"new name {name} in schemas, made automatically" for name in self._schemas.made)
        for group, shared in self._shared.items():
            yield from (f"new name {name} in {group}, made automatically" for name in shared.made)
            yield from shared.lost()
        for group, parts in (self._prior.document.get("components") or {}).items():
            present_parts = document.get("components", {}).get(group, {})
            yield from (
                f"name {name} in {group} is no longer used" for name in parts if name not in present_parts
            )


def _key(facts: Any) -> str:
    return json.dumps(facts, sort_keys=True)


def _with_words(facts: Json, before: Any) -> Json:
    return {**words(before, after=False), **facts, **words(before, after=True)}


def _told(flow: Json, before: Any) -> Json:
    """A flow with our word for each scope, by default the scope's own words."""
    old = (before or {}).get("scopes") or {}
    plain = {scope: scope.rpartition(".")[2].replace("_", " ") for scope in flow["scopes"]}
    return {**flow, "scopes": {scope: old.get(scope) or text for scope, text in plain.items()}}
