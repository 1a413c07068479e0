"""The availability service's rules, choices and resources. "Stock facts" are checkout facts, section 10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.ownership import OfVendor
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

PAGE_SIZE = 20_000
PRODUCTS = ("product-service", "products")
NEEDED = "Required field missing. Check API documentation."

OF_VENDOR = OfVendor(
    "vendorId",
    limited=("availability.availability_view_by_vendor", "availability.availability_manage_by_vendor"),
    read=("availability.availability_view",),
    manage=("availability.availability_manage",),
)

service = Service("availability")

DUPLICATE = service.rule("duplicate", 409, source="stock facts, errors")
BUNDLE_FIXED = service.rule(
    "bundle-fixed",
    400,
    source="availability document: a bundle is neither updated nor deleted [status: choice]",
)
SITE_WITH_QUERY = service.rule(
    "site-with-query", 400, source="availability document: no site beside a query [status: choice]"
)
NAMELESS = service.rule("nameless", 400, source="availability document: product and site make the id")
OTHERS_PRODUCT = service.rule("others-product", 400, source="stock facts: entry 400 of bulk writes")
MAIN = service.switch(
    "main-site",
    "aggregate",
    "plain",
    about="what reading the site main gives: all sites of the product together, or a record of its own",
    source="the document calls main an aggregator of the other sites; how it adds up is a choice",
)
AMOUNTS = service.switch(
    "bundle-amounts",
    "ignored",
    "divided",
    about="whether the stock of a bundle's part is divided by the amount that the bundle takes of it",
    source="the document equals a bundle to the lowest stock of its parts and does not mention amounts",
)


def _missing(key: str) -> EmporixError:
    site, _, product = key.partition(":")
    return NotFound(f"There is no availability for productId: {product} and site: {site}")


def _taken(key: str) -> EmporixError:
    del key
    return DUPLICATE(body={"status": "409", "message": "Resource already exists."})


def products(state: State) -> Documents:
    """The products of the product service."""
    owner, name = PRODUCTS
    return state.world.collection(owner, name)


def vendor_of(state: State, product_id: str) -> str | None:
    """The id of the vendor of a product."""
    vendor: str | None = ((products(state).get(product_id) or {}).get("vendor") or {}).get("id")
    return vendor


def within_reach(ctx: RequestContext, state: State, product_id: str) -> bool:
    """Whether the caller is not bound to a vendor, or to that of the product."""
    bound = OF_VENDOR.limit(ctx)
    return bound is None or (bound.value is not None and bound.value == vendor_of(state, product_id))


def is_bundle(state: State, product_id: str) -> bool:
    """Whether a product consists of others."""
    return (products(state).get(product_id) or {}).get("productType") == "BUNDLE"


def _checked(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    if not new.get("productId") or not new.get("site"):
        raise NAMELESS(SEE_DETAILS, details=[NEEDED])
    if old is not None:
        _check_write(ctx, state, old)
    else:
        _check_vendor(ctx, state, new["productId"])
    vendor = vendor_of(state, new["productId"])
    if vendor:
        new["vendorId"] = vendor


def _deleted(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    if new is None and old is not None:
        _check_write(ctx, state, old)


def _check_write(ctx: RequestContext, state: State, record: Document) -> None:
    product_id = record["productId"]
    if is_bundle(state, product_id):
        raise BUNDLE_FIXED(
            f"The availability of the bundle {product_id} is that of its products",
            details=["A bundle can be neither updated nor deleted."],
        )
    _check_vendor(ctx, state, product_id)


def _check_vendor(ctx: RequestContext, state: State, product_id: str) -> None:
    bound = OF_VENDOR.limit(ctx)
    vendor = ctx.headers.get("vendor-id") if bound is None else bound.value
    if vendor and vendor != vendor_of(state, product_id):
        text = f"Product: '{product_id}' does not belong to vendor: '{vendor}'"
        raise OTHERS_PRODUCT(text, details=[text])


RECORDS = service.resource(
    Resource(
        path="/availability/{tenant}/availability",
        item="/availability/{tenant}/availability/{productId}/{site}",
        item_id="{site}:{productId}",
        collection="availabilities",
        from_path={"productId": "productId", "site": "site"},
        metadata="times",
        page_size=PAGE_SIZE,
        total_always=True,
        owned=("vendorId",),
        vendor=OF_VENDOR,
        prepare=_checked,
        after=_deleted,
        event="availability",
        missing=_missing,
        duplicate=_taken,
    )
)
service.collection(RECORDS.collection, schema="GET-availability-retrieve-product")
LOCATIONS = service.collection(
    "locations", key="id", new_id="given", schema="GET-availability-retrieve-locations-site"
)
STORED_AT = service.collection(
    "productLocations", key="productId", new_id="given", schema="POST-availability-search-locations"
)
