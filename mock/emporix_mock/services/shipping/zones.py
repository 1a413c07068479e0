"""Zones, their methods, shipping groups and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.engine.translation import SHIPPING
from emporix_mock.rules.shipping import area_faults
from emporix_mock.services.shipping.declared import (
    DEFAULT_KEPT,
    GROUPS,
    METHODS,
    RELATIONS,
    ZONES,
    broken,
    no_element,
    service,
    site_exists,
    taken,
    unknown,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def zones_of(state: State, site: str) -> list[Document]:
    """The zones of a site in order of creation."""
    stored = state.collection(ZONES)
    return [zone for key in stored.find(PARENT, site) if (zone := stored.get(key))]


def methods_of(state: State, site: str, zone_id: str) -> list[Document]:
    """The methods of a zone in order of creation."""
    stored = state.collection(METHODS)
    return [method for key in stored.find(PARENT, f"{site}/{zone_id}") if (method := stored.get(key))]


def _checked_zone(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    site = ctx.path["site"]
    if not site_exists(state, site):
        raise no_element()
    countries = state.world.state("country-service").collection("countries")
    faults = area_faults(new["shipTo"], countries.ids())
    if faults:
        raise broken(faults)
    new["shipTo"] = sorted(new["shipTo"], key=lambda area: (area["country"], area.get("postalCode") or ""))
    others = [zone for zone in zones_of(state, site) if zone["id"] != new["id"]]
    was = old is not None and old.get("default")
    new["default"] = bool(new.get("default") or was or not any(zone.get("default") for zone in others))


def _one_default(ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """A site has one default zone: the last that was made so."""
    del old
    if new is None or not new["default"]:
        return
    for zone in zones_of(state, ctx.path["site"]):
        if zone["id"] != new["id"] and zone.get("default"):
            state.collection(ZONES).put(f"{ctx.path['site']}/{zone['id']}", {**zone, "default": False})


def expand_methods(ctx: RequestContext, state: State, zone: Document) -> None:
    """Put the methods of a zone into it, the active ones on request."""
    found = methods_of(state, ctx.path["site"], zone["id"])
    if str(ctx.query.get("activeMethods")).lower() == "true":
        found = [method for method in found if method.get("active", True)]
    zone["methods"] = [{name: v for name, v in method.items() if name != PARENT} for method in found]


ZONE = service.resource(
    Resource(
        path="/shipping/{tenant}/{site}/zones",
        collection=ZONES,
        parent="site",
        new_id="given",
        version=None,
        localized=("name", "methods.name"),
        languages=SHIPPING,
        owned=("methods",),
        prepare=_checked_zone,
        after=_one_default,
        cascade={METHODS: PARENT},
        expand={"methods": expand_methods, "fees": lambda _ctx, _state, _zone: None},
        filters={"activeMethods": ""},
        missing=unknown("zone"),
        duplicate=taken("zone"),
    )
)


@service.operation("DELETE-shipping-remove-shipping-zone")
def delete_zone(ctx: RequestContext, state: State) -> Result:
    """Remove a zone with its methods; the default one only as the last."""
    zone = crud.read(ZONE, ctx, state, ctx.path["zoneId"])
    if zone.get("default") and len(zones_of(state, ctx.path["site"])) > 1:
        raise DEFAULT_KEPT(
            f"The zone with id '{zone['id']}' is the default one and cannot be deleted.",
            details=["Make another zone the default one first."],
        )
    crud.delete(ZONE, ctx, state, zone["id"])
    return Result(204)


def _checked_method(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del old
    _zone_exists(ctx, state)
    if not new["fees"]:
        raise broken([("fees", "fees may not be empty")], "validation_violation.")


def _zone_exists(ctx: RequestContext, state: State) -> None:
    if f"{ctx.path['site']}/{ctx.path['zoneId']}" not in state.collection(ZONES):
        raise ZONE.missing(ctx.path["zoneId"])


METHOD = service.resource(
    Resource(
        path="/shipping/{tenant}/{site}/zones/{zoneId}/methods",
        collection=METHODS,
        parent=("site", "zoneId"),
        new_id="given",
        version=None,
        localized=("name",),
        languages=SHIPPING,
        defaults={"active": True},
        prepare=_checked_method,
        missing=unknown("method"),
        duplicate=taken("method"),
    )
)


@service.operation("GET-shipping-list-all-shipping-methods")
def list_methods(ctx: RequestContext, state: State) -> Any:
    """The methods of a zone."""
    _zone_exists(ctx, state)
    return crud.listing(METHOD, ctx, state)


def _checked_group(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del new, old
    if not site_exists(state, ctx.path["site"]):
        raise no_element()


GROUP = service.resource(
    Resource(
        path="/shipping/{tenant}/{site}/groups",
        collection=GROUPS,
        parent="site",
        new_id="given",
        version=None,
        localized=("description",),
        languages=SHIPPING,
        prepare=_checked_group,
        missing=unknown("group"),
        duplicate=taken("group"),
    )
)


def _checked_relation(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del old
    group = new.get("groupId")
    if not group:
        raise broken([("groupId", "groupId must not be null")])
    if f"{ctx.path['site']}/{group}" not in state.collection(GROUPS):
        raise GROUP.missing(str(group))


RELATION = service.resource(
    Resource(
        path="/shipping/{tenant}/{site}/cgrelations",
        collection=RELATIONS,
        key="customerId",
        parent="site",
        new_id="given",
        version=None,
        prepare=_checked_relation,
        missing=unknown("customer group relation"),
        duplicate=taken("customer group relation"),
    )
)


@service.operation("POST-shipping-create-customer-group-relation")
def relate(ctx: RequestContext, state: State) -> Result:
    """Put a customer into a group; the answer has the group's id, as the document's example."""
    relation = crud.create(RELATION, ctx, state, crud.accepted(ctx))
    return Result(201, {"id": relation["groupId"]})
