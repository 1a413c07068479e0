"""Orders as customers see them: their own, and those of their company."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.platform import directory
from emporix_mock.rules import saas_token
from emporix_mock.rules.customers import company_ids
from emporix_mock.rules.orders import DECLINED, IN_CHECKOUT, next_statuses
from emporix_mock.services.order.declared import (
    NOT_FOR_CUSTOMERS,
    OF_COMPANY,
    OWN,
    UNPAID,
    forbidden,
    missing,
    service,
)
from emporix_mock.services.order.transitions import move, wanted

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def as_customer(ctx: RequestContext, state: State) -> RequestContext:
    """The request as of the customer: the caller, or whom the saas-token of a service names.

    Raises 403 for a service that names none.
    """
    caller = ctx.caller()
    if caller.customer_id is not None:
        return ctx._replace(principal=replace(caller, scopes=frozenset()))
    named = saas_token.customer_of(
        ctx.tenant, ctx.headers.get("saas-token") or "", now=state.now().timestamp()
    )
    if named is None:
        raise forbidden()
    return ctx._replace(principal=replace(caller, customer_id=named, scopes=frozenset()))


@service.operation("GET-order-list-orders-by-customer")
def list_own(ctx: RequestContext, state: State) -> Result:
    """The customer's orders; by default not those whose payment is still open."""
    hidden = ctx.switch(UNPAID) == "hidden"
    tests = {"paid": lambda order: order.get("status") != IN_CHECKOUT} if hidden else {}
    return crud.listing(OWN, as_customer(ctx, state), state, tests=tests)


@service.operation("GET-order-retrieve-order-storefront")
def read_own(ctx: RequestContext, state: State) -> Document:
    """One of the customer's orders."""
    return _own(as_customer(ctx, state), state)


def _own(ctx: RequestContext, state: State) -> Document:
    return OWN.answer(ctx, state, crud.read(OWN, ctx, state, ctx.path["orderId"]))


@service.operation("GET-order-retrieve-transitions")
def coming_own(ctx: RequestContext, state: State) -> list[Document]:
    """What the customer may make of the order: decline it while it is just created."""
    order = _own(as_customer(ctx, state), state)
    return [{"status": status} for status in next_statuses(order["status"], customer=True)]


@service.operation("POST-order-update-order-transition-storefront")
def step_own(ctx: RequestContext, state: State) -> Result:
    """Decline an order that is just created; 403 for any other step."""
    acting = as_customer(ctx, state)
    order, status = _own(acting, state), wanted(ctx)
    before = order["status"]
    if status not in next_statuses(before, customer=True):
        raise NOT_FOR_CUSTOMERS(f"Customers are not allowed to change order status from {before} to {status}")
    move(acting, state, order, DECLINED)
    return Result(204)


# Of a company.


def _for_company(ctx: RequestContext, state: State) -> RequestContext:
    """The request as of a customer of the company; 403 for anybody else."""
    acting, company = as_customer(ctx, state), ctx.path["legalEntityId"]
    caller = acting.caller()
    if caller.legal_entity_id not in (None, company):
        raise forbidden()
    customer = directory.find(state, caller.customer_id or "") or {}
    if caller.legal_entity_id is None and company not in company_ids(customer):
        raise forbidden()
    return acting


@service.operation("GET-order-retrieve-legal-entity-orders")
def list_company(ctx: RequestContext, state: State) -> Result:
    """The orders placed for a company, whoever of it placed them."""
    return crud.listing(OF_COMPANY, _for_company(ctx, state), state)


@service.operation("GET-order-retrieve-legal-entity-order")
def read_company(ctx: RequestContext, state: State) -> Document:
    """One order placed for a company."""
    acting = _for_company(ctx, state)
    order = crud.find(OF_COMPANY, acting, state, ctx.path["orderId"])
    if order is None or order.get("legalEntityId") != ctx.path["legalEntityId"]:
        raise missing(ctx.path["orderId"])
    return OF_COMPANY.answer(acting, state, order)
