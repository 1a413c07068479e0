"""The quote service's rules, choices and resources. "Quote facts" are checkout facts, section 11."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.mixins import check_elements
from emporix_mock.engine.ownership import Owner
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import GENERAL, REQUIRED
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

READ, MANAGE = "quote.quote_read", "quote.quote_manage"
EXTERNAL_PRICES = "cart.cart_manage_external_prices"
PRIVATE: Final = "legalEntityId"
"""Stored with a quote and shown to other services only: the company whose tokens may see it."""

service = Service("quote")

INCOMPLETE = service.rule("incomplete", 400, source="quote document, what a quote and its items need")
UNKNOWN = service.rule(
    "unknown-reference", 400, source="quote document: what ids refer to exists [status: choice]"
)
CART = service.rule("cart", 400, source="quote facts: made of the caller's open cart [status: choice]")
RESTRICTION = service.rule("restriction", 400, source="quote document, restriction: the tenant's values")
ILLEGAL_STEP = service.rule("illegal-step", 400, source="quote facts, state machine [status: choice]")
REASON = service.rule("reason", 400, source="quote facts: reasons fit the change [status: choice]")
FINISHED_QUOTE = service.rule(
    "finished", 400, source="quote facts, state machine: nothing follows these states [choice]"
)
MALFORMED = service.rule("malformed-patch", 400, source="quote document, PATCH [status: choice]")
EMPLOYEES_ONLY = service.rule(
    "employees-only", 403, source="quote facts: what customers may change [status: choice]"
)
OTHERS = service.rule("others", 403, source="quote facts: `_own` scopes [status: choice]")
EXTERNAL = service.rule("external-prices", 403, source="quote facts: external prices need a scope")
UNAPPROVED = service.rule(
    "approval-needed", 403, source="identity facts, approvals of quotes [status: choice]"
)
DUPLICATE = service.rule("duplicate-id", 409, source="quote facts, errors")
STALE = service.rule("stale-version", 409, source="conventions 9, quote reasons [wording: choice]")

FIRST_STATUS = service.switch(
    "status-of-employees-quote",
    "CREATING",
    "OPEN",
    about="the status of a quote that an employee makes",
    source="quote facts: CREATING, then OPEN; who takes that step is not said",
)
WHOLE_TOTAL = service.switch(
    "shipping-in-total",
    "counted",
    "apart",
    about="whether totalPrice has the cost of shipping in it",
    source="undocumented; total and subtotal are equal in the document's example, beside a cost of shipping",
)
ACCEPTING = service.switch(
    "accepting",
    "orders",
    "waits-for-checkout",
    about="whether ACCEPTED set by PATCH makes the order, or leaves that to a checkout of the quote",
    source="quote facts: both are documented",
)
EMPLOYEE_ACCEPTS = service.switch(
    "employees-answer",
    "refused",
    "allowed",
    about="an employee who takes a step of the customer's (accept, decline, ask for changes)",
    source="quote facts, state machine, name the customer; nothing says that employees are refused",
)
IDS = service.switch(
    "ids",
    "drawn",
    "numbered",
    about="the ids of new quotes: drawn, or the next number of the tenant's schema for quote numbers",
    source="quote facts, operations, and the document's examples: a UUID; the sequential id guide has quotes",
)
UNNUMBERED = service.switch(
    "number-without-schema",
    "drawn",
    "refused",
    about="a numbered quote while no schema for quotes is active: an id is drawn, or the call is refused",
    source="undocumented; the document's examples have drawn ids",
)


def missing(own: str) -> EmporixError:
    """404 in the words of the quote document."""
    return NotFound(
        "Error while getting resource",
        extra={"resourceId": own},
        details=[f"Resource with id '{own}' not found"],
    )


def _duplicate(_own: str) -> EmporixError:
    return DUPLICATE("Duplicated key")


def refusal(rule: Rule, *details: str) -> EmporixError:
    """The refusal of a request, with what is wrong in its details."""
    return rule(SEE_DETAILS, details=list(details))


def is_employee(ctx: RequestContext) -> bool:
    """Whether the caller writes for the merchant."""
    return ctx.caller().may(MANAGE)


def _present(ctx: RequestContext, _state: State, quote: Document) -> Document:
    if not ctx.caller().is_platform:
        quote.pop(PRIVATE, None)
        if "shipping" in quote:
            quote["shipping"].pop("taxRate", None)
    return quote


def _of_company(ctx: RequestContext, _state: State, quote: Document) -> bool:
    company = ctx.caller().legal_entity_id
    return company is None or quote.get(PRIVATE) == company


def _announce(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    if new is None:
        state.emit("quote.deleted", {"quoteId": (old or {})["id"]})
        return
    payload = {**new, "subTotalPrice": new.get("subtotalPrice"), "shippingCost": new.get("shipping")}
    for name in ("subtotalPrice", "shipping", PRIVATE):
        payload.pop(name, None)
    if old is not None:
        payload["previousStatus"] = old["status"]["value"]
    state.emit(f"quote.{'updated' if old else 'created'}", payload)


QUOTES = service.resource(
    Resource(
        path="/quote/{tenant}/quotes",
        collection="quotes",
        compound=True,
        localized=("items.product.name", "shipping.methodName", "status.quoteReason.message"),
        languages=replace(GENERAL, read="map", write="map", write_named="any"),
        owner=Owner(read=READ, manage=MANAGE, customer="customer.customerId"),
        restriction="restriction",
        visible=_of_company,
        seen=lambda ctx, _state: {PRIVATE: (ctx.caller().legal_entity_id,)},
        sees_all=lambda ctx: ctx.caller().legal_entity_id is None,
        prepare=lambda _ctx, state, new, old: check_elements(state, new, old, "items"),
        present=_present,
        after=_announce,
        missing=missing,
        duplicate=_duplicate,
    )
)
REASONS = service.resource(
    Resource(
        path="/quote/{tenant}/quote-reasons",
        collection="reasons",
        lock="required",
        localized=("message",),
        languages=replace(REQUIRED, write_named="any"),
        missing=missing,
        duplicate=_duplicate,
        stale=lambda own: STALE(f"Resource with id '{own}' has changed"),
    )
)
HISTORY = service.collection(
    "history",
    key="id",
    references={"quoteId": "quote/quotes"},
    private=("quoteId",),
    schema="GET-quote-retrieve-quote-history",
    times=("modifiedAt",),
)
service.collection(
    QUOTES.collection,
    private=(PRIVATE,),
    references={
        "customer.customerId": "customer-service/customers",
        PRIVATE: "client-management/legalEntities",
    },
)


def text(value: Any) -> Any:
    """A value of a patch that may stand in an object of its own."""
    return value["value"] if isinstance(value, dict) and "value" in value else value
