"""Reward points: an owner with points, a customer without an account, an option worth ten points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER, PEER
from emporix_mock_contract.profile import Call, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

OPTION = {
    "type": "coupon",
    "name": "Contract run",
    "points": 10,
    "coupon": {
        "name": "Contract run",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 5, "currency": "EUR"},
        "allowAnonymous": True,
    },
}


def arrange(bench: Bench) -> Values:
    """Give the owner points and make the option."""
    token, owner = bench.callers.service(), bench.callers.customer(OWNER).number
    given = {"points": 1000, "description": "Contract run"}
    bench.client.ask("POST", f"/reward-points/customer/{owner}/addPoints", token=token, json=given)
    options = bench.client.ask(
        "POST", f"/reward-points/{bench.tenant}/redeemOptions", token=token, json=OPTION
    )
    return {
        "owner": owner,
        "newcomer": bench.callers.customer(PEER).number,
        "option": next(each["id"] for each in options if each["name"] == OPTION["name"]),
        "site": "main",
        "few": 5,
        "version": 1,
    }


PROFILE = Profile(
    "reward-points",
    arrange,
    fill={"path.customerId": "owner", "path.redeemOptionId": "option", "query.siteCode": "site"},
    owns=("reward-points/accounts",),
    calls={
        "POST-reward-points-create-customer-reward-entry": Call(fill={"path.customerId": "newcomer"}),
        "POST-reward-points-redeem-customer-points": Call(fill={"body.points": "few"}),
        "POST-reward-points-redeem-logged-customer-reward-points-coupon": Call(
            fill={"body.id": "option"},
            statuses={500: "the coupon could not be made, and a chargeback entry gives the points back"},
        ),
        "PUT-reward-points-update-redeem-option": Call(fill={"body.metadata.version": "version"}),
    },
)
