"""A cart in other conditions: prices anew, another site, another currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.platform.sites import site
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.services.cart.access import changeable
from emporix_mock.services.cart.declared import (
    SITE_TAKEN,
    UNKNOWN_CURRENCY,
    UNKNOWN_SITE,
    refused,
    service,
)
from emporix_mock.services.cart.facts import facts_of
from emporix_mock.services.cart.prices import matched, of_item, row_of
from emporix_mock.services.cart.stored import changed, items_of, open_carts, put_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("PUT-cart-refresh-cart")
def refresh(ctx: RequestContext, state: State) -> Result:
    """Match all prices anew."""
    cart = changeable(ctx, state)
    rematch(ctx, state, cart, items_of(state, cart["id"]))
    changed(state, cart)
    return Result(204)


@service.operation("POST-cart-change-cart-site")
def change_site(ctx: RequestContext, state: State) -> Result:
    """Move a cart to a site and into its currency; prices are matched anew where that is another one."""
    ctx.about.check_payload(ctx.body)
    cart, code = changeable(ctx, state), ctx.body["siteCode"]
    shop = site(ctx, code)
    if not shop:
        raise refused(UNKNOWN_SITE, PROBLEMS, f"Site {code} does not exist")
    if code != cart["siteCode"] and _taken(state, cart, code):
        raise refused(SITE_TAKEN, PROBLEMS, f"A cart of this owner exists on site {code} already")
    synchronous = setting(state, "enableSyncBetweenRestrictionsAndSiteCodes")
    if synchronous and cart.get("restriction") in (None, cart["siteCode"]):
        cart["restriction"] = code
    cart["siteCode"] = code
    currency = shop.get("currency") or cart["currency"]
    if currency != cart["currency"]:
        cart["currency"] = currency
        rematch(ctx, state, cart, items_of(state, cart["id"]))
    changed(state, cart)
    return Result(200)


def _taken(state: State, cart: Document, code: str) -> bool:
    field = next((name for name in ("customerId", "sessionId") if name in cart), None)
    return field is not None and any(
        other["id"] != cart["id"]
        and other["siteCode"] == code
        and all(other.get(name) == cart.get(name) for name in ("type", "legalEntityId"))
        for other in open_carts(state, field, cart[field])
    )


@service.operation("POST-cart-change-cart-currency")
def change_currency(ctx: RequestContext, state: State) -> Result:
    """Put a cart into a currency and match its prices anew."""
    ctx.about.check_payload(ctx.body)
    cart, currency = changeable(ctx, state), (ctx.body or {}).get("currency")
    if not currency:
        raise refused(UNKNOWN_CURRENCY, PROBLEMS, "currency: must not be null")
    to_currency(ctx, state, cart, currency)
    changed(state, cart)
    return Result(200)


def to_currency(ctx: RequestContext, state: State, cart: Document, currency: str) -> None:
    """Give a cart another currency; 400 for one that the tenant does not have."""
    if currency not in state.world.collection("currency-service", "currencies"):
        raise refused(UNKNOWN_CURRENCY, PROBLEMS, f"Currency {currency} does not exist")
    if currency != cart["currency"]:
        cart["currency"] = currency
        rematch(ctx, state, cart, items_of(state, cart["id"]))


def rematch(ctx: RequestContext, state: State, cart: Document, items: Sequence[Document]) -> None:
    """Give every INTERNAL item the price that holds now; one without a price keeps what it had."""
    internal = [item for item in items if item.get("type") != "EXTERNAL"]
    matches = matched(ctx, state, cart, [of_item(item) for item in internal])
    for item, match in zip(internal, matches, strict=True):
        if match is not None:
            item["price"] = row_of(match, item.get("price"))
            item["_facts"] = facts_of(state, item, match)
            put_item(state, cart, item)
