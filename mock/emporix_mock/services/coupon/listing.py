"""Lists of coupons and redemptions: filtered and sorted as they are read, derived members included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import NOTHING, Result
from emporix_mock.engine.crud import page_of
from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.engine.selection import Selection
from emporix_mock.engine.sorting import parse_sort, sort_documents
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.services.coupon.declared import INVALID_QUERY, PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.query import Query
    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.selection import Keep
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DERIVED = "status"
"""What a coupon has only when it is read: a filter or an order that names it looks at every coupon."""


def listed(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    read: Callable[[Document], Document],
    *,
    tests: Mapping[Any, Keep] = NOTHING,
    where: Mapping[str, tuple[Any, ...]] = NOTHING,
) -> Result:
    """One page of what `tests` and `where` leave (see `engine.listing.select`), as `read` shows it.

    The number of all comes on request. Raises 400 for a filter that cannot be read.
    """
    text = ctx.query.get("q") or ""
    query, keys = _query(text) if text else None, parse_sort(ctx.query.get("sort") or "")
    start, stop = page_of(ctx.query, PAGE_SIZE)
    fields = [*(name for name, _ in (query.fields if query else ())), *(key.path for key in keys)]
    selection = Selection(resource, ctx, state, "" if DERIVED in fields else text, tests, where=where)
    if DERIVED in fields:
        documents = [shown for found in selection.decoded() if _meets(query, shown := read(found))]
        documents = sort_documents(documents, keys, id_field=resource.key)
        return Result(200, documents[start:stop], _total(ctx, len(documents)))
    found = selection.sorted(keys, None) if keys else selection.keys()
    page = [read(selection.documents.get(key) or {}) for key in found[start:stop]]
    return Result(200, page, _total(ctx, len(found)))


def _meets(query: Query | None, document: Document) -> bool:
    return query is None or query.matches(document)


def _query(text: str) -> Query:
    try:
        return parse(text)
    except QuerySyntaxError as error:
        detail = {"field": "q", "message": "not a valid query", "type": "invalid_query_parameter"}
        body = {"type": INVALID_QUERY.type, "status": 400, "message": CONSTRAINTS, "details": [detail]}
        raise INVALID_QUERY(CONSTRAINTS, body=body) from error


def _total(ctx: RequestContext, count: int) -> dict[str, str]:
    return {"Items-Count": str(count)} if ctx.query.get("totalCount") else {}
