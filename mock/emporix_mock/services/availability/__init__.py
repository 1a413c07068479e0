"""Availability service: stock of products per site, bundles, and the deprecated storage locations."""

from emporix_mock.services.availability import by_site_query, locations, stock
from emporix_mock.services.availability.declared import service

__all__ = ["by_site_query", "locations", "service", "stock"]
