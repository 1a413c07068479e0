"""Schemas: a custom type of this run without instances, and a schema of its own."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "schema",
    steps=[
        Make("POST-schema-create-custom-schema-type", change={"id": "CONTRACT"}),
        Make("POST-schema-create-schema", change={"id": "contractDetails", "types": ["CONTRACT"]}),
        Make("POST-schema-export-custom-entities", {"data": "/data"}, body=["CONTRACT"]),
    ],
    values={"type": "CONTRACT", "fresh": "FRESH", "schema": "contractDetails", "version": 1},
    calls={
        "POST-schema-create-custom-schema-type": Call(fill={"body.id": "fresh"}),
        "POST-schema-import-custom-entites": Call(fill={"body.data": "data"}),
        "DELETE-schema-remove-custom-schema-type": Call(fill={"path.id": "type"}),
        **dict.fromkeys(
            ("DELETE-schema-remove-schema", "PUT-schema-update-schema-types"),
            Call(fill={"path.id": "schema", "query.version": "version"}),
        ),
    },
)
