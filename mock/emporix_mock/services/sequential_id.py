"""Sequential-id service: schemas of numbers and the numbers drawn from them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.metadata import first
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.sequences import UnresolvedError, faults, resolved, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MOST_IDS = 10_000
WHOLE_SITE = {"expand": "mixin:*,payment:all,shipping:all,tax:all"}
POOL_OF, POOL_KEY = "_poolOf", "_poolKey"

service = Service("sequential-id")

INVALID = service.rule("invalid-schema", 400, source="document, texts of creating a schema; bounds: choice")
UNRESOLVED = service.rule("unresolved-placeholder", 400, source="document, texts of drawing an id")
EXHAUSTED = service.rule("exhausted", 400, source="document, maxValue: no more ids [status: choice]")
TOO_MANY = service.rule("too-many-ids", 400, source="undocumented: whole numbers up to 10,000 [choice]")
UNKNOWN_NAME = service.rule("unknown-schema", 400, source="the batch documents no 404 [choice]")
UNKNOWN_SITE = service.rule("unknown-site", 400, source="undocumented: siteCode of no site [choice]")

FIRST = service.switch(
    "first-number",
    "start",
    "after-start",
    about="the first number that a schema gives: startValue or the one after it",
    source="document and guide: startValue; client-quirks 92 measured the next",
)
REFUSED = service.switch(
    "refused-call",
    "takes-number",
    "takes-none",
    about="whether a call that is refused for its placeholders uses a number up",
    source="client-quirks 92, measured",
)
ANSWER = service.switch(
    "id-answer",
    "json",
    "text",
    about="how a drawn id and the id of a new schema are answered: an object or plain text",
    source="document: an object; client-quirks 92 measured plain text",
)
ABSENT = service.switch(
    "read-of-absent-schema",
    "not-found",
    "empty",
    about="reading a schema that is not there: 404, or 200 without a body",
    source="undocumented; client-quirks 92 measured the empty body",
)
POOLS = service.switch(
    "keyed-pools",
    "listed",
    "hidden",
    about="whether the pools of sequence keys appear among the schemas, named <type>--<key>",
    source="client-quirks 92, measured",
)


def missing(_schema_id: str) -> EmporixError:
    """404 for an id that no schema has."""
    return NotFound(body={"status": 404, "message": "Resource does not exist."})


def refused(rule: Rule, *problems: tuple[str, str]) -> EmporixError:
    """400 that names the fields at fault."""
    details = [{"field": field, "message": message} for field, message in problems]
    return rule(body={"status": 400, "message": PROBLEMS, "errorDetails": details})


def _prepare(_ctx: RequestContext, _state: State, new: Document, old: Document | None) -> None:
    if old is None:
        found = list(faults(new))
        if found:
            raise refused(INVALID, *found)
        new.setdefault("active", False)


def _present(_ctx: RequestContext, _state: State, document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in (POOL_OF, POOL_KEY)}


SCHEMAS = service.resource(
    Resource(
        path="/sequential-id/{tenant}/schemas",
        collection="schemas",
        prepare=_prepare,
        present=_present,
        visible=lambda ctx, _state, document: POOL_OF not in document or ctx.switch(POOLS) == "listed",
        cascade={"schemas": POOL_OF},
        missing=missing,
    )
)


def _answer(ctx: RequestContext, own: str) -> Result:
    if ctx.switch(ANSWER) == "text" and not ctx.caller().is_platform:
        return Result(201, raw=own.encode(), media_type="text/plain")
    return Result(201, {"id": own})


@service.operation("POST-sequential-id-create-tenant-schema")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a schema; it is not active."""
    return _answer(ctx, crud.create(SCHEMAS, ctx, state, crud.accepted(ctx, SCHEMAS))["id"])


@service.operation("GET-sequential-id-retrieve-schema")
def read(ctx: RequestContext, state: State) -> Document | Result:
    """A schema by its id."""
    try:
        document = crud.read(SCHEMAS, ctx, state, ctx.path["schemaId"])
    except NotFound:
        if ctx.switch(ABSENT) == "empty":
            return Result(200)
        raise
    return SCHEMAS.answer(ctx, state, document)


@service.operation("DELETE-sequential-id-remove-schema")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a schema with its pools; nothing to remove is a success too (client-quirks 92, measured)."""
    if crud.find(SCHEMAS, ctx, state, ctx.path["schemaId"]) is not None:
        crud.delete(SCHEMAS, ctx, state, ctx.path["schemaId"])
    return Result(204)


@service.operation("GET-sequential-id-retrieve-schema-types")
def list_type(ctx: RequestContext, state: State) -> Result:
    """The schemas of one type."""
    return crud.listing(SCHEMAS, ctx, state, where={"schemaType": (ctx.path["schemaType"],)})


@service.operation("POST-sequential-id-activate-schema")
def activate(ctx: RequestContext, state: State) -> Result:
    """Make a schema the active one of its type."""
    schema = crud.read(SCHEMAS, ctx, state, ctx.path["schemaId"])
    schemas = state.collection(SCHEMAS.collection)
    for key in schemas.find("schemaType", schema.get("schemaType")):
        other = schemas.get(key)
        if other and other.get("active") and key != schema["id"]:
            crud.write(SCHEMAS, ctx, state, {**other, "active": False}, other)
    crud.write(SCHEMAS, ctx, state, {**schema, "active": True}, schema)
    return Result(200)


@service.operation("POST-sequential-id-create-schema-type-nextId")
def next_id(ctx: RequestContext, state: State) -> Result:
    """Draw an id from the active schema of a type."""
    kind = ctx.path["schemaType"]
    schema = next((s for s in _main(state, "schemaType", kind) if s.get("active")), None)
    if schema is None:
        message = f"Active schema with the type {kind} doesn't exist!"
        raise NotFound(body={"status": 404, "message": message})
    ids = _drawn(ctx, state, schema, ctx.body or {}, 1)
    return ids if isinstance(ids, Result) else _answer(ctx, ids[0])


@service.operation("POST-sequential-id-create-schema-types-nextIds")
def next_ids(ctx: RequestContext, state: State) -> Result:
    """Draw ids from several schemas, which go by their names."""
    answer = {}
    for name, asked in ctx.body.items():
        named = sorted(_main(state, "name", name), key=lambda schema: not schema.get("active"))
        if not named:
            raise refused(UNKNOWN_NAME, (name, f"There is no schema '{name}'"))
        count = asked.get("numberOfIds", 1)
        if count != int(count) or count > MOST_IDS:
            raise refused(TOO_MANY, (f"{name}.numberOfIds", f"a whole number from 1 to {MOST_IDS}"))
        ids = _drawn(ctx, state, named[0], asked, int(count))
        if isinstance(ids, Result):
            return ids
        answer[name] = {"ids": ids}
    return Result(201, answer)


def _main(state: State, field: str, value: str) -> list[Document]:
    """The schemas that have a value, pools left out."""
    schemas = state.collection(SCHEMAS.collection)
    found = (schemas.get(key) for key in schemas.in_order(schemas.find(field, value)))
    return [schema for schema in found if schema is not None and POOL_OF not in schema]


def _drawn(
    ctx: RequestContext, state: State, schema: Document, asked: Mapping[str, Any], count: int
) -> list[str] | Result:
    """The next ids of a schema, or a refusal that keeps the numbers used up."""
    code = ctx.query.get("siteCode")
    numbers = _numbers(ctx, state, schema, asked.get("sequenceKey"), count)
    try:
        values = resolved(
            schema.get("placeholders") or {},
            asked.get("placeholders") or {},
            cache(lambda: _site(ctx, code)) if code else None,
            state.now(),
        )
    except UnresolvedError as error:
        refusal = refused(UNRESOLVED, (error.name, f"The placeholder {error.name} is required"))
        if ctx.switch(REFUSED) == "takes-none" or ctx.caller().is_platform:
            raise refusal from error
        # Answered, not raised: the number stays used up.
        return Result(400, refusal.body, {"x-emporix-mock-rule": UNRESOLVED.id})
    return [written(schema, number, values) for number in numbers]


def _numbers(ctx: RequestContext, state: State, schema: Document, key: str | None, count: int) -> range:
    pool = schema if key is None else _pool(state, schema, key)
    start = int(schema["startValue"]) + (ctx.switch(FIRST) == "after-start")
    first = start if pool.get("counter") is None else int(pool["counter"]) + 1
    last = first + count - 1
    if last > schema["maxValue"]:
        raise refused(EXHAUSTED, ("maxValue", f"{schema['name']} has reached {int(schema['maxValue'])}"))
    state.collection(SCHEMAS.collection).put(pool["id"], {**pool, "counter": last})
    return range(first, last + 1)


def _pool(state: State, schema: Document, key: str) -> Document:
    """The pool of a sequence key: a schema document that only counts."""
    schemas = state.collection(SCHEMAS.collection)
    for found in schemas.find(POOL_OF, schema["id"]):
        pool = schemas.get(found)
        if pool is not None and pool[POOL_KEY] == key:
            return pool
    own = {"id": state.ids.object_id(), "name": f"{schema.get('schemaType', schema['name'])}--{key}"}
    kept = {name: value for name, value in schema.items() if name != "counter"}
    return {**kept, **own, "active": False, "metadata": first(state), POOL_OF: schema["id"], POOL_KEY: key}


def _site(ctx: RequestContext, code: str) -> Document:
    try:
        site: Document = ctx.call(
            "site-settings-service",
            "GET-site-settings-retrieve-site-config",
            path={"siteCode": code},
            query=WHOLE_SITE,
        ).body
    except NotFound as error:
        raise refused(UNKNOWN_SITE, ("siteCode", f"There is no site '{code}'")) from error
    return site
