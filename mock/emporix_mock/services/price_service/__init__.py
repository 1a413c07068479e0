"""Price service: price models, prices, price lists, and which price a customer gets."""

from emporix_mock.services.price_service import lists, matching, models, prices, searching
from emporix_mock.services.price_service.declared import service

__all__ = ["lists", "matching", "models", "prices", "searching", "service"]
