"""The fees that items carry: those of the fee service for their product, and those that came with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.errors import NotFound
from emporix_mock.rules.cart_values import EXTERNAL, INTERNAL, NO_TAX, PERCENT, Fee, Line, Tax, fee_price
from emporix_mock.rules.tax import exact
from emporix_mock.services.cart.prices import product_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ALL: Final = 100_000


class Fees:
    """The fees of a cart's items, looked up once for all of them."""

    def __init__(
        self,
        ctx: RequestContext,
        state: State,
        cart: Document,
        items: Sequence[Document],
        rates: Mapping[str, Decimal],
    ) -> None:
        self._ctx = ctx
        self._now = state.timestamp()
        self._currency = cart["currency"]
        self._rates = rates
        self._fees: dict[str, Document | None] = {}
        self._of_product = self._carried(cart["siteCode"], items)

    def _carried(self, site: str, items: Sequence[Document]) -> dict[str, list[str]]:
        """The ids of fees by product."""
        products = dict.fromkeys(product_of(item) for item in items if item.get("type") != EXTERNAL)
        named = ",".join(own for own in products if own)
        if not named:
            return {}
        body = {"productIds": named, "siteCode": site, "pageNumber": 1, "pageSize": ALL}
        found: dict[str, list[str]] = {}
        for entry in self._ctx.call(
            "fee", "POST-fee-search-multiple-item-fees-by-productIds", body=body
        ).body:
            found.setdefault(entry["itemYrn"].rpartition(";")[2], []).extend(entry["feeIds"])
        return found

    def of(self, item: Document, line: Line) -> tuple[Fee, ...]:
        """The fees of a line with their prices."""
        own = [self._fee(fee_id) for fee_id in self._of_product.get(product_of(item), ())]
        if item.get("type") == EXTERNAL:
            own = []
        found = [self._priced(fee, INTERNAL, item, line) for fee in own if fee is not None]
        found += [self._priced(fee, EXTERNAL, item, line) for fee in item.get("externalFees") or ()]
        return tuple(fee for fee in found if fee is not None)

    def _fee(self, fee_id: str) -> Document | None:
        """A fee that is charged now; None for others."""
        if fee_id not in self._fees:
            self._fees[fee_id] = self._read(fee_id)
        return self._fees[fee_id]

    def _read(self, fee_id: str) -> Document | None:
        try:
            headers = {"accept-language": "*"}
            found = self._ctx.call("fee", "GET-fee-retrieve-fee", path={"id": fee_id}, headers=headers)
        except NotFound:
            return None
        fee: Document = found.body["fee"]
        span = fee.get("activeTimespan") or {}
        begun = not span.get("startDate") or span["startDate"] <= self._now
        over = bool(span.get("endDate")) and span["endDate"] < self._now
        charged = fee.get("active", True) and fee.get("itemType", "PRODUCT") == "PRODUCT"
        return fee if charged and begun and not over else None

    def _priced(self, fee: Document, origin: str, item: Document, line: Line) -> Fee | None:
        kind, amount = fee["feeType"], fee.get("feeAbsolute") or {}
        if kind != PERCENT and amount.get("currency", self._currency) != self._currency:
            return None
        value = exact((fee.get("feePercentage") if kind == PERCENT else amount.get("amount")) or 0)
        tax = self._tax(fee)
        price = fee_price(kind, value, tax, line=line.price, quantity=exact(item["quantity"]))
        own = fee.get("id") or str(fee.get("yrn") or "").rpartition(";")[2]
        return Fee(own, kind, price, tax, fee.get("name"), origin)

    def _tax(self, fee: Document) -> Tax:
        code = fee.get("taxCode")
        if not fee.get("taxable") or not code:
            return NO_TAX
        rate = self._rates.get(code)
        given = next((value["rate"] for value in fee.get("taxValues") or () if "rate" in value), None)
        if rate is None and given is not None:
            rate = exact(given)
        return NO_TAX if rate is None else Tax(code, rate)
