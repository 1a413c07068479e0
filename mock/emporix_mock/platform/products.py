"""What services look up about a product in the store: its names, images, whether it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.platform.assets import assets_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State


def product(state: State, product_id: str) -> dict[str, Any]:
    """The stored product, empty when there is none.

    Like `assets_of`: for lists that would otherwise ask the product service once per entry.
    """
    return state.world.state("product-service").collection("products").get(product_id) or {}


def seen_product(state: State, product_id: str) -> dict[str, Any]:
    """The same for those who only look: neither it nor what is in it may be changed."""
    return state.world.state("product-service").collection("products").peek(product_id) or {}


def sold(ctx: RequestContext, state: State, product_id: str, language: str = "en") -> dict[str, Any]:
    """A product as an entry of an order names it, with its images; only the id where there is none."""
    found = product(state, product_id)
    names = found.get("name") or {}
    name = names if isinstance(names, str) else names.get(language) or next(iter(names.values()), None)
    images = [
        {"id": asset["id"], "url": asset["url"], "stored": False}
        for asset in assets_of(ctx, state, "PRODUCT", product_id)
        if asset.get("url")
    ]
    known = {
        "id": product_id,
        "sku": found.get("code"),
        "name": name,
        "localizedName": names if isinstance(names, dict) else None,
        "images": images,
        "vendor": found.get("vendor"),
        "published": bool(found.get("published", True)),
        "productType": found.get("productType"),
        "parentVariantId": found.get("parentVariantId"),
        "bundledProducts": found.get("bundledProducts"),
    }
    return {key: value for key, value in known.items() if value not in (None, [], {})}
