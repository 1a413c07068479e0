"""API keys of a tenant. Ids and secrets derive from the tenant's name, so that `/oauth/token`, which
names no tenant, still finds its world.

Two pairs are Emporix's own: backend (all scopes) and storefront (anonymous login). The key `limited`
and those in the collection `keys` of the oauth service (`{"id": "reports", "scopes": […]}`, client id
`<tenant>-reports`, secret `<tenant>-reports-secret`) are custom keys with a chosen subset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emporix_mock.errors import Unauthorized
from emporix_mock.platform import scopes

if TYPE_CHECKING:
    from emporix_mock.store.world import State

LIMITED: Final = frozenset(
    {"coupon.coupon_read", "customer.customer_read", "rewardspoints.rewardpoints_view", "site.site_read"}
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `everything` is the backend's: its tokens pass every check of a scope."""

    client_id: str
    secret: str | None
    scopes: frozenset[str] = frozenset()
    everything: bool = False
    storefront: bool = False


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
            return Key(client_id, secret, frozenset(custom.get("scopes") or ()))
    raise invalid_key()


def invalid_key() -> Unauthorized:
    """401 for a client id that nobody has."""
    return Unauthorized("Invalid ApiKey", type="oauth.v2.InvalidApiKey")
