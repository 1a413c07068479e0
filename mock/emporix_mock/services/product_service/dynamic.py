"""Dynamic variants: a free tree of products whose root knows all below it.

What is derived from the tree is stored, as upstream does: a write brings a product and its root up to
date only when all of its ancestors are there; otherwise a recalculation has to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.rules.members import without_gaps
from emporix_mock.services.product_service.declared import COLLECTION, VARIANT, refusal
from emporix_mock.services.product_service.variants import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DYNAMIC = "DYNAMIC_VARIANT"
LEVELS = 4
DERIVED = ("parentVariantPath", "inheritedVariantAttributes", "variants")
VALUES: dict[str, type | tuple[type, ...]] = {
    "STRING": str,
    "NUMBER": (int, float),
    "DECIMAL": (int, float),
    "BOOLEAN": bool,
}


def check(new: Document) -> None:
    """The qualifier of an attribute is of the JSON type that the attribute says. Raises 400."""
    for name, attribute in (new.get("ownVariantAttributes") or {}).items():
        value = attribute["value"]
        qualifier, wanted = value["qualifier"], VALUES[value["type"]]
        if not isinstance(qualifier, wanted) or (value["type"] != "BOOLEAN" and isinstance(qualifier, bool)):
            raise refusal(VARIANT, f"Qualifier of '{name}' is not of type {value['type']}")


def chain(state: State, document: Document) -> tuple[list[Document], Document]:
    """The ancestors, the direct parent first, and what is wrong with them (empty: nothing)."""
    products = state.collection(COLLECTION)
    found: list[Document] = []
    seen, above = {document["id"]}, document.get("parentVariantId")
    while above:
        if above in seen:
            return found, {"cycleDetected": True}
        parent = products.get(above)
        if parent is None:
            return found, {"missingAncestorId": above}
        seen.add(above)
        found.append(parent)
        above = parent.get("parentVariantId")
    return found, {}


def root_of(state: State, document: Document) -> Document | None:
    """The root of the tree that a product stands in; None where the way up is broken."""
    above, wrong = chain(state, document)
    if wrong:
        return None
    return above[-1] if above else document


def settle(state: State, document: Document) -> Document:
    """A dynamic variant with what it takes from its ancestors, as far as they are there."""
    above, wrong = chain(state, document)
    if len(above) >= LEVELS:
        raise refusal(VARIANT, f"Dynamic variants have {LEVELS} levels at most")
    new = {name: value for name, value in document.items() if name not in DERIVED[:2]}
    metadata = {name: value for name, value in new["metadata"].items() if name != "dynamicVariantInfo"}
    if wrong:
        metadata["dynamicVariantInfo"] = wrong
    elif above:
        new["parentVariantPath"] = [parent["id"] for parent in above]
        inherited: Document = {}
        for parent in reversed(above):
            inherited |= parent.get("ownVariantAttributes") or {}
        new["inheritedVariantAttributes"] = inherited
    new["metadata"] = metadata
    if above or wrong:
        new.pop("variants", None)
    return new


def enter(state: State, document: Document) -> None:
    """Bring the entry of a product in its root's list up to date."""
    root = root_of(state, document)
    if root is None or root["id"] == document["id"]:
        return
    root["variants"] = {**(root.get("variants") or {}), document["id"]: _entry(document)}
    state.collection(COLLECTION).put(root["id"], root)


def rebuild(state: State, root: Document) -> None:
    """Bring everything below a root up to date, and the root's list."""
    variants = {}
    for found in descendants(state, root["id"]):
        settled = settle(state, found)
        state.collection(COLLECTION).put(settled["id"], settled)
        variants[settled["id"]] = _entry(settled)
    settled = settle(state, root)
    if variants or "variants" in settled:
        settled["variants"] = variants
    state.collection(COLLECTION).put(settled["id"], settled)


def descendants(state: State, own: str, seen: frozenset[str] = frozenset()) -> Iterator[Document]:
    """Everything below a product, parents first."""
    for child in children(state, own):
        if child["id"] not in seen:
            yield child
            yield from descendants(state, child["id"], seen | {own})


def _entry(document: Document) -> Document:
    inherited = document.get("inheritedVariantAttributes") or {}
    entry = {
        "version": document["metadata"]["version"],
        "code": document["code"],
        "name": document["name"],
        "parentVariantId": document["parentVariantId"],
        "sellable": document.get("sellable", False),
        "published": document["published"],
        "dynamicVariantType": document.get("dynamicVariantType"),
        "variantAttributes": {**inherited, **(document.get("ownVariantAttributes") or {})},
    }
    return without_gaps(entry)
