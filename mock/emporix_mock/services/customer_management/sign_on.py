"""Sign-on through an identity provider, which is scripted: nobody is asked over the network.

What the provider would vouch for are documents of the collection `identities`, seeded by whoever wants
such a login to succeed: `{id, code | token, email, subject, firstName, lastName, providerId}`. Every
other code or token is refused as the provider would refuse it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import credentials, directory
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.services.customer_management import tokens
from emporix_mock.services.customer_management.declared import invalid_token, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DEFAULT_PROVIDER = "identity-provider"
SOCIAL_IDLE_TIME = 3600
EXCHANGE_IDLE_TIME = 120

UNKNOWN_CONFIG = service.rule(
    "unknown-exchange-config",
    400,
    type="bad_request",
    source="document: a configuration that does not exist is 400",
)
NOT_PROVISIONED = service.rule(
    "not-provisioned",
    403,
    type="Forbidden",
    source="setting ssoCustomerAutoprovisioningDisabled; status of the social login undocumented [choice]",
)


@service.operation("POST-customer-exchange-authtoken")
def exchange(ctx: RequestContext, state: State) -> Document:
    """Swap a provider's access token for a customer token."""
    wanted, known = ctx.query.get("config"), setting(state, "tokenExchange")
    if wanted and wanted not in known:
        raise UNKNOWN_CONFIG(
            "The token exchange configuration does not exist.",
            details=[Detail(f"'{wanted}' is unknown", "config", "invalid_field")],
        )
    given = ctx.query["subjectAccessToken"]
    identity = vouched(state, "token", given)
    customer = customer_of(state, identity)
    if customer is None:
        raise NotFound("Customer not found.", type="resource_not_found")
    pair = tokens.sign_in(ctx, state, customer, identity["email"], lifetime=tokens.EXCHANGE)
    return {
        **pair.fields(),
        "subject_access_token": given,
        "saas_token": tokens.saas(state, customer["id"]),
        "session_idle_time": EXCHANGE_IDLE_TIME,
        "scope": pair.principal.scope,
        "session_id": pair.principal.session_id,
    }


@service.operation("POST-customer-login-customer-by-auth0")
def social_login(ctx: RequestContext, state: State) -> Document:
    """Log in with a provider's authorization code. Numbers are strings and no session id is told."""
    identity = vouched(state, "code", ctx.query["code"])
    customer = customer_of(state, identity)
    if customer is None:
        raise NOT_PROVISIONED("User not authorized.")
    session_id = ctx.headers.get("session-id")
    pair = tokens.sign_in(ctx, state, customer, identity["email"], session_id=session_id)
    return {
        **pair.fields(),
        "expires_in": str(pair.lifetime.access),
        "refresh_token_expires_in": str(pair.lifetime.refresh),
        "social_access_token": state.ids.token(32),
        "social_id_token": state.ids.token(64),
        "saas_token": tokens.saas(state, customer["id"]),
        "session_idle_time": SOCIAL_IDLE_TIME,
        "scope": pair.principal.scope,
    }


def vouched(state: State, field: str, value: str) -> Document:
    """The identity that the provider vouches for; the gateway's 401 for a code or token it does not know."""
    identities = state.collection("identities")
    found = identities.find(field, value)
    identity = identities.get(found[0]) if found else None
    if identity is None or not identity.get("email"):
        raise invalid_token()
    return identity


def customer_of(state: State, identity: Document) -> Document | None:
    """The customer of an identity, made at the first sight of it unless the tenant forbids that."""
    account = account_of(state, identity)
    if account is not None:
        customer = directory.find(state, account["customerNumber"])
    elif setting(state, "ssoCustomerAutoprovisioningDisabled"):
        return None
    else:
        names = {name: identity[name] for name in ("firstName", "lastName") if identity.get(name)}
        profile: dict[str, Any] = {**names, "contactEmail": identity["email"], "email": identity["email"]}
        customer = directory.create(state, profile)
    if customer is not None and (account is None or "providerId" not in account):
        link(state, identity, customer["id"])
    return customer


def account_of(state: State, identity: Document) -> Document | None:
    """The account that an identity means: by e-mail, or by the provider's own subject."""
    accounts = credentials.accounts(state)
    if setting(state, "ssoCustomerIdentifierField") == "SUBJECT":
        keys = accounts.find("subject", identity["subject"]) if identity.get("subject") else []
    else:
        keys = accounts.find("id", identity["email"])
        account = credentials.find(state, identity["email"])
        if account is not None:
            return account
    return accounts.get(keys[0]) if keys else None


def link(state: State, identity: Document, number: str) -> None:
    """List the provider among the customer's accounts; once is enough."""
    provider = identity.get("providerId", DEFAULT_PROVIDER)
    if any(a.get("providerId") == provider for a in credentials.of_customer(state, number)):
        return
    credentials.add_social(
        state, identity["email"], number, provider=provider, subject=identity.get("subject")
    )
