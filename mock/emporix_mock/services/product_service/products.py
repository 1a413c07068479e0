"""Products: list, search, create, read, change, delete; generic but for what their types ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.mixins import check as check_mixins
from emporix_mock.engine.ownership import OfVendor
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.translation import PRODUCT
from emporix_mock.errors import BadRequest, NotFound
from emporix_mock.platform.assets import assets_of
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.resource_names import PRODUCT_YRN
from emporix_mock.services.product_service import checks, dynamic, index_items
from emporix_mock.services.product_service.declared import (
    COLLECTION,
    HAS_CHILDREN,
    INVALID,
    MANAGE,
    OF_VENDOR,
    PUBLISH,
    READ_UNPUBLISHED,
    UNNAMED_LANGUAGE,
    UNPUBLISH,
    VARIANT,
    duplicate,
    missing,
    need_scope,
    refusal,
    service,
    stale,
)
from emporix_mock.services.product_service.templates import template_of
from emporix_mock.services.product_service.variants import (
    bring_up_to_date,
    children,
    inherit,
    own_of,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

IMAGE = ("image", "cloudinaryUrl", "mediaId")
EXPANDED_BRAND = ("id", "name", "description", "localizedName", "localizedDescription", *IMAGE)
EXPANDED_LABEL = ("id", "name", "description", *IMAGE, "overlay")


def sees_unpublished(ctx: RequestContext) -> bool:
    """Whether the caller sees products that are not published: all, or those of its vendor alone."""
    return ctx.principal is None or ctx.principal.may(READ_UNPUBLISHED, *OF_VENDOR)


def _visible(ctx: RequestContext, _state: State, document: Document) -> bool:
    return bool(document.get("published")) or not ctx.about.reads or sees_unpublished(ctx)


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    if old is not None:
        new["productType"] = old["productType"]
        if new["productType"] == "VARIANT":
            new["parentVariantId"] = old["parentVariantId"]
    for name in ("categoryIds", "customerSegmentIds"):
        new.setdefault(name, [])
    _name_vendor(state, new)
    checks.check(ctx, state, new)
    _rewrite_classes(new, old)
    if new["productType"] == "VARIANT":
        parent = state.collection(COLLECTION).get(new["parentVariantId"])
        if parent is None or parent["productType"] != "PARENT_VARIANT":
            raise refusal(VARIANT, f"The parent with id {new['parentVariantId']} has not been found.")
        checks.check_choice(parent, new)
        _become(new, inherit(parent, new))
    elif new["productType"] == dynamic.DYNAMIC:
        new.setdefault("sellable", False)
        dynamic.check(new)
        _become(new, dynamic.settle(state, new))
    before = bool(old and old.get("published"))
    if bool(new.get("published")) != before:
        need_scope(ctx, UNPUBLISH if before else PUBLISH)


def _check_mixins(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """The check of every resource, whose details the product service lists though its schema has none."""
    try:
        check_mixins(ctx, state, new, old)
    except BadRequest as error:
        details = [{"message": detail.message} for detail in error.details]
        error.body = {"code": 400, "status": "Bad Request", "message": error.message, "details": details}
        raise


def _name_vendor(state: State, new: Document) -> None:
    """Complete the vendor of a product that has only its id, as one that a vendor's employee writes."""
    vendor = new.get("vendor") or {}
    known = state.world.collection("vendor-service", "vendors").get(vendor.get("id") or "")
    if known is not None and not vendor.get("name"):
        new["vendor"] = {**vendor, "name": known["name"]}


def _rewrite_classes(new: Document, old: Document | None) -> None:
    """A product that is written takes the current schemas of its classification mixins (category guide)."""
    found = ((old or {}).get("metadata") or {}).get("classificationMixins") or ()
    mixins, urls = new.get("mixins") or {}, new["metadata"].get("mixins") or {}
    for mixin in found:
        path = mixin["mixinPath"]
        if mixin.get("required") and path not in mixins:
            raise refusal(INVALID, f'object has missing required properties (["{path}"]): [mixins]')
        urls[path] = mixin["schemaUrl"]
    if found:
        rewritten = [
            {**mixin, "usedSchemaUrl": mixin["schemaUrl"], "obsoleteSchemaUrlUsed": False} for mixin in found
        ]
        new["metadata"] |= {"mixins": urls, "classificationMixins": rewritten}


def _become(new: Document, other: Document) -> None:
    new.clear()
    new.update(other)


def _after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """The event of a write, and what it means for the products below."""
    verb = "created" if old is None else "deleted" if new is None else "updated"
    product = new or old or {}
    told = {**product, "media": _media(ctx, state, product)} if new else {"id": product["id"]}
    state.emit(f"product.{verb}", told)
    if ctx.query.get("doIndex", True):
        index_items.announce(ctx, state, product, deleted=new is None)
    if new is None:
        return
    if new["productType"] == "PARENT_VARIANT":
        bring_up_to_date(ctx, state, new, generate=not ctx.query.get("skipVariantGeneration"))
    elif new["productType"] == dynamic.DYNAMIC:
        if old is None:
            dynamic.enter(state, new)
        else:
            _rebuild_around(state, new["id"], old)


def _rebuild_around(state: State, own: str, old: Document | None) -> None:
    """Both trees of a product that has changed: where it stands, and where it stood."""
    products = state.collection(COLLECTION)
    for document in (products.get(own), products.get((old or {}).get("parentVariantId") or "")):
        root = dynamic.root_of(state, document) if document else None
        if root is not None and root["productType"] == dynamic.DYNAMIC:
            dynamic.rebuild(state, root)


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    if document["productType"] == "VARIANT" and ctx.query.get("rawValue") is False:
        document = own_of(document)
        document.setdefault("published", False)
    if "variants" in document and not sees_unpublished(ctx):
        document["variants"] = {
            own: {name: value for name, value in entry.items() if name != "published"}
            for own, entry in document["variants"].items()
            if entry.get("published")
        }
    document["yrn"] = PRODUCTS.yrn_of(ctx, document["id"])
    document["media"] = _media(ctx, state, document)
    return document


def _media(ctx: RequestContext, state: State, document: Document) -> list[Document]:
    """A product's pictures; a variant without any shows those of its parent (inherits `media`)."""
    found = [_medium(asset) for asset in assets_of(ctx, state, "PRODUCT", document["id"])]
    if not found and document["productType"] == "VARIANT" and ctx.query.get("rawValue") is not False:
        parent = document["parentVariantId"]
        found = [_medium(asset) for asset in assets_of(ctx, state, "PRODUCT", parent)]
    return found


def _medium(asset: Document) -> Document:
    shown = {
        "id": asset["id"],
        "url": asset.get("url"),
        "contentType": (asset.get("details") or {}).get("mimeType"),
        "createdAt": asset["metadata"]["createdAt"],
        "mixins": asset.get("mixins"),
    }
    return without_gaps(shown)


# Expanding.


def _expand_template(_ctx: RequestContext, state: State, document: Document) -> None:
    given = document.get("template")
    if given:
        document["template"] = {**template_of(state, given["id"], given["version"]), **given}


def _expand_parent(_ctx: RequestContext, state: State, document: Document) -> None:
    parent = state.collection(COLLECTION).get(document.get("parentVariantId") or "")
    if parent is not None:
        document["parentVariant"] = parent


def _expand_brand(ctx: RequestContext, _state: State, document: Document) -> None:
    brand = _other(ctx, "brand-service", "GET-brand-retrieve-brand", "brandId", document.get("brandId"))
    if brand:
        document["brand"] = {name: brand[name] for name in EXPANDED_BRAND if name in brand}


def _expand_labels(ctx: RequestContext, _state: State, document: Document) -> None:
    labels = [
        _other(ctx, "label-service", "GET-label-retrieve-label", "labelId", own)
        for own in document.get("labelIds") or ()
    ]
    found = [{name: label[name] for name in EXPANDED_LABEL if name in label} for label in labels if label]
    if found:
        document["labels"] = found


def _other(ctx: RequestContext, name: str, operation: str, parameter: str, own: Any) -> Any:
    """A document of another service, None where it is not there."""
    if not own:
        return None
    try:
        return ctx.call(name, operation, path={parameter: own}).body
    except NotFound:
        return None


PRODUCTS = service.resource(
    Resource(
        path="/product/{tenant}/products",
        collection=COLLECTION,
        yrn=PRODUCT_YRN,
        unique=("code",),
        defaults={"productType": "BASIC", "published": False},
        owned=("brand", "labels", "metadata.classificationMixins", "metadata.dynamicVariantInfo"),
        localized=("name", "description"),
        languages=replace(PRODUCT, read=UNNAMED_LANGUAGE),
        compound=True,
        keep=("yrn",),
        expand={
            "template": _expand_template,
            "parentVariant": _expand_parent,
            "brand": _expand_brand,
            "labels": _expand_labels,
        },
        bulk_status="upper",
        mixins=_check_mixins,
        prepare=_prepare,
        present=_present,
        visible=_visible,
        sees_all=sees_unpublished,
        seen=lambda ctx, _state: {"published": (True,)} if ctx.about.reads else None,
        vendor=OfVendor("vendor.id", limited=OF_VENDOR, read=(READ_UNPUBLISHED,), manage=(MANAGE,)),
        after=_after,
        missing=missing,
        duplicate=duplicate,
        stale=stale,
    )
)
service.collection(
    COLLECTION,
    computed=("yrn", "media", "brand", "labels", "parentVariant"),
    references={
        "brandId": "brand-service/brands",
        "labelIds": "label-service/labels",
        "template.id": "product-service/templates",
        "bundledProducts.productId": "product-service/products",
        "parentVariantId": "product-service/products",
    },
)


@service.operation("DELETE-product-remove-product")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a product, one with children only by `force`; what is absent counts as removed."""
    own = ctx.path["productId"]
    found = crud.find(PRODUCTS, ctx, state, own)
    if found is None:
        return Result(204)
    if children(state, own) and not ctx.query.get("force"):
        raise refusal(HAS_CHILDREN, f"The product with id {own} has variants; use force to remove them too")
    for below in reversed(list(dynamic.descendants(state, own))):
        crud.delete(PRODUCTS, ctx, state, below["id"])
    crud.delete(PRODUCTS, ctx, state, own)
    if found["productType"] == dynamic.DYNAMIC:
        _rebuild_around(state, own, found)
    return Result(204)
