"""Coupon codes of a cart: list, enter, take out. Redeeming happens at checkout alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import BY_STATUS, EmporixError, NotFound
from emporix_mock.platform.taxes import rates_in
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.cart_values import ZERO
from emporix_mock.services.cart.access import changeable, readable
from emporix_mock.services.cart.addresses import Addresses
from emporix_mock.services.cart.declared import (
    COUPON_REFUSED,
    COUPON_REPEATED,
    TOO_MANY_COUPONS,
    UNREDEEMABLE,
    refused,
    service,
)
from emporix_mock.services.cart.granted import check, check_currency, read_coupon, snapshot
from emporix_mock.services.cart.pricing import Pricer
from emporix_mock.services.cart.reading import answer
from emporix_mock.services.cart.stored import changed, seen_items

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-cart-list-all-discounts")
def listed(ctx: RequestContext, state: State) -> list[Document]:
    """The coupons of a cart, those that do not count any more too."""
    return list(answer(ctx, state, readable(ctx, state)).get("discounts") or ())


@service.operation("POST-cart-apply-discount")
def enter(ctx: RequestContext, state: State) -> Result:
    """Enter a coupon code: only checked here, not redeemed."""
    ctx.about.check_payload(ctx.body)
    cart = changeable(ctx, state)
    given = cart.setdefault("discounts", [])
    coupon = _coupon(ctx, cart, given)
    most = int(setting(state, "maxNumberOfCouponsPerCart"))
    if len(given) >= most:
        raise TOO_MANY_COUPONS(
            f"Another discount already exists in cart. Discount code found: {given[-1]['code']}"
        )
    try:
        check(ctx, cart, coupon["code"], _total(ctx, state, cart))
    except EmporixError as refusal:
        raise _unredeemable(ctx, refusal) from refusal
    own = str(max((int(entry["id"]) for entry in given), default=-1) + 1)
    given.append({"id": own, **snapshot(coupon, cart["currency"])})
    changed(state, cart)
    index = len(given) - 1
    made = {
        "yrn": f"urn:yaas:hybris:cart:discount:{ctx.tenant};{cart['id']};{own}",
        "discountId": own,
        "discountIndex": index,
    }
    return Result(201, made, {"Location": f"/carts/{cart['id']}/discounts/{index}"})


def _coupon(ctx: RequestContext, cart: Document, given: list[Document]) -> Document:
    """The coupon of the code; 404 for none, and the two refusals that answer 500."""
    code = ctx.body["code"]
    if any(entry["code"] == code for entry in given):
        raise COUPON_REPEATED(f"Discount code {code} already exists in cart.")
    try:
        coupon = read_coupon(ctx, code)
    except NotFound as unknown:
        raise NotFound(f"Coupon with code {code} not found.") from unknown
    if any(entry["code"] == coupon["code"] for entry in given):
        raise COUPON_REPEATED(f"Discount code {coupon['code']} already exists in cart.")
    check_currency(coupon, cart)
    return coupon


def _total(ctx: RequestContext, state: State, cart: Document) -> Decimal:
    """The item prices of a cart on the side that its site shows, before discounts."""
    addresses = Addresses(ctx, state, cart)
    gross, country = bool(addresses.site.get("includesTax", True)), addresses.tax_country
    pricer = Pricer(state, cart, gross=gross, country=country, rates=rates_in(state, country) or {})
    prices = (pricer.line(item)[1].price.side(gross=gross) for item in seen_items(state, cart["id"]))
    return sum(prices, ZERO)


def _unredeemable(ctx: RequestContext, refusal: EmporixError) -> EmporixError:
    details = [detail.message for detail in refusal.details] or [refusal.message]
    if ctx.switch(UNREDEEMABLE) == "400" or refusal.status == 400:
        return refused(COUPON_REFUSED, PROBLEMS, *details)
    return BY_STATUS[refusal.status](refusal.message, rule=COUPON_REFUSED.id)


@service.operation("DELETE-cart-remove-all-discounts")
def remove_all(ctx: RequestContext, state: State) -> Result:
    """Take out the codes that are listed, all without a list."""
    codes = {part.strip() for part in str(ctx.query.get("codes") or "").split(",") if part.strip()}
    return _keep(ctx, state, lambda _index, entry: bool(codes) and entry["code"] not in codes)


@service.operation("DELETE-cart-remove-discount")
def remove(ctx: RequestContext, state: State) -> Result:
    """Take out the coupon at an index, or the one of that id."""
    cart, named = changeable(ctx, state), ctx.path["discountIndex"]
    given = cart.get("discounts") or []
    place = next((str(index) for index in range(len(given)) if str(index) == named), None)
    if place is None:
        place = next((str(index) for index, entry in enumerate(given) if entry["id"] == named), None)
    if place is None:
        raise NotFound(f"Discount {named} not found in cart {cart['id']}")
    return _keep(ctx, state, lambda index, _entry: str(index) != place)


def _keep(ctx: RequestContext, state: State, wanted: Callable[[int, Document], bool]) -> Result:
    cart = changeable(ctx, state)
    cart["discounts"] = [e for index, e in enumerate(cart.get("discounts") or ()) if wanted(index, e)]
    changed(state, cart)
    return Result(204)
