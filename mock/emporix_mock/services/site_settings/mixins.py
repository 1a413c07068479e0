"""Mixins of a site: groups of further settings, each with the URL of its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.patching import merge_patch
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.sites import STANDARD_MIXINS, mixin_removed, mixin_shown, mixin_stored, unwrapped
from emporix_mock.services.site_settings.declared import (
    MIXIN_EXISTS,
    MIXIN_NAME,
    PATCHED_MIXIN,
    SEVERAL_MIXINS,
    SITES,
    find,
    invalid,
    payload,
    service,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-site-settings-list-site-mixins")
def list_mixins(ctx: RequestContext, state: State) -> Document:
    """All mixins of a site by name."""
    site = find(ctx, state)
    return {name: mixin_shown(site, name) for name in site.get("mixins") or {}}


@service.operation("POST-site-settings-create-site-mixin")
def create(ctx: RequestContext, state: State) -> Result:
    """Add the mixin that the body names; of several, all or none."""
    body, site = payload(ctx), find(ctx, state)
    if not body or "" in body or (len(body) > 1 and ctx.switch(SEVERAL_MIXINS) == "refuse"):
        raise invalid(MIXIN_NAME, "mixins", "A mixin is expected below its name")
    changed = site
    for name, mixin in body.items():
        if mixin_shown(site, name) is not None:
            raise MIXIN_EXISTS(f"Mixin {name} already exists for site {site['code']}")
        changed = mixin_stored(changed, name, mixin)
    _write(ctx, state, site, changed)
    return Result(201, {"id": next(iter(body))})


@service.operation("GET-site-settings-retrieve-site-mixin")
def read(ctx: RequestContext, state: State) -> Document:
    """One mixin."""
    name = ctx.path["mixinName"]
    mixin = mixin_shown(find(ctx, state), name)
    if mixin is None:
        raise _missing(name)
    return mixin


@service.operation("PUT-site-settings-update-site-mixin")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a mixin; the body is the mixin, with or without its name around it."""
    body, name = payload(ctx), ctx.path["mixinName"]
    read(ctx, state)
    site = find(ctx, state)
    _write(ctx, state, site, mixin_stored(site, name, unwrapped(body, name)))
    return Result(200)


@service.operation("PATCH-site-settings-update-site-mixin")
def patch(ctx: RequestContext, state: State) -> Result:
    """Merge into a mixin; null removes. A standard mixin that was never set begins empty."""
    body, name = payload(ctx), ctx.path["mixinName"]
    site = find(ctx, state)
    mixin = mixin_shown(site, name)
    if mixin is None:
        if name not in STANDARD_MIXINS or ctx.switch(PATCHED_MIXIN) == "not-found":
            raise _missing(name)
        mixin = {}
    _write(ctx, state, site, mixin_stored(site, name, merge_patch(mixin, body)))
    return Result(200)


@service.operation("DELETE-site-settings-remove-site-mixin")
def delete(ctx: RequestContext, state: State) -> Result:
    """Take a mixin and its schema URL away."""
    read(ctx, state)
    site = find(ctx, state)
    _write(ctx, state, site, mixin_removed(site, ctx.path["mixinName"]))
    return Result(204)


def _write(ctx: RequestContext, state: State, old: Document, new: Document) -> None:
    """A changed mixin is a change of the site, with its version and event."""
    crud.write(SITES, ctx, state, new, old)


def _missing(name: str) -> EmporixError:
    return NotFound(f"Mixin with name '{name}' could not be found", type="resource_not_found")
