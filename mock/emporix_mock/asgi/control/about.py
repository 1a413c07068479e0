"""What this server is: an entry page, its health, its own description, its operations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.config import version
from emporix_mock.engine.context import Result
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext

PAGES = ("docs", "health", "openapi.json", "operations", "problems", "worlds")


@operation("get-overview")
def overview(_ctx: RequestContext, control: Control) -> Any:
    """Where to go from here."""
    return {
        "name": "emporix-mock",
        "version": version(),
        "tenant": control.runtime.worlds.default,
        "links": {page: f"/_mock/{page}" for page in PAGES},
    }


@operation("get-health")
def health(_ctx: RequestContext, control: Control) -> Any:
    """That the server answers, and what it runs on."""
    return {
        "status": "ok",
        "version": version(),
        "tenant": control.runtime.worlds.default,
        "seed": control.config.seed,
        "spec": control.source.name,
        "services": len(control.source.services),
        "worlds": len(control.runtime.worlds),
        "problems": len(control.runtime.problems),
    }


@operation("get-description")
def description(_ctx: RequestContext, control: Control) -> Any:
    """The description of this API, for clients and contract runs."""
    return Result(200, raw=orjson.dumps(control.runtime.service(CONTROL).document))


@operation("list-operations")
def listed(ctx: RequestContext, control: Control) -> Any:
    """Every operation that this server routes."""
    wanted = {key: ctx.query[key] for key in ("service", "level") if key in ctx.query}
    return [
        asdict(entry)
        for entry in control.operations()
        if all(getattr(entry, key) == value for key, value in wanted.items())
    ]
