"""Price lists and the prices in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import binding, bulk, crud
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.engine.translation import ENTRIES
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.prices import valid_at
from emporix_mock.services.price_service.declared import (
    LIST_FOR,
    LIST_PRICES,
    LISTS,
    UNKNOWN_LIST,
    check_sites,
    check_type,
    fit,
    outdated,
    require,
    service,
    taken,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

HEAD: dict[str, Any] = {"code": 404, "status": "Not Found"}


def missing_list(key: str) -> EmporixError:
    """404 for an id that no price list has."""
    text = f"Price list with id {key} has not been found."
    return NotFound(text, body={"priceListId": key, **HEAD, "message": text})


def _missing_price(key: str) -> EmporixError:
    text = f"Price list with id '{key}' has not been found."
    return NotFound(text, body={"priceId": key, **HEAD, "message": text})


def _stale(member: str, key: str, kind: str, version: Any) -> EmporixError:
    text = (
        f"Cannot find the {kind} with an id: {key} and version: {version}. It is possible to update "
        f"a {kind} with the latest version only. Fetch the {kind} to get the latest version."
    )
    return NotFound(text, body={member: key, **HEAD, "message": text})


def _completed(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del old
    require(new, "siteCode", "currency")
    check_sites(ctx, state, [new["siteCode"]])
    if new.get("legalEntityId") and new.get("customerGroups"):
        raise LIST_FOR(SEE_DETAILS, details=["customerGroups cannot be given together with legalEntityId"])


def _told(ctx: RequestContext, _state: State, old: Document | None, new: Document | None) -> Document:
    """The payload of an event: the time of the last change has another name there (webhook facts)."""
    if new is None:
        return {"id": (old or {})["id"]}
    told = {name: value for name, value in new.items() if name != PARENT}
    metadata = dict(new["metadata"])
    metadata["updatedAt"] = metadata.pop("modifiedAt", None)
    listed = {"priceListId": ctx.path["priceListId"]} if PARENT in new else {}
    return {**told, **listed, "metadata": metadata}


RESOURCE = service.resource(
    Resource(
        path="/price/{tenant}/price-lists",
        collection=LISTS,
        localized=("name",),
        languages=ENTRIES,
        prepare=_completed,
        cascade={LIST_PRICES: PARENT},
        filters={
            "name": "~name",
            "effectiveDate": "",
            "country": "countries",
            "region": "regions",
            "customerGroups": ",customerGroups",
        },
        event="price-list",
        payload=_told,
        missing=missing_list,
        duplicate=taken,
    )
)


@service.operation("GET-price-retrieve-price-lists")
def list_lists(ctx: RequestContext, state: State) -> Result:
    """Price lists, by the moment at which they hold on request."""
    moment = ctx.query.get("effectiveDate")
    valid = {("at", moment): lambda found: valid_at(found.get("validity"), moment)} if moment else {}
    return crud.listing(RESOURCE, ctx, state, tests=valid)


@service.operation("PUT-price-update-price-list")
def replace_list(ctx: RequestContext, state: State) -> Any:
    """Replace or create a price list; one that is not current is not found."""
    key = ctx.path["priceListId"]
    version = outdated(RESOURCE, crud.find(RESOURCE, ctx, state, key), ctx.body or {})
    if version is not None:
        raise _stale("priceListId", key, "price list", version)
    return binding.run_replace(RESOURCE, ctx, state)


# The prices in a list.


def _fitted(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del old
    own = ctx.path["priceListId"]
    if own not in state.collection(LISTS):
        raise UNKNOWN_LIST(
            f"The price list with id: {own} and tenant: {ctx.tenant} is not existing. "
            "Please provide a valid price list id.",
            extra={"errorCode": "PRICE-LIST-PRICE-CREATION-1"},
        )
    require(new, "itemId", "tierValues")
    check_type(new["itemId"], "PRODUCT", "SKU")
    fit(ctx, state, new, strict=False)


def _visible(ctx: RequestContext, state: State, price: Document) -> bool:
    del price
    return ctx.path["priceListId"] in state.collection(LISTS)


INSIDE = service.resource(
    Resource(
        path="/price/{tenant}/price-lists/{priceListId}/prices",
        collection=LIST_PRICES,
        parent="priceListId",
        lock="required",
        prepare=_fitted,
        visible=_visible,
        seen=lambda _ctx, _state: {},
        filters={"itemId": ",itemId.id", "itemType": "itemId.itemType"},
        event="price-list-price",
        payload=_told,
        missing=_missing_price,
        duplicate=taken,
    )
)
service.collection(LIST_PRICES, references={PARENT: "price-service/priceLists"})


def _of_list(ctx: RequestContext, state: State) -> None:
    """Raise 404 where the path names a list that is not there."""
    crud.read(RESOURCE, ctx, state, ctx.path["priceListId"])


@service.operation("GET-price-list-prices-in-price-list")
def list_prices(ctx: RequestContext, state: State) -> Any:
    """The prices of a list."""
    _of_list(ctx, state)
    return binding.run_list(INSIDE, ctx, state)


@service.operation("POST-price-search-prices-in-price-list")
def search_prices(ctx: RequestContext, state: State) -> Any:
    """The prices of a list that a query finds."""
    _of_list(ctx, state)
    return binding.run_search(INSIDE, ctx, state)


@service.operation("PUT-price-update-price-in-price-list")
def replace_price(ctx: RequestContext, state: State) -> Any:
    """Replace or create a price of a list."""
    _check_version(ctx, state, ctx.path["priceId"], ctx.body or {})
    return binding.run_replace(INSIDE, ctx, state)


@service.operation("PUT-price-update-multiple-prices-in-price-list")
def replace_prices(ctx: RequestContext, state: State) -> Result:
    """Replace or create up to 200 prices of a list, each for itself."""
    _of_list(ctx, state)

    def one(item: Any) -> tuple[int, str | None]:
        body = crud.accepted(ctx, INSIDE, item)
        key = str(item.get("id") or "")
        if not key:
            return 201, str(crud.create(INSIDE, ctx, state, body)["id"])
        _check_version(ctx, state, key, item)
        _, created = crud.replace(INSIDE, ctx, state, key, body, upsert=True)
        return (201 if created else 204), key

    return bulk.run(INSIDE, ctx, state, ctx.body, one)


def _check_version(ctx: RequestContext, state: State, key: str, body: Document) -> None:
    version = outdated(INSIDE, crud.find(INSIDE, ctx, state, key), body)
    if version is not None:
        raise _stale("priceId", key, "price list's price", version)
