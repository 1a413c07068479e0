"""Addresses of a customer, as the tenant manages them; the customer's own operations end here too.

A customer's first address becomes the default one; another that is made the default takes its place
(identity facts, section 2.2 [inference]). Tags are a set without regard to case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import directory
from emporix_mock.rules import customers as rules
from emporix_mock.services.customer_service.declared import check_id, missing_customer, service, visible

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NO_CONTACT_NAME = service.rule(
    "no-contact-name",
    400,
    type="validation_violation",
    source="document: a stored address has a contact name; PUT that creates needs it",
)
INVALID_COUNTRY = service.rule(
    "invalid-country",
    400,
    type="validation_violation",
    source="document: the country of a stored address has two letters",
)

DUPLICATE_ADDRESS = service.rule(
    "duplicate-address", 409, type="conflict_resource", source="document: an id of one's own may be taken"
)


def prepare(_ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Complete an address, or refuse one that could not be read back."""
    if old is not None:
        new.setdefault("contactName", old["contactName"])
    if "contactName" not in new:
        raise NO_CONTACT_NAME(
            "An address needs a contact name.",
            details=[Detail("contactName is missing", "contactName", "missing_field")],
        )
    if len(new.get("country", "DE")) != 2:
        raise INVALID_COUNTRY(
            "A country is a code of two letters.",
            details=[Detail(f"'{new['country']}' is no country code", "country", "invalid_field")],
        )
    if "tags" in new:
        new["tags"] = rules.with_tags((), new["tags"])
    others = [a for a in directory.addresses_of(state, new[PARENT]) if a["id"] != new["id"]]
    if old is None and not any(a.get("isDefault") for a in others):
        new["isDefault"] = True
    new.setdefault("isDefault", bool(old and old.get("isDefault")))


def after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """One address is the default, and each write of one is a change of the customer."""
    if new is not None and new["isDefault"]:
        _make_default(state, new)
    directory.tell_update(state, (new or old or {})[PARENT])


def _make_default(state: State, new: Document) -> None:
    """Only one address is the default; the others' versions stay, they were not edited."""
    documents = state.collection("addresses")
    for other in directory.addresses_of(state, new[PARENT]):
        if other["id"] != new["id"] and other.get("isDefault"):
            key = f"{new[PARENT]}/{other['id']}"
            documents.put(key, {**other, PARENT: new[PARENT], "isDefault": False})


ADDRESSES = service.resource(
    Resource(
        path="/customer/{tenant}/customers/{customerNumber}/addresses",
        collection="addresses",
        parent="customerNumber",
        prepare=prepare,
        after=after,
    )
)


def addresses_of(ctx: RequestContext, state: State) -> Resource:
    """The resource with the wording for this customer; 404 where the customer is unknown or hidden."""
    number = ctx.path["customerNumber"]
    customer = directory.find(state, number)
    # Tagging asks for no scope at all, so nothing can be hidden from its caller but what others own.
    caller = ctx.caller()
    stranger = caller.kind in ("customer", "anonymous") and caller.customer_id != number
    seen = ctx.operation_id == "POST-customer-tenant-add-address-tags" and not stranger
    if customer is None or not (seen or visible(ctx, state, customer)):
        raise missing_customer(number)

    def missing(key: str) -> NotFound:
        return NotFound(f"Address {key} of customer {number} not found.", type="resource_not_found")

    def duplicate(key: str) -> EmporixError:
        return DUPLICATE_ADDRESS(f"Address {key} of customer {number} already exists.")

    return replace(ADDRESSES, missing=missing, duplicate=duplicate)


@service.operation("GET-customer-tenant-list-customer-addresses")
def list_addresses(ctx: RequestContext, state: State) -> list[Document]:
    """All addresses of a customer."""
    addresses_of(ctx, state)
    return directory.addresses_of(state, ctx.path["customerNumber"])


@service.operation("POST-customer-tenant-add-customer-address")
def add_address(ctx: RequestContext, state: State) -> Document:
    """Add an address under its own id or a new one."""
    resource, body = addresses_of(ctx, state), ctx.body or {}
    own = body.get("id") or state.ids.hex(10)
    check_id(own, "id")
    crud.create(resource, ctx, state, {**rules.picked(body, rules.ADDRESS), "id": own})
    return {"id": own}


@service.operation("GET-customer-tenant-retrieve-customer-address-by-id")
def read_address(ctx: RequestContext, state: State) -> Document:
    """One address."""
    resource = addresses_of(ctx, state)
    return resource.answer(ctx, state, crud.read(resource, ctx, state, ctx.path["addressId"]))


@service.operation("PUT-customer-tenant-update-customer-address")
def put_address(ctx: RequestContext, state: State) -> Result:
    """Replace an address, or create one under the id of the path."""
    resource, key = addresses_of(ctx, state), ctx.path["addressId"]
    check_id(key, "addressId")
    body = rules.picked(ctx.body or {}, rules.ADDRESS)
    _, created = crud.replace(resource, ctx, state, key, body, upsert=True)
    return Result(201, {"id": key}) if created else Result(204)


@service.operation("PATCH-customer-tenant-update-customer-address")
def patch_address(ctx: RequestContext, state: State) -> Result:
    """Change the fields that the body names."""
    change = rules.picked(ctx.body or {}, rules.ADDRESS)
    crud.patch(addresses_of(ctx, state), ctx, state, ctx.path["addressId"], change)
    return Result(200)


@service.operation("DELETE-customer-tenant-remove-customer-address")
def delete_address(ctx: RequestContext, state: State) -> Result:
    """Delete an address; no other one becomes the default in its place."""
    crud.delete(addresses_of(ctx, state), ctx, state, ctx.path["addressId"])
    return Result(204)


@service.operation("POST-customer-tenant-add-address-tags")
def add_tags(ctx: RequestContext, state: State) -> Result:
    """Add tags; those that are there already stay as they are."""
    return retag(ctx, state, add=True)


@service.operation("DELETE-customer-tenant-remove-address-tags")
def remove_tags(ctx: RequestContext, state: State) -> Result:
    """Remove tags; those that are not there do not matter."""
    return retag(ctx, state, add=False)


def retag(ctx: RequestContext, state: State, *, add: bool) -> Result:
    """Store an address with other tags."""
    resource, key = addresses_of(ctx, state), ctx.path["addressId"]
    old = crud.read(resource, ctx, state, key)
    change = rules.with_tags if add else rules.without_tags
    tags = change(old.get("tags", []), rules.tag_list(ctx.query["tags"]))
    crud.patch(resource, ctx, state, key, {"tags": tags})
    return Result(204)
