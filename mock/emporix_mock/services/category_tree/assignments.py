"""Which products stand in which category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import bulk, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.tenant_values import decoded, value_of
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.products import product
from emporix_mock.services.category_tree.categories import CATEGORIES
from emporix_mock.services.category_tree.declared import (
    DELETED_PRODUCT,
    UNKNOWN_PRODUCT,
    absent,
    refusal,
    service,
    unpublished,
)
from emporix_mock.services.category_tree.family import descendants
from emporix_mock.services.category_tree.links import COLLECTION, assign, assignment, assignments, unassign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

EXISTENCE = "enableProductCategoryAssignmentValidation"
BAD_REFERENCE = "Assignment reference validation failed"


def _present(_ctx: RequestContext, state: State, document: Document) -> Document:
    name = product(state, document["ref"]["id"]).get("name")
    document["ref"]["localizedName"] = name if isinstance(name, dict) else {}
    return document


# Lists only: the rest of the operations name products or answer in bulk.
ASSIGNMENTS = Resource(
    path="/category/{tenant}/categories/{categoryId}/assignments",
    collection=COLLECTION,
    version=None,
    filters={"assignmentType": "ref.type", "ref.id": "ref.id", "ref.localizedName": "", "segmentsIds": ""},
    present=_present,
)


def _category(ctx: RequestContext, state: State) -> Document:
    return crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"])


@service.operation("GET-category-tree-retrieve-category-assignments")
def list_assignments(ctx: RequestContext, state: State) -> Result:
    """A page of what is assigned to a category, on request to those below it too."""
    hidden = unpublished(ctx)
    own = _category(ctx, state)["id"]
    below = descendants(state, own, hidden=hidden) if ctx.query.get("withSubcategories") else ()
    shown, allowed = {own, *(found["id"] for found in below)}, _of_segments(ctx)
    if allowed is not None:
        shown &= allowed
    return crud.listing(ASSIGNMENTS, ctx, state, keep=_wanted(ctx, state), where={"categoryId": tuple(shown)})


def _wanted(ctx: RequestContext, state: State) -> Callable[[Document], bool] | None:
    """What the parameters ask of the products; None where they ask nothing."""
    text, hide = ctx.query.get("ref.localizedName"), ctx.query.get("hideUnpublishedProducts")

    def wanted(found: Document) -> bool:
        target = product(state, found["ref"]["id"])
        if hide and not target.get("published"):
            return False
        names = target.get("name") or {}
        return not text or any(text.casefold() in str(name).casefold() for name in names.values())

    return wanted if text or hide else None


def _of_segments(ctx: RequestContext) -> frozenset[str] | None:
    """The categories that stand in one of the segments asked for, None where none is."""
    asked = [part.strip() for part in str(ctx.query.get("segmentsIds") or "").split(",") if part.strip()]
    if not asked:
        return None
    found: set[str] = set()
    for segment in asked:
        try:
            items = ctx.call(
                "customer-segments",
                "GET-customer-segment-retrieve-segment-items",
                path={"segmentId": segment},
                query={"pageSize": "2000"},
            ).body
        except NotFound:
            continue
        found |= {item["item"]["id"] for item in items or () if item.get("type") == "CATEGORY"}
    return frozenset(found)


def _check_product(state: State, product_id: str) -> None:
    if decoded(value_of(state, EXISTENCE)) is True and not product(state, product_id):
        raise refusal(UNKNOWN_PRODUCT, BAD_REFERENCE, f"Product with id '{product_id}' not found")


def _assign(state: State, category_id: str, product_id: str) -> tuple[Document, bool]:
    _check_product(state, product_id)
    return assign(state, category_id, product_id)


@service.operation("POST-category-tree-assign-resource")
def create(ctx: RequestContext, state: State) -> Result:
    """Assign a product; what is assigned already stays as it is."""
    made, _ = _assign(state, _category(ctx, state)["id"], ctx.body["ref"]["id"])
    return Result(201, {"id": made["id"]})


@service.operation("PUT-category-tree-assign-resource")
def ensure(ctx: RequestContext, state: State) -> Result:
    """Assign the product that the path names."""
    made, new = _assign(state, _category(ctx, state)["id"], ctx.path["referenceId"])
    return Result(201, {"id": made["id"]}) if new else Result(204)


@service.operation("POST-category-tree-assign-category-resources", per_item=True)
def create_many(ctx: RequestContext, state: State) -> Result:
    """Assign many products, each for itself."""
    return _many(ctx, state, present=201)


@service.operation("PUT-category-tree-update-category-assignments", per_item=True)
def ensure_many(ctx: RequestContext, state: State) -> Result:
    """The same; for what is assigned already there was nothing to do."""
    return _many(ctx, state, present=204)


def _many(ctx: RequestContext, state: State, *, present: int) -> Result:
    bulk.check_size(ctx.body, 200, least=1)
    category_id = _category(ctx, state)["id"]
    entries = []
    for index, item in enumerate(ctx.body):
        entry: Document = {"index": index}
        try:
            ctx.about.check_item(item)
            entry["productId"] = own = item["ref"]["id"]
            made, new = _assign(state, category_id, own)
        except EmporixError as error:
            text = error.body["details"][0] if error.body else error.details[0].message
            entries.append({**entry, "code": error.status, "status": "BAD_REQUEST", "message": text})
            continue
        code = 201 if new else present
        status = "CREATED" if code == 201 else "NO_CONTENT"
        entries.append({"assignmentId": made["id"], **entry, "code": code, "status": status})
    return Result(207, entries)


@service.operation("DELETE-category-tree-remove-all-category-assignments")
def empty(ctx: RequestContext, state: State) -> Result:
    """Take everything out of a category."""
    unassign(state, "categoryId", _category(ctx, state)["id"])
    return Result(204)


def _unknown(own: str) -> EmporixError:
    return absent(own, "Error while getting category reference", f"Reference id {own} not found ")


@service.operation("DELETE-category-tree-remove-category-assignment")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove one assignment of a category."""
    own = ctx.path["assignmentId"]
    found = assignments(state).get(own)
    if found is None or found["categoryId"] != _category(ctx, state)["id"]:
        _category(ctx, state)
        raise _unknown(own)
    unassign(state, "id", own)
    return Result(204)


@service.operation("DELETE-category-tree-remove-category-assignment-by-reference-id")
def take_out(ctx: RequestContext, state: State) -> Result:
    """Take a product out of a category."""
    own = ctx.path["referenceId"]
    found = assignment(state, _category(ctx, state)["id"], own)
    if found is None:
        raise _unknown(own)
    unassign(state, "id", found["id"])
    return Result(204)


@service.operation("DELETE-category-tree-remove-all-assignments")
def take_out_of_all(ctx: RequestContext, state: State) -> Result:
    """Take a product out of every category."""
    own = ctx.path["referenceId"]
    if not unassign(state, "ref.id", own):
        raise _unknown(own)
    return Result(204)


@service.on("product.deleted")
def product_gone(ctx: RequestContext, state: State, event: Mapping[str, Any]) -> None:
    """A product that is deleted stands in no category any more."""
    if ctx.switch(DELETED_PRODUCT) == "unassigned":
        unassign(state, "ref.id", event["id"])
