"""Orders: one of the owner, ordered for the owner's company, that nobody has touched yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.profile import Call, Caller, Profile
from emporix_mock_contract.recipe import Make

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

CUSTOMER = Call(Caller("customer"))


def arrange(bench: Bench) -> Values:
    """The token that proves the owner's login."""
    return {"saas": bench.callers.customer(OWNER).saas_token}


PROFILE = Profile(
    "order",
    arrange,
    steps=[
        Make(
            "POST-order-create-order-employee",
            {"order": "/id"},
            {
                "customer": {"id": "{owner}", "name": "Owner", "email": "owner@example.com"},
                "legalEntityId": "{owner's company}",
                "id": None,
            },
        ),
    ],
    values={
        "version": 1,
        "confirmed": "CONFIRMED",
        "declined": "DECLINED",
        "product": "65d0a1b2c3d4e5f604000004",
        "any": "siteCode:main",
    },
    fill={
        "path.orderId": "order",
        "path.legalEntityId": "owner's company",
        "header.saas-token": "saas",
        "body.q": "any",
        "body.customer.id": "owner",
        "body.metadata.version": "version",
    },
    calls={
        "GET-order-retrieve-legal-entity-orders": CUSTOMER,
        "GET-order-retrieve-legal-entity-order": CUSTOMER,
        "GET-order-list-orders-by-customer": CUSTOMER,
        "GET-order-retrieve-order-storefront": CUSTOMER,
        "GET-order-retrieve-transitions": CUSTOMER,
        "POST-order-update-order-transition-storefront": Call(
            Caller("customer"), fill={"body.status": "declined"}
        ),
        "POST-order-update-order-transition-employee": Call(fill={"body.status": "confirmed"}),
        "PUT-order-update-order": Call(fill={"body.status": "confirmed"}),
        "PATCH-order-partial-update-order": Call(fill={"body.status": "confirmed"}),
    },
    companies=True,
    owns=("order/orders",),
    owned={"GET-order-retrieve-order-storefront": "path.orderId"},
)
