"""What shipping costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import translation
from emporix_mock.engine.translation import SHIPPING
from emporix_mock.rules.shipping import fee_of, offered, ships_to
from emporix_mock.services.shipping.declared import RELATIONS, TIMES, no_element, payload, service
from emporix_mock.services.shipping.zones import methods_of, zones_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _group_of(ctx: RequestContext, state: State) -> str | None:
    """The shipping group of the customer who is named, else of the one who calls."""
    customer = payload(ctx).get("customerId") or ctx.caller().customer_id
    relation = state.collection(RELATIONS).get(f"{ctx.path['site']}/{customer}") or {}
    return relation.get("groupId")


def _offers(ctx: RequestContext, state: State) -> list[tuple[Document, list[tuple[Document, Document]]]]:
    """The zones that ship to the address, with the methods they offer and what these cost."""
    body = payload(ctx)
    address, total = body["shipToAddress"], body["cartTotal"]
    site, group = ctx.path["site"], _group_of(ctx, state)
    found = []
    for zone in zones_of(state, site):
        if ships_to(zone, address["country"], address.get("zipCode")):
            methods = [m for m in methods_of(state, site, zone["id"]) if offered(m, total)]
            priced = [(m, fee) for m in methods if (fee := fee_of(m["fees"], total, group)) is not None]
            if priced:
                found.append((zone, priced))
    if not found:
        raise no_element()
    return found


@service.operation("POST-shipping-calculate-shipping-cost")
def quote(ctx: RequestContext, state: State) -> list[Document]:
    """The cost of every method of every zone that ships to an address."""
    reading = translation.reading(SHIPPING, ctx, state)

    def named(document: Document) -> Any:
        return translation.shown(reading, ("name",), document)["name"]

    return [
        {
            "zone": {"id": zone["id"], "name": named(zone)},
            "methods": [
                {
                    "id": method["id"],
                    "name": named(method),
                    "fee": fee,
                    **({"shippingTaxCode": method["shippingTaxCode"]} if "shippingTaxCode" in method else {}),
                }
                for method, fee in methods
            ],
        }
        for zone, methods in _offers(ctx, state)
    ]


@service.operation("POST-shipping-calculate-min-shipping-cost")
def least(ctx: RequestContext, state: State) -> Document:
    """The lowest cost of all methods that ship to an address."""
    fees = [fee for _, methods in _offers(ctx, state) for _, fee in methods]
    return {"fee": min(fees, key=lambda fee: fee["amount"])}


@service.operation("POST-shipping-calculate-slot-shipping-cost")
def of_slot(ctx: RequestContext, state: State) -> Document:
    """The cost of the method by which a slot delivers."""
    body = payload(ctx)
    site, total = ctx.path["site"], body["cartTotal"]
    found = state.collection(TIMES).get(body["deliveryWindowId"]) or {}
    slot = next((s for s in found.get("slots") or () if s["id"] == body["slotId"]), None)
    if slot is None or found["siteCode"] != site:
        raise no_element()
    methods = methods_of(state, site, str(found.get("zoneId")))
    method = next((m for m in methods if m["id"] == slot["shippingMethod"] and offered(m, total)), None)
    fee = fee_of(method["fees"], total, _group_of(ctx, state)) if method else None
    if fee is None:
        raise no_element()
    return {"fee": fee}
