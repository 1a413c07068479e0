"""An order as those who pack it see it: made of the order and of what was picked and packed so far."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

PIECE: Final = "H87"
COUNTS: Final = ("pickedCount", "packedCount", "canceledCount")
INITIAL: Final = "INITIAL"
IN_PROGRESS: Final = "IN_PROGRESS"
PACKED: Final = "PACKED"
CANCELLED: Final = "CANCELLED"
NEVER_PACKED: Final = ("IN_CHECKOUT", "DECLINED")
"""Statuses of orders that nobody packs."""


def status_of(order: Mapping[str, Any], pack: Mapping[str, Any]) -> str:
    """How far the packing is; a declined order is cancelled for those who pack."""
    return CANCELLED if order.get("status") == "DECLINED" else str(pack.get("packingStatus", INITIAL))


def lines(order: Mapping[str, Any], pack: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of an order with what was packed of them, numbered from 1."""
    known = pack.get("lines") or {}
    return [
        _line(str(number), entry, known.get(line_key(entry, number)) or {})
        for number, entry in enumerate(order.get("entries") or (), 1)
    ]


def line_key(entry: Mapping[str, Any], number: int) -> str:
    """What tells an entry of an order from its others."""
    return str(entry.get("id") or number)


def product_of(entry: Mapping[str, Any]) -> str:
    """The product of an entry."""
    return str((entry.get("product") or {}).get("id") or str(entry.get("itemYrn", "")).rpartition(";")[2])


def total_of(entry: Mapping[str, Any]) -> int:
    """How many of a product were ordered."""
    return int(entry.get("orderedAmount", entry.get("amount", 0)))


def _line(number: str, entry: Mapping[str, Any], packed: Mapping[str, Any]) -> dict[str, Any]:
    product = entry.get("product") or {}
    images = product.get("images") or [{}]
    line = {
        "entryId": number,
        "productId": product_of(entry),
        "productName": product.get("name"),
        "unitPrice": entry.get("unitPrice", (entry.get("calculatedUnitPrice") or {}).get("grossValue")),
        "totalPrice": entry.get("totalPrice", _final(entry)),
        "orderUnit": unit_of(entry),
        "totalCount": total_of(entry),
        "packedAmountInPc": 0,
        "weightDependent": False,
        "imageUrl": images[0].get("url"),
    }
    return _given(line) | dict.fromkeys(COUNTS, 0) | dict(packed)


def _final(entry: Mapping[str, Any]) -> Any:
    return ((entry.get("calculatedPrice") or {}).get("finalPrice") or {}).get("grossValue")


def unit_of(entry: Mapping[str, Any]) -> str:
    """The unit in which an entry is ordered; pieces where it names none."""
    unit = entry.get("measurementUnit") or {}
    return str(unit.get("unitCode") or unit.get("unit") or PIECE)


def order_view(
    order: Mapping[str, Any], pack: Mapping[str, Any], zone: tzinfo, invoice: str | None
) -> dict[str, Any]:
    """The whole order; `zone` is where its site is at home, `invoice` the number of its invoice."""
    coupons = sum((Decimal(str(d.get("amount") or 0)) for d in order.get("discounts") or ()), Decimal(0))
    return _given(
        {
            "id": order["id"],
            "siteCode": order.get("siteCode"),
            "orderTotal": order.get("totalPrice"),
            "valueOfGoods": order.get("subTotalPrice"),
            "deposit": 0,
            "coupons": float(coupons),
            "currency": order.get("currency"),
            "entries": lines(order, pack),
            "customer": _customer(order),
            "delivery": _delivery(order, zone),
            "payment": _payment(order, invoice),
            "packingStatus": status_of(order, pack),
            **_packing(pack),
        }
    )


def packlist_view(order: Mapping[str, Any], pack: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """The order as a line of the packlist."""
    entries = lines(order, pack)
    return _given(
        {
            "orderId": order["id"],
            "customerName": _customer(order).get("name"),
            "packingStatus": status_of(order, pack),
            "productsTotal": _sum(entries, "totalCount"),
            "productsPacked": _sum(entries, "packedCount"),
            "productsCanceled": _sum(entries, "canceledCount"),
            "assignees": [],
            "entries": entries,
            "deliveryWindow": _window(order, zone),
            **_packing(pack),
        }
    )


def _packing(pack: Mapping[str, Any]) -> dict[str, Any]:
    names = ("assignees", "packagingProducts", "holdingAreaNumber")
    return {name: pack[name] for name in names if pack.get(name)}


def _sum(entries: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(int(entry[name]) for entry in entries)


def _customer(order: Mapping[str, Any]) -> dict[str, Any]:
    customer = order.get("customer") or {}
    address = order.get("shippingAddress") or {}
    names = " ".join(filter(None, (customer.get("firstName"), customer.get("lastName"))))
    return _given(
        {name: customer.get(name) for name in ("id", "title", "firstName", "lastName", "email")}
        | {
            "name": customer.get("name") or names or address.get("contactName"),
            "companyName": customer.get("company") or address.get("companyName"),
            "phoneNumber": address.get("contactPhone"),
        }
    )


def _address(address: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not address:
        return None
    names = ("contactName", "companyName", "street", "streetNumber", "streetAppendix", "city", "country")
    return _given({name: address.get(name) for name in names} | {"zip": address.get("zipCode")})


def _delivery(order: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    window, total = order.get("deliveryWindow") or {}, (order.get("shipping") or {}).get("total")
    times = window.get("deliveryTimeRange") or {}
    day = {
        "deliveryDate": window.get("deliveryDate"),
        "deliveryTimeFrom": times.get("timeFrom"),
        "deliveryTimeTo": times.get("timeTo"),
    }
    return _given(
        {
            "deliveryTimeModel": _given(day) or None,
            "deliveryAddressModel": _address(order.get("shippingAddress")),
            "deliveryCostModel": total,
            "deliveryWindow": _window(order, zone),
        }
    )


def _window(order: Mapping[str, Any], zone: tzinfo) -> dict[str, Any] | None:
    window = order.get("deliveryWindow") or {}
    times = window.get("deliveryTimeRange") or {}
    found = _given({name: window.get(name) for name in ("deliveryCycle", "deliveryCycleName")})
    if window.get("deliveryDate") and times.get("timeTo"):
        day = datetime.fromisoformat(window["deliveryDate"]).date()
        until = datetime.combine(day, time.fromisoformat(times["timeTo"]).replace(tzinfo=None), zone)
        found["deliveryTimeTo"] = until.strftime("%Y-%m-%dT%H:%M:%S.000%z")
    return found or None


def _payment(order: Mapping[str, Any], invoice: str | None) -> dict[str, Any]:
    methods = [payment["method"] for payment in order.get("payments") or () if payment.get("method")]
    return _given(
        {
            "invoiceNumber": invoice,
            "invoiceAddress": _address(order.get("billingAddress")),
            "methods": methods or None,
        }
    )


def _given(members: dict[str, Any]) -> dict[str, Any]:
    """Only members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
