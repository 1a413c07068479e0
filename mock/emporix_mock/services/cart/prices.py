"""The prices that the price service gives for items, and whether given prices are those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.services.cart.addresses import country_of
from emporix_mock.services.cart.declared import (
    FALLBACK,
    NO_PRICE,
    NO_PRICE_ID,
    PRICE_MISMATCH,
    refused,
)
from emporix_mock.services.cart.sessions import context_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NOT_FOUND = "Item's price '{}' was not found in the price match"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product, how much of it, and in which unit (None: that of the price model)."""

    product: str
    quantity: float
    unit: str | None = None


def of_item(item: Document, quantity: float | None = None) -> Wanted:
    """What an item asks for, on request in another quantity."""
    unit = ((item.get("price") or {}).get("measurementUnit") or {}).get("unitCode")
    return Wanted(product_of(item), item["quantity"] if quantity is None else quantity, unit)


def product_of(item: Document) -> str:
    """The id of an item's product."""
    own = (item.get("product") or {}).get("id")
    return str(own or str(item.get("itemYrn", "")).rpartition(";")[2])


def matched(
    ctx: RequestContext, state: State, cart: Document, wanted: Sequence[Wanted], country: str | None = None
) -> list[Document | None]:
    """The best price for each of `wanted` under the conditions of a cart; None where there is none."""
    where = country or country_of(ctx, state, cart)
    if not wanted or not where:
        return [None] * len(wanted)
    body: Document = {
        "siteCode": cart["siteCode"],
        "targetCurrency": cart["currency"],
        "targetLocation": {"countryCode": where},
        "useFallback": ctx.switch(FALLBACK) == "main-site",
        "items": [_asked(one) for one in wanted],
    }
    if cart.get("customerId"):
        body["principal"] = {"type": "CUSTOMER", "id": cart["customerId"]}
    if cart.get("legalEntityId"):
        body["legalEntityId"] = cart["legalEntityId"]
    answers = list(ctx.call("price-service", "POST-price-match-prices", body=body).body)
    return _assigned(wanted, answers)


def _asked(wanted: Wanted) -> Document:
    quantity: Document = {"quantity": wanted.quantity}
    if wanted.unit:
        quantity["unitCode"] = wanted.unit
    return {"itemId": {"itemType": "PRODUCT", "id": wanted.product}, "quantity": quantity}


def _assigned(wanted: Sequence[Wanted], answers: list[Document]) -> list[Document | None]:
    """The answers come in the order of the question, without the items that have no price."""
    found: list[Document | None] = []
    place = 0
    for one in wanted:
        answer = answers[place] if place < len(answers) else None
        if answer is not None and answer["itemId"]["id"] == one.product:
            found.append(answer)
            place += 1
        else:
            found.append(None)
    return found


def row_of(match: Document, given: Document | None = None) -> Document:
    """A price as an item has it; the measurement unit only where the client named one."""
    row: Document = {
        "priceId": match["priceId"],
        "originalAmount": match["originalValue"],
        "effectiveAmount": match["effectiveValue"],
        "currency": match["currency"],
    }
    if match.get("priceListId"):
        row["priceListId"] = match["priceListId"]
    kept = {name: (given or {})[name] for name in ("measurementUnit", "yrn") if name in (given or {})}
    return row | kept


def checked(
    ctx: RequestContext, state: State, cart: Document, item: Document, quantities: Sequence[float]
) -> Document:
    """The match for the last of `quantities`, once the item's price is that of one of them.

    The price is looked up where the cart is taxed and, failing that, where the caller's session shops.
    Raises 400 for a price without id, with members missing, or that is not in the match.
    """
    price = item.get("price") or {}
    if not price.get("priceId"):
        raise refused(NO_PRICE_ID, "Internal type must have priceId set")
    names = compared(state)
    lacking = [name for name in names if price.get(name) is None]
    if lacking:
        raise refused(NO_PRICE, PROBLEMS, *(f"price.{name}: must not be null" for name in lacking))
    wanted = [of_item(item, quantity) for quantity in dict.fromkeys(quantities)]
    for country in _countries(ctx, state, cart):
        found = matched(ctx, state, cart, wanted, country)
        if found[-1] is not None and any(match and same_price(match, price, names) for match in found):
            return found[-1]
    raise refused(PRICE_MISMATCH, PROBLEMS, NOT_FOUND.format(price["priceId"]))


def _countries(ctx: RequestContext, state: State, cart: Document) -> Iterator[str]:
    own, session = country_of(ctx, state, cart), ctx.caller().session_id
    if own:
        yield own
    shopping = context_of(ctx, session).get("targetLocation") if session else None
    if shopping and shopping != own:
        yield shopping


def compared(state: State) -> list[str]:
    """The members of a price that have to be those of the match, by the tenant's settings."""
    skipped = {
        "originalAmount": "cartItemValidationSkipOriginalAmount",
        "effectiveAmount": "cartItemValidationSkipEffectiveAmount",
        "currency": "cartItemValidationSkipCurrency",
    }
    return [name for name, key in skipped.items() if not setting(state, key)]


def same_price(match: Document, price: Document, names: Sequence[str]) -> bool:
    """Whether a price is that of a match."""
    row = row_of(match)
    return row["priceId"] == price["priceId"] and all(row[name] == price.get(name) for name in names)
