"""The worth of returned goods, with the document's own figures."""

from __future__ import annotations

from decimal import Decimal

from emporix_mock.rules.returns import summed, times, totals, unit_of, valued

CENTS = Decimal("0.01")


def test_the_documents_example_comes_out_to_the_last_digit():
    shirt = {"netValue": 1.68, "grossValue": 1.99, "taxValue": 0.31, "taxCode": "STANDARD", "taxRate": 19.0}
    jacket = {"netValue": 0.84, "grossValue": 1.0, "taxValue": 0.16, "taxCode": "STANDARD", "taxRate": 19.0}
    both = times(shirt, 2), times(jacket, 15)
    assert (both[0]["netValue"], both[0]["grossValue"], both[0]["taxValue"]) == (3.36, 3.98, 0.62)
    assert (both[1]["netValue"], both[1]["grossValue"], both[1]["taxValue"]) == (12.6, 15, 2.4)
    assert summed(both) == {
        "netValue": 15.96,
        "grossValue": 18.98,
        "taxValue": 3.02,
        "taxCode": "STANDARD",
        "taxRate": 19.0,
    }


def test_a_unit_is_the_final_price_by_the_amount():
    final = {"netValue": 12.606, "grossValue": 15, "taxValue": 2.394, "taxCode": "STANDARD", "taxRate": 19}
    unit = {"netValue": 0.84, "grossValue": 1, "taxValue": 0.16, "taxCode": "STANDARD", "taxRate": 19}
    assert unit_of(final, 15, CENTS) == unit
    assert unit_of(final, 15, Decimal("0.001"))["netValue"] == 0.84
    assert unit_of({"grossValue": 0.01}, 2, CENTS) == {"grossValue": 0.01}


def test_rates_that_differ_are_left_out():
    prices = [{"netValue": 1, "taxRate": 7, "taxCode": "A"}, {"netValue": 2, "taxRate": 19, "taxCode": "A"}]
    assert summed(prices) == {"netValue": 3, "grossValue": 0, "taxValue": 0, "taxCode": "A"}
    assert summed([]) is None


def test_an_entry_without_prices_gives_none():
    item = valued({"id": "1", "quantity": 2}, {"id": "1"}, "EUR", CENTS)
    assert item == {"id": "1", "quantity": 2}
    assert totals([item], "EUR") == {"total": {"value": 0, "currency": "EUR"}}
