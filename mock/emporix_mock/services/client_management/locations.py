"""Locations of companies: addresses that several may share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.resource import Resource
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
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def visible(ctx: RequestContext, state: State, location: Document) -> bool:
    """A customer sees the locations of its companies."""
    companies = own_companies(ctx, state)
    if companies is None:
        return True
    holders = state.collection("legalEntities").find("entitiesAddresses.id", location["id"])
    return not companies.isdisjoint(holders)


def _seen(ctx: RequestContext, state: State) -> dict[str, tuple[Any, ...]] | None:
    companies, stored = own_companies(ctx, state), state.collection("legalEntities")
    if companies is None:
        return None
    addresses = (
        each for key in companies for each in (stored.peek(key) or {}).get("entitiesAddresses") or ()
    )
    return {"id": tuple(each["id"] for each in addresses)}


LOCATIONS = service.resource(
    Resource(
        path="/customer-management/{tenant}/locations",
        collection="locations",
        page_size=PAGE_SIZE,
        id_pattern=ID,
        visible=visible,
        sees_all=sees_every_company,
        seen=_seen,
        missing=missing,
        duplicate=taken,
        filters={
            "name": "~name",
            "contactDetails.email": "~contactDetails.emails",
            "contactDetails.phone": "~contactDetails.phones",
            "contactDetails.address": "~contactDetails.addressLine1",
            "contactDetails.city": "~contactDetails.city",
            "contactDetails.state": "~contactDetails.state",
            "contactDetails.postcode": "~contactDetails.postcode",
        },
    )
)
