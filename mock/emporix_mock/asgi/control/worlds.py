"""Worlds: listed, made, dropped, reset, filled, copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control import clock
from emporix_mock.asgi.control.declare import Control, operation, service
from emporix_mock.asgi.control.seeding import pour
from emporix_mock.engine.context import Result
from emporix_mock.errors import ConfigurationError, Detail, NotFound
from emporix_mock.seed.refusal import Refusal, pointer
from emporix_mock.store.world import OWN

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import World

UNKNOWN_SEED = service.rule("unknown-seed", 400, source="control API: shipped seed sets")
BAD_SEED = service.rule("bad-seed", 400, source="control API: seed form, checked like a seed file")
SAME_WORLD = service.rule("same-world", 400, source="control API: a copy needs another tenant")
DEFAULT_WORLD = service.rule(
    "default-world", 409, source="control API: requests without a tenant need a world"
)


@operation("list-worlds")
def listed(_ctx: RequestContext, control: Control) -> Any:
    """Every world, the longest unused one first."""
    return [shown(world, control) for world in control.runtime.worlds]


@operation("get-world")
def read(ctx: RequestContext, control: Control) -> Any:
    """One world; 404 for one that nobody has used yet."""
    return shown(_existing(ctx, control), control)


@operation("put-world")
def make(ctx: RequestContext, control: Control) -> Any:
    """Make a world anew, with the server's seed or another; what was there is gone."""
    seed = (ctx.body or {}).get("seed")
    base = None
    if seed is not None:
        try:
            base = control.base(seed)
        except ConfigurationError as error:
            raise UNKNOWN_SEED(str(error), details=[Detail("no shipped seed set", "seed")]) from error
    worlds = control.runtime.worlds
    status = 201 if worlds.find(ctx.path["tenant"]) is None else 200
    world = worlds.create(ctx.path["tenant"])
    if base is not None:
        world.reseed(base)
    control.runtime.count_faults()
    return Result(status, shown(world, control))


@operation("delete-world")
def drop(ctx: RequestContext, control: Control) -> Any:
    """Forget a world and its tokens. The default world stays; resetting it does the same."""
    world, worlds = _existing(ctx, control), control.runtime.worlds
    if world.tenant == worlds.default:
        raise DEFAULT_WORLD(f"'{world.tenant}' is the default world; reset it instead.")
    worlds.drop(world.tenant)
    control.runtime.count_faults()
    return Result(204)


@operation("reset-world")
def reset(ctx: RequestContext, control: Control) -> Any:
    """Back to the seed, or to nothing: the whole world with its records, or one service's documents."""
    world, name = control.world(ctx), ctx.query.get("service")
    if name is not None and name not in control.source.services:
        raise NotFound(f"There is no service '{name}'.")
    world.reset(name, empty=ctx.query["to"] == "empty")
    control.runtime.count_faults()
    return Result(204)


@operation("seed-world")
def fill(ctx: RequestContext, control: Control) -> Any:
    """Add documents to a running world; a document whose id is taken replaces the other. All or none."""
    try:
        return pour(control.world(ctx), control.source, ctx.body)
    except Refusal as refusal:
        raise BAD_SEED(refusal.rule, details=[Detail(refusal.mend, pointer(refusal.at))]) from refusal


@operation("fork-world")
def fork(ctx: RequestContext, control: Control) -> Any:
    """Copy a world to another tenant, in place of what that one had."""
    origin, target = control.world(ctx), ctx.body["to"]
    if target == origin.tenant:
        raise SAME_WORLD("A world cannot be copied onto itself.", details=[Detail("name another", "to")])
    world = control.runtime.worlds.create(target)
    world.adopt(origin)
    control.runtime.count_faults()
    return Result(201, shown(world, control))


def shown(world: World, control: Control) -> dict[str, Any]:
    """A world as the control API prints it."""
    return {
        "tenant": world.tenant,
        "default": world.tenant == control.runtime.worlds.default,
        "clock": clock.shown(world.clock),
        "services": world.services,
        "documents": sum(len(documents) for owner, _, documents in world.contents() if owner not in OWN),
        "requests": len(world.journal),
        "problems": len(world.problems),
        "faults": len(world.faults),
        "snapshots": list(world.snapshots),
    }


def _existing(ctx: RequestContext, control: Control) -> World:
    world = control.runtime.worlds.find(ctx.path["tenant"])
    if world is None:
        raise NotFound(f"There is no world '{ctx.path['tenant']}'.")
    return world
