"""Who is in which group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.errors import NotFound
from emporix_mock.platform import directory, grants
from emporix_mock.services.iam import groups
from emporix_mock.services.iam.declared import (
    NOT_OWN,
    ONE_ROLE,
    ONE_VENDOR,
    OTHER_TYPE,
    PARENT_GROUPS,
    ROLES,
    UNSUPPORTED_TYPE,
    absent,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MEMBERS = service.resource(
    Resource(
        path="/iam/{tenant}/groups/{groupId}/users",
        collection="memberships",
        new_id="uuid",
        version=None,
    )
)
service.collection("memberships", references={"groupId": "iam/groups"})


@service.operation("GET-iam-list-group-users")
def list_members(ctx: RequestContext, state: State) -> Result:
    """The members of a group; with the own variant only of a company of the caller's."""
    group = groups.read(ctx, state)
    if not ctx.caller().may("iam.user_read"):
        check_own(ctx, state, group)
    return crud.listing(MEMBERS, ctx, state, where={"groupId": (group["id"],)})


@service.operation("POST-iam-add-user-to-group")
def add(ctx: RequestContext, state: State) -> Result:
    """Put a user into a group; one who is in it already stays in it under the same id."""
    group, user = groups.read(ctx, state), ctx.body["userId"]
    if not ctx.caller().may("iam.assignment_manage"):
        check_own(ctx, state, group, user)
    key, _ = join(ctx, state, group, user, ctx.body.get("userType") or "EMPLOYEE")
    return Result(201, {"id": key})


@service.operation("PUT-iam-update-user-to-group")
def put(ctx: RequestContext, state: State) -> Result:
    """Put a user into a group; nothing happens to one who is in it already."""
    key, made = join(ctx, state, groups.read(ctx, state), ctx.path["userId"], ctx.path["userType"])
    return Result(201, {"id": key}) if made else Result(204)


@service.operation("DELETE-iam-remove-user-from-group")
def remove(ctx: RequestContext, state: State) -> Result:
    """Take a user out of a group, whether there or not."""
    group = groups.found(ctx, state)
    if group is not None:
        if not ctx.caller().may("iam.assignment_manage"):
            check_own(ctx, state, group, ctx.path["userId"])
        drop(state, groupId=group["id"], userId=ctx.path["userId"])
    return Result(204)


@service.operation("DELETE-iam-remove-all-users")
def empty(ctx: RequestContext, state: State) -> Result:
    """Take everybody out of a group."""
    group = groups.found(ctx, state)
    if group is not None:
        drop(state, groupId=group["id"])
    return Result(204)


def join(ctx: RequestContext, state: State, group: Document, user: str, kind: str) -> tuple[str, bool]:
    """Put a user into a group: the id of the membership, and whether it is new."""
    kind = kind.upper()
    if kind not in ("CUSTOMER", "EMPLOYEE"):
        raise UNSUPPORTED_TYPE(body=unsupported(user, kind))
    known = directory.find(state, user) if kind == "CUSTOMER" else state.collection("employees").get(user)
    if known is None:
        raise absent(user, "User not found")
    if group["userType"] != kind:
        raise OTHER_TYPE(f"A user of type {kind} does not fit into the group", extra={"resourceId": user})
    held = memberships(state, groupId=group["id"], userId=user)
    if held:
        return held[0], False
    check_others(state, group, user)
    key = store(state, group["id"], user, kind)
    if group.get("code") in ROLES and ctx.switch(PARENT_GROUPS) == "join":
        join_parents(ctx, state, group, user)
    return key, True


def unsupported(user: str, kind: str) -> Document:
    """The 400 of a type of user that does not exist, as published."""
    text = f" '{kind}' is not supported"
    return {"resourceId": user, "code": 400, "status": "Constraint validation failed", "message": text}


def store(state: State, group: str, user: str, kind: str) -> str:
    """Keep a membership; its id."""
    key = state.ids.uuid()
    member = {"id": key, "groupId": group, "userId": user, "userType": kind}
    state.collection(MEMBERS.collection).put(key, member)
    return key


def check_others(state: State, group: Document, user: str) -> None:
    """Refuse a second role in a company, and a second vendor group."""
    company = grants.company_of(group)
    for other in grants.groups_of(state, user):
        if group.get("code") in ROLES and other.get("code") in ROLES and grants.company_of(other) == company:
            raise ONE_ROLE(
                "Constraint validation failed",
                details=[f"The customer already is in the group '{other['id']}' of the company"],
                extra={"resourceId": user},
            )
        if group.get("vendorId") and other.get("vendorId"):
            raise ONE_VENDOR(
                "Constraint validation failed",
                details=[f"The employee already is in the vendor group '{other['id']}'"],
                extra={"resourceId": user},
            )


def join_parents(ctx: RequestContext, state: State, group: Document, user: str) -> None:
    """Put a member of a subsidiary's group into the same groups of the companies above."""
    path = {"legalEntityId": str(grants.company_of(group))}
    try:
        chain: list[Any] = ctx.call(
            "client-management", "GET-customer-mgmt-retrieve-legal-entity-parent-hierarchy", path=path
        ).body
    except NotFound:
        return
    for company in chain[1:]:
        same = grants.groups_of_company(state, company["id"])
        roles = {
            g.get("code") for g in grants.groups_of(state, user) if grants.company_of(g) == company["id"]
        }
        for other in same:
            if other.get("code") == group["code"] and roles.isdisjoint(ROLES):
                store(state, other["id"], user, "CUSTOMER")


def check_own(ctx: RequestContext, state: State, group: Document, user: str | None = None) -> None:
    """403 unless the group, and the user where one is named, belong to a company of the caller's."""
    own = directory.companies_of(state, ctx.caller())
    theirs = own if user is None else directory.companies_of_customer(state, user)
    if grants.company_of(group) not in own or own.isdisjoint(theirs):
        raise NOT_OWN("Scope validation failed", details=["The group is not one of the caller's company"])


def memberships(state: State, **values: str) -> list[str]:
    """The ids of the memberships with these values, in order of creation."""
    documents = state.collection(MEMBERS.collection)
    found = [set(documents.find(field, value)) for field, value in values.items()]
    return documents.in_order(set.intersection(*found))


def drop(state: State, **values: str) -> None:
    """Remove the memberships with these values."""
    for key in memberships(state, **values):
        state.collection(MEMBERS.collection).delete(key)


# What happens elsewhere.


@service.on("customer.created")
def welcome(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Every customer is in the group of customers (identity facts 2.4)."""
    documents = state.collection("groups")
    for key in documents.find("code", grants.CUSTOMER_GROUP):
        if not memberships(state, groupId=key, userId=payload["id"]):
            store(state, key, payload["id"], "CUSTOMER")


@service.on("customer.deleted")
def forget(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A customer who is gone is in no group."""
    drop(state, userId=payload["customerNumber"])
