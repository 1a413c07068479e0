"""Payment modes: what the resource does not do by itself, and the view of storefronts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.rules.payments import storefront_view
from emporix_mock.services.payment_gateway.declared import MODES, PUT_ANSWER, missing, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("PUT-payment-gateway-update-payment-mode")
def replace(ctx: RequestContext, state: State) -> Document:
    """Configure a mode, switch it on or off; the answer is by default the mode as it was."""
    old = crud.read(MODES, ctx, state, ctx.path["id"])
    body = crud.accepted(ctx, MODES)
    new, _ = crud.replace(MODES, ctx, state, old["id"], body, upsert=False, writable=ctx.about.writable)
    return old if ctx.switch(PUT_ANSWER) == "old" else new


@service.operation("DELETE-payment-gateway-remove-payment-mode")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a mode; its transactions stay."""
    crud.delete(MODES, ctx, state, ctx.path["id"])
    return Result(200)


@service.operation("GET-payment-gateway-list-payment-modes-frontend")
def list_active(_ctx: RequestContext, state: State) -> list[Document]:
    """The active modes, without anything secret."""
    return [storefront_view(mode) for mode in state.collection(MODES.collection).scan() if mode.get("active")]


@service.operation("GET-payment-gateway-retrieve-payment-mode-frontend")
def read_active(ctx: RequestContext, state: State) -> list[Document]:
    """One active mode without anything secret; the document makes it a list."""
    mode = crud.find(MODES, ctx, state, ctx.path["id"])
    if mode is None or not mode.get("active"):
        raise missing(ctx.path["id"])
    return [storefront_view(mode)]
