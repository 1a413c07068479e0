"""One order made into several: one for each vendor of its products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.rules.orders import CREATED
from emporix_mock.services.order import pricing
from emporix_mock.services.order.declared import NOT_SPLIT, ORDERS, invalid, service
from emporix_mock.services.order.sales import RESOURCE, number

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MASTER, PART = "MASTER_ORDER", "SUB_ORDER"
OF_MASTER = ("id", "checkout", "metadata", "subOrders", "shipping", "payments", "shipments")
"""What stays with the master: parts are neither paid nor sent by themselves (choice)."""


@service.operation("POST-order-split")
def split(ctx: RequestContext, state: State) -> Document:
    """Make a part of each vendor's entries, and one of those without a vendor."""
    order = crud.read(ORDERS, ctx, state, ctx.path["orderId"])
    by = ctx.body.get("splitBy") or "VENDOR_ID"
    _check(order)
    groups: dict[str, list[Document]] = {}
    vendors: dict[str, Document] = {}
    for entry in order.get("entries") or []:
        vendor = (entry.get("product") or {}).get("vendor") or {}
        groups.setdefault(vendor.get("id") or "", []).append(entry)
        vendors.setdefault(vendor.get("id") or "", vendor)
    parts: list[dict[str, Any]] = []
    for own, entries in groups.items():
        value = {"uniqueValue": own} if own else {}
        wanted = {
            **{name: member for name, member in order.items() if name not in OF_MASTER},
            "id": number(ctx, state, order),
            "entries": entries,
            "orderType": PART,
            "masterOrder": order["id"],
            "splitInfo": {"splitBy": by, **value},
            **({"vendor": vendors[own]} if own else {}),
        }
        mixins = (order.get("metadata") or {}).get("mixins")
        wanted["metadata"] = {"mixins": mixins} if mixins else {}
        made = crud.create(RESOURCE, ctx, state, pricing.repriced(ctx, wanted))
        parts.append({"id": made["id"], **value})
    master = {
        **order,
        "orderType": MASTER,
        "subOrders": [p["id"] for p in parts],
        "splitInfo": {"splitBy": by},
    }
    crud.write(RESOURCE, ctx, state, master, order)
    return {"masterOrder": order["id"], "splitBy": by, "subOrders": parts}


def _check(order: Document) -> None:
    """400 for an order that cannot be split."""
    if order.get("status") != CREATED:
        raise invalid(NOT_SPLIT, "status", "Only orders with the status CREATED can be split")
    if order.get("orderType"):
        raise invalid(NOT_SPLIT, "orderType", "The order has been split already")
    entries = order.get("entries") or []
    discounted = order.get("discounts") or any(entry.get("externalDiscounts") for entry in entries)
    if discounted:
        raise invalid(NOT_SPLIT, "discounts", "Orders with discounts cannot be split")
