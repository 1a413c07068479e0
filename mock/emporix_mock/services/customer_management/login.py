"""Customer tokens: login, renewal, validation, logout."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.platform import credentials, directory, password_migration
from emporix_mock.rules.customers import company_ids
from emporix_mock.rules.members import without_gaps
from emporix_mock.services.customer_management import session_contexts, tokens
from emporix_mock.services.customer_management.declared import (
    CUSTOMER_REUSE,
    FOREIGN_COMPANY,
    invalid_token,
    me,
    service,
    wrong_credentials,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-customer-authenticate-customer")
def log_in(ctx: RequestContext, state: State) -> Document | Result:
    """Check e-mail and password and issue the customer's tokens in the caller's session."""
    password_migration.catch_up(state)
    account = credentials.find(state, ctx.body["email"])
    customer = directory.find(state, account["customerNumber"]) if account else None
    if account is None or customer is None or not credentials.accepts(state, account, ctx.body["password"]):
        # Answered, not raised: the end of the migration time that this login noticed has to stay.
        return Result(401, wrong_credentials().body)
    return logged_in(ctx, state, customer, account)


def logged_in(ctx: RequestContext, state: State, customer: Document, account: Document) -> Document:
    """The answer to a login with an account of the platform."""
    pair = tokens.sign_in(ctx, state, customer, account["id"])
    return tokens.twinned(
        ctx,
        {
            **pair.fields(),
            "saas_token": tokens.saas(state, customer["id"]),
            "session_id": pair.principal.session_id,
            "initialPassword": account.get("initialPassword", False),
        },
    )


@service.operation("GET-customer-refresh-authtoken")
def refresh(ctx: RequestContext, state: State) -> Document:
    """New tokens for the same session, bound to a company when one is named, free of any otherwise."""
    reusable = ctx.switch(CUSTOMER_REUSE) == "tolerated"
    record = tokens.redeem(state, ctx.query["refreshToken"], "customer", reusable=reusable)
    customer = directory.find(state, record["customerId"])
    if customer is None:
        raise invalid_token()
    tokens.refuse_locked(customer)
    company = ctx.query.get("legalEntityId")
    if company and company not in company_ids(customer):
        raise FOREIGN_COMPANY(
            "User not authorized.", details=[f"The customer is not assigned to the company '{company}'."]
        )
    pair = tokens.issue_customer(
        state,
        record["customerId"],
        record["sessionId"],
        client_id=record["clientId"],
        legal_entity_id=company or None,
    )
    session_contexts.bind(ctx, record["sessionId"], company or None)
    return tokens.twinned(ctx, {**pair.fields(), "session_id": record["sessionId"]})


@service.operation("GET-customer-validate-token")
def validate(ctx: RequestContext, state: State) -> Document:
    """What the caller's token allows and how long it still does."""
    caller, customer = ctx.caller(), me(ctx, state)
    session = tokens.sessions(state).get(caller.session_id) if caller.session_id else None
    accounts = credentials.of_customer(state, customer["id"])
    answer = {
        "token_type": "Bearer",
        "expires_in": ceil(min(caller.expires_at - state.world.clock.seconds(), 2**31 - 1)),
        "scope": caller.scope,
        "sessionId": caller.session_id,
        "email": (session or {}).get("email") or (accounts[0]["id"] if accounts else None),
        "legalEntityId": caller.legal_entity_id,
    }
    return without_gaps(answer)


@service.operation("GET-customer-logout-customer")
def log_out(ctx: RequestContext, state: State) -> Result:
    """End the session of a token of the caller: its customer tokens and their refresh tokens die."""
    caller, named = ctx.caller(), state.tokens.find(ctx.query["accessToken"])
    if named is None or named.customer_id is None or named.customer_id != caller.customer_id:
        raise invalid_token()
    for token in list(state.tokens.of_customer(named.customer_id)):
        principal = state.tokens.find(token)
        if token == named.token or (
            principal is not None and principal.session_id == named.session_id is not None
        ):
            state.tokens.revoke(token)
    if named.session_id is None:
        return Result(204)
    state.emit("session.ended", {"tenant": state.tenant, "sessionId": named.session_id})
    refreshes = state.collection("refreshTokens")
    for key in refreshes.find("sessionId", named.session_id):
        if (refreshes.get(key) or {}).get("kind") == "customer":
            refreshes.delete(key)
    session = tokens.sessions(state).get(named.session_id)
    if session is not None:
        kept = {k: v for k, v in session.items() if k not in ("customerId", "email")}
        tokens.sessions(state).put(session["id"], kept)
    return Result(204)
