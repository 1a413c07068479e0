"""What events tell of categories and assignments (webhook facts, catalogue)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.rules.members import without_gaps
from emporix_mock.services.category_tree.family import COLLECTION, classification_mixins

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

WRAPPED = {
    "localizedName": ("name", "name"),
    "localizedDescription": ("description", "description"),
    "localizedSlug": ("slug", "code"),
    "ecn": ("ecn", "externalCategoryNumbers"),
    "position": ("position", "position"),
    "published": ("publish", "published"),
}
"""Members that stand in an object of their own: its name and the name in it."""


def told(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> Document:
    """The payload of the event of a category's write."""
    if new is None:
        gone = old or {}
        return without_gaps({"id": gone["id"], "parentId": gone.get("parentId")})
    plain = {name: new.get(name) for name in ("id", "parentId", "type", "validity", "mixins", "metadata")}
    wrapped = {outer: {inner: new[name]} for name, (outer, inner) in WRAPPED.items() if name in new}
    mixins = classification_mixins(state, new)
    if old is None:
        return without_gaps({**plain, **wrapped, "classificationMixins": mixins})
    before = classification_mixins(state, old)
    return without_gaps(
        {**plain, **wrapped, "classificationMixinsBefore": before, "classificationMixinsAfter": mixins}
    )


def told_of_new(state: State, assignment: Document) -> Document:
    """The payload of the event of a new assignment."""
    category = state.collection(COLLECTION).get(assignment["categoryId"]) or {}
    return {
        "categoryId": assignment["categoryId"],
        "assignment": assignment,
        "metadata": {"createdAt": assignment["createdAt"]},
        "classificationMixins": classification_mixins(state, category),
    }


def told_of_gone(assignments: list[Document]) -> Document:
    """The payload of the event of assignments to one category that are gone."""
    return {"categoryId": assignments[0]["categoryId"], "assignments": assignments}
