"""Checking documents: are they valid OpenAPI, do the repairs fit, do the examples fit their schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from emporix_mock_spec.compile import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock_spec.load import Source

__all__ = ["Finding", "validate"]

_DOCUMENT: Final = "urn:document"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a document: what kind, where in it and why."""

    service: str
    kind: Literal["invalid", "unmatched", "refused", "example"]
    where: str
    why: str


def validate(source: Source, service: str, *, examples: bool = False) -> list[Finding]:
    """Everything wrong with the document of `service` in `source`; with `examples` those too.

    Raises `SpecError` when there is no document to check.
    """
    applied = source.repair(service)
    document = applied.document
    found = [
        Finding(service, "unmatched", action.target, f"this repair finds nothing to mend: {action.reason}")
        for action in applied.unmatched
    ]
    found += [Finding(service, "refused", action.target, why) for action, why in applied.refused]
    found += [Finding(service, "invalid", where, why) for where, why in _errors(document)]
    if examples:
        found += [Finding(service, "example", where, why) for where, why in _misfits(document)]
    return found


def _errors(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    import openapi_spec_validator as validator  # noqa: PLC0415  # slow to import

    version = str(document["openapi"])
    kind = (
        validator.OpenAPIV30SpecValidator if version.startswith("3.0") else validator.OpenAPIV31SpecValidator
    )
    for error in kind(document).iter_errors():
        yield "#/" + "/".join(str(part) for part in error.absolute_path), error.message.split("\n")[0]


def _misfits(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Examples that break the schema they stand beside, and how."""
    import jsonschema_rs  # noqa: PLC0415  # not needed without examples

    registry = jsonschema_rs.Registry([(_DOCUMENT, _with_null(document))], draft=jsonschema_rs.Draft4)
    for pointer, owner in _examples_owners(document, ""):
        reference = {"$ref": f"{_DOCUMENT}#{quote(pointer, safe='/~$-_.')}/schema"}
        checker = jsonschema_rs.Draft4Validator(reference, registry=registry)
        for name, value in _examples(document, owner):
            for error in checker.iter_errors(value):
                yield f"#{pointer}/{name}", error.message.split("\n")[0]
                break


def _examples_owners(node: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that holds both a schema and examples for it."""
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict) and ("example" in node or "examples" in node):
            yield pointer, node
        for key, part in node.items():
            if key not in {"example", "examples"}:
                yield from _examples_owners(part, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from _examples_owners(part, f"{pointer}/{index}")


def _examples(document: dict[str, Any], owner: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "example" in owner:
        yield "example", owner["example"]
    named = owner.get("examples")
    for name, node in named.items() if isinstance(named, dict) else ():
        found = resolve(document, node)
        if isinstance(found, dict) and "value" in found:
            yield f"examples/{name}", found["value"]


def _with_null(node: Any) -> Any:
    """`node` with OpenAPI's `nullable: true` written as JSON Schema understands it."""
    if isinstance(node, list):
        return [_with_null(part) for part in node]
    if not isinstance(node, dict):
        return node
    out = {key: _with_null(part) for key, part in node.items()}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        out["type"] = [node["type"], "null"]
        if isinstance(node.get("enum"), list):
            out["enum"] = [*node["enum"], None]
    return out
