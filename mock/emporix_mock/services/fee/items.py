"""Which items and products carry which fees, per site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.listing import page_of
from emporix_mock.platform.sites import MAIN_SITE
from emporix_mock.rules.resource_names import PRODUCT_YRNS
from emporix_mock.services.fee.declared import (
    DUPLICATE_ITEM,
    FEES,
    ITEM_FEES,
    ITEM_SITE,
    PAGE_SIZE,
    missing_fee,
    not_added,
    payload,
    service,
    shown_yrn,
    stored_yrn,
)
from emporix_mock.services.fee.fees import keep_fees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _of_item(state: State, yrns: Iterable[str], site: str | None = None) -> list[Document]:
    """The entries of items, on one site or on all."""
    carried = state.collection(ITEM_FEES.collection)
    keys = carried.in_order(key for yrn in yrns for key in carried.find("itemYrn", yrn))
    entries = [entry for key in keys if (entry := carried.get(key))]
    return [entry for entry in entries if site is None or entry["siteCode"] == site]


def _product_yrns(product_id: str) -> list[str]:
    # Items are stored with `{tenant}` in place of their own tenant, so that a seed fits every tenant.
    return [form.replace("{id}", product_id) for form in PRODUCT_YRNS]


def _shown(ctx: RequestContext, entries: Iterable[Document]) -> list[Document]:
    return [{**entry, "itemYrn": shown_yrn(ctx, entry["itemYrn"])} for entry in entries]


def _of_products(ctx: RequestContext, state: State, ids: str, site: str) -> list[Document]:
    """The entries of listed products on a site; on request those of the main site for products without."""
    found: list[Document] = []
    for product_id in [part.strip() for part in ids.split(",") if part.strip()]:
        yrns = _product_yrns(product_id)
        own = _of_item(state, yrns, site)
        fallback = ctx.query.get("siteFallback") and not own
        found += _of_item(state, yrns, MAIN_SITE) if fallback else own
    return found


def _fees(ctx: RequestContext, state: State, fee_ids: Iterable[str]) -> list[Document]:
    stored = state.collection(FEES.collection)
    return [FEES.answer(ctx, state, fee) for fee_id in fee_ids if (fee := stored.get(fee_id))]


def _page(given: Mapping[str, Any], entries: list[Document]) -> list[Document]:
    start, stop = page_of(given, PAGE_SIZE)
    return entries[start:stop]


# Item fees.


@service.operation("GET-fee-list-item-fees")
def list_item_fees(ctx: RequestContext, state: State) -> list[Document]:
    """The items of a site with their fees, by fee or by product on request."""
    site, products, fees = ctx.query["siteCode"], ctx.query.get("productIds"), ctx.query.get("feeIds")
    if products:
        entries = _of_products(ctx, state, products, site)
    else:
        carried, (start, stop) = state.collection(ITEM_FEES.collection), page_of(ctx.query, PAGE_SIZE)
        asked: list[tuple[str, Iterable[str]]] = [("siteCode", (site,))]
        if fees:
            asked.append(("feeIds", [part.strip() for part in fees.split(",")]))
        keys = carried.matching(asked)[start:stop]
        return _expanded(ctx, state, [entry for key in keys if (entry := carried.get(key))])
    if fees:
        wanted = {part.strip() for part in fees.split(",")}
        entries = [entry for entry in entries if wanted.intersection(entry["feeIds"])]
    return _expanded(ctx, state, _page(ctx.query, entries))


def _expanded(ctx: RequestContext, state: State, entries: list[Document]) -> list[Document]:
    page = _shown(ctx, entries)
    if ctx.query.get("expand"):
        page = [{**entry, "fees": _fees(ctx, state, entry["feeIds"])} for entry in page]
    return page


@service.operation("POST-fee-create-item-fee")
def create_item_fee(ctx: RequestContext, state: State) -> Result:
    """Charge fees on an item of a site."""
    body = crud.accepted(ctx, body=payload(ctx))
    yrn = body["itemYrn"] = stored_yrn(ctx, body["itemYrn"])
    site = body["siteCode"]
    if _of_item(state, [yrn], site):
        raise DUPLICATE_ITEM(f"The item '{shown_yrn(ctx, yrn)}' has fees on site '{site}' already.")
    _check(ctx, state, body["feeIds"], yrn, site)
    made = crud.create(ITEM_FEES, ctx, state, body)
    return Result(201, {"id": made["id"], "yrn": ITEM_FEES.yrn_of(ctx, made["id"])})


@service.operation("POST-fee-check-item-fee")
def search_items(ctx: RequestContext, state: State) -> list[Document]:
    """The entries of some items on a site."""
    body = payload(ctx)
    yrns = [stored_yrn(ctx, yrn) for yrn in body["itemYrns"]]
    return _shown(ctx, _of_item(state, yrns, body["siteCode"]))


@service.operation("POST-fee-search-item-fee-by-ProductId")
def search_product(ctx: RequestContext, state: State) -> list[Document]:
    """The entries of one product on several sites."""
    body = payload(ctx)
    entries = _of_item(state, _product_yrns(body["productId"]))
    entries = [entry for entry in entries if entry["siteCode"] in body["siteCodes"]]
    return _shown(ctx, _page(body, entries))


@service.operation("POST-fee-search-multiple-item-fees-by-productIds")
def search_products(ctx: RequestContext, state: State) -> list[Document]:
    """The entries of several products on a site."""
    body = payload(ctx)
    return _shown(ctx, _page(body, _of_products(ctx, state, body["productIds"], body["siteCode"])))


# The fees of one item, named by its resource name or as a product.


@service.operation("GET-fee-list-item-fees-itemYRN")
def list_fees_of_item(ctx: RequestContext, state: State) -> list[Any]:
    """The fees of an item on a site, or their ids."""
    return _listed(ctx, state, [stored_yrn(ctx, ctx.path["itemYRN"])])


@service.operation("GET-fee-list-product-fees")
def list_fees_of_product(ctx: RequestContext, state: State) -> list[Any]:
    """The fees of a product on a site, or their ids."""
    return _listed(ctx, state, _product_yrns(ctx.path["productId"]))


def _listed(ctx: RequestContext, state: State, yrns: list[str]) -> list[Any]:
    ids = [fee_id for entry in _of_item(state, yrns, ctx.query["siteCode"]) for fee_id in entry["feeIds"]]
    return _fees(ctx, state, ids) if ctx.query.get("expand") else ids


@service.operation("PUT-fee-add-item-fees-itemYRN")
def set_fees_of_item(ctx: RequestContext, state: State) -> Result:
    """Replace or extend the fees of an item."""
    fee_ids, yrn = payload(ctx)["feeIds"], stored_yrn(ctx, ctx.path["itemYRN"])
    site = MAIN_SITE
    if ctx.switch(ITEM_SITE) == "fee-site":
        stored = state.collection(FEES.collection)
        sites = [fee["siteCode"] for fee_id in fee_ids if (fee := stored.get(fee_id))]
        carried = [entry["siteCode"] for entry in _of_item(state, [yrn])]
        site = next(iter([*sites, *carried]), MAIN_SITE)
    return _set(ctx, state, [yrn], fee_ids, site)


@service.operation("PUT-fee-add-product-fees")
def set_fees_of_product(ctx: RequestContext, state: State) -> Result:
    """Replace or extend the fees of a product."""
    yrns = _product_yrns(ctx.path["productId"])
    return _set(ctx, state, yrns, payload(ctx)["feeIds"], ctx.query["siteCode"])


def _set(ctx: RequestContext, state: State, yrns: list[str], fee_ids: list[str], site: str) -> Result:
    _check(ctx, state, fee_ids, yrns[0], site)
    carried = state.collection(ITEM_FEES.collection)
    entry = next(iter(_of_item(state, yrns, site)), None)
    if entry is None:
        if fee_ids:
            new = {"siteCode": site, "itemYrn": yrns[0], "feeIds": list(dict.fromkeys(fee_ids))}
            crud.create(ITEM_FEES, ctx, state, new)
        return Result(200)
    before = entry["feeIds"] if ctx.query.get("partial") else []
    carried.put(entry["id"], {**entry, "feeIds": list(dict.fromkeys([*before, *fee_ids]))})
    keep_fees(state, entry["id"], bool)
    return Result(200)


def _check(ctx: RequestContext, state: State, fee_ids: list[str], yrn: str, site: str) -> None:
    stored = state.collection(FEES.collection)
    wrong = [own for own in fee_ids if (stored.get(own) or {}).get("siteCode") != site]
    if wrong:
        raise not_added(wrong, shown_yrn(ctx, yrn), site)


@service.operation("DELETE-fee-remove-item-fee-with-itemYRN")
def remove_fees_of_item(ctx: RequestContext, state: State) -> Result:
    """Take all fees off an item, on every site."""
    return _remove(state, [stored_yrn(ctx, ctx.path["itemYRN"])])


@service.operation("DELETE-fee-remove-all-product-fees")
def remove_fees_of_product(ctx: RequestContext, state: State) -> Result:
    """Take all fees off a product, on every site."""
    return _remove(state, _product_yrns(ctx.path["productId"]))


def _remove(state: State, yrns: list[str]) -> Result:
    for entry in _of_item(state, yrns):
        state.collection(ITEM_FEES.collection).delete(entry["id"])
    return Result(204)


@service.operation("DELETE-fee-remove-item-fee-from-itemYRN")
def remove_fee_of_item(ctx: RequestContext, state: State) -> Result:
    """Take one fee off an item."""
    return _remove_one(ctx, state, [stored_yrn(ctx, ctx.path["itemYRN"])])


@service.operation("DELETE-fee-remove-product-fee")
def remove_fee_of_product(ctx: RequestContext, state: State) -> Result:
    """Take one fee off a product."""
    return _remove_one(ctx, state, _product_yrns(ctx.path["productId"]))


def _remove_one(ctx: RequestContext, state: State, yrns: list[str]) -> Result:
    gone = ctx.path["feeId"]
    entries = [entry for entry in _of_item(state, yrns) if gone in entry["feeIds"]]
    if not entries:
        raise missing_fee(ctx, gone)
    for entry in entries:
        keep_fees(state, entry["id"], lambda fee_id: fee_id != gone)
    return Result(204)
