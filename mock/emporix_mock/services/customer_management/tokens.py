"""Sessions and token pairs: what each kind of login issues, how long it lives, how it looks.

A session is a document `{id, clientId, at, siteCode…, customerId?, email?}`. It keeps its id from the
anonymous login over the customer's login to the last refresh, which is how a guest's cart is found
again. A refresh token is a document too and names the session that it renews.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import Unauthorized
from emporix_mock.platform import directory, grants
from emporix_mock.rules import saas_token
from emporix_mock.services.customer_management import session_contexts
from emporix_mock.services.customer_management.declared import CONTACT_ONLY, NOT_ACTIVE, ON_HOLD, SPELLING
from emporix_mock.store.tokens import Principal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

TWINS: Final[Mapping[str, str]] = {
    "access_token": "accessToken",
    "saas_token": "saasToken",
    "expires_in": "expiresIn",
    "refresh_token": "refreshToken",
    "refresh_token_expires_in": "refreshTokenExpiresIn",
}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Seconds for which the two tokens of a pair are good."""

    access: int
    refresh: int


ANONYMOUS: Final = Lifetime(3599, 86399)
LOGIN: Final = Lifetime(2591999, 86399)
EXCHANGE: Final = Lifetime(14399, 15551999)
ACCESS_LENGTH: Final = 28
REFRESH_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Pair:
    """An issued access token with its refresh token."""

    principal: Principal
    refresh: str
    lifetime: Lifetime

    def fields(self) -> dict[str, Any]:
        """What every answer says about a pair."""
        return {
            "access_token": self.principal.token,
            "expires_in": self.lifetime.access,
            "refresh_token": self.refresh,
            "refresh_token_expires_in": self.lifetime.refresh,
            "token_type": "Bearer",
        }


def sessions(state: State) -> Documents:
    """All sessions of the tenant."""
    return state.collection("sessions")


def open_session(state: State, client_id: str, **context: Any) -> str:
    """Start a session and return its id."""
    session_id = state.ids.uuid()
    document = {"id": session_id, "clientId": client_id, "at": state.timestamp(), **context}
    sessions(state).put(session_id, document)
    return session_id


def issue_anonymous(state: State, client_id: str, session_id: str) -> Document:
    """The answer with a new token pair of an anonymous session."""
    principal = _principal(
        state, "anonymous", ANONYMOUS, scopes=frozenset(), client_id=client_id, session_id=session_id
    )
    pair = _pair(state, principal, ANONYMOUS)
    return {**pair.fields(), "sessionId": session_id, "scope": principal.scope}


def issue_customer(
    state: State,
    customer_id: str,
    session_id: str,
    *,
    client_id: str = "",
    lifetime: Lifetime = LOGIN,
    legal_entity_id: str | None = None,
) -> Pair:
    """A new token pair of a customer."""
    principal = _principal(
        state,
        "customer",
        lifetime,
        scopes=grants.of_customer(state, customer_id, legal_entity_id),
        client_id=client_id,
        session_id=session_id,
        customer_id=customer_id,
        legal_entity_id=legal_entity_id,
    )
    return _pair(state, principal, lifetime)


def sign_in(
    ctx: RequestContext,
    state: State,
    customer: Mapping[str, Any],
    email: str,
    *,
    session_id: str | None = None,
    lifetime: Lifetime = LOGIN,
) -> Pair:
    """Log a customer in: the session of the caller (or the one named) is the customer's from now on.

    403 for a customer who is inactive, on hold or only a contact.
    """
    refuse_locked(customer)
    caller, number = ctx.caller(), customer["id"]
    wanted = session_id or caller.session_id
    session = sessions(state).get(wanted) if wanted else None
    if session is None:
        wanted = open_session(state, caller.client_id)
        session_contexts.opened(ctx, wanted, {})
        session = sessions(state).get(wanted) or {}
    sessions(state).put(session["id"], {**session, "customerId": number, "email": email})
    directory.note(state, number, lastLogin=state.timestamp())
    pair = issue_customer(state, number, session["id"], client_id=caller.client_id, lifetime=lifetime)
    payload = {"tenant": state.tenant, "sessionId": session["id"], "customerId": number}
    state.emit("customer.logged.in", payload)
    return pair


def refuse_locked(customer: Mapping[str, Any]) -> None:
    """403 for a customer who may not log in."""
    if customer.get("type") == "CONTACT":
        raise CONTACT_ONLY("User not authorized.", details=["The customer is a contact."])
    if not customer.get("active", True):
        raise NOT_ACTIVE("User not authorized.", details=["The customer is not active."])
    if customer.get("onHold", False):
        raise ON_HOLD("User not authorized.", details=["The customer is on hold."])


def saas(state: State, customer_id: str) -> str:
    """A fresh SaaS token of a customer."""
    issued = int(state.now().timestamp())
    return saas_token.issue(state.tenant, customer_id, issued_at=issued, token_id=state.ids.uuid())


def redeem(state: State, token: str, kind: str, *, reusable: bool) -> Document:
    """The record of a refresh token, marked as used; the gateway's 401 for one that is no good."""
    records = state.collection("refreshTokens")
    record = records.get(token)
    if record is None or record["kind"] != kind or ("usedAt" in record and not reusable):
        raise Unauthorized("Invalid Refresh Token", type="keymanagement.service.invalid_refresh_token")
    if record["expiresAt"] <= state.world.clock.seconds():
        raise Unauthorized("Refresh Token expired", type="keymanagement.service.refresh_token_expired")
    records.put(token, {**record, "usedAt": state.timestamp()})
    return record


def twinned(ctx: RequestContext, answer: Document) -> Document:
    """`answer` with the old spelling of its fields beside the new one, unless switched off."""
    if ctx.switch(SPELLING) != "both":
        return answer
    return answer | {old: answer[new] for new, old in TWINS.items() if new in answer}


def _principal(state: State, kind: Any, lifetime: Lifetime, **who: Any) -> Principal:
    token = state.ids.token(ACCESS_LENGTH)
    expiry = state.world.clock.seconds() + lifetime.access
    return state.tokens.issue(Principal(kind, state.tenant, token, expires_at=expiry, **who))


def _pair(state: State, principal: Principal, lifetime: Lifetime) -> Pair:
    refresh = state.ids.token(REFRESH_LENGTH)
    record = {
        "kind": principal.kind,
        "accessToken": principal.token,
        "clientId": principal.client_id,
        "sessionId": principal.session_id,
        "customerId": principal.customer_id,
        "expiresAt": state.world.clock.seconds() + lifetime.refresh,
    }
    state.collection("refreshTokens").put(refresh, record)
    return Pair(principal, refresh, lifetime)
