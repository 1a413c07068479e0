"""A cart as it is answered: what is stored, its addresses, and everything it adds up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.rules.cart_old_sums import old_sums
from emporix_mock.rules.cart_totals import priced, shown
from emporix_mock.rules.cart_values import EXTERNAL
from emporix_mock.rules.resource_names import FEE_YRN, product_yrn
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.cart.addresses import Addresses
from emporix_mock.services.cart.declared import PLACE, refused, yrn_of
from emporix_mock.services.cart.facts import facts_of
from emporix_mock.services.cart.prices import product_of
from emporix_mock.services.cart.pricing import calculation
from emporix_mock.services.cart.stored import public, seen_items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NOT_FOUND_BY_SEARCH: Final = (
    "feeYrnAggregate",
    "totalPrice",
    "subTotalPrice",
    "shipping",
    "taxAggregate",
    "subtotalAggregate",
    "totalDiscount",
    "itemFeesTotal",
    "paymentFeesTotal",
    "totalAuthorizedAmount",
)


def check_place(ctx: RequestContext) -> None:
    """400 for only one of the two parameters that say where the cart goes, or for no country."""
    country = ctx.query.get("countryCode") or ""
    if bool(ctx.query.get("zipCode")) != bool(country):
        raise refused(PLACE, PROBLEMS, "zipCode and countryCode have to be given together")
    if country and not (country.isascii() and country.isalpha()):
        raise refused(PLACE, PROBLEMS, f"countryCode: {country} is no country")


def answer(ctx: RequestContext, state: State, cart: Document) -> Document:
    """A cart with its items; without sums where the request asks for none."""
    items = seen_items(state, cart["id"])
    if ctx.query.get("countryCode") and not cart.get("countryCode"):
        cart = {**cart, "countryCode": ctx.query["countryCode"].upper()}
        cart.setdefault("zipCode", ctx.query["zipCode"])
    addresses = Addresses(ctx, state, cart)
    found = {
        **public(cart),
        "yrn": yrn_of(ctx.tenant, cart["id"]),
        "addresses": addresses.shown(),
        "totalUnitsCount": plain(sum((exact(item["quantity"]) for item in items), exact(0))),
        **restrictions_of(state, items),
    }
    if not ctx.caller().is_platform:
        found.pop("status", None)
    if ctx.query.get("expandCalculation") is False:
        return {**found, "items": [_shown(ctx, item) for item in items]}
    return found | _calculated(ctx, state, cart, items, addresses)


def _calculated(
    ctx: RequestContext, state: State, cart: Document, items: Sequence[Document], addresses: Addresses
) -> Document:
    calculated = calculation(ctx, state, cart, items, addresses)
    totals = priced(calculated.basket)
    old = old_sums(calculated.basket, cart["currency"], lambda own: FEE_YRN.format(tenant=ctx.tenant, id=own))
    found: Document = {
        **old.cart,
        "items": [
            {
                **_shown(ctx, item),
                "unitPrice": shown(*calculated.units[item["id"]]),
                **old.items[item["id"]],
                "calculatedPrice": totals.lines[item["id"]],
            }
            for item in items
        ],
        "calculatedPrice": totals.cart,
        "metadata": {**cart["metadata"], "calculatedAt": cart["metadata"]["modifiedAt"]},
    }
    if calculated.coupons:
        found["discounts"] = [_entry(entry, old.coupons) for entry in calculated.coupons]
    return found


def _shown(ctx: RequestContext, item: Document) -> Document:
    """A stored item with the resource name of its product, which a seed leaves out."""
    found = public(item)
    if item.get("type") != EXTERNAL and "itemYrn" not in found:
        found["itemYrn"] = product_yrn(ctx.tenant, product_of(item))
    return found


def _entry(entry: Document, granted: dict[str, Decimal]) -> Document:
    """A coupon with what it takes off; one for an amount shows that amount."""
    if "amount" not in entry:
        taken = granted.get(entry["code"])
        entry["amount"] = 0 if taken is None else plain(taken)
    return entry


def restrictions_of(state: State, items: Sequence[Document]) -> Document:
    """The longest lead time of the items, and all days on which one of them is not delivered."""
    facts = [item.get("_facts") or facts_of(state, item, None) for item in items]
    days = dict.fromkeys(day for fact in facts for day in fact.get("nonDelivery") or ())
    return {
        "leadTime": max((fact.get("leadTime") or 0 for fact in facts), default=0),
        "nonDelivery": sorted(days),
    }


def found(ctx: RequestContext, state: State, cart: Document) -> Document:
    """A cart as a search shows it: with its status, without the old sums."""
    shown_cart = answer(ctx, state, cart)
    for name in NOT_FOUND_BY_SEARCH:
        shown_cart.pop(name, None)
    return {**shown_cart, "status": cart.get("status", "OPEN")}
