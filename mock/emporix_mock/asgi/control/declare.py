"""How the modules of this room say which operation of `control.yaml` they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from emporix_mock.engine.service import Service
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.asgi.control.operations import OperationEntry
    from emporix_mock.asgi.runtime import Runtime
    from emporix_mock.config import Config
    from emporix_mock.engine.context import Handler, RequestContext
    from emporix_mock.store.world import Base, World
    from emporix_mock_spec.load import Source

    ControlHandler = Callable[[RequestContext, "Control"], Any]

service = Service(CONTROL)


@dataclass(frozen=True, slots=True)
class Control:
    """What control operations work on, in place of the state of one world.

    `base` gives the contents that a seed set stands for and raises `ConfigurationError` for an unknown one.
    """

    runtime: Runtime
    source: Source
    config: Config
    base: Callable[[str], Base]
    operations: Callable[[], list[OperationEntry]]

    def world(self, ctx: RequestContext) -> World:
        """The world of the path, made when it may be; 404 where worlds are not made on demand.

        Steps whose moment has come have run.
        """
        world = self.runtime.world_for(ctx.path["tenant"])
        if world.due is not None:
            self.runtime.catch_up(world)
        return world


def operation(operation_id: str) -> Callable[[ControlHandler], ControlHandler]:
    """Register the handler of a control operation; it gets `Control` where services get their state."""

    def register(handler: ControlHandler) -> ControlHandler:
        service.handlers[operation_id] = cast("Handler", handler)
        return handler

    return register
