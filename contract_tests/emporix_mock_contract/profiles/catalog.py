"""Catalogs: one of this run; the categories are the seed's."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "catalog",
    steps=[Make("POST-catalog-create-catalog", {"catalog": "/id"}, {"id": None})],
    values={"version": 1, "order": "name:asc"},
    fill={"path.catalogId": "catalog", "query.sort": "order", "body.metadata.version": "version"},
)
