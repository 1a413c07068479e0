"""Countries and regions: those that every tenant has, as the document's examples name them."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile

PROFILE = Profile(
    "country-service",
    values={"version": 1, "order": "code:asc"},
    fill={"query.sort": "order", "body.metadata.version": "version"},
)
