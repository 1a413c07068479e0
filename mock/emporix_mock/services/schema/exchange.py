"""Custom types carried from tenant to tenant with their schemas, as one text."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.services.schema.declared import BAD_EXPORT, TYPES, invalid, service
from emporix_mock.services.schema.schemas import SCHEMAS
from emporix_mock.services.schema.types import CUSTOM_TYPES

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

COPY = "_COPY"
TYPE_MEMBERS = ("id", "name")
SCHEMA_MEMBERS = ("id", "name", "types", "attributes")


@service.operation("POST-schema-export-custom-entities")
def export(ctx: RequestContext, state: State) -> Document:
    """The types named, all without a list, and the schemas that extend them."""
    types, schemas = state.collection(TYPES), state.collection("schemas")
    wanted = ctx.body if ctx.body is not None else types.ids()
    for name in wanted:
        if name not in types:
            raise invalid(BAD_EXPORT, "id", f"There is no custom type '{name}'")
    content = {
        "customEntities": [_only(types.get(name) or {}, TYPE_MEMBERS) for name in wanted],
        "schemas": [_only(schemas.get(key) or {}, SCHEMA_MEMBERS) for key in schemas.among("types", wanted)],
    }
    return {"exportedAt": state.timestamp(), "data": b64encode(orjson.dumps(content)).decode()}


def _only(document: Document, members: tuple[str, ...]) -> Document:
    return {name: document[name] for name in members if name in document}


@service.operation("POST-schema-import-custom-entites")
def take_in(ctx: RequestContext, state: State) -> Result:
    """Create what was exported; an id that is taken gets a suffix."""
    ctx.about.check_payload(ctx.body)
    types, schemas = _read(ctx.body["data"])
    renamed: dict[str, str] = {}
    for custom in types:
        own = renamed[custom["id"]] = _free(state, TYPES, custom["id"])
        crud.create(CUSTOM_TYPES, ctx, state, {**custom, "id": own})
    for schema in schemas:
        new = {
            **schema,
            "id": _free(state, SCHEMAS.collection, schema["id"]),
            "types": [renamed.get(name, name) for name in schema["types"]],
        }
        crud.create(SCHEMAS, ctx, state, new)
    return Result(204)


def _read(data: str) -> tuple[list[Document], list[Document]]:
    try:
        content: Any = orjson.loads(b64decode(data + "=" * (-len(data) % 4)))
        types, schemas = content["customEntities"], content.get("schemas") or []
        complete = all(set(TYPE_MEMBERS) <= set(each) for each in types) and all(
            set(SCHEMA_MEMBERS) <= set(each) for each in schemas
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise invalid(BAD_EXPORT, "data", "This is nothing that was exported") from error
    if not complete:
        raise invalid(BAD_EXPORT, "data", "Types and schemas need id and name, schemas types and attributes")
    return [_only(each, TYPE_MEMBERS) for each in types], [_only(each, SCHEMA_MEMBERS) for each in schemas]


def _free(state: State, collection: str, own: str) -> str:
    while own in state.collection(collection):
        own += COPY
    return own
