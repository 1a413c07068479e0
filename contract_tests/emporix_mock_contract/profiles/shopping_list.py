"""Shopping lists: the owner's."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "shopping-list",
    steps=[Make("POST-shopping-list-create-shopping-list", by="customer")],
    values={"name": "default", "version": 1},
    fill={"path.customerId": "owner", "query.name": "name"},
    calls={
        "PUT-shopping-list-update-customer-shopping-list": Call(
            fill={"body.name": "name", "body.metadata.version": "version"}
        )
    },
    owns=("shopping-list/lists",),
    owned={"GET-shopping-list-retrieve-customer-shopping-list": "path.customerId"},
)
