"""Configurations: a setting of the tenant and one of a client."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

SETTING = [{"key": "contractRun", "value": 1}]

PROFILE = Profile(
    "configuration-service",
    steps=[
        Make("POST-configuration-create-config", body=SETTING),
        Make("POST-configuration-create-client-config", body=SETTING),
    ],
    values={"key": "contractRun", "client": "contract-client", "first": 1, "none": 0},
    fill={"path.client": "client", "path.propertyKey": "key"},
    calls={
        "PUT-configuration-update-config": Call(fill={"body.key": "key", "body.version": "first"}),
        "PUT-configuration-update-client-config": Call(fill={"body.key": "key", "body.version": "none"}),
    },
)
