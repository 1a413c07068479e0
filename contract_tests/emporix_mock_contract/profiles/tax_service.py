"""Taxes: the configuration of a country that no seed has."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "tax-service",
    steps=[
        Make(
            "POST-tax-create-configuration",
            {"location": "/locationCode"},
            {"location": {"countryCode": "PT"}},
        )
    ],
    values={"country": "PT", "class": "STANDARD", "version": 1, "order": "name:asc"},
    fill={"path.locationCode": "location", "query.sort": "order"},
    calls={
        "PUT-tax-update-configuration-by-location": Call(
            fill={"body.location.countryCode": "country", "body.metadata.version": "version"}
        ),
        "PUT-tax-calculate-commands": Call(
            fill={
                "body.input.targetLocation.countryCode": "country",
                "body.input.targetTaxClass": "class",
                "body.input.sourceLocation.countryCode": "country",
                "body.input.sourceTaxClass": "class",
            }
        ),
    },
)
