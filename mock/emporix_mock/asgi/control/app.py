"""The control API as one more service of the stub, described by `control.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from emporix_mock.asgi.control import (  # noqa: F401  # importing them registers their handlers
    about,
    clock,
    deliveries,
    documents,
    faults,
    pages,
    records,
    snapshots,
    switches,
    worlds,
)
from emporix_mock.asgi.control.declare import Control, service
from emporix_mock.asgi.control.guard import Guard
from emporix_mock.asgi.errors import body_of
from emporix_mock.asgi.reply import JSON_TYPE, Reply
from emporix_mock.asgi.service_app import ServiceApp
from emporix_mock.engine.context import RequestContext
from emporix_mock_spec.catalog import CONTROL
from emporix_mock_spec.load import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from emporix_mock.asgi.plan import Plan
    from emporix_mock.asgi.stub import Exchange
    from emporix_mock.engine.context import Result
    from emporix_mock.errors import EmporixError

__all__ = ["ControlApp", "document", "service"]

PROBLEM: Mapping[str, Mapping[str, Any]] = {
    "code": {"type": "integer"},
    "status": {"type": "string"},
    "message": {"type": "string"},
    "details": {"type": "array", "items": {"properties": {"field": {}, "message": {}}}},
}


@cache
def document() -> dict[str, Any]:
    """The description of the control API; parsed once for all runs, like every other document."""
    return Source("bundled", {CONTROL: Path(__file__).parent / "control.yaml"}, {}).document(CONTROL)


class ControlApp(ServiceApp):
    """Serves control operations: no token, no world of their own, no unit of work, not journalled.

    They replace whole collections, which nothing could undo, and a request about a world is none of
    that world's own traffic.
    """

    control = True

    def __init__(self, control: Control) -> None:
        self._control = control
        super().__init__(CONTROL, document(), service, control.runtime)
        self.asgi = Guard(self.asgi, control.config.host)

    def context(self, plan: Plan, exchange: Exchange, values: list[str], query: bytes) -> RequestContext:
        """Validate and decode as for any service; no world is looked up, none is made."""
        return RequestContext(
            plan.id,
            self.runtime.worlds.default,
            None,
            plan.path_values(values),
            plan.query_values(query),
            plan.header_values(exchange.headers),
            plan.body_value(exchange.headers.get(b"content-type", b""), exchange.body),
            self.runtime.dispatch,
            {},
        )

    def run(self, plan: Plan, exchange: Exchange, context: RequestContext) -> Result:
        """Run the handler on the whole server."""
        del exchange
        return self.checked(plan, plan.handler(context, self._control))  # type: ignore[arg-type]

    def refuse(self, exchange: Exchange, error: EmporixError) -> Reply:
        """One shape for every refusal."""
        del exchange
        body = body_of(error, PROBLEM, service_path="", timestamp="")
        rule = [(b"x-emporix-mock-rule", error.rule.encode())] if error.rule else []
        extra = [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        return Reply(error.status, orjson.dumps(body), [JSON_TYPE, *rule, *extra])
