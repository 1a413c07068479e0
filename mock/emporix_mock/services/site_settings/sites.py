"""Sites: list, create, read, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.rules.sites import expansion, known, replaced
from emporix_mock.services.site_settings.declared import (
    CODE_FIXED,
    DEFAULT_KEPT,
    INACTIVE,
    MANAGE,
    OTHER_CODE,
    SITES,
    find,
    invalid,
    may_manage,
    payload,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-site-settings-list-site-configurations")
def list_sites(ctx: RequestContext, state: State) -> Result:
    """The active sites, inactive ones too on request."""
    return crud.listing(SITES, ctx, state, tests=_listed(ctx))


@service.operation("GET-site-settings-list-site-codes")
def list_codes(ctx: RequestContext, state: State) -> Result:
    """The codes of what `list_sites` lists."""
    page = crud.listing(SITES, ctx, state, tests=_listed(ctx))
    return Result(page.status, [site["code"] for site in page.body], page.headers)


@service.operation("POST-site-settings-create-site")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a new site."""
    site = crud.create(SITES, ctx, state, known(payload(ctx)))
    return Result(201, {"id": site["code"]})


@service.operation("GET-site-settings-retrieve-site-config")
def read(ctx: RequestContext, state: State) -> Document:
    """A site by its code; an inactive one takes the scope to manage sites."""
    site = find(ctx, state)
    if not site.get("active", True) and not may_manage(ctx):
        raise _manage_needed()
    return SITES.answer(ctx, state, site)


@service.operation("PUT-site-settings-update-site-config")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a site; what reading hides unasked is kept."""
    body, old = known(payload(ctx)), find(ctx, state)
    _check_code(ctx, body)
    crud.write(SITES, ctx, state, replaced(old, body, expansion(ctx.query.get("expand"))), old)
    return Result(200)


@service.operation("PATCH-site-settings-update-site")
def patch(ctx: RequestContext, state: State) -> Result:
    """Merge into a site; null removes."""
    body = known(payload(ctx))
    find(ctx, state)
    _check_code(ctx, body)
    site = crud.patch(SITES, ctx, state, ctx.path["siteCode"], body)
    ctx.about.check_document(SITES.answer(ctx, state, dict(site)))
    return Result(200)


@service.operation("DELETE-site-settings-remove-site")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a site, never the default one."""
    site = find(ctx, state)
    if site.get("default"):
        raise invalid(DEFAULT_KEPT, "default", f"Site {site['code']} is the default site")
    crud.delete(SITES, ctx, state, site["code"])
    return Result(204)


def _listed(ctx: RequestContext) -> dict[object, Callable[[Document], bool]]:
    if not ctx.query.get("includeInactive"):
        return {"active": _is_active}
    if not may_manage(ctx):
        raise _manage_needed()
    return {}


def _is_active(site: Document) -> bool:
    return bool(site.get("active", True))


def _manage_needed() -> EmporixError:
    return INACTIVE("User not authorized", details=[f"Missing required scopes [{MANAGE}]"])


def _check_code(ctx: RequestContext, body: dict[str, Any]) -> None:
    code = ctx.path["siteCode"]
    if body.get("code", code) != code and ctx.switch(OTHER_CODE) == "refuse":
        raise invalid(CODE_FIXED, "code", f"The code of site {code} cannot change")
