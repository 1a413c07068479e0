"""Schemas made of attributes: versioned, each version published as a JSON schema file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import crud, mixins
from emporix_mock.engine.context import Result, Upload
from emporix_mock.engine.resource import Resource
from emporix_mock.rules.schemas import PREDEFINED, attributes_of, completed, fault, file_of
from emporix_mock.services.schema.declared import (
    ATTRIBUTES,
    BAD_FILE,
    FILES,
    LANGUAGES,
    TYPES,
    at_version,
    check_types,
    check_version,
    duplicate,
    file_name,
    invalid,
    missing,
    publish,
    service,
    stale,
    unversioned,
    with_url,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _prepare(_ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    check_types(state, new["types"])
    found = fault(new["attributes"], new["types"])
    if found is not None:
        raise invalid(ATTRIBUTES, *found)
    new["attributes"] = completed(new["attributes"])


def _after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    if new is not None:
        publish(state, new, file_of(new))
    elif old is not None and file_name(old) not in state.collection(FILES):
        publish(state, old, file_of(old))  # that of a seeded one


SCHEMAS = service.resource(
    Resource(
        path="/schema/{tenant}/schemas",
        collection="schemas",
        lock="required",
        localized=("name",),
        languages=LANGUAGES,
        filters={"type": "types"},
        mixins=None,
        prepare=_prepare,
        present=with_url,
        after=_after,
        missing=missing,
        duplicate=duplicate,
        not_latest=stale,
        unversioned=unversioned,
    )
)


@service.operation("GET-schema-retrieve-schema")
def read(ctx: RequestContext, state: State) -> Document:
    """A schema, in an older version on request."""
    found = crud.read(SCHEMAS, ctx, state, ctx.path["id"])
    return SCHEMAS.answer(ctx, state, at_version(ctx, state, found))


@service.operation("PUT-schema-update-schema")
def replace(ctx: RequestContext, state: State) -> Result:
    """A new version, named by the body or by the query."""
    ctx.about.check_payload(ctx.body)
    body = with_version(ctx, crud.accepted(ctx, SCHEMAS))
    crud.replace(SCHEMAS, ctx, state, ctx.path["id"], body, upsert=False)
    return Result(204)


def with_version(ctx: RequestContext, body: Document) -> Document:
    """The body with the version of the query where it has none of its own."""
    if "version" not in ctx.query:
        return body
    return {**body, "metadata": {"version": ctx.query["version"], **(body.get("metadata") or {})}}


@service.operation("DELETE-schema-remove-schema")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a schema; its files stay."""
    check_version(ctx, crud.read(SCHEMAS, ctx, state, ctx.path["id"]))
    crud.delete(SCHEMAS, ctx, state, ctx.path["id"])
    return Result(204)


@service.operation("PUT-schema-update-schema-types")
def change_types(ctx: RequestContext, state: State) -> Result:
    """Set, add or remove types; the version stays as it is."""
    ctx.about.check_payload(ctx.body)
    schema = crud.read(SCHEMAS, ctx, state, ctx.path["id"])
    check_version(ctx, schema)
    given, mode = dict.fromkeys(ctx.body), ctx.query["mode"]
    check_types(state, given)
    if mode == "ADD":
        given = dict.fromkeys([*schema["types"], *given])
    elif mode == "REMOVE":
        given = dict.fromkeys(name for name in schema["types"] if name not in given)
    schema["types"] = list(given)
    _prepare(ctx, state, schema, schema)
    schema["metadata"]["modifiedAt"] = state.timestamp()
    state.collection(SCHEMAS.collection).put(schema["id"], schema)
    publish(state, schema, file_of(schema))
    return Result(204)


@service.operation("POST-schema-parse-schema-file")
def parse(ctx: RequestContext, state: State) -> Document:
    """The attributes of a JSON schema file; nothing is stored."""
    ctx.about.check_payload(ctx.body)
    content = json_schema(ctx.body["file"])
    try:
        attributes = attributes_of(content)
    except ValueError as error:
        raise invalid(BAD_FILE, "file", str(error)) from error
    own = ctx.body.get("id") or state.ids.object_id()
    return {"id": own, "attributes": attributes, "metadata": {"version": 1}}


def json_schema(file: Any) -> dict[str, Any]:
    """The JSON schema in an uploaded file. Raises 400 for anything else."""
    try:
        content = orjson.loads(file.content if isinstance(file, Upload) else file)
    except ValueError as error:
        raise invalid(BAD_FILE, "file", f"The file is not JSON: {error}") from error
    if not isinstance(content, dict) or not mixins.usable(content):
        raise invalid(BAD_FILE, "file", "The file is no JSON schema")
    return content


@service.operation("GET-schema-retrieve-schema-types")
def list_types(_ctx: RequestContext, state: State) -> list[str]:
    """Everything that a schema can extend: what every tenant has, and the custom types."""
    return [*PREDEFINED, *state.collection(TYPES).ids()]


@service.page("/schema/{tenant}/files/{file}")
def file(ctx: RequestContext, state: State) -> Result:
    """A published JSON schema."""
    name, _, ending = ctx.path["file"].rpartition(".")
    raw = mixins.file_named(state, name) if ending == "json" else None
    if raw is None:
        raise missing(ctx.path["file"])
    return Result(200, raw=raw)
