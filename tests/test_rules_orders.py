"""Orders on plain values: states, and the money of the worked order EON1200."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from emporix_mock.rules.cart_values import Basket, Discount, Fee, Line, PaymentFee, Shipping, Sum, Tax
from emporix_mock.rules.checkout import customer_problems, payment_problems, shipping_problems
from emporix_mock.rules.order_basket import basket_of_order
from emporix_mock.rules.order_building import Carriage, item_total, order_of
from emporix_mock.rules.order_prices import Charge, with_prices
from emporix_mock.rules.orders import NEXT, history_of, next_statuses, recorded, shippable

STANDARD, REDUCED = Tax("STANDARD", Decimal(19)), Tax("REDUCED", Decimal(7))
PICKING = Fee("picking", "ABSOLUTE", Sum.of(Decimal("3.5"), REDUCED, gross=False), REDUCED)


def line(own: str, gross: int, tax: Tax, **more: Any) -> Line:
    return Line(own, Sum.of(Decimal(gross), tax, gross=True), tax, **more)


EON1200 = Basket(
    (
        line(
            "0",
            700,
            STANDARD,
            fees=(PICKING,),
            discounts=(Discount("e", "PERCENT", Decimal(40), origin="EXTERNAL"),),
        ),
        line("1", 10, REDUCED),
        line("2", 110, REDUCED, fees=(PICKING,), uplift=Sum.of(Decimal(33), REDUCED, gross=True)),
    ),
    gross=True,
    discounts=(Discount("LS100EUROTOTAL", "ABSOLUTE", Decimal(100), total=True),),
    shipping=Shipping(Sum.of(Decimal(10), STANDARD, gross=False), STANDARD),
    payment_fee=PaymentFee("PERCENT", Decimal(10), REDUCED),
)
CART: dict[str, Any] = {
    "id": "cart",
    "currency": "EUR",
    "siteCode": "main",
    "discounts": [
        {
            "code": "LS100EUROTOTAL",
            "amount": 100,
            "currency": "EUR",
            "discountType": "ABSOLUTE",
            "discountCalculationType": "TOTAL",
            "valid": True,
        }
    ],
    "items": [
        {"id": "0", "quantity": 2, "product": {"id": "a"}, "keepAsSeparateLineItem": True},
        {"id": "1", "quantity": 1, "itemYrn": "urn:yaas:saasag:caasproduct:product:acme;b"},
        {"id": "2", "quantity": 2, "product": {"id": "c"}},
    ],
}
CHARGE = Charge({"id": "pay", "feeType": "PERCENT", "name": {"en": "Invoice"}}, "urn:pay")


@pytest.fixture
def order() -> dict[str, Any]:
    carriage = Carriage("standard", "Standard", {"en": "Standard"}, "STANDARD")
    return order_of(CART, EON1200, carriage, CHARGE)


def sides(node: dict[str, Any]) -> tuple[float, float]:
    return node["netValue"], node["grossValue"]


def test_the_worked_order_with_a_payment_fee(order: dict[str, Any]):
    price = order["calculatedPrice"]
    assert [(fee["id"], fee["type"], *sides(fee["price"])) for fee in price["paymentFees"]] == [
        ("pay", "PERCENT", 39.663, 42.439)
    ]
    assert price["fees"]["netValue"] == 46.663
    assert price["totalFee"]["netValue"] == 45.829
    assert price["totalShipping"]["netValue"] == 8.808
    assert price["discountedPrice"]["netValue"] == 381.651
    assert sides(price["finalPrice"]) == (436.288, 501.829)
    assert order["totalAuthorizedAmount"] == 534.829
    shares = [
        (applied["id"], applied["value"])
        for entry in order["entries"]
        for applied in entry["calculatedPrice"]["totalDiscount"]["appliedDiscounts"]
        if applied["id"] != "e"
    ]
    assert shares == [("LS100EUROTOTAL", 83.84), ("LS100EUROTOTAL", 1.191), ("LS100EUROTOTAL", 13.551)]


def test_the_older_members_of_the_worked_order(order: dict[str, Any]):
    assert order["subTotalPrice"] == 820
    assert order["shipping"]["total"]["amount"] == 11.9
    fees = order["feeYrnAggregate"]
    assert fees["elements"][0]["total"]["total"] == fees["total"]["total"] == 73.89
    assert order["totalPrice"] == 812.79
    assert order["discounts"] == [{k: v for k, v in CART["discounts"][0].items() if k != "valid"}]


def test_the_entries_of_an_order(order: dict[str, Any]):
    assert [entry["id"] for entry in order["entries"]] == ["0_SLI_a", "b", "c"]
    assert [entry["totalPrice"] for entry in order["entries"]] == [700, 10, 110]
    assert [entry["authorizedAmount"] for entry in order["entries"]] == [700, 10, 143]
    assert order["entries"][0]["calculatedUnitPrice"]["grossValue"] == 350


def test_an_order_is_worked_out_again_from_its_own_members(order: dict[str, Any]):
    order["entries"][0]["externalDiscounts"] = [{"id": "e", "discountType": "PERCENT", "value": 40}]
    values = {"picking": Decimal("3.5"), "pay": Decimal(10)}
    basket = basket_of_order(order, order, gross=True, fee_value=values.get)
    again = with_prices(order, basket)
    assert again["calculatedPrice"] == order["calculatedPrice"]
    assert [entry["calculatedPrice"] for entry in again["entries"]] == [
        entry["calculatedPrice"] for entry in order["entries"]
    ]
    forgotten = with_prices(order, basket_of_order(order, order, gross=True, fee_value=lambda _: None))
    assert forgotten["calculatedPrice"] == order["calculatedPrice"]


def test_an_uncharged_order_has_no_fee_of_payment():
    plain = order_of(CART, Basket(EON1200.lines, gross=True), Carriage("", "", None, None), None)
    assert "paymentFees" not in plain["calculatedPrice"]
    assert "feeYrnAggregate" not in plain
    assert (
        item_total([{"calculatedPrice": e["calculatedPrice"]} for e in plain["entries"]], gross=True) == 820
    )


@pytest.mark.parametrize("status", NEXT)
def test_every_status_leads_to_known_ones(status: str):
    assert set(next_statuses(status)) <= set(NEXT)
    assert next_statuses(status, customer=True) == (("DECLINED",) if status == "CREATED" else ())


def test_a_history_grows_and_counts():
    order = {"status": "CONFIRMED", "created": "t0", "lastStatusChange": "t1"}
    earlier = history_of(order)
    assert [step["status"] for step in earlier] == ["CREATED", "CONFIRMED"]
    transitions, metadata = recorded(earlier, "SHIPPED", "t2")
    assert [step["timestamp"] for step in transitions] == ["t0", "t1", "t2"]
    assert metadata == {"version": 3, "createdAt": "t0", "modifiedAt": "t2"}


def test_shipments_are_complete():
    assert not shippable({})
    assert not shippable({"shipments": [{"carrier": "DHL"}]})
    assert shippable({"shipments": [{"carrier": "DHL", "shippedDate": "2026-01-01"}]})


def test_what_a_checkout_must_say():
    assert payment_problems([{"provider": "custom"}]) == []
    assert [one.rule for one in payment_problems([{"provider": "?"}])] == ["payment-methods"]
    assert customer_problems({"guest": True, "lastName": "W"}, None) == []
    assert len(customer_problems({"id": "1"}, None)) == 3
    zones = [{"zone": {"id": "z"}, "methods": [{"id": "m", "fee": {"amount": 5}}]}]
    chosen = {"zoneId": "z", "methodId": "m", "amount": 4}
    assert shipping_problems(chosen, zones, as_quoted=False, free=False) == []
    assert shipping_problems(chosen, zones, as_quoted=True, free=True) == []
    assert len(shipping_problems(chosen, zones, as_quoted=True, free=False)) == 1
    assert len(shipping_problems(chosen, [], as_quoted=False, free=False)) == 1
