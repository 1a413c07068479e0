"""Legal entities: companies, their subsidiaries, and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import grants
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.services.client_management import contacts, groups, shown
from emporix_mock.services.client_management.declared import (
    ABSENT_GROUPS,
    COMPANY_SCOPES,
    ID,
    NO_PARENT,
    OWN_ANCESTOR,
    PAGE_SIZE,
    UNKNOWN_RESTRICTION,
    missing,
    own_companies,
    sees_every_company,
    service,
    taken,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LISTS = ("customerGroups", "entitiesAddresses", "approvalGroup")


def prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Keep references only, check the place in the hierarchy, make or remove the company's groups."""
    for name in LISTS:
        if name in new:
            new[name] = [{"id": entry["id"]} for entry in new[name] or () if entry.get("id")]
    if not new.get("restrictions"):
        new.pop("restrictions", None)
    check_restrictions(state, new)
    check_parent(state, new)
    if old is None:
        new["customerGroups"] = [*groups.provide(ctx, state, new), *new.get("customerGroups", ())]
    elif "customerGroups" in new or ctx.switch(ABSENT_GROUPS) == "remove":
        kept = {entry["id"] for entry in new.setdefault("customerGroups", [])}
        groups.remove(ctx, sorted(groups.generated(state, new["id"]) - kept))
    else:
        new["customerGroups"] = old.get("customerGroups", [])


def check_restrictions(state: State, new: Document) -> None:
    """Refuse a restriction that the tenant does not have."""
    unknown = sorted(set(new.get("restrictions", ())) - set(setting(state, "restrictions")))
    if unknown:
        raise UNKNOWN_RESTRICTION(
            SEE_DETAILS,
            details=[Detail(f"'{unknown[0]}' is none of the tenant's restrictions", "restrictions")],
        )


def check_parent(state: State, new: Document) -> None:
    """Refuse a subsidiary without parent, and a company above itself."""
    if new["type"] == "SUBSIDIARY" and not new.get("parentId"):
        raise NO_PARENT(
            SEE_DETAILS,
            details=[Detail("parentId must not be null for a subsidiary", "parentId")],
        )
    if any(above["id"] == new["id"] for above in ancestors(state, new)):
        raise OWN_ANCESTOR(
            SEE_DETAILS,
            details=[Detail("A legal entity cannot be above itself", "parentId")],
        )


def ancestors(state: State, entity: Document) -> Iterator[Document]:
    """The companies above, nearest first."""
    entities = state.collection("legalEntities")
    seen: set[str] = set()
    above = entity.get("parentId")
    while above and above not in seen:
        seen.add(above)
        found = entities.get(above)
        if found is None:
            return
        yield found
        above = found.get("parentId")


def after(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Events, the new name at the customers, and all that goes with a company."""
    if new is not None:
        verb = "created" if old is None else "updated"
        state.emit(f"client-management.legalentity-{verb}", payload_of(ctx, state, new))
        if old is not None and old["name"] != new["name"]:
            for contact in state.collection("contactAssignments").find("legalEntity.id", new["id"]):
                contacts.note_company(state, state.collection("contactAssignments").get(contact) or {})
        return
    if old is None:
        return
    contacts.remove_all(ctx, state, "legalEntity.id", old["id"])
    groups.remove(ctx, sorted(group["id"] for group in grants.groups_of_company(state, old["id"])))
    entities = state.collection("legalEntities")
    for key in entities.find("parentId", old["id"]):
        child = entities.get(key)
        if child is not None:
            entities.delete(key)
            after(ctx, state, child, None)
    payload = {"tenant": state.tenant, "legalEntityId": old["id"], "legalEntityParentId": old.get("parentId")}
    state.emit("client-management.legalentity-deleted", {k: v for k, v in payload.items() if v is not None})


def payload_of(ctx: RequestContext, state: State, entity: Document) -> Document:
    """A company as its events tell it."""
    told = shown.entity(ctx, state, dict(entity))
    renamed = {"id": "legalEntityId", "entitiesAddresses": "addresses"}
    payload = {renamed.get(name, name): value for name, value in told.items() if name != "restrictions"}
    return {**payload, "tenant": state.tenant}


def visible(ctx: RequestContext, state: State, entity: Document) -> bool:
    """A customer sees its companies; a restricted scope those of its restriction and those of none."""
    companies = own_companies(ctx, state)
    if companies is not None:
        return entity["id"] in companies
    caller = ctx.caller()
    held = [caller.restrictions(scope) for scope in COMPANY_SCOPES[:2] if caller.may(scope)]
    if not held or None in held or not entity.get("restrictions"):
        return True
    allowed = {name for names in held for name in names or ()}
    return not allowed.isdisjoint(entity["restrictions"])


def _seen(ctx: RequestContext, state: State) -> dict[str, tuple[Any, ...]] | None:
    companies = own_companies(ctx, state)
    return None if companies is None else {"id": tuple(companies)}


def active_country(ctx: RequestContext, _state: State, code: Any) -> bool:
    """Whether the tenant trades with a country (company guide)."""
    try:
        country = ctx.call("country-service", "GET-country-retrieve-country", path={"countryCode": str(code)})
    except NotFound:
        return False
    return bool(country.body.get("active"))


LEGAL_ENTITIES = service.resource(
    Resource(
        path="/customer-management/{tenant}/legal-entities",
        collection="legalEntities",
        page_size=PAGE_SIZE,
        id_pattern=ID,
        defaults={"type": "COMPANY"},
        references={
            "parentId": "legalEntities",
            "entitiesAddresses.id": "locations",
            "approvalGroup.id": "contactAssignments",
            "legalInfo.countryOfRegistration": active_country,
        },
        filters={
            "name": "~name",
            "legalInfo.legalName": "~legalInfo.legalName",
            "legalInfo.registrationAgency": "~legalInfo.registrationAgency",
            "legalInfo.countryOfRegistration": "~legalInfo.countryOfRegistration",
        },
        prepare=prepare,
        present=shown.entity,
        after=after,
        visible=visible,
        sees_all=sees_every_company,
        seen=_seen,
        missing=missing,
        duplicate=taken,
    )
)
service.collection(
    "legalEntities",
    references={
        "parentId": "client-management/legalEntities",
        "entitiesAddresses.id": "client-management/locations",
        "approvalGroup.id": "client-management/contactAssignments",
    },
)


@service.operation("GET-customer-mgmt-retrieve-legal-entity-parent-hierarchy")
def parent_hierarchy(ctx: RequestContext, state: State) -> list[Document]:
    """The company and those above it, nearest first."""
    entity = crud.read(LEGAL_ENTITIES, ctx, state, ctx.path["legalEntityId"])
    return [shown.entity(ctx, state, found) for found in (entity, *ancestors(state, entity))]
