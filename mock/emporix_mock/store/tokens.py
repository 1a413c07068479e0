"""Access tokens of a world and who they stand for.

Tokens are opaque: scopes, session, customer and company are kept here (conventions, section 2).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.store.documents import Documents

RESTRICTED = "--"
PLATFORM = "platform"
"""The client under which services call each other; it has no token."""
Kind = Literal["service", "anonymous", "customer", "employee"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the meaning of one access token. `expires_at` is in seconds of the world's clock."""

    kind: Kind
    tenant: str
    token: str
    scopes: frozenset[str] = frozenset()
    client_id: str = ""
    customer_id: str | None = None
    session_id: str | None = None
    legal_entity_id: str | None = None
    expires_at: float = float("inf")
    vendor_id: str | None = None

    def may(self, *scopes: str) -> bool:
        """Whether one of `scopes` is held, plain or for a restriction; the platform itself holds all."""
        return (
            "*" in self.scopes
            or not self.scopes.isdisjoint(scopes)
            or any(name.partition(RESTRICTED)[0] in scopes for name in self.scopes if RESTRICTED in name)
        )

    def restrictions(self, scope: str) -> frozenset[str] | None:
        """What a held scope is restricted to (`order.order_manage--DE` to `DE`); None for no limit."""
        if "*" in self.scopes or scope in self.scopes:
            return None
        prefix = scope + RESTRICTED
        return frozenset(n.removeprefix(prefix) for n in self.scopes if n.startswith(prefix))

    @property
    def is_platform(self) -> bool:
        """Whether another service calls, which may do what clients may not."""
        return self.client_id == PLATFORM and not self.token

    @property
    def scope(self) -> str:
        """The wire form: scopes by name, the tenant last."""
        return " ".join([*sorted(self.scopes), f"tenant={self.tenant}"])


class Tokens:
    """The issued tokens of one world, kept as documents so that snapshots carry them."""

    __slots__ = ("_documents", "_known", "_owner", "_tenant")

    def __init__(self, documents: Documents, tenant: str, owner: dict[str, str]) -> None:
        """Keep tokens in `documents`; `owner` tells a server which tenant a token belongs to."""
        self._documents = documents
        self._tenant = tenant
        self._owner = owner
        self._known: dict[str, tuple[bytes, Principal]] = {}

    def issue(self, principal: Principal) -> Principal:
        """Make the token valid until it expires or is revoked."""
        value = asdict(principal)
        value["scopes"] = sorted(principal.scopes)
        if principal.expires_at == float("inf"):
            del value["expires_at"]
        self._documents.put(principal.token, value)
        self._owner[principal.token] = self._tenant
        return principal

    def find(self, token: str) -> Principal | None:
        """The principal of a token, expired or not; None when unknown or revoked."""
        raw = self._documents.raw(token)
        if raw is None:
            return None
        known = self._known.get(token)
        if known is not None and known[0] is raw:
            return known[1]
        value = orjson.loads(raw)
        value["scopes"] = frozenset(value["scopes"])
        principal = Principal(**value)
        self._known[token] = (raw, principal)
        return principal

    def revoke(self, token: str) -> None:
        """Make the token unknown."""
        self._known.pop(token, None)
        self._documents.delete(token)

    def claim(self, tokens: Iterable[str]) -> None:
        """Tell the server that these, read from a file, belong to this tenant."""
        for token in tokens:
            self._owner[token] = self._tenant

    def of_customer(self, customer_id: str) -> Iterable[str]:
        """The tokens of one customer."""
        return self._documents.find("customer_id", customer_id)
