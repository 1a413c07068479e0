"""Whether a visitor's session is over: it lives as long as one of its access tokens (session facts 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emporix_mock.store.world import State


def over(state: State, session_id: str) -> bool:
    """Whether a session has had anonymous tokens and none of them is good any more.

    A session that a customer logged in to does not time out; one without tokens was never opened here.
    """
    logins = state.world.state("customer-management")
    session = logins.collection("sessions").get(session_id)
    if session is None or session.get("customerId"):
        return False
    records = logins.collection("refreshTokens")
    issued = [(records.get(key) or {}).get("accessToken") for key in records.find("sessionId", session_id)]
    known = [token for name in issued if name and (token := state.tokens.find(name)) is not None]
    now = state.world.clock.seconds()
    return bool(known) and all(token.expires_at <= now for token in known)
