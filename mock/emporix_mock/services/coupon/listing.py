"""Lists of coupons and redemptions: filtered and sorted as they are read, derived members included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.engine.crud import page_of
from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.engine.sorting import parse_sort, sort_documents
from emporix_mock.errors import Detail
from emporix_mock.services.coupon.declared import CONSTRAINTS, INVALID_QUERY, PAGE_SIZE

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext


def listed(ctx: RequestContext, documents: list[dict[str, Any]], *, key: str) -> Result:
    """One page of `documents`; the number of all matches in a header on request.

    Raises 400 for a filter that cannot be read.
    """
    start, stop = page_of(ctx.query, PAGE_SIZE)
    text = ctx.query.get("q")
    if text:
        try:
            query = parse(text)
        except QuerySyntaxError as error:
            detail = Detail("not a valid query", "q", "invalid_query_parameter")
            raise INVALID_QUERY(CONSTRAINTS, details=[detail]) from error
        documents = [document for document in documents if query.matches(document)]
    if ctx.query.get("sort"):
        documents = sort_documents(documents, parse_sort(ctx.query["sort"]), id_field=key)
    headers = {"Items-Count": str(len(documents))} if ctx.query.get("totalCount") else {}
    return Result(200, documents[start:stop], headers)
