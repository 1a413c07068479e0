"""Custom types: each brings its scopes with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.platform import scopes
from emporix_mock.rules.schemas import PREDEFINED
from emporix_mock.services.schema.declared import (
    LANGUAGES,
    TYPE_HELD,
    TYPE_ID,
    TYPES,
    duplicate,
    invalid,
    missing,
    service,
    stale,
    with_url,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FORM = re.compile(r"[A-Z][A-Z0-9_]*")


def _prepare(_ctx: RequestContext, _state: State, new: Document, old: Document | None) -> None:
    if old is None and not FORM.fullmatch(new["id"]):
        raise invalid(TYPE_ID, "id", "Upper-case letters, digits and underscores, a letter first")
    if new["id"] in PREDEFINED:
        raise invalid(TYPE_ID, "id", f"The type '{new['id']}' is reserved")


def _after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Scopes come with a type and stay after it."""
    if old is None and new is not None:
        scopes.provide(state.world, scopes.of_types([new["id"]]))
    if new is None and old is not None:
        state.emit("schema.custom-type-deleted", {"tenant": state.tenant, "id": old["id"]})


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    if not ctx.query.get("expandSchemas"):
        return document
    schemas = state.collection("schemas")
    keys = schemas.among("types", (document["id"],))
    found = [schema for key in keys if (schema := schemas.get(key)) is not None]
    document["schemas"] = {schema["id"]: with_url(ctx, state, schema) for schema in found}
    return document


def _held(key: str) -> EmporixError:
    return TYPE_HELD(
        f"Cannot delete custom schema type='{key}' because there are custom entities"
        " associated with this type."
    )


CUSTOM_TYPES = service.resource(
    Resource(
        path="/schema/{tenant}/custom-entities",
        collection=TYPES,
        new_id="given",
        localized=("name",),
        languages=LANGUAGES,
        mixins=None,
        prepare=_prepare,
        present=_present,
        after=_after,
        held_by={"instances": PARENT},
        held=_held,
        missing=missing,
        duplicate=duplicate,
        not_latest=stale,
    )
)
