"""Webhooks: a configuration of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "webhook-service",
    steps=[Make("POST-webhook-create-config", change={"code": "contract"})],
    values={"config": "contract"},
    fill={"path.code": "config"},
)
