"""References: JSON schemas that the tenant wrote itself, kept and published as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.services.schema.declared import (
    LANGUAGES,
    at_version,
    check_types,
    check_version,
    duplicate,
    missing,
    publish,
    service,
    stale,
    unversioned,
    with_url,
)
from emporix_mock.services.schema.schemas import json_schema, with_version

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _prepare(_ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    check_types(state, new["types"])


REFERENCES = service.resource(
    Resource(
        path="/schema/{tenant}/references",
        collection="references",
        lock="required",
        localized=("name",),
        languages=LANGUAGES,
        filters={"type": "types"},
        mixins=None,
        prepare=_prepare,
        present=with_url,
        missing=missing,
        duplicate=duplicate,
        not_latest=stale,
        unversioned=unversioned,
    )
)

MEMBERS = ("id", "name", "types")


@service.operation("POST-schema-create-reference")
def create(ctx: RequestContext, state: State) -> Result:
    """Register a file."""
    ctx.about.check_payload(ctx.body)
    content = json_schema(ctx.body["file"])
    given = {name: value for name, value in ctx.body["body"].items() if name in MEMBERS}
    document = crud.create(REFERENCES, ctx, state, given)
    publish(state, document, content)
    return Result(201, {"id": document["id"]})


@service.operation("GET-schema-retrieve-reference")
def read(ctx: RequestContext, state: State) -> Document:
    """A reference, in an older version on request."""
    found = crud.read(REFERENCES, ctx, state, ctx.path["id"])
    return REFERENCES.answer(ctx, state, at_version(ctx, state, found))


@service.operation("PUT-schema-update-reference")
def replace(ctx: RequestContext, state: State) -> Result:
    """A new version with its file."""
    ctx.about.check_payload(ctx.body)
    content = json_schema(ctx.body["file"])
    members = (*MEMBERS[1:], "metadata")
    body = with_version(ctx, {name: v for name, v in ctx.body["body"].items() if name in members})
    document, _ = crud.replace(REFERENCES, ctx, state, ctx.path["id"], body, upsert=False)
    publish(state, document, content)
    return Result(204)


@service.operation("DELETE-schema-remove-reference")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a reference; its files stay."""
    check_version(ctx, crud.read(REFERENCES, ctx, state, ctx.path["id"]))
    crud.delete(REFERENCES, ctx, state, ctx.path["id"])
    return Result(204)
