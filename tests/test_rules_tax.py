"""Net and gross prices: the golden numbers of the calculation, and what must hold for any price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.rules.tax import exact, gross_of, net_of, plain, rate_of, taxed

PRICES = st.decimals(min_value=0, max_value=10**7, places=4)
RATES = st.decimals(min_value=0, max_value=40, places=2)


def test_net_to_gross_is_not_rounded():
    found = taxed(Decimal("1.59"), includes_tax=False, target=Decimal(19))
    assert (found.net, found.gross) == (Decimal("1.59"), Decimal("1.8921"))
    assert (found.source_rate, found.target_rate) == (None, Decimal(19))


def test_gross_to_net_is_rounded_to_ten_decimals():
    found = taxed(Decimal("1.59"), includes_tax=True, target=Decimal(19))
    assert (found.net, found.gross) == (Decimal("1.3361344538"), Decimal("1.59"))
    assert (found.source_rate, found.target_rate) == (Decimal(19), None)


@pytest.mark.parametrize(("target", "gross"), [("23", "1.643445378174"), ("20", "1.60336134456")])
def test_gross_of_another_country_comes_from_the_rounded_net(target: str, gross: str):
    found = taxed(Decimal("1.59"), includes_tax=True, target=Decimal(target), source=Decimal(19))
    assert (found.net, found.gross) == (Decimal("1.3361344538"), Decimal(gross))
    assert (found.source_rate, found.target_rate) == (Decimal(19), Decimal(target))


def test_halves_are_rounded_up():
    assert net_of(Decimal("0.00000000005"), Decimal(0)) == Decimal("0.0000000001")


@given(PRICES, RATES)
def test_taking_tax_out_undoes_adding_it(price: Decimal, rate: Decimal):
    assert net_of(gross_of(price, rate), rate) == price


@given(PRICES, RATES)
def test_adding_tax_to_a_net_price_misses_the_gross_by_rounding_only(price: Decimal, rate: Decimal):
    assert abs(gross_of(net_of(price, rate), rate) - price) <= Decimal("1E-10")


def test_numbers_are_printed_as_they_are_read():
    assert exact(8.1) == Decimal("8.1")
    assert plain(Decimal("19.0")) == 19
    assert plain(Decimal("1.643445378174")) == 1.643445378174


def test_the_rate_of_a_class():
    classes = [{"code": "STANDARD", "rate": 8.1}, {"code": "ZERO", "rate": 0}]
    assert rate_of(classes, "STANDARD") == Decimal("8.1")
    assert rate_of(classes, "ZERO") == 0
    assert rate_of(classes, "REDUCED") is None
