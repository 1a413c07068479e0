"""What one price comes to under given conditions (price facts, A4, candidate computation)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from emporix_mock.platform.products import product
from emporix_mock.rules.prices import Side, on_sale, rounded, split, total_of, unit_price
from emporix_mock.rules.tax import exact, plain
from emporix_mock.rules.units import converted
from emporix_mock.services.price_service.declared import MODELS, payload_of
from emporix_mock.services.price_service.searching import tax_class, tax_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@dataclass(frozen=True, slots=True)
class Conditions:
    """What prices are matched for; `site` is the site's document."""

    currency: str
    site: Mapping[str, Any]
    country: str
    principal: Mapping[str, Any]
    companies: Sequence[str]
    fallback: bool = False


def computed(state: State, given: Conditions, item: Mapping[str, Any], price: Document) -> Document | None:
    """The answer that a price gives; None where it cannot be converted."""
    model = state.collection(MODELS).get(price["priceModelId"])
    if model is None:
        return None
    measured, asked = model["measurementUnit"], item.get("quantity") or {}
    unit, amount = measured["unitCode"], exact(asked.get("quantity", 1))
    quantity = _in_unit(state, amount, asked.get("unitCode") or unit, unit)
    if quantity is None:
        return None
    original = _tiered(state, model, price, quantity, unit)
    rate = _exchange(state, price["currency"], given.currency)
    if original is None or rate is None:
        return None
    effective = on_sale(original, price.get("salePrice"))
    side = _side(state, given, price, model)
    values = [side.move(value * rate) for value in (original, effective)]
    if values[0] is None or values[1] is None:
        return None
    total = total_of(values[1], quantity, exact(measured["quantity"]))
    amounts = {"originalValue": values[0], "effectiveValue": values[1], "totalValue": total}
    return {
        **_description(state, given, price, model),
        **{name: plain(rounded(value)) for name, value in amounts.items()},
        "quantity": {"quantity": plain(quantity), "unitCode": unit},
        "includesTax": side.wanted,
        **_tax(state, given, price, side, amounts),
    }


def _in_unit(state: State, amount: Decimal, source: str, target: str) -> Decimal | None:
    """An amount in another unit of the same type; None where there is no way from one to the other."""
    if source == target:
        return amount
    units = state.world.state("unit-handling-service").collection("units")
    before, after = units.get(source), units.get(target)
    if before is None or after is None or before["type"] != after["type"]:
        return None
    return converted(float(amount), before["factor"], after["factor"])


def _tiered(state: State, model: Document, price: Document, quantity: Decimal, unit: str) -> Decimal | None:
    tiers = model["tierDefinition"]["tiers"]
    values = {tier["id"]: exact(tier["priceValue"]) for tier in price["tierValues"]}
    if not set(values).issuperset(tier["id"] for tier in tiers):
        return None
    in_tiers = _in_unit(state, quantity, unit, tiers[0]["minQuantity"]["unitCode"])
    if in_tiers is None:
        return None
    least = [exact(tier["minQuantity"]["quantity"]) for tier in tiers]
    ordered = [values[tier["id"]] for tier in tiers]
    return unit_price(model["tierDefinition"]["tierType"], least, ordered, in_tiers)


def _exchange(state: State, source: str, target: str) -> Decimal | None:
    if source == target:
        return Decimal(1)
    stored = state.world.state("currency-service").collection("exchanges")
    for key in stored.find("sourceCurrency", source):
        exchange = stored.get(key) or {}
        if exchange.get("targetCurrency") == target:
            return exact(exchange["rate"])
    return None


def _side(state: State, given: Conditions, price: Document, model: Document) -> Side:
    """Values of a list are net; of the catalogue as the model says. The site decides what is given."""
    includes = bool(model["includesTax"]) and "priceListId" not in price
    wanted = given.site.get("includesTax")
    own = (price.get("location") or {}).get("countryCode") or given.country
    item = price["itemId"]["id"]
    return Side(
        includes,
        includes if wanted is None else bool(wanted),
        own == given.country,
        tax_rate(state, item, own),
        tax_rate(state, item, given.country),
    )


def _description(state: State, given: Conditions, price: Document, model: Document) -> Document:
    item = {"itemType": price["itemId"].get("itemType", "PRODUCT"), "id": price["itemId"]["id"]}
    name = product(state, item["id"]).get("name")
    metadata = price.get("metadata") or {}
    answer = {
        "priceId": price["id"],
        "priceListId": price.get("priceListId"),
        "itemId": {**item, "name": name} if name else item,
        "itemRef": item,
        "site": {"code": given.site["code"]},
        "currency": given.currency,
        "location": {"countryCode": given.country},
        "salePrice": price.get("salePrice"),
        "priceModel": payload_of(model),
        "tierValues": price["tierValues"],
        "mixins": price.get("mixins"),
        "metadata": {**metadata, "version": str(metadata.get("version", 1))},
    }
    if given.site.get("includesTax") is not None:
        answer["site"]["includesTax"] = bool(given.site["includesTax"])
    return {member: value for member, value in answer.items() if value is not None}


def _tax(
    state: State, given: Conditions, price: Document, side: Side, amounts: Mapping[str, Decimal]
) -> Document:
    """The tax in the values, where the product has a class in the country."""
    code = tax_class(state, price["itemId"]["id"], given.country)
    if side.target is None or code is None:
        return {}
    prices = {
        name: {
            part: plain(number) for part, number in split(value, gross=side.wanted, rate=side.target).items()
        }
        for name, value in amounts.items()
    }
    return {"tax": {"taxClass": code, "taxRate": plain(side.target), "prices": prices}}
