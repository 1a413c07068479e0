"""Lists of categories by how they stand to something: above, below, or holding a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.services.category_tree.categories import CATEGORIES
from emporix_mock.services.category_tree.declared import absent, service, unpublished
from emporix_mock.services.category_tree.family import ancestors, descendants
from emporix_mock.services.category_tree.links import assignments

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.world import State


@service.operation("GET-category-tree-retrieve-category-parents")
def parents(ctx: RequestContext, state: State) -> Result:
    """The categories above one, the root first; 404 for a root."""
    hidden = unpublished(ctx)
    own = crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"])
    found = [parent["id"] for parent in ancestors(state, own) if hidden or parent["published"]]
    return _page(ctx, state, found, _none(ctx, own["id"], "parents"))


@service.operation("GET-category-tree-list-subcategories")
def subcategories(ctx: RequestContext, state: State) -> Result:
    """The categories below one, as deep as asked; 404 where there are none."""
    hidden = unpublished(ctx)
    own = crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"])
    depth = ctx.query.get("depth") or None
    found = state.collection(CATEGORIES.collection).remembered(
        ("below", own["id"], hidden, depth),
        lambda: [below["id"] for below in descendants(state, own["id"], hidden=hidden, depth=depth)],
    )
    return _page(ctx, state, found, _none(ctx, own["id"], "subcategories"))


@service.operation("GET-category-tree-list-categories-by-reference-id")
def of_product(ctx: RequestContext, state: State) -> Result:
    """The categories that a product is assigned to; 404 where there are none."""
    hidden = unpublished(ctx)
    own, stored = ctx.path["referenceId"], assignments(state)
    links = [stored.get(key) or {} for key in stored.among("ref.id", (own,))]
    categories = [crud.find(CATEGORIES, ctx, state, link["categoryId"]) for link in links]
    found = [found["id"] for found in categories if found and (hidden or found["published"])]
    none = absent(
        own,
        "Error while getting categories for assignment reference",
        f"Categories for assignment reference with id '{own}' not found",
    )
    return _page(ctx, state, found, none)


def _none(ctx: RequestContext, own: str, what: str) -> EmporixError:
    detail = f"{what.capitalize()} for category with id '{own}' for tenant '{ctx.tenant}' not found"
    return absent(own, f"Error while getting category {what}", detail)


def _page(ctx: RequestContext, state: State, found: list[str], none: EmporixError) -> Result:
    """A page in the order found, or in the one asked for."""
    if not found:
        raise none
    if ctx.query.get("sort"):
        return crud.listing(CATEGORIES, ctx, state, q="", where={"id": tuple(found)})
    start, stop = crud.page_of(ctx.query, CATEGORIES.page_size)
    page = (crud.find(CATEGORIES, ctx, state, key) for key in found[start:stop])
    answers = [CATEGORIES.answer(ctx, state, category) for category in page if category]
    return Result(200, answers, crud.totals(CATEGORIES, ctx, len(found)))
