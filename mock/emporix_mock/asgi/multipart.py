"""Bodies of several parts: split by python-multipart, decoded by what the document says of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from emporix_mock.engine.context import Upload

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Reader:
    """Collects the parts as the parser finds them."""

    def __init__(self) -> None:
        self.parts: list[tuple[dict[str, str], bytearray]] = []
        self._field = self._value = b""

    def on_part_begin(self) -> None:
        self.parts.append(({}, bytearray()))

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self.parts[-1][0][self._field.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._field = self._value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1][1].extend(data[start:end])


def parts(content_type: bytes, raw: bytes) -> list[tuple[str, Upload, bool]]:
    """The parts of a body: name, contents, whether it has a file name. ValueError for a malformed body."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise ValueError("The boundary of the parts is missing")
    reader = _Reader()
    names = ("on_part_begin", "on_header_field", "on_header_value", "on_header_end", "on_part_data")
    parser = MultipartParser(boundary, {name: getattr(reader, name) for name in names})  # type: ignore[arg-type]
    try:
        parser.write(raw)
        parser.finalize()
    except MultipartParseError as error:
        raise ValueError(str(error)) from error
    found = []
    for headers, data in reader.parts:
        _, named = parse_options_header(headers.get("content-disposition", ""))
        name = named.get(b"name", b"").decode("utf-8", "replace")
        filename = named.get(b"filename", b"").decode("utf-8", "replace")
        media_type = headers.get("content-type", "application/octet-stream")
        found.append((name, Upload(filename, media_type, bytes(data)), b"filename" in named))
    return found


def body_of(content_type: bytes, raw: bytes, members: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The body by part name; `members` are the schemas of the parts.

    A part that the document calls a string is a file where it is binary or has a file name; one that it
    calls anything else holds JSON. ValueError for what is neither.
    """
    body: dict[str, Any] = {}
    for name, upload, has_filename in parts(content_type, raw):
        schema = members.get(name, {})
        several = schema.get("type") == "array"
        if several:
            schema = schema.get("items") or {}
        value = _decoded(upload, schema, has_filename=has_filename)
        if several:
            body.setdefault(name, []).append(value)
        else:
            body[name] = value
    return body


def _decoded(upload: Upload, schema: Mapping[str, Any], *, has_filename: bool) -> Any:
    if schema.get("type") == "string" or not schema:
        if has_filename or schema.get("format") == "binary":
            return upload
        return upload.content.decode("utf-8", "replace")
    return orjson.loads(upload.content)


def checkable(body: Any) -> Any:
    """The body with texts for its files, as a schema sees it."""
    if isinstance(body, Upload):
        return body.filename
    if isinstance(body, dict):
        return {name: checkable(value) for name, value in body.items()}
    return [checkable(value) for value in body] if isinstance(body, list) else body
