"""The order service's rules, choices and resources. "Order facts" are checkout facts, section 6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.ownership import OfVendor, Owner
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NO_SCOPE: Final = (
    "Given request does not have required scopes. It is not authorized to perform this operation."
)
READ, CREATE, DELETE = "order.order_read", "order.order_create", "order.order_delete"
UPDATE, UPDATE_COMPLETED = "order.order_update", "order.order_update_completed"
MANAGE: Final = (CREATE, UPDATE, UPDATE_COMPLETED, DELETE)
READ_OF_VENDOR, MANAGE_OF_VENDOR = "order.order_read_by_vendor", "order.order_manage_by_vendor"
PAGE_SIZE: Final = 16

service = Service("order")

STALE = service.rule("stale-version", 409, source="order facts, errors", type="conflict_resource")
SECOND_OF_CART = service.rule(
    "second-order-of-cart", 409, source="order facts, checkout: unique per cartId", type="conflict_resource"
)
COMPLETED_ORDER = service.rule(
    "completed-order",
    403,
    source="order facts, operations: a COMPLETED order needs order_update_completed",
    type="insufficient_permissions",
)
NOT_ALLOWED = service.rule("not-allowed", 403, source="order facts, errors", type="insufficient_permissions")
NOT_FOR_CUSTOMERS = service.rule(
    "customer-step", 403, source="order facts, state machine: seen live", type="insufficient_permissions"
)
ILLEGAL_STEP = service.rule(
    "illegal-step",
    400,
    source="order facts, state machine [status: choice]",
    type="validation_violation",
)
NOT_SHIPPED = service.rule(
    "no-shipments", 400, source="order facts, state machine: SHIPPED", type="validation_violation"
)
INCOMPLETE = service.rule(
    "incomplete-order",
    400,
    source="order document and facts, data: required on create, but not in its example of a dynamic variant",
    type="validation_violation",
)
BAD_ENTRY = service.rule(
    "bad-entry",
    400,
    source="order document: entryId or productId [status: choice]",
    type="validation_violation",
)
SOLD_OUT = service.rule(
    "sold-out",
    400,
    source="checkout facts, check 7, where stock follows orders [status: choice]",
    type="validation_violation",
)
NOT_SPLIT = service.rule(
    "not-to-be-split", 400, source="order facts, operations: split", type="validation_violation"
)

INCOMPLETE_ORDERS = service.switch(
    "incomplete-orders",
    "refused",
    "accepted",
    about="new orders without customer, entries or calculated prices",
    source="order document and facts, data: required on create; an example of the document lacks them",
)
FIRST_STATUS = service.switch(
    "status-of-new-order",
    "CREATED",
    "IN_CHECKOUT",
    about="the status of an order that is created without one",
    source="undocumented; the quickstart's order is CREATED",
)
UNPAID = service.switch(
    "own-orders-in-checkout",
    "hidden",
    "listed",
    about="whether a customer's list shows orders that are still IN_CHECKOUT",
    source="client-quirks 37, seen live",
)
UNNUMBERED = service.switch(
    "number-without-schema",
    "drawn",
    "refused",
    about="an order while no schema for order numbers is active: an id is drawn, or the call is refused",
    source="undocumented",
)
COUPONS = service.switch(
    "coupons-of-declined-order",
    "kept",
    "given-back",
    about="whether declining an order takes the redemptions of its coupons back",
    source="undocumented",
)
MONEY = service.switch(
    "payment-of-declined-order",
    "kept",
    "given-back",
    about="whether declining an order cancels or refunds its payments",
    source="undocumented",
)
STOCK = service.switch(
    "stock",
    "unchanged",
    "follows",
    about="whether a checkout takes its products out of stock, and declining the order puts them back",
    source="undocumented: no reservation exists, yet availability.updated is said to tell of orders",
)


def missing(_key: str) -> EmporixError:
    """404 for an id that no order has, or none that the caller may see."""
    return NotFound(
        "The requested resource was not found on the server.", type="element_resource_non_existing"
    )


def forbidden(_key: str = "") -> EmporixError:
    """403 for somebody else's order."""
    return NOT_ALLOWED("Not allowed to access this resource")


def invalid(rule: Rule, field: str, message: str) -> EmporixError:
    """400 that names one field."""
    return rule(PROBLEMS, details=[Detail(message, field, "invalid_field")])


VENDORS: Final = OfVendor(
    "entries.product.vendor.id", (READ_OF_VENDOR, MANAGE_OF_VENDOR), (READ,), manage=MANAGE
)
"""Who holds only scopes of vendors sees the orders that have a product of theirs."""


def _named(ctx: RequestContext, _state: State, order: Document) -> Document:
    """Seeds name items and fees with `{tenant}` in place of the tenant, so that they fit every one."""
    for entry in order.get("entries") or ():
        if "{tenant}" in str(entry.get("itemYrn")):
            entry["itemYrn"] = entry["itemYrn"].replace("{tenant}", ctx.tenant)
    for element in (order.get("feeYrnAggregate") or {}).get("elements") or ():
        if "{tenant}" in str(element.get("yrn")):
            element["yrn"] = element["yrn"].replace("{tenant}", ctx.tenant)
    return order


def _of_company(ctx: RequestContext, _state: State, order: Document) -> bool:
    """A token bound to a company sees its orders only."""
    company = ctx.caller().legal_entity_id
    return company is None or order.get("legalEntityId") == company


OWN = service.resource(
    Resource(
        path="/order-v2/{tenant}/orders",
        collection="orders",
        page_size=PAGE_SIZE,
        total_always=True,
        present=_named,
        missing=missing,
        owner=Owner(read=(), manage=(), customer="customer.id", foreign=forbidden),
        visible=_of_company,
        seen=lambda ctx, _state: {"legalEntityId": (ctx.caller().legal_entity_id,)},
        sees_all=lambda ctx: ctx.caller().legal_entity_id is None,
    )
)
OF_COMPANY = service.resource(
    Resource(
        path="/order-v2/{tenant}/legal-entity-orders/{legalEntityId}",
        collection="orders",
        page_size=PAGE_SIZE,
        total_always=True,
        present=_named,
        missing=missing,
        from_path={"legalEntityId": "legalEntityId"},
        visible=lambda ctx, _state, order: order.get("legalEntityId") == ctx.path["legalEntityId"],
        sees_all=lambda _ctx: True,
    )
)
ORDERS = service.resource(
    Resource(
        path="/order-v2/{tenant}/salesorders",
        collection="orders",
        page_size=PAGE_SIZE,
        total_always=True,
        present=_named,
        missing=missing,
        stale=lambda _key: STALE("Order update cannot be done. Update version is not valid."),
        owner=Owner(read=(READ, READ_OF_VENDOR), manage=(*MANAGE, MANAGE_OF_VENDOR), fills=False),
        restriction="restriction",
        visible=lambda ctx, _state, order: (own := VENDORS.limit(ctx)) is None or own.holds(order),
        sees_all=lambda ctx: VENDORS.limit(ctx) is None,
        seen=lambda ctx, _state: {} if (own := VENDORS.limit(ctx)) is None else {own.field: (own.value,)},
    )
)
HISTORIES = service.collection(
    "transitions",
    schema="GET-order-retrieve-historical-transitions-employee",
    references={"id": "order/orders"},
)
service.collection(
    "orders",
    schema="GET-order-retrieve-order-employee",
    times=("created", "lastStatusChange", "metadata.createdAt", "metadata.modifiedAt"),
)
