"""Reading and writing one document of a resource (conventions, sections 9 to 11 and 13)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import effects, translation
from emporix_mock.engine.dialects import patched
from emporix_mock.engine.listing import count, listing, page_of, select, totals
from emporix_mock.engine.metadata import given_version, stamp
from emporix_mock.engine.ownership import plant
from emporix_mock.engine.patching import merge_patch
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.selection import parse_query
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Collection

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document
    from emporix_mock.store.sources import Ids
    from emporix_mock.store.world import State

__all__ = [
    "accepted",
    "check_parent",
    "count",
    "create",
    "delete",
    "delete_all",
    "find",
    "listing",
    "page_of",
    "parse_query",
    "patch",
    "read",
    "replace",
    "select",
    "totals",
    "write",
]


def find(resource: Resource, ctx: RequestContext, state: State, key: str) -> Document | None:
    """The stored document, None where there is none; the caller's rights aside."""
    return state.collection(resource.collection).get(resource.key_of(ctx, key))


def read(resource: Resource, ctx: RequestContext, state: State, key: str) -> Document:
    """The stored document that the caller may see; the resource's 404 otherwise."""
    document = find(resource, ctx, state, key)
    if document is None:
        raise resource.missing(key)
    if not resource.visible_to(ctx, state, document):
        raise resource.hidden(key)
    return document


def check_parent(resource: Resource, ctx: RequestContext, state: State) -> None:
    """Raise the 404 of the resource above where the document that the path leads through is missing."""
    above, stored = resource.under, resource.parent_of(ctx)
    if above is None or stored is None:
        return
    key = ctx.path[resource.parents[-1]]
    document = state.collection(above.collection).get(stored)
    if document is None:
        raise above.missing(key)
    if not above.visible_to(ctx, state, document):
        raise above.hidden(key)


def write(
    resource: Resource, ctx: RequestContext, state: State, new: Document, old: Document | None
) -> Document:
    """Complete, check and store a document; the one way in for create, replace and patch.

    Raises the resource's `stale`, `unversioned` and `duplicate`, and 400 for an unknown reference.
    """
    own = new[resource.key]
    if resource.version is not None:
        stamp(resource, state, new, old)
    if resource.parent is not None:
        new[PARENT] = resource.parent_of(ctx)
    for field, name in resource.from_path.items():
        if name in ctx.path:
            plant(new, field, ctx.path[name])
    for name, value in resource.defaults.items():
        new.setdefault(name, value)
    if resource.owner is not None and old is None:
        resource.owner.claim(ctx, new, str(own))
    if resource.vendor is not None:
        resource.vendor.claim(ctx, new, str(own))
    if resource.prepare is not None:
        resource.prepare(ctx, state, new, old)
    stored = resource.key_of(ctx, new[resource.key])
    if resource.references:
        effects.check_references(resource, ctx, state, new)
    if resource.unique:
        effects.check_unique(resource, state, new, stored)
    if resource.mixins is not None and new.get("mixins"):
        resource.mixins(ctx, state, new, old)
    state.collection(resource.collection).put(stored, new)
    if resource.after is not None:
        resource.after(ctx, state, old, new)
    effects.announce(resource, ctx, state, old, new)
    return new


def create(resource: Resource, ctx: RequestContext, state: State, body: Document) -> Document:
    """Store a new document under its own or a new id; the resource's `duplicate` when it is taken."""
    if resource.localized:
        body = translation.stored(resource.languages, resource.localized, ctx, state, body)
    own = body.get(resource.key)
    if own is None or own == "":
        own = new_id(resource, ctx, state, body)
    else:
        check_id(resource, str(own))
    if resource.key_of(ctx, own) in state.collection(resource.collection):
        raise resource.duplicate(str(own))
    return write(resource, ctx, state, {**body, resource.key: own}, None)


def new_id(resource: Resource, ctx: RequestContext, state: State, body: Document) -> str:
    """An id that no document of the collection has; 400 where the client has to choose it."""
    if not isinstance(resource.new_id, str):
        return resource.new_id(ctx, state, body)
    if resource.new_id == "given":
        raise BadRequest(
            CONSTRAINTS,
            type="validation_violation",
            details=[Detail(f"{resource.key} is missing", resource.key, "missing_field")],
            rule="engine/id-required",
        )
    while True:
        own = drawn(state.ids, resource.new_id)
        if resource.key_of(ctx, own) not in state.collection(resource.collection):
            return own


def drawn(ids: Ids, recipe: str) -> str:
    """An id of the source by the name of its method, with a size where it takes one (`hex:10`)."""
    method, _, size = recipe.partition(":")
    source = getattr(ids, method)
    return str(source(int(size)) if size else source())


def check_id(resource: Resource, own: str) -> None:
    """Raise 400 for an id that a client chose and the resource does not take."""
    if resource.id_pattern is not None and not re.fullmatch(resource.id_pattern, own):
        raise BadRequest(
            CONSTRAINTS,
            type="validation_violation",
            details=[Detail(f"'{own}' is no valid {resource.key}", resource.key, "invalid_field")],
            rule="engine/invalid-id",
        )


def replace(
    resource: Resource,
    ctx: RequestContext,
    state: State,
    key: str,
    body: Document,
    *,
    upsert: bool,
    writable: Collection[str] | None = None,
) -> tuple[Document, bool]:
    """Replace a document, or create it under `key` when `upsert`; the second value says created.

    Members of the old document that are not `writable` (None: all are) stay, and so do `fixed` and
    `owned` ones.
    """
    if resource.localized:
        body = translation.stored(resource.languages, resource.localized, ctx, state, body)
    old = find(resource, ctx, state, key)
    if old is None:
        if not upsert:
            raise resource.missing(key)
        check_id(resource, key)
        return write(resource, ctx, state, {**body, resource.key: key}, None), True
    if not resource.visible_to(ctx, state, old):
        raise resource.hidden(key)
    kept = {} if writable is None else {name: old[name] for name in old if name not in writable}
    new = {**kept, **body, resource.key: key}
    keep_own(resource, new, old)
    return write(resource, ctx, state, new, old), False


def keep_own(resource: Resource, new: Document, old: Document) -> None:
    """Carry over what only a create or only the server writes."""
    for name in resource.fixed:
        if name in old:
            new[name] = old[name]
    for field in resource.owned:
        _carry(new, old, field.split("."))


def _carry(new: Document, old: Any, path: list[str]) -> None:
    name, *rest = path
    if not isinstance(old, dict) or name not in old:
        if not rest:
            new.pop(name, None)
        return
    if not rest:
        new[name] = old[name]
    else:
        inner = new.get(name)
        if not isinstance(inner, dict):
            inner = new[name] = {}
        _carry(inner, old[name], rest)


def patch(resource: Resource, ctx: RequestContext, state: State, key: str, change: Any) -> Document:
    """Change a document: an object is merged into it, a list is a list of patch operations."""
    old = read(resource, ctx, state, key)
    if isinstance(change, list):
        new = patched(resource, ctx, old, change)
        if resource.localized:
            new = translation.restored(resource.localized, ctx, state, old, new)
    else:
        if resource.localized:
            change = translation.stored(resource.languages, resource.localized, ctx, state, change)
        if resource.lock == "required" and resource.version and given_version(resource, change) is None:
            raise resource.unversioned(key)
        new = merge_patch(old, change)
    new[resource.key] = old[resource.key]
    keep_own(resource, new, old)
    return write(resource, ctx, state, new, old)


def delete(resource: Resource, ctx: RequestContext, state: State, key: str) -> None:
    """Remove a document with what hangs on it; the resource's 404 when there is none."""
    old = read(resource, ctx, state, key)
    stored = resource.key_of(ctx, key)
    if resource.held_by:
        effects.check_held(resource, ctx, state, stored, old)
    state.collection(resource.collection).delete(stored)
    effects.cascade(resource, state, stored, old)
    if resource.after is not None:
        resource.after(ctx, state, old, None)
    effects.announce(resource, ctx, state, old, None)


def delete_all(resource: Resource, ctx: RequestContext, state: State, listed: Any = None) -> None:
    """Remove every document of the collection that the caller may see, or those whose ids are listed."""
    if isinstance(listed, list):
        keys = [str(own) for own in listed if find(resource, ctx, state, str(own)) is not None]
    else:
        keys = [str(document[resource.key]) for document in select(resource, ctx, state)]
    for key in keys:
        delete(resource, ctx, state, key)


def accepted(ctx: RequestContext, resource: Resource | None = None, body: Any = None) -> Document:
    """The body (or an element of it) without members that the operation does not take from clients."""
    given: Document = (ctx.body if body is None else body) or {}
    allowed = ctx.about.writable
    taken = dict(given) if allowed is None else {k: v for k, v in given.items() if k in allowed}
    if resource is not None:
        for field in resource.owned:
            _carry(taken, {}, field.split("."))
    return taken
