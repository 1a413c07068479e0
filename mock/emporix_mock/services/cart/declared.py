"""The cart service's rules, choices and stored collections. "Cart facts" are checkout facts, section 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.ownership import Owner
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.service import Rule

MANAGE: Final = "cart.cart_manage"
EXTERNAL_PRICES: Final = "cart.cart_manage_external_prices"
CARTS, ITEMS = "carts", "items"
OPEN, CLOSED = "OPEN", "CLOSED"
CHANGED: Final = (
    "The version of the object that you are trying to update has already changed. "
    "Please refresh and try again with the latest version!"
)
CART_YRN: Final = "urn:yaas:hybris:cart:cart:{tenant};{id}"

SESSION_VALIDATED: Final = "_sessionValidated"
"""The private member of guests' carts that nobody of another session may merge."""

service = Service("cart")

OTHERS_CART = service.rule("others-cart", 403, source="cart facts 1.1; identity facts: 403 after logout")
EXTERNAL_SCOPE = service.rule("external-prices-scope", 403, source="cart facts 1.4: EXTERNAL needs the scope")
DUPLICATE = service.rule("duplicate-cart", 409, source="cart facts 1.2, uniqueness [wording: choice]")
STALE = service.rule("stale-version", 409, source="cart facts 1.1, errors")
TOO_MANY_COUPONS = service.rule("coupons-per-cart", 409, source="cart facts 1.6")
COUPON_REPEATED = service.rule("coupon-repeated", 500, source="cart facts 1.6: 500")
COUPON_CURRENCY = service.rule("coupon-currency", 500, source="cart facts 1.6: 500")
COUPON_REFUSED = service.rule("coupon-refused", 400, source="cart facts 1.6 [status: choice]")
OWNERLESS = service.rule("no-criteria", 400, source="cart facts 1.1: sessionId or customerId")
UNKNOWN_SITE = service.rule("unknown-site", 400, source="undocumented: a site that is not there [choice]")
UNKNOWN_CURRENCY = service.rule(
    "unknown-currency", 400, source="undocumented: a currency nobody has [choice]"
)
SITE_TAKEN = service.rule(
    "site-has-cart", 400, source="cart facts 1.2, uniqueness after a change of site [choice]"
)
PLACE = service.rule("zip-and-country", 400, source="cart facts 1.3: zipCode and countryCode, both or none")
RESTRICTION = service.rule("restriction", 400, source="cart facts 1.3: in the tenant's list [status: choice]")
YRN = service.rule("item-yrn", 400, source="client-quirks 21")
NO_PRICE_ID = service.rule("price-id", 400, source="client-quirks 21")
NO_PRICE = service.rule("price", 400, source="cart document, required members of a price")
PRICE_MISMATCH = service.rule("price-match", 400, source="cart facts 1.4, price check on add")
DUPLICATE_PRICE = service.rule("duplicate-price", 400, source="cart facts 1.4, line merging")
NO_PRODUCT = service.rule(
    "external-product", 400, source="cart facts 1.4: itemYrn or product [status: choice]"
)
EXTERNAL_OFF = service.rule(
    "external-prices-off", 400, source="cart facts 1.4, enableExternalPrices [status: choice]"
)
QUANTITY = service.rule("quantity", 400, source="cart facts 1.1, batch entry errors")
BATCH_SIZE = service.rule("batch-size", 400, source="cart facts 1.1: 200 and 50 [wording: choice]")
MERGE = service.rule("merge", 400, source="cart facts 1.3: guests' carts into a customer's [status: choice]")
CLOSED_CHANGE = service.rule("closed-cart", 400, source="cart facts 1.2: changing a CLOSED cart [choice]")

CLOSED_CART = service.switch(
    "closed-cart",
    "not-found",
    "shown",
    about="a closed cart by its id: 404, or still readable and its changes refused with 400",
    source="404 on a live tenant (client-quirks 25); the documents only define the two values of status",
)
IDLE = service.switch(
    "idle-carts",
    "removed",
    "kept",
    about="open carts that nobody touched for 30 days",
    source="cart facts 1.2: removed after 30 days by the user guide, not in the documents",
)
REQUANTIFIED = service.switch(
    "quantity-change",
    "rematch",
    "keep",
    about="whether a line whose quantity changes without a price gets the price of the new quantity (tiers)",
    source="undocumented; checkout refuses a price that is not that of the quantity",
)
OLDER_LINES = service.switch(
    "older-lines-on-add",
    "same-product",
    "all",
    about="which older lines are checked when an item is added: those of its product, or all",
    source="a setting skips the check (cart facts 1.4); how far it reaches is undocumented",
)
MERGED_GUESTS = service.switch(
    "merged-guests",
    "any",
    "own-session",
    about="whose carts a customer may merge: any guest's by its id, or only that of the own session",
    source="cart document: sessions are compared for carts with sessionValidated, which is false by default",
)
NEW_ADDRESS = service.switch(
    "new-address",
    "keep-prices",
    "rematch",
    about="whether new addresses or another country match prices anew, or leave that to a refresh",
    source="undocumented; documented are validate, which tells, and refresh, which mends",
)
FALLBACK = service.switch(
    "price-fallback",
    "main-site",
    "none",
    about="whether a product without a price on the cart's site may have that of the site main",
    source="undocumented; storefronts match prices with useFallback",
)
UNDER_APPROVAL = service.switch(
    "cart-under-approval",
    "withdrawn",
    "kept",
    about="whether a cart for which an approval was asked is taken from its owner",
    source="identity facts 8 and conventions, section 16: it is",
)
UNREDEEMABLE = service.switch(
    "unredeemable-coupon",
    "400",
    "as-coupon-service",
    about="the answer to a coupon that cannot be redeemed: 400, or the status that the coupon service has",
    source="cart facts 1.6: undocumented",
)
CATEGORY_REACH = service.switch(
    "coupon-categories",
    "with-subcategories",
    "direct",
    about="whether a category of a coupon covers products of the categories below it",
    source="undocumented",
)


def missing_cart(key: str) -> EmporixError:
    """404 for a cart that is not there, or no more."""
    return NotFound(f"Cart with code {key} not found.")


def missing_item(cart: str, item: str) -> EmporixError:
    """404 for an item that a cart does not have."""
    return NotFound(f"Cart item not found in cart {cart} with code {item}")


def forbidden() -> EmporixError:
    """403 for somebody else's cart."""
    return OTHERS_CART("User not authorized.")


def refused(rule: Rule, message: str, *details: str) -> EmporixError:
    """The 400 of a rule in the spelling of this service."""
    body: dict[str, Any] = {"code": 400, "status": "BAD_REQUEST", "message": message}
    if details:
        body["details"] = list(details)
    return rule(message, details=[Detail(text) for text in details], body=body)


CART = service.resource(
    Resource(
        path="/cart/{tenant}/carts",
        collection=CARTS,
        page_size=16,
        yrn=CART_YRN,
        missing=missing_cart,
        owner=Owner(
            MANAGE, MANAGE, customer="customerId", session="sessionId", foreign=lambda _: forbidden()
        ),
        restriction="restriction",
    )
)
service.collection(
    CARTS,
    computed=("yrn", "items", "calculatedPrice"),
    private=("status", "_next", "_approval"),
    references={"customerId": "customer-service/customers", "siteCode": "site-settings-service/sites"},
    times=("metadata.createdAt", "metadata.modifiedAt"),
)
service.collection(
    ITEMS,
    key="id",
    new_id="given",
    parent=CARTS,
    schema="GET-cart-retrieve-item-details",
    private=("_facts", "keepAsSeparateLineItem", "weightDependent"),
    references={"_parent": "cart/carts"},
    times=(),
)


def yrn_of(tenant: str, key: str) -> str:
    """The resource name of a cart."""
    return CART_YRN.format(tenant=tenant, id=key)


def joined(parts: Iterable[str]) -> str:
    """A list as the messages of this service print it."""
    return "[" + ",".join(parts) + "]"
