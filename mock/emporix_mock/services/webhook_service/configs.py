"""Configurations: one per provider, one of them active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.rules import webhook_patch, webhooks
from emporix_mock.services.webhook_service.declared import (
    ABSENT_SECRET,
    ACTIVE,
    AMBIGUOUS,
    CHECK,
    CONFIGS,
    LAST_ACTIVE,
    NO_CHANGES,
    OTHER_CODE,
    missing,
    refused,
    service,
    taken,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

REPLACE = "PUT-webhook-update-config"


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    inner = new.get("configuration") or {}
    if new["provider"] == "HTTP":
        before = old if old and old["provider"] == "HTTP" else {}
        try:
            inner = webhooks.filled(inner)
            _complete(ctx, state, inner, before.get("configuration") or {}, creating=old is None)
        except webhooks.Refused as error:
            raise _worded(error) from error
    new["configuration"] = inner
    _settle_active(ctx, state, new, old)


def _complete(
    ctx: RequestContext, state: State, inner: Document, stored: Document, *, creating: bool
) -> None:
    if inner.get("eventsConfiguration") is not None:
        inner["eventsConfiguration"] = webhooks.identified(
            inner["eventsConfiguration"],
            stored.get("eventsConfiguration") or (),
            state.ids.uuid,
            creating=creating,
        )
    if ctx.operation_id == REPLACE and ctx.switch(ABSENT_SECRET) == "kept":
        webhooks.keep_secrets(inner, stored)
    webhooks.check_http(inner, _reachable if ctx.switch(CHECK) == "form" else lambda _url: True)


def _worded(error: webhooks.Refused) -> EmporixError:
    return AMBIGUOUS(error.text) if error.conflict else refused(error.text)


def _reachable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and bool(host) and not host.endswith(".invalid")
    except ValueError:
        return False


def _settle_active(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """One configuration is active at a time."""
    configs = state.collection(CONFIGS)
    others = [code for code in configs.find("active", value=True) if code != new["code"]]
    was = bool(old and old["active"])
    new.setdefault("active", was)
    if new["active"]:
        for code in others:
            configs.put(code, {**(configs.get(code) or {}), "active": False})
    elif was and not others and ctx.switch(LAST_ACTIVE) == "stays":
        new["active"] = True


def _present(_ctx: RequestContext, _state: State, document: Document) -> Document:
    inner = document.pop("configuration", None)
    if document["provider"] == "HTTP":
        document["configuration"] = webhooks.shown(inner or {})
    return document


CONFIG = service.resource(
    Resource(
        path="/webhook/{tenant}/config",
        collection=CONFIGS,
        key="code",
        new_id="given",
        metadata="top",
        lock="ignored",
        unique=("provider",),
        mixins=None,
        prepare=_prepare,
        present=_present,
        missing=missing,
        duplicate=taken,
    )
)


@service.operation(REPLACE)
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a configuration; secrets, which cannot be read, stay unless new ones come."""
    ctx.about.check_payload(ctx.body)
    old = crud.read(CONFIG, ctx, state, ctx.path["code"])
    if ctx.body.get("code", old["code"]) != old["code"]:
        raise OTHER_CODE("The code of a configuration cannot be changed.")
    body = crud.accepted(ctx, CONFIG)
    crud.replace(CONFIG, ctx, state, old["code"], body, upsert=False, writable=ctx.about.writable)
    return Result(204)


@service.operation("PATCH-webhook-update-config")
def patch(ctx: RequestContext, state: State) -> Result:
    """Change parts, all or none."""
    ctx.about.check_payload(ctx.body)
    if not ctx.body:
        raise NO_CHANGES(SEE_DETAILS, details=["no operations"])
    old = crud.read(CONFIG, ctx, state, ctx.path["code"])
    try:
        new: dict[str, Any] = webhook_patch.patched(old, ctx.body)
    except webhooks.Refused as error:
        raise _worded(error) from error
    crud.write(CONFIG, ctx, state, new, old)
    return Result(204)


@service.operation("DELETE-webhook-remove-config")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a configuration; the active one by force only."""
    old = crud.read(CONFIG, ctx, state, ctx.path["code"])
    if old["active"] and not ctx.query.get("force"):
        raise ACTIVE(f"The configuration '{old['code']}' is active.", details=["force=true deletes it"])
    crud.delete(CONFIG, ctx, state, old["code"])
    return Result(204)
