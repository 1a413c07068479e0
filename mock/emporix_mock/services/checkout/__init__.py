"""Checkout: a cart or a quote becomes an order, whole or not at all."""

from emporix_mock.services.checkout import handing_in
from emporix_mock.services.checkout.declared import service

__all__ = ["handing_in", "service"]
