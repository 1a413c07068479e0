"""Shipping: a zone with a method, a group, a relation and a delivery time with a slot, all of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

FRESH = {"body.id": "fresh"}
APART = {**FRESH, "query.validateOverlap": "no"}
RANGE = {
    **APART,
    "body.cutOffTime.time": "noon",
    "body.deliveryTimeRange.timeFrom": "begin",
    "body.deliveryTimeRange.timeTo": "end",
}

PROFILE = Profile(
    "shipping",
    steps=[
        Make("POST-shipping-create-shipping-zone", change={"id": "contract", "default": False}),
        Make("POST-shipping-create-shipping-method", change={"id": "contract"}),
        Make(
            "POST-shipping-create-delivery-time-slot",
            change={"id": "contract", "deliveryTimeRange": {"timeFrom": "20:00", "timeTo": "22:00"}},
            at={"deliveryTimeId": "65f0a1b2c3d4e5f614000001"},
        ),
    ],
    values={
        "site": "main",
        "zone": "contract",
        "method": "contract",
        "version": 1,
        "fresh": "contract-new",
        "slot": "contract",
        "begin": "18:00",
        "end": "20:00",
        "no": False,
        "noon": "2026-01-09T12:00:00.000Z",
    },
    fill={"path.site": "site", "path.zoneId": "zone", "path.methodId": "method"},
    calls={
        **dict.fromkeys(
            (
                "POST-shipping-create-shipping-zone",
                "POST-shipping-create-shipping-group",
                "POST-shipping-create-shipping-method",
            ),
            Call(fill=FRESH),
        ),
        "POST-shipping-create-delivery-time": Call(fill=APART),
        "POST-shipping-create-delivery-time-slot": Call(fill=RANGE),
        "PUT-shipping-update-delivery-time-slot": Call(
            fill={**RANGE, "body.id": "slot", "path.slotId": "slot"}
        ),
    },
)
