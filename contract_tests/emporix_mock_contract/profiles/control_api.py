"""The control API of the mock, tried on a world that nobody else uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

COPY = "contractcopy"
DELIVERY: Values = {
    "id": "0b8f6f5e-6d3a-4c7e-9d0c-3f0a5a1c2d3e",
    "event": "contract",
    "type": "BRAND.CREATED",
    "provider": "SVIX",
    "entry": None,
    "url": None,
    "body": {},
    "status": "RECORDED",
    "createdAt": "2026-01-15T08:00:00.000Z",
    "attempts": [],
}


def arrange(bench: Bench) -> Values:
    """Make the world anew, with a snapshot and a fault that hits an operation nobody calls."""
    world = f"/_mock/worlds/{bench.tenant}"
    bench.client.ask("PUT", world, json={})
    bench.client.ask("POST", f"{world}/seed", json={"webhook-service": {"deliveries": [DELIVERY]}})
    bench.client.ask("PUT", f"{world}/snapshots/contract")
    fault = {"operation": "GET-coupon-retrieve-coupon", "status": 500}
    made = bench.client.ask("POST", f"{world}/faults", json=fault)
    return {
        "snapshot": "contract",
        "fault": made["id"],
        "delivery": DELIVERY["id"],
        "service": "coupon",
        "collection": "coupons",
        "operation": fault["operation"],
        "copy": COPY,
        "seed": "minimal",
        "little": 0.001,
        "now": "2026-02-01T00:00:00Z",
    }


PROFILE = Profile(
    CONTROL,
    arrange,
    fill={
        "path.name": "snapshot",
        "path.fault": "fault",
        "path.delivery": "delivery",
        "path.service": "service",
        "path.collection": "collection",
        "query.service": "service",
    },
    calls={
        "put-world": Call(fill={"body.seed": "seed"}),
        "fork-world": Call(fill={"body.to": "copy"}),
        "create-fault": Call(fill={"body.operation": "operation", "body.delay": "little"}),
        "put-clock": Call(fill={"body.set": "now"}),
    },
    stays={
        "delete-world": "a tenant name that is met again gets a new world",
        "delete-faults": "an empty list of faults is left",
        "delete-requests": "an empty journal is left",
        "delete-problems": "an empty list of problems is left",
    },
    remade=True,
)
