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
from emporix_mock.services.quote.people import check_amount, tax_rate

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
    quantity = {**(before.get("quantity") or {}), **_object("items.quantity", given.get("quantity"))}
    pieces = quantity.get("quantity")
    if isinstance(pieces, bool) or not isinstance(pieces, int | float) or pieces <= 0:
        raise refusal(INCOMPLETE, "items.quantity.quantity: must be greater than 0")
    product = _object("items.product", given.get("product"))
    product = _product(ctx, state, product, before.get("product") or {})
    price = _object("items.price", given.get("price"))
    price = _price(ctx, state, quote, price, before.get("price") or {}, quantity)
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
    for name in ("unitPrice", "unitePrice", "totalNetValue"):
        check_amount(f"items.price.{name}", given.get(name))
    unit = given.get("unitPrice", given.get("unitePrice", old.get("unitPrice")))
    total = given.get("totalNetValue")
    if total is None and unit is not None:
        total = unit * quantity["quantity"]
    if total is None:
        raise refusal(INCOMPLETE, "items.price.totalNetValue: must not be null")
    own_tax = _object("items.price.tax", given.get("tax"))
    check_amount("items.price.tax.taxRate", own_tax.get("taxRate"))
    tax = {**(old.get("tax") or {}), **own_tax}
    if not tax.get("taxClass"):
        raise refusal(INCOMPLETE, "items.price.tax.taxClass: must not be null")
    if own_tax.get("taxRate") is None and "taxClass" in own_tax:
        rate = tax_rate(ctx, state, quote, tax["taxClass"])
        if rate is None:
            raise refusal(INCOMPLETE, "items.price.tax.taxRate: must not be null")
        tax["taxRate"] = plain(rate)
    kept = {name: given.get(name, old.get(name)) for name in PRICE}
    price = {"type": given.get("type") or old.get("type") or INTERNAL, **kept, "unitPrice": unit}
    return priced(
        without_gaps({**price, "totalNetValue": total, "tax": without_gaps(tax)}), quantity["quantity"]
    )


def _object(name: str, value: Any) -> Document:
    """What is given as an object, empty for nothing; 400 for anything else."""
    if value is not None and not isinstance(value, dict):
        raise refusal(INCOMPLETE, f"{name}: an object is expected")
    return value or {}


def add_up(ctx: RequestContext, quote: Document) -> None:
    """Bring the totals of a quote up to date."""
    whole = ctx.switch(WHOLE_TOTAL) == "counted"
    quote.update(totals(quote.get("items") or (), quote.get("shipping"), quote["currency"], whole=whole))
