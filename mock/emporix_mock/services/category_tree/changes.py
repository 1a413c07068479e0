"""Categories that come, change and go: create, replace, change, move, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.binding import run_create, run_patch, run_replace
from emporix_mock.engine.context import Result
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.services.category_tree.categories import CATEGORIES
from emporix_mock.services.category_tree.declared import (
    CONSTRAINT,
    PUBLISH_FLAG,
    PUBLISH_PARAMETER,
    ROOT_KEPT,
    SLUG,
    refusal,
    service,
)
from emporix_mock.services.category_tree.family import children, descendants
from emporix_mock.services.category_tree.links import unassign

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _checked(ctx: RequestContext, state: State) -> None:
    """What a body has to be before it is looked at as a category."""
    languages = languages_of(state)[1]
    if any(language not in languages for language in ctx.body.get("localizedSlug") or {}):
        raise refusal(SLUG, CONSTRAINT, "Category slug contains unsupported languages")
    published = ctx.body.get("published")
    asked = bool(ctx.query.get("publish"))
    if published is not None and published != asked and ctx.switch(PUBLISH_PARAMETER) == "match":
        raise refusal(PUBLISH_FLAG, CONSTRAINT, "Parameter publish does not match the field published")


@service.operation("POST-category-tree-create-category")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a new category."""
    _checked(ctx, state)
    return run_create(CATEGORIES, ctx, state)


@service.operation("PUT-category-tree-update-category")
def replace_category(ctx: RequestContext, state: State) -> Result:
    """Replace a category, or create it; without parent it becomes a root.

    Clients that keep to the published schema cannot send its own classification mixins, so these stay.
    """
    _checked(ctx, state)
    old = crud.find(CATEGORIES, ctx, state, ctx.path["categoryId"])
    if old is not None and "ownClassificationMixins" in old:
        ctx.body.setdefault("ownClassificationMixins", old["ownClassificationMixins"])
    return run_replace(CATEGORIES, ctx, state)


@service.operation("PATCH-category-tree-update-category")
def patch(ctx: RequestContext, state: State) -> Result:
    """Merge into a category."""
    if ctx.body.get("published", True) is None:
        del ctx.body["published"]
    _checked(ctx, state)
    return run_patch(CATEGORIES, ctx, state)


@service.operation("DELETE-category-tree-remove-category")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a category with its assignments: its children go too or become roots."""
    category = crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"])
    below = children(state, category["id"])
    if ctx.query.get("withSubcategories"):
        for found in reversed(list(descendants(state, category["id"]))):
            _remove(ctx, state, found)
    elif below and not category.get("parentId"):
        raise ROOT_KEPT(
            body={
                "code": 400,
                "status": "Bad request",
                "message": "Error while deleting category",
                "details": ["Cannot delete root category without subsequent categories"],
            }
        )
    else:
        for child in below:
            root = {name: value for name, value in child.items() if name != "parentId"}
            crud.write(CATEGORIES, ctx, state, root, child)
    _remove(ctx, state, category)
    return Result(204)


def _remove(ctx: RequestContext, state: State, category: Document) -> None:
    unassign(state, "categoryId", category["id"])
    crud.delete(CATEGORIES, ctx, state, category["id"])
