"""Country service: the countries and regions of the world; a tenant switches countries on and off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import Languages
from emporix_mock.engine.wordings import CHANGED
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("country-service")

STALE = service.rule(
    "stale-version", 409, source="configuration facts 2: version is required; status undocumented [choice]"
)


def missing(kind: str, code: str) -> EmporixError:
    """404 for a code that nothing has; exact body of the country document's example."""
    message = f"The {kind} with the requested code does not exist."
    return NotFound(body={"entityId": code, "code": 404, "status": "Not Found", "message": message})


COUNTRIES = service.resource(
    Resource(
        path="/country/{tenant}/countries",
        collection="countries",
        key="code",
        new_id="given",
        lock="required",
        localized=("name",),
        languages=Languages(named="entry"),
        filters={"name": "~name", "code": "~code", "active": "active", "regions": "regions"},
        missing=lambda code: missing("country", code),
        stale=lambda _code: STALE(CHANGED),
    )
)
REGIONS = service.resource(
    Resource(
        path="/country/{tenant}/regions",
        collection="regions",
        key="code",
        new_id="given",
        localized=("name",),
        languages=Languages(named="entry"),
        filters={"name": "~name", "code": "~code"},
        missing=lambda code: missing("region", code),
    )
)
service.collection("countries", references={"regions": "country-service/regions"})

SINGLE = Languages(named="entry", default="en")
"""One document alone is English where no language is asked for, whatever the tenant's default."""


@service.operation("GET-country-retrieve-country")
def read_country(ctx: RequestContext, state: State) -> Document:
    """A country by its code."""
    document = crud.read(COUNTRIES, ctx, state, ctx.path["countryCode"])
    return replace(COUNTRIES, languages=SINGLE).answer(ctx, state, document)


@service.operation("GET-country-retrieve-region")
def read_region(ctx: RequestContext, state: State) -> Document:
    """A region by its code."""
    document = crud.read(REGIONS, ctx, state, ctx.path["regionCode"])
    return replace(REGIONS, languages=SINGLE).answer(ctx, state, document)
