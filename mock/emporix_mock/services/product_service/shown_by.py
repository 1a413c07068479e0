"""What products show of categories and segments: ids, and the classification mixins of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound
from emporix_mock.services.product_service import index_items
from emporix_mock.services.product_service.declared import COLLECTION, service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.on("assignment.created")
def assigned(ctx: RequestContext, state: State, assignment: Mapping[str, Any]) -> None:
    """A product came into a category."""
    _reassigned(ctx, state, assignment["assignment"]["ref"]["id"])


@service.on("assignment.deleted")
def taken_out(ctx: RequestContext, state: State, gone: Mapping[str, Any]) -> None:
    """Products left a category."""
    for assignment in gone["assignments"]:
        _reassigned(ctx, state, assignment["ref"]["id"])


@service.on("customer-segment.item-assignment-created")
@service.on("customer-segment.item-assignment-deleted")
def segmented(_ctx: RequestContext, state: State, assignment: Mapping[str, Any]) -> None:
    """Mirror the segments that a product itself stands in; that is no new version of it."""
    own = (assignment.get("item") or {}).get("id") or assignment.get("itemId")
    product = state.collection(COLLECTION).get(str(own))
    if assignment["type"] == "PRODUCT" and product is not None:
        items = state.world.state("customer-segments").collection("itemAssignments")
        found = [items.get(key) or {} for key in items.in_order(items.find("item.id", own))]
        product["customerSegmentIds"] = [a["segmentId"] for a in found if a["type"] == "PRODUCT"]
        state.collection(COLLECTION).put(str(own), product)


def _reassigned(ctx: RequestContext, state: State, product_id: str) -> None:
    _refresh(ctx, state, product_id)
    product = state.collection(COLLECTION).get(product_id)
    if product is not None:
        index_items.announce(ctx, state, product)


@service.on("category.updated")
def category_changed(ctx: RequestContext, state: State, category: Mapping[str, Any]) -> None:
    """Classification mixins of a category reach the products of all categories below it."""
    if category.get("type") != "CLASSIFICATION":
        return
    products = state.collection(COLLECTION)
    for key in products.ids():
        product = products.get(key) or {}
        if product.get("categoryIds"):
            _refresh(ctx, state, key)


def _refresh(ctx: RequestContext, state: State, product_id: str) -> None:
    """Mirror the categories of a product; that is no new version of it."""
    product = state.collection(COLLECTION).get(product_id)
    if product is None:
        return
    categories = _categories(ctx, product_id)
    product["categoryIds"] = [category["id"] for category in categories]
    _classify(product, categories)
    state.collection(COLLECTION).put(product_id, product)


def _categories(ctx: RequestContext, product_id: str) -> list[Document]:
    try:
        found = ctx.call(
            "category-tree",
            "GET-category-tree-list-categories-by-reference-id",
            path={"referenceId": product_id},
            query={"showUnpublished": True, "pageSize": 2000},
        ).body
    except NotFound:
        return []
    return list(found)


def _classify(product: Document, categories: list[Document]) -> None:
    """The mixins that the categories ask for; the schema that a product uses stays until it is rewritten."""
    metadata = product["metadata"]
    urls = dict(metadata.get("mixins") or {})
    mixins = {}
    for category in categories:
        for mixin in category.get("classificationMixins") or ():
            path = mixin["mixinPath"]
            used = urls.setdefault(path, mixin["schemaUrl"])
            obsolete = used != mixin["schemaUrl"]
            mixins[path] = {**mixin, "usedSchemaUrl": used, "obsoleteSchemaUrlUsed": obsolete}
    for gone in metadata.get("classificationMixins") or ():
        if gone["mixinPath"] not in mixins:
            urls.pop(gone["mixinPath"], None)
    metadata.pop("classificationMixins", None)
    if mixins:
        metadata["classificationMixins"] = list(mixins.values())
    if urls or "mixins" in metadata:
        metadata["mixins"] = urls
