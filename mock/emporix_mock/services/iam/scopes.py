"""Scopes: those of the documents, those of custom types, and those that a tenant defines.

The first two are known to the platform and become documents when somebody first asks for scopes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import binding
from emporix_mock.engine.metadata import first
from emporix_mock.engine.resource import Resource
from emporix_mock.platform import scopes as platform
from emporix_mock.services.iam.access import refuse_predefined
from emporix_mock.services.iam.declared import MAPS, absent, service, stale

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """A custom scope can be granted as long as it exists."""
    if new is not None:
        platform.provide(state.world, [new["id"]])
    elif old is not None:
        refuse_predefined(ctx, state, None, old)
        platform.withdraw(state.world, [old["id"]])


SCOPES = service.resource(
    Resource(
        path="/iam/{tenant}/scopes",
        collection="scopes",
        new_id="given",
        id_pattern="[A-Za-z0-9._-]+",
        localized=("description",),
        languages=MAPS,
        default_sort="id",
        owned=("predefined",),
        defaults={"predefined": False},
        prepare=refuse_predefined,
        after=after,
        missing=lambda key: absent(key, "Scope not found"),
        stale=stale,
    )
)


def catch_up(state: State) -> None:
    """Have a document for every scope that the platform knows."""
    documents = state.collection(SCOPES.collection)
    shipped = platform.shipped()
    for name in sorted(platform.known(state.world).difference(documents.ids())):
        document = {
            "id": name,
            "domain": name.partition(".")[0],
            "predefined": name in shipped,
            "metadata": first(state),
        }
        documents.put(name, document)


@service.operation("GET-iam-list-tenant-scopes")
def list_scopes(ctx: RequestContext, state: State) -> Result:
    """All scopes of the tenant."""
    catch_up(state)
    return binding.run_list(SCOPES, ctx, state)


@service.operation("GET-iam-retrieve-scope")
def read_scope(ctx: RequestContext, state: State) -> Result:
    """One scope."""
    catch_up(state)
    found: Result = binding.run_read(SCOPES, ctx, state)
    return found


@service.operation("PUT-iam-upsert-custom-scope")
def write_scope(ctx: RequestContext, state: State) -> Result:
    """Make or change a scope of the tenant's own."""
    catch_up(state)
    return binding.run_replace(SCOPES, ctx, state)


@service.operation("DELETE-iam-delete-custom-scope")
def remove_scope(ctx: RequestContext, state: State) -> Result:
    """Remove a scope of the tenant's own."""
    catch_up(state)
    return binding.run_delete(SCOPES, ctx, state)
