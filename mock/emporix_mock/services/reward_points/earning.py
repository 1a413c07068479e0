"""Points for orders: one entry when an order is completed, where its site grants points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import EmporixError
from emporix_mock.rules import points
from emporix_mock.rules.earning import order_value, points_earned
from emporix_mock.services.reward_points.accounts import save
from emporix_mock.services.reward_points.declared import (
    ACCOUNTS,
    EARNED_TEXT,
    ORDER_BASE,
    REPEATED_COMPLETION,
    ROUNDING,
    service,
)
from emporix_mock.services.reward_points.site_terms import terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

ANONYMOUS = "ANONYMOUS"
ORDER_FIELDS = ("customer", "calculatedPrice", "totalPrice")


@service.on("order.status-changed")
def order_changed(ctx: RequestContext, state: State, event: Mapping[str, Any]) -> None:
    """Add the entry for an order that became COMPLETED. Orders of nobody earn nothing (a choice).

    The order is taken from the event (`order`, or its fields beside `id`), else from the order service.
    """
    order_id = event.get("id")
    if event.get("status") != "COMPLETED" or not isinstance(order_id, str):
        return
    order = _order(ctx, order_id, event)
    customer_id = (order.get("customer") or {}).get("id")
    if not isinstance(customer_id, str) or customer_id in ("", ANONYMOUS):
        return
    site = terms(ctx, state, order.get("siteCode") or "main")
    if not site.settings.enabled:
        return
    value = order_value(order, ctx.switch(ORDER_BASE))
    earned = points_earned(value, site.settings.factor, ctx.switch(ROUNDING))
    if not earned:
        return
    now = state.now()
    account = state.collection(ACCOUNTS.name).get(customer_id) or points.new_account(customer_id)
    save(
        state,
        points.earn(
            account,
            order_id,
            earned,
            now=now,
            entry_id=state.ids.uuid(),
            until=site.valid_until(now),
            description=ctx.switch(EARNED_TEXT),
            repeated=ctx.switch(REPEATED_COMPLETION) == "every-time",
        ),
    )


def _order(ctx: RequestContext, order_id: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
    given = event.get("order")
    if isinstance(given, dict):
        return given
    if any(name in event for name in ORDER_FIELDS):
        return event
    try:
        answer = ctx.call("order", "GET-order-retrieve-order-employee", path={"orderId": order_id}).body
    except EmporixError:
        return {}
    # Another order than the one that was asked for can only be a canned example.
    return answer if isinstance(answer, dict) and answer.get("id") == order_id else {}
