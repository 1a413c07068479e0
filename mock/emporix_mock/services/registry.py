"""The explicit list of service files; a file is imported when its service is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.service import Service

MODULES: Mapping[str, str] = {
    "ai-rag-indexer": "ai_rag_indexer",
    "ai-service": "ai_service",
    "approval-service": "approval",
    "availability": "availability",
    "brand-service": "brand_service",
    "cart": "cart",
    "catalog": "catalog",
    "category-tree": "category_tree",
    "checkout": "checkout",
    "client-management": "client_management",
    "configuration-service": "configuration_service",
    "country-service": "country_service",
    "coupon": "coupon",
    "currency-service": "currency_service",
    "customer-management": "customer_management",
    "customer-segments": "customer_segments",
    "customer-service": "customer_service",
    "fee": "fee",
    "iam": "iam",
    "import-service": "import_service",
    "indexing-service": "indexing_service",
    "invoice": "invoice",
    "label-service": "label_service",
    "media": "media",
    "oauth-service": "oauth_service",
    "order": "order",
    "payment-gateway": "payment_gateway",
    "pick-pack": "pick_pack",
    "price-service": "price_service",
    "product-service": "product_service",
    "quote": "quote",
    "returns": "returns",
    "reward-points": "reward_points",
    "schema": "schema",
    "sepa-export": "sepa_export",
    "sequential-id": "sequential_id",
    "session-context": "session_context",
    "shipping": "shipping",
    "shopping-list": "shopping_list",
    "site-settings-service": "site_settings",
    "tax-service": "tax_service",
    "unit-handling-service": "unit_handling_service",
    "vendor-service": "vendor_service",
    "webhook-service": "webhook_service",
}

SUBSCRIBERS: Mapping[str, tuple[str, ...]] = {
    "assignment.created": ("product-service",),
    "assignment.deleted": ("product-service",),
    "category.deleted": ("catalog",),
    "category.updated": ("product-service",),
    "product.created": ("ai-service",),
    "product.updated": ("ai-service",),
    "product.deleted": ("category-tree",),
    "item.prices-changed": ("product-service",),
    "availability.created": ("product-service",),
    "availability.updated": ("product-service",),
    "availability.deleted": ("product-service",),
    "brand.changed": ("product-service",),
    "label.changed": ("product-service",),
    "approval.created": ("cart",),
    "checkout.completed": ("approval-service", "cart", "quote"),
    "quote.created": ("cart",),
    "currency.deleted": ("price-service",),
    "order.status-changed": ("reward-points",),
    "payment.changed": ("order",),
    "customer.logged.in": ("session-context",),
    "customer.created": ("iam",),
    "customer-segment.item-assignment-created": ("product-service",),
    "customer-segment.item-assignment-deleted": ("product-service",),
    "customer.deleted": ("client-management", "customer-segments", "iam", "session-context"),
    "schema.custom-type-deleted": ("ai-service",),
    "session.ended": ("session-context",),
    "vendor.vendor-created": ("iam",),
    "vendor.vendor-updated": ("iam",),
    "vendor.vendor-deleted": ("iam",),
}
"""Which services react to a domain event, so that emitting one imports only these."""

LISTENERS: Mapping[str, str] = {"webhook-service": "configs"}
"""Services that hear every event, each with the collection without which it has nothing to do."""

EXTRA_SEGMENTS: Mapping[str, str] = {
    "caas-customer": "customer-service",
    "feature-toggle": "configuration-service",
}
"""First path segments that clients use and no document has (client-quirks 73)."""


def load(name: str) -> Service | None:
    """The service file of a service; None for a service that has none yet."""
    module = MODULES.get(name)
    if module is None:
        return None
    service: Service = import_module(f"emporix_mock.services.{module}").service
    return service
