"""Customer segments: which products and categories are for which customers of a site."""

from emporix_mock.services.customer_segments import customers, items, matching, segments, trees
from emporix_mock.services.customer_segments.declared import service

__all__ = ["customers", "items", "matching", "segments", "service", "trees"]
