"""Categories: a leaf of this run with an assignment, below a root of the seed."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Caller, Profile
from emporix_mock_contract.recipe import Make

ROOT = "c0ffee00-1a2b-4c3d-8e4f-000000000001"

PROFILE = Profile(
    "category-tree",
    steps=[
        Make(
            "POST-category-tree-create-category",
            {"category": "/id"},
            {"id": None, "code": "CONTRACT", "parentId": ROOT, "ecn": None},
            query={"publish": "true"},
        ),
        Make("POST-category-tree-assign-resource", {"assignment": "/id"}, {"ref": "{ref}"}),
    ],
    values={
        "ref": {"id": "65d0a1b2c3d4e5f604000001", "type": "PRODUCT"},
        "product": "65d0a1b2c3d4e5f604000001",
        "root": ROOT,
        "version": 1,
        "order": "code:asc",
    },
    fill={
        "path.categoryId": "category",
        "path.rootCategoryId": "root",
        "path.assignmentId": "assignment",
        "path.referenceId": "product",
        "query.sort": "order",
        "body.parentId": "root",
        "body.q": "query",
        "body.metadata.version": "version",
    },
    calls={
        "POST-category-tree-create-category": Call(
            Caller("service", ("category.category_manage", "category.category_publish"))
        ),
        "GET-category-tree-retrieve-category-tree-by-id": Call(fill={"path.categoryId": "root"}),
    },
)
