"""Old paths of products: the search by resource names, and media below a product.

What their bodies were is known only from their names: media have a `url` or a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result, Upload
from emporix_mock.platform import assets
from emporix_mock.services.product_service.declared import NO_MEDIA, missing, service
from emporix_mock.services.product_service.products import PRODUCTS

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SOURCE = "services, endpoints that the specs lack"
MEDIA = "/product/{tenant}/products/{productId}/media"


@service.legacy("POST", "/product/{tenant}/search", like="POST-product-search-products", source=SOURCE)
def search(ctx: RequestContext, state: State) -> Result:
    """The products of resource names, as far as the caller may see them."""
    body = ctx.body if isinstance(ctx.body, dict) else {}
    wanted = {str(yrn).rpartition(";")[2] for yrn in body.get("yrns") or ()}
    return crud.listing(PRODUCTS, ctx, state, where={"id": tuple(wanted)})


@service.legacy("GET", MEDIA, like="GET-product-retrieve-product", source=SOURCE)
def list_media(ctx: RequestContext, state: State) -> list[Any]:
    """The media of a product, as the product shows them."""
    product = crud.read(PRODUCTS, ctx, state, ctx.path["productId"])
    return list(PRODUCTS.answer(ctx, state, product).get("media") or ())


@service.legacy("POST", MEDIA, like="PUT-product-update-product", source=SOURCE, status=201)
@service.legacy("POST", f"{MEDIA}2", like="PUT-product-update-product", source=SOURCE, status=201)
def add_media(ctx: RequestContext, state: State) -> Document:
    """A new asset of the media service that points at the product."""
    product = crud.read(PRODUCTS, ctx, state, ctx.path["productId"])
    body = ctx.body if isinstance(ctx.body, dict) else {}
    upload = next((part for part in body.values() if isinstance(part, Upload)), None)
    if upload is not None:
        return {"id": assets.keep(state, upload, "PRODUCT", product["id"])}
    return _call(ctx, "POST-media-create-asset", body=_link(body, product["id"])).body  # type: ignore[no-any-return]


@service.legacy("PUT", f"{MEDIA}/{{mediaId}}", like="PUT-product-update-product", source=SOURCE, status=200)
def replace_media(ctx: RequestContext, state: State) -> Result:
    """Another address for a link."""
    asset = _asset(ctx, state)
    body = _link(ctx.body if isinstance(ctx.body, dict) else {}, ctx.path["productId"])
    body["metadata"] = {"version": asset["metadata"]["version"]}
    _call(ctx, "PUT-media-update-asset", path={"assetId": asset["id"]}, body=body)
    return Result(200)


@service.legacy(
    "DELETE", f"{MEDIA}/{{mediaId}}", like="DELETE-product-remove-product", source=SOURCE, status=204
)
def remove_media(ctx: RequestContext, state: State) -> Result:
    """Remove an asset of the product."""
    asset = _asset(ctx, state)
    _call(ctx, "DELETE-media-remove-asset", path={"assetId": asset["id"]})
    return Result(204)


def _link(body: Document, product: str) -> Document:
    url = body.get("url")
    if not isinstance(url, str) or not url:
        raise NO_MEDIA("A url or a file is expected")
    reference = {"type": "PRODUCT", "id": product}
    return {"type": "LINK", "access": "PUBLIC", "url": url, "refIds": [reference]}


def _asset(ctx: RequestContext, state: State) -> Document:
    """The asset that the path names, if it is one of the product's."""
    product = crud.read(PRODUCTS, ctx, state, ctx.path["productId"])
    for asset in assets.assets_of(ctx, state, "PRODUCT", product["id"]):
        if asset["id"] == ctx.path["mediaId"]:
            return asset
    raise missing(ctx.path["mediaId"])


def _call(ctx: RequestContext, operation_id: str, **request: Any) -> Result:
    return ctx.call("media", operation_id, **request)
