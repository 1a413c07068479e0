"""Quote service: offers that a customer and the merchant negotiate until one becomes an order."""

from emporix_mock.services.quote import creating, negotiating, reactions, reading
from emporix_mock.services.quote.declared import service

__all__ = ["creating", "negotiating", "reactions", "reading", "service"]
