"""JSON Schema validation of one service: a registry of its document and validators made at first use.

jsonschema-rs is also what Schemathesis validates with, so the stub and the contract run agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Mapping


BITS: Mapping[Any, int] = {"int32": 32, "int64": 64}


class Violation(NamedTuple):
    """The first thing wrong: where in the instance (dotted), which keyword, and a sentence."""

    field: str
    keyword: str
    message: str


def in_json_schema(node: Any) -> Any:
    """A copy of `node` in which OpenAPI's `nullable` and integer formats are said in JSON Schema's words."""
    if isinstance(node, list):
        return [in_json_schema(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    folded = {key: in_json_schema(value) for key, value in node.items() if key not in ("example", "examples")}
    # A property may be called `example`; only schema positions lose theirs.
    for key in ("example", "examples"):
        if isinstance(node.get(key), dict) and "type" in node[key]:
            folded[key] = in_json_schema(node[key])
    if folded.get("type") == "integer" and folded.get("format") in BITS:
        limit = 2 ** (BITS[folded["format"]] - 1)
        folded = {"minimum": -limit, "maximum": limit - 1, **folded}
    if folded.get("nullable") is True:
        del folded["nullable"]
        if isinstance(folded.get("type"), str):
            folded["type"] = [folded["type"], "null"]
            if "enum" in folded and None not in folded["enum"]:
                folded["enum"] = [*folded["enum"], None]
        elif not folded.keys().isdisjoint(("$ref", "allOf", "oneOf", "anyOf")):
            return {"anyOf": [folded, {"type": "null"}]}
    return folded


class Schemas:
    """The schemas of one compiled document."""

    def __init__(self, service: str, document: Mapping[str, Any]) -> None:
        self._uri = f"urn:emporix-mock:{service}"
        self._document = document
        self._registry: jsonschema_rs.Registry | None = None
        self._validators: dict[str, jsonschema_rs.Draft4Validator] = {}

    def validator(self, pointer: str) -> jsonschema_rs.Draft4Validator:
        """The validator of the schema at `pointer`, compiled at the first call."""
        found = self._validators.get(pointer)
        if found is None:
            if self._registry is None:
                folded = in_json_schema(self._document)
                self._registry = jsonschema_rs.Registry([(self._uri, folded)], draft=jsonschema_rs.Draft4)
            found = self._validators[pointer] = jsonschema_rs.Draft4Validator(
                {"$ref": f"{self._uri}#{_fragment(pointer)}"},
                registry=self._registry,
                validate_formats=True,
            )
        return found


def _fragment(pointer: str) -> str:
    return pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def nested_beyond(value: Any, limit: int) -> bool:
    """Whether lists and objects stand in each other more than `limit` times."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def first_violation(validator: jsonschema_rs.Draft4Validator, instance: Any) -> Violation | None:
    """What is wrong with `instance`, None when nothing is."""
    outer = next(iter(validator.iter_errors(instance)), None)
    if outer is None:
        return None
    error = _told(outer)
    path = [str(part) for part in error.instance_path]
    keyword = str(error.kind.name)
    if keyword == "required":
        path.append(str(getattr(error.kind, "property", "")).strip('"'))
    return Violation(".".join(path), keyword, _sentence(error.message))


def _told(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """The error; where no alternative of a choice fits, what is wrong with the one that comes closest.

    That is one of the right type with the fewest things wrong: first of the values that tell alternatives
    apart, then with the instance itself; in doubt the first.
    """
    depth = len(error.instance_path)
    branches = []
    for branch in getattr(error.kind, "context", ()):
        own = [one.kind.name for one in branch if len(one.instance_path) == depth]
        if branch and "type" not in own:
            telling = [one for one in branch if one.kind.name in ("enum", "const")]
            branches.append((len(telling), len(own), len(branch), branch))
    return _told(min(branches, key=lambda found: found[:3])[3][0]) if branches else error


def _sentence(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
