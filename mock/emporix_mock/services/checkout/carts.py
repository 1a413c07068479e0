"""The cart of a checkout: read, and everything checked that may have changed since it was filled."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.products import seen_product, sold
from emporix_mock.rules.checkout import Problem
from emporix_mock.rules.order_building import item_total
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.checkout.declared import UNRECORDED, refused, second_order

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.checkout.shopper import Shopper
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

READ = "GET-cart-retrieve-cart-by-cartId"


def read(ctx: RequestContext, cart_id: str) -> Document:
    """The cart; 400 for one that is not there."""
    try:
        found: Document = ctx.call(
            "cart", READ, path={"cartId": cart_id}, query={"expandCalculation": True}
        ).body
    except NotFound as absent:
        text = f"Cart with code {cart_id} not found."
        raise refused([Problem("cart", "cartId", text)]) from absent
    return found


def check_first_order(state: State, cart_id: str) -> None:
    """409 for a cart that a checkout made an order of."""
    orders = state.world.state("order").collection("orders")
    for key in orders.find("cartId", cart_id):
        if (orders.get(key) or {}).get("checkout"):
            raise second_order(cart_id, key)


def check_open(cart: Document) -> None:
    """400 for a closed cart and for an empty one."""
    if cart.get("status") == "CLOSED":
        raise refused([Problem("cart", "cartId", "the cart is closed")])
    if not cart.get("items"):
        raise refused([Problem("empty-cart", "cartId", "the cart has no items")])


def check_content(ctx: RequestContext, state: State, cart: Document, shop: Document, country: str) -> None:
    """400 for prices, currency or products that are not right (any more)."""
    problems = [
        *_currency(ctx, cart, shop),
        *_prices(ctx, cart),
        *_products(state, cart, country),
        *_stock(ctx, cart),
    ]
    if problems:
        raise refused(problems)


def _currency(ctx: RequestContext, cart: Document, shop: Document) -> list[Problem]:
    wanted = {shop.get("currency") or cart["currency"], ctx.body.get("currency") or cart["currency"]}
    if wanted == {cart["currency"]}:
        return []
    return [Problem("currency", "currency", "the currency of the cart is not that of its site")]


def _prices(ctx: RequestContext, cart: Document) -> list[Problem]:
    answer: Any = ctx.call("cart", "GET-cart-validate", path={"cartId": cart["id"]}).body
    if answer.get("isValid", True):
        return []
    return [
        Problem("prices", f"items.{item['id']}", error["message"])
        for item in answer.get("itemsValidationDetails") or ()
        for error in item["errors"]
    ]


def product_id(item: Document) -> str:
    """The product of an item of the catalogue."""
    named = str(item.get("itemYrn")).rpartition(";")[2]
    return str((item.get("product") or {}).get("id") or named)


def _internal(cart: Document) -> list[Document]:
    return [item for item in cart["items"] if item.get("type") != "EXTERNAL"]


def _products(state: State, cart: Document, country: str) -> list[Problem]:
    problems = []
    for item in _internal(cart):
        own = product_id(item)
        sold = seen_product(state, own)
        if not sold:
            problems.append(Problem("products", f"items.{item['id']}", f"There is no product '{own}'"))
        elif not (sold.get("taxClasses") or {}).get(country):
            text = f"The product '{own}' has no tax class for {country}"
            problems.append(Problem("products", f"items.{item['id']}", text))
    return problems


def _stock(ctx: RequestContext, cart: Document) -> list[Problem]:
    """Products of which there is not enough; those without a record are a choice."""
    wanted: Counter[str] = Counter()
    for item in _internal(cart):
        wanted[product_id(item)] += exact(item["quantity"])  # type: ignore[assignment]
    if not wanted:
        return []
    records: Any = ctx.call(
        "availability",
        "POST-availability-search-products-site",
        query={"site": cart["siteCode"]},
        body=list(wanted),
    ).body
    known = {record["productId"]: record for record in records}
    problems = []
    for own, amount in wanted.items():
        record = known.get(own)
        if record is None:
            if ctx.switch(UNRECORDED) == "refused":
                problems.append(Problem("stock", "items", f"Nothing is known of the stock of '{own}'"))
        elif record.get("available") is False or exact(record.get("stockLevel", amount)) < amount:
            problems.append(Problem("stock", "items", f"There is not enough of '{own}' in stock"))
    return problems


def name_products(ctx: RequestContext, state: State, cart: Document, shop: Document) -> None:
    """Complete the products of a cart, which names them only where the tenant wants it so."""
    for item in _internal(cart):
        known = sold(ctx, state, product_id(item), shop.get("defaultLanguage") or "en")
        item["product"] = {**known, **(item.get("product") or {})}


# Coupons.


def redemptions_of(cart: Document, order: Document, shopper: Shopper, *, gross: bool) -> list[Document]:
    """What is redeemed for each coupon of the cart: the total, and what the coupon took off it."""
    total = {"amount": item_total(cart["items"], gross=gross), "currency": cart["currency"]}
    applied: dict[str, Any] = {}
    for one in (order["calculatedPrice"].get("totalDiscount") or {}).get("appliedDiscounts") or ():
        applied[one["id"]] = one["value"]
    return [
        {
            "code": coupon["code"],
            "orderTotal": total,
            "discount": {
                "amount": plain(exact(applied.get(coupon["code"], 0))),
                "currency": cart["currency"],
            },
            **({"customerNumber": shopper.customer_id} if shopper.customer_id else {}),
            **({"legalEntityId": cart["legalEntityId"]} if cart.get("legalEntityId") else {}),
        }
        for coupon in cart.get("discounts") or ()
    ]


def check_coupons(ctx: RequestContext, redemptions: list[Document], *, guest: bool) -> None:
    """400 for a coupon that cannot be redeemed (any more)."""
    problems = []
    for redemption in redemptions:
        code, body = redemption["code"], {k: v for k, v in redemption.items() if k != "code"}
        try:
            ctx.call("coupon", "POST-coupon-validate-coupon", path={"code": code}, body=body)
            coupon: Any = ctx.call("coupon", "GET-coupon-retrieve-coupon", path={"code": code}).body
            if guest and not coupon.get("allowAnonymous"):
                problems.append(Problem("coupons", "discounts", f"{code} is not for guests"))
        except EmporixError as refusal:
            text = refusal.details[0].message if refusal.details else refusal.message
            problems.append(Problem("coupons", "discounts", f"{code}: {text}"))
    if problems:
        raise refused(problems)


def redeem(ctx: RequestContext, redemptions: list[Document], order_id: str) -> None:
    """Redeem the coupons for the order."""
    for redemption in redemptions:
        body = {**{k: v for k, v in redemption.items() if k != "code"}, "orderCode": order_id}
        path = {"code": redemption["code"]}
        ctx.call("coupon", "POST-coupon-invalidate-coupon", path=path, body=body)
