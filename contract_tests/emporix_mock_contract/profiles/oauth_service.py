"""Service tokens: the backend key of the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.profile import Call, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values


def arrange(bench: Bench) -> Values:
    """Name the key."""
    keys = bench.callers.keys
    return {"id": keys.client_id, "secret": keys.client_secret, "grant": "client_credentials"}


PROFILE = Profile(
    "oauth-service",
    arrange,
    fill={"body.client_id": "id", "body.client_secret": "secret", "body.grant_type": "grant"},
    calls={"POST-oauth-request-client-credentials": Call(judges=True)},
)
