"""The order that a quote becomes: its negotiated prices, with every member that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.rules.cart_values import Basket, Line, Shipping, Sum, Tax
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.order_building import amount_of
from emporix_mock.rules.order_prices import cents, with_prices
from emporix_mock.rules.resource_names import product_yrn
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    Document = dict[str, Any]


def places_of(quote: Mapping[str, Any]) -> list[Document]:
    """The addresses of a quote as far as taxes are concerned: type and country."""
    named = (("BILLING", "billingAddress"), ("SHIPPING", "shippingAddress"))
    return [{"type": kind, "country": (quote.get(name) or {}).get("countryCode")} for kind, name in named]


def order_of(quote: Mapping[str, Any], *, tenant: str, gross: bool, rates: Mapping[str, Decimal]) -> Document:
    """The body that creates the order of a quote. `quote` has its texts as maps of languages.

    `gross` says whether the older members of the order, which are on the side of the site's prices,
    include tax. `rates` are those of the country that taxes the order, by class: a quote keeps the class
    of its delivery, not always the rate.
    """
    quote = _with_delivery_rate(quote, rates)
    items = quote.get("items") or []
    order: Document = {
        "quoteId": quote["id"],
        "cartId": quote.get("cartId"),
        "siteCode": quote["siteCode"],
        "currency": quote["currency"],
        "restriction": quote.get("restriction"),
        "legalEntityId": quote.get("legalEntityId"),
        "customer": _customer(quote),
        "billingAddress": _address(quote, "billingAddress"),
        "shippingAddress": _address(quote, "shippingAddress"),
        "countryCode": (quote.get("shippingAddress") or {}).get("countryCode"),
        "entries": [_entry(index, item, quote, tenant) for index, item in enumerate(items)],
        "shipping": _shipping(quote),
    }
    lines = tuple(
        Line(str(index), _sum(item["price"]), _tax(item["price"].get("tax")))
        for index, item in enumerate(items)
    )
    delivery = _delivery(quote.get("shipping") or {})
    order = without_gaps(order)
    return with_prices(order, Basket(lines, gross, shipping=delivery))


def _with_delivery_rate(quote: Mapping[str, Any], rates: Mapping[str, Decimal]) -> Mapping[str, Any]:
    shipping = quote.get("shipping") or {}
    rate = rates.get(str(shipping.get("shippingTaxCode")))
    return quote if rate is None else {**quote, "shipping": {**shipping, "taxRate": plain(rate)}}


def _tax(tax: Mapping[str, Any] | None) -> Tax:
    tax = tax or {}
    return Tax(tax.get("taxClass"), exact(tax.get("taxRate") or 0))


def _sum(price: Mapping[str, Any]) -> Sum:
    return Sum.of(exact(price["totalNetValue"]), _tax(price.get("tax")), gross=False)


def _delivery(shipping: Mapping[str, Any]) -> Shipping | None:
    """The cost of delivery, if the quote has one."""
    if shipping.get("value") is None:
        return None
    net = exact(shipping["value"])
    rate = exact(shipping.get("taxRate") or 0)
    tax = Tax(shipping.get("shippingTaxCode"), rate)
    return Shipping(Sum.of(net, tax, gross=False), tax)


def _entry(index: int, item: Mapping[str, Any], quote: Mapping[str, Any], tenant: str) -> Document:
    product, price, own = item["product"], item["price"], item["product"]["productId"]
    earlier = [other["product"]["productId"] for other in quote["items"][:index]]
    quantity, tax = item["quantity"]["quantity"], _tax(price.get("tax"))
    amount = amount_of(exact(quantity))
    unit = Sum.of(exact(price["newUnitPrice"]), tax, gross=False)
    names = product.get("name") if isinstance(product.get("name"), dict) else {}
    return {
        "id": f"{index}_SLI_{own}" if own in earlier else own,
        "itemYrn": product_yrn(tenant, own),
        "amount": amount,
        "orderedAmount": amount,
        "effectiveQuantity": quantity,
        "calculatedUnitPrice": {
            "netValue": plain(unit.net),
            "grossValue": plain(unit.gross),
            "taxValue": plain(unit.tax),
            **({"taxCode": tax.code, "taxRate": plain(tax.rate)} if tax.code else {}),
        },
        "product": {
            "id": own,
            **({"localizedName": names, "name": next(iter(names.values()))} if names else {}),
        },
        "price": {
            **({"priceId": price["priceId"]} if price.get("priceId") else {}),
            "currency": quote["currency"],
            "originalAmount": price["unitPrice"],
            "effectiveAmount": price["newUnitPrice"],
        },
    }


def _shipping(quote: Mapping[str, Any]) -> Document | None:
    shipping = quote.get("shipping") or {}
    if shipping.get("value") is None:
        return None
    currency, net = quote["currency"], exact(shipping["value"])
    gross = exact(shipping.get("grossValue", net))
    names = shipping.get("methodName") if isinstance(shipping.get("methodName"), dict) else {}
    line = {
        "amount": plain(net),
        "currency": currency,
        "code": shipping.get("methodId"),
        "name": next(iter(names.values()), None) if names else None,
        "localizedName": names or None,
        "tax": {
            "total": {"amount": cents(gross - net), "currency": currency, "inclusive": False},
            "rate": shipping.get("taxRate") or 0,
        },
        "shippingTaxCode": shipping.get("shippingTaxCode"),
    }
    shown = without_gaps(line)
    return {"total": {"amount": plain(gross), "currency": currency}, "lines": [shown]}


def _customer(quote: Mapping[str, Any]) -> Document:
    customer = quote.get("customer") or {}
    name = " ".join(str(customer[part]) for part in ("firstName", "lastName") if customer.get(part))
    found = {
        "id": customer.get("customerId"),
        "name": name or None,
        "firstName": customer.get("firstName"),
        "lastName": customer.get("lastName"),
        "email": customer.get("contactEmail"),
        "company": (quote.get("company") or {}).get("name"),
    }
    return without_gaps(found)


def _address(quote: Mapping[str, Any], name: str) -> Document | None:
    given = quote.get(name)
    if not given:
        return None
    customer = quote.get("customer") or {}
    contact = " ".join(str(customer[part]) for part in ("firstName", "lastName") if customer.get(part))
    address = {
        "contactName": contact or given.get("name"),
        "companyName": (quote.get("company") or {}).get("name"),
        "street": given.get("addressLine1"),
        "streetNumber": given.get("addressLine2"),
        "zipCode": given.get("postcode"),
        "city": given.get("city"),
        "state": given.get("state"),
        "country": given.get("countryCode"),
    }
    return without_gaps(address)
