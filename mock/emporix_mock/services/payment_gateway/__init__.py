"""Payment gateway: payment modes, and payments by a scripted provider of our own."""

from emporix_mock.services.payment_gateway import modes, payments, transactions
from emporix_mock.services.payment_gateway.declared import service

__all__ = ["modes", "payments", "service", "transactions"]
