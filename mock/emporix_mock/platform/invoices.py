"""Invoices that were written, for those who look one up: by the order that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

SERVICE: Final = "invoice"
COLLECTION: Final = "invoices"


def invoices(state: State) -> Documents:
    """The invoices of the tenant, by number."""
    return state.world.state(SERVICE).collection(COLLECTION)


def invoice_of(state: State, order_id: str) -> Document | None:
    """The invoice of an order, None while it has none."""
    found = invoices(state).find("orderId", order_id)
    return invoices(state).get(found[0]) if found else None
