"""Units: one of this run, of a type that exists."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "unit-handling-service",
    steps=[Make("POST-unit-handling-create-unit", change={"code": "contract"})],
    values={"unit": "contract", "kilo": "kg", "type": "mass", "version": 1, "order": "code:asc"},
    fill={
        "path.unitCode": "unit",
        "query.sort": "order",
        "body.type": "type",
        "body.input.sourceUnit": "unit",
        "body.input.targetUnit": "kilo",
        "body.metadata.version": "version",
    },
    calls={"PUT-unit-handling-update-unit": Call(fill={"body.code": "unit"})},
)
