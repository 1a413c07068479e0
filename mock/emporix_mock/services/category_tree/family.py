"""How categories stand to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

COLLECTION = "categories"


def ancestors(state: State, category: Document) -> list[Document]:
    """The categories above one, the root first."""
    categories, above = state.collection(COLLECTION), category.get("parentId")
    found: list[Document] = []
    while above:
        parent = categories.get(above)
        if parent is None:
            break
        found.insert(0, parent)
        above = parent.get("parentId")
    return found


def children(state: State, category_id: str) -> list[Document]:
    """The categories directly below one, by position and then by age."""
    categories = state.collection(COLLECTION)
    found = [categories.get(key) for key in categories.among("parentId", (category_id,))]
    return sorted((child for child in found if child), key=lambda child: child.get("position") or 0)


def descendants(
    state: State, category_id: str, *, hidden: bool = True, depth: int | None = None
) -> Iterator[Document]:
    """Everything below a category, parents first; without `hidden` nothing at or below an unpublished one."""
    for child in children(state, category_id):
        if hidden or child["published"]:
            yield child
            if depth is None or depth > 1:
                below = None if depth is None else depth - 1
                yield from descendants(state, child["id"], hidden=hidden, depth=below)


def classification_mixins(state: State, category: Document) -> list[Document]:
    """The classification mixins of a category: those of all above it, then its own."""
    above = ancestors(state, category) if category.get("type") == "CLASSIFICATION" else []
    return [mixin for source in (*above, category) for mixin in _own_mixins(source)]


def _own_mixins(category: Document) -> Iterator[Document]:
    for mixin in category.get("ownClassificationMixins") or ():
        path = f"class_{category.get('code')}_{mixin['name']}"
        yield {**mixin, "mixinPath": path, "sourceCategoryId": category["id"]}
