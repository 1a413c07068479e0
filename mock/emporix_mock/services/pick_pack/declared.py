"""The pick-pack service's rules, choices and stored collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.service import Rule

DOCUMENT = "pick-pack document"

service = Service("pick-pack")

CANCELLED_ORDER = service.rule("cancelled-order", 400, source=f"{DOCUMENT}: such orders take no change")
ASSIGNED = service.rule("already-assigned", 409, source="checkout facts, section 9: 409 unless forced")
SAME_EVENT = service.rule("same-event", 409, source=f"{DOCUMENT}, 409 of reporting an event")
NOT_IN_ORDER = service.rule("not-in-order", 400, source="choice: an event of a product the order lacks")
NO_SUCH_ORDER = service.rule("unknown-order", 400, source="choice: reporting an event documents no 404")
BELOW_ZERO = service.rule("below-zero", 400, source="choice: nothing can be packed less than not at all")
NO_ORDERS = service.rule("no-orders", 400, source=f"{DOCUMENT}: a MANUAL recalculation is of given orders")
RUNNING = service.rule(
    "job-running", 409, source=f"{DOCUMENT}, 409 of starting a recalculation [when: choice]"
)
BAD_TIME = service.rule("bad-time", 400, source=f"{DOCUMENT}, patterns of deliveryDate and timestamp")
UNKNOWN_BOX = service.rule("unknown-packaging", 400, source="choice, see the switch packaging")

AMOUNTS = service.switch(
    "event-amounts",
    "added",
    "total",
    about="whether the amounts of an event come on top of those reported before, or replace them",
    source="undocumented; ids of events are refused when they repeat, which only sums need",
)
STARTING = service.switch(
    "first-event",
    "starts",
    "keeps",
    about="whether the first event of an order in INITIAL makes it IN_PROGRESS",
    source="undocumented",
)
PACKAGING = service.switch(
    "packaging",
    "added",
    "refused",
    about="packaging that the order did not have so far",
    source="undocumented",
)
UNTOUCHED = service.switch(
    "entries-without-events",
    "as-ordered",
    "not-delivered",
    about="what a recalculation takes as delivered of entries of which nothing was reported",
    source="undocumented",
)
HOLDING_AREA = service.switch(
    "holding-area",
    "drawn",
    "none",
    about="whether an order that is PACKED gets the next number of orderHoldingAreaNoSequence",
    source="sequential-id guide: the type is pick-pack's; when it is drawn is undocumented",
)


def refused(rule: Rule, why: str) -> EmporixError:
    """A refusal in the service's own words, with ours beside them."""
    words = {400: "Bad Request", 409: "Conflict"}
    return rule(words[rule.status], extra={"detailInfo": why})


def missing(_key: str) -> EmporixError:
    """404 as the document words it."""
    return NotFound("Not Found")


EVENTS = service.resource(
    Resource(
        path="/pick-pack/{tenant}/events",
        collection="events",
        key="eventId",
        new_id="given",
        version=None,
        first_page=0,
        page_size=20_000,
        filters={"timestamp": ""},
    )
)
JOBS = service.resource(
    Resource(
        path="/pick-pack/{tenant}/jobs/recalculations",
        collection="recalculations",
        new_id="hex:12",
        version=None,
        missing=missing,
    )
)
PACKS = service.collection(
    "packs",
    key="id",
    new_id="given",
    schema="GET-pick-pack-retrieve-order",
    private=("lines", "recalculate"),
    references={"id": "order/orders"},
    times=(),
)
service.collection(EVENTS.collection, times=("timestamp",), references={"orderNumber": "order/orders"})
