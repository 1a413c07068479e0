"""Reading stock: bundles are worked out of their parts, the main site of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.listing import page_of, sort_keys, totals
from emporix_mock.engine.selection import parse_query
from emporix_mock.engine.sorting import sort_documents
from emporix_mock.platform.sites import MAIN_SITE
from emporix_mock.rules.stock import aggregated, bundled
from emporix_mock.services.availability.declared import (
    AMOUNTS,
    MAIN,
    OF_VENDOR,
    RECORDS,
    SITE_WITH_QUERY,
    products,
    service,
    within_reach,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def record_of(ctx: RequestContext, state: State, product_id: str, site: str) -> Document | None:
    """What a site shows of a product, None where it has nothing."""
    product = products(state).peek(product_id) or {}
    own = _plain(ctx, state, product_id, site)
    if product.get("productType") != "BUNDLE":
        return own
    entries = product.get("bundledProducts") or []
    parts = [_plain(ctx, state, str(entry.get("productId")), site) for entry in entries]
    if own is None and not any(parts):
        return None
    amounts = [float(entry.get("amount") or 1) for entry in entries]
    base = own or {"id": f"{site}:{product_id}", "site": site, "productId": product_id}
    return bundled(base, parts, amounts, divide=ctx.switch(AMOUNTS) == "divided")


def _plain(ctx: RequestContext, state: State, product_id: str, site: str) -> Document | None:
    """The record as it is, bundle or not."""
    stored = state.collection(RECORDS.collection)
    if not _aggregates(ctx, site):
        return stored.get(f"{site}:{product_id}")
    records = [record for key in stored.find("productId", product_id) if (record := stored.get(key))]
    return aggregated(records, site) if records else None


def _aggregates(ctx: RequestContext, site: str) -> bool:
    return site == MAIN_SITE and ctx.switch(MAIN) == "aggregate"


@service.operation("GET-availability-retrieve-product")
def read(ctx: RequestContext, state: State) -> Document:
    """The stock of a product on a site."""
    product_id = ctx.path["productId"]
    found = record_of(ctx, state, product_id, ctx.path["site"])
    if found is None or not within_reach(ctx, state, product_id):
        raise RECORDS.missing(RECORDS.id_in(ctx))
    return found


@service.operation("GET-availability-retrieve-availability-site")
def list_site(ctx: RequestContext, state: State) -> Result:
    """The stock of a site; bundles have that of their parts."""
    site = ctx.path["site"]
    if _aggregates(ctx, site):
        return _list_all_sites(ctx, state)
    result = crud.listing(RECORDS, ctx, state)
    bundles = set(products(state).find("productType", "BUNDLE"))
    if not bundles or not isinstance(result.stored, list):
        return result
    answers = [_listed(ctx, state, orjson.loads(raw), bundles) for raw in result.stored]
    return result._replace(body=answers, stored=None)


def _listed(ctx: RequestContext, state: State, record: Document, bundles: set[str]) -> Document:
    if record["productId"] not in bundles:
        return record
    found = record_of(ctx, state, record["productId"], record["site"]) or record
    return {name: value for name, value in found.items() if name != "bundleAvailabilities"}


def _list_all_sites(ctx: RequestContext, state: State) -> Result:
    """The stock of all sites together: of the products on the page, of all for a filter or an order."""
    ids, q = state.collection(RECORDS.collection).distinct("productId"), ctx.query.get("q")
    if OF_VENDOR.limit(ctx) is not None:
        ids = [own for own in ids if within_reach(ctx, state, own)]
    if not q and not sort_keys(RECORDS, ctx):
        start, stop = page_of(ctx.query, RECORDS.page_size)
        return Result(200, _added_up(ctx, state, ids[start:stop]), totals(RECORDS, ctx, len(ids)))
    matches = parse_query(q).matches if q else None
    found = _added_up(ctx, state, ids)
    return _page(ctx, [record for record in found if matches is None or matches(record)])


def _added_up(ctx: RequestContext, state: State, product_ids: list[str]) -> list[Document]:
    found = [record for own in product_ids if (record := record_of(ctx, state, own, MAIN_SITE))]
    for record in found:
        record.pop("bundleAvailabilities", None)
    return found


@service.operation("POST-availability-search-products-site")
def search(ctx: RequestContext, state: State) -> Result:
    """The stock of listed products, bundles with their parts, or of what a query finds, without bundles."""
    site = ctx.query.get("site")
    if not isinstance(ctx.body, dict):
        return _page(ctx, _of_products(ctx, state, ctx.body or (), site))
    if site:
        raise SITE_WITH_QUERY("The parameter site does not go with a query", details=["site"])
    bundles = frozenset(products(state).find("productType", "BUNDLE"))
    plain = {("none of", bundles): lambda record: record["productId"] not in bundles} if bundles else {}
    return crud.listing(RECORDS, ctx, state, q=ctx.body["q"], tests=plain)


def _of_products(
    ctx: RequestContext, state: State, product_ids: Iterable[str], site: str | None
) -> list[Document]:
    found: list[Document] = []
    for product_id in dict.fromkeys(product_ids):
        if not within_reach(ctx, state, product_id):
            continue
        sites = [site] if site else _sites_of(state, product_id)
        found += [record for each in sites if (record := record_of(ctx, state, product_id, each))]
    return found


def _sites_of(state: State, product_id: str) -> list[str]:
    """The sites that have stock of a product or of a part of it."""
    product, stored = products(state).get(product_id) or {}, state.collection(RECORDS.collection)
    parts = [entry.get("productId") for entry in product.get("bundledProducts") or []]
    keys = stored.in_order(key for own in [product_id, *parts] for key in stored.find("productId", own))
    return list(dict.fromkeys(key.partition(":")[0] for key in keys))


def _page(ctx: RequestContext, found: list[Any]) -> Result:
    ordered = sort_documents(found, sort_keys(RECORDS, ctx), None)
    start, stop = page_of(ctx.query, RECORDS.page_size)
    return Result(200, list(ordered)[start:stop], totals(RECORDS, ctx, len(found)))
