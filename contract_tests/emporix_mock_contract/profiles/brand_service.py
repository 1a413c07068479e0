"""Brands: one of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "brand-service",
    steps=[Make("POST-brand-create-brand", {"brand": "/id"}, {"id": None})],
    values={"version": 1, "order": "name:asc"},
    fill={"path.brandId": "brand", "query.sort": "order", "body.metadata.version": "version"},
)
