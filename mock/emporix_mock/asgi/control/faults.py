"""Faults on request: set, list and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.declare import Control, operation, service
from emporix_mock.asgi.faults import Fault
from emporix_mock.engine.context import Result
from emporix_mock.errors import Detail, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext

UNKNOWN_OPERATION = service.rule(
    "unknown-operation", 400, source="control API: operation ids of GET operations"
)
NO_EFFECT = service.rule("no-effect", 400, source="control API: a fault needs a status or a delay")


@operation("list-faults")
def listed(ctx: RequestContext, control: Control) -> Any:
    """The faults of a world, in the order they were set."""
    return [fault.shown() for fault in control.world(ctx).faults]


@operation("create-fault")
def create(ctx: RequestContext, control: Control) -> Any:
    """Let an operation fail or be late; the answer has the id that takes it back."""
    world, body = control.world(ctx), ctx.body
    name = body["operation"]
    if name != "*" and all(entry.id != name for entry in control.operations()):
        raise UNKNOWN_OPERATION(
            f"There is no operation '{name}'.", details=[Detail("see GET /_mock/operations", "operation")]
        )
    if body.get("status") is None and not body.get("delay"):
        raise NO_EFFECT("The fault has neither a status nor a delay, so nothing would happen.")
    number = 1 + max((int(fault.id) for fault in world.faults), default=0)
    known = {key: value for key, value in body.items() if key != "operation"}
    fault = Fault(str(number), name, **known)
    world.faults.append(fault)
    control.runtime.count_faults()
    return Result(201, fault.shown())


@operation("delete-faults")
def clear(ctx: RequestContext, control: Control) -> Any:
    """Take all faults of a world back."""
    control.world(ctx).faults.clear()
    control.runtime.count_faults()
    return Result(204)


@operation("delete-fault")
def delete(ctx: RequestContext, control: Control) -> Any:
    """Take one fault back; 404 when there is none of that id."""
    faults = control.world(ctx).faults
    found = [fault for fault in faults if fault.id == ctx.path["fault"]]
    if not found:
        raise NotFound(f"There is no fault '{ctx.path['fault']}'.")
    faults.remove(found[0])
    control.runtime.count_faults()
    return Result(204)
