"""Companies and contacts as they are read: references expanded, what is gone left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.platform import directory, grants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def entity(_ctx: RequestContext, state: State, company: Document) -> Document:
    """A company with its groups, locations and approvers in full."""
    locations, contacts = state.collection("locations"), state.collection("contactAssignments")
    if "customerGroups" in company:
        company["customerGroups"] = groups(state, company["customerGroups"])
    if "entitiesAddresses" in company:
        found = [locations.get(entry["id"]) for entry in company["entitiesAddresses"]]
        company["entitiesAddresses"] = [location for location in found if location is not None]
    if "approvalGroup" in company:
        approvers = [contacts.get(entry["id"]) for entry in company["approvalGroup"]]
        company["approvalGroup"] = [approver(state, found) for found in approvers if found]
    return company


def contact(ctx: RequestContext, state: State, assignment: Document) -> Document:
    """A contact with its company and its customer in full."""
    company = state.collection("legalEntities").get(assignment["legalEntity"]["id"])
    if company is not None:
        assignment["legalEntity"] = entity(ctx, state, company)
    assignment["customer"] = person(state, assignment["customer"]["id"])
    return assignment


def approver(state: State, assignment: Document) -> Document:
    """A contact as a company lists its approvers: the company is told by its id alone."""
    assignment["customer"] = person(state, assignment["customer"]["id"])
    return {name: value for name, value in assignment.items() if name != "mixins"}


def person(state: State, number: str) -> Document:
    """What a contact tells of its customer."""
    customer = directory.find(state, number) or {}
    told = {
        "name": customer.get("firstName"),
        "surname": customer.get("lastName"),
        "email": customer.get("contactEmail"),
        "phone": customer.get("contactPhone"),
    }
    return {"id": number, **{name: value for name, value in told.items() if value}}


def groups(state: State, listed: Iterable[Mapping[str, Any]]) -> list[Document]:
    """The groups of a company: name and role are those of IAM."""
    found = []
    for entry in listed:
        group = grants.group(state, entry["id"])
        if group is not None:
            role = {"role": group["code"]} if group.get("code") else {}
            found.append({"id": group["id"], "name": group["name"], **role})
    return found
