"""A valid answer and a valid request body for any documented operation, before it has a behaviour.

What the document itself shows comes first, if the schema accepts it; else a value is generated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.composition import Place
from emporix_mock.engine.generation import MISSING, Generator
from emporix_mock_spec.operation import at, follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.validation import Schemas
    from emporix_mock_spec.operation import Content, Operation

_NO_BODY: Final = frozenset({204, 205, 304})
_TEXTS: Final[Mapping[str, str]] = {
    "text/event-stream": "data: {}\n\n",
    "application/xml": '<?xml version="1.0" encoding="UTF-8"?>\n<response/>\n',
    "text/xml": '<?xml version="1.0" encoding="UTF-8"?>\n<response/>\n',
    "multipart/form-data": '--example\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--example--\r\n',
}
# An empty page without a cross-reference table, which readers rebuild.
_PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True, slots=True)
class Example:
    """An answer. `body` is None where there is none, text or bytes for a media type other than JSON."""

    status: int
    media_type: str | None
    body: Any


def example_of(document: Mapping[str, Any], operation: Operation, schemas: Schemas) -> Example:
    """The answer of an operation that has no behaviour yet, the same at every call.

    JSON is chosen where the success status has several media types, and its body is valid for the
    schema. Only where the schema contradicts itself it is what the document shows, valid or not, or
    nothing. Other media types: the text the document shows, or one after the schema (`text/plain`,
    an event stream), or a minimal text of its kind (XML, multipart); bytes for PDF and any other file.
    A redirect and a status without content have no body.
    """
    status = operation.success
    contents = operation.responses.get(status, {})
    if status >= 300 or status in _NO_BODY or not contents or operation.method == "HEAD":
        return Example(status, None, None)
    media = _preferred(contents)
    content = contents[media]
    if is_json(media):
        found = _valid(document, content, schemas, request=False)
        if found is MISSING:
            found = next(_shown(document, content), None)
        return Example(status, media, found)
    return Example(status, media, _foreign(document, media, content, schemas))


def request_example(document: Mapping[str, Any], operation: Operation, schemas: Schemas) -> Any | None:
    """A valid request body; None where the operation takes none or its schema admits none.

    JSON where there is a choice. For a form it is an object, field by field, with bytes for a file.
    """
    if not operation.body:
        return None
    media = _preferred(operation.body)
    content = operation.body[media]
    if not (is_json(media) or media.startswith(("multipart/", "application/x-www-form-urlencoded"))):
        return _foreign(document, media, content, schemas)
    found = _valid(document, content, schemas, request=True)
    if found is MISSING:
        return None
    return {**found, **_files(document, content, found)} if media.startswith("multipart/") else found


def is_json(media: str) -> bool:
    """Whether a media type is JSON or built on it."""
    essence = media.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def _preferred(contents: Mapping[str, Content]) -> str:
    ranked = sorted(
        contents, key=lambda media: (not media.startswith("application/json"), not is_json(media))
    )
    return ranked[0]


def _valid(document: Mapping[str, Any], content: Content, schemas: Schemas, *, request: bool) -> Any:
    """What the document shows if it is valid, else a generated value, `MISSING` without either."""
    if content.schema is None:
        return next(_shown(document, content), MISSING)
    validator = schemas.validator(content.pointer)
    for shown in _shown(document, content):
        if validator.is_valid(shown):
            return _apart(shown)
    found = Generator(document, schemas, request=request).value(Place(content.schema, content.pointer))
    return found if found is MISSING else _apart(found)


def _apart(value: Any) -> Any:
    """A copy that shares nothing with the document or with itself, so that callers may change it."""
    return json.loads(json.dumps(value))


def _shown(document: Mapping[str, Any], content: Content) -> Iterator[Any]:
    """The examples of a media type, then the one of its schema."""
    node = at(document, content.pointer.rsplit("/", 1)[0])
    if "example" in node:
        yield node["example"]
    for named in (node.get("examples") or {}).values():
        found = follow(document, named, "")[0]
        if "value" in found:
            yield found["value"]
    schema = follow(document, content.schema or {}, "")[0]
    if "example" in schema:
        yield schema["example"]


def _foreign(document: Mapping[str, Any], media: str, content: Content, schemas: Schemas) -> str | bytes:
    """A body that is not JSON."""
    essence = media.partition(";")[0]
    if essence == "application/pdf":
        return _PDF
    for shown in _shown(document, content):
        if isinstance(shown, str):
            return shown
    if essence in _TEXTS:
        return _TEXTS[essence]
    found = _valid(document, content, schemas, request=False)
    text = found if isinstance(found, str) else "example"
    return text if essence.startswith("text/") else text.encode()


def _files(document: Mapping[str, Any], content: Content, form: Mapping[str, Any]) -> dict[str, bytes]:
    """The parts of a form that are files, whatever the schema calls their type."""
    properties = follow(document, content.schema or {}, "")[0].get("properties") or {}
    schemas = {name: follow(document, properties.get(name, {}), "")[0] for name in form}
    return {
        name: b"{}" if schema.get("format") == "json" else b"example"
        for name, schema in schemas.items()
        if schema.get("format") in ("binary", "json")
    }
