"""Price models: how prices go with quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.wordings import FORBIDDEN, SEE_DETAILS
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.prices import BASIC, tier_faults
from emporix_mock.services.price_service.declared import (
    ADMIN_NEEDED,
    LIST_PRICES,
    MODEL_IN_USE,
    MODELS,
    PRICES,
    TIERS,
    UNKNOWN_UNIT,
    payload_of,
    service,
    taken,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

ADMIN = "price.pricemodel_manage_admin"


def _missing(key: str) -> EmporixError:
    return NotFound(f"Price model with id {key} has not been found.")


def _completed(_ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    definition, unit = new["tierDefinition"], new["measurementUnit"]["unitCode"]
    tiers = definition.get("tiers") or []
    if not tiers and definition["tierType"] == BASIC:
        tiers = [{"minQuantity": {"quantity": 0, "unitCode": unit}}]
    faults = tier_faults(definition["tierType"], tiers, unit)
    if faults:
        raise TIERS(SEE_DETAILS, details=faults)
    if unit not in state.world.collection("unit-handling-service", "units"):
        raise UNKNOWN_UNIT(SEE_DETAILS, details=[f"The unit with code {unit} has not been found."])
    before = [tier["id"] for tier in old["tierDefinition"]["tiers"]] if old else []
    ids = [tier.get("id") or (before[at] if at < len(before) else None) for at, tier in enumerate(tiers)]
    named = [{"id": own or state.ids.hex(32), **_unnamed(t)} for own, t in zip(ids, tiers, strict=True)]
    new["tierDefinition"] = {**definition, "tiers": named}


def _unnamed(tier: Document) -> Document:
    return {name: value for name, value in tier.items() if name != "id"}


def _only_default(_ctx: RequestContext, state: State, _old: Document | None, new: Document | None) -> None:
    """A tenant has one default model: the last that was made so."""
    if new is None or not new.get("default"):
        return
    models = state.collection(MODELS)
    for key in models.find("default", True):  # noqa: FBT003  # the value looked for
        other = models.get(key)
        if other is not None and key != new["id"]:
            models.put(key, {**other, "default": False})


RESOURCE = service.resource(
    Resource(
        path="/price/{tenant}/priceModels",
        collection=MODELS,
        localized=("name", "description"),
        defaults={"includesMarkup": False, "default": False},
        prepare=_completed,
        after=_only_default,
        held_by={PRICES: "priceModelId", LIST_PRICES: "priceModelId"},
        filters={
            "tierType": "tierDefinition.tierType",
            "unitcode": "measurementUnit.unitCode",
            "name": "~name",
            "description": "~description",
        },
        event="price-model",
        payload=lambda _ctx, _state, old, new: payload_of(new) if new else {"id": (old or {})["id"]},
        missing=_missing,
        duplicate=taken,
    )
)


@service.operation("DELETE-price-remove-price-model")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a model; with its prices only on request, and with a scope of its own."""
    key = ctx.path["priceModelId"]
    crud.read(RESOURCE, ctx, state, key)
    used = any(state.collection(name).find(field, key) for name, field in RESOURCE.held_by.items())
    if used and not ctx.query.get("forceDelete"):
        raise MODEL_IN_USE(
            f"The price model with id: {key} is used by prices.",
            details=["Set forceDelete to delete it with its prices."],
        )
    if used and not ctx.caller().may(ADMIN):
        raise ADMIN_NEEDED(
            FORBIDDEN,
            details=[f"Missing required scopes '[{ADMIN}]'"],
        )
    for name in (PRICES, LIST_PRICES):
        event = "price.deleted" if name == PRICES else "price-list-price.deleted"
        for stored in state.collection(name).find("priceModelId", key):
            state.emit(event, {"id": stored.rpartition("/")[2]})
    crud.delete(RESOURCE, ctx, state, key)
    return Result(204)
