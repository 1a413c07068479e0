"""Wire facts: what a client or a server can observe of a document, whatever its arrangement.

Two documents with the same facts describe the same API. Facts are operations with their ids and path
names, parameters, media types, property names, types, limits, required flags, statuses, headers and
scopes. Words, examples, tags and the names of components are none, so components are followed first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from emporix_mock_spec.operation import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Fact", "Parity", "compare", "digest", "facts"]

_LIMITS: Final = (
    "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
    "nullable", "readOnly", "writeOnly", "default",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One thing that shows on the wire: of which operation, at which place in it, and what.

    `operation` is method and path with nameless parameters (`GET /coupon/{}/coupons`), `place` such as
    `query pageSize` or `-> 200 application/json $[].code`, empty for the operation itself.
    """

    operation: str
    place: str
    says: str

    def __str__(self) -> str:
        """The fact in one line."""
        return " ".join(part for part in (self.operation, self.place, self.says) if part)


@dataclass(frozen=True, slots=True)
class Parity:
    """How a document compares with the one it should equal: facts in common, missing and added."""

    kept: int
    missing: tuple[Fact, ...]
    added: tuple[Fact, ...]

    @property
    def exact(self) -> bool:
        """Whether both documents say the same."""
        return not (self.missing or self.added)


def compare(reference: Mapping[str, Any], candidate: Mapping[str, Any]) -> Parity:
    """The facts of `reference` that `candidate` has, lacks, and has beyond them."""
    wanted, found = facts(reference), facts(candidate)
    return Parity(len(wanted & found), tuple(sorted(wanted - found)), tuple(sorted(found - wanted)))


def digest(found: Iterable[Fact]) -> str:
    """One value for a set of facts, equal for equal sets only."""
    return sha256("\n".join(sorted(map(str, found))).encode()).hexdigest()


def facts(document: Mapping[str, Any]) -> frozenset[Fact]:
    """Every wire fact of an OpenAPI 3.0 document."""
    return frozenset(_document(document))


def _document(document: Mapping[str, Any]) -> Iterator[Fact]:
    servers = document.get("servers") or [{}]
    base = re.sub(r"^https?://[^/]+", "", str(servers[0].get("url", ""))).rstrip("/")
    for path, item in (document.get("paths") or {}).items():
        found, _ = _follow(document, item)
        for method in METHODS:
            if isinstance(found, dict) and found.get(method):
                wire = re.sub(r"\{[^}]*\}", "{}", base + path)
                names = re.findall(r"\{([^}]*)\}", path)
                yield from _operation(document, found, found[method], f"{method.upper()} {wire}", names)


def _operation(
    document: Mapping[str, Any], item: Any, spec: Any, here: str, names: list[str]
) -> Iterator[Fact]:
    yield Fact(here, "", "exists")
    yield Fact(here, "", f"operationId {spec.get('operationId')}")
    yield Fact(here, "", f"path names {','.join(names)}")
    for place, found in _parameters(document, item, spec, names):
        if found.get("required") and found.get("in") != "path":
            yield Fact(here, place, "required")
        yield from _schema(document, found.get("schema") or {}, here, place)
    body, _ = _follow(document, spec.get("requestBody") or {})
    if body.get("required"):
        yield Fact(here, "body", "required")
    yield from _contents(document, body, here, "body")
    for status, response in (spec.get("responses") or {}).items():
        yield from _response(document, response, here, f"-> {status}")
    yield from (Fact(here, "security", need) for need in _security(document, spec))


def _parameters(
    document: Mapping[str, Any], item: Any, spec: Any, names: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every parameter with its place; one of the operation outranks one of the path."""
    merged: dict[tuple[Any, Any], dict[str, Any]] = {}
    for node in [*(item.get("parameters") or []), *(spec.get("parameters") or [])]:
        found, _ = _follow(document, node)
        merged[found.get("in"), found.get("name")] = found
    for (place, name), found in merged.items():
        shown = f"#{names.index(name)}" if place == "path" and name in names else str(name)
        yield f"{place} {shown.lower() if place == 'header' else shown}", found


def _response(document: Mapping[str, Any], node: Any, here: str, place: str) -> Iterator[Fact]:
    response, _ = _follow(document, node)
    yield Fact(here, place, "exists")
    for name, header in (response.get("headers") or {}).items():
        found, _ = _follow(document, header)
        yield from _schema(document, found.get("schema") or {}, here, f"{place} header {name.lower()}")
    yield from _contents(document, response, here, place)


def _contents(document: Mapping[str, Any], owner: Any, here: str, place: str) -> Iterator[Fact]:
    for media, content in (owner.get("content") or {}).items():
        yield Fact(here, f"{place} {media}", "exists")
        yield from _schema(document, (content or {}).get("schema") or {}, here, f"{place} {media} $")


def _security(document: Mapping[str, Any], spec: Any) -> Iterator[str]:
    """Each requirement: the kinds of its schemes with their scopes. Names of schemes do not show."""
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    for need in spec.get("security", document.get("security")) or []:
        both = sorted(
            f"{(schemes.get(name) or {}).get('type')}[{','.join(sorted(scopes or ()))}]"
            for name, scopes in need.items()
        )
        yield " and ".join(both) or "none"


# Schemas.


def _schema(
    document: Mapping[str, Any], node: Any, here: str, place: str, above: tuple[str, ...] = ()
) -> Iterator[Fact]:
    schema, reference = _follow(document, node)
    if reference in above:
        yield Fact(here, place, "recurses")
        return
    if reference is not None:
        above = (*above, reference)
    if not isinstance(schema, dict):
        return
    yield Fact(here, place, " ".join(_limits(schema)))
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        yield Fact(here, f"{place}.{name}", "required")
    for step, part in _parts(schema):
        yield from _schema(document, part, here, f"{place}{step}", above)


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    yield str(schema.get("type", "any"))
    for word in _LIMITS:
        value = schema.get(word)
        # A flag that is off says as much as none. Zero is a limit, and False may be a default.
        if value is not None and (value is not False or word == "default"):
            yield f"{word}={_literal(value)}"
    if "enum" in schema:
        yield "enum=" + ",".join(sorted(map(_literal, schema["enum"] or ())))
    if schema.get("additionalProperties") is False:
        yield "closed"


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas within a schema and the step to each; parts of an `allOf` stand where it stands."""
    for name, part in (schema.get("properties") or {}).items():
        yield f".{name}", part
    if "items" in schema:
        yield "[]", schema["items"]
    if isinstance(schema.get("additionalProperties"), dict):
        yield ".*", schema["additionalProperties"]
    for word in ("allOf", "oneOf", "anyOf"):
        for index, part in enumerate(schema.get(word) or []):
            yield "" if word == "allOf" else f"<{word} {index}>", part
    if "not" in schema:
        yield "<not>", schema["not"]


def _literal(value: Any) -> str:
    """A value so that different ones look different (`0` and `false`, `1` and `"1"`) and 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _follow(document: Mapping[str, Any], node: Any) -> tuple[Any, str | None]:
    """What a node refers to and the last reference followed; an empty object for one that leads nowhere."""
    seen: list[str] = []
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#/"):
            return {}, reference
        seen.append(reference)
        node = document
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            node = node.get(key, {}) if isinstance(node, dict) else {}
    return node, seen[-1] if seen else None
