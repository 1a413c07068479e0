"""Webhook service: configurations, subscriptions, and the deliveries that come of them."""

from emporix_mock.services.webhook_service import configs, delivering, statistics, subscriptions
from emporix_mock.services.webhook_service.declared import service

__all__ = ["configs", "delivering", "service", "statistics", "subscriptions"]
