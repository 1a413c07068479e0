"""Flow evidence: which operations answered with success while a test passed. A pytest plugin and its file.

Requests count for the test during which they began.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.asgi.runtime import Runtime
from emporix_mock.asgi.stub import StubMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from emporix_mock.asgi.journal import Entry
    from emporix_mock.store.world import World

__all__ = ["FlowRecorder"]

_KEY = "emporix_mock_flows"

_test: ContextVar[str | None] = ContextVar("test", default=None)


class FlowRecorder:
    """Records a pytest run and writes `target` at its end; `counts` says which tests show a flow.

    On pytest-xdist workers the findings travel to the controller, which alone writes.
    """

    def __init__(self, target: Path, counts: Callable[[pytest.Item], bool]) -> None:
        self._target = target
        self._counts = counts
        self._current: str | None = None
        self._answered: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._outcomes: defaultdict[str, set[str]] = defaultdict(set)
        self._merged: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._patch = pytest.MonkeyPatch()

    def pytest_sessionstart(self) -> None:
        """Begin to listen to every server of this process."""
        recorder, call, record = self, StubMiddleware.__call__, Runtime.record

        async def called(stub: StubMiddleware, scope: Any, receive: Any, send: Any) -> None:
            token = _test.set(recorder._current)
            try:
                await call(stub, scope, receive, send)
            finally:
                _test.reset(token)

        def recorded(runtime: Runtime, world: World | None, entry: Entry) -> None:
            record(runtime, world, entry)
            test = _test.get()
            if test and entry.operation and entry.service and 200 <= entry.status < 400:
                recorder._answered[test].add((entry.service, entry.operation))

        self._patch.setattr(StubMiddleware, "__call__", called)
        self._patch.setattr(Runtime, "record", recorded)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note which test runs."""
        self._current = item.nodeid if self._counts(item) else None
        try:
            return (yield)
        finally:
            self._current = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ended."""
        self._outcomes[report.nodeid].add(report.outcome)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has found."""
        self._merge(getattr(node, "workeroutput", {}).get(_KEY) or {})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the findings over, or write them."""
        self._patch.undo()
        self._merge(self._found())
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_KEY] = self._written()
            return
        found = {"date": datetime.now(UTC).date().isoformat(), "tests": self._written()}
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._target.write_text(json.dumps(found, indent=1) + "\n")

    def _found(self) -> dict[str, list[tuple[str, str]]]:
        """What answered in tests that passed, by test; the cases of a parametrized one count as one test."""
        found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for test, answered in self._answered.items():
            if self._outcomes[test] == {"passed"}:
                found[test.partition("[")[0]] |= answered
        return {test: sorted(answered) for test, answered in found.items()}

    def _merge(self, found: dict[str, Any]) -> None:
        for test, answered in found.items():
            self._merged[test] |= {(service, operation) for service, operation in answered}

    def _written(self) -> dict[str, list[list[str]]]:
        return {test: [[*each] for each in sorted(self._merged[test])] for test in sorted(self._merged)}
