"""Variants: what a parent makes of them, what they take over from it and what is their own."""

from __future__ import annotations

from itertools import product as combinations
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.metadata import first
from emporix_mock.services.product_service.declared import COLLECTION, REMOVED_CHOICE

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OWN = ("id", "code", "productType", "parentVariantId", "media", "categoryIds", "customerSegmentIds")
NOT_TAKEN = frozenset((*OWN, "variantAttributes", "metadata", "mixins"))
CHOICE = "productVariantAttributes"


def inherit(parent: Document, child: Document) -> Document:
    """A variant with everything that it takes over: all of the parent but what it names as overridden."""
    overridden = (child.get("metadata") or {}).get("overridden") or []
    whole = {path.partition(".")[0] for path in overridden if "." not in path}
    new = {name: value for name, value in parent.items() if name not in NOT_TAKEN and name not in whole}
    new |= {name: child[name] for name in child if name in OWN or (name in whole and name not in new)}
    new["metadata"] = {**(child.get("metadata") or {})}
    mixins: Document = dict(parent.get("mixins") or {}) if "mixins" not in whole else {}
    own_mixins = child.get("mixins") or {}
    if "mixins" in whole:
        mixins = dict(own_mixins)
    if CHOICE in own_mixins:
        mixins[CHOICE] = own_mixins[CHOICE]
    if mixins:
        new["mixins"] = mixins
    urls = {**((parent.get("metadata") or {}).get("mixins") or {}), **(new["metadata"].get("mixins") or {})}
    if urls:
        new["metadata"]["mixins"] = urls
    for path in overridden:
        if "." in path:
            _copy(new, child, path.split("."))
    return new


def _copy(new: Document, child: Any, path: list[str]) -> None:
    """Take one nested member from the child."""
    name, *rest = path
    if not isinstance(child, dict) or name not in child:
        return
    if not rest:
        new[name] = child[name]
        return
    inner = new.get(name)
    new[name] = dict(inner) if isinstance(inner, dict) else {}
    _copy(new[name], child[name], rest)


def own_of(document: Document) -> Document:
    """Only what is a variant's own (`rawValue=false`)."""
    overridden = (document.get("metadata") or {}).get("overridden") or []
    kept = {name: document[name] for name in document if name in (*OWN, "name", "metadata")}
    for path in overridden:
        _copy(kept, document, path.split("."))
    if CHOICE in (document.get("mixins") or {}):
        _copy(kept, document, ["mixins", CHOICE])
    return kept


def children(state: State, parent_id: str) -> list[Document]:
    """The variants of a parent, in order of creation."""
    products = state.collection(COLLECTION)
    found = (products.get(key) for key in products.among("parentVariantId", (parent_id,)))
    return [child for child in found if child is not None]


def bring_up_to_date(ctx: RequestContext, state: State, parent: Document, *, generate: bool) -> None:
    """Let every variant take over what its parent has become, and make those that are missing."""
    existing = children(state, parent["id"])
    offered = [dict(choice) for choice in _choices(parent.get("variantAttributes") or {})]
    for child in existing:
        choice = (child.get("mixins") or {}).get(CHOICE)
        if generate and choice not in offered and ctx.switch(REMOVED_CHOICE) == "deleted":
            state.collection(COLLECTION).delete(child["id"])
            state.emit("product.deleted", {"id": child["id"]})
            continue
        put_changed(state, child, inherit(parent, child))
    if not generate:
        return
    taken = [(child.get("mixins") or {}).get(CHOICE) for child in existing]
    for choice in offered:
        if choice not in taken:
            _generate(state, parent, choice)


def put_changed(state: State, old: Document, new: Document) -> None:
    """Store a product that another one's change has changed: a new version of it, with its event."""
    if new == old:
        return
    metadata = new["metadata"]
    metadata["version"] = old["metadata"]["version"] + 1
    metadata["modifiedAt"] = state.timestamp()
    state.collection(COLLECTION).put(new["id"], new)
    state.emit("product.updated", new)


def _choices(attributes: dict[str, Any]) -> Any:
    """Every combination of what the attributes offer."""
    keys = [[(name, option["key"]) for option in options] for name, options in attributes.items()]
    return combinations(*keys) if keys else ()


def _generate(state: State, parent: Document, choice: Document) -> None:
    own = f"{parent['id']}--{state.ids.object_id()}"
    child: Document = {
        "id": own,
        "code": _free_code(state, "-".join([parent["code"], *(str(value) for value in choice.values())])),
        "productType": "VARIANT",
        "parentVariantId": parent["id"],
        "mixins": {CHOICE: choice},
        "categoryIds": [],
        "customerSegmentIds": [],
        "metadata": {**first(state), "overridden": []},
    }
    new = inherit(parent, child)
    state.collection(COLLECTION).put(own, new)
    state.emit("product.created", new)


def _free_code(state: State, code: str) -> str:
    products, found, number = state.collection(COLLECTION), code, 1
    while products.find("code", found):
        number += 1
        found = f"{code}-{number}"
    return found
