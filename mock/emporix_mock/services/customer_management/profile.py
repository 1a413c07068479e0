"""The customer's own profile and addresses; changes go through the tenant's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform import credentials, directory
from emporix_mock.rules import customers as rules
from emporix_mock.services.customer_management.declared import me, service
from emporix_mock.services.customer_management.signup import add_address

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-customer-retrieve-customer-profile")
def read_profile(ctx: RequestContext, state: State) -> Document:
    """The caller's profile; an anonymous caller gets a placeholder."""
    if ctx.caller().kind == "anonymous":
        return dict(rules.ANONYMOUS)
    customer, expand = me(ctx, state), ctx.query.get("expand") or ""
    accounts = credentials.of_customer(state, customer["id"])
    return rules.own_view(
        customer,
        expand,
        accounts=[rules.account_view(account) for account in accounts],
        addresses=directory.addresses_of(state, customer["id"]) if "addresses" in expand else [],
    )


@service.operation("PATCH-customer-update-customer")
def change_profile(ctx: RequestContext, state: State) -> Result:
    """Change the fields that the body names, as far as they are the customer's to change."""
    return forward(
        ctx,
        state,
        "PATCH-customer-tenant-update-customer",
        body=rules.picked(ctx.body or {}, rules.OWN_PROFILE),
    )


@service.operation("GET-customer-list-customer-addresses")
def list_addresses(ctx: RequestContext, state: State) -> Result:
    """All addresses of the caller."""
    return forward(ctx, state, "GET-customer-tenant-list-customer-addresses")


@service.operation("POST-customer-add-address")
def add(ctx: RequestContext, state: State) -> Document:
    """Add an address; the id is the platform's."""
    body = rules.picked(ctx.body or {}, rules.ADDRESS)
    return {"id": add_address(ctx, state, me(ctx, state)["id"], body)}


@service.operation("GET-customer-retrieve-address-by-id")
def read_address(ctx: RequestContext, state: State) -> Result:
    """One address."""
    return forward(ctx, state, "GET-customer-tenant-retrieve-customer-address-by-id")


@service.operation("PATCH-customer-update-customer-address")
def change_address(ctx: RequestContext, state: State) -> Result:
    """Change the fields that the body names."""
    return forward(ctx, state, "PATCH-customer-tenant-update-customer-address", body=ctx.body or {})


@service.operation("DELETE-customer-remove-customer-address-by-id")
def delete_address(ctx: RequestContext, state: State) -> Result:
    """Delete an address."""
    return forward(ctx, state, "DELETE-customer-tenant-remove-customer-address")


@service.operation("POST-customer-add-address-tags")
def add_tags(ctx: RequestContext, state: State) -> Result:
    """Add tags to an address."""
    return forward(ctx, state, "POST-customer-tenant-add-address-tags")


@service.operation("DELETE-customer-remove-address-tags")
def remove_tags(ctx: RequestContext, state: State) -> Result:
    """Remove tags from an address."""
    return forward(ctx, state, "DELETE-customer-tenant-remove-address-tags")


def forward(ctx: RequestContext, state: State, operation_id: str, *, body: Document | None = None) -> Result:
    """Let the tenant's operation do it for the caller's own number."""
    return ctx.call(
        "customer-service",
        operation_id,
        path={**ctx.path, "customerNumber": me(ctx, state)["id"]},
        query={"tags": ctx.query["tags"]} if "tags" in ctx.query else {},
        body=body,
    )
