"""Labels: one of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "label-service",
    steps=[Make("POST-label-create-label", {"label": "/id"}, {"id": None})],
    values={"order": "name:asc"},
    fill={"path.labelId": "label", "query.sort": "order"},
)
