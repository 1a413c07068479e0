"""The one operation: an order from a cart or from a quote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import mixins
from emporix_mock.errors import BadRequest, Detail
from emporix_mock.platform.sites import site
from emporix_mock.rules.cart_document import basket_of
from emporix_mock.rules.checkout import (
    Problem,
    address_of,
    address_problems,
    customer_problems,
    payment_problems,
)
from emporix_mock.rules.order_building import customer_of, item_total, order_of, payment_mixin
from emporix_mock.rules.orders import CREATED, DECLINED
from emporix_mock.services.checkout import carts, delivery, paying, quotes
from emporix_mock.services.checkout.declared import NEW_ADDRESSES, refused, service
from emporix_mock.services.checkout.shopper import approved, check_owner, shopper_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.checkout.paying import Paid, Way
    from emporix_mock.services.checkout.shopper import Shopper
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SCHEMAS = {
    "payments": "https://schemas.example.com/{tenant}/order-payments-v1.json",
    "generalAttributes": "https://schemas.example.com/{tenant}/order-general-v1.json",
}


@service.operation("POST-checkout-trigger-checkout")
def check_out(ctx: RequestContext, state: State) -> Document:
    """Make an order, begin its payment, redeem coupons, close the cart or quote: all or nothing."""
    ctx.about.check_payload(ctx.body)
    shopper = shopper_of(ctx, state)
    problems = payment_problems(ctx.body["paymentMethods"])
    if "quoteId" in ctx.body:
        if problems:
            raise refused(problems)
        return placed(ctx, state, shopper, *quotes.order_of_quote(ctx, state, shopper))
    problems += customer_problems(ctx.body["customer"], shopper.customer_id)
    problems += address_problems(ctx.body["addresses"])
    problems = problems or _mixin_problems(ctx, state)
    if problems:
        raise refused(problems)
    return _of_cart(ctx, state, shopper)


def _mixin_problems(ctx: RequestContext, state: State) -> list[Problem]:
    """Mixins of the customer and the addresses that their schemas do not allow."""
    problems = []
    named = [("customer", ctx.body["customer"])]
    named += [(f"addresses[{n}]", address) for n, address in enumerate(ctx.body["addresses"])]
    for place, document in named:
        try:
            mixins.check_document(state, document)
        except BadRequest as wrong:
            found = wrong.details or (Detail(wrong.message, "mixins"),)
            problems += [Problem("mixins", f"{place}.{one.field or 'mixins'}", one.message) for one in found]
    return problems


def _of_cart(ctx: RequestContext, state: State, shopper: Shopper) -> Document:
    cart = carts.read(ctx, ctx.body["cartId"])
    allowed = _allowed(ctx, shopper, cart)
    check_owner(shopper, cart, approved=allowed)
    carts.check_first_order(state, cart["id"])
    carts.check_open(cart)
    shop = site(ctx, cart["siteCode"])
    taxes = delivery.taxes_of(state, shop, ctx.body["addresses"])
    if delivery.relocated(ctx, cart, taxes.country):
        cart = carts.read(ctx, cart["id"])
    carts.check_content(ctx, state, cart, shop, taxes.country)
    carts.name_products(ctx, state, cart, shop)
    gross = bool(shop.get("includesTax"))
    delivery.check_shipping(ctx, cart, shop, shopper, item_total(cart["items"], gross=gross))
    way = paying.way_of(ctx)
    shipping, carriage = delivery.carried(ctx, cart, ctx.body["shipping"], taxes)
    fee = paying.charge_of(ctx, state, way, cart["siteCode"], taxes)
    basket = replace(basket_of(cart, gross=gross), shipping=shipping, payment_fee=fee[0] if fee else None)
    made = order_of({**cart, "countryCode": taxes.country}, basket, carriage, fee[1] if fee else None)
    redemptions = carts.redemptions_of(cart, made, shopper, gross=gross)
    carts.check_coupons(ctx, redemptions, guest=shopper.customer_id is None)
    made |= {
        "checkout": True,
        "customer": customer_of(ctx.body["customer"], shopper.name),
        **_addresses(ctx.body["addresses"]),
        **delivery.reserve(ctx, cart),
    }
    answer = placed(ctx, state, shopper, made, way)
    carts.redeem(ctx, redemptions, answer["orderId"])
    if ctx.switch(NEW_ADDRESSES) == "added" and shopper.customer_id:
        _remember(ctx, shopper.customer_id)
    return answer


def _allowed(ctx: RequestContext, shopper: Shopper, cart: Document) -> bool:
    total = ((cart.get("calculatedPrice") or {}).get("finalPrice") or {}).get("grossValue") or 0
    value = {"currency": cart["currency"], "amount": total}
    company = cart.get("legalEntityId")
    if company not in (shopper.companies | {shopper.company}):
        return False
    return approved(ctx, shopper, "CART", cart["id"], company, value)


def _addresses(given: list[Document]) -> Document:
    shipping, billing = address_of(given, "SHIPPING") or {}, address_of(given, "BILLING") or {}
    return {
        "countryCode": shipping["country"].upper(),
        "shippingAddress": shipping,
        "billingAddress": billing,
    }


def placed(ctx: RequestContext, state: State, shopper: Shopper, order: Document, way: Way) -> Document:
    """Begin the payment, store the order and tell of it; the answer of the operation."""
    order_id = paying.number_of(ctx, state, order["siteCode"])
    paid = paying.pay(ctx, way, order_id, order["totalAuthorizedAmount"], order["currency"])
    body = {
        **order,
        "id": order_id,
        "createdBy": shopper.name,
        "payments": [paid.payment],
        "status": CREATED if paid.status == DECLINED else paid.status,
        **_attributes(ctx, state, order, order_id, way.code),
    }
    ctx.call("order", "POST-order-create-order-employee", body=body)
    _decline(ctx, paid, order_id)
    told = {"orderId": order_id, "customerId": shopper.name}
    known = {name: order[name] for name in ("cartId", "quoteId") if order.get(name)}
    state.emit("checkout.completed", {**known, **told})
    return {"orderId": order_id, "paymentDetails": paid.details, "checkoutId": ""}


def _decline(ctx: RequestContext, paid: Paid, order_id: str) -> None:
    """An order whose payment was declined is declined in its turn."""
    if paid.status == DECLINED:
        path, body = {"orderId": order_id}, {"status": DECLINED}
        ctx.call("order", "POST-order-update-order-transition-employee", path=path, body=body)


def _attributes(ctx: RequestContext, state: State, order: Document, order_id: str, method: str) -> Document:
    """The members that every order of a checkout has among its mixins."""
    own = order["customer"]["id"]
    orders = state.world.state("order").collection("orders")
    attributes = {
        "extendedOrderStatus": "10",
        "customerFirstOrder": own == "ANONYMOUS" or not orders.find("customer.id", own),
        "orderNumber": order_id,
    }
    own_mixins = {"payments": payment_mixin(order, ctx.tenant, method), "generalAttributes": attributes}
    urls = (order.get("metadata") or {}).get("mixins") or {}
    schemas = {name: SCHEMAS[name].format(tenant=ctx.tenant) for name in own_mixins}
    return {
        "mixins": {**(order.get("mixins") or {}), **own_mixins},
        "metadata": {"mixins": {**urls, **schemas}},
    }


def _remember(ctx: RequestContext, customer_id: str) -> None:
    """Add the addresses that the customer does not have yet."""
    path = {"customerNumber": customer_id}
    known: Any = ctx.call("customer-service", "GET-customer-tenant-list-customer-addresses", path=path).body
    parts = ("street", "streetNumber", "zipCode", "city", "country")
    have = {tuple(address.get(part) for part in parts) for address in known}
    for address in ctx.body["addresses"]:
        place = tuple(address.get(part) for part in parts)
        if place not in have:
            have.add(place)
            body = {k: v for k, v in address.items() if k != "type"} | {"tags": [address["type"]]}
            ctx.call("customer-service", "POST-customer-tenant-add-customer-address", path=path, body=body)
