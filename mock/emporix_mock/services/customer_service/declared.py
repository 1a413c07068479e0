"""What the document of the tenant-managed customers cannot say: rules, aliases, who sees whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.service import Service
from emporix_mock.errors import Detail, EmporixError, NotFound
from emporix_mock.platform import directory
from emporix_mock.rules.customers import company_ids, is_id

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("customer-service")

INVALID_ID = service.rule("invalid-id", 400, type="validation_violation", source="conventions, section 11")
UNKNOWN_TYPE = service.rule(
    "unknown-type", 400, type="validation_violation", source="document: two values are supported"
)
UNKNOWN_RESTRICTION = service.rule(
    "unknown-restriction",
    400,
    type="validation_violation",
    source="document: a restriction is one of the tenant's setting `restrictions`",
)
CONTACT_EMAIL_UNSET = service.rule(
    "contact-email-unset",
    400,
    type="validation_violation",
    source="changelog 2026-04-27: the contact e-mail can be changed, not unset",
)
NOT_OWN = service.rule(
    "not-own-company",
    403,
    type="Forbidden",
    source="identity facts, section 3: `_own` scopes reach the own companies only [status is a choice]",
)

for _method, _path, _operation in (
    ("GET", "", "GET-customer-tenant-list-customers"),
    ("POST", "", "POST-customer-tenant-create-customer"),
    ("GET", "/{customerNumber}", "GET-customer-tenant-retrieve-customer"),
    ("PUT", "/{customerNumber}", "PUT-customer-tenant-update-customer"),
    ("PATCH", "/{customerNumber}", "PATCH-customer-tenant-update-customer"),
    ("DELETE", "/{customerNumber}", "DELETE-customer-tenant-remove-customer"),
):
    service.alias(
        _method, f"/caas-customer/{{tenant}}/customers{_path}", _operation, source="client-quirks 73"
    )


def missing_customer(number: str) -> EmporixError:
    """The 404 for a customer; its type is a media type, as published."""
    return NotFound(
        "Customer not Found",
        type="application/json",
        details=[Detail(f"Couldn't find a customer with customerNumber '{number}'")],
    )


def visible(ctx: RequestContext, state: State, customer: Document) -> bool:
    """Whether the caller's scopes reach a customer.

    The plain scope reaches all, with a restriction suffix those of that restriction and those without
    one; `_own` reaches the customers that share a company with the caller.
    """
    caller, scope = ctx.caller(), scope_of(ctx)
    if caller.may(scope):
        allowed = caller.restrictions(scope)
        return allowed is None or customer.get("restriction") in (None, *allowed)
    return not company_ids(customer).isdisjoint(directory.companies_of(state, caller))


def seen_by(ctx: RequestContext, state: State) -> object:
    """All that `visible` looks at beside the customer."""
    return ctx.caller(), scope_of(ctx), directory.companies_of(state, ctx.caller())


def sees_all(ctx: RequestContext) -> bool:
    """Whether the caller's scopes reach every customer."""
    scope = scope_of(ctx)
    return ctx.caller().may(scope) and ctx.caller().restrictions(scope) is None


def scope_of(ctx: RequestContext) -> str:
    """The scope that lets a caller do this to any customer."""
    reads = ctx.operation_id.startswith("GET-") or ctx.operation_id == "POST-customer-tenant-search"
    return f"customer.customer_{'read' if reads else 'manage'}"


def check_id(value: Any, field: str) -> None:
    """Refuse an id that a client chose and the platform cannot take."""
    if not isinstance(value, str) or not is_id(value):
        raise INVALID_ID(
            "An id has 1 to 66 letters, digits, underscores and hyphens.",
            details=[Detail(f"'{value}' is no valid id", field, "invalid_field")],
        )


service.collection("customers", new_id="given", references={"preferredSite": "site-settings-service/sites"})
service.collection("addresses", references={"_parent": "customer-service/customers"})
