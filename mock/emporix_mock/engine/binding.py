"""From a document and a resource to handlers: which operation is which verb, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import bulk, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.listing import projected
from emporix_mock.errors import ConfigurationError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emporix_mock.engine.context import Handler, RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.shapes import Shape
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

    Verb = Callable[[Resource, RequestContext, State], Any]

_COLLECTION: Final = {"GET": "list", "HEAD": "count", "POST": "create", "DELETE": "delete_all"}
_ITEM: Final = {
    "GET": "read",
    "HEAD": "exists",
    "PUT": "replace",
    "PATCH": "patch",
    "DELETE": "delete",
    "POST": "create",
}
_BULK: Final = {
    "POST": "bulk_create",
    "PUT": "bulk_replace",
    "PATCH": "bulk_patch",
    "DELETE": "bulk_delete",
}


def verb_of(resource: Resource, method: str, path: str, operation_id: str | None = None) -> str | None:
    """Which verb an operation is for a resource; None when it is not one of its plain operations."""
    named = resource.operations.get(operation_id or "")
    if named is not None:
        if named not in VERBS:
            raise ConfigurationError(
                f"{operation_id}: there is no verb '{named}'; use one of {', '.join(VERBS)}"
            )
        return named
    if path == resource.path:
        return _COLLECTION.get(method)
    if path == f"{resource.path}/search":
        return "search" if method == "POST" else None
    if path == f"{resource.path}/bulk":
        return _BULK.get(method)
    if path == resource.item or (resource.item is None and _is_item(resource.path, path)):
        return _ITEM.get(method)
    return None


def _is_item(collection: str, path: str) -> bool:
    rest = path.removeprefix(f"{collection}/")
    return rest != path and rest.startswith("{") and rest.endswith("}") and "/" not in rest


@dataclass(frozen=True, slots=True)
class Bound:
    """An operation served by a resource; `per_item` ones look at the elements of the body themselves."""

    operation_id: str
    handler: Handler
    per_item: bool


def bind(
    resource: Resource, document: Mapping[str, Any], places: Mapping[str, tuple[str, str]]
) -> Iterator[Bound]:
    """The handlers of a resource's operations; `places` gives method and path by operation id."""
    verbs = {
        oid: verb
        for oid, (method, path) in places.items()
        if (verb := verb_of(resource, method.upper(), path, oid)) is not None
    }

    def statuses(verb: str) -> frozenset[str]:
        oid = next((oid for oid, found in verbs.items() if found == verb), None)
        if oid is None:
            return frozenset()
        method, path = places[oid]
        return frozenset(map(str, document["paths"][path][method].get("responses") or ()))

    upsert = "201" in statuses("replace")
    absent = bool(statuses("delete")) and "404" not in statuses("delete")
    for oid, verb in verbs.items():
        per_item = verb.startswith("bulk_")
        yield Bound(oid, handler(resource, verb, upsert=upsert, absent=absent), per_item)


def handler(resource: Resource, verb: str, *, upsert: bool = False, absent: bool = False) -> Handler:
    """The handler of one plain operation.

    `upsert` says for a bulk PUT that the PUT of a single document creates, `absent` for a bulk DELETE
    that the DELETE of a single one takes it lightly when there is nothing.
    """
    run = VERBS[verb]
    if verb == "bulk_replace":
        run = partial(bulk.replace, upsert=upsert)
    if verb == "bulk_delete":
        run = partial(bulk.delete, absent=absent)
    if resource.under is None:
        return lambda ctx, state: run(resource, ctx, state)

    def below(ctx: RequestContext, state: State) -> Any:
        crud.check_parent(resource, ctx, state)
        return run(resource, ctx, state)

    return below


def run_list(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """A page of the collection."""
    return crud.listing(resource, ctx, state)


def run_search(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """The same with `q` in the body, or with a list of ids."""
    if isinstance(ctx.body, list):
        return crud.listing(resource, ctx, state, q="", where={resource.key: tuple(map(str, ctx.body))})
    return crud.listing(resource, ctx, state)


def run_count(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """HEAD of the collection: how many match, in the header alone."""
    found = crud.count(resource, ctx, state)
    return Result(ctx.about.success, None, {resource.total_header: str(found)})


def run_create(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """Store the body, or every element of it, all or none."""
    ctx.about.check_payload(ctx.body)
    if isinstance(ctx.body, list):
        made = [
            crud.create(resource, ctx, state, crud.accepted(ctx, resource, element)) for element in ctx.body
        ]
        return answer(resource, ctx, state, made, ctx.about.success)
    body = crud.accepted(ctx, resource)
    if resource.item_id is not None and resource.key not in body:
        body[resource.key] = resource.id_in(ctx) if _names_an_item(resource, ctx) else _made(resource, body)
    return answer(resource, ctx, state, [crud.create(resource, ctx, state, body)], _created(ctx))


def _names_an_item(resource: Resource, ctx: RequestContext) -> bool:
    return ctx.about.path not in ("", resource.path)


def _made(resource: Resource, body: Document) -> str | None:
    return bulk.item_key(resource, body)


def _created(ctx: RequestContext) -> int:
    return 201 if ctx.about.documents(201) else ctx.about.success


def run_read(resource: Resource, ctx: RequestContext, state: State) -> Any:
    """One document; a list of one where the document says so."""
    fields, single = ctx.query.get("fields"), ctx.about.shape(ctx.about.success).kind != "array"
    if resource.as_stored and single and not (fields or resource.hides_from(ctx)):
        key = resource.id_in(ctx)
        raw = state.collection(resource.collection).raw(resource.key_of(ctx, key))
        if raw is None:
            raise resource.missing(key)
        return Result(ctx.about.success, stored=raw)
    document = resource.answer(ctx, state, crud.read(resource, ctx, state, resource.id_in(ctx)))
    found = document if single else [document]
    return projected(resource, found, fields) if fields else found


def run_exists(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """HEAD of one document."""
    crud.read(resource, ctx, state, resource.id_in(ctx))
    return Result(ctx.about.success)


def run_replace(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """PUT: replaces, creates where the document says so, merges with `partial=true`."""
    ctx.about.check_payload(ctx.body)
    key, body = resource.id_in(ctx), crud.accepted(ctx, resource)
    if ctx.query.get("partial") and crud.find(resource, ctx, state, key) is not None:
        return changed(resource, ctx, state, crud.patch(resource, ctx, state, key, body))
    upsert = ctx.about.upsert
    document, created = crud.replace(
        resource, ctx, state, key, body, upsert=upsert, writable=ctx.about.writable
    )
    status = 201 if created else next(s for s in (204, 200, 201) if ctx.about.documents(s))
    return answer(resource, ctx, state, [document], status)


def run_patch(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """PATCH in the dialect of the resource."""
    ctx.about.check_payload(ctx.body)
    change = ctx.body
    if not isinstance(change, list):
        change = crud.accepted(ctx, resource)
    document = crud.patch(resource, ctx, state, resource.id_in(ctx), change)
    return changed(resource, ctx, state, document)


def changed(resource: Resource, ctx: RequestContext, state: State, document: Document) -> Result:
    """The answer to a partial update, whose result has to be readable."""
    ctx.about.check_document(resource.answer(ctx, state, dict(document)))
    status = next((s for s in (200, 204) if ctx.about.documents(s)), ctx.about.success)
    return answer(resource, ctx, state, [document], status)


def run_delete(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """DELETE; where the document lists no 404, what is not there counts as deleted."""
    try:
        crud.delete(resource, ctx, state, resource.id_in(ctx))
    except NotFound:
        if ctx.about.documents(404):
            raise
    return Result(ctx.about.success)


def run_delete_all(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """DELETE of the collection, or of what the body lists."""
    crud.delete_all(resource, ctx, state, ctx.body)
    return Result(ctx.about.success)


VERBS: Final[Mapping[str, Verb]] = {
    "list": run_list,
    "search": run_search,
    "count": run_count,
    "create": run_create,
    "read": run_read,
    "exists": run_exists,
    "replace": run_replace,
    "patch": run_patch,
    "delete": run_delete,
    "delete_all": run_delete_all,
    "bulk_create": bulk.create,
    "bulk_replace": partial(bulk.replace, upsert=False),
    "bulk_patch": bulk.patch,
    "bulk_delete": partial(bulk.delete, absent=False),
}


def answer(
    resource: Resource, ctx: RequestContext, state: State, documents: list[Document], status: int
) -> Result:
    """What a write answers with a status, by the schema that goes with it."""
    shape = ctx.about.shape(status)
    if shape.kind == "none":
        return Result(status)
    if shape.kind == "scalar":
        return Result(status, documents[0][resource.key])
    answers = [_body(resource, ctx, state, document, shape) for document in documents]
    return Result(status, answers if shape.kind == "array" else answers[0])


def _body(resource: Resource, ctx: RequestContext, state: State, document: Document, shape: Shape) -> Any:
    own = document[resource.key]
    short = {resource.key: own, "id": own, "code": own, "yrn": resource.yrn_of(ctx, own)}
    if shape.names and shape.names.keys() <= short.keys():
        return {name: short[name] for name in shape.names if short[name] is not None}
    return resource.answer(ctx, state, document)
