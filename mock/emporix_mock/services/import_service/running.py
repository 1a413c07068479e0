"""A run: batch after batch of the source's records is written to its target, on the world's clock.

The source of a stream is a document of the collection `sources`: `records` with `naturalKey` and `fields`
(`deleted`, `changedAt`), `mapping` of fields to members of the target, `required` fields.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import jobs
from emporix_mock.engine.ownership import plant
from emporix_mock.errors import EmporixError
from emporix_mock.services.import_service.declared import (
    ERRORS,
    PROGRESS,
    RECORDS,
    RUNS,
    SOURCES,
    service,
    streams_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

BATCH = 5
OPEN = ("QUEUED", "RUNNING")
COUNTERS = ("recordsRead", "created", "updated", "skipped", "failed", "deleted")
WRITER = "emporix.customEntity"
UPSERT, DELETE = "PUT-schema-upsert-custom-instance", "DELETE-schema-remove-custom-instance"


class _Failed(Exception):
    def __init__(self, stage: str, code: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage
        self.code = code


def is_active(state: State, config: str) -> bool:
    """Whether a run of the configuration is going on."""
    runs = state.collection(RUNS)
    return any((runs.get(key) or {})["status"] in OPEN for key in runs.among("configId", (config,)))


def progress_of(state: State, run: str) -> list[Document]:
    """The streams of a run as far as they are."""
    entries = state.collection(PROGRESS)
    return [entry for key in entries.among("runId", (run,)) if (entry := entries.get(key))]


def begin(
    ctx: RequestContext,
    state: State,
    config: str,
    wanted: Mapping[str, Any],
    *,
    since: datetime | None = None,
) -> Document:
    """Start a run; it goes on by itself."""
    started = jobs.stamp(since) if since is not None else state.timestamp()
    run = {
        "id": state.ids.uuid(),
        "configId": config,
        "trigger": wanted["trigger"],
        "status": "RUNNING",
        "mode": wanted["mode"],
        "startedAt": started,
        "finishedAt": None,
        **dict.fromkeys(COUNTERS, 0),
        "message": None,
        "_dryRun": bool(wanted.get("dryRun")),
        "_force": bool(wanted.get("force")),
        "_since": _last_start(state, config) if wanted["mode"] == "DELTA" else None,
    }
    state.collection(RUNS).put(run["id"], run)
    for stream in streams_of(state, config):
        entry = {
            "id": state.ids.uuid(),
            "runId": run["id"],
            "streamId": stream["id"],
            "streamName": stream["name"],
            "status": "QUEUED" if stream.get("enabled", True) else "SKIPPED",
            **dict.fromkeys(COUNTERS, 0),
        }
        state.collection(PROGRESS).put(entry["id"], entry)
    jobs.later(ctx, state, "batch", 1, since=since, run=run["id"])
    return run


def _last_start(state: State, config: str) -> str | None:
    runs = state.collection(RUNS)
    found = (runs.get(key) or {} for key in runs.among("configId", (config,)))
    return max((run["startedAt"] for run in found if run["status"] in ("SUCCEEDED", "PARTIAL")), default=None)


def finish(state: State, run: Document, at: str, status: str | None = None) -> None:
    """End a run; without a status that of its counters."""
    if status is None:
        done = run["created"] + run["updated"] + run["skipped"] + run["deleted"]
        status = "SUCCEEDED" if not run["failed"] else "PARTIAL" if done else "FAILED"
    if status != "CANCELLED" and run["failed"]:
        run["message"] = f"{run['failed']} of {run['recordsRead']} records failed"
    for entry in progress_of(state, run["id"]):
        if entry["status"] in OPEN:
            state.collection(PROGRESS).put(entry["id"], {**entry, "status": "SKIPPED"})
    state.collection(RUNS).put(run["id"], {**run, "status": status, "finishedAt": at})


@service.step("batch")
def batch(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """The next records of the stream that is on, or the end of the run."""
    run = state.collection(RUNS).get(payload["run"])
    if run is None or run["status"] not in OPEN:
        return
    entry = next((e for e in progress_of(state, run["id"]) if e["status"] in OPEN), None)
    if entry is None or run.get("_cancel"):
        finish(state, run, jobs.stamp(at), "CANCELLED" if run.get("_cancel") else None)
        return
    _work(ctx, state, run, entry, jobs.stamp(at))
    jobs.later(ctx, state, "batch", 1, since=at, run=run["id"])


def _work(ctx: RequestContext, state: State, run: Document, entry: Document, at: str) -> None:
    source = state.collection(SOURCES).get(entry["streamId"]) or {"records": []}
    stream = state.collection("streams").get(entry["streamId"]) or {}
    records = [each for each in source["records"] if _is_due(run, each)]
    read = entry["recordsRead"]
    for record in records[read : read + BATCH]:
        counter = _import(ctx, state, run, stream, source, record, at)
        for counted in (entry, run):
            counted["recordsRead"] += 1
            counted[counter] += 1
    if entry["recordsRead"] < len(records):
        entry["status"] = "RUNNING"
    else:
        succeeded = entry["recordsRead"] - entry["failed"]
        entry["status"] = "SUCCEEDED" if not entry["failed"] else "PARTIAL" if succeeded else "FAILED"
    state.collection(PROGRESS).put(entry["id"], entry)
    state.collection(RUNS).put(run["id"], run)


def _is_due(run: Document, record: Document) -> bool:
    changed = record.get("changedAt")
    return run["_since"] is None or changed is None or str(changed) > str(run["_since"])


def _import(
    ctx: RequestContext,
    state: State,
    run: Document,
    stream: Document,
    source: Document,
    record: Document,
    at: str,
) -> str:
    """Take one record in; the counter that it belongs to."""
    own = target_id(record["naturalKey"])
    before = _record_of(state, stream["id"], record["naturalKey"])
    fields = record.get("fields") or {}
    unchanged = before is not None and before["outcome"] == "UPSERTED" and before["fields"] == fields
    if unchanged and not record.get("deleted") and not run["_force"]:
        return "skipped"
    try:
        with state.world.unit():
            counter, outcome = _written(ctx, state, run, stream, source, record, own)
    except _Failed as failure:
        counter, outcome = "failed", "FAILED"
        _note_failure(state, run, stream, record, failure, at)
    if not (run["_dryRun"] and before is not None):
        kept = {
            "id": before["id"] if before else state.ids.uuid(),
            "configId": run["configId"],
            "streamId": stream["id"],
            "runId": run["id"],
            "targetEntity": stream["targetWriter"],
            "targetType": stream["targetType"],
            "naturalKey": record["naturalKey"],
            "targetId": own,
            "fields": fields,
            "outcome": outcome,
            "importedAt": at,
        }
        state.collection(RECORDS).put(kept["id"], kept)
    return counter


def target_id(natural_key: str) -> str:
    """The id that a record gets where it is written (configuration facts, section 9)."""
    return f"id-{re.sub(r'[^a-z0-9_-]+', '-', natural_key.lower())}"[:66]


def _record_of(state: State, stream: str, natural_key: str) -> Document | None:
    records = state.collection(RECORDS)
    keys = set(records.find("naturalKey", natural_key)) & set(records.find("streamId", stream))
    return records.get(next(iter(keys))) if keys else None


def _written(
    ctx: RequestContext,
    state: State,
    run: Document,
    stream: Document,
    source: Document,
    record: Document,
    own: str,
) -> tuple[str, str]:
    kind = str(stream["targetType"]).upper()
    there = f"{kind}/{own}" in state.world.state("schema").collection("instances")
    if stream["targetWriter"] != WRITER:
        raise _Failed("WRITE", "TARGET_NOT_SUPPORTED", f"no writer '{stream['targetWriter']}'")
    if record.get("deleted"):
        counter, outcome = "deleted", "DELETED"
    else:
        counter, outcome = ("updated" if there else "created"), "UPSERTED"
    body = None if record.get("deleted") else _mapped(source, record)
    if run["_dryRun"]:
        return counter, "DRY_RUN"
    try:
        path = {"type": kind, "id": own}
        if body is not None:
            ctx.call("schema", UPSERT, path=path, body=body)
        elif there:
            ctx.call("schema", DELETE, path=path)
    except EmporixError as error:
        reasons = ", ".join(detail.message for detail in error.details) or error.message
        raise _Failed("WRITE", "TARGET_REFUSED", reasons) from error
    return counter, outcome


def _mapped(source: Document, record: Document) -> Document:
    fields = record.get("fields") or {}
    for name in source.get("required") or ():
        if fields.get(name) is None:
            raise _Failed("MAPPING", "REQUIRED_FIELD_MISSING", f"{name} is missing")
    body: Document = {}
    for name, path in (source.get("mapping") or {}).items():
        if name in fields:
            plant(body, path, fields[name])
    return body


def _note_failure(
    state: State, run: Document, stream: Document, record: Document, failure: _Failed, at: str
) -> None:
    error = {
        "id": state.ids.uuid(),
        "runId": run["id"],
        "streamId": stream["id"],
        "naturalKey": record["naturalKey"],
        "targetEntity": stream["targetWriter"],
        "stage": failure.stage,
        "errorCode": failure.code,
        "message": str(failure),
        "createdAt": at,
    }
    state.collection(ERRORS).put(error["id"], error)
