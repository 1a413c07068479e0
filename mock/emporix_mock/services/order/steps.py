"""One step of an order's states, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.rules.orders import SHIPPED, next_statuses, shippable
from emporix_mock.services.order.declared import ILLEGAL_STEP, NOT_SHIPPED, invalid

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document


def checked_step(order: Document, before: str, after: str) -> None:
    """400 for a step that the states do not have, and for SHIPPED without shipments."""
    if after not in next_statuses(before):
        raise invalid(ILLEGAL_STEP, "status", f"An order cannot go from {before} to {after}")
    if after == SHIPPED and not shippable(order):
        raise invalid(NOT_SHIPPED, "shipments", "shippedDate and carrier are needed to set SHIPPED")
