"""References inside mixins: `{emporixReferenceType, id}`, checked on writing, expanded on reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.resource import PARENT
from emporix_mock.services.schema.declared import BAD_REFERENCE, invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

TYPE: Final = "emporixReferenceType"
STORED: Final[Mapping[str, tuple[str, str]]] = {
    "AVAILABILITY": ("availability", "availabilities"),
    "CART": ("cart", "carts"),
    "CATEGORY": ("category-tree", "categories"),
    "COMPANY": ("client-management", "legalEntities"),
    "COUPON": ("coupon", "coupons"),
    "CUSTOMER": ("customer-service", "customers"),
    "LOCATION": ("client-management", "locations"),
    "MEDIA": ("media", "assets"),
    "ORDER": ("order", "orders"),
    "PRICE_LIST": ("price-service", "priceLists"),
    "PRODUCT": ("product-service", "products"),
    "QUOTE": ("quote", "quotes"),
    "RETURN": ("returns", "returns"),
    "SITE": ("site-settings-service", "sites"),
    "VENDOR": ("vendor-service", "vendors"),
}

_INDEX = re.compile(r"\[\d+\]|\.\d+(?=\.|$)")


def check_references(state: State, values: Any) -> None:
    """Raise 400 for a reference to what is not there."""
    for path, reference in _found(values, "mixins"):
        if _target(state, reference) is None:
            text = f"There is no {reference[TYPE]} with id '{reference.get('id')}'"
            raise invalid(BAD_REFERENCE, path, text)


def expanded(state: State, values: Document, wanted: str) -> Document:
    """The mixins with references completed: those at the paths of a comma list, all with `*`."""
    paths = {path.strip().removeprefix("mixins.") for path in wanted.split(",")}
    for path, reference in list(_found(values, "")):
        if "*" in paths or path in paths or _INDEX.sub("", path) in paths:
            _complete(state, reference)
    return values


def _complete(state: State, reference: Document) -> None:
    target = _target(state, reference)
    if target is None:
        text = f"There is no {reference[TYPE]} with id '{reference.get('id')}'"
        reference |= {"expandStatus": "FAILURE", "error": text}
    else:
        shown = {name: value for name, value in target.items() if name != PARENT}
        reference |= {**shown, TYPE: reference[TYPE], "id": reference["id"], "expandStatus": "SUCCESS"}


def _found(node: Any, path: str) -> Iterator[tuple[str, Document]]:
    if isinstance(node, list):
        for index, entry in enumerate(node):
            yield from _found(entry, f"{path}[{index}]")
    elif isinstance(node, dict) and isinstance(node.get(TYPE), str):
        yield path, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _found(value, f"{path}.{name}" if path else name)


def _target(state: State, reference: Document) -> Document | None:
    kind, own = reference[TYPE], str(reference.get("id"))
    if kind in STORED:
        service, collection = STORED[kind]
        return state.world.state(service).collection(collection).get(own)
    return state.collection("instances").get(f"{kind}/{own}")
