"""The order of a quote: at the quote's prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.errors import NotFound
from emporix_mock.platform.products import sold
from emporix_mock.platform.sites import site
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.checkout import Problem
from emporix_mock.rules.order_basket import with_payment_fee
from emporix_mock.rules.quote_orders import order_of, places_of
from emporix_mock.services.checkout import delivery, paying
from emporix_mock.services.checkout.declared import FOREIGN, forbidden, refused
from emporix_mock.services.checkout.shopper import approved

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.checkout.paying import Way
    from emporix_mock.services.checkout.shopper import Shopper
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OPEN = ("OPEN", "ACCEPTED")
"""A quote that may be ordered; an accepted one only while it has no order."""


def order_of_quote(ctx: RequestContext, state: State, shopper: Shopper) -> tuple[Document, Way]:
    """The order that a quote becomes, and how it is paid. Raises 400 and 403 where it cannot be ordered."""
    quote = _read(ctx, ctx.body["quoteId"])
    _check_owner(ctx, state, shopper, quote)
    if (quote.get("status") or {}).get("value") not in OPEN or quote.get("orderId"):
        raise refused([Problem("quote", "quoteId", "the quote is not open")])
    if quote.get("validTo") and quote["validTo"] < state.timestamp():
        raise refused([Problem("quote", "quoteId", "the quote has expired")])
    return _order(ctx, state, quote)


def _read(ctx: RequestContext, quote_id: str) -> Document:
    """The quote with its texts as maps of languages; 400 where there is none."""
    try:
        found: Document = ctx.call(
            "quote", "GET-quote-retrieve-quote", path={"quoteId": quote_id}, headers={"accept-language": "*"}
        ).body
    except NotFound as absent:
        raise refused([Problem("quote", "quoteId", f"There is no quote '{quote_id}'")]) from absent
    return found


def _check_owner(ctx: RequestContext, state: State, shopper: Shopper, quote: Document) -> None:
    """403 for a quote of somebody else, and for one that needs an approval first."""
    company = quote.get("legalEntityId")
    total = {
        "currency": quote["currency"],
        "amount": (quote.get("totalPrice") or {}).get("grossValue") or 0,
    }
    asked = company if setting(state, "approval.enableQuoteApprovalProcess") else None
    own = shopper.customer_id is not None and (
        (quote.get("customer") or {}).get("customerId") == shopper.customer_id
    )
    of_company = company is not None and company in shopper.companies
    if not own and not of_company:
        raise forbidden(FOREIGN)
    if not approved(ctx, shopper, "QUOTE", quote["id"], asked, total) and not own:
        raise forbidden(FOREIGN)


def _order(ctx: RequestContext, state: State, quote: Document) -> tuple[Document, Way]:
    shop, way = site(ctx, quote["siteCode"]), paying.way_of(ctx)
    gross = bool(shop.get("includesTax"))
    taxes = delivery.taxes_of(state, shop, places_of(quote))
    taxes.of((quote.get("shipping") or {}).get("shippingTaxCode"), "quoteId")
    made = order_of(quote, tenant=ctx.tenant, gross=gross, rates=taxes.rates)
    for entry in made["entries"]:
        known = sold(ctx, state, entry["product"]["id"], shop.get("defaultLanguage") or "en")
        entry["product"] = {**known, **entry["product"]}
    fee = paying.charge_of(ctx, state, way, quote["siteCode"], taxes)
    if fee is not None:
        made = with_payment_fee(made, *fee, gross=gross)
    window = {"deliveryWindowId": ctx.body["deliveryWindowId"]} if ctx.body.get("deliveryWindowId") else {}
    return {**made, **window, "checkout": True}, way
