"""Snapshots of a world: taken, read, compared with now, restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.asgi.control.documents import seed_form
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock.store.sources import instant
from emporix_mock.store.world import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Frozen
    from emporix_mock.store.world import Snapshot


@operation("list-snapshots")
def listed(ctx: RequestContext, control: Control) -> Any:
    """The snapshots of a world."""
    return [_head(name, each) for name, each in control.world(ctx).snapshots.items()]


@operation("put-snapshot")
def take(ctx: RequestContext, control: Control) -> Any:
    """Keep the world as it is now under a name; an older snapshot of that name is replaced."""
    world, name = control.world(ctx), ctx.path["name"]
    status = 200 if name in world.snapshots else 201
    world.snapshots[name] = world.snapshot()
    return Result(status, _head(name, world.snapshots[name]))


@operation("get-snapshot")
def read(ctx: RequestContext, control: Control) -> Any:
    """A snapshot with its documents. Services that were not used before it stand as in the seed."""
    snapshot = _found(ctx, control)
    documents: dict[str, dict[str, Any]] = {}
    for (service, collection), frozen in snapshot.collections.items():
        if service not in OWN:
            content = (orjson.loads(raw) for raw in frozen.docs.values() if raw is not None)
            documents.setdefault(service, {})[collection] = seed_form(content)
    head = _head(ctx.path["name"], snapshot)
    return {**head, "switches": snapshot.switches, "documents": documents}


@operation("delete-snapshot")
def delete(ctx: RequestContext, control: Control) -> Any:
    """Drop a snapshot."""
    _found(ctx, control)
    del control.world(ctx).snapshots[ctx.path["name"]]
    return Result(204)


@operation("restore-snapshot")
def restore(ctx: RequestContext, control: Control) -> Any:
    """Put documents, tokens, clock, ids and switches back as they were; faults and records stay."""
    control.world(ctx).restore(_found(ctx, control))
    return Result(204)


@operation("diff-snapshot")
def diff(ctx: RequestContext, control: Control) -> Any:
    """What has changed since a snapshot, document by document."""
    world = control.world(ctx)
    before = world.restored(_found(ctx, control))
    now = {(service, name): documents.freeze() for service, name, documents in world.contents()}
    return {
        "changes": [
            change
            for key in sorted({*before, *now})
            if key[0] not in OWN
            for change in _changes(key, before.get(key), now.get(key))
        ]
    }


def _changes(key: tuple[str, str], before: Frozen | None, now: Frozen | None) -> Iterator[dict[str, Any]]:
    old: Mapping[str, bytes | None] = before.docs if before else {}
    new: Mapping[str, bytes | None] = now.docs if now else {}
    if old is new:
        return
    for own in [*old, *(own for own in new if own not in old)]:
        was, has = old.get(own), new.get(own)
        if was != has:
            yield {
                "service": key[0],
                "collection": key[1],
                "id": own,
                "change": "added" if was is None else "removed" if has is None else "changed",
                "before": None if was is None else orjson.loads(was),
                "after": None if has is None else orjson.loads(has),
            }


def _found(ctx: RequestContext, control: Control) -> Snapshot:
    found = control.world(ctx).snapshots.get(ctx.path["name"])
    if found is None:
        raise NotFound(f"There is no snapshot '{ctx.path['name']}'.")
    return found


def _head(name: str, snapshot: Snapshot) -> dict[str, Any]:
    services = sorted(snapshot.services - OWN)
    return {"name": name, "at": instant(snapshot.at), "services": services}
