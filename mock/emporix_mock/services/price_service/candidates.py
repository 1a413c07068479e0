"""What one price comes to under given conditions (price facts, A4, candidate computation)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.prices import Side, on_sale, rounded, split, total_of, unit_price
from emporix_mock.rules.tax import exact, plain
from emporix_mock.rules.units import converted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock.services.price_service.known import Known, Model
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


def computed(known: Known, given: Conditions, item: Mapping[str, Any], price: Document) -> Document | None:
    """The answer that a price gives; None where it cannot be converted."""
    state, model = known.state, known.model(price["priceModelId"])
    if model is None:
        return None
    asked = item.get("quantity") or {}
    amount = exact(asked.get("quantity", 1))
    quantity = _in_unit(state, amount, asked.get("unitCode") or model.unit, model.unit)
    if quantity is None:
        return None
    original = _tiered(state, model, price, quantity)
    rate = _exchange(state, price["currency"], given.currency)
    if original is None or rate is None:
        return None
    effective = on_sale(original, price.get("salePrice"))
    product = known.product(price["itemId"]["id"])
    side = _side(known, given, price, model, product)
    values = [side.move(value * rate) for value in (original, effective)]
    if values[0] is None or values[1] is None:
        return None
    total = total_of(values[1], quantity, model.measured)
    amounts = {"originalValue": values[0], "effectiveValue": values[1], "totalValue": total}
    return {
        **_description(given, price, model, product.get("name")),
        **{name: plain(rounded(value)) for name, value in amounts.items()},
        "quantity": {"quantity": plain(quantity), "unitCode": model.unit},
        "includesTax": side.wanted,
        **_tax(given, product, side, amounts),
    }


def _in_unit(state: State, amount: Decimal, source: str, target: str) -> Decimal | None:
    """An amount in another unit of the same type; None where there is no way from one to the other."""
    if source == target:
        return amount
    units = state.world.state("unit-handling-service").collection("units")
    before, after = units.peek(source), units.peek(target)
    if before is None or after is None or before["type"] != after["type"]:
        return None
    return converted(float(amount), before["factor"], after["factor"])


def _tiered(state: State, model: Model, price: Document, quantity: Decimal) -> Decimal | None:
    values = {tier["id"]: tier["priceValue"] for tier in price["tierValues"]}
    if not values.keys() >= set(model.tiers):
        return None
    in_tiers = _in_unit(state, quantity, model.unit, model.tier_unit)
    if in_tiers is None:
        return None
    return unit_price(model.kind, model.least, [exact(values[tier]) for tier in model.tiers], in_tiers)


def _exchange(state: State, source: str, target: str) -> Decimal | None:
    if source == target:
        return Decimal(1)
    stored = state.world.state("currency-service").collection("exchanges")
    for key in stored.find("sourceCurrency", source):
        exchange = stored.get(key) or {}
        if exchange.get("targetCurrency") == target:
            return exact(exchange["rate"])
    return None


def _side(known: Known, given: Conditions, price: Document, model: Model, product: Mapping[str, Any]) -> Side:
    """Values of a list are net; of the catalogue as the model says. The site decides what is given."""
    includes = model.includes_tax and "priceListId" not in price
    wanted = given.site.get("includesTax")
    own = (price.get("location") or {}).get("countryCode") or given.country
    same = own == given.country
    source = known.rate(product, own)
    target = source if same else known.rate(product, given.country)
    return Side(includes, includes if wanted is None else bool(wanted), same, source, target)


def _description(given: Conditions, price: Document, model: Model, name: object) -> Document:
    item = {"itemType": price["itemId"].get("itemType", "PRODUCT"), "id": price["itemId"]["id"]}
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
        "priceModel": model.shown,
        "tierValues": price["tierValues"],
        "mixins": price.get("mixins"),
        "metadata": {**metadata, "version": str(metadata.get("version", 1))},
    }
    if given.site.get("includesTax") is not None:
        answer["site"]["includesTax"] = bool(given.site["includesTax"])
    return without_gaps(answer)


def _tax(
    given: Conditions, product: Mapping[str, Any], side: Side, amounts: Mapping[str, Decimal]
) -> Document:
    """The tax in the values, where the product has a class in the country."""
    code = (product.get("taxClasses") or {}).get(given.country)
    if side.target is None or code is None:
        return {}
    parts = {}  # the three values are mostly the same one
    for value in amounts.values():
        if value not in parts:
            found = split(value, gross=side.wanted, rate=side.target)
            parts[value] = {part: plain(number) for part, number in found.items()}
    prices = {name: parts[value] for name, value in amounts.items()}
    return {"tax": {"taxClass": code, "taxRate": plain(side.target), "prices": prices}}
