"""Employees: users of the management dashboard. Their groups are memberships like those of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.platform import grants
from emporix_mock.services.iam import members
from emporix_mock.services.iam.declared import (
    NO_EMPLOYEE,
    ONE_VENDOR,
    OTHER_TYPE,
    UNKNOWN_GROUP,
    absent,
    missing,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ID_LENGTH = 20


def present(_ctx: RequestContext, state: State, employee: Document) -> Document:
    """An employee with the ids of its groups."""
    employee["groupIds"] = [group["id"] for group in grants.groups_of(state, employee["id"])]
    return employee


def expand_groups(_ctx: RequestContext, state: State, employee: Document) -> None:
    """The groups beside their ids, in short."""
    shown = ("id", "name", "description", "code", "userType")
    groups = grants.groups_of(state, employee["id"])
    employee["groups"] = [{name: group[name] for name in shown if name in group} for group in groups]


def prepare(_ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Complete a new employee; the groups become memberships."""
    keys = new.pop("groupIds", None)
    if old is None:
        new.setdefault("backofficeUserNumber", new["id"])
        new |= {"validFrom": state.timestamp(), "isAccountLocked": False, "status": "PROVISIONED"}
    if keys is not None:
        regroup(state, new["id"], keys, created=old is None)


def regroup(state: State, user: str, keys: Iterable[str], *, created: bool) -> None:
    """Put an employee into these groups and out of all others.

    A group that does not exist is 404 for a new employee, 400 for one who has the path to itself.
    """
    wanted = dict.fromkeys(keys)
    vendors = 0
    for key in wanted:
        group = grants.group(state, key)
        if group is None:
            text = "Error while getting groups provided in request."
            raise absent(key, text) if created else UNKNOWN_GROUP(text, extra={"resourceId": key})
        if group["userType"] != "EMPLOYEE":
            raise OTHER_TYPE("An employee does not fit into the group", extra={"resourceId": key})
        vendors += bool(group.get("vendorId"))
    if vendors > 1:
        raise ONE_VENDOR("Constraint validation failed", details=["More than one vendor group is named"])
    held = {group["id"] for group in grants.groups_of(state, user)}
    for key in held - wanted.keys():
        members.drop(state, groupId=key, userId=user)
    for key in wanted:
        if key not in held:
            members.store(state, key, user, "EMPLOYEE")


def after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """An employee who is gone is in no group."""
    if new is None and old is not None:
        members.drop(state, userId=old["id"])


EMPLOYEES = service.resource(
    Resource(
        path="/iam/{tenant}/users",
        collection="employees",
        new_id=f"hex:{ID_LENGTH}",
        version=None,
        expand={"groups": expand_groups},
        filters={"userType": ""},
        prepare=prepare,
        present=present,
        after=after,
        missing=missing("user"),
    )
)
service.collection("employees", computed=("groupIds", "groups"))


@service.operation("GET-iam-retrieve-own-user")
def read_own(ctx: RequestContext, state: State) -> Document:
    """The employee whose token this is; its client id is the employee's."""
    own = state.collection(EMPLOYEES.collection).get(ctx.caller().client_id)
    if own is None:
        raise NO_EMPLOYEE("Scope validation failed", details=["The token is not one of an employee"])
    return EMPLOYEES.answer(ctx, state, own)


@service.operation("GET-iam-list-users-with-groups-vendor")
def list_of_vendor(ctx: RequestContext, state: State) -> Result:
    """The employees of a vendor, with their groups."""
    vendor = ctx.path["vendorId"]
    groups = state.collection("groups").find("vendorId", vendor)
    if not groups:
        raise absent(vendor, "Error while getting vendor", f"Vendor with id '{vendor}' not found")
    users = {user for group in groups for user in grants.members_of(state, group)}
    found: list[Any] = crud.select(EMPLOYEES, ctx, state, where={"id": tuple(users)})
    answers = [EMPLOYEES.answer(ctx, state, employee) for employee in found]
    for employee in answers:
        expand_groups(ctx, state, employee)
    return Result(200, answers, {EMPLOYEES.total_header: str(len(answers))})
