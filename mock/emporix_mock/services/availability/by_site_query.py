"""The old form of the availability paths, with the site as a query parameter (client-quirks, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.errors import Forbidden
from emporix_mock.services.availability import stock
from emporix_mock.services.availability.declared import service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ALL = "/availability/{tenant}/availability"
ONE = "/availability/{tenant}/availability/{productId}"
SOURCE = "client-quirks 6 and checkout facts 10: the `?site` form, to be removed 2026-09-01"


def _at_site(ctx: RequestContext) -> RequestContext:
    return ctx._replace(path={**ctx.path, "site": ctx.query["site"]})


@service.legacy(
    "GET", ALL, like="GET-availability-retrieve-availability-site", source=SOURCE, needed=("site",)
)
def list_site(ctx: RequestContext, state: State) -> Result:
    """Everything that a site has."""
    listed: Result = stock.list_site(_at_site(ctx), state)
    return listed


@service.legacy("GET", ONE, like="GET-availability-retrieve-product", source=SOURCE, needed=("site",))
def read(ctx: RequestContext, state: State) -> Document:
    """What a site has of a product."""
    found: Document = stock.read(_at_site(ctx), state)
    return found


@service.legacy(
    "POST", ONE, like="POST-availability-add-product", source=SOURCE, status=201, needed=("site",)
)
def add(ctx: RequestContext, _state: State) -> Result:
    """A record of a product at a site."""
    return _written(ctx, "POST-availability-add-product")


@service.legacy(
    "PUT", ONE, like="PUT-availability-update-product", source=SOURCE, status=204, needed=("site",)
)
def replace(ctx: RequestContext, _state: State) -> Result:
    """Another record in its place; one that is made is answered like one that is changed."""
    return _written(ctx, "PUT-availability-update-product")._replace(status=204, body=None)


def _written(ctx: RequestContext, operation_id: str) -> Result:
    if ctx.caller().vendor_id is not None:
        raise Forbidden("User not authorized.", type="insufficient_permissions")
    path = {"productId": ctx.path["productId"], "site": ctx.query["site"]}
    return ctx.call(service.name, operation_id, path=path, body=ctx.body)
