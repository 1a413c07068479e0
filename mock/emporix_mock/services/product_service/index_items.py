"""What search indexes hear of a product: one event per site on which it has a price (webhook guide)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.platform.assets import assets_of
from emporix_mock.services.product_service.declared import COLLECTION, service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
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
CATEGORY = ("id", "code", "localizedName", "localizedSlug")


def prices_by_site(state: State, product_id: str) -> dict[str, list[str]]:
    """The ids of a product's prices by the site they are for."""
    prices = state.world.collection("price-service", "prices")
    found: dict[str, list[str]] = {}
    for key in prices.among("itemId.id", (product_id,)):
        price = prices.get(key) or {}
        for site in (price.get("restrictions") or {}).get("siteCodes") or ():
            found.setdefault(site, []).append(key)
    return found


def announce(ctx: RequestContext, state: State, product: Document, *, deleted: bool = False) -> None:
    """Emit the events of a product that has changed or is gone."""
    by_site = prices_by_site(state, product["id"])
    if deleted:
        for site in by_site:
            state.emit("index-item.deleted", {"id": product["id"], "siteCode": site})
    elif by_site:
        item = _item(ctx, state, product, by_site)
        for site, prices in by_site.items():
            stock = item["siteAvailabilities"].get(site)
            own = {"siteCode": site, "prices": [{"id": price} for price in prices]}
            state.emit("index-item.updated", {**item, **own, **_stock(stock)})


def _stock(record: Document | None) -> Document:
    if record is None:
        return {}
    found = {"availability": record}
    for name in ("popularity", "available"):
        if name in record:
            found[name] = record[name]
    return found


def _item(ctx: RequestContext, state: State, product: Document, by_site: dict[str, list[str]]) -> Document:
    """What is the same for every site."""
    brand = _stored(state, "brand-service", "brands", (product.get("brandId"),))
    stocks = state.world.collection("availability", "availabilities")
    found = (stocks.get(key) or {} for key in stocks.among("productId", (product["id"],)))
    item = {
        **{name: product[name] for name in SHOWN if name in product},
        "categoryAssignments": [_category(category) for category in _categories(state, product)],
        "segmentIds": product.get("customerSegmentIds") or [],
        "labels": _stored(state, "label-service", "labels", product.get("labelIds") or ()),
        "medias": [{"url": asset.get("url")} for asset in assets_of(ctx, state, "PRODUCT", product["id"])],
        "sitePrices": {site: [{"id": own} for own in prices] for site, prices in by_site.items()},
        "siteAvailabilities": {record["site"]: record for record in found if record.get("site")},
    }
    return {**item, "brand": brand[0]} if brand else item


def _categories(state: State, product: Document) -> list[Document]:
    return _stored(state, "category-tree", "categories", product.get("categoryIds") or ())


def _category(category: Document) -> Document:
    shown = {name: category[name] for name in CATEGORY if name in category}
    names = category.get("localizedName") or {}
    shown["name"] = next(iter(names.values()), None)
    return {**shown, "parent": category["parentId"]} if category.get("parentId") else shown


def _stored(state: State, owner: str, name: str, keys: Iterable[Any]) -> list[Document]:
    documents = state.world.collection(owner, name)
    return [found for key in keys if key and (found := documents.get(str(key))) is not None]


# What others change of a product's entry.


@service.on("item.prices-changed")
def priced(ctx: RequestContext, state: State, change: Mapping[str, Any]) -> None:
    """A price of a product has changed; a site whose last price is gone drops the product."""
    product = state.collection(COLLECTION).get(change["productId"])
    if product is None:
        return
    sites = prices_by_site(state, product["id"])
    for site in change["sites"]:
        if site not in sites:
            state.emit("index-item.deleted", {"id": product["id"], "siteCode": site})
    announce(ctx, state, product)


@service.on("availability.created")
@service.on("availability.updated")
@service.on("availability.deleted")
def stocked(ctx: RequestContext, state: State, record: Mapping[str, Any]) -> None:
    """The stock of a product has changed."""
    own = record.get("productId") or str(record["id"]).partition(":")[2]
    _announce_all(ctx, state, (own,))


@service.on("brand.changed")
def branded(ctx: RequestContext, state: State, brand: Mapping[str, Any]) -> None:
    """A brand has changed for all its products."""
    _announce_all(ctx, state, state.collection(COLLECTION).among("brandId", (brand["id"],)))


@service.on("label.changed")
def labelled(ctx: RequestContext, state: State, label: Mapping[str, Any]) -> None:
    """A label has changed for all its products."""
    _announce_all(ctx, state, state.collection(COLLECTION).among("labelIds", (label["id"],)))


def _announce_all(ctx: RequestContext, state: State, keys: Iterable[str]) -> None:
    for key in list(keys):
        product = state.collection(COLLECTION).get(key)
        if product is not None:
            announce(ctx, state, product)
