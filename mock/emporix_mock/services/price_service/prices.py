"""Prices of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import binding, crud, translation
from emporix_mock.engine.ownership import OfVendor
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.wordings import CHANGED
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.products import product
from emporix_mock.rules.prices import valid_at
from emporix_mock.rules.resource_names import product_yrn
from emporix_mock.services.price_service.declared import (
    LIST_PRICES,
    LISTS,
    MODELS,
    OTHERS_PRODUCT,
    PRICES,
    STALE,
    check_sites,
    check_type,
    fit,
    payload_of,
    require,
    service,
    taken,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ANY_TIME = "2022-01-01T00:00:00Z"
"""The documented default of `effectiveDate`; it does not hide prices that start later (choice)."""


def _missing(key: str) -> EmporixError:
    return NotFound(f"Price with id {key} has not been found.")


def _changed(key: str) -> EmporixError:
    del key
    return STALE(CHANGED)


def _completed(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    require(new, "itemId", "currency", "location", "tierValues")
    require(new["itemId"], "id")
    check_type(new["itemId"], "PRODUCT", "SKU")
    check_sites(ctx, state, (new.get("restrictions") or {}).get("siteCodes") or ())
    fit(ctx, state, new, strict=old is None)
    _of_vendor(ctx, state, new)


def _of_vendor(ctx: RequestContext, state: State, new: Document) -> None:
    """A price is of the vendor of its product. Raises 403 for a caller bound to another one."""
    vendor = (product(state, new["itemId"]["id"]).get("vendor") or {}).get("id")
    bound = OF_VENDOR.limit(ctx)
    if bound is not None and vendor != bound.value:
        raise OTHERS_PRODUCT("Insufficient permissions")
    new.pop("vendorId", None)
    if vendor:
        new["vendorId"] = vendor


def _shown(ctx: RequestContext, _state: State, price: Document) -> Document:
    item = price["itemId"]
    yrn = product_yrn(ctx.tenant, item["id"])
    return {**price, "itemYrn": yrn} if item.get("itemType", "PRODUCT") == "PRODUCT" else price


def _changed_for_product(
    _ctx: RequestContext, state: State, old: Document | None, new: Document | None
) -> None:
    """Tell the product service, whose entries for search indexes hold prices; an event of the mock's own."""
    before, after = old or {}, new or {}
    for own in {price["itemId"]["id"]: None for price in (before, after) if price}:
        sites = (before.get("restrictions") or {}).get("siteCodes") or ()
        state.emit("item.prices-changed", {"productId": own, "sites": list(sites)})


def _told(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> Document:
    return {"id": (old or {})["id"]} if new is None else _shown(ctx, state, new)


OF_VENDOR = OfVendor(
    "vendorId",
    limited=("price.price_manage_by_vendor",),
    read=("price.price_read",),
    manage=("price.price_manage",),
)
RESOURCE = service.resource(
    Resource(
        path="/price/{tenant}/prices",
        collection=PRICES,
        owned=("itemYrn", "priceModel", "vendorId"),
        prepare=_completed,
        present=_shown,
        filters={
            "siteCode": "",
            "effectiveDate": "",
            "itemName": "",
            "country": "location.countryCode",
            "itemId": ",itemId.id",
            "itemType": "itemId.itemType",
            "principalId": "restrictions.principals.id",
        },
        bulk_status="upper",
        event="price",
        payload=_told,
        after=_changed_for_product,
        vendor=OF_VENDOR,
        missing=_missing,
        duplicate=taken,
        stale=_changed,
    )
)


def with_model(ctx: RequestContext, state: State, price: Document) -> Document:
    """A price together with its model, whose texts are in the caller's language."""
    model = state.collection(MODELS).get(price.get("priceModelId") or "")
    if model is None:
        return price
    languages = translation.reading(RESOURCE.languages, ctx, state)
    return {**price, "priceModel": payload_of(translation.shown(languages, ("name", "description"), model))}


def on_site(price: Mapping[str, Any], sites: AbstractSet[str]) -> bool:
    """Whether a price holds on one of the sites; without a restriction it holds on all (choice)."""
    codes = (price.get("restrictions") or {}).get("siteCodes")
    return not codes or not sites.isdisjoint(codes)


@service.operation("GET-price-list-all-prices")
def list_prices(ctx: RequestContext, state: State) -> Result:
    """The prices of a site."""
    sites = frozenset(part.strip() for part in str(ctx.query["siteCode"]).split(","))
    moment, name = ctx.query["effectiveDate"], str(ctx.query.get("itemName") or "").casefold()

    def holds(price: Document) -> bool:
        validity = (price.get("restrictions") or {}).get("validity")
        return on_site(price, sites) and (moment == ANY_TIME or valid_at(validity, moment))

    def named(price: Document) -> bool:
        return name in _name_of(state, price["itemId"]["id"])

    return crud.listing(
        RESOURCE, ctx, state, tests={("holds", sites, moment): holds}, keep=named if name else None
    )


def _name_of(state: State, product_id: str) -> str:
    name = product(state, product_id).get("name") or ""
    return "\n".join(map(str, name.values()) if isinstance(name, dict) else [name]).casefold()


@service.operation("POST-price-create-price")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a price and say where it is."""
    result: Result = binding.run_create(RESOURCE, ctx, state)
    return result._replace(headers={"Location": f"/price/{ctx.tenant}/prices/{result.body['id']}"})


@service.operation("GET-price-retrieve-price")
def read(ctx: RequestContext, state: State) -> Document:
    """One price, on request with its model."""
    price = RESOURCE.answer(ctx, state, crud.read(RESOURCE, ctx, state, ctx.path["priceId"]))
    return with_model(ctx, state, price) if ctx.query.get("extendWithPriceModel") else price


@service.on("currency.deleted")
def forget_currency(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A currency that is gone takes its prices and price lists along (configuration facts)."""
    del ctx
    prices, lists, inside = (state.collection(name) for name in (PRICES, LISTS, LIST_PRICES))
    for key in prices.find("currency", payload["code"]):
        prices.delete(key)
        state.emit("price.deleted", {"id": key})
    for key in lists.find("currency", payload["code"]):
        lists.delete(key)
        for price in inside.find("_parent", key):
            inside.delete(price)
        state.emit("price-list.deleted", {"id": key})
