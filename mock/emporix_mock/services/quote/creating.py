"""New quotes: item by item, or of a cart, which is closed by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock.platform.numbering import next_number
from emporix_mock.platform.sites import site
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.quotes import AWAITING
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.quote import people
from emporix_mock.services.quote.declared import (
    CART,
    FIRST_STATUS,
    IDS,
    INCOMPLETE,
    OTHERS,
    QUOTES,
    UNKNOWN,
    UNNUMBERED,
    is_employee,
    refusal,
    service,
)
from emporix_mock.services.quote.history import note, plan_lapse
from emporix_mock.services.quote.items import add_up, item_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ADDRESSES = {"BILLING": "billingAddress", "SHIPPING": "shippingAddress"}


@service.operation("POST-quote-create-quote")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a new quote under the next number."""
    ctx.about.check_payload(ctx.body)
    body, employee = ctx.body, is_employee(ctx)
    quote = _of_cart(ctx, state, body) if body.get("cartId") else _of_items(ctx, state, body)
    quote["status"] = {"value": ctx.switch(FIRST_STATUS) if employee else AWAITING}
    if employee and body.get("employeeId"):
        quote["employee"] = people.employee(ctx, body["employeeId"])
    if body.get("restriction") is not None:
        quote["restriction"] = people.restriction(state, body["restriction"])
    else:
        quote["restriction"] = people.inherited(state, quote, employee=employee)
    add_up(ctx, quote)
    made = crud.create(QUOTES, ctx, state, without_gaps({"id": _number(ctx, state, body), **quote}))
    note(ctx, state, made, "CREATE", "/quote", new={"status": made["status"]})
    plan_lapse(state, made)
    return Result(201, {"id": made["id"]})


def _number(ctx: RequestContext, state: State, body: Document) -> str:
    """The id that the body gives, else one that is drawn or, by choice, the tenant's next number."""
    if body.get("id"):
        return str(body["id"])
    if ctx.switch(IDS) == "drawn":
        return state.ids.uuid()
    try:
        return next_number(ctx, "quoteNoSequence", body.get("siteCode"))
    except NotFound:
        if ctx.switch(UNNUMBERED) == "refused":
            raise
        return state.ids.uuid()


def _of_items(ctx: RequestContext, state: State, body: Document) -> Document:
    caller = ctx.caller()
    number = people.customer_number(state, body)
    if not is_employee(ctx) and number != caller.customer_id:
        raise OTHERS("User not authorized.")
    if not site(ctx, body["siteCode"]):
        raise refusal(UNKNOWN, f"siteCode: there is no site {body['siteCode']}")
    quote: Document = {
        **people.concern(ctx, state, number, caller.legal_entity_id),
        "siteCode": body["siteCode"],
        "currency": body["currency"],
        **{name: body.get(name) for name in ("validTo", "mixins", "metadata")},
    }
    if body.get("companyName"):
        quote["company"] = {"name": body["companyName"]}
    for name in ADDRESSES.values():
        quote[name] = people.address(ctx, state, body[f"{name}Id"], number)
    quote["items"] = [item_of(ctx, state, quote, given) for given in body.get("items") or ()]
    if body.get("shipping"):
        quote["shipping"] = people.delivery(ctx, state, quote, body["shipping"])
    return quote


def _of_cart(ctx: RequestContext, state: State, body: Document) -> Document:
    cart = _cart(ctx, body["cartId"])
    number = str(cart["customerId"])
    company = cart.get("legalEntityId") or ctx.caller().legal_entity_id
    quote: Document = {
        **people.concern(ctx, state, number, company),
        "cartId": cart["id"],
        "siteCode": cart["siteCode"],
        "currency": cart["currency"],
        **{name: body.get(name) for name in ("customerReference", "customerComment")},
        "mixins": cart.get("mixins"),
    }
    in_cart = {address.get("type"): address for address in cart.get("addresses") or ()}
    for kind, name in ADDRESSES.items():
        own = body.get(f"{name}Id")
        if own:
            quote[name] = people.address(ctx, state, own, number)
        elif in_cart.get(kind, {}).get("country"):
            quote[name] = people.of_customer(in_cart[kind])
    quote["items"] = [_item(ctx, state, quote, item) for item in cart.get("items") or ()]
    if body.get("shipping"):
        quote["shipping"] = people.delivery(ctx, state, quote, body["shipping"])
    return quote


def _cart(ctx: RequestContext, cart_id: str) -> Document:
    """An open cart with items; 400 for another. Customers get 403 for one that is not theirs."""
    caller = ctx.caller()
    try:
        path = {"cartId": cart_id}
        cart: Document = ctx.call("cart", "GET-cart-retrieve-cart-by-cartId", path=path).body
    except NotFound:
        cart = {}
    own = is_employee(ctx) or (
        cart.get("customerId") == caller.customer_id
        and caller.legal_entity_id in (None, cart.get("legalEntityId"))
    )
    if not own:
        raise OTHERS("User not authorized.")
    if not cart.get("customerId"):
        raise refusal(CART, f"cartId: there is no cart {cart_id} of a customer")
    if cart.get("status", "OPEN") != "OPEN":
        raise refusal(CART, f"cartId: the cart {cart_id} is not open")
    if not cart.get("items"):
        raise refusal(INCOMPLETE, f"cartId: the cart {cart_id} is empty")
    return cart


def _item(ctx: RequestContext, state: State, quote: Document, item: Document) -> Document:
    """An item of a cart with the price it has there, before discounts."""
    price, quantity = item["calculatedPrice"]["price"], item["quantity"]
    unit = (item.get("unitPrice") or {}).get("netValue")
    external = item.get("itemType") == "EXTERNAL"
    shown = item.get("product") or {}
    measure: dict[str, Any] = (item.get("price") or {}).get("measurementUnit") or {}
    given = {
        "quantity": {"quantity": quantity, "unitCode": measure.get("unitCode") or "H87"},
        "product": {
            "type": "EXTERNAL" if external else "INTERNAL",
            "productId": shown.get("id") or str(item.get("itemYrn") or "").rpartition(";")[2],
            "name": shown.get("localizedName"),
        },
        "price": {
            "type": "EXTERNAL" if external else "INTERNAL",
            "priceId": (item.get("price") or {}).get("priceId"),
            "unitPrice": plain(exact(price["netValue"]) / exact(quantity)) if unit is None else unit,
            "totalNetValue": price["netValue"],
            "tax": {"taxClass": price.get("taxCode") or "ZERO", "taxRate": price.get("taxRate") or 0},
        },
        "mixins": item.get("mixins"),
    }
    return item_of(ctx, state, quote, given, trusted=True)
