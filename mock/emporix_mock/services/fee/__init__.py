"""Fee service: fees, and the items and products that carry them."""

from emporix_mock.services.fee import fees, items
from emporix_mock.services.fee.declared import service

__all__ = ["fees", "items", "service"]
