"""API keys of a tenant. Ids and secrets derive from the tenant's name, so that `/oauth/token`, which
names no tenant, still finds its world.

Two pairs are Emporix's own: backend (all scopes) and storefront (anonymous login). The key `limited`
and those in the collection `keys` of the oauth service (`{"id": "reports", "scopes": […]}`, client id
`<tenant>-reports`, secret `<tenant>-reports-secret`) are custom keys with a chosen subset. A key with a
`vendorId` stands for an employee of that vendor, whose own way to a token is no part of the API.

Employees sign in with an identity provider outside the API; here each of them has a key instead, with the
client id `<tenant>-<employee id>`, whose tokens are those of an employee with the scopes of its groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emporix_mock.errors import Unauthorized
from emporix_mock.platform import grants, scopes

if TYPE_CHECKING:
    from emporix_mock.store.world import State

LIMITED: Final = frozenset(
    {"coupon.coupon_read", "customer.customer_read", "rewardspoints.rewardpoints_view", "site.site_read"}
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `everything` is the backend's: its tokens pass every check of a scope.

    `vendor` is whose documents scopes that end in `_by_vendor` reach; `employee` whose token it gives.
    """

    client_id: str
    secret: str | None
    scopes: frozenset[str] = frozenset()
    everything: bool = False
    storefront: bool = False
    vendor: str | None = None
    employee: str | None = None


def find(state: State, client_id: str) -> Key:
    """The key of a client id; the gateway's 401 for an unknown one, whoever asks (client-quirks 1)."""
    tenant, _, name = client_id.rpartition("-")
    if tenant == state.tenant:
        secret = f"{client_id}-secret"
        if name == "backend":
            return Key(client_id, secret, scopes.known(state.world), everything=True)
        if name == "storefront":
            return Key(client_id, None, storefront=True)
        if name == "limited":
            return Key(client_id, secret, LIMITED)
        custom = state.world.state(scopes.SERVICE).collection("keys").get(name)
        if custom is not None:
            scope = frozenset(custom.get("scopes") or ())
            return Key(client_id, secret, scope, vendor=custom.get("vendorId"))
        if grants.is_employee(state, name):
            held, vendor = grants.scopes_of(state, name), grants.vendor_of(state, name)
            return Key(client_id, secret, held, vendor=vendor, employee=name)
    raise invalid_key()


def invalid_key() -> Unauthorized:
    """401 for a client id that nobody has."""
    return Unauthorized("Invalid ApiKey", type="oauth.v2.InvalidApiKey")
