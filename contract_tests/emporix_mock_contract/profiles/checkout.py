"""Checkout: the open cart of a customer of the seed, whose addresses and payment the example has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER, Person
from emporix_mock_contract.profile import Call, Caller, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values


def arrange(bench: Bench) -> Values:
    """The token that proves the owner's login."""
    return {"saas": bench.callers.customer(OWNER).saas_token}


PROFILE = Profile(
    "checkout",
    arrange,
    values={"cart": "65b2c3d4e5f6070809000001"},
    fill={"header.saas-token": "saas", "body.cartId": "cart", "body.customer.id": "owner"},
    calls={"POST-checkout-trigger-checkout": Call(Caller("customer"))},
    people={OWNER: Person("10000001", "mia.keller@example.com", "Loyal-Points-1")},
    owns=("cart/carts",),
)
