"""Referral coupons: at most one per customer, made on demand from the main site's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock.platform.sites import MAIN_SITE, site, site_mixin
from emporix_mock.rules.coupon_issue import code_settings, completed, referral_code, referral_coupon
from emporix_mock.services.coupon.coupons import opened, shown, stored_code
from emporix_mock.services.coupon.declared import COUPONS, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

STOREFRONT = frozenset({"customer", "anonymous"})
DEFAULT_CURRENCY = "USD"  # of the documented sample, for a site without one

OTHERS = service.switch(
    "referral-coupons-of-others",
    "hidden",
    "shown",
    about="the referral coupon of another customer, asked for from a storefront",
    source="the document lets any token ask and says nothing of whose coupon",
)


@service.operation("GET-coupon-retrieve-referral-coupon")
def read(ctx: RequestContext, state: State) -> Result:
    """The customer's referral coupon; 204 when there is none, 404 for a customer nobody knows."""
    _customer(ctx)
    coupon = _existing(ctx, state)
    return Result(204) if coupon is None else Result(200, shown(ctx, state, coupon))


@service.operation("POST-coupon-create-referral-coupon-code")
def create(ctx: RequestContext, state: State) -> Result:
    """The customer's referral coupon, made when there is none."""
    customer = _customer(ctx)
    coupon = _existing(ctx, state) or _made(ctx, state, customer)
    return Result(200, shown(ctx, state, coupon))


def _customer(ctx: RequestContext) -> dict[str, Any]:
    number = ctx.path["customerNumber"]
    path = {"customerNumber": number}
    unknown_number = f"Customer with number {number} not found."
    if (
        ctx.caller().kind in STOREFRONT
        and ctx.caller().customer_id != number
        and ctx.switch(OTHERS) == "hidden"
    ):
        raise NotFound(unknown_number, type="resource_not_found")
    try:
        answer = ctx.call("customer-service", "GET-customer-tenant-retrieve-customer", path=path)
    except NotFound as unknown:
        raise NotFound(unknown_number, type="resource_not_found") from unknown
    return answer.body if isinstance(answer.body, dict) else {}


def _existing(ctx: RequestContext, state: State) -> dict[str, Any] | None:
    coupons = state.collection(COUPONS.collection)
    for code in coupons.find("issuedTo", ctx.path["customerNumber"]):
        coupon = coupons.get(code)
        if coupon is not None and coupon.get("referralCoupon") and not coupon.get("deleted"):
            return coupon
    return None


def _made(ctx: RequestContext, state: State, customer: dict[str, Any]) -> dict[str, Any]:
    coupons = state.collection(COUPONS.collection)
    shop, settings = site(ctx, MAIN_SITE), code_settings(site_mixin(ctx, MAIN_SITE, "couponSettings"))
    number = len(coupons.find("referralCoupon", value=True)) + 1
    while (code := stored_code(state, referral_code(settings.referral_prefix, number))) in coupons:
        number += 1
    names = [customer.get(name) for name in ("firstName", "lastName")]
    coupon = referral_coupon(
        code=code,
        customer=ctx.path["customerNumber"],
        holder=" ".join(str(name) for name in names if name),
        merchant=name if isinstance(name := shop.get("name"), str) else ctx.tenant,
        amount=settings.referral_value,
        currency=str(shop.get("currency") or DEFAULT_CURRENCY),
    )
    made = opened(ctx, {**completed(coupon), "referralCoupon": True}, code)
    coupons.put(code, made)
    return made
