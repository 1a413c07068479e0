"""An entry for a product that is added to an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform.products import product, sold
from emporix_mock.platform.sites import MAIN_SITE, default_site, home_country, site
from emporix_mock.rules.cart_totals import shown
from emporix_mock.rules.cart_values import Sum, Tax
from emporix_mock.rules.orders import ANONYMOUS
from emporix_mock.rules.resource_names import product_yrn
from emporix_mock.rules.tax import exact
from emporix_mock.services.order.declared import BAD_ENTRY, invalid

if TYPE_CHECKING:
    from typing import Any

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def entry_for(
    ctx: RequestContext, state: State, order: Document, product_id: str, amount: int
) -> dict[str, Any]:
    """The entry of a product at the price that the order's customer gets now; 400 without one."""
    if not product(state, product_id):
        raise invalid(BAD_ENTRY, "entries.productId", f"There is no product '{product_id}'")
    price = _price(ctx, order, product_id, amount)
    tax = price.get("tax") or {}
    rate = Tax(tax.get("taxClass"), exact(tax.get("taxRate") or 0))
    gross = bool(price.get("includesTax"))
    unit = shown(Sum.of(exact(price["effectiveValue"]), rate, gross=gross), rate)
    country = (price.get("location") or {}).get("countryCode")
    return {
        "id": product_id,
        "itemYrn": product_yrn(ctx.tenant, product_id),
        "amount": amount,
        "orderedAmount": amount,
        "effectiveQuantity": amount,
        **dict.fromkeys(("originalAmount", "originalPrice"), price["originalValue"]),
        "unitPrice": price["effectiveValue"],
        "calculatedUnitPrice": unit,
        "product": sold(ctx, state, product_id),
        "price": {
            "priceId": price["priceId"],
            "currency": price["currency"],
            "originalAmount": price["originalValue"],
            "effectiveAmount": price["effectiveValue"],
        },
        "priceMatchDetails": {**unit, **({"taxCountry": country} if country else {})},
    }


def _price(ctx: RequestContext, order: Document, product_id: str, amount: int) -> dict[str, Any]:
    shop = site(ctx, order.get("siteCode") or MAIN_SITE) or default_site(ctx)
    customer = (order.get("customer") or {}).get("id", ANONYMOUS)
    asked = {
        "siteCode": shop.get("code") or MAIN_SITE,
        "targetCurrency": order.get("currency") or shop.get("currency"),
        "targetLocation": {"countryCode": order.get("countryCode") or home_country(shop) or ""},
        "items": [
            {
                "itemId": {"itemType": "PRODUCT", "id": product_id},
                "quantity": {"quantity": amount, "unitCode": "H87"},
            }
        ],
        **({} if customer == ANONYMOUS else {"principal": {"type": "CUSTOMER", "id": customer}}),
        **({"legalEntityId": order["legalEntityId"]} if order.get("legalEntityId") else {}),
    }
    found = ctx.call("price-service", "POST-price-match-prices", body=asked).body
    if not found:
        text = f"The product '{product_id}' has no price for this order"
        raise invalid(BAD_ENTRY, "entries.productId", text)
    return dict(found[0])
