"""Conversion between units of one type: amounts are multiplied by the ratio of the units' factors."""

from __future__ import annotations

from decimal import Context, Decimal

_EXACT = Context(prec=40)


def conversion_factor(source: float, target: float) -> Decimal:
    """By what an amount in a unit of factor `source` is multiplied for one of factor `target` (above 0)."""
    return _EXACT.divide(_decimal(source), _decimal(target))


def converted(amount: float, source: float, target: float) -> Decimal:
    """`amount` in a unit of factor `source`, expressed in one of factor `target`.

    The amount is multiplied before the division, so that nothing is lost where the ratio has no end.
    """
    return _EXACT.divide(_EXACT.multiply(_decimal(amount), _decimal(source)), _decimal(target))


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
