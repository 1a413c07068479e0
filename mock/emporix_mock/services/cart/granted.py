"""The coupons of a cart as they stand now: whether they may be redeemed, and for which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.products import seen_product
from emporix_mock.rules.cart_document import coupon as discount_of
from emporix_mock.rules.tax import plain
from emporix_mock.services.cart.declared import CATEGORY_REACH, COUPON_CURRENCY
from emporix_mock.services.cart.prices import product_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.rules.cart_values import Discount
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SERVICE: Final = "coupon"
ALL: Final = 100_000


def read_coupon(ctx: RequestContext, code: str) -> Document:
    """A coupon; the coupon service's 404 for none."""
    found: Document = ctx.call(SERVICE, "GET-coupon-retrieve-coupon", path={"code": code}).body
    return found


def check_currency(coupon: Document, cart: Document) -> None:
    """Raise the 500 for a coupon for an amount in another currency than the cart's."""
    currency = (coupon.get("discountAbsolute") or {}).get("currency")
    if coupon.get("discountType", "ABSOLUTE") == "ABSOLUTE" and currency != cart["currency"]:
        raise COUPON_CURRENCY(
            f"Discount currency is {currency} and is not equal to cart currency {cart['currency']}."
        )


def check(ctx: RequestContext, cart: Document, code: str, total: Decimal) -> None:
    """Raise the coupon service's refusal where the cart's owner may not redeem a coupon for it now."""
    body: dict[str, Any] = {
        "orderTotal": {"amount": plain(total), "currency": cart["currency"]},
        "discount": {"amount": 0, "currency": cart["currency"]},
    }
    if cart.get("customerId"):
        body["customerNumber"] = cart["customerId"]
        if cart.get("legalEntityId"):
            body["legalEntityId"] = cart["legalEntityId"]
    ctx.call(SERVICE, "POST-coupon-validate-coupon", path={"code": code}, body=body)


def snapshot(coupon: Document, currency: str) -> Document:
    """What a cart keeps of a coupon."""
    entry: Document = {
        "code": coupon["code"],
        "name": coupon.get("name") or coupon["code"],
        "currency": currency,
        "discountType": coupon.get("discountType", "ABSOLUTE"),
        "discountCalculationType": coupon.get("discountCalculationType", "SUBTOTAL"),
        "calculationType": "ApplyDiscountBeforeTax",
        "categoryRestricted": bool(coupon.get("categoryRestricted")),
    }
    if coupon.get("segmentRestricted"):
        entry["segmentRestricted"] = True
    if entry["discountType"] == "PERCENT":
        entry["discountRate"] = coupon.get("discountPercentage") or 0
    elif entry["discountType"] == "ABSOLUTE":
        entry["amount"] = (coupon.get("discountAbsolute") or {}).get("amount") or 0
    return entry


class Coupons:
    """The coupons of one cart: `entries` as they are shown, `discounts` of those that count."""

    def __init__(
        self,
        ctx: RequestContext,
        state: State,
        cart: Document,
        items: Sequence[Document],
        *,
        total: Decimal,
    ) -> None:
        self._ctx = ctx
        self._state = state
        self._items = items
        self._parents: dict[str, list[str]] = {}
        self.entries: list[Document] = []
        self.discounts: list[Discount] = []
        for index, stored in enumerate(cart.get("discounts") or ()):
            self._judge(cart, stored, index, total)

    def _judge(self, cart: Document, stored: Document, index: int, total: Decimal) -> None:
        entry = {**stored, "discountIndex": index, "valid": True, "links": self._links(stored["code"])}
        self.entries.append(entry)
        try:
            coupon = read_coupon(self._ctx, stored["code"])
            check_currency(coupon, cart)
            check(self._ctx, cart, stored["code"], total)
        except EmporixError as refusal:
            entry["valid"] = False
            details = [detail.message for detail in refusal.details]
            entry["discountValidationDetails"] = {"message": refusal.message, "details": details}
            return
        entry |= snapshot(coupon, cart["currency"])
        self.discounts.append(discount_of(entry, self._lines(coupon)))

    def _links(self, code: str) -> list[Document]:
        base = f"{self._ctx.origin}/coupon/{self._ctx.tenant}/coupons/{code}"
        named = (
            ("validate", "Coupon Validation", "validation"),
            ("redeem", "Coupon Redemption", "redemptions"),
        )
        return [
            {"rel": rel, "title": title, "href": f"{base}/{last}", "type": "application/json"}
            for rel, title, last in named
        ]

    def _lines(self, coupon: Document) -> frozenset[str] | None:
        """The lines that a restricted coupon is for; None for all."""
        limits = coupon.get("restrictions") or {}
        if coupon.get("categoryRestricted"):
            included = set(limits.get("includedCategories") or ())
            excluded = set(limits.get("excludedCategories") or ())
            return frozenset(
                item["id"]
                for item in self._items
                for own in (self._categories(product_of(item)),)
                if (not included or own & included) and not own & excluded
            )
        if coupon.get("segmentRestricted"):
            products, categories = self._segments(limits.get("segments") or ())
            return frozenset(
                item["id"]
                for item in self._items
                if product_of(item) in products or self._categories(product_of(item)) & categories
            )
        return None

    def _categories(self, product_id: str) -> set[str]:
        """The categories of a product, with those above them where they count."""
        own = set(seen_product(self._state, product_id).get("categoryIds") or ())
        if self._ctx.switch(CATEGORY_REACH) == "with-subcategories":
            for category in list(own):
                if category not in self._parents:
                    self._parents[category] = self._above(category)
                own.update(self._parents[category])
        return own

    def _above(self, category: str) -> list[str]:
        path = {"categoryId": category}
        query = {"showUnpublished": True, "pageSize": ALL}
        try:
            found = self._ctx.call(
                "category-tree", "GET-category-tree-retrieve-category-parents", path=path, query=query
            )
        except NotFound:
            return []
        return [parent["id"] for parent in found.body]

    def _segments(self, segments: Sequence[str]) -> tuple[set[str], set[str]]:
        """The products and the categories that belong to one of the segments."""
        found: dict[str, set[str]] = {"PRODUCT": set(), "CATEGORY": set()}
        for segment in segments:
            path, query = {"segmentId": segment}, {"pageSize": str(ALL)}
            try:
                items = self._ctx.call(
                    "customer-segments", "GET-customer-segment-retrieve-segment-items", path=path, query=query
                ).body
            except NotFound:
                continue
            for entry in items:
                found.setdefault(entry["type"], set()).add(entry["item"]["id"])
        return found["PRODUCT"], found["CATEGORY"]
