"""An order's prices worked out anew."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound
from emporix_mock.platform.sites import MAIN_SITE, site
from emporix_mock.rules.order_basket import basket_of_order
from emporix_mock.rules.order_prices import with_prices
from emporix_mock.rules.tax import exact

if TYPE_CHECKING:
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document


def repriced(ctx: RequestContext, order: Document, before: Document | None = None) -> Document:
    """The order with all its prices by its entries; `before` has the amounts that the old prices are of.

    An order with an entry that has no unit price keeps its prices.
    """
    entries = order.get("entries") or []
    if not entries or not all(entry.get("calculatedUnitPrice") for entry in entries):
        return order
    gross = includes_tax(ctx, order)
    basket = basket_of_order(
        order, before or order, gross=gross, fee_value=cache(lambda own: _value(ctx, own))
    )
    return with_prices(order, basket)


def recalculated(ctx: RequestContext, order: Document, body: Document) -> Document:
    """A body of an update with the price members that belong to the order it makes."""
    changed = repriced(ctx, order)
    return {**body, **{name: value for name, value in changed.items() if order.get(name) != value}}


def includes_tax(ctx: RequestContext, order: Document) -> bool:
    """Whether the prices of the order's site are gross."""
    return bool(site(ctx, order.get("siteCode") or MAIN_SITE).get("includesTax"))


def _value(ctx: RequestContext, fee_id: str) -> Decimal | None:
    """The value of a fee as it is now; None for one that is gone."""
    try:
        answer: Any = ctx.call("fee", "GET-fee-retrieve-fee", path={"id": fee_id}).body
    except NotFound:
        return None
    fee = answer.get("fee") or {}
    if fee.get("feeType") == "PERCENT":
        return exact(fee.get("feePercentage") or 0)
    return exact((fee.get("feeAbsolute") or {}).get("amount") or 0)
