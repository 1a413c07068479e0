"""Redeem options: what a tenant's customers can get for points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.rules.coupon_issue import sold_for_points
from emporix_mock.services.reward_points.declared import (
    FREE_SHIPPING,
    NOT_FOR_POINTS,
    OPTIONS,
    UNKNOWN_DELETED,
    UNVERSIONED,
    given,
    service,
    stale_option,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

COMPUTED = ("id", "pointsAfterCoupon")  # the second is never explained, hence neither kept nor shown


@service.operation("GET-reward-points-list-redeem-options")
def list_options(_ctx: RequestContext, state: State) -> Result:
    """All options of the tenant."""
    return _all(state)


@service.operation("POST-reward-points-create-redeem-options")
def create(ctx: RequestContext, state: State) -> Result:
    """Add an option under a new id; the answer is the whole list."""
    crud.create(OPTIONS, ctx, state, _wanted(ctx))
    return _all(state)


@service.operation("PUT-reward-points-update-redeem-option")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace an option whose version is still the one that the body names."""
    option_id, wanted = ctx.path["redeemOptionId"], _wanted(ctx)
    crud.read(OPTIONS, ctx, state, option_id)
    if (wanted.get("metadata") or {}).get("version") is None and ctx.switch(UNVERSIONED) == "conflict":
        raise stale_option(option_id)
    crud.replace(OPTIONS, ctx, state, option_id, wanted, upsert=False)
    return Result(200)


@service.operation("DELETE-reward-points-remove-redeem-option")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove an option; coupons that were bought with it stay."""
    option_id = ctx.path["redeemOptionId"]
    if ctx.switch(UNKNOWN_DELETED) == "not-found":
        crud.read(OPTIONS, ctx, state, option_id)
    state.collection(OPTIONS.collection).delete(option_id)
    return Result(204)


def _all(state: State) -> Result:
    options = state.collection(OPTIONS.collection)
    return Result(200, stored=options.page(0, len(options)))


def _wanted(ctx: RequestContext) -> Document:
    body = {name: value for name, value in given(ctx).items() if name not in COMPUTED}
    if ctx.switch(FREE_SHIPPING) == "refused-at-creation" and not sold_for_points(body.get("coupon")):
        raise NOT_FOR_POINTS("Points cannot be exchanged for a coupon of this type")
    return body
