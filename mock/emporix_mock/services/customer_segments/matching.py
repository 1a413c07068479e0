"""Which products stand in segments: directly, or through a category."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.errors import NotFound
from emporix_mock.services.customer_segments import seeing
from emporix_mock.services.customer_segments.declared import SUBCATEGORIES, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-customer-segment-check-match")
def match(ctx: RequestContext, state: State) -> list[Document]:
    """Of the products of the body, those in one of its segments that is in effect at the site."""
    ctx.about.check_payload(ctx.body)
    site = ctx.body.get("site") or ctx.body.get("siteCode")
    wanted = {key for key in ctx.body["segmentIds"] if _counts(state, key, site)}
    held = {"PRODUCT": set[str](), "CATEGORY": set[str]()}
    assignments = state.collection("itemAssignments")
    for key in assignments.among("segmentId", sorted(wanted)):
        found = assignments.get(key) or {}
        held[found["type"]].add(found["item"]["id"])
    items = [item for item in ctx.body["items"] if item.get("id")]
    return [
        {"id": item["id"]}
        for item in items
        if item["id"] in held["PRODUCT"]
        or (held["CATEGORY"] and not held["CATEGORY"].isdisjoint(_categories(ctx, item["id"])))
    ]


def _counts(state: State, key: str, site: str | None) -> bool:
    segment = state.collection("segments").get(key)
    if segment is None or site not in (None, segment["siteCode"]):
        return False
    return seeing.in_effect(state, segment)


def _categories(ctx: RequestContext, product: str) -> set[str]:
    """The categories of a product, with those above where they count."""
    query = {"showUnpublished": True, "expandSupercategoriesIds": True, "pageSize": 2000}
    try:
        found = ctx.call(
            "category-tree",
            "GET-category-tree-list-categories-by-reference-id",
            path={"referenceId": product},
            query=query,
        ).body
    except NotFound:
        return set()
    keys = {category["id"] for category in found}
    if ctx.switch(SUBCATEGORIES) == "include":
        keys |= {above for category in found for above in category.get("supercategoriesIds") or ()}
    return keys
