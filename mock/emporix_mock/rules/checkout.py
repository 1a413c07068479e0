"""What a checkout must say, as plain values (checkout facts, 2.1 and 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GATEWAY, CUSTOM, NONE, INVOICE = "payment-gateway", "custom", "none", "INVOICE"
PROVIDERS: Final = (GATEWAY, CUSTOM, NONE, INVOICE)


class Problem(NamedTuple):
    """Something that a checkout is refused for: the rule, and where and what is wrong."""

    rule: str
    field: str
    message: str


def payment_problems(methods: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """A checkout has exactly one payment method, of a known provider."""
    if len(methods) != 1:
        return [Problem("payment-methods", "paymentMethods", "exactly one payment method is needed")]
    if methods[0]["provider"] not in PROVIDERS:
        named = ", ".join(PROVIDERS)
        return [Problem("payment-methods", "paymentMethods.provider", f"must be one of {named}")]
    return []


def customer_problems(customer: Mapping[str, Any], customer_id: str | None) -> list[Problem]:
    """Who checks out: a guest says so and has no id, a customer gives the own one; both have a name."""
    found = []
    if not (customer.get("firstName") or customer.get("lastName")):
        found.append(Problem("customer", "customer", "firstName or lastName is needed"))
    if customer_id is None:
        if not customer.get("guest"):
            found.append(Problem("customer", "customer.guest", "must be true without a signed-in customer"))
        if customer.get("id"):
            found.append(Problem("customer", "customer.id", "a guest has no id"))
    elif customer.get("id") != customer_id:
        found.append(Problem("customer", "customer.id", "Cannot found customer"))
    return found


def address_problems(addresses: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """A checkout has an address of each type."""
    return [
        Problem("addresses", "addresses", f"an address of type {kind} is needed")
        for kind in ("SHIPPING", "BILLING")
        if address_of(addresses, kind) is None
    ]


def address_of(addresses: Sequence[Mapping[str, Any]], kind: str) -> dict[str, Any] | None:
    """The first address of a type, in the form of orders."""
    for address in addresses:
        if str(address.get("type")).upper() == kind:
            return {name: value for name, value in address.items() if name != "type"}
    return None


def shipping_problems(
    shipping: Mapping[str, Any], zones: Sequence[Mapping[str, Any]], *, as_quoted: bool, free: bool
) -> list[Problem]:
    """The zone must reach the address and have the method; `zones` are the quotes for it.

    With `as_quoted` the amount must be that of the quote, unless delivery is `free`.
    """
    zone = next((zone for zone in zones if zone["zone"]["id"] == shipping["zoneId"]), None)
    if zone is None:
        return [Problem("shipping", "shipping.zoneId", "the zone does not reach the shipping address")]
    method = next((each for each in zone["methods"] if each["id"] == shipping["methodId"]), None)
    if method is None:
        return [Problem("shipping", "shipping.methodId", "the zone has no such method for this cart")]
    if as_quoted and not free and shipping["amount"] != method["fee"]["amount"]:
        return [Problem("shipping", "shipping.amount", "is not what the method costs")]
    return []


def window_problems(window: Mapping[str, Any]) -> list[Problem]:
    """A chosen delivery window is complete."""
    return [
        Problem("delivery-window", f"deliveryWindow.{name}", "must not be null")
        for name in ("id", "slotId", "deliveryDate")
        if not window.get(name)
    ]
