"""Approvals: of carts of a company of the seed, asked for by one of its people."""

from __future__ import annotations

from emporix_mock_contract.callers import OWNER, PEER, Person
from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

COMPANY = "65e0a1b2c3d4e5f60c000001"
KETTLES = {
    "itemYrn": "urn:yaas:saasag:caasproduct:product:{tenant};65d0a1b2c3d4e5f604000003",
    "quantity": 20,
    "price": {
        "priceId": "65d0a1b2c3d4e5f607000003",
        "originalAmount": 59,
        "effectiveAmount": 59,
        "currency": "EUR",
    },
}
"""More than people of the company may order by themselves."""

PROFILE = Profile(
    "approval-service",
    steps=[
        Make("POST-cart-create-cart", {"cart": "/cartId"}, service="cart", by="customer"),
        Make(
            "POST-cart-add-item-to-cart",
            change=KETTLES,
            at={"cartId": "{cart}"},
            service="cart",
            by="customer",
        ),
    ],
    values={"approval": "65e2a1b2c3d4e5f610000001", "approver": "10000012", "fresh": "contract-approval"},
    fill={"path.approvalId": "approval"},
    calls={
        "POST-approval-create-approval": Call(
            fill={"body.id": "fresh", "body.resourceId": "cart", "body.approver.userId": "approver"}
        )
    },
    people={
        OWNER: Person("10000013", "nora.lang@example.com", "Loyal-Points-13", COMPANY),
        PEER: Person("10000001", "mia.keller@example.com", "Loyal-Points-1"),
    },
    stays={"DELETE-approval-remove-approval": "an approval is closed, not removed (identity facts)"},
    owns=("approval-service/approvals",),
)
