"""Delivery times: on which days a zone is delivered to, and in which slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import binding
from emporix_mock.engine.resource import Resource
from emporix_mock.rules import delivery
from emporix_mock.rules.delivery import Fault
from emporix_mock.services.shipping.declared import (
    METHODS,
    TIME_RULES,
    TIMES,
    ZONES,
    broken,
    coded,
    service,
    site_exists,
    time_error,
    time_missing,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _duplicate(key: str) -> EmporixError:
    text = f"A delivery time with id '{key}' already exists."
    return coded(TIME_RULES["409001"], "DELIVERY-TIME-409001", text)


def _stale(key: str) -> EmporixError:
    text = f"The delivery time with id '{key}' has changed since that version."
    return coded(TIME_RULES["409002"], "DELIVERY-TIME-409002", text)


def _checked(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    if not site_exists(state, new["siteCode"]):
        raise (
            time_missing(new["siteCode"], "404001")
            if old is None
            else broken([("siteCode", f"The site {new['siteCode']} does not exist")])
        )
    for slot in new.get("slots") or ():
        if not slot.get("id"):
            slot["id"] = state.ids.uuid()
    if delivery.kind_of(new["day"]) is None:
        raise broken([("day", "Exactly one of weekday, singleDate and datePeriod must be given")])
    weekday = new["day"].get("weekday")
    if weekday and weekday not in delivery.WEEKDAYS:
        raise broken([("day.weekday", f"{weekday} is no weekday")])
    try:
        found = next(delivery.faults(new), None) or _unplaced(state, new)
        if found is None and ctx.query.get("validateOverlap", True):
            found = _overlap(state, new)
    except ValueError as error:
        raise broken([("day", f"Dates and times are to be in ISO 8601: {error}")]) from error
    if found is not None:
        raise time_error(found)


def _unplaced(state: State, new: Document) -> Fault | None:
    """The fault of a zone that the site, or a method that the zone does not have."""
    site, zone = new["siteCode"], new.get("zoneId")
    if zone and f"{site}/{zone}" not in state.collection(ZONES):
        return Fault("400009", f"The zone {zone} does not exist in the site {site}")
    for slot in new.get("slots") or ():
        if f"{site}/{zone}/{slot['shippingMethod']}" not in state.collection(METHODS):
            return Fault("400010", f"The method {slot['shippingMethod']} does not exist in the zone {zone}")
    return None


def _overlap(state: State, new: Document) -> Fault | None:
    stored = state.collection(TIMES)
    others = [other for key in stored.find("siteCode", new["siteCode"]) if (other := stored.get(key))]
    found = delivery.overlap(new, [other for other in others if other["id"] != new["id"]])
    if found is None and delivery.slots_overlap(new.get("slots") or []):
        return Fault("400005", "Slots overlap")
    return found


TIME = service.resource(
    Resource(
        path="/shipping/{tenant}/delivery-times",
        collection=TIMES,
        defaults={"isForAllZones": False, "deliveryDayShift": 0},
        patch="json",
        prepare=_checked,
        bulk_limit=50,
        bulk_status="upper",
        missing=time_missing,
        duplicate=_duplicate,
        stale=_stale,
    )
)


@service.operation("PUT-shipping-update-delivery-time")
def replace(ctx: RequestContext, state: State) -> Any:
    """Replace a delivery time."""
    own = ctx.path["deliveryTimeId"]
    if (ctx.body or {}).get("id", own) != own:
        raise time_error(Fault("400002", f"The id of the body is not {own}"))
    return binding.run_replace(TIME, ctx, state)
