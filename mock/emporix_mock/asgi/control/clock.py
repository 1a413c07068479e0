"""A world's clock: read, freeze, set, move, back to real time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.declare import Control, operation, service
from emporix_mock.errors import Detail
from emporix_mock.store.sources import instant

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.sources import Clock

BAD_TIME = service.rule("bad-time", 400, source="control API: an instant, a duration, years 1970 to 9000")

_DURATION = re.compile(
    r"([-+]?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def shown(clock: Clock) -> dict[str, Any]:
    """The clock as the control API prints it."""
    return {"now": instant(clock.now()), "frozen": clock.frozen}


@operation("get-clock")
def read(ctx: RequestContext, control: Control) -> Any:
    """The world's time."""
    return shown(control.world(ctx).clock)


@operation("put-clock")
def change(ctx: RequestContext, control: Control) -> Any:
    """Reset, set, move, then freeze or let go: whatever of it the body names, all or nothing."""
    world, body = control.world(ctx), ctx.body
    clock = world.clock
    before = clock.dump()
    try:
        if body.get("reset"):
            clock.reset()
        if "set" in body:
            clock.set(moment(body["set"]))
        if "advance" in body:
            clock.advance(step(body["advance"], clock.now()))
        if "frozen" in body:
            (clock.freeze if body["frozen"] else clock.resume)()
        _check(clock)
    except (ValueError, OverflowError) as error:
        clock.load(before)
        raise BAD_TIME("The clock cannot go there.", details=[Detail(str(error))]) from error
    if world.due is not None:
        control.runtime.catch_up(world)
    return shown(clock)


def _check(clock: Clock) -> None:
    if not _FIRST <= clock.now() < _LAST:
        raise OverflowError("it goes from 1970 to 9000")


def moment(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is UTC. `ValueError` for anything else."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def step(value: float | str, now: datetime) -> timedelta:
    """Seconds, or an ISO 8601 duration counted from `now`; a minus in front goes back.

    `ValueError` or `OverflowError` for what is neither or leads nowhere.
    """
    if not isinstance(value, str):
        return timedelta(seconds=value)
    found = _DURATION.fullmatch(value)
    if found is None or not any(found.groups()[1:]):
        raise ValueError(f"'{value}' is no ISO 8601 duration such as P30D, PT15M or -P1M")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[1:7])
    sign = -1 if found[1] == "-" else 1
    fixed = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(found[8] or 0))
    return _months_later(now, sign * (12 * years + months)) - now + sign * fixed


def _months_later(now: datetime, months: int) -> datetime:
    """The same day of another month, or its last day."""
    year, month = divmod(now.year * 12 + now.month - 1 + months, 12)
    for day in range(now.day, 27, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return now.replace(year=year, month=month + 1, day=min(now.day, 28))
