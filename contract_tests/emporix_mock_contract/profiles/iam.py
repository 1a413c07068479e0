"""Users and groups: those of the seed, and a group of this run that nobody is in."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Caller, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "iam",
    steps=[Make("POST-iam-create-user-group", {"group": "/id"}, {"id": None, "code": None})],
    fill={},
    calls={
        "GET-iam-retrieve-own-user": Call(Caller("employee")),
        "DELETE-iam-remove-user-group": Call(fill={"path.groupId": "group"}),
    },
)
