"""Fees: one of this run, charged for a product of the seed."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PRODUCT = "65d0a1b2c3d4e5f604000003"

PROFILE = Profile(
    "fee",
    steps=[
        Make("POST-fee-create-fee", {"fee": "/id"}, {"id": None, "code": "CONTRACT"}),
        Make("PUT-fee-add-product-fees", body={"feeIds": ["{fee}"]}, query={"siteCode": "main"}),
        Make("PUT-fee-add-item-fees-itemYRN", body={"siteCode": "main", "feeIds": ["{fee}"]}),
    ],
    values={
        "product": PRODUCT,
        "item": "urn:yaas:saasag:caasproduct:product:contract;mug",
        "site": "main",
        "version": 1,
    },
    fill={
        "path.id": "fee",
        "path.feeId": "fee",
        "path.productId": "product",
        "path.itemYRN": "item",
        "query.siteCode": "site",
        "body.siteCode": "site",
        "body.metadata.version": "version",
    },
)
