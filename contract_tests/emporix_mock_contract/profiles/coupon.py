"""Coupons: one that anybody may redeem without end, a redemption of it, a referral coupon of the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.profile import Call, Caller, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

MONEY = {"amount": 10, "currency": "EUR"}


def arrange(bench: Bench) -> Values:
    """Make the coupon, the redemption and the referral coupon."""
    base, token = f"/coupon/{bench.tenant}", bench.callers.service()
    owner = bench.callers.customer(OWNER).number
    coupon = {
        "name": "Contract run",
        "discountType": "ABSOLUTE",
        "discountAbsolute": MONEY,
        "allowAnonymous": True,
        "maxRedemptions": -1,
    }
    code = bench.client.ask("POST", f"{base}/coupons", token=token, json=coupon)["id"]
    redemption = {"customerNumber": owner, "orderTotal": MONEY, "discount": MONEY}
    path = f"{base}/coupons/{code}/redemptions"
    made = bench.client.ask("POST", path, token=token, json=redemption)
    bench.client.ask("POST", f"{base}/referral-coupons/{owner}", token=token)
    return {
        "code": code,
        "redemption": made["id"],
        "owner": owner,
        "any": "discountType:ABSOLUTE",
        "order": "name:asc",
    }


PROFILE = Profile(
    "coupon",
    arrange,
    fill={
        "path.code": "code",
        "path.id": "redemption",
        "path.customerNumber": "owner",
        "query.customerNumber": "owner",
        "query.sort": "order",
        "body.customerNumber": "owner",
    },
    calls={
        "POST-coupon-invalidate-coupon": Call(Caller("customer")),
        "GET-coupon-retrieve-coupon-redemption": Call(Caller("customer")),
        "GET-coupon-list-specified-coupons": Call(fill={"query.q": "any"}),
    },
    owns=("coupon/coupons", "coupon/redemptions"),
    owned={
        "POST-coupon-invalidate-coupon": "body.customerNumber",
        "GET-coupon-retrieve-coupon-redemption": "path.id",
    },
)
