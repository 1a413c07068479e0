"""What a world stores, readable: for looking, and for copying into a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.engine.resource import PARENT
from emporix_mock.errors import NotFound
from emporix_mock.seed.layout import layouts
from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document


@operation("list-documents")
def of_service(ctx: RequestContext, control: Control) -> Any:
    """Every document of a service by collection, in seed form."""
    return stored(ctx, control)


@operation("list-collection")
def of_collection(ctx: RequestContext, control: Control) -> Any:
    """Every document of one collection."""
    found, name = stored(ctx, control), ctx.path["collection"]
    if name not in found:
        raise NotFound(f"{ctx.path['service']} has no collection '{name}' here.")
    return found[name]


def stored(ctx: RequestContext, control: Control) -> dict[str, Any]:
    """The documents of the service of the path; its seed is loaded. 404 for a service that is not served."""
    name = ctx.path["service"]
    if name not in control.source.services:
        raise NotFound(f"There is no service '{name}'.")
    world = control.world(ctx)
    world.load(name)
    found: dict[str, Any] = {collection: [] for collection in layouts(registry.load(name))}
    for service, collection, documents in world.contents():
        if service == name:
            found[collection] = seed_form(documents.scan())
    return found


def seed_form(documents: Iterable[Document]) -> list[Document] | dict[str, list[Document]]:
    """Documents as a seed lists them: those that stand below others by the id above."""
    plain: list[Document] = []
    below: dict[str, list[Document]] = {}
    for document in documents:
        parent = document.pop(PARENT, None)
        (plain if parent is None else below.setdefault(parent, [])).append(document)
    return below or plain
