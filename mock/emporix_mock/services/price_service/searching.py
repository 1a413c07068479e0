"""The prices of many products at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.platform import taxes
from emporix_mock.platform.products import seen_product
from emporix_mock.platform.sites import MAIN_SITE
from emporix_mock.rules.prices import Side, rounded, valid_at
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.price_service.declared import MODELS, PRICES, service
from emporix_mock.services.price_service.prices import RESOURCE, on_site, with_model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-price-search-prices")
def search(ctx: RequestContext, state: State) -> list[Document]:
    """The prices of each listed product, none for those without."""
    asked = ctx.body or {}
    sites = {asked["siteCode"]} if asked.get("siteCode") else set(asked.get("siteCodes") or ())
    answers = []
    for item in dict.fromkeys(asked.get("itemIds") or ()):
        found = _of_item(state, item, asked, sites)
        if not found and asked.get("useFallback"):
            found = _of_item(state, item, asked, {MAIN_SITE})
        answers.append({"itemId": item, "prices": [_shown(ctx, state, price) for price in found]})
    return answers


def _of_item(state: State, item: str, asked: Mapping[str, Any], sites: set[str]) -> list[Document]:
    stored, moment = state.collection(PRICES), asked.get("effectiveDate")
    found = []
    for key in stored.find("itemId.id", item):
        price = stored.get(key)
        if price is None or (sites and not on_site(price, sites)):
            continue
        restrictions = price.get("restrictions") or {}
        if asked.get("currency") not in (None, price["currency"]):
            continue
        if moment and not valid_at(restrictions.get("validity"), moment):
            continue
        if _for_principal(restrictions, asked):
            found.append(_sided(state, price, asked.get("includesTax")))
    return [price for price in found if price is not None]


def _for_principal(restrictions: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    mode, wanted = asked.get("searchMode") or "ALL_PRICES", asked.get("principalId")
    principals = [principal.get("id") for principal in restrictions.get("principals") or ()]
    if mode == "COMMON_PRICES":
        return not principals
    if mode == "USER_SPECIFIC_PRICES":
        return wanted is not None and wanted in principals
    return True


def _sided(state: State, price: Document, wanted: bool | None) -> Document | None:  # noqa: FBT001
    """The price with net or gross values where that is asked for; None where a tax rate is missing."""
    model = state.collection(MODELS).get(price["priceModelId"])
    if wanted is None or model is None:
        return price
    rate = tax_rate(state, price["itemId"]["id"], price["location"]["countryCode"])
    side = Side(bool(model["includesTax"]), wanted, same_country=True, source=rate, target=rate)
    moved = [side.move(exact(tier["priceValue"])) for tier in price["tierValues"]]
    values = [plain(rounded(value)) for value in moved if value is not None]
    if len(values) < len(moved):
        return None
    tiers = [{**tier, "priceValue": v} for tier, v in zip(price["tierValues"], values, strict=True)]
    return {**price, "tierValues": tiers}


def tax_class(state: State, product_id: str, country: str) -> str | None:
    """The tax class of a product in a country."""
    classes = seen_product(state, product_id).get("taxClasses") or {}
    return classes.get(country)


def tax_rate(state: State, product_id: str, country: str) -> Decimal | None:
    """The tax rate (percent) of a product in a country; None without class or rate."""
    return taxes.rate(state, country, tax_class(state, product_id, country))


def _shown(ctx: RequestContext, state: State, price: Document) -> Document:
    answer = RESOURCE.answer(ctx, state, price)
    return with_model(ctx, state, answer) if ctx.query.get("expand") == "priceModel" else answer
