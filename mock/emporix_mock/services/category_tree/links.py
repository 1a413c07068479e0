"""The stored assignments of products to categories, and the events of their coming and going."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.services.category_tree.telling import told_of_gone, told_of_new

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

COLLECTION = "assignments"
PRODUCT = "PRODUCT"


def assignments(state: State) -> Documents:
    """The stored assignments."""
    return state.collection(COLLECTION)


def assignment(state: State, category_id: str, product_id: str) -> Document | None:
    """The assignment of a product to a category."""
    stored = assignments(state)
    found = set(stored.find("categoryId", category_id)) & set(stored.find("ref.id", product_id))
    return stored.get(next(iter(found))) if found else None


def assign(state: State, category_id: str, product_id: str) -> tuple[Document, bool]:
    """The assignment of a product to a category, made where there is none; the second value says made."""
    found = assignment(state, category_id, product_id)
    if found is not None:
        return found, False
    new: Document = {
        "id": state.ids.uuid(),
        "categoryId": category_id,
        "ref": {"id": product_id, "type": PRODUCT},
        "createdAt": state.timestamp(),
    }
    assignments(state).put(new["id"], new)
    state.emit("assignment.created", told_of_new(state, new))
    return new, True


def unassign(state: State, field: str, value: str) -> bool:
    """Remove all assignments with this value; False where there were none."""
    stored = assignments(state)
    gone: dict[str, list[Document]] = {}
    for key in stored.among(field, (value,)):
        found = stored.get(key) or {}
        gone.setdefault(found["categoryId"], []).append(found)
        stored.delete(key)
    for together in gone.values():
        state.emit("assignment.deleted", told_of_gone(together))
    return bool(gone)
