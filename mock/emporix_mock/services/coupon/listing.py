"""Lists of coupons and redemptions: filtered and sorted as they are read, derived members included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.crud import page_of
from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.engine.sorting import parse_sort, sort_documents
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import Detail
from emporix_mock.services.coupon.declared import INVALID_QUERY, PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.query import Query
    from emporix_mock.store.documents import Document


def listed(ctx: RequestContext, ids: list[str], read: Callable[[str], Document], *, key: str) -> Result:
    """One page of the documents that `read` gives for `ids`; the number of all on request.

    Only those on the page are read, unless they are filtered or sorted. Raises 400 for a filter that
    cannot be read.
    """
    start, stop = page_of(ctx.query, PAGE_SIZE)
    text, order = ctx.query.get("q"), ctx.query.get("sort")
    if not text and not order:
        return Result(200, [read(own) for own in ids[start:stop]], _total(ctx, len(ids)))
    matches = _query(text).matches if text else None
    documents = [document for own in ids if (document := read(own)) and (not matches or matches(document))]
    if order:
        documents = sort_documents(documents, parse_sort(order), id_field=key)
    return Result(200, documents[start:stop], _total(ctx, len(documents)))


def _query(text: str) -> Query:
    try:
        return parse(text)
    except QuerySyntaxError as error:
        detail = Detail("not a valid query", "q", "invalid_query_parameter")
        raise INVALID_QUERY(CONSTRAINTS, details=[detail]) from error


def _total(ctx: RequestContext, count: int) -> dict[str, str]:
    return {"Items-Count": str(count)} if ctx.query.get("totalCount") else {}
