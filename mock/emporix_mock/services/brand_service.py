"""Brands: plain documents with an image that comes from the media service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.assets import with_image

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("brand-service")

DUPLICATE = service.rule("duplicate-id", 409, source="brand document, conflict of creating a brand")
STALE = service.rule(
    "stale-version", 409, source="undocumented; as most services answer an outdated version [choice]"
)


def missing(brand_id: str) -> EmporixError:
    """404 in the words of the brand document."""
    return NotFound("The requested resource does not exist.", extra={"resourceId": brand_id})


def _duplicate(brand_id: str) -> EmporixError:
    return DUPLICATE(
        "The requested resource could not be created due to server-side uniqueness validation.",
        extra={"resourceId": brand_id},
    )


def _stale(brand_id: str) -> EmporixError:
    return STALE("The version of the brand is outdated.", extra={"resourceId": brand_id})


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    return with_image(ctx, state, "BRAND", document)


def _announce(_ctx: RequestContext, state: State, old: Document | None, _new: Document | None) -> None:
    """Tell the product service of a change; an event of the mock's own, for there is no documented one."""
    if old is not None:
        state.emit("brand.changed", {"id": old["id"]})


BRANDS = service.resource(
    Resource(
        path="/brand/brands",
        collection="brands",
        present=_present,
        after=_announce,
        missing=missing,
        duplicate=_duplicate,
        stale=_stale,
    )
)
