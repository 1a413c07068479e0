"""Contact assignments: which customer stands for which company, once each whatever the type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.platform import directory
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.members import without_gaps
from emporix_mock.services.client_management import shown
from emporix_mock.services.client_management.declared import (
    ID,
    PAGE_SIZE,
    missing,
    own_companies,
    sees_every_company,
    service,
    taken,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def prepare(_ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    """Keep references only; a client may send the expanded form back."""
    for name in ("legalEntity", "customer"):
        new[name] = {"id": new[name]["id"]}


def after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Note the company at the customer; a new contact also becomes one of the companies around."""
    if old is not None:
        directory.leave_company(state, old["customer"]["id"], old["legalEntity"]["id"])
    if new is not None:
        note_company(state, new)
    if old is None and new is not None:
        announce_assignment(state, new)
        propagate(ctx, state, new)
    verb = "created" if old is None else "deleted" if new is None else "updated"
    payload = {**(new or old or {}), "tenant": state.tenant}
    state.emit(f"client-management.contactassignment-{verb}", payload)


def note_company(state: State, contact: Mapping[str, Any]) -> None:
    """List the company of a contact at its customer."""
    entity = state.collection("legalEntities").get(contact["legalEntity"]["id"]) or contact["legalEntity"]
    named = {"name": entity["name"]} if "name" in entity else {}
    company = {"id": entity["id"], **named, "contactAssignmentId": contact["id"]}
    directory.join_company(state, contact["customer"]["id"], company)


def announce_assignment(state: State, contact: Mapping[str, Any]) -> None:
    """The event of a customer who now stands for a company."""
    number = contact["customer"]["id"]
    payload = {
        "tenant": state.tenant,
        "userId": number,
        "email": (directory.find(state, number) or {}).get("contactEmail"),
        "legalEntityId": contact["legalEntity"]["id"],
        "type": contact["type"],
        "primary": contact["primary"],
        "assignmentId": contact["id"],
    }
    known = without_gaps(payload)
    state.emit("client-management.user-assigned-to-legalentity", known)


def propagate(ctx: RequestContext, state: State, contact: Document) -> None:
    """Assign the customer to the next companies up or down, as the tenant has set it.

    Each of those assignments goes on from there; one that exists is left alone.
    """
    entities, direction = state.collection("legalEntities"), setting(state, "companyContactPropagation")
    own = contact["legalEntity"]["id"]
    around: list[str] = []
    if direction == "UPWARD":
        parent = (entities.get(own) or {}).get("parentId")
        around = [parent] if parent and parent in entities else []
    elif direction == "DOWNWARD":
        around = entities.find("parentId", own)
    for company in around:
        if not assigned(state, company, contact["customer"]["id"]):
            more = {
                "id": state.ids.object_id(),
                "legalEntity": {"id": company},
                "customer": contact["customer"],
                "type": contact["type"],
            }
            crud.write(CONTACTS, ctx, state, more, None)


def assigned(state: State, company: str, number: str) -> bool:
    """Whether a customer is a contact of a company."""
    contacts = state.collection(CONTACTS.collection)
    return not set(contacts.find("legalEntity.id", company)).isdisjoint(contacts.find("customer.id", number))


def remove_all(ctx: RequestContext, state: State, field: str, value: str) -> None:
    """Remove every contact with a value, with the effects of a removal."""
    contacts = state.collection(CONTACTS.collection)
    for key in contacts.find(field, value):
        contact = contacts.get(key)
        if contact is not None:
            contacts.delete(key)
            after(ctx, state, contact, None)


def visible(ctx: RequestContext, state: State, contact: Document) -> bool:
    """A customer sees the contacts of its companies."""
    companies = own_companies(ctx, state)
    return companies is None or contact["legalEntity"]["id"] in companies


def known_customer(_ctx: RequestContext, state: State, number: Any) -> bool:
    """Whether there is a customer of that number."""
    return directory.find(state, str(number)) is not None


CONTACTS = service.resource(
    Resource(
        path="/customer-management/{tenant}/contact-assignments",
        collection="contactAssignments",
        page_size=PAGE_SIZE,
        id_pattern=ID,
        unique=(("legalEntity.id", "customer.id"),),
        defaults={"type": "CONTACT", "primary": False},
        references={"legalEntity.id": "legalEntities", "customer.id": known_customer},
        prepare=prepare,
        present=shown.contact,
        after=after,
        visible=visible,
        sees_all=sees_every_company,
        seen=lambda ctx, state: {"legalEntity.id": tuple(own_companies(ctx, state) or ())},
        missing=missing,
        duplicate=taken,
    )
)
service.collection(
    "contactAssignments",
    references={
        "legalEntity.id": "client-management/legalEntities",
        "customer.id": "customer-service/customers",
    },
)
service.alias_parameter(
    "GET-customer-mgmt-list-contact-assignments",
    "legalEntityId",
    "legalEntity.id",
    source="client-quirks 72",
)


@service.on("customer.deleted")
def forget(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A customer who is gone stands for no company."""
    remove_all(ctx, state, "customer.id", payload["customerNumber"])
