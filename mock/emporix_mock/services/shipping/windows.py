"""Delivery windows: the slots of the coming days that can still be ordered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from emporix_mock.engine import translation
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.translation import SHIPPING
from emporix_mock.rules import delivery
from emporix_mock.rules.shipping import ships_to
from emporix_mock.services.shipping.declared import (
    COUNTERS,
    NO_ADDRESS,
    PAST_DATE,
    TIMES,
    WINDOW_RULES,
    ZONES,
    coded,
    no_element,
    payload,
    service,
    time_missing,
)
from emporix_mock.services.shipping.slots import slot_missing
from emporix_mock.services.shipping.zones import methods_of, zones_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DAYS_AHEAD: Final = 14
"""How far windows are listed; undocumented."""

service.collection(COUNTERS, key="id", new_id="given")


def _times_of(state: State, site: str) -> list[Document]:
    stored = state.collection(TIMES)
    return [found for key in stored.find("siteCode", site) if (found := stored.get(key))]


def _windows(state: State, site: str, zone_ids: Iterable[str]) -> list[Document]:
    """The open windows of some zones of a site, the earliest first."""
    times, wanted, now = _times_of(state, site), set(zone_ids), state.now()
    found: list[tuple[Any, Document]] = []
    for each in times:
        if not each["isDeliveryDay"] or each.get("zoneId") not in wanted:
            continue
        today = now.astimezone(ZoneInfo(each["timeZoneId"])).date()
        for ahead in range(DAYS_AHEAD + 1):
            day = today + timedelta(days=ahead)
            if not delivery.delivers_on(each, day, times):
                continue
            for slot in each.get("slots") or ():
                if delivery.cut_off(each, slot, day) > now and _free(state, each, slot, day):
                    order = (day, delivery.clock(slot["deliveryTimeRange"]["timeFrom"]))
                    found.append((order, _shown(each, slot, day)))
    return [window for _, window in sorted(found, key=lambda entry: entry[0])]


def _shown(found: Document, slot: Document, day: date) -> Document:
    within = slot["deliveryTimeRange"]
    return {
        "id": found["id"],
        "deliveryDate": delivery.instant(delivery.noon(found, day)),
        "deliveryTimeRange": {"startTime": within["timeFrom"], "endTime": within["timeTo"]},
        "deliveryCycle": delivery.cycle(found, slot, day),
        "zoneId": found["zoneId"],
        "deliveryMethod": slot["shippingMethod"],
        "cutOffTime": delivery.instant(delivery.cut_off(found, slot, day)),
        "slotId": slot["id"],
    }


def _counter(found: Document, slot: Document, day: date) -> str:
    return f"{found['id']}/{slot['id']}/{day.isoformat()}"


def _free(state: State, found: Document, slot: Document, day: date) -> bool:
    counted = state.collection(COUNTERS).get(_counter(found, slot, day)) or {}
    return bool(counted.get("orders", 0) < slot["capacity"])


# Of a cart.


def _cart(state: State, cart_id: str) -> Mapping[str, Any]:
    cart = state.world.state("cart").collection("carts").get(cart_id)
    if cart is None:
        raise no_element()
    return cart


@service.operation("GET-shipping-retrieve-actual-delivery-window")
def of_cart(ctx: RequestContext, state: State) -> list[Document]:
    """The windows of the zones that ship to where a cart goes."""
    cart = _cart(state, ctx.path["cartId"])
    country, code = cart.get("countryCode"), ctx.query.get("postalCode") or cart.get("zipCode")
    if not country or not code:
        raise NO_ADDRESS(
            "Without countryCode and zipCode a cart has no windows.", details=["countryCode", "zipCode"]
        )
    site = cart.get("siteCode") or ""
    zones = [zone["id"] for zone in zones_of(state, site) if ships_to(zone, country, code)]
    return _windows(state, site, zones)


@service.operation("GET-shipping-retrieve-delivery-times-for-delivery-area")
def of_area(ctx: RequestContext, state: State) -> list[Document]:
    """The windows of one zone, for a cart; windows after their cut-off are left out in any case (choice)."""
    cart = _cart(state, ctx.path["cartId"])
    site, zone = ctx.query.get("siteCode") or cart.get("siteCode") or "", ctx.path["deliveryAreaId"]
    if f"{site}/{zone}" not in state.collection(ZONES):
        raise no_element()
    return _windows(state, site, [zone])


@service.operation("POST-shipping-find-sites")
def find_sites(ctx: RequestContext, state: State) -> list[Document]:
    """The sites that ship to a postal code, with their zones and windows."""
    body, limit = payload(ctx), ctx.query.get("windowsLimit")
    code, country = body["postalCode"], body.get("country")
    reading = translation.reading(SHIPPING, ctx, state)
    answers = []
    for site in state.collection(ZONES).distinct(PARENT):
        zones = zones_of(state, site)
        reached = [zone for zone in zones if _reaches(zone, country, code)]
        if not reached:
            continue
        default = next((zone["id"] for zone in zones if zone.get("default")), None)
        shown = [_zone(reading, state, site, zone, None if limit is None else int(limit)) for zone in reached]
        answers.append({"id": site, **({"defaultZoneId": default} if default else {}), "zones": shown})
    if not answers:
        raise no_element()
    return answers


def _reaches(zone: Document, country: str | None, code: str) -> bool:
    countries = [country] if country else [area["country"] for area in zone["shipTo"]]
    return any(ships_to(zone, each, code) for each in countries)


def _zone(reading: Any, state: State, site: str, zone: Document, limit: int | None) -> Document:
    methods = [{k: v for k, v in m.items() if k != PARENT} for m in methods_of(state, site, zone["id"])]
    whole = {
        **{name: value for name, value in zone.items() if name != PARENT},
        "methods": methods,
        "actualDeliveryWindows": _windows(state, site, [zone["id"]])[:limit],
    }
    return translation.shown(reading, ("name", "methods.name"), whole)


# One window.


def _chosen(ctx: RequestContext, state: State) -> str:
    """The counter of the window that the body names. Raises 400 where it cannot be ordered."""
    body = payload(ctx)
    if not body.get("slotId"):
        code = "VALIDATION-DELIVERY-WINDOW-400001"
        raise coded(WINDOW_RULES["400001"], code, "slotId is missing")
    found = state.collection(TIMES).get(body["deliveryWindowId"]) or {}
    slot = next((s for s in found.get("slots") or () if s["id"] == body["slotId"]), None)
    try:
        day = delivery.local_date(body["deliveryDate"], ZoneInfo(found.get("timeZoneId", "UTC")))
    except ValueError as error:
        code = "VALIDATION-DELIVERY-WINDOW-400002"
        raise coded(WINDOW_RULES["400002"], code, f"The delivery date is not valid: {error}") from error
    if day <= state.now().date() - timedelta(days=1):
        raise PAST_DATE(f"DeliveryDate: {body['deliveryDate']} is not in future")
    exists = slot is not None and delivery.delivers_on(found, day, _times_of(state, found["siteCode"]))
    if slot is None or not exists or not _free(state, found, slot, day):
        code = "VALIDATION-DELIVERY-WINDOW-400003"
        text = "On that date the slot is full, or there is none"
        raise coded(WINDOW_RULES["400003"], code, text)
    return _counter(found, slot, day)


@service.operation("GET-shipping-validate-delivery-window")
def validate(ctx: RequestContext, state: State) -> bool:
    """Whether a window can be ordered: true, or the refusal."""
    return bool(_chosen(ctx, state))


@service.operation("POST-shipping-increase-orders-number-in-delivery-window")
def count(ctx: RequestContext, state: State) -> bool:
    """Count one more order in a window."""
    key, counters = _chosen(ctx, state), state.collection(COUNTERS)
    counters.put(key, {"id": key, "orders": (counters.get(key) or {}).get("orders", 0) + 1})
    return True


@service.operation("POST-shipping-generate-delivery-cycle")
def generate(ctx: RequestContext, state: State) -> str | Result:
    """The id of the delivery cycle of a slot on a date."""
    body = payload(ctx)
    found = state.collection(TIMES).get(body["deliveryTimeId"])
    if found is None:
        raise time_missing(body["deliveryTimeId"])
    slot = next((s for s in found.get("slots") or () if s["id"] == body["slotId"]), None)
    if slot is None:
        raise slot_missing(body["slotId"])
    try:
        day = delivery.local_date(body["deliveryDate"], ZoneInfo(found["timeZoneId"]))
    except ValueError as error:
        code = "VALIDATION-DELIVERY-WINDOW-400002"
        raise coded(WINDOW_RULES["400002"], code, f"The delivery date is not valid: {error}") from error
    return delivery.cycle(found, slot, day)
