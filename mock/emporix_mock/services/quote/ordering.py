"""The order of a quote that is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform.sites import site
from emporix_mock.platform.taxes import country_of, rates_in
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.quote_orders import order_of, places_of
from emporix_mock.services.quote.declared import ACCEPTING, UNAPPROVED, is_employee

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def accepted(ctx: RequestContext, state: State, quote: Document) -> str | None:
    """The id of the order that an accepted quote becomes; None where a checkout is to make it.

    Raises 403 for a quote of a company whose approval is still to be had.
    """
    if not is_employee(ctx):
        _check_approval(ctx, state, quote)
    if ctx.switch(ACCEPTING) != "orders":
        return None
    shop = site(ctx, quote["siteCode"])
    rates = rates_in(state, country_of(shop, places_of(quote))) or {}
    body = order_of(quote, tenant=ctx.tenant, gross=bool(shop.get("includesTax")), rates=rates)
    made = ctx.call("order", "POST-order-create-order-employee", body=body)
    order_id = str(made.body["id"])
    customer = quote["customer"]["customerId"]
    state.emit("checkout.completed", {"quoteId": quote["id"], "orderId": order_id, "customerId": customer})
    return order_id


def _check_approval(ctx: RequestContext, state: State, quote: Document) -> None:
    company = quote.get("legalEntityId")
    if not company or not setting(state, "approval.enableQuoteApprovalProcess"):
        return
    asked = {
        "resourceType": "QUOTE",
        "resourceId": quote["id"],
        "action": "CHECKOUT",
        "userId": ctx.caller().customer_id,
        "legalEntityId": company,
    }
    answer = ctx.call("approval-service", "POST-approval-check-approval", body=asked).body
    if not answer.get("permitted"):
        raise UNAPPROVED("User not authorized.", details=["The quote needs an approval first."])
