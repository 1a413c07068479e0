"""Indexing: the provider that the seed has no configuration of, and the seed's jobs."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile

PROFILE = Profile(
    "indexing-service",
    values={"other": "BATTERY_INCLUDED"},
    calls={"POST-indexing-create-config": Call(fill={"body.provider": "other"})},
)
