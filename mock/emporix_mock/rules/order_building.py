"""An order made of a cart: entries, discounts and shipping in the form of orders (checkout facts, 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.cart_totals import priced
from emporix_mock.rules.cart_values import ZERO, rounded
from emporix_mock.rules.order_prices import (
    cents,
    entry_tax,
    payment_price,
    side_of,
    with_totals,
)
from emporix_mock.rules.resource_names import PAYMENT_YRN
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from emporix_mock.rules.cart_values import Basket
    from emporix_mock.rules.order_prices import Charge

    Document = Mapping[str, Any]

OF_CART: Final = (
    "channel",
    "siteCode",
    "legalEntityId",
    "restriction",
    "currency",
    "mixins",
)
OF_DISCOUNT: Final = (
    "code",
    "name",
    "amount",
    "currency",
    "discountRate",
    "calculationType",
    "discountType",
    "discountCalculationType",
    "categoryRestricted",
    "restrictions",
)
OF_ITEM: Final = ("itemYrn", "mixins", "metadata", "externalDiscounts", "externalFees")
OF_PRODUCT: Final = (
    "id",
    "sku",
    "name",
    "localizedName",
    "description",
    "images",
    "published",
    "vendor",
    "productType",
    "bundledProducts",
    "mixins",
    "parentVariantId",
    "sellable",
)
OF_PRICE: Final = ("priceId", "priceListId", "currency", "originalAmount", "effectiveAmount", "salePrice")


@dataclass(frozen=True, slots=True)
class Carriage:
    """The delivery that was chosen: what it is called, and what it costs."""

    code: str
    name: str
    names: Document | None
    tax_code: str | None


def order_of(cart: Document, basket: Basket, carriage: Carriage, charge: Charge | None) -> dict[str, Any]:
    """What an order takes from a cart: everything but who, where to and how it is paid."""
    found = priced(basket)
    currency = cart["currency"]
    made: dict[str, Any] = {name: cart[name] for name in OF_CART if cart.get(name) is not None}
    made["cartId"] = cart["id"]
    made["entries"] = [
        _entry(number, item, found.lines[item["id"]], cart, gross=basket.gross)
        for number, item in enumerate(cart.get("items") or ())
    ]
    coupons = [coupon for coupon in cart.get("discounts") or () if coupon.get("valid", True)]
    if coupons:
        made["discounts"] = [{k: one[k] for k in OF_DISCOUNT if one.get(k) is not None} for one in coupons]
    calculated = dict(found.cart)
    made["shipping"] = shipping_of(calculated, carriage, currency)
    if charge is not None:
        price = payment_price(found.cart)
        calculated["paymentFees"] = [{**charge.shown(), "price": price}]
        made["feeYrnAggregate"] = {"elements": [{"yrn": charge.yrn}], "total": {}}
    return with_totals(made, calculated, gross=basket.gross)


def shipping_of(calculated: Document, carriage: Carriage, currency: str) -> dict[str, Any]:
    """The older member `shipping`: net with its tax beside it."""
    price = calculated.get("shipping") or {"netValue": 0, "grossValue": 0, "taxValue": 0}
    tax = {"amount": cents(price["taxValue"]), "currency": currency, "inclusive": False}
    line = {
        "amount": cents(price["netValue"]),
        "currency": currency,
        "code": carriage.code,
        "name": carriage.name,
        **({"localizedName": dict(carriage.names)} if carriage.names else {}),
        "tax": {"total": tax, "rate": price.get("taxRate") or 0},
        **({"shippingTaxCode": carriage.tax_code} if carriage.tax_code else {}),
    }
    return {"total": {"amount": cents(price["grossValue"]), "currency": currency}, "lines": [line]}


def amount_of(quantity: Decimal) -> int:
    """The amount of an entry, which is whole; `OverflowError` for one that JSON cannot carry."""
    amount = int(quantity.to_integral_value(ROUND_CEILING))
    if amount >= 2**63:
        raise OverflowError(amount)
    return amount


def _entry(
    number: int, item: Document, calculated: Document, cart: Document, *, gross: bool
) -> dict[str, Any]:
    quantity, product = exact(item["quantity"]), item.get("product") or {}
    own = product.get("id") or str(item.get("itemYrn")).rpartition(";")[2]
    amount = amount_of(quantity)
    price, unit = item.get("price") or {}, item.get("unitPrice") or _unit(calculated["price"], quantity)
    total = cents(side_of(calculated["price"], gross=gross))
    uplift = (calculated.get("upliftValue") or {}).get("grossValue") or 0
    country = cart.get("countryCode")
    return {
        "id": f"{number}_SLI_{own}" if item.get("keepAsSeparateLineItem") else own,
        **{name: item[name] for name in OF_ITEM if item.get(name)},
        "amount": amount,
        "orderedAmount": amount,
        "effectiveQuantity": item.get("effectiveQuantity", plain(quantity)),
        **dict.fromkeys(("originalAmount", "originalPrice"), price.get("originalAmount", 0)),
        "unitPrice": price.get("effectiveAmount", 0),
        "calculatedUnitPrice": unit,
        "totalPrice": total,
        "authorizedAmount": cents(exact(total) + exact(uplift)),
        "product": {k: product[k] for k in OF_PRODUCT if product.get(k) is not None},
        "tax": entry_tax(calculated["price"], cart["currency"], gross=gross),
        "price": {name: price[name] for name in OF_PRICE if price.get(name) is not None},
        "calculatedPrice": calculated,
        "priceMatchDetails": {**unit, **({"taxCountry": country} if country else {})},
    }


def _unit(price: Document, quantity: Any) -> dict[str, Any]:
    """The price of one piece, of a line that has only a price for all."""
    members = {name: price[name] for name in ("taxCode", "taxRate") if name in price}
    divided = {
        name: plain(rounded(exact(price[name]) / quantity)) if quantity else 0
        for name in ("netValue", "grossValue", "taxValue")
    }
    return {**divided, **members}


def payment_mixin(order: Document, tenant: str, method: str) -> dict[str, Any]:
    """The deprecated mixin `payments` of an order: how it is paid, and the fee for that in older sums."""
    fees = (order.get("feeYrnAggregate") or {}).get("elements") or ()
    amount = plain(sum((exact(fee["total"]["total"]) for fee in fees), ZERO))
    total = _older_sum(amount)
    named = {"elements": [{**fee, "total": {**fee["total"], "discount": 0}} for fee in fees]}
    way = {
        "paymentMethodYrn": PAYMENT_YRN.format(tenant=tenant, id=method),
        **({"fees": {**named, "total": _older_sum(0)}} if fees else {}),
        "total": total,
    }
    return {"elements": [way], "total": total}


def _older_sum(amount: float) -> dict[str, float]:
    return {"subTotal": amount, "totalTax": 0, "total": amount, "discount": 0}


def customer_of(given: Document, own: str) -> dict[str, Any]:
    """The customer of an order, from what a checkout says of it."""
    names = ("title", "firstName", "middleName", "lastName", "company", "email", "metadata", "mixins")
    name = given.get("name") or " ".join(
        str(given[part]) for part in ("firstName", "lastName") if given.get(part)
    )
    return {"id": own, "name": name, **{key: given[key] for key in names if given.get(key)}}


def item_total(items: Sequence[Document], *, gross: bool) -> float:
    """The prices of all items before discounts: what coupons are measured by."""
    return cents(sum((side_of(i["calculatedPrice"]["price"], gross=gross) for i in items), exact(0)))
