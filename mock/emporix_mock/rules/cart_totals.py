"""The tree `calculatedPrice` of a cart or order and of its lines (checkout facts, 1.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emporix_mock.rules.cart_discounts import Discounted, LineTargets, Target, discounted
from emporix_mock.rules.cart_values import NOTHING, PERCENT, ZERO, Basket, Discount, Sum, Tax, share_of
from emporix_mock.rules.tax import KNOWN, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from emporix_mock.rules.cart_values import PaymentFee

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Priced:
    """The trees in wire form: of the cart, and of its lines by id."""

    cart: Document
    lines: dict[str, Document]


@dataclass(slots=True)
class Tally:
    """A sum that remembers which tax rates are in it."""

    net: Decimal = ZERO
    gross: Decimal = ZERO
    taxes: set[Tax] = field(default_factory=set)
    counted: int = 0

    @property
    def sum(self) -> Sum:
        """What it comes to."""
        return Sum(self.net, self.gross)

    def add(self, amount: Sum, tax: Tax) -> None:
        """Count an amount in."""
        self.net += amount.net
        self.gross += amount.gross
        self.taxes.add(tax)
        self.counted += 1

    def include(self, other: Tally) -> None:
        """Count in what another has."""
        self.net += other.net
        self.gross += other.gross
        self.taxes |= other.taxes
        self.counted += other.counted

    def shown(self) -> Document:
        """In wire form; the rate only where all that was counted has it."""
        return shown(self.sum, next(iter(self.taxes)) if len(self.taxes) == 1 else None)


@dataclass(slots=True)
class Applied:
    """What discounts took off, by discount in the order of application."""

    gross: bool
    by_id: dict[tuple[str, str], tuple[Discount, Tally]] = field(default_factory=dict)

    def add(self, target: Target) -> None:
        """Count in the shares of a target."""
        for discount, value in target.shares:
            taken = Sum.of(value, target.tax, gross=self.gross)
            self._tally(discount).add(taken, target.tax)

    def include(self, other: Applied) -> None:
        """Count in what another has."""
        for discount, tally in other.by_id.values():
            self._tally(discount).include(tally)

    def _tally(self, discount: Discount) -> Tally:
        own = discount.origin, discount.id
        if own not in self.by_id:
            self.by_id[own] = discount, Tally()
        return self.by_id[own][1]

    def shown(self) -> list[Document]:
        """In wire form."""
        return [
            {
                "id": discount.id,
                "value": plain(tally.sum.side(gross=self.gross)),
                "price": tally.shown(),
                "discountType": discount.type,
                "origin": discount.origin,
            }
            for discount, tally in self.by_id.values()
        ]

    def total(self) -> Document:
        """The member `totalDiscount`."""
        total = Tally()
        for _, tally in self.by_id.values():
            total.include(tally)
        return {
            "calculationType": "ApplyDiscountAfterTax" if self.gross else "ApplyDiscountBeforeTax",
            "value": plain(total.sum.side(gross=self.gross)),
            "price": total.shown(),
            "appliedDiscounts": self.shown(),
        }


@dataclass(slots=True)
class Sums:
    """The running sums of a cart."""

    gross: bool
    price: Tally = field(default_factory=Tally)
    uplift: Tally = field(default_factory=Tally)
    reduced: Tally = field(default_factory=Tally)
    fees: Tally = field(default_factory=Tally)
    total_fee: Tally = field(default_factory=Tally)
    final: Tally = field(default_factory=Tally)
    on_prices: Applied = field(init=False)
    on_fees: Applied = field(init=False)
    on_all: Applied = field(init=False)
    by_tax: dict[Tax, Sum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.on_prices, self.on_fees, self.on_all = (Applied(self.gross) for _ in range(3))

    def settle(self, amount: Sum, tax: Tax) -> None:
        """Count what has to be paid in the end."""
        self.final.add(amount, tax)
        self.by_tax[tax] = self.by_tax.get(tax, NOTHING).plus(amount)


def shown(amount: Sum, tax: Tax | None) -> Document:
    """A sum in wire form, with its tax class where there is one."""
    return dict(_shown(amount, tax))


@lru_cache(maxsize=KNOWN)
def _shown(amount: Sum, tax: Tax | None) -> Document:
    found: Document = {
        "netValue": plain(amount.net),
        "grossValue": plain(amount.gross),
        "taxValue": plain(amount.tax),
    }
    if tax is not None and tax.code is not None:
        found |= {"taxCode": tax.code, "taxRate": plain(tax.rate)}
    return found


def priced(basket: Basket) -> Priced:
    """Everything that `calculatedPrice` says of a basket and of each of its lines.

    What a node of the cart adds up is the rounded values of the lines, so that lines and total agree to
    the last digit.
    """
    found = discounted(basket)
    sums = Sums(basket.gross)
    lines = {targets.line.id: _line(targets, sums) for targets in found.lines}
    return Priced(_cart(basket, found, sums), lines)


def _reduced(target: Target, *, gross: bool) -> Document:
    """A price after discounts with what they took off."""
    applied = Applied(gross)
    applied.add(target)
    return {**shown(target.after(gross=gross), target.tax), "appliedDiscounts": applied.shown()}


def _line(targets: LineTargets, sums: Sums) -> Document:
    line, gross = targets.line, sums.gross
    applied = Applied(gross)
    found: Document = {"price": shown(line.price, line.tax)}
    if line.calculated:
        found["price"]["calculated"] = line.calculated
    sums.price.add(line.price, line.tax)
    if line.uplift is not None:
        found["upliftValue"] = shown(line.uplift, line.tax)
        sums.uplift.add(line.uplift, line.tax)
    left = targets.price.after(gross=gross)
    if targets.price.shares:
        applied.add(targets.price)
        found["discountedPrice"] = {**shown(left, line.tax), "appliedDiscounts": applied.shown()}
        sums.on_prices.include(applied)
    sums.reduced.add(left, line.tax)
    sums.settle(left, line.tax)
    final = shown(left, line.tax)
    if line.fees:
        whole = Tally()
        whole.add(left, line.tax)
        found |= _fees(targets, sums, whole, applied)
        final = whole.shown()
    if applied.by_id:
        found["totalDiscount"] = applied.total()
        sums.on_all.include(applied)
    return {**found, "finalPrice": final}


def _fees(targets: LineTargets, sums: Sums, final: Tally, applied: Applied) -> Document:
    gross, total, on_fees = sums.gross, Tally(), Applied(sums.gross)
    shown_fees = []
    for fee, target in zip(targets.line.fees, targets.fees, strict=True):
        entry: Document = {"id": fee.id, "type": fee.type, "origin": fee.origin}
        if fee.name is not None:
            entry["name"] = fee.name
        entry["price"] = shown(fee.price, fee.tax)
        if target.shares:
            entry["discountedPrice"] = _reduced(target, gross=gross)
            on_fees.add(target)
        left = target.after(gross=gross)
        sums.fees.add(fee.price, fee.tax)
        total.add(left, fee.tax)
        sums.settle(left, fee.tax)
        shown_fees.append(entry)
    final.include(total)
    sums.total_fee.include(total)
    applied.include(on_fees)
    sums.on_fees.include(on_fees)
    total_fee = total.shown()
    if on_fees.by_id:
        total_fee["appliedDiscounts"] = on_fees.shown()
    return {"fees": shown_fees, "totalFee": total_fee}


def _cart(basket: Basket, found: Discounted, sums: Sums) -> Document:
    cart: Document = {"price": sums.price.shown()}
    if sums.uplift.counted:
        cart["upliftValue"] = sums.uplift.shown()
    if sums.on_prices.by_id:
        cart["discountedPrice"] = {**sums.reduced.shown(), "appliedDiscounts": sums.on_prices.shown()}
    shipping = _shipping(basket, found, sums)
    if basket.payment_fee is not None:
        cart["paymentFees"] = _pay(basket.payment_fee, sums)
    if sums.fees.counted:
        cart["fees"] = sums.fees.shown()
        cart["totalFee"] = sums.total_fee.shown()
        if sums.on_fees.by_id:
            cart["totalFee"]["appliedDiscounts"] = sums.on_fees.shown()
    cart |= shipping
    if sums.on_all.by_id:
        cart["totalDiscount"] = sums.on_all.total()
    cart["finalPrice"] = {
        **sums.final.shown(),
        "taxAggregate": {"lines": _tax_lines(sums.by_tax.items())},
    }
    return cart


def _shipping(basket: Basket, found: Discounted, sums: Sums) -> Document:
    if basket.shipping is None or found.shipping is None:
        return {}
    target, tax = found.shipping, basket.shipping.tax
    left = target.after(gross=sums.gross)
    sums.settle(left, tax)
    total = shown(left, tax)
    if target.shares:
        on_shipping = Applied(sums.gross)
        on_shipping.add(target)
        sums.on_all.include(on_shipping)
        total["appliedDiscounts"] = on_shipping.shown()
    return {"shipping": shown(basket.shipping.price, tax), "totalShipping": total}


def _pay(fee: PaymentFee, sums: Sums) -> Document:
    """Add the payment fee, which no discount reaches: a percentage is of net items and shipping."""
    net: Decimal = fee.value if fee.type != PERCENT else share_of(sums.final.sum.net, fee.value)
    price = Sum.of(net, fee.tax, gross=False)
    sums.fees.add(price, fee.tax)
    sums.total_fee.add(price, fee.tax)
    sums.settle(price, fee.tax)
    return shown(price, fee.tax)


def _tax_lines(by_tax: Iterable[tuple[Tax, Sum]]) -> list[Document]:
    ordered = sorted(by_tax, key=lambda entry: (entry[0].code or "", entry[0].rate))
    return [shown(amount, tax) for tax, amount in ordered]
