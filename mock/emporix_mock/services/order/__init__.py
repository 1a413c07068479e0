"""Order service: the shop's orders, those of customers and companies, their states and entries."""

from emporix_mock.services.order import entries, own, payments, sales, splitting, transitions
from emporix_mock.services.order.declared import service

__all__ = ["entries", "own", "payments", "sales", "service", "splitting", "transitions"]
