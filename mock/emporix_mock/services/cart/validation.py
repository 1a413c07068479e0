"""Whether the prices of a cart still hold, and when its goods can be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.rules.tax import exact
from emporix_mock.services.cart.access import readable
from emporix_mock.services.cart.declared import joined, service
from emporix_mock.services.cart.prices import NOT_FOUND, compared, matched, of_item, product_of, same_price
from emporix_mock.services.cart.reading import restrictions_of
from emporix_mock.services.cart.stored import seen_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

UNIT_PRICE: Final = "CART-ITEM-UNIT-PRICE"
EXTERNAL_DISCOUNT: Final = "CART-ITEM-EXTERNAL-DISCOUNT"


@service.operation("GET-cart-validate")
def validate(ctx: RequestContext, state: State) -> Document:
    """What is wrong with the items of a cart; nothing is listed of a cart that is right."""
    cart = readable(ctx, state)
    items = seen_items(state, cart["id"])
    errors = [*_prices(ctx, state, cart, items), *_discounts(items)]
    if not errors:
        return {"isValid": True}
    by_item: dict[str, list[Document]] = {}
    for own, error in errors:
        by_item.setdefault(own, []).append(error)
    details = [{"id": own, "errors": found} for own, found in by_item.items()]
    return {"isValid": False, "itemsValidationDetails": details}


def _prices(
    ctx: RequestContext, state: State, cart: Document, items: Sequence[Document]
) -> list[tuple[str, Document]]:
    internal = [item for item in items if item.get("type") != "EXTERNAL"]
    names, found = compared(state), []
    by_product: dict[str, dict[str, None]] = {}
    for item, match in zip(internal, matched(ctx, state, cart, [of_item(i) for i in internal]), strict=True):
        own = (item.get("price") or {}).get("priceId", "")
        by_product.setdefault(product_of(item), {})[own] = None
        if match is None or not same_price(match, item.get("price") or {}, names):
            found.append(
                (item["id"], _error(f"{UNIT_PRICE}-100001", NOT_FOUND.format(own), "items.unitPrice"))
            )
    for item in internal:
        prices = by_product[product_of(item)]
        if len(prices) > 1:
            text = f"Duplicated prices {joined(prices)} found for the same product in the cart"
            found.append((item["id"], _error(f"{UNIT_PRICE}-100002", text, "items.unitPrice")))
    return found


def _discounts(items: Sequence[Document]) -> list[tuple[str, Document]]:
    """Amounts above what the item costs (wording and field: choice)."""
    found = []
    for item in (item for item in items if item.get("externalDiscounts")):
        price = exact((item.get("price") or {}).get("effectiveAmount") or 0) * exact(item["quantity"])
        for discount in item["externalDiscounts"]:
            if discount["discountType"] == "ABSOLUTE" and exact(discount["value"]) > price:
                text = f"External discount '{discount['id']}' is higher than the item price"
                error = _error(f"{EXTERNAL_DISCOUNT}-100002", text, "items.externalDiscounts")
                found.append((item["id"], error))
    return found


def _error(code: str, message: str, field: str) -> Document:
    return {"errorCode": code, "message": message, "field": field}


@service.operation("GET-cart-retrieve-lead-time-and-non-delivery-times")
def delivery_restrictions(ctx: RequestContext, state: State) -> Document:
    """The longest lead time of the items and the days on which they are not delivered."""
    return restrictions_of(state, seen_items(state, readable(ctx, state)["id"]))
