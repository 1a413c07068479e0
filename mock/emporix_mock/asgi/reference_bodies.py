"""Bodies on the reference path: Connexion's own validators, with a compiled engine in place of a slow one.

The schemas are Connexion's: references resolved and `nullable` read by it, not by the stub.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import orjson

from emporix_mock.asgi import wording
from emporix_mock.engine.validation import first_violation

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see `framework`
    from connexion.datastructures import MediaTypeDict
    from connexion.exceptions import NonConformingResponseBody
    from connexion.validators import (
        FormDataValidator,
        JSONRequestBodyValidator,
        JSONResponseBodyValidator,
        MultiPartFormDataValidator,
        TextResponseBodyValidator,
    )

if TYPE_CHECKING:
    from starlette.types import Scope


def validator_map(service: str) -> dict[str, Any]:
    """What Connexion takes as `validator_map`; parameters stay with its own validator."""
    compiled = _Compiled()
    return {
        "body": MediaTypeDict(
            {
                "*/*json": partial(_JsonBody, service=service, compiled=compiled),
                "application/x-www-form-urlencoded": FormDataValidator,
                "multipart/form-data": MultiPartFormDataValidator,
            }
        ),
        "response": MediaTypeDict(
            {"*/*json": partial(_JsonAnswer, compiled=compiled), "text/plain": TextResponseBodyValidator}
        ),
    }


class _Cyclic(Exception):
    """A schema that contains itself; references are gone, so it cannot be written down."""


class _Compiled:
    """Validators by the identity of the schema that Connexion hands over, each compiled once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, bool], tuple[Any, jsonschema_rs.Draft4Validator | None]] = {}

    def get(self, schema: Any, *, answer: bool) -> jsonschema_rs.Draft4Validator | None:
        """The validator; None for a schema that contains itself, which Connexion's own engine takes."""
        found = self._kept.get((id(schema), answer))
        if found is None:
            top = {key: part for key, part in schema.items() if key != "components"}
            try:
                plain = plain_schema(top, answer=answer)
                compiled = jsonschema_rs.Draft4Validator(plain, validate_formats=True)
            except _Cyclic:
                compiled = None
            found = self._kept[id(schema), answer] = (schema, compiled)
        return found[1]


def plain_schema(schema: Any, *, answer: bool, inside: frozenset[int] = frozenset()) -> Any:
    """A schema without references in draft 4, as Connexion reads OpenAPI: `nullable` beside `type` and
    `enum`, `writeOnly` properties never in an answer."""
    if not isinstance(schema, dict):
        return schema
    if id(schema) in inside:
        raise _Cyclic
    read = partial(plain_schema, answer=answer, inside=inside | {id(schema)})
    if answer and "writeOnly" in schema:
        return {"not": {}}
    plain: dict[str, Any] = {}
    for key, part in schema.items():
        if key in ("properties", "patternProperties"):
            plain[key] = {name: read(value) for name, value in part.items()}
        elif key in ("allOf", "anyOf", "oneOf"):
            plain[key] = [read(value) for value in part]
        elif key in ("items", "not", "additionalProperties"):
            plain[key] = read(part)
        elif key == "type" and schema.get("nullable"):
            plain[key] = [part, "null"]
        elif key == "enum" and schema.get("nullable"):
            plain[key] = list({orjson.dumps(value): value for value in [*part, None]}.values())
        elif key not in ("example", "examples", "description", "title", "default", "nullable"):
            plain[key] = part
    return plain


class _JsonBody(JSONRequestBodyValidator):
    def __init__(self, *, service: str, compiled: _Compiled, **options: Any) -> None:
        super().__init__(**options)
        self._service = service
        self._compiled = compiled

    def _validate(self, body: Any) -> None:
        validator = self._compiled.get(self._schema, answer=False)
        if validator is None or body is None:
            super()._validate(body)
            return
        found = first_violation(validator, body)
        if found is not None:
            raise wording.invalid(self._service, found)


class _JsonAnswer(JSONResponseBodyValidator):
    def __init__(self, scope: Scope, *, compiled: _Compiled, **options: Any) -> None:
        super().__init__(scope, **options)
        self._compiled = compiled

    def _validate(self, body: Any) -> None:
        validator = self._compiled.get(self._schema, answer=True)
        if validator is None:
            super()._validate(body)
            return
        found = first_violation(validator, body)
        if found is not None:
            raise NonConformingResponseBody(f"/{found.field}: {found.message}")
