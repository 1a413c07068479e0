"""Cart service: carts and their items, prices, addresses, coupons, and everything a cart adds up to."""

from emporix_mock.services.cart import (
    batches,
    carts,
    changes,
    coupons,
    items,
    making,
    merging,
    reactions,
    reading,
    searching,
    validation,
)
from emporix_mock.services.cart.declared import service

__all__ = [
    "batches",
    "carts",
    "changes",
    "coupons",
    "items",
    "making",
    "merging",
    "reactions",
    "reading",
    "searching",
    "service",
    "validation",
]
