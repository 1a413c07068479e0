"""Groups of users: the tenant's, a company's, a vendor's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import binding, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.platform import directory, grants
from emporix_mock.services.iam.access import CONTROLS, FILTERS, TEXTS
from emporix_mock.services.iam.declared import (
    BY_FORCE,
    HAS_MEMBERS,
    MAPS,
    UNFIT_CONTROL,
    missing,
    service,
    stale,
    taken,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PLATFORM_ONLY: Final = ("code", "vendorId", "generated")
"""Members that no client writes: the role, the vendor, and that a group came with its company."""


MEMBERS_FIRST: Final = (
    "Could not delete a group with assigned users. Please use the 'forceDelete' query param with token"
    " containing the `iam.assignment_manage` scope to delete the group and group assignments or clean up"
    " the group assignments first."
)
UNLIMITED: Final = (
    "iam.group_read",
    "iam.group_manage",
    "iam.assignment_manage",
    "iam.access_read",
    "iam.user_read",
)
"""What reaches groups of employees too, unlike the own variants."""


def prepare(ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    """Fill in what null leaves open; refuse an access control that is not for such users."""
    new["userType"] = new.get("userType") or "EMPLOYEE"
    for name in ("accessControls", "templates"):
        new[name] = new.get(name) or []
    for key in new["accessControls"]:
        control = state.collection(CONTROLS.collection).get(key)
        wanted = (control or {}).get("restrictedTo")
        if (control is None and not ctx.caller().is_platform) or wanted not in (None, new["userType"]):
            text = "does not exist" if control is None else f"is for users of type {wanted}"
            raise UNFIT_CONTROL("Constraint validation failed", details=[f"Access control '{key}' {text}"])


def present(_ctx: RequestContext, _state: State, group: Document) -> Document:
    """A group without what only the platform knows of it."""
    group.pop("generated", None)
    return group


def visible(ctx: RequestContext, state: State, group: Document) -> bool:
    """All groups; those of customers for the own variant, and for a customer none of other companies.

    A restricted scope sees the groups of its restriction and those of none.
    """
    caller = ctx.caller()
    if caller.customer_id is not None:
        company = grants.company_of(group)
        own = company is None or company in directory.companies_of(state, caller)
        return group["userType"] == "CUSTOMER" and own
    if not caller.may(*UNLIMITED):
        return bool(group["userType"] == "CUSTOMER")
    allowed = caller.restrictions("iam.group_read")
    restrictions = group.get("restrictions")
    return not allowed or not restrictions or not allowed.isdisjoint(restrictions)


GROUPS = service.resource(
    Resource(
        path="/iam/{tenant}/groups",
        collection="groups",
        new_id="uuid",
        localized=TEXTS,
        languages=MAPS,
        filters={**FILTERS, "userType": "~userType"},
        prepare=prepare,
        present=present,
        visible=visible,
        sees_all=lambda ctx: ctx.caller().customer_id is None and "*" in ctx.caller().scopes,
        seen_by=lambda ctx, state: (ctx.caller(), directory.companies_of(state, ctx.caller())),
        missing=missing("group"),
        duplicate=taken("Group"),
        stale=stale,
    )
)
service.collection(
    "groups",
    references={"accessControls": "iam/accessControls", "templates": "iam/templates"},
    private=("generated",),
)


@service.operation("POST-iam-create-user-group")
def create(ctx: RequestContext, state: State) -> Result:
    """Create a group; what came with a company or a vendor is marked by the platform alone."""
    body = crud.accepted(ctx, GROUPS)
    if ctx.caller().is_platform:
        body |= {name: ctx.body[name] for name in PLATFORM_ONLY if name in ctx.body}
    return binding.answer(GROUPS, ctx, state, [crud.create(GROUPS, ctx, state, body)], 201)


@service.operation("DELETE-iam-remove-user-group")
def remove(ctx: RequestContext, state: State) -> Result:
    """Delete a group, with its members only by force."""
    group = found(ctx, state)
    if group is None:
        return Result(204)
    members = state.collection("memberships")
    keys = members.find("groupId", group["id"])
    if keys and not ctx.query.get("forceDelete"):
        raise HAS_MEMBERS(
            "Constraint validation failed", details=[MEMBERS_FIRST], extra={"resourceId": group["id"]}
        )
    if keys and not ctx.caller().may("iam.assignment_manage"):
        raise BY_FORCE(
            "Scope validation failed", details=["Missing required scopes '[iam.assignment_manage]'"]
        )
    for key in keys:
        members.delete(key)
    crud.delete(GROUPS, ctx, state, group["id"])
    return Result(204)


@service.operation("GET-iam-list-group-access-controls")
def list_controls(ctx: RequestContext, state: State) -> Result:
    """The access controls of a group, those of its templates included."""
    return controls_among(ctx, state, [read(ctx, state)])


def controls_among(ctx: RequestContext, state: State, groups: list[Document]) -> Result:
    """A page of the access controls of groups."""
    keys = {key for group in groups for key in grants.control_keys(state, group)}
    return crud.listing(CONTROLS, ctx, state, q="", where={"id": tuple(keys)})


def found(ctx: RequestContext, state: State) -> Document | None:
    """The group that the path names by its id, or by the code of one that belongs to no company."""
    named = ctx.path["groupId"]
    documents = state.collection(GROUPS.collection)
    group = documents.get(named)
    if group is None:
        coded: list[Any] = [documents.get(key) for key in documents.find("code", named)]
        group = next((one for one in coded if grants.company_of(one) is None), None)
    return group if group is not None and visible(ctx, state, group) else None


def read(ctx: RequestContext, state: State) -> Document:
    """The same; 404 without one."""
    group = found(ctx, state)
    if group is None:
        raise GROUPS.missing(ctx.path["groupId"])
    return group
