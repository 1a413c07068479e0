"""Choices where nobody documents what Emporix does: listed with their reason, set per world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.declare import Control, operation, service
from emporix_mock.engine.rules import SWITCHES
from emporix_mock.errors import Detail
from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Switch
    from emporix_mock.store.world import World

UNKNOWN_SWITCH = service.rule("unknown-switch", 400, source="control API: GET switches lists them")


@operation("list-switches")
def listed(ctx: RequestContext, control: Control) -> Any:
    """Every switch with its value in a world."""
    return [_shown(switch, control.world(ctx)) for switch in known(control)]


@operation("put-switches")
def change(ctx: RequestContext, control: Control) -> Any:
    """Set the switches that the body names, null for the default; all or none."""
    world = control.world(ctx)
    by_id = {switch.id: switch for switch in known(control)}
    wrong = [detail for name, value in ctx.body.items() if (detail := _refusal(by_id.get(name), name, value))]
    if wrong:
        raise UNKNOWN_SWITCH("No switch was changed.", details=wrong)
    for name, value in ctx.body.items():
        if value is None:
            world.switches.pop(name, None)
        else:
            world.switches[name] = value
    return [_shown(switch, world) for switch in by_id.values()]


def known(control: Control) -> Iterator[Switch]:
    """The switches of the engine and of all services that this server serves."""
    yield from SWITCHES
    for name in control.source.services:
        declared = registry.load(name)
        if declared is not None:
            yield from declared.switches.values()


def _refusal(switch: Switch | None, name: str, value: str | None) -> Detail | None:
    if switch is None:
        return Detail("there is no such switch", name)
    if value is not None and value not in switch.values:
        return Detail(f"'{value}' is none of: {', '.join(switch.values)}", name)
    return None


def _shown(switch: Switch, world: World) -> dict[str, Any]:
    return {
        "id": switch.id,
        "value": world.switches.get(switch.id, switch.default),
        "default": switch.default,
        "values": list(switch.values),
        "about": switch.about,
        "source": switch.source,
    }
