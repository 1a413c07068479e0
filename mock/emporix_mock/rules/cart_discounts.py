"""How the discounts of a cart fall on its lines, fees and shipping (checkout facts, 1.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emporix_mock.rules.cart_values import (
    EXACT,
    FREE_SHIPPING,
    PERCENT,
    THOUSANDTH,
    ZERO,
    Basket,
    Discount,
    Line,
    Sum,
    Tax,
    rounded,
    share_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal


@dataclass(slots=True)
class Target:
    """Something that discounts can fall on: its price, and what each discount takes off its `weight`.

    `weight` is the original price on the side that counts; `room` what is left of it.
    """

    price: Sum
    tax: Tax
    weight: Decimal
    room: Decimal
    shares: list[tuple[Discount, Decimal]] = field(default_factory=list)

    @staticmethod
    def of(price: Sum, tax: Tax, *, gross: bool) -> Target:
        """A target that no discount has touched."""
        weight = price.side(gross=gross)
        return Target(price, tax, weight, weight)

    def take(self, discount: Discount, value: Decimal) -> None:
        """Let a discount have a part of what is left."""
        if value > 0:
            self.room -= value
            self.shares.append((discount, value))

    def after(self, *, gross: bool) -> Sum:
        """The price after discounts: one side less its shares, the other by the tax rate."""
        return Sum.of(self.room, self.tax, gross=gross) if self.shares else self.price


@dataclass(frozen=True, slots=True)
class LineTargets:
    """The targets of one line."""

    line: Line
    price: Target
    fees: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Discounted:
    """A basket with every discount on its targets."""

    lines: tuple[LineTargets, ...]
    shipping: Target | None


def discounted(basket: Basket) -> Discounted:
    """Apply all discounts: free shipping first, then those of the lines, then those of the cart in order."""
    lines = tuple(_targets(line, gross=basket.gross) for line in basket.lines)
    shipping = (
        Target.of(basket.shipping.price, basket.shipping.tax, gross=basket.gross) if basket.shipping else None
    )
    for discount in basket.discounts:
        if discount.type == FREE_SHIPPING and shipping is not None:
            shipping.take(discount, shipping.room)
    for targets in lines:
        for discount in targets.line.discounts:
            apply(discount, [targets.price, *(targets.fees if discount.fees else ())])
    for discount in basket.discounts:
        if discount.type != FREE_SHIPPING:
            apply(discount, list(_reached(discount, lines, shipping)))
    return Discounted(lines, shipping)


def _targets(line: Line, *, gross: bool) -> LineTargets:
    price = Target.of(line.price, line.tax, gross=gross)
    return LineTargets(line, price, tuple(Target.of(fee.price, fee.tax, gross=gross) for fee in line.fees))


def _reached(discount: Discount, lines: Iterable[LineTargets], shipping: Target | None) -> Iterable[Target]:
    for targets in lines:
        if discount.lines is None or targets.line.id in discount.lines:
            yield targets.price
            if discount.total:
                yield from targets.fees
    if discount.total and discount.lines is None and shipping is not None:
        yield shipping


def apply(discount: Discount, targets: Sequence[Target], step: Decimal = THOUSANDTH) -> None:
    """Let one discount fall on its targets: a percentage of original prices, or an amount spread by them."""
    if discount.type == PERCENT:
        for target in targets:
            target.take(discount, min(share_of(target.weight, discount.value, step), target.room))
        return
    for target, share in zip(targets, spread(discount.value, targets, step), strict=True):
        target.take(discount, share)


def spread(amount: Decimal, targets: Sequence[Target], step: Decimal = THOUSANDTH) -> list[Decimal]:
    """Shares of an amount in proportion to the weights, none above the target's room, as large as can be.

    What rounding leaves goes to the target with the largest weight; the choice among equals does not
    depend on their order.
    """
    goal = min(rounded(amount, step), sum((target.room for target in targets), ZERO))
    shares = [
        min(rounded(share, step), target.room)
        for share, target in zip(_exact_shares(goal, targets), targets, strict=True)
    ]
    rest = goal - sum(shares, ZERO)
    if rest:
        _settle(rest, shares, targets)
    return shares


def _exact_shares(goal: Decimal, targets: Sequence[Target]) -> list[Decimal]:
    """The shares before rounding: those above the room are capped, the others have the rest."""
    shares = [ZERO] * len(targets)
    active = [index for index, target in enumerate(targets) if target.room > 0]
    while active and goal > 0:
        weight = sum((targets[index].weight for index in active), ZERO)
        by_weight = {index: EXACT.divide(goal * targets[index].weight, weight) for index in active}
        full = [index for index in active if by_weight[index] >= targets[index].room]
        for index in full or active:
            shares[index] = targets[index].room if full else by_weight[index]
        if not full:
            break
        goal -= sum((targets[index].room for index in full), ZERO)
        capped = set(full)
        active = [index for index in active if index not in capped]
    return shares


def _settle(rest: Decimal, shares: list[Decimal], targets: Sequence[Target]) -> None:
    def order(index: int) -> tuple[Decimal, Decimal, Decimal]:
        return -targets[index].weight, targets[index].tax.rate, targets[index].room

    for index in sorted(range(len(targets)), key=order):
        if not rest:
            return
        limit = targets[index].room - shares[index] if rest > 0 else -shares[index]
        moved = min(rest, limit) if rest > 0 else max(rest, limit)
        shares[index] += moved
        rest -= moved
