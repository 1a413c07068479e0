"""OAuth: service tokens for client credentials.

Documented is only the success; refusals follow what clients met (client-quirks 1 to 3): the client id
is looked up before secret and scope, scopes that the key lacks are dropped silently. The body may also
be JSON. There is no refresh token: its fields are there and empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.service import Service
from emporix_mock.errors import Unauthorized
from emporix_mock.platform import api_keys
from emporix_mock.store.tokens import Principal

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

service = Service("oauth-service")

LIFETIME = 14399
IDLE_TIME = 120

service.collection("keys")
service.accept("POST-oauth-request-client-credentials", "application/json")


@service.operation("POST-oauth-request-client-credentials")
def issue_token(ctx: RequestContext, state: State) -> dict[str, Any]:
    """Exchange a client id and secret for a token with the key's scopes or the subset asked for."""
    asked = ctx.body
    key = api_keys.find(state, asked["client_id"])
    if key.secret is None or asked.get("client_secret") != key.secret:
        raise Unauthorized("Client credentials are invalid", type="oauth.v2.invalid_client")
    wanted = frozenset(name for name in asked.get("scope", "").split() if not name.startswith("tenant="))
    granted = key.scopes & wanted if wanted else key.scopes
    # The whole backend grant is a wildcard inside, so that it also covers scopes made after its issue.
    held = frozenset("*") if key.everything and not wanted else granted
    token = state.ids.token(32)
    expiry = state.world.clock.seconds() + LIFETIME
    principal = Principal(
        "employee" if key.employee else "service",
        state.tenant,
        token,
        held,
        client_id=key.employee or key.client_id,
        expires_at=expiry,
        vendor_id=key.vendor,
    )
    state.tokens.issue(principal)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "session_idle_time": IDLE_TIME,
        "refresh_token": "",
        "refresh_token_expires_in": 0,
        "scope": " ".join([*sorted(granted), f"tenant={state.tenant}"]),
    }
