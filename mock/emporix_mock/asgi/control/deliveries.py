"""What webhooks were to deliver: listed, forgotten, sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Documents

SERVICE: Final = "webhook-service"


def _log(ctx: RequestContext, control: Control) -> Documents:
    return control.world(ctx).collection(SERVICE, "deliveries")


@operation("list-deliveries")
def listed(ctx: RequestContext, control: Control) -> Any:
    """The deliveries that fit the filters, the oldest first."""
    wanted = {key: ctx.query[key] for key in ("type", "status") if key in ctx.query}
    found = _log(ctx, control).scan()
    return [each for each in found if all(each[key] == value for key, value in wanted.items())]


@operation("delete-deliveries")
def forget(ctx: RequestContext, control: Control) -> Any:
    """Empty the log."""
    log = _log(ctx, control)
    for key in list(log.ids()):
        log.delete(key)
    return Result(204)


@operation("replay-delivery")
def replay(ctx: RequestContext, control: Control) -> Any:
    """Send the body of a delivery again."""
    world, log, own = control.world(ctx), _log(ctx, control), ctx.path["delivery"]
    if own not in log:
        raise NotFound(f"There is no delivery '{own}'.")
    new = world.ids.uuid()
    payload = {"delivery": own, "id": new}
    step = {"service": SERVICE, "step": "replay", "at": world.clock.seconds(), "payload": payload}
    control.runtime.run_step(world, step)
    return Result(201, log.get(new))
