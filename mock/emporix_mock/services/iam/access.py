"""Access controls and what they are made of; templates, roles, permissions and resources only to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.resource import Resource
from emporix_mock.services.iam.declared import (
    MAPS,
    PREDEFINED,
    RESOURCES,
    missing,
    service,
    stale,
    taken,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

TEXTS: Final = ("name", "description")
FILTERS: Final = {
    "name": "~name",
    "description": "~description",
    "metadataModifiedAt": ">metadata.modifiedAt",
}


def refuse_predefined(
    _ctx: RequestContext, _state: State, _new: Document | None, old: Document | None
) -> None:
    """403 for a change of what the platform brings."""
    if old is not None and old.get("predefined"):
        raise PREDEFINED("You need a scope for this action.", details=[f"'{old['id']}' is predefined"])


def refuse_removal(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """The same for a removal."""
    if new is None:
        refuse_predefined(ctx, state, new, old)


def expand_role(_ctx: RequestContext, state: State, control: Document) -> None:
    """The role of an access control beside its id."""
    _expand(state, control, "role", "roles")


def expand_resource(_ctx: RequestContext, state: State, control: Document) -> None:
    """The resource of an access control beside its id."""
    _expand(state, control, "resource", "resources")


def _expand(state: State, control: Document, name: str, collection: str) -> None:
    found = state.collection(collection).get(control.get(f"{name}Id") or "")
    if found is not None:
        control[name] = found


def expand_controls(_ctx: RequestContext, state: State, template: Document) -> None:
    """The access controls of a template beside their ids."""
    controls = [state.collection("accessControls").get(key) for key in template.get("accessControls") or ()]
    template["accessControlsDocuments"] = [control for control in controls if control is not None]


CONTROLS = service.resource(
    Resource(
        path="/iam/{tenant}/access-controls",
        collection="accessControls",
        new_id="uuid",
        localized=TEXTS,
        languages=MAPS,
        defaults={"domains": [], "restrictionAware": False, "predefined": False, "vendorAware": False},
        filters=FILTERS,
        expand={"role": expand_role, "resource": expand_resource},
        prepare=refuse_predefined,
        after=refuse_removal,
        missing=missing("access control"),
        duplicate=taken("Access control"),
        stale=stale,
    )
)
service.resource(
    Resource(
        path="/iam/{tenant}/templates",
        collection="templates",
        version=None,
        localized=TEXTS,
        languages=MAPS,
        filters=FILTERS,
        expand={"accessControls": expand_controls},
    )
)
service.resource(
    Resource(
        path="/iam/{tenant}/roles",
        collection="roles",
        localized=TEXTS,
        languages=MAPS,
        filters=FILTERS,
        missing=missing("role"),
    )
)
PERMISSIONS = service.resource(
    Resource(
        path="/iam/{tenant}/permissions",
        collection="permissions",
        localized=TEXTS,
        languages=MAPS,
        filters=FILTERS,
        missing=missing("permission"),
    )
)
service.resource(
    Resource(
        path="/iam/{tenant}/resources",
        collection="resources",
        localized=TEXTS,
        languages=RESOURCES,
        filters=FILTERS,
        missing=missing("resource"),
    )
)
service.collection("accessControls", references={"roleId": "iam/roles", "resourceId": "iam/resources"})
service.collection("templates", references={"accessControls": "iam/accessControls"})
service.collection("permissions", references={"applicableResources": "iam/resources"})
service.collection("roles", references={"permissions.id": "iam/permissions"})
