"""The cart that the context of a session names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document

SERVICE: Final = "session-context"


def note_cart(ctx: RequestContext, cart: Document) -> None:
    """Write the cart into the context of the session that it was made for or in."""
    session = cart.get("sessionId") or ctx.caller().session_id
    if not session:
        return
    context = context_of(ctx, session)
    names = ("customerId", "siteCode", "currency")
    known: Document = {name: cart[name] for name in names if name in cart}
    body: Document = {**known, **context, "cartId": cart["id"]}
    body["metadata"] = {"version": context["metadata"]["version"]} if context else {}
    ctx.call(
        SERVICE,
        "PUT-session-context-update-session-context",
        path={"sessionId": session},
        query={"upsert": "true"},
        body={name: value for name, value in body.items() if name != "sessionId"},
    )


def context_of(ctx: RequestContext, session: str) -> Document:
    """The context of a session, empty where it has none."""
    try:
        found = ctx.call(SERVICE, "GET-session-context-retrieve-session-context", path={"sessionId": session})
    except NotFound:
        return {}
    context: Document = found.body
    return context
