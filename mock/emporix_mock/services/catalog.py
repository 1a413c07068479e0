"""Catalogs: which root categories a site shows, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.binding import run_patch, run_replace
from emporix_mock.engine.query_values import read_instant, within
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import MAPS, refused_accept
from emporix_mock.engine.wordings import CONSTRAINTS, not_latest
from emporix_mock.errors import BadRequest, Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.engine.localization import LanguageError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LOCALES = (
    "Unsupported locale format. Please provide one of: "
    "'fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5 or en-EN or en'"
)

service = Service("catalog")

DUPLICATE = service.rule("duplicate-id", 409, source="catalog document, conflict of creating a catalog")
PERIOD = service.rule("visibility-period", 400, source="catalog document: both ends are moments of ISO 8601")
STALE = service.rule("stale-version", 409, source="catalog document, conflict of replacing a catalog")


def missing(catalog_id: str) -> EmporixError:
    """404 in the words of the catalog document."""
    return NotFound(f"Catalog with id '{catalog_id}' not found.")


def _duplicate(_catalog_id: str) -> EmporixError:
    return DUPLICATE("Given resource already exists.")


def _language(error: LanguageError) -> EmporixError:
    if error.malformed:
        return BadRequest(LOCALES, rule="engine/language")
    return refused_accept(error)


def _prepare(_ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    visibility = new["visibility"] = {"visible": False, **(new.get("visibility") or {})}
    for name in ("from", "to"):
        if visibility.get(name) and read_instant(visibility[name]) is None:
            text = f"visibility.{name} is no moment of ISO 8601"
            raise PERIOD(CONSTRAINTS, details=[Detail(text, f"visibility.{name}", "invalid_field")])


def _present(_ctx: RequestContext, state: State, document: Document) -> Document:
    shown = is_visible(document.get("visibility") or {}, state.now())
    return {**document, "status": "visible" if shown else "not_visible"}


def is_visible(visibility: Mapping[str, Any], now: datetime) -> bool:
    """Whether a catalog is shown at a moment; both ends of the period belong to it (catalog document)."""
    return bool(visibility.get("visible")) and within(visibility, now)


def _after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    if new is None:
        state.emit("catalog.deleted", {"id": (old or {})["id"]})
        return
    verb = "created" if old is None else "updated"
    shown = is_visible(new.get("visibility") or {}, state.now())
    payload = {**new, "status": "visible" if shown else "not_visible"}
    payload["metadata"] = {**payload["metadata"], "modifiedAt": payload["metadata"].get("updatedAt")}
    del payload["metadata"]["updatedAt"]
    state.emit(f"catalog.{verb}", payload)


CATALOGS = service.resource(
    Resource(
        path="/catalog/{tenant}/catalogs",
        collection="catalogs",
        id_pattern="[a-zA-Z0-9_-]{1,66}",
        lock="ignored",
        modified="updatedAt",
        localized=("name", "description"),
        languages=replace(MAPS, refused=_language),
        filters={
            "name": "~name",
            "description": "~description",
            "publishedSite": "publishedSites",
            "visibilityFrom": ">=visibility.from",
            "visibilityTo": "<=visibility.to",
            "metadataUpdatedAt": ">=metadata.updatedAt",
        },
        prepare=_prepare,
        present=_present,
        after=_after,
        missing=missing,
        duplicate=_duplicate,
    )
)
service.collection(
    CATALOGS.collection,
    computed=("status",),
    references={"categoryIds": "category-tree/categories"},
    times=("metadata.createdAt", "metadata.updatedAt"),
)


for _name in ("name", "description"):
    service.alias_parameter(
        "GET-catalog-list-catalogs",
        f"{_name}.*",
        _name,
        source="catalog document: the name of a language may follow",
    )


@service.operation("GET-catalog-list-catalogs-for-category")
def list_of_category(ctx: RequestContext, state: State) -> Result:
    """The catalogs that hold a root category."""
    category = ctx.path["categoryId"]
    return crud.listing(CATALOGS, ctx, state, where={"categoryIds": (category,)})


@service.operation("PUT-catalog-update-catalog")
def replace_catalog(ctx: RequestContext, state: State) -> Result:
    """Replace a catalog, or create it under the id of the path."""
    _check_version(ctx, state)
    return run_replace(CATALOGS, ctx, state)


@service.operation("PATCH-catalog-update-catalog-properties")
def patch_catalog(ctx: RequestContext, state: State) -> Result:
    """Merge into a catalog."""
    _check_version(ctx, state)
    return run_patch(CATALOGS, ctx, state)


def _check_version(ctx: RequestContext, state: State) -> None:
    """The refusal names the version asked for, which the general check does not hand on."""
    key = ctx.path["catalogId"]
    old = crud.find(CATALOGS, ctx, state, key)
    given = ((ctx.body or {}).get("metadata") or {}).get("version")
    if old is not None and given is not None and given != old["metadata"]["version"]:
        raise STALE(not_latest(key, given))


@service.on("category.deleted")
def category_gone(ctx: RequestContext, state: State, category: Mapping[str, Any]) -> None:
    """Take a deleted category out of every catalog, an update of each (events of the webhook service)."""
    catalogs = state.collection(CATALOGS.collection)
    for key in catalogs.find("categoryIds", category.get("id")):
        found = catalogs.get(key) or {}
        kept = [other for other in found["categoryIds"] if other != category["id"]]
        crud.write(CATALOGS, ctx, state, {**found, "categoryIds": kept}, found)
