"""Points for a coupon: the deduction, the coupon, and the chargeback when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.errors import Conflict, EmporixError
from emporix_mock.rules import points
from emporix_mock.rules.coupon_issue import coupon_from_template, reward_code, sold_for_points
from emporix_mock.services.reward_points.accounts import account_of, deducted, save
from emporix_mock.services.reward_points.declared import (
    CHARGED_BACK,
    NOT_FOR_POINTS,
    OPTIONS,
    given,
    no_option,
    service,
)
from emporix_mock.services.reward_points.site_terms import terms

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

CODE_DIGITS = 6
TRIES = 10
TAKEN = "coupon/duplicate-code"
PATH = "/public/customer/redeem"


@service.operation("POST-reward-points-redeem-logged-customer-reward-points-coupon")
def redeem(ctx: RequestContext, state: State) -> Result:
    """Deduct the price of an option and create its coupon for the caller.

    A coupon that cannot be created leaves the redemption in the history and gives the points back by
    an entry of its own; the answer is then the service's 500, and what was written stays.
    """
    option_id, customer_id = given(ctx)["id"], ctx.caller().customer_id
    option = state.collection(OPTIONS.collection).get(option_id)
    if option is None:
        raise no_option(option_id)
    account = account_of(state, customer_id)
    if not sold_for_points(option.get("coupon")):
        raise NOT_FOR_POINTS("Points cannot be exchanged for a coupon of this type")
    account = deducted(ctx, state, account, option["points"], option.get("description"))
    save(state, account)
    try:
        return Result(200, {"code": _issued(ctx, state, option["coupon"], account["customerId"])})
    except EmporixError:
        return _charged_back(state, account, option["points"])


def _issued(ctx: RequestContext, state: State, template: Document, customer_id: str) -> str:
    """The code of a new coupon; a number that is taken is drawn again."""
    prefix = terms(ctx, state, ctx.query.get("siteCode") or "main").settings.prefix
    for attempt in range(TRIES):
        code = reward_code(prefix, int(state.ids.digits(CODE_DIGITS)))
        body = coupon_from_template(template, code=code, issued_to=customer_id)
        try:
            created = ctx.call("coupon", "POST-coupon-create-coupon", body=body)
        except Conflict as taken:
            if taken.rule != TAKEN or attempt == TRIES - 1:
                raise
        else:
            return str(created.body["id"])
    raise AssertionError("the last attempt returns or raises")


def _charged_back(state: State, account: Document, amount: int) -> Result:
    now = state.now()
    save(state, points.chargeback(account, amount, now=now, entry_id=state.ids.uuid()))
    body = {
        "timestamp": points.format_timestamp(now),
        "status": 500,
        "error": "Internal Server Error",
        "path": PATH,
    }
    return Result(500, body, {"x-emporix-mock-rule": CHARGED_BACK.id})
