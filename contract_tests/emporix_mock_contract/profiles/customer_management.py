"""Customers as they see themselves: tokens, profile, addresses, passwords, sign-on.

Every call that ends a token, a password or a login address gets a customer of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock_contract.callers import OWNER, PASSWORD
from emporix_mock_contract.client import SetupError
from emporix_mock_contract.profile import Call, Caller, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.callers import Customer
    from emporix_mock_contract.profile import Bench, Values

ADDRESS = {
    "contactName": "Contract Run",
    "country": "DE",
    "zipCode": "10115",
    "city": "Berlin",
    "tags": ["shipping"],
}
IDENTITIES = [
    {"code": "contract-code", "email": "contract.code@example.com", "subject": "contract-1"},
    {"token": "contract-token", "email": "contract.token@example.com", "subject": "contract-2"},
]


def arrange(bench: Bench) -> Values:
    """Give the owner an address, and the identity provider two people to vouch for."""
    owner, keys = bench.callers.customer(OWNER), bench.callers.keys
    path = f"/customer/{bench.tenant}/me/addresses"
    address = bench.client.ask("POST", path, token=owner.token, json=ADDRESS)
    if bench.control is not None:
        bench.control.seed({"customer-management": {"identities": IDENTITIES}})
    return {
        "owner": owner.number,
        "address": address["id"],
        "email": owner.email,
        "password": PASSWORD,
        "tenant": bench.tenant,
        "client": keys.storefront_client_id,
        "code": "contract-code",
        "subject": "contract-token",
    }


def session(bench: Bench, _values: Values) -> Values:
    """An anonymous session to renew."""
    opened = bench.callers.session()
    return {"refresh": opened["refresh_token"], "anonymous": opened["access_token"]}


def disposable(bench: Bench, _values: Values) -> Values:
    """A customer whose token, password or address may end with the call."""
    return _of(bench.callers.newcomer())


def renewable(bench: Bench, _values: Values) -> Values:
    """A customer's refresh token, which is good once; who sends it stays as it is."""
    return {"refresh": bench.callers.newcomer().refresh_token}


def resetting(bench: Bench, _values: Values) -> Values:
    """A customer who has asked for a new password, and the token of the mail."""
    customer, token = bench.callers.newcomer(), bench.callers.session()["access_token"]
    path = f"/customer/{bench.tenant}/password/reset"
    bench.client.ask("POST", path, token=token, json={"email": customer.email})
    return {"mailed": _mailed(bench, customer.email)}


def renaming(bench: Bench, _values: Values) -> Values:
    """A customer who has asked for another login address, and the token of the mail."""
    customer = bench.callers.newcomer()
    change = {"email": customer.email, "password": PASSWORD, "newEmail": f"new.{customer.email}"}
    path = f"/customer/{bench.tenant}/me/accounts/internal/email/change"
    bench.client.ask("POST", path, token=customer.token, json=change)
    return {"mailed": _mailed(bench, customer.email)}


def opting_in(bench: Bench, _values: Values) -> Values:
    """A customer who has to confirm the account, and the token of the mail.

    Sent to an inactive account on request, so that no setting of the tenant has to change.
    """
    customer, backend = bench.callers.newcomer(), bench.callers.service()
    path = f"/customer/{bench.tenant}/customers/{customer.number}"
    bench.client.ask("PATCH", path, token=backend, json={"active": False})
    path = f"/customer/{bench.tenant}/signup/optin/refresh_token"
    token = bench.callers.session()["access_token"]
    bench.client.ask("POST", path, token=token, json={"email": customer.email})
    return {"mailed": _mailed(bench, customer.email)}


def _of(customer: Customer) -> Values:
    return {
        "token": customer.token,
        "email": customer.email,
        "refresh": customer.refresh_token,
        "number": customer.number,
    }


def _mailed(bench: Bench, email: str) -> str:
    """The one-time token last mailed to an address. `SetupError` where mails cannot be read."""
    mails: list[dict[str, Any]] = bench.control.mails() if bench.control is not None else []
    for mail in reversed(mails):
        if mail.get("email") == email and mail.get("token"):
            return bench.callers.note(str(mail["token"]))
    raise SetupError(
        f"no mail with a token went to {email}; one-time tokens need the control API of the mock"
    )


RENEWED = {"query.refreshToken": "refresh"}

PROFILE = Profile(
    "customer-management",
    arrange,
    fill={"path.addressId": "address", "query.tenant": "tenant", "query.client_id": "client"},
    calls={
        "GET-oauth-generate-anonymous-access-token": Call(judges=True),
        "GET-oauth-refresh-anonymous-access-token": Call(
            prepare=session,
            fill={"query.refresh_token": "refresh", "query.anonymous_token": "anonymous"},
            judges=True,
        ),
        "POST-customer-authenticate-customer": Call(
            fill={"body.email": "email", "body.password": "password"}, judges=True
        ),
        "POST-customer-login-customer-by-auth0": Call(fill={"query.code": "code"}, judges=True),
        "POST-customer-exchange-authtoken": Call(fill={"query.subjectAccessToken": "subject"}, judges=True),
        "GET-customer-logout-customer": Call(
            prepare=disposable, fill={"query.accessToken": "token"}, changes=True, judges=True
        ),
        "GET-customer-refresh-authtoken": Call(
            Caller("anonymous"), prepare=renewable, fill=RENEWED, changes=True, judges=True
        ),
        "PATCH-customer-update-customer": Call(prepare=disposable),
        "POST-customer-change-customer-login-email": Call(
            prepare=disposable, fill={"body.email": "email", "body.password": "password"}, judges=True
        ),
        "POST-customer-confirm-customer-login-email": Call(prepare=renaming, fill={"body.token": "mailed"}),
        "POST-customer-change-account-password": Call(
            prepare=disposable, fill={"body.currentPassword": "password"}, judges=True
        ),
        "POST-customer-request-reset-password": Call(fill={"body.email": "email"}),
        "POST-customer-reset-password": Call(prepare=resetting, fill={"body.token": "mailed"}),
        "GET-customer-signup-customer-optin": Call(
            prepare=opting_in, fill={"path.token": "mailed"}, changes=True
        ),
        "POST-customer-refresh-token": Call(fill={"body.email": "email"}),
    },
    owns=("customer-service/addresses", "customer-management/sessions"),
    owned=dict.fromkeys(
        (
            "GET-customer-retrieve-address-by-id",
            "PATCH-customer-update-customer-address",
            "DELETE-customer-remove-customer-address-by-id",
            "POST-customer-add-address-tags",
            "DELETE-customer-remove-address-tags",
        ),
        "path.addressId",
    ),
)
