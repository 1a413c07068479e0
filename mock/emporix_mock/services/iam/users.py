"""What a user, customer or employee, is in and may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.platform import directory, grants
from emporix_mock.platform.scopes import known
from emporix_mock.services.iam import groups, members
from emporix_mock.services.iam.access import CONTROLS, PERMISSIONS
from emporix_mock.services.iam.declared import absent, missing, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def user_in(ctx: RequestContext, state: State) -> str:
    """The user whom the path names; 404 for one who is neither customer nor employee."""
    user = ctx.path["userId"]
    if directory.find(state, user) is None and state.collection("employees").get(user) is None:
        raise missing("user")(user)
    return user


def caller_id(ctx: RequestContext) -> str:
    """Who calls: a customer by its number, anybody else by the client id (an employee's own id)."""
    caller = ctx.caller()
    return caller.customer_id or caller.client_id


@service.operation("GET-iam-retrieve-user-groups")
def list_groups(ctx: RequestContext, state: State) -> Result:
    """The groups of a user."""
    keys = tuple(group["id"] for group in grants.groups_of(state, user_in(ctx, state)))
    return crud.listing(groups.GROUPS, ctx, state, where={"id": keys})


@service.operation("GET-iam-retrieve-user-group")
def read_group(ctx: RequestContext, state: State) -> Document:
    """One group of a user."""
    user, group = ctx.path["userId"], groups.found(ctx, state)
    if group is None or not members.memberships(state, groupId=group["id"], userId=user):
        wanted = f"user id '{user}' and with group id '{ctx.path['groupId']}'"
        detail = f"Assignment with {wanted} not found"
        raise absent(ctx.path["groupId"], "Error while getting assignment", detail)
    return groups.GROUPS.answer(ctx, state, group)


@service.operation("DELETE-iam-remove-user-from-all-groups")
def leave_all(ctx: RequestContext, state: State) -> Result:
    """Take a user out of every group."""
    members.drop(state, userId=ctx.path["userId"])
    return Result(204)


@service.operation("GET-iam-retrieve-own-user-scopes")
def own_scopes(ctx: RequestContext, state: State) -> Document:
    """What the caller's token holds."""
    caller = ctx.caller()
    held = known(state.world) if "*" in caller.scopes else caller.scopes
    return scopes_answer(state, caller_id(ctx), held)


@service.operation("GET-iam-retrieve-user-scopes")
def user_scopes(ctx: RequestContext, state: State) -> Document:
    """What the next token of a user will hold."""
    user = user_in(ctx, state)
    customer = directory.find(state, user) is not None
    held = grants.of_customer(state, user) if customer else grants.scopes_of(state, user)
    return scopes_answer(state, user, held)


def scopes_answer(state: State, user: str, held: frozenset[str]) -> Document:
    """Scopes as one text, the tenant last, and the vendor of an employee who works for one."""
    vendor = grants.vendor_of(state, user)
    return {
        "userId": user,
        "scopes": " ".join([*sorted(held), f"tenant={state.tenant}"]),
        **({"vendorId": vendor} if vendor else {}),
    }


@service.operation("GET-iam-retrieve-user-access-controls")
def own_controls(ctx: RequestContext, state: State) -> Result:
    """The access controls of the caller."""
    return groups.controls_among(ctx, state, grants.groups_of(state, caller_id(ctx)))


@service.operation("GET-iam-list-user-access-controls")
def user_controls(ctx: RequestContext, state: State) -> Result:
    """The access controls of a user."""
    return groups.controls_among(ctx, state, grants.groups_of(state, user_in(ctx, state)))


@service.operation("GET-iam-retrieve-user-resource-access-controls")
def controls_of_resource(ctx: RequestContext, state: State) -> list[Document]:
    """The access controls that a user has for a resource, by id or by code."""
    return [CONTROLS.answer(ctx, state, control) for control in _for_resource(ctx, state)]


@service.operation("GET-iam-retrieve-user-resource-permissions")
def permissions_of_resource(ctx: RequestContext, state: State) -> list[Document]:
    """The permissions that a user has for a resource by the roles of its access controls."""
    resource, keys = resource_in(ctx, state), dict[str, None]()
    for control in _for_resource(ctx, state):
        role = state.collection("roles").get(control.get("roleId") or "") or {}
        for permission in role.get("permissions") or ():
            if resource in (permission.get("applicablePermissionResources") or [resource]):
                keys[permission["id"]] = None
    found = [state.collection(PERMISSIONS.collection).get(key) for key in keys]
    return [PERMISSIONS.answer(ctx, state, permission) for permission in found if permission is not None]


def _for_resource(ctx: RequestContext, state: State) -> list[Document]:
    resource = resource_in(ctx, state)
    controls = grants.controls_of(state, grants.groups_of(state, user_in(ctx, state)))
    return [control for control in controls if control.get("resourceId") == resource]


def resource_in(ctx: RequestContext, state: State) -> str:
    """The id of the resource that the path names; 404 without one."""
    named, resources = ctx.path["resourceId"], state.collection("resources")
    coded = [named] if named in resources else resources.find("code", named)
    if not coded:
        raise missing("resource")(named)
    return coded[0]
