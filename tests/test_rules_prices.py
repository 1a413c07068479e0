"""Prices by quantity: the worked values of the guide, and what must hold for any tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.rules.prices import (
    Side,
    list_rank,
    on_sale,
    split,
    tier_faults,
    total_of,
    unit_price,
    valid_at,
)

LEAST = [Decimal(0), Decimal(5), Decimal(10)]
VALUES = [Decimal(3), Decimal(2), Decimal(1)]
AMOUNTS = st.decimals(min_value="0.01", max_value=1000, places=2)


@pytest.mark.parametrize(
    ("kind", "quantity", "price"),
    [
        ("VOLUME", "16", "1"),
        ("TIERED", "16", "1.9375"),
        ("VOLUME", "4.99", "3"),
        ("VOLUME", "5", "2"),
        ("TIERED", "5", "3"),
        ("TIERED", "10", "2.5"),
        ("TIERED", "0", "3"),
        ("BASIC", "16", "3"),
    ],
)
def test_the_unit_price_of_a_quantity(kind: str, quantity: str, price: str):
    assert unit_price(kind, LEAST, VALUES, Decimal(quantity)) == Decimal(price)


@given(AMOUNTS)
def test_graduated_and_volume_prices_agree_below_the_second_tier(quantity: Decimal):
    graduated = unit_price("TIERED", LEAST, VALUES, quantity)
    volume = unit_price("VOLUME", LEAST, VALUES, quantity)
    assert graduated >= volume
    if quantity <= 5:
        assert graduated == 3


@pytest.mark.parametrize(
    ("price", "quantity", "measured", "total"),
    [("1.99", "1200", "100", "23.88"), ("13.55", "10", "0.1", "1355"), ("1", "10", "1", "10")],
)
def test_totals_by_measurement_unit(price: str, quantity: str, measured: str, total: str):
    assert total_of(Decimal(price), Decimal(quantity), Decimal(measured)) == Decimal(total)


def test_sales():
    assert on_sale(Decimal(50), None) == 50
    assert on_sale(Decimal(50), {"discountAmount": 12.5}) == Decimal("37.5")
    assert on_sale(Decimal(50), {"discountRate": 10}) == 45
    assert on_sale(Decimal(5), {"discountAmount": 12}) == 0


def tiers(*least: float, unit: str = "kg") -> list[dict[str, Any]]:
    return [{"minQuantity": {"quantity": q, "unitCode": unit}} for q in least]


@pytest.mark.parametrize(
    ("kind", "given", "fault"),
    [
        ("BASIC", tiers(0), None),
        ("VOLUME", tiers(0, 0.5, 5), None),
        ("BASIC", tiers(0, 1), "one tier"),
        ("VOLUME", [], "at least one"),
        ("VOLUME", tiers(1, 2), "must be 0"),
        ("TIERED", tiers(0, 5, 5), "unique and ascending"),
        ("TIERED", tiers(0, 5, 3), "unique and ascending"),
        ("VOLUME", [*tiers(0), *tiers(5, unit="g")], "same unitCode"),
        ("OTHER", tiers(0), "one of"),
    ],
)
def test_tiers_that_cannot_be_used(kind: str, given: list[dict[str, Any]], fault: str | None):
    faults = tier_faults(kind, given)
    assert (not faults) if fault is None else (fault in "".join(faults))


def side(**changes: Any) -> Side:
    rates = {"source": Decimal(19), "target": Decimal(20)}
    return Side(**{"includes_tax": True, "wanted": True, "same_country": True, **rates, **changes})


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, "119"),
        ({"wanted": False}, "100"),
        ({"same_country": False}, "120"),
        ({"includes_tax": False}, "142.8"),
        ({"includes_tax": False, "wanted": False, "same_country": False, "source": None}, "119"),
        ({"same_country": False, "target": None}, None),
        ({"wanted": False, "source": None}, None),
        ({"source": None, "target": None}, "119"),
    ],
)
def test_the_side_of_a_price(changes: dict[str, Any], value: str | None):
    assert side(**changes).move(Decimal(119)) == (None if value is None else Decimal(value))


def test_the_tax_in_a_value():
    assert split(Decimal("18.9"), gross=True, rate=Decimal(7)) == {
        "netValue": Decimal("17.66"),
        "grossValue": Decimal("18.90"),
        "taxValue": Decimal("1.24"),
    }
    assert split(Decimal(100), gross=False, rate=Decimal(19))["grossValue"] == 119


def rank(price_list: dict[str, Any]) -> int | None:
    return list_rank(price_list, country="AT", regions=["Europe"], groups=["g1"], companies=["c2", "c1"])


def test_lists_that_fit_closer_rank_higher():
    assert rank({}) == 0
    assert rank({"countries": ["AT", "CH"]}) == 1
    assert rank({"countries": ["AT"], "regions": ["Europe"], "customerGroups": ["g1"]}) == 3
    assert rank({"legalEntityId": "c1"}) == 1
    assert rank({"legalEntityId": "c3"}) is None
    assert rank({"countries": ["DE"], "regions": ["Europe"]}) is None


def test_validity_has_open_ends():
    assert valid_at(None, "2026-02-01T00:00:00Z")
    assert valid_at({"from": "2026-02-01T00:00:00.000Z"}, "2026-02-01T00:00:00Z")
    assert not valid_at({"from": "2026-02-01T00:00:00.001Z"}, "2026-02-01T00:00:00Z")
    assert not valid_at({"to": "2026-01-31T23:59:59Z"}, "2026-02-01T00:00:00.000Z")
