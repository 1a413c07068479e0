"""Storage locations, which Emporix is about to remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock.services.availability.declared import DUPLICATE, LOCATIONS, STORED_AT, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def _confirmed(status: int, text: str) -> Result:
    return Result(status, {"message": text, "code": status})


@service.operation("GET-availability-retrieve-locations-site")
def list_locations(ctx: RequestContext, state: State) -> list[Document]:
    """The locations of a site in their order; 404 where it has none."""
    site, stored = ctx.path["site"], state.collection(LOCATIONS.name)
    found = [location for key in stored.find("site", site) if (location := stored.get(key))]
    if not found:
        raise NotFound(f"There are no locations for site: {site}")
    return sorted(found, key=lambda location: float(location["order"]))


@service.operation("POST-availability-add-locations-site")
def add_location(ctx: RequestContext, state: State) -> Result:
    """Add a location to the site that the path names."""
    ctx.about.check_payload(ctx.body)
    body, stored = crud.accepted(ctx), state.collection(LOCATIONS.name)
    own = str(body["id"])
    if own in stored:
        raise DUPLICATE(body={"status": "409", "message": "Resource already exists."})
    stored.put(own, {**body, "site": ctx.path["site"]})
    return _confirmed(201, f"Successfully created location with id: {own}")


@service.operation("PUT-availability-update-locations-site")
def order_locations(ctx: RequestContext, state: State) -> Result:
    """Give locations of the site another order; others are passed over (choice)."""
    stored, changed = state.collection(LOCATIONS.name), 0
    for entry in ctx.body or ():
        location: dict[str, Any] | None = stored.get(str(entry.get("id")))
        if location is not None and location["site"] == ctx.path["site"] and "order" in entry:
            stored.put(location["id"], {**location, "order": entry["order"]})
            changed += 1
    return _confirmed(200, f"Successfully modified {changed} location(s)")


@service.operation("DELETE-availability-remove-location")
def remove_location(ctx: RequestContext, state: State) -> Result:
    """Remove a location by its id."""
    own = ctx.path["location"]
    if not state.collection(LOCATIONS.name).delete(own):
        raise NotFound(f"There is no location with id: {own}")
    return _confirmed(200, "Successfully deleted 1 location(s)")


@service.operation("POST-availability-search-locations")
def find_products(ctx: RequestContext, state: State) -> list[Document]:
    """Where products are stored on a site, as the seed says it; 404 where nothing is known."""
    body, found = ctx.body or {}, []
    for product_id in body.get("productIds") or ():
        entry = state.collection(STORED_AT.name).get(product_id) or {}
        places = [p for p in entry.get("locations") or () if body.get("site") in (None, p.get("site"))]
        if places:
            found.append({"productId": product_id, "locations": places})
    if not found:
        raise NotFound(f"There are no locations for the given products and site: {body.get('site')}")
    return found
