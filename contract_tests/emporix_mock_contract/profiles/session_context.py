"""Session contexts: the owner's, which the login made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values


def arrange(bench: Bench) -> Values:
    """The token that proves whose session it is."""
    return {"saas": bench.callers.customer(OWNER).saas_token}


PROFILE = Profile(
    "session-context",
    arrange,
    steps=[
        Make(
            "GET-session-context-retrieve-session-context-by-sessionId",
            {"session": "/sessionId", "version": "/metadata/version"},
            by="customer",
        )
    ],
    owns=("session-context/contexts",),
    fill={
        "path.sessionId": "session",
        "header.saas-token": "saas",
        "body.metadata.version": "version",
    },
)
