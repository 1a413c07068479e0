"""Anonymous sessions: the login of a storefront's visitor and its renewal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform import api_keys, sessions
from emporix_mock.services.customer_management import session_contexts, tokens
from emporix_mock.services.customer_management.declared import ANONYMOUS_REUSE, required, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

CONTEXT = ("siteCode", "currency", "language", "targetLocation")


@service.operation("GET-oauth-generate-anonymous-access-token")
def anonymous_login(ctx: RequestContext, state: State) -> Document:
    """Start a session, with the context that the storefront names and no other."""
    client = storefront_client(ctx, state)
    context = {name: ctx.query[name] for name in CONTEXT if ctx.query.get(name)}
    session_id = tokens.open_session(state, client, **context)
    session_contexts.opened(ctx, session_id, context)
    return tokens.issue_anonymous(state, client, session_id)


@service.operation("GET-oauth-refresh-anonymous-access-token")
def anonymous_refresh(ctx: RequestContext, state: State) -> Document:
    """New tokens for the same session; the old access token, deprecated, serves instead of the other."""
    client = storefront_client(ctx, state)
    token = ctx.query.get("refresh_token")
    if not token and ctx.query.get("anonymous_token"):
        found = state.collection("refreshTokens").find("accessToken", ctx.query["anonymous_token"])
        token = found[0] if found else "unknown"
    required({"refresh_token": token}, "refresh_token")
    reusable = ctx.switch(ANONYMOUS_REUSE) == "tolerated"
    record = tokens.redeem(state, str(token), "anonymous", reusable=reusable)
    session_id = record["sessionId"]
    if sessions.over(state, session_id):
        session = tokens.sessions(state).get(session_id) or {}
        session_contexts.opened(ctx, session_id, {name: session[name] for name in CONTEXT if name in session})
    return tokens.issue_anonymous(state, client, session_id)


def storefront_client(ctx: RequestContext, state: State) -> str:
    """The client id of the request; the gateway's 401 unless it is the tenant's storefront key."""
    key = api_keys.find(state, ctx.query["client_id"])
    if not key.storefront or ctx.query["tenant"] != state.tenant:
        raise api_keys.invalid_key()
    return key.client_id
