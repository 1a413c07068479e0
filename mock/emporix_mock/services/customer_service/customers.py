"""Customers of the tenant: create, read, find, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.errors import Detail
from emporix_mock.platform import credentials, directory, mails
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules import customers as rules
from emporix_mock.services.customer_service.declared import (
    CONTACT_EMAIL_UNSET,
    NOT_OWN,
    UNKNOWN_RESTRICTION,
    UNKNOWN_TYPE,
    check_id,
    missing_customer,
    seen_by,
    sees_all,
    service,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

KEPT = ("customerNumber", "email", "lastLogin", "metadataCreatedAt", "contactEmail", "active", "onHold")
"""Not part of what a PUT replaces. That the status flags are among them is our choice."""


def present(ctx: RequestContext, state: State, customer: Document) -> Document:
    """A stored customer as the tenant reads it."""
    expand, number = ctx.query.get("expand") or "", customer["id"]
    accounts = credentials.of_customer(state, number) if "accounts" in expand else []
    return rules.seller_view(
        customer,
        expand,
        accounts=[rules.account_view(account) for account in accounts],
        addresses=directory.addresses_of(state, number) if "addresses" in expand else [],
    )


def prepare(_ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Complete an update: what cannot be written stays, what breaks a rule is refused."""
    if old is None:
        raise LookupError("customers are created by the directory")
    if new.get("contactEmail") == "" and old.get("contactEmail"):
        raise CONTACT_EMAIL_UNSET(
            "The contact e-mail cannot be unset.",
            details=[Detail("must not be empty", "contactEmail", "invalid_field")],
        )
    for name in KEPT:
        if name not in new and name in old:
            new[name] = old[name]
    entities = (old.get("b2b") or {}).get("legalEntities")
    if entities is not None:
        new["b2b"] = {**(new.get("b2b") or {}), "legalEntities": entities}
    check(state, new, old)
    tidy = rules.tidied(new)
    new.clear()
    new.update({**rules.PREFERENCES, **tidy})
    directory.fill_restriction(state, new)


def after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """What an update brings along: an account for a first e-mail, mails for a contact turned customer."""
    if old is None or new is None:
        return
    accounts = credentials.of_customer(state, new["id"])
    if not accounts and new.get("contactEmail"):
        accounts = [credentials.add(state, new["contactEmail"], new["id"])]
        directory.note(state, new["id"], email=new["contactEmail"])
    if accounts and old.get("type") == "CONTACT" and new.get("type") != "CONTACT":
        mails.send_reset(state, accounts[0]["id"], new["id"], new.get("preferredSite"))
        mails.notify(state, "account-activated", accounts[0]["id"], new["id"])
    directory.tell_update(state, new["id"])


CUSTOMERS = service.resource(
    Resource(
        path="/customer/{tenant}/customers",
        collection="customers",
        page_size=60,
        total_header="Count",
        total_always=True,
        prepare=prepare,
        present=present,
        visible=visible,
        sees_all=sees_all,
        seen_by=seen_by,
        after=after,
        missing=missing_customer,
    )
)


def check(state: State, new: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> None:
    """Refuse a type that does not exist and a restriction that the tenant does not know."""
    if new.get("type") not in (None, "", "CUSTOMER", "CONTACT"):
        raise UNKNOWN_TYPE(
            "The type of a customer is CUSTOMER or CONTACT.",
            details=[Detail(f"'{new['type']}' is unknown", "type", "invalid_field")],
        )
    restriction = new.get("restriction")
    if restriction and restriction != (old or {}).get("restriction"):
        if restriction in setting(state, "restrictions"):
            return
        raise UNKNOWN_RESTRICTION(
            "The restriction is none of the tenant's restrictions.",
            details=[Detail(f"'{restriction}' is unknown", "restriction", "invalid_field")],
        )


def enroll(state: State, profile: Document, number: str | None, *, password: str | None, notify: bool) -> str:
    """Create a customer whom an employee enters, with an account for the contact e-mail; its number.

    Without a password the customer gets a mail to choose one, unless `notify` is off or the customer
    is a contact, who cannot log in.
    """
    check(state, profile)
    email = profile.get("contactEmail")
    if email and credentials.find(state, email) is not None:
        raise credentials.duplicate(state, email)
    customer = directory.create(state, {**profile, "email": email or None}, number)
    if email:
        account = credentials.add(state, email, customer["id"])
        if password:
            credentials.set_password(state, account, password, initial=True)
        elif notify and profile.get("type") != "CONTACT":
            mails.send_reset(state, email, customer["id"], customer["preferredSite"])
    return str(customer["id"])


@service.operation("GET-customer-tenant-list-customers")
@service.operation("POST-customer-tenant-search")
def list_customers(ctx: RequestContext, state: State) -> Result:
    """One page of the customers that the caller may see and that match `q`."""
    return with_totals(crud.listing(CUSTOMERS, ctx, state))


def with_totals(result: Result) -> Result:
    """The total under the header's old name too, which storefronts read on the old path."""
    return result._replace(headers={**result.headers, "hybris-count": result.headers["Count"]})


@service.operation("POST-customer-tenant-create-customer")
def create_customer(ctx: RequestContext, state: State) -> Document:
    """Create a customer; a password given here is an initial one."""
    body = ctx.body or {}
    if body.get("id"):
        check_id(body["id"], "id")
    number = enroll(
        state,
        rules.picked(body, rules.NEW_PROFILE),
        body.get("id"),
        password=body.get("password"),
        notify=ctx.query["sendPasswordResetNotifications"],
    )
    return {"id": number}


@service.operation("GET-customer-tenant-retrieve-customer")
def read_customer(ctx: RequestContext, state: State) -> Document:
    """One customer."""
    found = crud.read(CUSTOMERS, ctx, state, ctx.path["customerNumber"])
    return CUSTOMERS.answer(ctx, state, found)


@service.operation("PUT-customer-tenant-update-customer")
def put_customer(ctx: RequestContext, state: State) -> Result:
    """Replace a customer, or create one under the number of the path."""
    number, body = ctx.path["customerNumber"], rules.picked(ctx.body or {}, rules.PROFILE)
    old = directory.find(state, number)
    if old is None:
        check_id(number, "customerNumber")
        notify = ctx.query["sendPasswordResetNotifications"]
        return Result(201, {"id": enroll(state, body, number, password=None, notify=notify)})
    if not visible(ctx, state, old):
        raise NOT_OWN("User not authorized.")
    crud.replace(CUSTOMERS, ctx, state, number, body, upsert=True)
    return Result(204)


@service.operation("PATCH-customer-tenant-update-customer")
def patch_customer(ctx: RequestContext, state: State) -> Result:
    """Change the fields that the body names."""
    change = rules.picked(ctx.body or {}, rules.PROFILE)
    crud.patch(CUSTOMERS, ctx, state, ctx.path["customerNumber"], change)
    return Result(200)


@service.operation("DELETE-customer-tenant-remove-customer")
def delete_customer(ctx: RequestContext, state: State) -> Result:
    """Delete a customer with all that hangs on it. Documented as asynchronous; here it is done at once."""
    customer = crud.read(CUSTOMERS, ctx, state, ctx.path["customerNumber"])
    directory.remove(state, customer["id"])
    caller = ctx.caller()
    payload = {
        "customerNumber": customer["id"],
        "email": customer.get("email") or customer.get("contactEmail"),
        "triggeredBy": caller.customer_id or caller.client_id,
        "tenant": state.tenant,
    }
    state.emit("customer.deleted", payload)
    return Result(202)
