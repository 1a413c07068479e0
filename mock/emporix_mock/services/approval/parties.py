"""Who asks, for which company, in which role; and who may allow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emporix_mock.platform import directory, grants
from emporix_mock.services.approval.declared import NO_COMPANY, absent, refused

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ADMIN: Final = "B2B_ADMIN"
BUYER: Final = "B2B_BUYER"
REQUESTER: Final = "B2B_REQUESTER"


@dataclass(frozen=True, slots=True)
class Party:
    """A customer acting for a company, None for none."""

    number: str
    company: str | None


def party_of(ctx: RequestContext, state: State) -> Party:
    """The caller; another service may ask for any customer."""
    caller, body = ctx.caller(), ctx.body if isinstance(ctx.body, dict) else {}
    if caller.customer_id is not None:
        number, company = caller.customer_id, caller.legal_entity_id
    else:
        number, company = str(body.get("userId") or ""), body.get("legalEntityId")
    return Party(number, company or _only(state, number))


def _only(state: State, number: str) -> str | None:
    """The company of a customer who acts for none in particular: the first one."""
    b2b = (directory.find(state, number) or {}).get("b2b") or {}
    entities = b2b.get("legalEntities") or []
    return str(entities[0]["id"]) if entities else None


def acting(state: State, party: Party, company: str | None) -> str:
    """The company that a party acts for with a cart or quote of `company`.

    400 for a party without any, 404 for one that is not of that company.
    """
    if party.company is None:
        raise refused(NO_COMPANY, "The user is not assigned to any company.")
    wanted = company or party.company
    if wanted not in directory.companies_of_customer(state, party.number):
        raise absent("404003", "The user is not assigned to the legal entity.")
    return wanted


def role_of(state: State, number: str, company: str) -> str | None:
    """The role of a customer in a company."""
    roles = {
        group.get("code") for group in grants.groups_of(state, number) if grants.company_of(group) == company
    }
    return next((role for role in (ADMIN, BUYER, REQUESTER) if role in roles), None)


def candidates(state: State, company: str, requestor: str) -> list[str]:
    """Who may approve in a company: its contacts who are admins or buyers, but not who asks."""
    found: dict[str, None] = {}
    for role in (ADMIN, BUYER):
        for group in grants.groups_of_company(state, company):
            if group.get("code") == role:
                found |= dict.fromkeys(grants.members_of(state, group["id"]))
    return [
        number
        for number in found
        if number != requestor and company in directory.companies_of_customer(state, number)
    ]


def person(state: State, number: str) -> Document:
    """A customer as approvals name it."""
    customer = directory.find(state, number) or {}
    return {
        "userId": number,
        "firstName": customer.get("firstName") or "",
        "lastName": customer.get("lastName") or "",
    }
