"""The request journal of a world: a bounded ring of what came in and what went out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from emporix_mock.store.sources import instant


class Entry(NamedTuple):
    """One exchange. Bodies are kept as they were on the wire and decoded when somebody looks."""

    at: float
    method: str
    path: str
    query: str
    operation: str | None
    service: str | None
    caller: str | None
    status: int
    seconds: float
    request: bytes
    response: bytes
    rule: str | None


def shown(entry: Entry) -> dict[str, Any]:
    """An entry as the control API prints it."""
    return {
        "at": instant(datetime.fromtimestamp(entry.at, UTC)),
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "operationId": entry.operation,
        "service": entry.service,
        "caller": entry.caller,
        "status": entry.status,
        "milliseconds": round(entry.seconds * 1000, 3),
        "requestBody": decoded(entry.request),
        "responseBody": decoded(entry.response),
        "rule": entry.rule,
    }


def decoded(body: bytes) -> Any:
    """A body as JSON where it is JSON, as text otherwise, None when empty."""
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
