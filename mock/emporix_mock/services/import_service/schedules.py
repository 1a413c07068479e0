"""Schedules: a configuration runs by itself when its time comes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from emporix_mock.engine import jobs
from emporix_mock.engine.context import Result
from emporix_mock.rules import cron
from emporix_mock.services.import_service.declared import (
    BAD_SCHEDULE,
    OTHER_SCHEDULE,
    SCHEDULES,
    config_of,
    service,
)
from emporix_mock.services.import_service.running import begin, is_active

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

CAUGHT_UP = timedelta(days=31)
"""How far back runs are made good for when the clock jumps; those before are left out."""


@service.operation("GET-importtool-get-schedule")
def read(ctx: RequestContext, state: State) -> Any:
    """When a configuration runs; nothing where it has no schedule."""
    config = config_of(ctx, state)
    schedule = state.collection(SCHEDULES).get(config["id"])
    return Result(204) if schedule is None else _shown(state, schedule)


@service.operation("PUT-importtool-schedule-job")
def change(ctx: RequestContext, state: State) -> Result:
    """Set when a configuration runs."""
    ctx.about.check_payload(ctx.body)
    config, schedules = config_of(ctx, state), state.collection(SCHEDULES)
    old = schedules.get(config["id"]) or {}
    schedule = {
        "id": old.get("id") or state.ids.uuid(),
        "configId": config["id"],
        "cron": ctx.body["cron"],
        "timezone": ctx.body.get("timezone") or "UTC",
        "enabled": ctx.body.get("enabled", True),
    }
    if any(ctx.body.get(name, schedule[name]) != schedule[name] for name in ("id", "configId")):
        raise OTHER_SCHEDULE("Bad request", details=["The body names another schedule than the path."])
    try:
        ZoneInfo(schedule["timezone"])
        following = cron.parsed(schedule["cron"]).after(state.now(), schedule["timezone"])
    except (ValueError, KeyError, OSError) as error:
        raise BAD_SCHEDULE("Bad request", details=[str(error)]) from error
    if "_step" in old:
        jobs.drop(state, old["_step"])
    if schedule["enabled"] and following is not None:
        schedule["_step"] = jobs.at(state, "fire", following, config=config["id"])
    schedules.put(config["id"], schedule)
    return Result(200, _shown(state, schedule))


def _shown(state: State, schedule: Document) -> Document:
    shown = {name: value for name, value in schedule.items() if name != "_step"}
    if schedule["enabled"]:
        following = cron.parsed(schedule["cron"]).after(state.now(), schedule["timezone"])
        if following is not None:
            shown["nextFireAt"] = jobs.stamp(following)
    return shown


@service.step("fire")
def fire(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Run a configuration at its time, and see to the next time."""
    schedules = state.collection(SCHEDULES)
    schedule = schedules.get(payload["config"])
    if schedule is None or not schedule["enabled"]:
        return
    if not is_active(state, payload["config"]):
        begin(ctx, state, payload["config"], {"trigger": "SCHEDULED", "mode": "DELTA"}, since=at)
    since = max(at, state.now() - CAUGHT_UP)
    following = cron.parsed(schedule["cron"]).after(since, schedule["timezone"])
    if following is not None:
        schedule["_step"] = jobs.at(state, "fire", following, config=payload["config"])
        schedules.put(payload["config"], schedule)
