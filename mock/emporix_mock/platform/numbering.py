"""Numbers of orders, quotes and the like, drawn from the sequential id service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext


def next_number(ctx: RequestContext, kind: str, site_code: str | None = None) -> str:
    """The next number of the tenant's active schema of a kind (`orderNoSequence`), of a site where given.

    Raises 404 where no schema of the kind is active.
    """
    drawn = ctx.call(
        "sequential-id",
        "POST-sequential-id-create-schema-type-nextId",
        path={"schemaType": kind},
        query={"siteCode": site_code} if site_code else {},
    )
    return str(drawn.body["id"])
