"""Segments: one of this run with the owner in it, alone and for a company, and a product."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "customer-segments",
    steps=[
        Make("POST-customer-segment-create-segment", {"segment": "/id"}, {"id": None, "status": "ACTIVE"}),
        Make("PUT-customer-segment-update-customer-by-customerId", body={}),
        Make("PUT-customer-segment-update-customer", body={}),
        Make("PUT-customer-segment-update-item", body={}),
    ],
    values={"type": "PRODUCT", "product": "65d0a1b2c3d4e5f604000001"},
    fill={
        "path.segmentId": "segment",
        "path.customerId": "owner",
        "path.legalEntityId": "owner's company",
        "path.type": "type",
        "path.itemId": "product",
        "body.q": "query",
    },
    companies=True,
    owns=("customer-segments/customerAssignments",),
)
