"""What quotes add up to, with the figures of the documents and of the seeded quotes."""

from __future__ import annotations

from emporix_mock.rules.quotes import priced, totals


def item(total: float, unit: float, quantity: float, code: str, rate: float) -> dict[str, object]:
    price = {"unitPrice": unit, "totalNetValue": total, "tax": {"taxClass": code, "taxRate": rate}}
    return {"price": priced(price, quantity)}


def test_the_documents_example():
    items = [item(34, 34, 1, "STANDARD", 10), item(171, 57, 3, "STANDARD", 10)]
    first = items[0]["price"]
    assert (first["newUnitPrice"], first["discount"]) == (34, 0)
    assert first["tax"]["prices"] == {"netValue": 34, "grossValue": 37.4}
    assert items[1]["price"]["tax"]["prices"]["grossValue"] == 188.1
    shipping = {"value": 10, "grossValue": 12}
    found = totals(items, shipping, "USD", whole=False)
    sums = {"currency": "USD", "netValue": 205, "grossValue": 225.5, "taxValue": 20.5}
    assert found["totalPrice"] == found["subtotalPrice"] == sums
    assert found["taxAggregate"]["lines"] == [
        {"name": "STANDARD", "amount": 20.5, "rate": 10, "taxable": 225.5}
    ]
    whole = totals(items, shipping, "USD", whole=True)["totalPrice"]
    assert whole == {"currency": "USD", "netValue": 215, "grossValue": 237.5, "taxValue": 22.5}


def test_a_negotiated_quote():
    items = [item(320, 49.58, 8, "STANDARD", 19), item(211.92, 17.66, 12, "REDUCED", 7)]
    kettle = items[0]["price"]
    assert (kettle["newUnitPrice"], kettle["discount"]) == (40, 19.32)
    found = totals(items, {"value": 4.9, "grossValue": 5.83}, "EUR", whole=True)
    assert found["subtotalPrice"] == {
        "currency": "EUR",
        "netValue": 531.92,
        "grossValue": 607.55,
        "taxValue": 75.63,
    }
    assert found["totalPrice"] == {
        "currency": "EUR",
        "netValue": 536.82,
        "grossValue": 613.38,
        "taxValue": 76.56,
    }
    assert found["taxAggregate"]["lines"] == [
        {"name": "REDUCED", "amount": 14.83, "rate": 7, "taxable": 226.75},
        {"name": "STANDARD", "amount": 60.8, "rate": 19, "taxable": 380.8},
    ]


def test_thousandths_of_carts_stay_until_the_sum():
    items = [item(198.319, 49.58, 4, "STANDARD", 19), item(46.262, 9.252, 5, "REDUCED", 7)]
    assert [entry["price"]["newUnitPrice"] for entry in items] == [49.58, 9.252]
    assert [entry["price"]["tax"]["prices"]["grossValue"] for entry in items] == [236, 49.5]
    found = totals(items, {"value": 4.9, "grossValue": 5.83}, "EUR", whole=True)
    assert (found["totalPrice"]["netValue"], found["totalPrice"]["taxValue"]) == (249.48, 41.85)
    assert [line["amount"] for line in found["taxAggregate"]["lines"]] == [3.24, 37.68]


def test_nothing_costs_nothing():
    found = totals([], None, "EUR", whole=True)
    assert found["totalPrice"]["grossValue"] == 0
    free = item(0, 0, 0, "ZERO", 0)["price"]
    assert (free["newUnitPrice"], free["discount"]) == (0, 0)
    dearer = item(110, 100, 1, "ZERO", 0)["price"]
    assert dearer["discount"] == -10
