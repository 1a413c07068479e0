"""Runs over the API: started, listed, read, followed, cancelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.services.import_service.declared import (
    ACTIVE,
    DISABLED,
    ERRORS,
    NO_RUN_ID,
    PAGE,
    RUNS,
    config_of,
    missing,
    service,
)
from emporix_mock.services.import_service.running import OPEN, begin, finish, is_active, progress_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LOOK_SECONDS = 0.1
SILENT_LOOKS = 150


def _present(ctx: RequestContext, _state: State, document: Document) -> Document:
    shown = {name: value for name, value in document.items() if not name.startswith("_")}
    return {**shown, "tenant": ctx.tenant}


RUN = service.resource(
    Resource(
        path="/importtool/{tenant}/configs/{configId}/runs",
        collection=RUNS,
        version=None,
        new_id="uuid",
        page_size=PAGE,
        from_path={"configId": "configId"},
        default_sort="startedAt:desc",
        present=_present,
        missing=missing,
    )
)
FAILURES = service.resource(
    Resource(
        path="/importtool/{tenant}/runs/{runId}/errors",
        collection=ERRORS,
        version=None,
        new_id="uuid",
        page_size=PAGE,
        from_path={"runId": "runId"},
        missing=missing,
    )
)


@service.operation("GET-importtool-list-runs")
def listed(ctx: RequestContext, state: State) -> Result:
    """The runs of a configuration, the latest first."""
    config_of(ctx, state)
    return crud.listing(RUN, ctx, state)


@service.operation("POST-importtool-trigger-run")
def trigger(ctx: RequestContext, state: State) -> Document:
    """Start a run; one at a time for a configuration."""
    config, wanted = config_of(ctx, state), ctx.body or {}
    if is_active(state, config["id"]):
        raise ACTIVE("An import run is already active for this configuration.", extra={"status": "conflict"})
    if not config.get("enabled", True):
        raise DISABLED("The configuration is not enabled.", extra={"status": "conflict"})
    mode = wanted.get("mode") or ("DELTA" if config.get("deltaEnabled", True) else "FULL")
    run = begin(ctx, state, config["id"], {**wanted, "trigger": "MANUAL", "mode": mode})
    return RUN.answer(ctx, state, run)


def _run(ctx: RequestContext, state: State) -> Document:
    return crud.read(RUN, ctx, state, ctx.path["runId"])


@service.operation("GET-importtool-get-run")
def read(ctx: RequestContext, state: State) -> Document:
    """A run with its streams."""
    run = _run(ctx, state)
    return {"run": RUN.answer(ctx, state, run), "streams": progress_of(state, run["id"])}


@service.operation("GET-importtool-list-run-errors")
def failures(ctx: RequestContext, state: State) -> Result:
    """What a run could not import."""
    _run(ctx, state)
    return crud.listing(FAILURES, ctx, state)


@service.operation("POST-importtool-cancel-run")
def cancel(ctx: RequestContext, state: State) -> Result:
    """Stop a run after the batch that is on, or at once."""
    if not UUID.fullmatch(ctx.path["runId"]):
        raise NO_RUN_ID("Bad request", details=["The id of a run is a UUID."])
    run, force = crud.find(RUN, ctx, state, ctx.path["runId"]), ctx.query["force"]
    accepted = run is not None and run["status"] in OPEN
    if run is not None and accepted:
        if force:
            finish(state, run, state.timestamp(), "CANCELLED")
        else:
            state.collection(RUNS).put(run["id"], {**run, "_cancel": True})
    return Result(202, {"runId": ctx.path["runId"], "force": force, "accepted": accepted})


@service.operation("GET-importtool-stream-run-events")
def follow(ctx: RequestContext, state: State) -> Result:
    """A run as server-sent events, from where it is to its end."""
    _run(ctx, state)
    return Result(200, media_type="text/event-stream", chunks=_events(ctx, state))


def _events(ctx: RequestContext, state: State) -> Iterator[bytes | float]:
    yield _event("snapshot", read(ctx, state))
    told = {entry["id"]: entry for entry in progress_of(state, ctx.path["runId"])}
    silent = 0
    while (run := crud.find(RUN, ctx, state, ctx.path["runId"])) is not None:
        for entry in progress_of(state, run["id"]):
            if told.get(entry["id"]) != entry:
                told[entry["id"]] = entry
                silent = 0
                yield _event("stream", entry)
        if run["status"] not in OPEN:
            yield _event("run", RUN.answer(ctx, state, run))
            return
        silent += 1
        if silent % SILENT_LOOKS == 0:
            yield b": keepalive\n\n"
        yield LOOK_SECONDS


def _event(name: str, value: Document) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(value))
