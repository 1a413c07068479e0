"""What may become of an order: its states and its history (checkout facts, section 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IN_CHECKOUT, CREATED, CONFIRMED = "IN_CHECKOUT", "CREATED", "CONFIRMED"
SHIPPED, COMPLETED, DECLINED = "SHIPPED", "COMPLETED", "DECLINED"
ANONYMOUS: Final = "ANONYMOUS"
"""The customer of an order that nobody signed in for."""

NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    IN_CHECKOUT: (CREATED, DECLINED),
    CREATED: (CONFIRMED, DECLINED),
    CONFIRMED: (SHIPPED, COMPLETED, DECLINED),
    SHIPPED: (COMPLETED,),
    COMPLETED: (),
    DECLINED: (),
}
CUSTOMERS_NEXT: Final[Mapping[str, tuple[str, ...]]] = {CREATED: (DECLINED,)}


def next_statuses(status: str, *, customer: bool = False) -> tuple[str, ...]:
    """What an order can become next; customers may only decline what is just created."""
    return (CUSTOMERS_NEXT if customer else NEXT).get(status, ())


def shippable(order: Mapping[str, Any]) -> bool:
    """Whether the order says how it was shipped, as SHIPPED needs."""
    shipments = order.get("shipments") or []
    return bool(shipments) and all(one.get("shippedDate") and one.get("carrier") for one in shipments)


def history_of(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The transitions of an order that has no record of them, as far as its own times tell."""
    created = order.get("created") or (order.get("metadata") or {}).get("createdAt")
    status, changed = order.get("status", CREATED), order.get("lastStatusChange") or created
    first = {"status": CREATED if status != IN_CHECKOUT else IN_CHECKOUT, "timestamp": created}
    return [first] if status == first["status"] else [first, {"status": status, "timestamp": changed}]


def recorded(
    earlier: Sequence[Mapping[str, Any]], status: str, at: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A history with one more transition, and its metadata: a version counts the transitions."""
    transitions = [*map(dict, earlier), {"status": status, "timestamp": at}]
    first = transitions[0]["timestamp"]
    return transitions, {"version": len(transitions), "createdAt": first, "modifiedAt": at}
