"""Contacts beside the contact assignments: created, read and replaced by clients, and in no document.

A contact is linked to a customer through `customer.id` (client-quirks 71); all else is as it is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.services.client_management.declared import missing, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ALL = "/customer-management/{tenant}/contacts"
ONE = f"{ALL}/{{contactId}}"
SOURCE = "client-quirks 71"
CONTACTS = service.collection("contacts", key="id", new_id="object_id", times=())


@service.legacy("POST", ALL, like="POST-customer-mgmt-create-contact-assignment", source=SOURCE, status=201)
def create(ctx: RequestContext, state: State) -> Document:
    """Store a contact."""
    own = str(_body(ctx).get("id") or state.ids.object_id())
    state.collection(CONTACTS.name).put(own, {**_body(ctx), "id": own})
    return {"id": own}


@service.legacy("GET", ONE, like="GET-customer-mgmt-retrieve-contact-assignment", source=SOURCE)
def read(ctx: RequestContext, state: State) -> Document:
    """One contact."""
    found = state.collection(CONTACTS.name).get(ctx.path["contactId"])
    if found is None:
        raise missing(ctx.path["contactId"])
    return found


@service.legacy("PUT", ONE, like="PUT-customer-mgmt-update-contact-assignment", source=SOURCE, status=204)
def replace(ctx: RequestContext, state: State) -> Result:
    """Another contact in its place."""
    own = ctx.path["contactId"]
    state.collection(CONTACTS.name).put(own, {**_body(ctx), "id": own})
    return Result(204)


def _body(ctx: RequestContext) -> Document:
    return ctx.body if isinstance(ctx.body, dict) else {}
