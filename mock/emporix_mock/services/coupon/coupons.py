"""Coupons: list, create, read, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.context import Result
from emporix_mock.engine.mixins import check_document
from emporix_mock.engine.patching import merge_patch
from emporix_mock.engine.wordings import outdated
from emporix_mock.platform.sites import MAIN_SITE, site_mixin
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.coupon_issue import (
    SERVER_SIDE,
    Violation,
    code_settings,
    completed,
    gaps,
    normal_code,
    plain_code,
    violations,
)
from emporix_mock.rules.coupons import coupon_status
from emporix_mock.services.coupon.declared import (
    CATEGORY_LIST,
    COUPON_READ,
    COUPONS,
    DELETED_READ,
    DISCOUNT_VALUE,
    DUPLICATE,
    MANAGE,
    ON_BEHALF,
    OTHERS_COUPON,
    READ,
    REDEMPTIONS,
    STALE,
    STATUS_ORDER,
    VERSION_START,
    broken,
    missing_coupon,
    service,
    version_of,
)
from emporix_mock.services.coupon.listing import listed

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.world import State

CODE_DIGITS = 84  # hex digits for the longest generated code: 64 characters of 36 values


def stored_code(state: State, code: str) -> str:
    """A code in the spelling under which its coupon is stored."""
    return normal_code(code, case_sensitive=setting(state, "enableCouponCodeCaseSensitivity"))


def find(ctx: RequestContext, state: State) -> dict[str, Any]:
    """The coupon that the path names; 404 for none and for a deleted one."""
    code = stored_code(state, ctx.path["code"])
    coupon = state.collection(COUPONS.collection).get(code)
    if coupon is None or coupon.get("deleted"):
        raise missing_coupon(code)
    return coupon


def shown(ctx: RequestContext, state: State, coupon: dict[str, Any]) -> dict[str, Any]:
    """A stored coupon as it is read: with the status at this moment."""
    used_first = ctx.switch(STATUS_ORDER) == "used-first"
    return {**coupon, "status": coupon_status(coupon, state.now(), used_first=used_first)}


@service.operation("GET-coupon-list-specified-coupons")
def list_coupons(ctx: RequestContext, state: State) -> Result:
    """All coupons; deleted ones on request."""
    tests = (
        {} if ctx.query.get("showDeleted") else {"there": lambda coupon: coupon.get("deleted") is not True}
    )
    return listed(COUPONS, ctx, state, lambda coupon: shown(ctx, state, coupon), tests=tests)


@service.operation("POST-coupon-create-coupon")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a coupon under its own or a generated code; deleted coupons keep theirs taken."""
    coupons = state.collection(COUPONS.collection)
    coupon = completed(ctx.body)
    _check(ctx, ctx.body, coupon)
    code = stored_code(state, ctx.body.get("code") or "") or new_code(ctx, state)
    if code in coupons:
        raise DUPLICATE(f"Duplicate Coupon '{code}' on tenant '{ctx.tenant}'")
    check_document(state, coupon)
    coupons.put(code, opened(ctx, coupon, code))
    return Result(201, {"id": code})


@service.operation("GET-coupon-retrieve-coupon")
def read(ctx: RequestContext, state: State) -> dict[str, Any]:
    """A coupon by its code. Naming another customer takes the scope to act for others."""
    caller, customer = ctx.caller(), ctx.query.get("customerNumber")
    code = stored_code(state, ctx.path["code"])
    if customer and customer != caller.customer_id and not caller.may(ON_BEHALF):
        raise _forbidden(code)
    coupon = state.collection(COUPONS.collection).get(code)
    if coupon is None or (coupon.get("deleted") and ctx.switch(DELETED_READ) == "not-found"):
        raise missing_coupon(code)
    if ctx.switch(COUPON_READ) == "entitled" and not caller.may(READ, MANAGE):
        entitled = (coupon.get("restrictions") or {}).get("validFor")
        if entitled and (customer or caller.customer_id) not in entitled:
            raise _forbidden(code)
    return shown(ctx, state, coupon)


@service.operation("PUT-coupon-update-coupon")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace what clients may write; `partial` merges instead."""
    old = find(ctx, state)
    return _update(ctx, state, old, merge_patch(old, ctx.body) if ctx.query.get("partial") else ctx.body)


@service.operation("PATCH-coupon-update-coupon")
def patch(ctx: RequestContext, state: State) -> Result:
    """Merge into what clients may write."""
    old = find(ctx, state)
    return _update(ctx, state, old, merge_patch(old, ctx.body))


@service.operation("DELETE-coupon-remove-coupon")
def delete(ctx: RequestContext, state: State) -> Result:
    """Mark a coupon as deleted, or remove it with its redemptions where the tenant is set up so."""
    coupons = state.collection(COUPONS.collection)
    code = stored_code(state, ctx.path["code"])
    if not setting(state, "couponPermanentDelete"):
        coupons.put(code, {**find(ctx, state), "deleted": True})
        return Result(204)
    if not coupons.delete(code):
        raise missing_coupon(code)
    redemptions = state.collection(REDEMPTIONS.collection)
    for redemption_id in redemptions.find("code", code):
        redemptions.delete(redemption_id)
    return Result(204)


def new_code(ctx: RequestContext, state: State) -> str:
    """A code that no coupon has, in the form that the main site's settings ask for."""
    settings = code_settings(site_mixin(ctx, MAIN_SITE, "couponSettings"))
    while True:
        number = int(state.ids.hex(CODE_DIGITS), 16)
        code = stored_code(state, plain_code(number, settings.length, settings.prefix))
        if code not in state.collection(COUPONS.collection):
            return code


def opened(ctx: RequestContext, coupon: dict[str, Any], code: str) -> dict[str, Any]:
    """A complete new coupon in its stored form: nothing redeemed, first version."""
    mixins = (coupon.get("metadata") or {}).get("mixins")
    metadata = {"version": int(ctx.switch(VERSION_START)), **({} if mixins is None else {"mixins": mixins})}
    own = {"redemptionCount": 0, "referralCoupon": False, "deleted": False, **coupon}
    return {"code": code, **own, "metadata": metadata}


def _update(ctx: RequestContext, state: State, old: dict[str, Any], new: dict[str, Any]) -> Result:
    metadata, current = ctx.body.get("metadata") or {}, version_of(old)
    if metadata.get("version", current) != current:
        raise STALE(outdated(old["code"]))
    changed = completed(new)
    _check(ctx, new, changed)
    kept = {name: old[name] for name in SERVER_SIDE if name in old and name != "status"}
    kept["metadata"] = {
        **(old.get("metadata") or {}),
        **(new.get("metadata") or {}),
        "version": current + 1,
    }
    check_document(state, {**changed, **kept}, old)
    state.collection(COUPONS.collection).put(old["code"], {**changed, **kept})
    return Result(200)


def _check(ctx: RequestContext, sent: dict[str, Any], coupon: dict[str, Any]) -> None:
    found = violations(coupon) + gaps(
        sent,
        discount=ctx.switch(DISCOUNT_VALUE) == "required",
        categories=ctx.switch(CATEGORY_LIST) == "required",
    )
    if "name" not in coupon:
        found.append(Violation("name", "required"))
    if found:
        raise broken(found)


def _forbidden(code: str) -> EmporixError:
    return OTHERS_COUPON(f"Insufficient permissions to retrieve the coupon with Id {code}")
