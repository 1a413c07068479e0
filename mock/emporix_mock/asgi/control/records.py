"""What a world has kept of its traffic: requests, problems, events and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.asgi.journal import shown
from emporix_mock.engine.context import Result

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext


@operation("list-requests")
def requests(ctx: RequestContext, control: Control) -> Any:
    """The last exchanges that fit the filters, the oldest first."""
    wanted = {key: ctx.query[key] for key in ("operation", "service", "status") if key in ctx.query}
    found = [
        entry
        for entry in control.world(ctx).journal
        if all(getattr(entry, key) == value for key, value in wanted.items())
    ]
    return [shown(entry) for entry in found[-ctx.query["limit"] :]]


@operation("delete-requests")
def forget_requests(ctx: RequestContext, control: Control) -> Any:
    """Empty the journal."""
    control.world(ctx).journal.clear()
    return Result(204)


@operation("list-problems")
def problems(ctx: RequestContext, control: Control) -> Any:
    """Where the mock itself went wrong in a world."""
    return list(control.world(ctx).problems)


@operation("delete-problems")
def forget_problems(ctx: RequestContext, control: Control) -> Any:
    """Forget the problems of a world, in the server's list too."""
    world, runtime = control.world(ctx), control.runtime
    world.problems.clear()
    runtime.problems[:] = [each for each in runtime.problems if each["tenant"] != world.tenant]
    return Result(204)


@operation("list-all-problems")
def all_problems(_ctx: RequestContext, control: Control) -> Any:
    """Where the mock itself went wrong, in any world."""
    return list(control.runtime.problems)


@operation("list-events")
def events(ctx: RequestContext, control: Control) -> Any:
    """The domain events of a world, the oldest first."""
    kind = ctx.query.get("type")
    return [event for event in control.world(ctx).events if kind in (None, event["type"])]


@operation("list-all-events")
def all_events(ctx: RequestContext, control: Control) -> Any:
    """The domain events of all worlds that there are, the oldest of each first."""
    kind, tenant = ctx.query.get("type"), ctx.query.get("tenant")
    return [
        event
        for world in control.runtime.worlds
        if tenant in (None, world.tenant)
        for event in world.events
        if kind in (None, event["type"])
    ]


@operation("emit-event")
def emit(ctx: RequestContext, control: Control) -> Any:
    """Let an event happen as if a service had emitted it, with the reactions of all services.

    What a reaction could not do with the payload is told in `problems`.
    """
    world = control.world(ctx)
    before = len(control.runtime.problems)
    world.emit(ctx.body["type"], ctx.body.get("payload") or {})
    event = world.events[-1]
    control.runtime.deliver(world)
    new = [each["problem"] for each in control.runtime.problems[before:]]
    return Result(201, {**event, "problems": new})


@operation("list-mails")
def mails(ctx: RequestContext, control: Control) -> Any:
    """What would have been mailed to customers: one-time tokens for passwords and confirmations."""
    return list(control.world(ctx).state("customer-management").collection("mails").scan())
