"""The best price of an item for given conditions (price facts, A4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.platform.sites import MAIN_SITE, site
from emporix_mock.rules.prices import list_rank, valid_at
from emporix_mock.services.price_service.candidates import Conditions, computed
from emporix_mock.services.price_service.declared import (
    CURRENCY,
    LIST_PRICES,
    LISTS,
    NEGATIVE,
    NO_CONTEXT,
    NO_QUANTITY,
    NO_QUANTITY_RULE,
    PRICES,
    VISITORS,
    check_type,
    require,
    service,
)
from emporix_mock.services.price_service.known import Known
from emporix_mock.services.price_service.prices import on_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FRESH = 1
"""The version of a session's context that nothing has changed since the login."""


@service.operation("POST-price-match-prices")
def match(ctx: RequestContext, state: State) -> list[Document]:
    """The best price of each item; items without one are left out."""
    asked = ctx.body or {}
    if not asked.get("targetCurrency"):
        raise CURRENCY("may not be empty, see details for more info", details=["currency may not be empty"])
    return _match(
        ctx,
        state,
        Conditions(
            asked["targetCurrency"],
            _site(ctx, asked["siteCode"]),
            asked["targetLocation"]["countryCode"],
            asked.get("principal") or {},
            _companies(state, asked.get("legalEntityId")),
            bool(asked.get("useFallback")),
        ),
        _items(ctx),
    )


@service.operation("POST-price-match-prices-by-context")
def match_by_context(ctx: RequestContext, state: State) -> list[Document]:
    """The same with currency, site, country and customer of the caller's session."""
    caller, session, items = ctx.caller(), _session(ctx, state), _items(ctx)
    if not session.get("currency") and ctx.switch(NO_CONTEXT) == "refuse":
        text = "Currency may not be empty, see details for more info"
        raise CURRENCY(text, details=["currency may not be empty"])
    country = session.get("targetLocation")
    if isinstance(country, dict):
        country = country.get("countryCode")
    if not session.get("currency") or not session.get("siteCode") or not country:
        return []
    conditions = Conditions(
        session["currency"],
        _site(ctx, session["siteCode"]),
        str(country),
        {"type": "CUSTOMER", "id": caller.customer_id} if caller.customer_id else {},
        _companies(state, caller.legal_entity_id),
    )
    return _match(ctx, state, conditions, items)


def _session(ctx: RequestContext, state: State) -> dict[str, Any]:
    """The context of the caller's session: as it began, with what was changed since."""
    caller, own = ctx.caller(), ctx.caller().session_id
    if own is None:
        return {}
    begun = state.world.state("customer-management").collection("sessions").get(own) or {}
    changed = state.world.state("session-context").collection("contexts").get(own) or {}
    if (
        not begun.get("siteCode")
        and caller.customer_id is None
        and (changed.get("metadata") or {}).get("version", FRESH) == FRESH
        and ctx.switch(VISITORS) == "given"
    ):
        return begun
    return {**begun, **{name: value for name, value in changed.items() if value is not None}}


def _items(ctx: RequestContext) -> list[dict[str, Any]]:
    """The items asked for; 400 for one that cannot be asked for."""
    items: list[dict[str, Any]] = (ctx.body or {}).get("items") or []
    for item in items:
        require(item.get("itemId") or {}, "id")
        check_type(item["itemId"], "PRODUCT", "PRICE", "SKU")
        if item.get("quantity") is None and ctx.switch(NO_QUANTITY_RULE) == "refused":
            raise NO_QUANTITY("Quantity must not be null")
        if (item.get("quantity") or {}).get("quantity", 1) < 0:
            raise NEGATIVE("Quantity must not be negative")
    return items


def _site(ctx: RequestContext, code: str) -> dict[str, Any]:
    return {**site(ctx, code), "code": code}


def _companies(state: State, company: str | None) -> list[str]:
    """A company and those above it, whose price lists hold for it too."""
    companies: list[str] = []
    stored = state.world.state("client-management").collection("legalEntities")
    while company and company not in companies:
        companies.append(company)
        company = (stored.get(company) or {}).get("parentId")
    return companies


def _match(
    ctx: RequestContext, state: State, given: Conditions, items: Iterable[Mapping[str, Any]]
) -> list[Document]:
    found, known = [], Known(state)
    for item in items:
        best = _best(known, given, item)
        if best is None and given.fallback and given.site["code"] != MAIN_SITE:
            best = _best(known, replace(given, site=_site(ctx, MAIN_SITE)), item)
        if best is not None:
            found.append(best)
    return found


def _best(known: Known, given: Conditions, item: Mapping[str, Any]) -> Document | None:
    """The answer for an item: of the price lists' if one has it, else of the catalogue's lowest."""
    listed = _listed(known, given, item)
    candidates = [listed] if listed is not None else _catalogue(known, given, item)
    answers = [answer for price in candidates if (answer := _computed(known, given, item, price))]
    return min(answers, key=lambda answer: answer["effectiveValue"], default=None)


def _computed(known: Known, given: Conditions, item: Mapping[str, Any], price: Document) -> Document | None:
    """The answer that a price gives; None also where it is too large to be told."""
    try:
        return computed(known, given, item, price)
    except OverflowError:
        return None


def _listed(known: Known, given: Conditions, item: Mapping[str, Any]) -> Document | None:
    """The item's price in the list that fits closest, among equals the nearer company's (choice)."""
    state = known.state
    stored, lists = state.collection(LIST_PRICES), state.collection(LISTS)
    key = "id" if item["itemId"].get("itemType") == "PRICE" else "itemId.id"
    places = stored.find(key, item["itemId"]["id"])
    if not places:
        return None
    ranked: list[tuple[tuple[int, int], Document]] = []
    for place in places:
        price = stored.get(place) or {}
        owner = lists.get(str(price.get("_parent"))) or {}
        if owner.get("siteCode") != given.site["code"] or not valid_at(owner.get("validity"), known.now):
            continue
        group = given.principal.get("id") if given.principal.get("type") == "GROUP" else None
        rank = list_rank(
            owner,
            country=given.country,
            regions=_regions(state, given.country),
            groups=[group] if group else [],
            companies=given.companies,
        )
        if rank is not None and owner.get("currency") == given.currency:
            near = -given.companies.index(owner["legalEntityId"]) if owner.get("legalEntityId") else 0
            ranked.append(
                ((rank, near), {**price, "currency": owner["currency"], "priceListId": owner["id"]})
            )
    return max(ranked, key=lambda entry: entry[0])[1] if ranked else None


def _regions(state: State, country: str) -> list[str]:
    document = state.world.state("country-service").collection("countries").get(country) or {}
    return [str(region) for region in document.get("regions") or ()]


def _catalogue(known: Known, given: Conditions, item: Mapping[str, Any]) -> list[Document]:
    stored = known.state.collection(PRICES)
    key = "id" if item["itemId"].get("itemType") == "PRICE" else "itemId.id"
    prices = [price for place in stored.find(key, item["itemId"]["id"]) if (price := stored.peek(place))]
    return [price for price in prices if _holds(price, given, known.now)]


def _holds(price: Document, given: Conditions, now: str) -> bool:
    limits = price.get("restrictions") or {}
    principals = limits.get("principals") or []
    return (
        on_site(price, {given.site["code"]})
        and valid_at(limits.get("validity"), now)
        and (not principals or any(_same(one, given.principal) for one in principals))
    )


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(other.get("id")) and one.get("id") == other.get("id") and one.get("type") == other.get("type")
