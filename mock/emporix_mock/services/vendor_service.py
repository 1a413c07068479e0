"""Vendors and their locations. "Vendor facts" are the identity facts, section 9 (and 5, which it is like)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS, outdated
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("vendor-service")

DUPLICATE = service.rule("duplicate-id", 409, source="vendor document, 409 of creating")
STALE = service.rule("stale-version", 409, source="vendor document, 409 of replacing [wording: choice]")
UNKNOWN = service.rule(
    "unknown-reference",
    400,
    source="vendor document: ids of locations and of the parent vendor [status: choice]",
)
PARENT_MISSING = service.rule(
    "parent-missing", 400, source="vendor facts: companies, which need it, behave alike [choice]"
)
REFERENCES = service.switch(
    "references",
    "checked",
    "any",
    about="a vendor with locations or a parent that do not exist",
    source="undocumented",
)
SUBSIDIARY = service.switch(
    "subsidiary",
    "free",
    "needs-parent",
    about="a vendor of type SUBSIDIARY without parentId",
    source="the document requires the name alone; companies of the same form need their parent",
)


def missing_vendor(_key: str) -> EmporixError:
    """404 for a vendor that is not there."""
    return NotFound("Vendor not found.")


def missing_location(_key: str) -> EmporixError:
    """404 for a location that is not there."""
    return NotFound("Location not found.")


def duplicate(_key: str) -> EmporixError:
    """409 for an id that is taken."""
    return DUPLICATE("Given resource already exists.")


def stale(key: str) -> EmporixError:
    """409 for an update of an outdated version."""
    return STALE(outdated(key))


def _refuse(rule: Rule, field: str, text: str) -> EmporixError:
    return rule(CONSTRAINTS, details=[Detail(text, field)])


def _check(ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    parent = new.get("parentId")
    if new["type"] == "SUBSIDIARY" and not parent and ctx.switch(SUBSIDIARY) == "needs-parent":
        raise _refuse(PARENT_MISSING, "parentId", "A SUBSIDIARY needs a parentId.")
    if ctx.switch(REFERENCES) == "any":
        return
    if parent and (parent == new["id"] or parent not in state.collection("vendors")):
        raise _refuse(UNKNOWN, "parentId", f"There is no other vendor with id '{parent}'.")
    for location in new.get("locations") or ():
        if location.get("id") not in state.collection("locations"):
            raise _refuse(UNKNOWN, "locations", f"There is no location with id '{location.get('id')}'.")


def _present(_ctx: RequestContext, state: State, vendor: Document) -> Document:
    """The vendor with its locations in full; those that are gone are left out."""
    if "locations" not in vendor:
        return vendor
    locations = state.collection("locations")
    found = (locations.get(str(location.get("id"))) for location in vendor["locations"])
    return {**vendor, "locations": [location for location in found if location is not None]}


def _announce(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    vendor = new or old or {}
    name = {"tenant": ctx.tenant, "vendorId": vendor["id"]}
    if new is None:
        state.emit("vendor.vendor-deleted", {**name, "vendorParentId": vendor.get("parentId")})
        return
    full = _present(ctx, state, new)
    known = {key: value for key, value in full.items() if key not in ("id", "locations", "contactDetails")}
    payload = {**name, **known, "addresses": full.get("locations") or [], "documents": []}
    state.emit(f"vendor.vendor-{'updated' if old else 'created'}", payload)


LOCATIONS = service.resource(
    Resource(
        path="/vendor/{tenant}/locations",
        collection="locations",
        filters={
            "name": "~name",
            "contactDetails.email": "~contactDetails.emails",
            "contactDetails.phone": "~contactDetails.phones",
            "contactDetails.address": "~contactDetails.addressLine1",
        },
        missing=missing_location,
        duplicate=duplicate,
        stale=stale,
    )
)
VENDORS = service.resource(
    Resource(
        path="/vendor/{tenant}/vendors",
        collection="vendors",
        defaults={"type": "COMPANY"},
        filters={
            "name": "~name",
            "legalInfo.legalName": "~legalInfo.legalName",
            "legalInfo.registrationDate": "~legalInfo.registrationDate",
            "legalInfo.countryOfRegistration": "~legalInfo.countryOfRegistration",
        },
        prepare=_check,
        present=_present,
        after=_announce,
        missing=missing_vendor,
        duplicate=duplicate,
        stale=stale,
    )
)
service.collection(
    VENDORS.collection,
    references={"locations.id": "vendor-service/locations", "parentId": "vendor-service/vendors"},
)
