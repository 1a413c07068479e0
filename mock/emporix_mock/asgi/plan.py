"""The plan of an operation: all that can be decided once, decided at its first request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from emporix_mock.asgi import multipart, wording
from emporix_mock.asgi.errors import REQUIRED
from emporix_mock.engine.facts import Facts
from emporix_mock.engine.validation import Violation, first_violation, nested_beyond
from emporix_mock_spec.operation import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import jsonschema_rs

    from emporix_mock.engine.context import Handler
    from emporix_mock.engine.service import Access
    from emporix_mock.engine.validation import Schemas
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.tokens import Kind
    from emporix_mock_spec.operation import Content, Operation, Parameter

_BOOLEANS = {"true": True, "false": False}
DEEPEST = 200
"""How many levels a body may have; what reads and writes JSON here goes down some 250."""

_UNCONSTRAINED = {"type", "default", "example", "description", "items", "title", "nullable"}

_ELEMENTS_ONLY = {"type", "items", "example", "description", "title", "nullable"}
GOOD_LENGTH = 4096

ELEMENTS = "[]"
"""Stands for the elements of a body that is a list, where names of properties are expected."""

JSON, FORM, TEXT, PARTS = "json", "form", "text", "parts"

KINDS: tuple[Kind, ...] = ("service", "anonymous", "customer", "employee")

GATEWAY_STATUSES = frozenset({401, 404, 405, 406, 413, 414, 415, 429, 431})
"""What the gateway answers for every operation, documented or not."""


def _integer(text: str) -> int:
    return int(text)


def _number(text: str) -> float:
    return float(text)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


class ParameterPlan:
    """How one parameter is read: its name on the wire, conversion, check and default."""

    __slots__ = ("array", "convert", "default", "explode", "item", "key", "name", "required", "validator")

    def __init__(self, parameter: Parameter, schemas: Schemas) -> None:
        schema = parameter.schema
        kind = schema.get("type")
        self.name = parameter.name.lower() if parameter.place == "header" else parameter.name
        self.key = self.name.encode("latin-1", "replace")
        self.required = parameter.required
        self.default = schema.get("default")
        self.array = kind == "array"
        self.explode = parameter.explode
        self.item = CONVERTERS.get((schema.get("items") or {}).get("type", "")) if self.array else None
        self.convert = CONVERTERS.get(kind) if isinstance(kind, str) else None
        constrained = not set(schema) <= _UNCONSTRAINED or self.array
        self.validator = schemas.validator(parameter.pointer) if constrained and schema else None

    def read(self, text: str) -> Any:
        """The typed value of one occurrence; a `Violation` when it breaks the schema."""
        try:
            if self.array:
                parts = [part for part in text.split(",") if part] if text else []
                value: Any = [self.item(part) if self.item else part for part in parts]
            else:
                value = self.convert(text) if self.convert else text
        except (ValueError, KeyError):
            return Violation(self.name, "type", f"'{text}' is not a valid value of {self.name}")
        if self.validator is not None and not self.validator.is_valid(value):
            found = first_violation(self.validator, value)
            return Violation(
                self.name, found.keyword if found else "type", found.message if found else "invalid"
            )
        return value


class Plan:
    """Everything about one operation that does not change from request to request."""

    def __init__(
        self,
        operation: Operation,
        document: Mapping[str, Any],
        schemas: Schemas,
        *,
        handler: Handler,
        level: str,
        access: Access | None,
        media_types: tuple[str, ...] = (),
        parameter_aliases: Mapping[str, str] | None = None,
        per_item: bool = False,
    ) -> None:
        self.operation = operation
        self.id = operation.id
        self.service = operation.service
        self.document = document
        self.schemas = schemas
        self.handler = handler
        self.level = level
        self.level_header = (b"x-emporix-mock-level", level.encode())
        self.access = access
        self.success = operation.success
        self.names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        self.tenant_at = self.names.index("tenant") if "tenant" in self.names else None
        by_place: dict[str, list[ParameterPlan]] = {"path": [], "query": [], "header": [], "cookie": []}
        for parameter in operation.parameters:
            by_place.setdefault(parameter.place, []).append(ParameterPlan(parameter, schemas))
        self.path_checks = [
            (self.names.index(p.name), p)
            for p in by_place["path"]
            if p.name in self.names and (p.validator is not None or p.convert is not None)
        ]
        self.query = by_place["query"]
        self.query_required = [p.name for p in self.query if p.required]
        self.query_defaults = {p.name: p.default for p in self.query if p.default is not None}
        self.query_expected = bool(self.query_required or self.query_defaults)
        self.query_by_name = {p.name: p for p in self.query}
        self.query_by_language: dict[str, ParameterPlan] = {}
        for given, documented in (parameter_aliases or {}).items():
            named = self.query_by_language if given.endswith(".*") else self.query_by_name
            named[given.removesuffix(".*")] = self.query_by_name[documented]
        self.headers = by_place["header"]
        scopeless = [need.schemes for need in operation.security if not need.scopes]
        self.kinds = frozenset(
            kind for kind in KINDS if any(all(accepts(s, kind) for s in schemes) for schemes in scopeless)
        )
        self.public = not operation.security and access is None
        self.scopes = tuple(dict.fromkeys(scope for need in operation.security for scope in need.scopes))
        self.scopes_vary = any("{" in scope for scope in self.scopes)
        self.bodies = {media: (_kind_of(media), self._validator(c)) for media, c in operation.body.items()}
        for media in media_types:
            self.bodies[media] = (_kind_of(media), next(iter(self.bodies.values()))[1])
        self.per_item = per_item
        if per_item:  # the handler looks at the elements one by one
            self.bodies = {media: (kind, None) for media, (kind, _) in self.bodies.items()}
        self._as_written = {media.encode(): body for media, body in self.bodies.items()}
        self.facts = Facts(document, operation, schemas, self.invalid)
        self._answers: dict[int, jsonschema_rs.Draft4Validator | None] = {}
        self._by_element: dict[int, bool] = {}
        self._good: set[bytes] = set()
        self._families: dict[int, Mapping[str, Mapping[str, Any]] | None] = {}

    def _validator(self, content: Content) -> jsonschema_rs.Draft4Validator | None:
        return None if content.schema is None else self.schemas.validator(content.pointer)

    # Requests.

    def path_values(self, values: list[str]) -> dict[str, str]:
        """Path parameters by name, checked; the error of the first that breaks its schema."""
        path = dict(zip(self.names, values, strict=True))
        if not self.path_checks:
            return path
        for index, parameter in self.path_checks:
            found = parameter.read(values[index])
            if isinstance(found, Violation):
                raise self.invalid(found)
        return path

    def query_values(self, raw: bytes) -> dict[str, Any]:
        """Declared query parameters, typed, with defaults; unknown ones are ignored as Emporix does."""
        given: dict[str, Any] = {}
        if raw:
            for name, text in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
                parameter = self.query_by_name.get(name)
                if parameter is not None:
                    name = parameter.name  # noqa: PLW2901  # an alias counts as what it stands for
                elif (parameter := self.query_by_language.get(name.partition(".")[0])) is None:
                    continue
                value = parameter.read(text)
                if isinstance(value, Violation):
                    raise self.invalid(value)
                if parameter.array and parameter.explode and name in given:
                    value = given[name] + value
                given[name] = value
        for name in self.query_required:
            if name not in given:
                raise self.invalid(Violation(name, "required", f"Parameter {name} is missing"))
        return {**self.query_defaults, **given} if self.query_defaults else given

    def header_values(self, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
        """Declared header parameters by lower-case name, typed."""
        given: dict[str, Any] = {}
        for parameter in self.headers:
            raw = headers.get(parameter.key)
            if raw is None:
                if parameter.required:
                    raise self.invalid(
                        Violation(parameter.name, "required", f"Header {parameter.name} is missing")
                    )
                if parameter.default is not None:
                    given[parameter.name] = parameter.default
                continue
            value = parameter.read(raw.decode("latin-1"))
            if isinstance(value, Violation):
                raise self.invalid(value)
            given[parameter.name] = value
        return given

    def body_value(self, content_type: bytes, raw: bytes) -> Any:
        """The decoded and checked body; None where it is absent and optional."""
        if not self.bodies:
            return _undeclared(raw)
        if not raw:
            if self.operation.body_required:
                raise wording.missing_payload(self.service)
            return None
        kind, validator = self._as_written.get(content_type) or self._body_plan(content_type)
        if kind == JSON:
            try:
                value = orjson.loads(raw)
            except orjson.JSONDecodeError as error:
                raise wording.malformed(self.service, str(error)) from error
            if len(raw) > 2 * DEEPEST and raw.count(b"[") + raw.count(b"{") > DEEPEST:
                self._check_depth(value)
        elif kind == FORM:
            value = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        elif kind == PARTS:
            value = self._parts(content_type, raw)
            if validator is not None and not validator.is_valid(multipart.checkable(value)):
                self._refuse(validator, multipart.checkable(value))
            return value
        else:
            return raw
        if validator is not None and not validator.is_valid(value):
            self._refuse(validator, value)
        return value

    def _check_depth(self, value: Any) -> None:
        if nested_beyond(value, DEEPEST):
            raise wording.malformed(self.service, f"nested more than {DEEPEST} levels deep")

    def check_body(self, value: Any) -> None:
        """The same check of a body that another service gives, decoded as it is."""
        if self.bodies:
            validator = self._body_plan(b"application/json")[1]
            if validator is not None and not validator.is_valid(value):
                self._refuse(validator, value)

    def _refuse(self, validator: jsonschema_rs.Draft4Validator, value: Any) -> None:
        found = first_violation(validator, value)
        if found is not None:
            raise self.invalid(found)

    def _parts(self, content_type: bytes, raw: bytes) -> dict[str, Any]:
        content = self.operation.body.get("multipart/form-data")
        members = properties(self.document, content.schema) if content else {}
        try:
            return multipart.body_of(content_type, raw, members)
        except ValueError as error:
            raise wording.malformed(self.service, str(error)) from error

    def _body_plan(self, content_type: bytes) -> tuple[str, Any]:
        media = media_of(content_type)
        found = self.bodies.get(media)
        if found is not None:
            return found
        if not media or media == "*/*":
            return next(iter(self.bodies.values()))
        raise wording.wrong_media_type(self.service, media, list(self.bodies))

    def invalid(self, violation: Violation) -> EmporixError:
        """The 400 of this service for a value that breaks the document."""
        return wording.invalid(self.service, violation)

    # Answers.

    def documents(self, status: int) -> bool:
        """Whether the document lists the status for this operation."""
        return status in self.operation.responses

    def answer_violation(self, status: int, body: Any) -> Violation | None:
        """What is wrong with an answer; None when it keeps the contract."""
        if status not in self._answers:
            content = next(iter((self.operation.responses.get(status) or {}).values()), None)
            self._answers[status] = None if content is None else self._validator(content)
        validator = self._answers[status]
        if validator is None or validator.is_valid(body):
            return None
        return first_violation(validator, body)

    def stored_violation(self, status: int, stored: bytes | Sequence[bytes]) -> Violation | None:
        """The same for stored documents; what was found good once is not looked at again."""
        documents, single = ((stored,), True) if isinstance(stored, bytes) else (stored, False)
        if not single and not self._checks_elements(status):
            return self.answer_violation(status, [orjson.loads(raw) for raw in documents])
        for raw in documents:
            if raw not in self._good:
                value = orjson.loads(raw)
                found = self.answer_violation(status, value if single else [value])
                if found is not None:
                    return found
                if len(self._good) >= GOOD_LENGTH:
                    self._good.clear()
                self._good.add(raw)
        return None

    def _checks_elements(self, status: int) -> bool:
        """Whether a list is good for its schema if each of its elements is."""
        if status not in self._by_element:
            content = next(iter((self.operation.responses.get(status) or {}).values()), None)
            schema = follow(self.document, content.schema, "")[0] if content and content.schema else {}
            self._by_element[status] = set(schema) <= _ELEMENTS_ONLY
        return self._by_element[status]

    def family(self, status: int) -> Mapping[str, Mapping[str, Any]] | None:
        """Property names and schemas of the error body for a status: the operation's, else a neighbour's."""
        if status not in self._families:
            responses = self.operation.responses
            order = [status, *(s for s in (400, 404, 409, 403, 500) if s != status)]
            self._families[status] = next(
                (
                    names
                    for s in order
                    for content in (responses.get(s) or {}).values()
                    if (names := _members(self.document, content.schema))
                    and (s == status or "fault" not in names)
                ),
                None,
            )
        return self._families[status]


def accepts(scheme: str, kind: Kind) -> bool:
    """Whether a scheme without scopes, named after a kind of token, is met by tokens of `kind`."""
    name = scheme.lower()
    if "customer" in name:
        return kind in ("customer", "employee")
    return "anonymous" not in name or kind == "anonymous"


def media_of(content_type: bytes) -> str:
    """The media type of a header, without parameters and in lower case; empty without one."""
    return content_type.split(b";", 1)[0].strip().lower().decode("latin-1")


def _kind_of(media: str) -> str:
    base = media.split(";", 1)[0].strip()
    if base == "application/x-www-form-urlencoded":
        return FORM
    if base == "multipart/form-data":
        return PARTS
    # `application:json` is a typo of one upstream document; it means JSON.
    if base.endswith(("/json", "+json", ":json")):
        return JSON
    return TEXT


def _undeclared(raw: bytes) -> Any:
    """A body that the document does not declare: two bulk deletes need one, elsewhere it is ignored."""
    if not raw:
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _members(document: Mapping[str, Any], schema: Any) -> dict[str, Mapping[str, Any]]:
    """The properties of an error body; `errors.REQUIRED` marks those that it may not lack."""
    found = properties(document, schema)
    needed = follow(document, schema, "")[0].get("required") or () if schema else ()
    return {name: {**node, REQUIRED: True} if name in needed else node for name, node in found.items()}


def properties(document: Mapping[str, Any], schema: Any, depth: int = 0) -> dict[str, Mapping[str, Any]]:
    """The properties of an object schema with `allOf` merged and the first of several alternatives taken."""
    schema, _ = follow(document, schema, "")
    if not isinstance(schema, dict) or depth > 5:
        return {}
    if depth == 0 and schema.get("type") == "array":
        return {ELEMENTS: {"properties": properties(document, schema.get("items"), 1)}}
    found: dict[str, Mapping[str, Any]] = {}
    for part in schema.get("allOf") or []:
        found.update(properties(document, part, depth + 1))
    for word in ("oneOf", "anyOf"):
        for part in (schema.get(word) or [])[:1]:
            found.update(properties(document, part, depth + 1))
    for name, node in (schema.get("properties") or {}).items():
        resolved = follow(document, node, "")[0]
        if isinstance(resolved, dict) and "items" in resolved:
            items = dict(follow(document, resolved["items"], "")[0] or {})
            if "properties" not in items and "type" not in items:
                items["properties"] = properties(document, items, depth + 1)
            resolved = {**resolved, "items": items}
        found[name] = resolved
    return found
