"""The explicit list of service files; a file is imported when its service is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.service import Service

MODULES: Mapping[str, str] = {
    "availability": "availability",
    "brand-service": "brand_service",
    "catalog": "catalog",
    "category-tree": "category_tree",
    "configuration-service": "configuration_service",
    "country-service": "country_service",
    "coupon": "coupon",
    "currency-service": "currency_service",
    "customer-management": "customer_management",
    "customer-service": "customer_service",
    "fee": "fee",
    "label-service": "label_service",
    "media": "media",
    "oauth-service": "oauth_service",
    "price-service": "price_service",
    "product-service": "product_service",
    "reward-points": "reward_points",
    "sequential-id": "sequential_id",
    "session-context": "session_context",
    "shipping": "shipping",
    "site-settings-service": "site_settings",
    "tax-service": "tax_service",
    "unit-handling-service": "unit_handling_service",
}

SUBSCRIBERS: Mapping[str, tuple[str, ...]] = {
    "assignment.created": ("product-service",),
    "assignment.deleted": ("product-service",),
    "category.deleted": ("catalog",),
    "category.updated": ("product-service",),
    "product.deleted": ("category-tree",),
    "currency.deleted": ("price-service",),
    "order.status-changed": ("reward-points",),
    "customer.logged.in": ("session-context",),
    "customer.deleted": ("session-context",),
    "session.ended": ("session-context",),
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
