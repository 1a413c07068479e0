"""The verbs of a plain resource, once for all services (conventions, sections 7 to 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.engine.patching import merge_patch
from emporix_mock.engine.projection import project
from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.sorting import parse_sort, sort_documents
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emporix_mock.engine.context import Handler, RequestContext
    from emporix_mock.engine.query import Query
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

PAGE_LIMIT = 10**15


def read(resource: Resource, ctx: RequestContext, state: State, key: str) -> Document:
    """The stored document that the caller may see; the resource's 404 otherwise."""
    document = state.collection(resource.collection).get(resource.key_of(ctx, key))
    if document is None or not resource.visible_to(ctx, state, document):
        raise resource.missing(key)
    return document


def write(
    resource: Resource, ctx: RequestContext, state: State, new: Document, old: Document | None
) -> Document:
    """Complete and store a document; the one way in for create, replace and patch.

    Raises the resource's `stale` when `metadata.version` is given and not the current one.
    """
    if resource.version is not None:
        new["metadata"] = _metadata(resource, state, new, old)
    if resource.parent:
        new[PARENT] = ctx.path[resource.parent]
    if resource.prepare is not None:
        resource.prepare(ctx, state, new, old)
    state.collection(resource.collection).put(resource.key_of(ctx, new[resource.key]), new)
    if resource.after is not None:
        resource.after(ctx, state, old, new)
    return new


def _metadata(resource: Resource, state: State, new: Document, old: Document | None) -> Document:
    given = new.get("metadata") if isinstance(new.get("metadata"), dict) else {}
    assert given is not None  # noqa: S101  # for the type checker
    kept = {key: value for key, value in given.items() if key not in ("version", "createdAt", "modifiedAt")}
    now = state.timestamp()
    if old is None:
        return {**kept, "version": resource.version, "createdAt": now, "modifiedAt": now}
    current = old.get("metadata") or {}
    version = current.get("version", resource.version)
    if given.get("version", version) != version:
        raise resource.stale(str(old[resource.key]))
    kept = {**{k: v for k, v in current.items() if k == "mixins"}, **kept}
    created = current.get("createdAt", now)
    return {**kept, "version": int(version or 0) + 1, "createdAt": created, "modifiedAt": now}


def create(resource: Resource, ctx: RequestContext, state: State, body: Document) -> Document:
    """Store a new document under its own or a new id; the resource's `duplicate` when it is taken."""
    documents = state.collection(resource.collection)
    own = body.get(resource.key)
    if own is None or own == "":
        own = getattr(state.ids, resource.new_id)()
    if resource.key_of(ctx, own) in documents:
        raise resource.duplicate(str(own))
    return write(resource, ctx, state, {**body, resource.key: own}, None)


def replace(
    resource: Resource, ctx: RequestContext, state: State, key: str, body: Document, *, upsert: bool
) -> tuple[Document, bool]:
    """Replace a document, or create it under `key` when `upsert`; the second value says created."""
    documents = state.collection(resource.collection)
    old = documents.get(resource.key_of(ctx, key))
    if old is not None and not resource.visible_to(ctx, state, old):
        raise resource.missing(key)
    if old is None and not upsert:
        raise resource.missing(key)
    return write(resource, ctx, state, {**body, resource.key: key}, old), old is None


def patch(resource: Resource, ctx: RequestContext, state: State, key: str, change: Any) -> Document:
    """Merge an object into a document: what is left out stays, null removes."""
    old = read(resource, ctx, state, key)
    new = merge_patch(old, change)
    new[resource.key] = old[resource.key]
    return write(resource, ctx, state, new, old)


def delete(resource: Resource, ctx: RequestContext, state: State, key: str) -> None:
    """Remove a document; the resource's 404 when there is none."""
    old = read(resource, ctx, state, key)
    state.collection(resource.collection).delete(resource.key_of(ctx, key))
    if resource.after is not None:
        resource.after(ctx, state, old, None)


# Lists.


def parse_query(text: str) -> Query:
    """A `q` filter; a syntax error is Emporix's 400."""
    try:
        return parse(text)
    except QuerySyntaxError as error:
        raise BadRequest(
            error.message,
            type="invalid_query_parameter",
            details=[Detail(error.message, "q", "invalid_query_parameter")],
            rule="engine/query-syntax",
        ) from error


def page_of(query: Mapping[str, Any], default_size: int) -> tuple[int, int]:
    """Start and stop of the page that `pageNumber` and `pageSize` ask for.

    Page numbers of 10^15 and more are refused (client-quirks 50); other pages beyond the end are empty.
    """
    number = int(query.get("pageNumber") or 1)
    size = int(query.get("pageSize") or default_size)
    for field, value in (("pageNumber", number), ("pageSize", size)):
        if value < 1 or value >= PAGE_LIMIT:
            raise BadRequest(
                f"{field} must be between 1 and {PAGE_LIMIT - 1}",
                type="validation_violation",
                details=[Detail(f"{field} must be between 1 and {PAGE_LIMIT - 1}", field, "invalid_field")],
                rule="engine/page-range",
            )
    return (number - 1) * size, number * size


def candidates(documents: Documents, query: Query | None) -> Iterable[str]:
    """Ids that can match: by index where the query names a value, else all."""
    if query is not None:
        for path, values in query.equalities:
            found: dict[str, None] = {}
            for value in values:
                found.update(dict.fromkeys(documents.find(path, value)))
            return sorted_by_position(documents, found)
    return documents.ids()


def sorted_by_position(documents: Documents, found: Mapping[str, None]) -> list[str]:
    """Ids found by an index, in order of creation."""
    if len(found) < 2:
        return list(found)
    return [key for key in documents.ids() if key in found]


def select(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    *,
    q: str | None = None,
    keep: Callable[[Document], bool] | None = None,
) -> list[Document]:
    """The documents that the caller may see and that match `q` and `keep`, in order of creation."""
    documents = state.collection(resource.collection)
    query = parse_query(q) if q else None
    if resource.parent:
        keys: Iterable[str] = sorted_by_position(
            documents, dict.fromkeys(documents.find(PARENT, ctx.path[resource.parent]))
        )
    else:
        keys = candidates(documents, query)
    found = []
    for key in keys:
        document = documents.get(key)
        if document is None or not resource.visible_to(ctx, state, document):
            continue
        if (query is None or query.matches(document)) and (keep is None or keep(document)):
            found.append(document)
    return found


def listing(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    *,
    q: str | None = None,
    keep: Callable[[Document], bool] | None = None,
) -> Result:
    """One page of a list in the shape all services share: a bare array, the total in a header on request."""
    start, stop = page_of(ctx.query, resource.page_size)
    q = q if q is not None else ctx.query.get("q")
    sort, fields = ctx.query.get("sort"), ctx.query.get("fields")
    documents = state.collection(resource.collection)
    plain = resource.present is None and resource.visible is None and not resource.parent
    if plain and not (q or sort or fields or keep):
        raw = b"[" + b",".join(documents.page(start, stop)) + b"]"
        return Result(200, headers=totals(resource, ctx, len(documents)), raw=raw)
    found = select(resource, ctx, state, q=q, keep=keep)
    if sort:
        found = sort_documents(found, parse_sort(sort), id_field=resource.key)
    answers = [resource.answer(ctx, state, document) for document in found[start:stop]]
    if fields:
        answers = [project(answer, fields, keep=(resource.key,)) for answer in answers]
    return Result(200, answers, totals(resource, ctx, len(found)))


def totals(resource: Resource, ctx: RequestContext, total: int) -> dict[str, str]:
    """The header with the number of all matches, when the caller asked for it."""
    asked = resource.total_always or ctx.headers.get("x-total-count") or ctx.query.get("totalCount")
    return {resource.total_header: str(total)} if asked else {}


# From the document to handlers.


def handler(resource: Resource, verb: str, *, success: int, upsert: bool, shape: frozenset[str]) -> Handler:
    """The handler of one plain operation.

    `verb` is list, search, create, read, replace, patch or delete; `success` the documented status;
    `upsert` whether PUT may create; `shape` the property names of the success body, empty for none.
    """

    def item_key(ctx: RequestContext) -> str:
        return list(ctx.path.values())[-1]

    def answer(ctx: RequestContext, state: State, document: Document, status: int) -> Result:
        if not shape:
            return Result(status)
        if shape <= {resource.key, "id", "yrn", "code"}:
            key = document[resource.key]
            return Result(status, {name: key for name in shape if name != "yrn"})
        return Result(status, resource.answer(ctx, state, document))

    def run_list(ctx: RequestContext, state: State) -> Result:
        return listing(resource, ctx, state)

    def run_search(ctx: RequestContext, state: State) -> Result:
        return listing(resource, ctx, state, q=(ctx.body or {}).get("q") or "")

    def run_create(ctx: RequestContext, state: State) -> Result:
        return answer(ctx, state, create(resource, ctx, state, ctx.body or {}), success)

    def run_read(ctx: RequestContext, state: State) -> Any:
        document = resource.answer(ctx, state, read(resource, ctx, state, item_key(ctx)))
        fields = ctx.query.get("fields")
        return project(document, fields, keep=(resource.key,)) if fields else document

    def run_replace(ctx: RequestContext, state: State) -> Result:
        document, created = replace(resource, ctx, state, item_key(ctx), ctx.body or {}, upsert=upsert)
        if upsert:
            return Result(201, {"id": document[resource.key]}) if created else Result(204)
        return answer(ctx, state, document, success)

    def run_patch(ctx: RequestContext, state: State) -> Result:
        return answer(ctx, state, patch(resource, ctx, state, item_key(ctx), ctx.body or {}), success)

    def run_delete(ctx: RequestContext, state: State) -> Result:
        delete(resource, ctx, state, item_key(ctx))
        return Result(success)

    return {
        "list": run_list,
        "search": run_search,
        "create": run_create,
        "read": run_read,
        "replace": run_replace,
        "patch": run_patch,
        "delete": run_delete,
    }[verb]


def verb_of(resource: Resource, method: str, path: str) -> str | None:
    """Which verb an operation is for a resource; None when it is not one of its plain operations."""
    if path == resource.path:
        return {"GET": "list", "POST": "create"}.get(method)
    if path == f"{resource.path}/search" and method == "POST":
        return "search"
    rest = path.removeprefix(f"{resource.path}/")
    if rest != path and rest.startswith("{") and rest.endswith("}") and "/" not in rest:
        return {"GET": "read", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}.get(method)
    return None
