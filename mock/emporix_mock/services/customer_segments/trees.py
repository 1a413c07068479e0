"""The categories of segments as trees: those assigned, and what is above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine import translation
from emporix_mock.services.customer_segments.declared import MAPS, service
from emporix_mock.services.customer_segments.items import chosen

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SHOWN: Final = (
    "id",
    "parentId",
    "code",
    "localizedDescription",
    "localizedSlug",
    "ecn",
    "validity",
    "position",
    "published",
)
ALL: Final = 10**6


@service.operation("GET-customer-segment-retrieve-category-trees")
def trees(ctx: RequestContext, state: State) -> list[Document]:
    """The trees of the published categories of the segments in effect that the caller sees."""
    wanted = {segment["id"] for segment in chosen(ctx, state, active=True)}
    assignments = state.collection("itemAssignments")
    found = [assignments.get(key) or {} for key in assignments.among("segmentId", sorted(wanted))]
    assigned = {a["item"]["id"] for a in found if a["type"] == "CATEGORY"}
    listed = ctx.call("category-tree", "GET-category-tree-list-categories", query={"pageSize": ALL}).body
    categories = {category["id"]: category for category in listed}
    nodes: dict[str, Document] = {}
    for key in assigned:
        while key in categories and key not in nodes:
            nodes[key] = node(categories[key], assigned)
            key = categories[key].get("parentId") or ""  # noqa: PLW2901
    reading = translation.reading(MAPS, ctx, state)
    return [translation.shown(reading, ("name",), root) for root in joined(nodes)]


def node(category: Document, assigned: set[str]) -> Document:
    """A category as a tree shows it."""
    return {
        **{name: category[name] for name in SHOWN if name in category},
        "name": category["localizedName"],
        "isSegmentAssigned": category["id"] in assigned,
        "subcategories": [],
    }


def joined(nodes: dict[str, Document]) -> list[Document]:
    """The roots, with everything else in its place below them."""
    roots: list[Document] = []
    for found in sorted(nodes.values(), key=lambda one: (one.get("position", 0), one["id"])):
        parent = nodes.get(found.get("parentId") or "")
        (roots if parent is None else parent["subcategories"]).append(found)
    return roots
