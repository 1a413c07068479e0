"""From an event to a delivery: who gets it, what is sent, when it is tried again.

What is to be sent is put into the world's outbound queue; the server sends it after the answer and
reports back with the step `answered`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.engine import jobs
from emporix_mock.rules import webhooks
from emporix_mock.services.webhook_service.declared import (
    BODY,
    CONFIGS,
    DELIVERIES,
    EVENTS,
    SIGNED,
    SUBSCRIBED,
    TRIES,
    service,
)
from emporix_mock.services.webhook_service.statistics import count, limit, month_of, sent
from emporix_mock.services.webhook_service.subscriptions import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PAUSES = (5, 30, 120, 600)
KEPT = 1000


@service.on("*")
def hear(ctx: RequestContext, state: State, event: Mapping[str, Any]) -> None:
    """Make the deliveries of an event that is subscribed to."""
    config = _active(state)
    if config is None or event["type"] not in state.collection(EVENTS):
        return
    row = row_of(state, event["type"])
    if row["subscription"] != SUBSCRIBED:
        return
    full = sent(state, month_of(state)) >= limit(ctx)
    for target in _targets(config, event):
        excluded = target.get("excludedFields")
        payload = webhooks.without(event["payload"], row["excludedFields"] if excluded is None else excluded)
        delivery = {
            "id": state.ids.uuid(),
            "event": event["id"],
            "type": event["type"],
            "provider": config["provider"],
            "entry": target.get("id"),
            "url": target.get("destinationUrl"),
            "body": payload if ctx.switch(BODY) == "bare" else {"type": event["type"], "payload": payload},
            "status": "PENDING",
            "createdAt": state.timestamp(),
            "attempts": [],
        }
        if full:
            delivery |= {"status": "DROPPED", "reason": "the limit of the month is reached"}
        elif config["provider"] != "HTTP":
            delivery |= {"status": "RECORDED", "reason": "a provider that the mock does not call"}
        _keep(state, delivery)
        if delivery["status"] == "PENDING":
            _send(ctx, state, delivery)


def _active(state: State) -> Document | None:
    configs = state.collection(CONFIGS)
    codes = configs.find("active", value=True)
    return configs.get(codes[0]) if codes else None


def _targets(config: Document, event: Mapping[str, Any]) -> Iterator[Document]:
    """Where an event goes: its active entries whose filter it passes; the root URL if it has no entry."""
    if config["provider"] != "HTTP":
        yield {}
        return
    inner = config.get("configuration") or {}
    entries = webhooks.entries_of(inner, event["type"])
    if not entries and inner.get("destinationUrl"):
        yield {"destinationUrl": inner["destinationUrl"]}
    for entry in entries:
        url = entry.get("destinationUrl") or inner.get("destinationUrl")
        if entry.get("active", True) and url and webhooks.matches(entry.get("filter"), event["payload"]):
            yield {**entry, "destinationUrl": url}


def _keep(state: State, delivery: Document) -> None:
    log = state.collection(DELIVERIES)
    log.put(delivery["id"], delivery)
    for oldest in log.ids()[: len(log) - KEPT]:
        log.delete(oldest)


def _send(ctx: RequestContext, state: State, delivery: Document) -> None:
    """Hand a delivery to the server, signed and addressed as the configuration has it now."""
    config = _active(state)
    if config is None or config["provider"] != "HTTP":
        return _drop(state, delivery, "there is no active HTTP configuration")
    inner = config.get("configuration") or {}
    found = [e for e in inner.get("eventsConfiguration") or () if e["id"] == delivery["entry"]]
    if delivery["entry"] is not None and not (found and found[0].get("active", True)):
        return _drop(state, delivery, "its entry is gone or not active")
    entry = found[0] if found else {}
    raw = orjson.dumps(delivery["body"])
    given = entry.get("headers") or inner.get("headers") or {}
    headers = {name: str((value or {}).get("value", "")) for name, value in given.items()}
    headers |= {"Content-Type": "application/json", "emporix-event-publish-time": state.timestamp()}
    secret = entry.get("secretKey") or inner.get("secretKey")
    if secret:
        signed = raw if ctx.switch(SIGNED) == "raw" else webhooks.canonical(delivery["body"])
        headers["emporix-event-signature"] = webhooks.signature(secret, signed)
    message = {"id": delivery["id"], "service": service.name, "step": "answered"}
    state.world.outbound.append({**message, "url": delivery["url"], "headers": headers, "body": raw})
    return None


def _drop(state: State, delivery: Document, reason: str) -> None:
    state.collection(DELIVERIES).put(delivery["id"], {**delivery, "status": "DROPPED", "reason": reason})


@service.step("attempt")
def attempt(ctx: RequestContext, state: State, _at: datetime, payload: Mapping[str, Any]) -> None:
    """Try a delivery once more."""
    delivery = state.collection(DELIVERIES).get(payload["delivery"])
    if delivery is not None and delivery["status"] == "PENDING":
        _send(ctx, state, delivery)


@service.step("answered")
def answered(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Log what a delivery met with; another 2xx is a success, anything else is tried again."""
    delivery = state.collection(DELIVERIES).get(payload["id"])
    if delivery is None:
        return
    outcome = {name: payload[name] for name in ("status", "error", "milliseconds") if name in payload}
    delivery["attempts"].append({"at": jobs.stamp(at), **outcome})
    tried = len(delivery["attempts"])
    if 200 <= payload.get("status", 0) < 300:
        delivery["status"] = "DELIVERED"
        count(state)
    elif payload.get("refused"):
        delivery |= {"status": "REFUSED", "reason": payload["error"]}
    elif tried >= int(ctx.switch(TRIES)):
        delivery["status"] = "FAILED"
    else:
        jobs.later(ctx, state, "attempt", PAUSES[tried - 1], delivery=delivery["id"])
    state.collection(DELIVERIES).put(delivery["id"], delivery)


@service.step("replay")
def replay(ctx: RequestContext, state: State, _at: datetime, payload: Mapping[str, Any]) -> None:
    """Send a delivery once more, as a new one."""
    old = state.collection(DELIVERIES).get(payload["delivery"])
    if old is None:
        return
    new = {**old, "id": payload["id"], "status": "PENDING", "createdAt": state.timestamp(), "attempts": []}
    new.pop("reason", None)
    new["replayOf"] = old["id"]
    _keep(state, new)
    _send(ctx, state, new)
