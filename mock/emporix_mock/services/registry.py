"""The explicit list of service files; a file is imported when its service is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.service import Service

MODULES: Mapping[str, str] = {
    "coupon": "coupon",
    "customer-management": "customer_management",
    "customer-service": "customer_service",
    "oauth-service": "oauth_service",
    "reward-points": "reward_points",
    "site-settings-service": "site_settings",
}

SUBSCRIBERS: Mapping[str, tuple[str, ...]] = {
    "order.status-changed": ("reward-points",),
}
"""Which services react to a domain event, so that emitting one imports only these."""

EXTRA_SEGMENTS: Mapping[str, str] = {"caas-customer": "customer-service"}
"""First path segments that clients use and no document has (client-quirks 73)."""


def load(name: str) -> Service | None:
    """The service file of a service; None for a service that has none yet."""
    module = MODULES.get(name)
    if module is None:
        return None
    service: Service = import_module(f"emporix_mock.services.{module}").service
    return service
