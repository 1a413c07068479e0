"""What those who pack read: the packlist of a day, an order, the days with deliveries, events."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emporix_mock.engine import crud
from emporix_mock.errors import NotFound
from emporix_mock.platform.invoices import invoice_of
from emporix_mock.platform.sites import site
from emporix_mock.rules import packing
from emporix_mock.services.pick_pack.declared import BAD_TIME, EVENTS, PACKS, missing, refused, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PAGE = 1000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@service.operation("GET-pick-pack-retrieve-packlist")
def packlist(ctx: RequestContext, state: State) -> list[Document]:
    """The orders of a site that are delivered on a day; cancelled ones are left out."""
    day, code = ctx.query["deliveryDate"], ctx.query["siteCode"]
    if not DAY.fullmatch(day) or not _is_day(day):
        raise refused(BAD_TIME, "deliveryDate is no day (YYYY-MM-DD)")
    zone = _zone(ctx, code)
    found = ((order, pack_of(state, order["id"])) for order in _orders(ctx, code, day))
    return [
        packing.packlist_view(order, pack, zone)
        for order, pack in found
        if packing.status_of(order, pack) != packing.CANCELLED
    ]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@service.operation("GET-pick-pack-retrieve-order-cycles")
def cycles(ctx: RequestContext, state: State) -> list[str]:
    """The days from today on, where the site is, on which orders are delivered."""
    code = ctx.query["siteCode"]
    today = state.now().astimezone(_zone(ctx, code)).date().isoformat()
    days = {
        order["deliveryWindow"]["deliveryDate"]
        for order in _orders(ctx, code)
        if packing.status_of(order, pack_of(state, order["id"])) != packing.CANCELLED
    }
    return sorted(day for day in days if day >= today)


@service.operation("GET-pick-pack-retrieve-order")
def read(ctx: RequestContext, state: State) -> Document:
    """One order."""
    order = order_of(ctx, ctx.path["orderId"])
    invoice = (invoice_of(state, order["id"]) or {}).get("id")
    return packing.order_view(order, pack_of(state, order["id"]), _zone(ctx, order.get("siteCode")), invoice)


@service.operation("GET-pick-pack-retrieve-packing-event")
def events(ctx: RequestContext, state: State) -> Result:
    """The events after a moment, in the order of their reports."""
    given = ctx.query.get("timestamp")
    if not given:
        return crud.listing(EVENTS, ctx, state)
    try:
        after = moment(given)
    except ValueError as error:
        raise refused(BAD_TIME, "timestamp is no moment (yyyy-MM-dd'T'HH:mm:ssZ)") from error
    return crud.listing(
        EVENTS, ctx, state, tests={("after", after): lambda event: moment(event["timestamp"]) > after}
    )


def moment(text: str) -> datetime:
    """A moment as text; UTC where it names no offset. Raises `ValueError`."""
    found = datetime.fromisoformat(text.replace(" ", "+"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def order_of(ctx: RequestContext, own: str) -> Document:
    """The order in the order service; this service's 404 where there is none."""
    try:
        body = ctx.call("order", "GET-order-retrieve-order-employee", path={"orderId": own}).body
    except NotFound:
        raise missing(own) from None
    return dict(body)


def pack_of(state: State, own: str) -> Document:
    """What is known of the packing of an order."""
    return state.collection(PACKS.name).get(own) or {"id": own, "packingStatus": packing.INITIAL}


def _orders(ctx: RequestContext, code: str, day: str | None = None) -> Iterator[Document]:
    """The placed orders of a site that have a day of delivery (`day`, where given)."""
    when = f'deliveryWindow.deliveryDate:"{day}"' if day else "deliveryWindow.deliveryDate:exists"
    number = 1
    while True:
        query: dict[str, Any] = {"q": f'siteCode:"{code}" {when}', "pageNumber": number, "pageSize": PAGE}
        page = ctx.call("order", "GET-order-retrieve-tenant-orders", query=query).body
        yield from (order for order in page if order.get("status") not in packing.NEVER_PACKED)
        if len(page) < PAGE:
            return
        number += 1


def _zone(ctx: RequestContext, code: str | None) -> tzinfo:
    home = site(ctx, code).get("homeBase") if code else None
    try:
        return ZoneInfo((home or {}).get("timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
