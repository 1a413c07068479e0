"""What a cart is calculated from, as plain values: sums with their two sides, lines, fees, discounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from emporix_mock.rules.tax import KNOWN, half_up

THOUSANDTH: Final = Decimal("0.001")
ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)
EXACT: Final = Context(prec=60)

PERCENT, ABSOLUTE, FREE_SHIPPING = "PERCENT", "ABSOLUTE", "FREE_SHIPPING"
PER_PIECE = "ABSOLUTE_MULTIPLY_ITEMQUANTITY"
INTERNAL, EXTERNAL = "INTERNAL", "EXTERNAL"
DiscountType = Literal["PERCENT", "ABSOLUTE", "FREE_SHIPPING"]


def rounded(value: Decimal, step: Decimal = THOUSANDTH) -> Decimal:
    """Half up; three decimals, as every member of a calculated price has them, unless said otherwise."""
    return half_up(value, step)


def share_of(value: Decimal, percent: Decimal, step: Decimal = THOUSANDTH) -> Decimal:
    """A percentage of a value, rounded."""
    return rounded(EXACT.divide(EXACT.multiply(value, percent), HUNDRED), step)


class Tax(NamedTuple):
    """A tax class and its rate in percent; no code where there is no tax."""

    code: str | None = None
    rate: Decimal = ZERO


NO_TAX: Final = Tax()


class Sum(NamedTuple):
    """An amount without and with tax."""

    net: Decimal = ZERO
    gross: Decimal = ZERO

    @staticmethod
    @lru_cache(maxsize=KNOWN)
    def of(amount: Decimal, tax: Tax, *, gross: bool) -> Sum:
        """The two sides of an amount that is given on one of them; both rounded."""
        factor = HUNDRED + tax.rate
        if gross:
            return Sum(rounded(EXACT.divide(EXACT.multiply(amount, HUNDRED), factor)), rounded(amount))
        return Sum(rounded(amount), rounded(EXACT.divide(EXACT.multiply(amount, factor), HUNDRED)))

    @property
    def tax(self) -> Decimal:
        """What lies between the two sides."""
        return self.gross - self.net

    def side(self, *, gross: bool) -> Decimal:
        """One of the two sides."""
        return self.gross if gross else self.net

    def plus(self, other: Sum) -> Sum:
        """Both sides added."""
        return Sum(self.net + other.net, self.gross + other.gross)


NOTHING: Final = Sum()


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee of a line with its price; `origin` says who charges it."""

    id: str
    type: str
    price: Sum
    tax: Tax
    name: Any = None
    origin: str = INTERNAL


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount of the cart or, in a line, of that line alone.

    `total` spreads it over item prices, item fees and shipping, otherwise it is for item prices. `lines`
    are the ids of the only lines it is for (then never for shipping); `fees` lets the discount of one
    line reach its fees.
    """

    id: str
    type: DiscountType
    value: Decimal = ZERO
    total: bool = False
    origin: str = INTERNAL
    lines: frozenset[str] | None = None
    fees: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a cart: its price for the whole quantity, and what hangs on it."""

    id: str
    price: Sum
    tax: Tax
    fees: tuple[Fee, ...] = ()
    discounts: tuple[Discount, ...] = ()
    uplift: Sum | None = None
    calculated: str | None = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """The cost of delivery before discounts."""

    price: Sum
    tax: Tax


@dataclass(frozen=True, slots=True)
class PaymentFee:
    """What a way to pay costs: an amount (net), or a percentage of net items and shipping after discounts."""

    type: str
    value: Decimal
    tax: Tax


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything a total depends on; `gross` says on which side of the tax discounts are worked out."""

    lines: tuple[Line, ...]
    gross: bool
    discounts: tuple[Discount, ...] = ()
    shipping: Shipping | None = None
    payment_fee: PaymentFee | None = None


def fee_price(kind: str, value: Decimal, tax: Tax, *, line: Sum, quantity: Decimal) -> Sum:
    """What a fee costs on a line: a percentage of its net price, an amount, or one for each piece."""
    if kind == PERCENT:
        return Sum.of(share_of(line.net, value), tax, gross=False)
    return Sum.of(value * quantity if kind == PER_PIECE else value, tax, gross=False)
