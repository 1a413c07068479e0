"""Subscriptions: the known events, and which of them the tenant wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import translation
from emporix_mock.engine.context import Result
from emporix_mock.engine.translation import Languages
from emporix_mock.services.webhook_service.declared import (
    EVENTS,
    NONE,
    SUBSCRIBED,
    SUBSCRIPTIONS,
    UNSUBSCRIBED,
    service,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LANGUAGES = Languages(read="map", named="subset", unknown="ignore")
LOCALIZED = ("name", "description", "group")
OUTDATED = (
    "Unique constraint violation for provided eventType and metadata version. It is possible to update an "
    "eventsubscription only by always providing the latest version. Fetch the event subscriptions to get the "
    "latest version."
)
STATES = {"SUBSCRIBE": SUBSCRIBED, "UNSUBSCRIBE": UNSUBSCRIBED}


def row_of(state: State, event_type: str) -> Document:
    """What the tenant has said about an event."""
    untouched = {"type": event_type, "subscription": NONE, "excludedFields": [], "metadata": {}}
    return state.collection(SUBSCRIPTIONS).get(event_type) or untouched


@service.operation("GET-webhook-list-all-event-subscriptions")
def listed(ctx: RequestContext, state: State) -> list[Document]:
    """Every known event with its subscription."""
    reading = translation.reading(LANGUAGES, ctx, state)
    found = []
    for event in state.collection(EVENTS).scan():
        row = row_of(state, event["type"])
        del row["type"]
        found.append({"event": translation.shown(reading, LOCALIZED, event), **row})
    return found


@service.operation("PATCH-webhook-manage-event-subscriptions")
def change(ctx: RequestContext, state: State) -> Result:
    """Subscribe and unsubscribe, each item for itself."""
    ctx.about.check_payload(ctx.body)
    return Result(207, [_changed(state, item) for item in ctx.body])


def _changed(state: State, item: dict[str, Any]) -> dict[str, Any]:
    kind = str(item["eventType"])
    own = kind if kind in state.collection(EVENTS) else kind.lower()
    if own not in state.collection(EVENTS):
        message = f"There is no event of type '{kind}'."
        return {"eventType": kind, "code": 404, "status": "NOT_FOUND", "message": message}
    row, metadata = row_of(state, own), item.get("metadata") or {}
    current = row["metadata"].get("version")
    if current is not None and metadata.get("version") != current:
        return {"eventType": kind, "code": 409, "status": "CONFLICT", "message": OUTDATED}
    now = state.timestamp()
    excluded = [*row["excludedFields"], *(item.get("fieldsToUnsubscribe") or ())]
    wanted = frozenset(item.get("fieldsToSubscribe") or ())
    new = {
        "type": own,
        "subscription": STATES.get(item.get("action") or "", row["subscription"]),
        "excludedFields": [name for name in dict.fromkeys(excluded) if name not in wanted],
        "metadata": {
            "version": 1 if current is None else current + 1,
            "createdAt": row["metadata"].get("createdAt", now),
            "modifiedAt": now,
        },
    }
    state.collection(SUBSCRIPTIONS).put(own, new)
    return {"eventType": kind, "code": 200, "status": "OK"}
