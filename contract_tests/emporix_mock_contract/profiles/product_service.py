"""Products: one of this run without relations, a template, a job."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Caller, Profile
from emporix_mock_contract.recipe import Make

PRODUCT = {"code": "CONTRACT", "name": {"en": "Contract run"}, "productType": "BASIC", "published": True}
PUBLISHER = Caller("service", (*map("product.product_{}".format, ("manage", "publish", "unpublish")),))

PROFILE = Profile(
    "product-service",
    steps=[
        Make("POST-product-create-product", {"product": "/id"}, body=PRODUCT),
        Make("POST-product-create-template", {"template": "/id"}),
        Make("POST-product-trigger-dynamic-variant-recalculation", {"job": "/jobs/0/id"}),
    ],
    values={"order": "code:asc", "version": 1, "basic": "BASIC", "code": "CONTRACT"},
    fill={
        "path.productId": "product",
        "path.product-template-id": "template",
        "path.jobId": "job",
        "query.sort": "order",
        "body.productType": "basic",
        "body.metadata.version": "version",
    },
    calls={
        "PUT-product-update-product": Call(PUBLISHER, fill={"body.code": "code"}),
        "PATCH-product-update-product": Call(PUBLISHER, fill={"body.code": "code"}),
    },
)
