"""Carts: one of the owner with an item and a coupon that anybody may use."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Caller, Profile
from emporix_mock_contract.recipe import Make

COUPON = {
    "name": "Contract run",
    "discountType": "ABSOLUTE",
    "discountAbsolute": {"amount": 1, "currency": "EUR"},
    "allowAnonymous": True,
    "maxRedemptions": -1,
}

PROFILE = Profile(
    "cart",
    steps=[
        Make("POST-coupon-create-coupon", {"coupon": "/id"}, body=COUPON, service="coupon"),
        Make("POST-cart-create-cart", {"cart": "/cartId"}, by="customer"),
        Make("POST-cart-create-cart", {"other": "/cartId"}, {"type": "wishlist"}, by="customer"),
        Make("POST-cart-add-item-to-cart", {"item": "/itemId"}, {"itemYrn": "{yrn}"}, by="customer"),
    ],
    values={
        "site": "main",
        "yrn": "urn:yaas:saasag:caasproduct:product:{tenant};65d0a1b2c3d4e5f604000001",
        "any": "status:OPEN",
    },
    fill={
        "path.cartId": "cart",
        "path.itemId": "item",
        "query.siteCode": "site",
        "body.siteCode": "site",
        "body.q": "any",
        "body.customerId": "owner",
        "body.itemYrn": "yrn",
    },
    calls={
        "POST-cart-apply-discount": Call(
            Caller("customer"),
            fill={"body.code": "coupon"},
            statuses={500: "documented for a code that is in the cart already, or of another currency"},
        )
    },
    owns=("cart/carts",),
)
