"""From a stored cart to the basket that its totals are calculated from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from emporix_mock.platform.taxes import rates_in
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.cart_document import external, in_sequence
from emporix_mock.rules.cart_values import EXTERNAL, INTERNAL, NO_TAX, ZERO, Basket, Line, Sum, Tax, rounded
from emporix_mock.rules.tax import exact
from emporix_mock.services.cart.carriage import shipping_of
from emporix_mock.services.cart.facts import facts_of
from emporix_mock.services.cart.fees import Fees
from emporix_mock.services.cart.granted import Coupons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.services.cart.addresses import Addresses
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@dataclass(frozen=True, slots=True)
class Calculation:
    """A cart's basket, the prices of single units by item, and its coupons as they are shown."""

    basket: Basket
    units: Mapping[str, tuple[Sum, Tax]]
    coupons: Sequence[Document]


def calculation(
    ctx: RequestContext, state: State, cart: Document, items: Sequence[Document], addresses: Addresses
) -> Calculation:
    """Everything a cart's totals depend on, as it is now."""
    gross = bool(addresses.site.get("includesTax", True))
    rates = rates_in(state, addresses.tax_country) or {}
    pricer = Pricer(state, cart, gross=gross, country=addresses.tax_country, rates=rates)
    fees = Fees(ctx, state, cart, items, rates)
    units, lines = {}, []
    for item in items:
        unit, line = pricer.line(item)
        units[item["id"]] = unit, line.tax
        lines.append(_with_fees(line, item, fees))
    coupons = Coupons(
        ctx, state, cart, items, total=sum((line.price.side(gross=gross) for line in lines), ZERO)
    )
    discounts = [external(given, item=False) for given in in_sequence(cart.get("externalDiscounts"))]
    shipping = shipping_of(ctx, cart, addresses, rates, sum((line.price.gross for line in lines), ZERO))
    basket = Basket(tuple(lines), gross, (*discounts, *coupons.discounts), shipping if items else None)
    return Calculation(basket, units, coupons.entries)


def _with_fees(line: Line, item: Document, fees: Fees) -> Line:
    found = fees.of(item, line)
    return Line(line.id, line.price, line.tax, found, line.discounts, line.uplift, line.calculated)


class Pricer:
    """Prices and taxes of lines under the conditions of one cart."""

    def __init__(
        self,
        state: State,
        cart: Document,
        *,
        gross: bool,
        country: str | None,
        rates: Mapping[str, Decimal],
    ) -> None:
        self._state = state
        self._currency = cart["currency"]
        self._gross = gross
        self._country = country
        self._rates = rates
        self._uplift = exact(setting(state, "authorizedAmountUplift"))

    def line(self, item: Document) -> tuple[Sum, Line]:
        """The price of one unit, and the line without fees."""
        facts = item.get("_facts") or facts_of(self._state, item, None)
        tax = self._tax(item, facts)
        amount, gross = self._amount(item, facts)
        unit = Sum.of(amount, tax, gross=gross)
        whole = self._given_line(item)
        if whole is not None:
            price, tax = whole
        else:
            factor = _factor(item, facts)
            price = Sum.of(amount * exact(item["quantity"]) * factor, tax, gross=gross)
        uplift = None
        if self._uplift > 0 and item.get("weightDependent", facts.get("weightDependent")):
            uplift = Sum.of(price.side(gross=self._gross) * self._uplift, tax, gross=self._gross)
        own = tuple(external(given, item=True) for given in in_sequence(item.get("externalDiscounts")))
        origin = INTERNAL if whole is None else EXTERNAL
        return unit, Line(item["id"], price, tax, (), own, uplift, origin)

    def _tax(self, item: Document, facts: Document) -> Tax:
        given = item.get("tax") or {}
        if given.get("rate") is not None:
            return Tax(given.get("name") or item.get("taxCode"), exact(given["rate"]))
        code = item.get("taxCode") or given.get("name") or (facts.get("taxClasses") or {}).get(self._country)
        rate = self._rates.get(str(code))
        return NO_TAX if rate is None else Tax(code, rate)

    def _amount(self, item: Document, facts: Document) -> tuple[Decimal, bool]:
        """The unit price and whether tax is in it; nothing where it is in another currency (choice)."""
        price, given = item.get("price") or {}, item.get("tax") or {}
        gross = bool(facts.get("gross", self._gross))
        if price.get("currency") != self._currency:
            return ZERO, gross
        side = "grossValue" if gross else "netValue"
        if item.get("type") == EXTERNAL and given.get(side) is not None:
            return exact(given[side]), gross
        return exact(price.get("effectiveAmount") or 0), gross

    def _given_line(self, item: Document) -> tuple[Sum, Tax] | None:
        """The price that came for the whole line, while its quantity is still the one it is for."""
        given = item.get("lineTax")
        if item.get("type") != EXTERNAL or not given or given.get("quantity") != item["quantity"]:
            return None
        tax = Tax(given.get("name") or (item.get("tax") or {}).get("name"), exact(given["rate"]))
        return Sum(rounded(exact(given["netValue"])), rounded(exact(given["grossValue"]))), tax


def _factor(item: Document, facts: Document) -> Decimal:
    if "factor" in facts:
        return Decimal(facts["factor"])
    measured = ((item.get("price") or {}).get("measurementUnit") or {}).get("quantity") or 1
    return Decimal(1) / exact(measured)
