"""Sequential ids: a schema of this run, beside those that every tenant has."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "sequential-id",
    steps=[Make("POST-sequential-id-create-tenant-schema", {"schema": "/id"}, {"name": "contract"})],
    fill={"path.schemaId": "schema"},
)
