"""Work that takes time: steps that a service puts off to a later moment of the world's clock.

A step is a stored document: it belongs to the unit of work that puts it off, to snapshots, and to what
survives a restart. It runs in a unit of work of its own once the clock has reached its moment: before the
next request to the world, when the clock is moved, and by itself as real time passes. Its handler is
registered with `Service.step`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.rules import JOB_PACE

if TYPE_CHECKING:
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

__all__ = ["at", "drop", "later", "stamp"]


def stamp(moment: datetime) -> str:
    """A moment as most services print it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(
    ctx: RequestContext,
    state: State,
    step: str,
    seconds: float,
    *,
    since: datetime | None = None,
    **payload: Any,
) -> str:
    """Run `step` of this service `seconds` after `since` (now); the id of the step, for `drop`.

    For work that the mock only pretends to do: the switch `engine/job-pace` can make it take no time.
    """
    start = since if since is not None else state.now()
    return at(state, step, start + _taken(ctx, seconds), **payload)


def _taken(ctx: RequestContext, seconds: float) -> timedelta:
    return timedelta(seconds=0 if ctx.switch(JOB_PACE) == "at-once" else seconds)


def at(state: State, step: str, moment: datetime, **payload: Any) -> str:
    """Run `step` of this service at a moment; the id of the step, for `drop`."""
    own = state.ids.uuid()
    state.world.put_off(
        {
            "id": own,
            "service": state.service,
            "step": step,
            "at": moment.timestamp(),
            "payload": payload,
        }
    )
    return own


def drop(state: State, step_id: str) -> None:
    """Forget a step that has not run yet; nothing happens where it has."""
    if step_id in state.world.steps:
        state.world.steps.delete(step_id)
