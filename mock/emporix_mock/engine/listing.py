"""Lists and searches of a resource (conventions, section 7): filters, order, page, totals.

Only what is on the page is decoded where indexes can tell which documents match; what need not be
computed leaves as the bytes that are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import cursors, translation
from emporix_mock.engine.context import NOTHING, Result
from emporix_mock.engine.projection import project
from emporix_mock.engine.selection import Selection
from emporix_mock.engine.sorting import parse_sort
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.selection import Keep
    from emporix_mock.engine.sorting import SortKey
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PAGE_LIMIT = 10**15


def page_of(query: Mapping[str, Any], default_size: int, first_page: int = 1) -> tuple[int, int]:
    """Start and stop of the page that `pageNumber` and `pageSize` ask for.

    Page numbers of 10^15 and more are refused (client-quirks 50); other pages beyond the end are empty.
    """
    number = _number(query, "pageNumber", first_page, lowest=first_page) - first_page
    size = _number(query, "pageSize", default_size)
    return number * size, (number + 1) * size


def _number(query: Mapping[str, Any], field: str, default: int, lowest: int = 1) -> int:
    """A paging parameter, which some documents type as text."""
    given = query.get(field)
    try:
        value = default if given is None or given == "" else int(given)
    except (ValueError, OverflowError):
        value = lowest - 1
    if value < lowest or value >= PAGE_LIMIT:
        text = f"{field} must be between {lowest} and {PAGE_LIMIT - 1}"
        raise BadRequest(
            text,
            type="validation_violation",
            details=[Detail(text, field, "invalid_field")],
            rule="engine/page-range",
        )
    return value


def select(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    *,
    q: str | None = None,
    tests: Mapping[Any, Keep] = NOTHING,
    keep: Keep | None = None,
    where: Mapping[str, tuple[Any, ...]] = NOTHING,
) -> list[Document]:
    """The documents that the caller may see and that match the parameters and all else given, as created.

    `where` is found by index: one of the values stands at each dotted field. `tests`, by what they look
    for, look at nothing but the document, so that what they find is remembered; `keep` is asked each time.
    """
    return Selection(resource, ctx, state, q, tests, keep, where).decoded()


def query_text(ctx: RequestContext) -> str | None:
    """What a request filters by: `q` of the body where there is one (searches), else the parameter."""
    given = ctx.body if isinstance(ctx.body, dict) and "q" in ctx.body else ctx.query
    found: str | None = given.get("q")
    return found


def listing(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    *,
    q: str | None = None,
    tests: Mapping[Any, Keep] = NOTHING,
    keep: Keep | None = None,
    where: Mapping[str, tuple[Any, ...]] = NOTHING,
) -> Result:
    """One page of a list in the shape all services share: a bare array, the total in a header on request.

    Where the document says so, the body carries the totals (`page`, `size`), or headers the cursors.
    """
    selection = Selection(resource, ctx, state, query_text(ctx) if q is None else q, tests, keep, where)
    if ctx.about.cursors:
        return cursors.walk(selection)
    start, stop = _window(resource, ctx)
    order, counted = sort_keys(resource, ctx), totals(resource, ctx, 0)
    if start == 0 and stop is not None and not (order or counted or ctx.about.windowed):
        return rendered(selection, selection.first(stop), {})
    keys = selection.sorted(order, language_of(selection)) if order else selection.keys()
    page, total = keys[start:stop], len(keys)
    if ctx.about.windowed:
        return Result(200, _with_totals(selection, page, total, start, stop))
    return rendered(selection, page, totals(resource, ctx, total))


def count(resource: Resource, ctx: RequestContext, state: State) -> int:
    """How many documents the caller may see that match."""
    return len(Selection(resource, ctx, state, ctx.query.get("q")).keys())


def rendered(selection: Selection, page: list[str], headers: dict[str, str]) -> Result:
    """A page as bytes where nothing must be computed, else as the caller reads it."""
    resource, ctx, state = selection.resource, selection.ctx, selection.state
    fields = ctx.query.get("fields")
    if resource.as_stored and not fields:
        raws = [raw for key in page if (raw := selection.documents.raw(key)) is not None]
        return Result(200, None, headers, stored=raws)
    answers = [resource.answer(ctx, state, document) for document in _decoded(selection, page)]
    if resource.localized and not answers:
        # A reading that is refused is refused of an empty page too.
        translation.reading(resource.languages, ctx, state)
    if fields:
        return projected(resource, answers, fields)._replace(headers=headers)
    return Result(200, answers, headers)


def projected(resource: Resource, answer: Any, fields: str) -> Result:
    """A document or a list of them reduced to `fields`: it leaves unchecked, for it is no whole document."""
    keep = (resource.key, *resource.keep)
    if isinstance(answer, list):
        return Result(200, raw=orjson.dumps([project(document, fields, keep=keep) for document in answer]))
    return Result(200, raw=orjson.dumps(project(answer, fields, keep=keep)))


def _decoded(selection: Selection, page: list[str]) -> Iterable[Document]:
    for key in page:
        document = selection.documents.get(key)
        if document is not None:
            yield document


def _window(resource: Resource, ctx: RequestContext) -> tuple[int, int | None]:
    if ctx.about.windowed:
        number = _number(ctx.query, "page", 0, lowest=0)
        size = _number(ctx.query, "size", resource.page_size)
        return number * size, (number + 1) * size
    if not ctx.about.paged:
        return 0, None
    return page_of(ctx.query, resource.page_size, resource.first_page)


def _with_totals(
    selection: Selection, page: list[str], total: int, start: int, stop: int | None
) -> dict[str, Any]:
    size = (stop or start) - start
    content = [
        selection.resource.answer(selection.ctx, selection.state, document)
        for document in _decoded(selection, page)
    ]
    return {
        "totalElements": total,
        "totalPages": -(-total // size) if size else 0,
        "number": start // size if size else 0,
        "size": size,
        "content": content,
    }


def language_of(selection: Selection) -> str | None:
    """The language by which localized fields are compared."""
    resource = selection.resource
    if not resource.localized:
        return None
    return translation.reading(resource.languages, selection.ctx, selection.state).language


def sort_keys(resource: Resource, ctx: RequestContext) -> tuple[SortKey, ...]:
    """The fields to sort by. Raises 400 for one that the resource cannot be sorted by."""
    text = ctx.query.get("sort") or resource.default_sort
    keys = parse_sort(text) if text else ()
    if resource.sortable is not None:
        for key in keys:
            if key.path not in resource.sortable and key.path.rpartition(".")[0] not in resource.sortable:
                raise BadRequest(
                    f"Sorting by '{key.path}' is not supported",
                    type="invalid_query_parameter",
                    details=[
                        Detail(f"'{key.path}' is no field to sort by", "sort", "invalid_query_parameter")
                    ],
                    rule="engine/sort-field",
                )
    return keys


def totals(resource: Resource, ctx: RequestContext, total: int) -> dict[str, str]:
    """The header with the number of all matches, when the caller asked for it.

    Where the document has the header in the answer and nothing to ask for it with (orders), it always comes.
    """
    asked = ctx.headers.get("x-total-count") or ctx.query.get("totalCount")
    if (
        resource.total_always
        or (asked and asked != "false")
        or resource.total_header.lower() in ctx.about.unasked
    ):
        return {resource.total_header: str(total)}
    return {}
