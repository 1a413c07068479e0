"""The members of a cart that calculated prices have replaced: two decimals, fees and shipping net.

They know coupons but no external discounts, and no tax on fees and shipping (checkout facts, 1.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.cart_discounts import Target, apply
from emporix_mock.rules.cart_values import (
    EXACT,
    FREE_SHIPPING,
    HUNDRED,
    INTERNAL,
    NO_TAX,
    NOTHING,
    ZERO,
    Basket,
    Discount,
    Line,
    Tax,
    rounded,
)
from emporix_mock.rules.tax import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Document = dict[str, Any]
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class OldSums:
    """The members of the cart, those of its items by id, and what each coupon takes off."""

    cart: Document
    items: dict[str, Document]
    coupons: dict[str, Decimal]


@dataclass(slots=True)
class _Old:
    line: Line
    price: Target
    fees: list[Target]


def old_sums(basket: Basket, currency: str, fee_yrn: Callable[[str], str]) -> OldSums:
    """All old members; `fee_yrn` makes the resource name of a fee from its id."""

    def money(amount: Decimal) -> Document:
        return {"amount": plain(amount), "currency": currency}

    lines = [_targets(line, gross=basket.gross) for line in basket.lines]
    shipping = _target(basket.shipping.price.net) if basket.shipping else None
    coupons = _apply(basket.discounts, lines, shipping)
    items = {old.line.id: _item(old, basket, money, fee_yrn) for old in lines}
    fees = [(fee, target) for old in lines for fee, target in zip(old.line.fees, old.fees, strict=True)]
    subtotal = sum((old.price.weight for old in lines), ZERO)
    off = sum(coupons.values(), ZERO)
    uplift = sum((old.line.uplift.gross for old in lines if old.line.uplift), ZERO)
    carriage = shipping.weight if shipping else ZERO
    total = max(subtotal + sum((target.weight for _, target in fees), ZERO) + carriage - off, ZERO)
    cart: Document = {"totalPrice": money(total), "subTotalPrice": money(subtotal)}
    if shipping is not None:
        cart["shipping"] = {"fee": money(carriage), "total": _total([shipping])}
    cart |= _aggregates(basket, currency)
    if basket.discounts and coupons:
        cart["totalDiscount"] = money(off)
    if fees:
        cart["feeYrnAggregate"] = _fees(fees, fee_yrn)
    cart |= {
        "totalTax": money(ZERO),
        "itemFeesTotal": _total([target for _, target in fees]),
        "paymentFeesTotal": _total([]),
        "totalAuthorizedAmount": money(rounded(total + uplift, CENT)),
    }
    return OldSums(cart, items, coupons)


def _target(amount: Decimal) -> Target:
    weight = rounded(amount, CENT)
    return Target(NOTHING, NO_TAX, weight, weight)


def _targets(line: Line, *, gross: bool) -> _Old:
    return _Old(line, _target(line.price.side(gross=gross)), [_target(fee.price.net) for fee in line.fees])


def _apply(discounts: Iterable[Discount], lines: list[_Old], shipping: Target | None) -> dict[str, Decimal]:
    own = [discount for discount in discounts if discount.origin == INTERNAL]
    for discount in own:
        if discount.type == FREE_SHIPPING:
            if shipping is not None:
                shipping.take(discount, shipping.room)
            continue
        hit = [old for old in lines if discount.lines is None or old.line.id in discount.lines]
        targets = [old.price for old in hit]
        if discount.total:
            targets += [fee for old in hit for fee in old.fees]
            targets += [shipping] if shipping is not None and discount.lines is None else []
        apply(discount, targets, CENT)
    taken = dict.fromkeys((discount.id for discount in own), ZERO)
    everything = [target for old in lines for target in (old.price, *old.fees)]
    for target in [*everything, *([shipping] if shipping else [])]:
        for discount, value in target.shares:
            taken[discount.id] += value
    return taken


def _item(
    old: _Old, basket: Basket, money: Callable[[Decimal], Document], fee_yrn: Callable[[str], str]
) -> Document:
    line = old.line
    uplift = line.uplift.side(gross=basket.gross) if line.uplift else ZERO
    item: Document = {
        "itemPrice": money(old.price.weight),
        "authorizedAmount": money(rounded(old.price.weight + uplift, CENT)),
    }
    if line.tax.code is not None:
        net, gross = rounded(line.price.net, CENT), rounded(line.price.gross, CENT)
        values = {"rate": line.tax.rate, "grossValue": gross, "netValue": net}
        info = {name: plain(value) for name, value in values.items()}
        item["itemTaxInfo"] = [{"name": line.tax.code, "value": {"amount": plain(gross - net)}, **info}]
    fees = list(zip(line.fees, old.fees, strict=True))
    item["fees"] = _fees(fees, fee_yrn) if fees else {"total": _total([])}
    taken: dict[str, Decimal] = {}
    for target in (old.price, *old.fees):
        for discount, value in target.shares:
            taken[discount.id] = taken.get(discount.id, ZERO) + value
    if taken:
        item["totalDiscount"] = money(sum(taken.values(), ZERO))
        item["couponDiscounts"] = [{"couponId": own, "value": plain(value)} for own, value in taken.items()]
    return item


def _fees(fees: Iterable[tuple[Any, Target]], fee_yrn: Callable[[str], str]) -> Document:
    by_id: dict[str, tuple[Any, list[Target]]] = {}
    for fee, target in fees:
        by_id.setdefault(fee.id, (fee, []))[1].append(target)
    elements = [
        {
            "yrn": fee_yrn(own),
            **({"taxCode": fee.tax.code} if fee.tax.code else {}),
            "total": _total(targets),
            **({"name": fee.name} if fee.name is not None else {}),
        }
        for own, (fee, targets) in by_id.items()
    ]
    return {"elements": elements, "total": _total([t for _, targets in by_id.values() for t in targets])}


def _total(targets: Iterable[Target]) -> Document:
    before = after = ZERO
    for target in targets:
        before, after = before + target.weight, after + target.room
    return {
        "subTotal": plain(before),
        "totalTax": 0,
        "total": plain(after),
        "discount": plain(before - after),
    }


def _aggregates(basket: Basket, currency: str) -> Document:
    """Net prices by tax rate, rounded line by line, and what tax makes of these sums."""
    nets: dict[Tax, Decimal] = {}
    for line in basket.lines:
        nets[line.tax] = nets.get(line.tax, ZERO) + rounded(line.price.net, CENT)
    lines = []
    net = gross = taxes = ZERO
    for tax, value in sorted(nets.items(), key=lambda entry: (entry[0].code or "", entry[0].rate)):
        amount = rounded(EXACT.divide(value * tax.rate, HUNDRED), CENT)
        whole = rounded(EXACT.divide(value * (HUNDRED + tax.rate), HUNDRED), CENT)
        net, gross, taxes = net + value, gross + whole, taxes + amount
        named = {"name": tax.code} if tax.code else {}
        lines.append({**named, "amount": plain(amount), "rate": plain(tax.rate), "taxable": plain(whole)})
    sums = {"netValue": plain(net), "grossValue": plain(gross), "taxValue": plain(taxes)}
    return {"taxAggregate": {"lines": lines}, "subtotalAggregate": {"currency": currency, **sums}}
