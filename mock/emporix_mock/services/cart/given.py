"""A line as a client gives it: what can be refused without looking at prices or other lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.resource_names import PRODUCT_YRNS, product_yrn
from emporix_mock.services.cart.access import check_external
from emporix_mock.services.cart.declared import (
    EXTERNAL_OFF,
    NO_PRICE,
    NO_PRODUCT,
    QUANTITY,
    YRN,
    refused,
)
from emporix_mock.services.cart.facts import populated

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OPTIONAL: Final = (
    "externalFees",
    "externalDiscounts",
    "taxCode",
    "tax",
    "linePrice",
    "lineTax",
    "mixins",
    "metadata",
    "weightDependent",
)


def given_line(ctx: RequestContext, state: State, body: Document) -> Document:
    """A new line as it is stored, without id; what can be refused without a price is."""
    kind = body.get("itemType") or "INTERNAL"
    check_external(ctx, kind == "EXTERNAL", body.get("externalDiscounts"), body.get("externalFees"))
    item: Document = {
        "id": "",
        "keepAsSeparateLineItem": bool(body.get("keepAsSeparateLineItem")),
        "type": kind,
        "quantity": body["quantity"],
        "price": dict(body.get("price") or {}),
        **{name: body[name] for name in OPTIONAL if body.get(name) is not None},
    }
    check_quantity(item["quantity"])
    given = dict(body.get("product") or {})
    yrn = body.get("itemYrn")
    if not yrn and kind == "INTERNAL" and given.get("id"):
        yrn = given.get("yrn") or product_yrn(ctx.tenant, given["id"])  # as batches of the document have it
    if yrn:
        item["itemYrn"], own = yrn, named(ctx, yrn)
        given["id"] = given.get("id", own) if kind == "EXTERNAL" else own
    if not given:
        raise refused(NO_PRODUCT, PROBLEMS, "itemYrn: must not be null")
    item["product"] = populated(ctx, state, given) if kind == "INTERNAL" else given
    if kind == "EXTERNAL":
        check_external_price(state, item)
        remember_line(item)
    else:
        for name in ("linePrice", "lineTax"):
            item.pop(name, None)
    return item


def named(ctx: RequestContext, yrn: str) -> str:
    """The product that a resource name means; 400 for another form or tenant."""
    _, _, own = yrn.partition(";")
    if not own or yrn not in [form.format(tenant=ctx.tenant, id=own) for form in PRODUCT_YRNS]:
        raise refused(YRN, "Given yrn does not match yaas urn scheme")
    return own


def check_quantity(quantity: float) -> None:
    """400 for a quantity that is not above 0 (cart facts 1.4)."""
    if quantity <= 0:
        raise refused(QUANTITY, "Invalid quantity", "Quantity must be greater than zero")


def check_external_price(state: State, item: Document) -> None:
    """400 for an EXTERNAL line where the tenant takes none, or whose price is not complete."""
    if not setting(state, "enableExternalPrices"):
        raise refused(EXTERNAL_OFF, PROBLEMS, "itemType: external prices are not enabled for the tenant")
    lacking = [
        name for name in ("originalAmount", "effectiveAmount", "currency") if item["price"].get(name) is None
    ]
    if lacking:
        raise refused(NO_PRICE, PROBLEMS, *(f"price.{name}: must not be null" for name in lacking))


def remember_line(item: Document) -> None:
    """Note for which quantity a price of the whole line is."""
    if item.get("lineTax"):
        item["lineTax"] = {**item["lineTax"], "quantity": item["quantity"]}
