"""Shipping service: zones, methods and their cost, delivery times and the windows these open."""

from emporix_mock.services.shipping import costs, slots, times, windows, zones
from emporix_mock.services.shipping.declared import service

__all__ = ["costs", "service", "slots", "times", "windows", "zones"]
