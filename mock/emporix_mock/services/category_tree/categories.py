"""Categories: list, search, create, read, change, move, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.binding import run_create, run_patch, run_replace
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.engine.translation import MAPS
from emporix_mock.platform.assets import assets_of
from emporix_mock.services.category_tree.declared import (
    CODE,
    CONSTRAINT,
    CYCLE,
    DUPLICATE,
    ECN,
    PARENT,
    PUBLISH,
    PUBLISH_FLAG,
    PUBLISH_PARAMETER,
    PUBLISHING,
    ROOT,
    ROOT_KEPT,
    SLUG,
    UNPUBLISH,
    missing,
    need_scope,
    refusal,
    service,
    unpublished,
)
from emporix_mock.services.category_tree.family import COLLECTION, ancestors, children, descendants
from emporix_mock.services.category_tree.links import unassign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SORTABLE = frozenset(
    (
        "id",
        "code",
        "ecn",
        "type",
        "parentId",
        "position",
        "published",
        "localizedName",
        "localizedDescription",
        "localizedSlug",
        "validity.from",
        "validity.to",
        "metadata.createdAt",
        "metadata.modifiedAt",
        "metadata.version",
    )
)


# What happens at every write and every answer.


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    for name, value in {"type": "STANDARD", "position": 0, "validity": {}, "mixins": {}}.items():
        if new.get(name) is None:
            new[name] = value
    for name in ("code", "ecn"):
        if name in new and new[name] is None:
            del new[name]
    _check_place(state, new)
    if new["type"] == "CLASSIFICATION" and not new.get("code"):
        raise refusal(CODE, CONSTRAINT, "Code of a classification category must not be empty")
    taken = state.collection(COLLECTION)
    for number in new.get("ecn") or ():
        if any(key != new["id"] for key in taken.find("ecn", number)):
            text = "Duplicated ECN value - given ECN is already assigned to another category.'"
            raise refusal(ECN, text)
    before = bool(old and old["published"])
    if new["published"] and not before:
        need_scope(PUBLISHING, ctx, PUBLISH)
    elif before and not new["published"]:
        need_scope(PUBLISHING, ctx, UNPUBLISH)


def _check_place(state: State, new: Document) -> None:
    """The parent exists, is of the same type and does not stand below the category itself."""
    above = new.get("parentId")
    if above is None or above == ROOT:
        new.pop("parentId", None)
        return
    parent = state.collection(COLLECTION).get(above)
    if above != new["id"] and parent is None:
        raise refusal(PARENT, CONSTRAINT, f"Parent category with id '{above}' not found")
    if parent is None or new["id"] in (above, *(found["id"] for found in ancestors(state, parent))):
        raise refusal(CYCLE, CONSTRAINT, "A category must not stand below itself")
    if parent["type"] != new["type"]:
        raise refusal(PARENT, CONSTRAINT, "Parent and child category must have the same type")


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    """With what only answers have: plain texts, inherited classification mixins, media."""
    plain_texts(state, document)
    above = ancestors(state, document) if document["type"] == "CLASSIFICATION" else []
    inherited = [mixin for source in (*above, document) for mixin in _mixins_of(source)]
    if inherited:
        document["classificationMixins"] = inherited
    if ctx.query.get("expandSupercategoriesIds"):
        document["supercategoriesIds"] = [found["id"] for found in ancestors(state, document)]
    document["media"] = [_medium(asset) for asset in assets_of(state, "CATEGORY", document["id"])]
    return document


def plain_texts(state: State, document: Document) -> None:
    """The deprecated `name` and `description`: the texts of the tenant's default language."""
    language = languages_of(state)[0]
    for name, field in (("name", "localizedName"), ("description", "localizedDescription")):
        text = (document.get(field) or {}).get(language)
        if text is not None:
            document[name] = text


def _mixins_of(category: Document) -> Iterator[Document]:
    for mixin in category.get("ownClassificationMixins") or ():
        path = f"class_{category.get('code')}_{mixin['name']}"
        yield {**mixin, "mixinPath": path, "sourceCategoryId": category["id"]}


def _medium(asset: Document) -> Document:
    times = {name: asset["metadata"][name] for name in ("createdAt", "modifiedAt")}
    shown = {
        "id": asset["id"],
        "url": asset.get("url"),
        "contentType": (asset.get("details") or {}).get("mimeType"),
        "metadata": times,
        "mixins": asset.get("mixins"),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _visible(ctx: RequestContext, _state: State, document: Document) -> bool:
    """Reading hides unpublished categories unless asked; writing reaches them all."""
    return bool(document["published"] or not ctx.about.reads or ctx.query.get("showUnpublished"))


def _duplicate(category_id: str) -> Any:
    return refusal(DUPLICATE, f"Category with id '{category_id}' already exists.")


CATEGORIES = service.resource(
    Resource(
        path="/category/{tenant}/categories",
        collection=COLLECTION,
        new_id="uuid",
        fixed=("type",),
        localized=("localizedName", "localizedDescription", "localizedSlug"),
        languages=replace(MAPS),
        filters={
            "code": "",
            "localizedName": "~localizedName",
            "localizedDescription": "~localizedDescription",
            "localizedSlug": "~localizedSlug",
            "validityFrom": ">=validity.from",
            "validityTo": "<=validity.to",
            "metadataModifiedAt": ">=metadata.modifiedAt",
        },
        sortable=SORTABLE,
        prepare=_prepare,
        present=_present,
        visible=_visible,
        missing=missing,
        duplicate=_duplicate,
        event="category",
    )
)
service.collection(
    COLLECTION,
    computed=("name", "description", "classificationMixins", "supercategoriesIds", "media"),
    references={"parentId": "category-tree/categories"},
)
service.alias_parameter(
    "DELETE-category-tree-remove-category",
    "recursive",
    "withSubcategories",
    source="category document: the old name of the parameter",
)


# Operations.


def _wanted(ctx: RequestContext, document: Document) -> bool:
    code = ctx.query.get("code")
    if code and str(document.get("code") or "").casefold() != code.casefold():
        return False
    return not (ctx.query.get("showRoots") and document.get("parentId"))


@service.operation("GET-category-tree-list-categories")
def list_categories(ctx: RequestContext, state: State) -> Result:
    """A page of the categories."""
    unpublished(ctx)
    return crud.listing(CATEGORIES, ctx, state, keep=lambda found: _wanted(ctx, found))


@service.operation("POST-category-tree-search-categories")
def search(ctx: RequestContext, state: State) -> Result:
    """The same with the query in the body."""
    unpublished(ctx)
    query = (ctx.body or {}).get("q") or ""
    return crud.listing(CATEGORIES, ctx, state, q=query, keep=lambda found: _wanted(ctx, found))


@service.operation("GET-category-tree-retrieve-category")
def read(ctx: RequestContext, state: State) -> Document:
    """One category."""
    unpublished(ctx)
    return CATEGORIES.answer(ctx, state, crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"]))


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
