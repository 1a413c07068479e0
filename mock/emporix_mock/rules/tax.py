"""Net and gross prices, exact: decimals all the way (pricing facts, part B)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from math import isinf
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NET_STEP: Final = Decimal("1E-10")
"""A net price that is worked out of a gross one is rounded half up to ten decimals."""
KNOWN: Final = 4096
"""How many results are kept: the same amounts come up many times in a cart and in its order."""
_DIGITS: Final = 60
_ANY_LENGTH: Final = Context(prec=1200)
"""Room for the product of any three numbers that JSON can carry."""
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Taxed:
    """A price without and with tax, and the rates (percent) that led from one to the other."""

    net: Decimal
    gross: Decimal
    source_rate: Decimal | None = None
    target_rate: Decimal | None = None


def exact(value: float | str) -> Decimal:
    """A number of JSON, or its text, as the decimal that it was written as."""
    return Decimal(str(value))


def half_up(value: Decimal, step: Decimal) -> Decimal:
    """A number rounded half up to a step, however long it is."""
    return value.quantize(step, ROUND_HALF_UP, _ANY_LENGTH)


@lru_cache(maxsize=KNOWN)
def plain(value: Decimal) -> int | float:
    """The number that JSON prints for a decimal: whole numbers that fit into 53 bits without a point.

    Raises `OverflowError` for one that is too large for JSON.
    """
    number = float(value)
    if isinf(number):
        raise OverflowError(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


@lru_cache(maxsize=KNOWN)
def gross_of(net: Decimal, rate: Decimal) -> Decimal:
    """A net price with tax added, not rounded."""
    with localcontext(prec=_DIGITS):
        return net * (_HUNDRED + rate) / _HUNDRED


@lru_cache(maxsize=KNOWN)
def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """A gross price without its tax, rounded to `NET_STEP`."""
    with localcontext(prec=_DIGITS):
        return half_up(gross * _HUNDRED / (_HUNDRED + rate), NET_STEP).normalize()


def taxed(price: Decimal, *, includes_tax: bool, target: Decimal, source: Decimal | None = None) -> Taxed:
    """The net and gross of a price.

    Without tax in it, the target's rate is added. With tax in it, the source's rate is taken out and the
    target's added; where no source is given the price is the target's own gross price.
    """
    if not includes_tax:
        return Taxed(price, gross_of(price, target), target_rate=target)
    if source is None:
        return Taxed(net_of(price, target), price, source_rate=target)
    net = net_of(price, source)
    return Taxed(net, gross_of(net, target), source_rate=source, target_rate=target)


def rate_of(tax_classes: Iterable[Mapping[str, Any]], code: str) -> Decimal | None:
    """The rate (percent) of the class with a code; None when there is none."""
    for tax_class in tax_classes:
        if tax_class.get("code") == code:
            return exact(tax_class["rate"])
    return None
