"""Instances of custom types: whose they are, what their mixins may hold, what they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import mixins
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.errors import Detail
from emporix_mock.services.schema.declared import (
    BAD_OWNER,
    LANGUAGES,
    UNMATCHED,
    duplicate,
    file_name,
    invalid,
    missing,
    schema_for,
    service,
    stale,
    url_of,
)
from emporix_mock.services.schema.linked import check_references, expanded
from emporix_mock.services.schema.types import CUSTOM_TYPES

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import State

INSTANCES = "instances"


# Whose they are (configuration facts, section 7.3).


def _unlimited(ctx: RequestContext) -> bool:
    """Whether the caller reaches the instances of everybody."""
    rights = ("read", "manage") if ctx.about.reads else ("manage",)
    own = ctx.path["type"].lower()
    names = [name for right in rights for name in (f"schema.custominstance_{right}", f"custom.{own}_{right}")]
    return ctx.caller().may(*names)


def _visible(ctx: RequestContext, _state: State, document: Document) -> bool:
    if _unlimited(ctx):
        return True
    caller, owner = ctx.caller(), document.get("owner") or {}
    company = owner.get("legalEntityId")
    return owner.get("userId") == _user(caller) or (company is not None and company == caller.legal_entity_id)


def _user(caller: Principal) -> str:
    return caller.customer_id or caller.client_id


def _owner(ctx: RequestContext, given: Document | None) -> Document:
    caller = ctx.caller()
    if given is not None and _unlimited(ctx):
        if given.get("legalEntityId") and given["type"] != "CUSTOMER":
            raise invalid(BAD_OWNER, "owner.legalEntityId", "Only customers belong to a legal entity")
        return given
    if caller.kind not in ("customer", "employee"):
        return {"type": "SERVICE", "userId": caller.client_id}
    owner = {"type": caller.kind.upper(), "userId": _user(caller)}
    if caller.kind == "customer" and caller.legal_entity_id:
        owner["legalEntityId"] = caller.legal_entity_id
    return owner


# What they hold.


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    new["owner"] = _owner(ctx, new.get("owner")) if old is None else old["owner"]
    values = new.setdefault("mixins", {})
    urls, kept = {}, mixins.urls_of(new)
    for name, value in values.items():
        if value:
            urls[name] = _checked(ctx, state, new, name, kept.get(name))
    new["metadata"]["mixins"] = urls
    if ctx.query.get("validateReferences"):
        check_references(state, values)


def _checked(ctx: RequestContext, state: State, new: Document, name: str, given: Any) -> str:
    """The URL of a mixin's schema, whose values it allows. Raises 400."""
    schema = schema_for(state, name, ctx.path["type"])
    if schema is None:
        raise UNMATCHED("No matching schema found", details=[Detail(f"mixins.{name}", f"mixins.{name}")])
    own = file_name(schema) if given is None else mixins.name_of(state, str(given))
    raw = mixins.file_named(state, own) if own is not None else None
    if own is None or raw is None or own.rpartition("_v")[0] != name:
        text = f"{given} is no version of the schema '{name}'"
        raise UNMATCHED("No matching schema found", details=[Detail(text, f"metadata.mixins.{name}")])
    mixins.check_value(name, raw, new["mixins"][name])
    return url_of(ctx, own)


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    assets = state.world.state("media").collection("assets")
    found = (assets.get(key) or {} for key in assets.among("refIds.id", (document["id"],)))
    document["media"] = [
        asset["id"]
        for asset in found
        if {"type": document["type"], "id": document["id"]} in (asset.get("refIds") or ())
    ]
    urls = mixins.urls_of(document)
    document["metadata"]["mixins"] = {name: _shown(ctx, state, url) for name, url in urls.items()}
    if ctx.query.get("expand"):
        document["mixins"] = expanded(state, document["mixins"], ctx.query["expand"])
    return document


def _shown(ctx: RequestContext, state: State, url: str) -> str:
    """A schema URL under which the caller reaches the file."""
    own = mixins.name_of(state, url)
    return url if own is None else url_of(ctx, own)


def _after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """What is announced; names are wrapped (webhook facts, section 6)."""
    kind = ctx.path["type"]
    if new is None:
        state.emit(
            "schema.custom-instance-deleted",
            {"tenant": state.tenant, "type": kind, "id": (old or {})["id"]},
        )
        return
    shown = {name: value for name, value in new.items() if name not in (PARENT, "type")}
    if "name" in shown:
        shown["name"] = {"name": shown["name"]}
    verb = "created" if old is None else "updated"
    payload = {"tenant": state.tenant, "type": kind, "customInstance": shown}
    state.emit(f"schema.custom-instance-{verb}", payload)


service.resource(
    Resource(
        path="/schema/{tenant}/custom-entities/{type}/instances",
        collection=INSTANCES,
        parent="type",
        under=CUSTOM_TYPES,
        from_path={"type": "type"},
        id_pattern=r"[A-Za-z0-9_-]{1,66}",
        fixed=("owner",),
        localized=("name",),
        languages=LANGUAGES,
        compound=True,
        mixins=None,
        prepare=_prepare,
        present=_present,
        after=_after,
        visible=_visible,
        sees_all=_unlimited,
        seen_by=lambda ctx, _state: (_user(ctx.caller()), ctx.caller().legal_entity_id),
        missing=missing,
        duplicate=duplicate,
        not_latest=stale,
    )
)
