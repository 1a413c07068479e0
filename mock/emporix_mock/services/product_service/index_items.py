"""What search indexes hear of a product: one event per site on which it has a price (webhook guide)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform.assets import assets_of

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SHOWN = (
    "id",
    "code",
    "name",
    "description",
    "published",
    "productType",
    "parentVariantId",
    "relatedItems",
    "mixins",
    "vendor",
    "sellable",
    "variants",
    "dynamicVariantType",
    "ownVariantAttributes",
    "inheritedVariantAttributes",
)


def prices_by_site(state: State, product_id: str) -> dict[str, list[str]]:
    """The ids of a product's prices by the site they are for."""
    prices = state.world.state("price-service").collection("prices")
    found: dict[str, list[str]] = {}
    for key in prices.among("itemId.id", (product_id,)):
        price = prices.get(key) or {}
        for site in (price.get("restrictions") or {}).get("siteCodes") or ():
            found.setdefault(site, []).append(key)
    return found


def announce(state: State, product: Document, *, deleted: bool = False) -> None:
    """Emit the events of a product that has changed or is gone."""
    for site, prices in prices_by_site(state, product["id"]).items():
        if deleted:
            state.emit("index-item.deleted", {"id": product["id"], "siteCode": site})
            continue
        shown = {name: product[name] for name in SHOWN if name in product}
        medias = [{"url": asset.get("url")} for asset in assets_of(state, "PRODUCT", product["id"])]
        ids = [{"id": own} for own in prices]
        state.emit("index-item.updated", {**shown, "siteCode": site, "prices": ids, "medias": medias})
