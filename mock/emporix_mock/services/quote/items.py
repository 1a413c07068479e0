"""The items of a quote: what they are of, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.platform.assets import assets_of
from emporix_mock.platform.products import product as stored_product
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.quotes import priced, totals
from emporix_mock.rules.tax import plain
from emporix_mock.services.quote.declared import (
    EXTERNAL,
    EXTERNAL_PRICES,
    INCOMPLETE,
    UNKNOWN,
    WHOLE_TOTAL,
    refusal,
)
from emporix_mock.services.quote.people import tax_rate

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

INTERNAL, EXTERNAL_TYPE = "INTERNAL", "EXTERNAL"
PRICE: Final = ("priceId", "priceListId", "mixins", "metadata")


def item_of(
    ctx: RequestContext,
    state: State,
    quote: Document,
    given: Any,
    old: Document | None = None,
    *,
    trusted: bool = False,
) -> Document:
    """An item in its stored form. `old` is the one it replaces, whose price fills gaps.

    Raises 400 for one that lacks something or names no product, 403 for an external one without the scope,
    unless it is `trusted`.
    """
    if not isinstance(given, dict):
        raise refusal(INCOMPLETE, "items: an object is expected")
    before = old or {}
    quantity = {**(before.get("quantity") or {}), **(given.get("quantity") or {})}
    if not isinstance(quantity.get("quantity"), int | float) or quantity["quantity"] <= 0:
        raise refusal(INCOMPLETE, "items.quantity.quantity: must be greater than 0")
    product = _product(ctx, state, given.get("product") or {}, before.get("product") or {})
    price = _price(ctx, state, quote, given.get("price") or {}, before.get("price") or {}, quantity)
    external = EXTERNAL_TYPE in (product["type"], price["type"])
    if external and not trusted and not ctx.caller().may(EXTERNAL_PRICES):
        raise EXTERNAL("You need a scope for this action.", details=[f"Required scope(s): {EXTERNAL_PRICES}"])
    own = given.get("itemId") or before.get("id") or state.ids.uuid()
    extra = {name: given.get(name, before.get(name)) for name in ("mixins", "metadata")}
    return without_gaps({"id": own, "quantity": quantity, "price": price, "product": product, **extra})


def _product(ctx: RequestContext, state: State, given: Document, old: Document) -> Document:
    own, kind = given.get("productId") or old.get("productId"), given.get("type") or INTERNAL
    if not own:
        raise refusal(INCOMPLETE, "items.product.productId: must not be null")
    known = stored_product(state, own)
    extra = {name: given.get(name, old.get(name)) for name in ("mixins", "metadata")}
    if kind != INTERNAL:
        shown = {name: given.get(name, old.get(name)) for name in ("name", "media")}
        return without_gaps({"type": kind, "productId": own, **shown, **extra})
    if not known:
        raise refusal(UNKNOWN, f"items.product.productId: there is no product {own}")
    return without_gaps(
        {
            "type": kind,
            "productId": own,
            "name": known.get("name"),
            "taxClasses": known.get("taxClasses"),
            "media": _medium(ctx, state, own),
            **extra,
        }
    )


def _medium(ctx: RequestContext, state: State, product_id: str) -> Document | None:
    for asset in assets_of(ctx, state, "PRODUCT", product_id):
        kind = (asset.get("details") or {}).get("mimeType")
        return without_gaps({"id": asset["id"], "contentType": kind, "url": asset.get("url")})
    return None


def _price(
    ctx: RequestContext, state: State, quote: Document, given: Document, old: Document, quantity: Document
) -> Document:
    unit = given.get("unitPrice", given.get("unitePrice", old.get("unitPrice")))
    total = given.get("totalNetValue")
    if total is None and unit is not None:
        total = unit * quantity["quantity"]
    if total is None:
        raise refusal(INCOMPLETE, "items.price.totalNetValue: must not be null")
    tax = {**(old.get("tax") or {}), **(given.get("tax") or {})}
    if not tax.get("taxClass"):
        raise refusal(INCOMPLETE, "items.price.tax.taxClass: must not be null")
    if (given.get("tax") or {}).get("taxRate") is None and "taxClass" in (given.get("tax") or {}):
        rate = tax_rate(ctx, state, quote, tax["taxClass"])
        if rate is None:
            raise refusal(INCOMPLETE, "items.price.tax.taxRate: must not be null")
        tax["taxRate"] = plain(rate)
    kept = {name: given.get(name, old.get(name)) for name in PRICE}
    price = {"type": given.get("type") or old.get("type") or INTERNAL, **kept, "unitPrice": unit}
    return priced(
        without_gaps({**price, "totalNetValue": total, "tax": without_gaps(tax)}), quantity["quantity"]
    )


def add_up(ctx: RequestContext, quote: Document) -> None:
    """Bring the totals of a quote up to date."""
    whole = ctx.switch(WHOLE_TOTAL) == "counted"
    quote.update(totals(quote.get("items") or (), quote.get("shipping"), quote["currency"], whole=whole))
