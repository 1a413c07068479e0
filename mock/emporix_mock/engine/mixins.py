"""Mixins: groups of further members, each checked against the JSON schema that its URL names.

`mixins.<set>` holds the members, `metadata.mixins.<set>` the URL (conventions, section 13). The URLs that
the schema service of the mock hands out lead back to it, so its files are read where it stores them. A
file of anybody else cannot be had offline.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import orjson

from emporix_mock.engine.rules import MIXIN_WITHOUT_SCHEMA, UNKNOWN_MIXIN_SCHEMA
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import BadRequest, Detail
from emporix_mock.rules.schemas import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Switch
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SERVICE: Final = "schema"
FILES: Final = "files"
VALIDATED: Final = frozenset({"category-tree", "price-service"})
"""Services that are known to refuse a mixin without URL; sites and custom instances say so themselves."""

_PUBLISHED = re.compile(r"/schema/(?P<tenant>[^/]+)/files/(?P<name>[^/]+)\.json")
_VERSION = re.compile(r"(?P<id>.+)_v(?P<version>\d+)")


def check(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Raise 400 for a changed mixin that its schema does not allow; what every resource does by default."""
    del ctx
    check_document(state, new, old)


def check_document(state: State, new: Document, old: Document | None = None) -> None:
    """The same for documents that no resource writes."""
    given = new.get("mixins")
    if not isinstance(given, dict):
        return
    urls = urls_of(new)
    if old is not None and given == old.get("mixins") and urls == urls_of(old):
        return
    for name, value in given.items():
        if value or (name in urls and isinstance(value, dict)):
            _check_one(state, name, value, urls.get(name))


def check_elements(state: State, new: Document, old: Document | None, field: str) -> None:
    """The same for the elements of a list, such as the entries of an order; an id says which was which."""
    before = {element.get("id"): element for element in (old or {}).get(field) or ()}
    for element in new.get(field) or ():
        check_document(state, element, before.get(element.get("id")))


def urls_of(document: Document) -> Mapping[str, Any]:
    """The schema URLs of a document's mixins by name."""
    metadata = document.get("metadata")
    urls = metadata.get("mixins") if isinstance(metadata, dict) else None
    return urls if isinstance(urls, dict) else {}


def _check_one(state: State, name: str, value: Any, url: Any) -> None:
    if not isinstance(url, str):
        wanted = _choice(state, MIXIN_WITHOUT_SCHEMA)
        if wanted == "refuse" or (wanted == "as-documented" and state.service in VALIDATED):
            raise unmatched(name)
        return
    raw = file_at(state, url)
    if raw is None:
        if _choice(state, UNKNOWN_MIXIN_SCHEMA) == "refuse":
            raise unmatched(name)
        return
    check_value(name, raw, value)


def check_value(name: str, raw: bytes, value: Any) -> None:
    """Raise 400 for a mixin that a JSON schema does not allow."""
    faults = list(faults_of(raw, value))
    if faults:
        raise refused(
            [
                Detail(
                    f"{text}: [{':'.join(['mixins', name, *path])}]",
                    ".".join(["mixins", name, *path]),
                    "invalid_field",
                )
                for path, text in faults
            ]
        )


def _choice(state: State, switch: Switch) -> str:
    return state.world.switches.get(switch.id, switch.default)


def unmatched(name: str) -> BadRequest:
    """The 400 for a mixin that no schema belongs to (site document)."""
    return refused([Detail(f"mixins.{name} No matching schema found", f"mixins.{name}", "invalid_field")])


def refused(details: list[Detail]) -> BadRequest:
    """The 400 for mixins, with what is wrong in `details`."""
    text = SEE_DETAILS
    return BadRequest(text, type="validation_violation", details=details, rule="engine/mixin")


# Files.


def file_at(state: State, url: str) -> bytes | None:
    """The JSON schema that a URL names, None for one that the tenant's schema service does not have."""
    name = name_of(state, url)
    return None if name is None else file_named(state, name)


def name_of(state: State, url: str) -> str | None:
    """The name of the file that a URL leads to, whether it is there or not; None for a URL of others.

    A seeded file may have the URL under which the vendor serves it.
    """
    found = _PUBLISHED.fullmatch(urlsplit(url).path)
    if found is not None and found["tenant"] == state.tenant:
        return unquote(found["name"])
    keys = state.world.collection(SERVICE, FILES).find("url", url)
    return keys[0] if keys else None


def usable(schema: Any) -> bool:
    """Whether a JSON value is a JSON schema that values can be checked against."""
    return _validator(orjson.dumps(schema)) is not None


def file_named(state: State, name: str) -> bytes | None:
    """The file `<id>_v<version>`; that of a seeded schema is made from its attributes."""
    kept = _content(state.world.collection(SERVICE, FILES).get(name))
    found = _VERSION.fullmatch(name)
    if kept is not None or found is None:
        return kept
    schema = state.world.collection(SERVICE, "schemas").get(found["id"])
    if schema is None or str((schema.get("metadata") or {}).get("version")) != found["version"]:
        return None
    return orjson.dumps(file_of(schema))


def _content(document: Document | None) -> bytes | None:
    return None if document is None else orjson.dumps(document["content"])


# Values.


def faults_of(raw: bytes, value: Any) -> Iterator[tuple[list[str], str]]:
    """Path and sentence of everything that a JSON schema does not allow in a value.

    A file that is no usable schema allows everything.
    """
    validator = _validator(raw)
    if validator is None:
        return
    for error in validator.iter_errors(value):
        yield [str(part) for part in error.instance_path], _sentence(error)


@lru_cache(maxsize=256)
def _validator(raw: bytes) -> Any:
    try:
        return jsonschema_rs.validator_for(
            orjson.loads(raw), validate_formats=True, offline=True, ignore_unknown_formats=True
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _sentence(error: Any) -> str:
    """The words of the vendor's validator for the keywords that its documents show, else those of ours."""
    kind = error.kind
    if kind.name == "type":
        allowed = {
            name for each in kind.types for name in (("integer", each) if each == "number" else (each,))
        }
        return (
            f"null: instance type ({json_type(error.instance)}) does not match any allowed primitive type "
            f"(allowed: {orjson.dumps(sorted(allowed)).decode()})"
        )
    if kind.name == "required":
        return f"object has missing required properties ({orjson.dumps([kind.property]).decode()})"
    if kind.name == "enum":
        value, options = orjson.dumps(error.instance).decode(), orjson.dumps(kind.options).decode()
        return f"null: instance value ({value}) not found in enum (possible values: {options})"
    return f"null: {error.message}"


def json_type(value: Any) -> str:
    """The name that JSON schema has for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    names = {float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")
