"""Categories as trees, derived from the categories at every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.services.category_tree.categories import CATEGORIES, plain_texts
from emporix_mock.services.category_tree.declared import absent, service, unpublished
from emporix_mock.services.category_tree.family import children

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FIELDS = (
    "id",
    "name",
    "description",
    "code",
    "localizedName",
    "localizedDescription",
    "localizedSlug",
    "validity",
    "position",
    "published",
    "ecn",
)
OLD_FIELDS = ("id", "parentId", "name", "code", "description", "position", "published", "ecn")


def _tree(state: State, category: Document, *, hidden: bool, fields: tuple[str, ...] = FIELDS) -> Document:
    """A category with everything below it; without `hidden` an unpublished one ends its branch."""
    plain_texts(state, category)
    node = {name: category[name] for name in fields if name in category}
    below = (child for child in children(state, category["id"]) if hidden or child["published"])
    node["subcategories"] = [_tree(state, child, hidden=hidden, fields=fields) for child in below]
    return node


def _roots(state: State, *, hidden: bool) -> list[Document]:
    found = [
        category
        for category in state.collection(CATEGORIES.collection).scan()
        if not category.get("parentId") and (hidden or category["published"])
    ]
    return sorted(found, key=lambda category: category["position"])


@service.operation("GET-category-tree-retrieve-category-tree")
def trees(ctx: RequestContext, state: State) -> list[Document]:
    """All trees, or those of some roots."""
    given = ctx.query.get("categoryIds") or ()
    asked = given.split(",") if isinstance(given, str) else given
    return _trees(ctx, state, [own.strip() for own in asked] or None)


@service.operation("POST-category-tree-search-category-trees")
def search(ctx: RequestContext, state: State) -> list[Document]:
    """The trees of the roots that the body lists."""
    return _trees(ctx, state, ctx.body["categoryIds"])


def _trees(ctx: RequestContext, state: State, asked: list[str] | None) -> list[Document]:
    hidden = unpublished(ctx)
    roots = _roots(state, hidden=hidden)
    return [_tree(state, root, hidden=hidden) for root in roots if asked is None or root["id"] in asked]


@service.operation("GET-category-tree-retrieve-category-tree-by-id")
def tree(ctx: RequestContext, state: State) -> Document:
    """The tree of one root; 404 for any other category."""
    return _one(ctx, state, ctx.path["categoryId"])


@service.operation("POST-category-tree-rebuild-category-tree")
def rebuild(ctx: RequestContext, state: State) -> Document:
    """The tree made anew; as trees are never kept, it is the same."""
    return _one(ctx, state, ctx.path["rootCategoryId"])


def _one(ctx: RequestContext, state: State, own: str) -> Document:
    hidden = unpublished(ctx)
    root = crud.find(CATEGORIES, ctx, state, own)
    if root is None or root.get("parentId") or not (hidden or root["published"]):
        detail = f"Category tree for category with id '{own}' not found"
        raise absent(own, "Error while getting category tree", detail)
    return _tree(state, root, hidden=hidden)


@service.operation("GET-category-tree-retrieve-category-tree-deprecated")
def old_tree(_ctx: RequestContext, state: State) -> Document:
    """The published categories of a shop below one root that stands for the shop."""
    roots = [root for root in _roots(state, hidden=False) if root["type"] == "STANDARD"]
    return {
        "id": "root",
        "name": "Catalog",
        "code": "root",
        "position": 0,
        "published": True,
        "subcategories": [_tree(state, root, hidden=False, fields=OLD_FIELDS) for root in roots],
    }
