"""Faults on request: an operation that answers an error, or late, at its nth call."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import BY_STATUS, EmporixError, InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Fault:
    """What goes wrong and when.

    `operation` is an operation id or `*`; `nth` the first call that is hit, counted from 1 since
    the fault was set; `times` how many calls in a row (None: all from then on). `status` makes the
    call fail with the body that the operation declares for it (or `body`); `delay` is in seconds.
    """

    id: str
    operation: str
    nth: int = 1
    times: int | None = 1
    status: int | None = None
    delay: float = 0.0
    body: Any = None
    calls: int = field(default=0)

    def hit(self, operation: str) -> bool:
        """Count a call and say whether it is one that goes wrong."""
        if self.operation not in ("*", operation):
            return False
        self.calls += 1
        return self.calls >= self.nth and (self.times is None or self.calls < self.nth + self.times)

    def error(self) -> EmporixError | None:
        """The error to answer with, None for a mere delay."""
        if self.status is None:
            return None
        kind = BY_STATUS.get(self.status)
        if kind is None:
            kind = type("Fault", (InternalError,), {"status": self.status})
        return kind("Fault on request", body=self.body, rule="mock/fault")

    def shown(self) -> dict[str, Any]:
        """The fault as the control API prints it."""
        return asdict(self)


def due(faults: Iterable[Fault], operation: str) -> Fault | None:
    """The first fault that hits this call."""
    hits = [fault for fault in faults if fault.hit(operation)]
    return hits[0] if hits else None
