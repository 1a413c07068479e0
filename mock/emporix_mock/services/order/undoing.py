"""What an order takes from other services, and what declining it gives back; all of it by choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import EmporixError
from emporix_mock.platform.products import product
from emporix_mock.platform.sites import MAIN_SITE
from emporix_mock.services.order.declared import COUPONS, MONEY, SOLD_OUT, STOCK, invalid

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def take_stock(ctx: RequestContext, state: State, order: Document) -> None:
    """Take what a checkout sold out of stock; 400 where there is less than that, by parts for bundles."""
    if order.get("checkout") and ctx.switch(STOCK) == "follows":
        _shift(ctx, state, order, -1)


def undo(ctx: RequestContext, state: State, order: Document) -> None:
    """Give back what a declined order had taken."""
    if order.get("checkout") and ctx.switch(STOCK) == "follows":
        _shift(ctx, state, order, 1)
    if ctx.switch(COUPONS) == "given-back":
        _unredeem(ctx, order)
    if ctx.switch(MONEY) == "given-back":
        _repay(ctx, order)


def _shift(ctx: RequestContext, state: State, order: Document, sign: int) -> None:
    site = order.get("siteCode") or MAIN_SITE
    for entry in order.get("entries") or []:
        own = (entry.get("product") or {}).get("id") or entry.get("id")
        amount = entry.get("amount") or 0
        sold = product(state, str(own))
        if sold.get("productType") == "BUNDLE":
            for part in sold.get("bundledProducts") or []:
                taken = amount * float(part.get("amount") or 1)
                _change(ctx, str(part.get("productId")), site, sign * taken)
        else:
            _change(ctx, str(own), site, sign * amount)


def _change(ctx: RequestContext, own: str, site: str, change: float) -> None:
    """Change the record of a site; where it has none, those of the others one after the other.

    Nothing changes where nobody keeps count. 400 for taking more than all of them have.
    """
    found = ctx.call("availability", "POST-availability-search-products-site", body=[own]).body
    counted = [record for record in found if "stockLevel" in record]
    for record in [r for r in counted if r["site"] == site] or counted:
        moved = max(change, -record["stockLevel"])
        if moved:
            kept = {k: v for k, v in record.items() if k not in ("id", "metadata", "vendorId")}
            ctx.call(
                "availability",
                "PUT-availability-update-product",
                path={"productId": own, "site": record["site"]},
                body={**kept, "stockLevel": _plain(record["stockLevel"] + moved)},
            )
        change -= moved
        if not change:
            return
    if counted and change < 0:
        raise invalid(SOLD_OUT, "entries", f"There is not enough of '{own}' in stock")


def _plain(level: float) -> float:
    return int(level) if level == int(level) else level


def _unredeem(ctx: RequestContext, order: Document) -> None:
    for discount in order.get("discounts") or []:
        path = {"code": discount["code"]}
        for redemption in _redemptions(ctx, path):
            if redemption.get("orderCode") == order["id"]:
                path = {**path, "id": redemption["id"]}
                ctx.call("coupon", "DELETE-coupon-remove-coupon-redemption", path=path)


def _redemptions(ctx: RequestContext, path: dict[str, str]) -> list[Any]:
    try:
        found = ctx.call(
            "coupon", "GET-coupon-list-coupon-redemptions", path=path, query={"pageSize": 100_000}
        )
    except EmporixError:  # the coupon is gone, and its redemptions with it
        return []
    return list(found.body)


def _repay(ctx: RequestContext, order: Document) -> None:
    for payment in order.get("payments") or []:
        if not payment.get("transactionId"):
            continue
        path = {"transactionId": payment["transactionId"]}
        if payment.get("status") == "AUTHORIZATION_SUCCESS":
            ctx.call("payment-gateway", "POST-payment-gateway-cancel-payment", path=path)
        elif payment.get("status") == "CAPTURE_SUCCESS":
            back = {"amount": payment["paidAmount"], "currency": payment["currency"]}
            ctx.call("payment-gateway", "POST-payment-gateway-refund-payment", path=path, body=back)
