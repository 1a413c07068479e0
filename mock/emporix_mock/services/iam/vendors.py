"""The groups of a vendor's employees: made, renamed and removed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import crud
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.platform import grants
from emporix_mock.services.iam import members
from emporix_mock.services.iam.declared import service
from emporix_mock.services.iam.groups import GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PROVIDED: Final = {
    "Product manager": "4ac869fc-d548-4ec8-8e06-c01491314224",
    "Product viewer": "1ac869fc-d548-4ec8-8e06-c01491314232",
    "Order manager": "4ac869fc-d548-4ec8-8e06-c01491314223",
    "Order viewer": "1ac869fc-d548-4ec8-8e06-c01491314231",
}
"""Titles and access controls (identity facts 9)."""


@service.on("vendor.vendor-created")
def provide(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Make the four groups of a new vendor."""
    language = languages_of(state)[0]
    for title, control in PROVIDED.items():
        group = {
            "name": {language: _named(payload, title)},
            "userType": "EMPLOYEE",
            "vendorId": payload["vendorId"],
            "accessControls": [control],
            "generated": True,
        }
        crud.create(GROUPS, ctx, state, group)


@service.on("vendor.vendor-updated")
def rename(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Give the groups the new name of their vendor, but for those that got a name of their own."""
    for group in _groups_of(state, payload):
        names = dict(group["name"])
        for language, name in group["name"].items():
            title = next((title for title in PROVIDED if name.endswith(f" Vendor {title}")), None)
            if title is not None:
                names[language] = _named(payload, title)
        if names != group["name"]:
            crud.write(GROUPS, ctx, state, {**group, "name": names}, group)


@service.on("vendor.vendor-deleted")
def withdraw(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A vendor who is gone has no groups."""
    for group in _groups_of(state, payload):
        members.drop(state, groupId=group["id"])
        state.collection(GROUPS.collection).delete(group["id"])


def _named(vendor: Mapping[str, Any], title: str) -> str:
    return f"{vendor['name']} Vendor {title}"


def _groups_of(state: State, vendor: Mapping[str, Any]) -> list[Document]:
    """The groups that came with a vendor."""
    keys = state.collection(GROUPS.collection).among("vendorId", [vendor["vendorId"]])
    found = (grants.group(state, key) for key in keys)
    return [group for group in found if group is not None and group.get("generated")]
