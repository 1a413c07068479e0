"""Walking through a list by cursors: `next` and `prev` instead of page numbers (conventions, section 7.3).

A cursor holds what the order looks at in the document it stands behind, so it stays good when that
document changes its place or goes. `_id` ascending is the order without `sort`, and the last resort
with it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import listing
from emporix_mock.engine.projection import project
from emporix_mock.engine.sorting import Order, SortKey
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from emporix_mock.engine.context import Result
    from emporix_mock.engine.selection import Selection
    from emporix_mock.store.documents import Document

BY_ID = SortKey("_id")


def walk(selection: Selection) -> Result:
    """A page with the cursors of its neighbours; by page number where the request has no cursor."""
    resource, ctx = selection.resource, selection.ctx
    forward, backward = ctx.query.get("next"), ctx.query.get("prev")
    if forward is not None and backward is not None:
        raise _refused("Only one of 'next' and 'prev' may be given", "next")
    asked = listing.sort_keys(resource, ctx)
    keys = asked if BY_ID in asked else (*asked, BY_ID)
    found = selection.sorted(keys, listing.language_of(selection))
    start, stop = listing.page_of(ctx.query, resource.page_size)
    if forward or backward:
        size = stop - start
        before, after = _place(selection, found, keys, _read(str(forward or backward), resource.key))
        start, stop = (after, after + size) if forward else (max(before - size, 0), before)
    headers = {} if forward or backward else listing.totals(resource, ctx, len(found))
    page = found[start:stop]
    if page and stop < len(found):
        headers["X-Next-Cursor"] = _written(selection, page[-1], keys)
    if page and start > 0:
        headers["X-Prev-Cursor"] = _written(selection, page[0], keys)
    return listing.rendered(selection, page, headers)


def _place(
    selection: Selection, found: list[str], keys: tuple[SortKey, ...], mark: Document
) -> tuple[int, int]:
    """Where the page before a cursor ends and where the page behind it starts, among the `found`."""
    resource, ctx = selection.resource, selection.ctx
    stored = resource.key_of(ctx, mark[resource.key])
    order = Order.of(keys, listing.language_of(selection), resource.key)
    after = order.after(selection.documents, found, mark)
    return (after - 1 if after and found[after - 1] == stored else after), after


def _written(selection: Selection, key: str, keys: tuple[SortKey, ...]) -> str:
    own = selection.resource.key
    document = selection.documents.get(key) or {}
    fields = ",".join(own if entry == BY_ID else entry.path for entry in keys)
    return urlsafe_b64encode(orjson.dumps(project(document, fields, keep=(own,)))).decode()


def _read(cursor: str, own: str) -> dict[str, Any]:
    try:
        mark = orjson.loads(urlsafe_b64decode(cursor.encode()))
    except ValueError:
        mark = None
    if not isinstance(mark, dict) or own not in mark:
        raise _refused(f"'{cursor}' is no cursor", "next")
    return mark


def _refused(text: str, field: str) -> BadRequest:
    return BadRequest(
        text,
        type="invalid_query_parameter",
        details=[Detail(text, field, "invalid_query_parameter")],
        rule="engine/cursor",
    )
