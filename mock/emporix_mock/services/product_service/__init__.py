"""Product service: products of all kinds, their variants, templates and recalculation."""

from emporix_mock.services.product_service import legacy, products, recalculation, shown_by, templates
from emporix_mock.services.product_service.declared import service

__all__ = ["legacy", "products", "recalculation", "service", "shown_by", "templates"]
