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
    parts=dict.fromkeys(
        (
            "GET-shopping-list-retrieve-customer-shopping-list",
            "PUT-shopping-list-update-customer-shopping-list",
            "DELETE-shopping-list-remove-customer-shopping-list",
        ),
        "the id is the customer's, who may have made a list of another name",
    ),
    owns=("shopping-list/lists",),
    owned={"GET-shopping-list-retrieve-customer-shopping-list": "path.customerId"},
)
