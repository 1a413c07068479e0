"""Companies: the owner's and the peer's, each with a location, and a newcomer to assign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values


def arrange(bench: Bench) -> Values:
    """Somebody without a company."""
    return {"newcomer": bench.callers.newcomer().number}


PROFILE = Profile(
    "client-management",
    arrange,
    steps=[Make("POST-customer-mgmt-create-location", {"location": "/id"}, {"id": None})],
    values={"any": "type:COMPANY", "fresh": "contract-assignment"},
    fill={
        "path.legalEntityId": "owner's company",
        "path.locationId": "location",
        "body.q": "any",
        "body.legalEntity.id": "owner's company",
    },
    calls={
        "POST-customer-mgmt-create-contact-assignment": Call(
            fill={"body.customer.id": "newcomer", "body.id": "fresh"}
        )
    },
    companies=True,
    owns=("client-management/contactAssignments",),
)
