"""What a line keeps of its product and of the price match: what totals need and nobody else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.platform.assets import assets_of
from emporix_mock.platform.products import seen_product
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.cart_values import EXACT
from emporix_mock.rules.tax import exact
from emporix_mock.services.cart.prices import product_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def facts_of(state: State, item: Document, match: Document | None) -> Document:
    """Tax classes by country, weight, delivery times of the product; side and measure of the price."""
    stored = seen_product(state, product_of(item))
    custom = (stored.get("mixins") or {}).get("productCustomAttributes") or {}
    facts: Document = {
        "taxClasses": stored.get("taxClasses") or {},
        "weightDependent": bool(stored.get("weightDependent")),
        "leadTime": _whole(custom.get("leadTime")),
        "nonDelivery": [str(day) for day in custom.get("nonDelivery") or ()],
    }
    if stored.get("vendor"):
        facts["vendor"] = stored["vendor"]
    if match is not None:
        facts["gross"] = match["includesTax"]
        facts["factor"] = _factor(match, item)
    return facts


def _factor(match: Document, item: Document) -> str:
    """How many times the price is due for each unit of the item: for grams at a price per 100 g, 0.01."""
    measured = exact(match["priceModel"]["measurementUnit"]["quantity"])
    if not measured or not item["quantity"]:
        return "1"
    return str(EXACT.divide(exact(match["quantity"]["quantity"]), measured * exact(item["quantity"])))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def populated(ctx: RequestContext, state: State, given: Document) -> Document:
    """The product of a line: what the client sent, and more where the tenant wants it filled in."""
    if not setting(state, "populateProductDetailsOnAddToCart"):
        return given
    stored = seen_product(state, given["id"])
    default, _ = languages_of(state)
    found: Document = {"id": given["id"]}
    for name in ("sku", "code"):
        found[name] = stored.get("code")
    found |= _named("name", "localizedName", stored.get("name"), default)
    found |= _named("description", None, stored.get("description"), default)
    found["productType"] = stored.get("productType")
    found["images"] = [
        {"id": asset["id"], "url": asset["url"]}
        for asset in assets_of(ctx, state, "PRODUCT", given["id"])
        if asset.get("url")
    ]
    found["vendor"] = stored.get("vendor")
    return {name: value for name, value in {**found, **given}.items() if value}


def _named(single: str, localized: str | None, value: Any, default: str) -> Document:
    if not isinstance(value, dict):
        return {single: value}
    text = value.get(default) or next(iter(value.values()), None)
    return {single: text, **({localized: value} if localized else {})}
