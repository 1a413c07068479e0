"""The price service's rules, choices and what all its parts ask. "Price facts" are pricing facts, part A."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.metadata import given_version
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.rules.tax import exact, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MODELS, PRICES, LISTS, LIST_PRICES = "priceModels", "prices", "priceLists", "listPrices"

service = Service("price-service")

TIERS = service.rule("model-tiers", 400, source="price facts A2, tier rules")
UNKNOWN_UNIT = service.rule(
    "unknown-unit", 400, source="unit handling guide: the unit of a price model must exist [status: choice]"
)
MODEL_IN_USE = service.rule("model-in-use", 400, source="price facts A1: prices use it, no forceDelete")
ADMIN_NEEDED = service.rule("model-admin", 403, source="price facts A1: assigned prices need the admin scope")
UNKNOWN_MODEL = service.rule("unknown-model", 400, source="price facts A3, PRICE-LIST-PRICE-CREATION-2")
TIER_VALUES = service.rule("tier-values", 400, source="price facts A3, PRICE-LIST-PRICE-CREATION-3")
TIER_IDS = service.rule(
    "tier-value-ids",
    400,
    source="client-quirks 33 and the document's text: ids unless the model is the default",
)
UNKNOWN_SITE = service.rule("unknown-site", 400, source="price facts A3, site codes must exist")
UNKNOWN_LIST = service.rule("unknown-price-list", 400, source="price facts A3, PRICE-LIST-PRICE-CREATION-1")
INCOMPLETE = service.rule("incomplete", 400, source="price document, required members on creation")
LIST_FOR = service.rule("list-for", 400, source="price facts A3: customer groups or a legal entity")
STALE = service.rule("stale-version", 409, source="price facts A3")
DUPLICATE = service.rule("duplicate-id", 409, source="conventions 11: a custom id that is taken [choice]")
OTHERS_PRODUCT = service.rule(
    "others-product", 403, source="vendor facts: employees of a vendor reach its products [status: choice]"
)
CURRENCY = service.rule("currency-empty", 400, source="price facts A3: missing currency")

ITEM_TYPE = service.rule("item-type", 400, source="price document: the possible values [status: choice]")
NEGATIVE = service.rule("quantity-negative", 400, source="undocumented: nothing is bought below 0 [choice]")
NO_QUANTITY = service.rule("quantity-null", 400, source="client-quirks 29, seen live")

NO_QUANTITY_RULE = service.switch(
    "match-without-quantity",
    "refused",
    "one",
    about="an item of a price match that says no quantity",
    source="client-quirks 29: refused on a live tenant; the document does not require it",
)
TIER_ID_RULE = service.switch(
    "tier-value-ids",
    "required",
    "by-position",
    about="tier values without ids in a price of another than the default price model",
    source="refused on a live tenant (client-quirks 33), as the text has it; the guide assigns them in order",
)
VISITORS = service.switch(
    "context-of-visitors",
    "given",
    "completed",
    about="a match for a visitor whose session was given no site: nothing, or as on the default site",
    source="measured: an empty list; the session context shows values of the default site",
)
NO_CONTEXT = service.switch(
    "context-without-currency",
    "empty",
    "refuse",
    about="a match by context whose session has no currency",
    source="measured: an empty list; the document has a 400 example for it",
)


def payload_of(model: Document) -> Document:
    """A price model as it stands inside a price: `isDefault` for `default`."""
    return {("isDefault" if name == "default" else name): value for name, value in model.items()}


def check_sites(ctx: RequestContext, state: State, codes: Iterable[str]) -> None:
    """Raise 400 for site codes that the tenant has no site of."""
    sites = state.world.collection("site-settings-service", "sites")
    unknown = [code for code in codes if code not in sites]
    if unknown:
        raise UNKNOWN_SITE(
            f"The site(s) with code(s):[{', '.join(unknown)}] do(es) not exist on tenant:{ctx.tenant}. "
            "Please provide valid site codes"
        )


def model_of(ctx: RequestContext, state: State, price: Document) -> Document:
    """The price model that a price names, else the tenant's default. Raises 400 where there is none."""
    models, own = state.collection(MODELS), price.get("priceModelId")
    if not own:
        own = next(iter(models.find("default", True)), None)  # noqa: FBT003  # the value looked for
    model = models.get(own) if own else None
    if model is None:
        raise UNKNOWN_MODEL(
            f"The price model with id: {own} and tenant: {ctx.tenant} is not existing. "
            "Please provide a valid price model id.",
            extra={"errorCode": "PRICE-LIST-PRICE-CREATION-2"},
        )
    return model


def fit(ctx: RequestContext, state: State, price: Document, *, strict: bool) -> None:
    """Bring the tier values of a price into the form of its model: numbers, one per tier, with ids.

    Values without ids are taken in order; `strict` refuses that for other models than the default.
    """
    model = model_of(ctx, state, price)
    price["priceModelId"] = model["id"]
    tiers, values = model["tierDefinition"]["tiers"], price["tierValues"]
    named = [value.get("id") for value in values]
    if strict and not model.get("default") and not all(named) and ctx.switch(TIER_ID_RULE) == "required":
        raise TIER_IDS(SEE_DETAILS, details=["all the tier value ids must be specified"])
    ids = [tier["id"] for tier in tiers]
    if len(values) != len(ids) or not {own for own in named if own}.issubset(ids):
        raise TIER_VALUES(
            f"Tier values not valid with price model: {model['id']} for tenant: {ctx.tenant}.",
            extra={"errorCode": "PRICE-LIST-PRICE-CREATION-3"},
        )
    by_id = dict(zip(named, values, strict=True)) if all(named) else dict(zip(ids, values, strict=True))
    if len(by_id) != len(ids):
        raise TIER_VALUES(f"Tier values not valid with price model: {model['id']} for tenant: {ctx.tenant}.")
    price["tierValues"] = [{"id": own, "priceValue": plain(exact(by_id[own]["priceValue"]))} for own in ids]


def require(document: Document, *names: str) -> None:
    """Raise 400 where one of the members is missing."""
    lacking = [name for name in names if document.get(name) in (None, "", [])]
    if lacking:
        raise INCOMPLETE(SEE_DETAILS, details=[f"{name} may not be empty" for name in lacking])


def check_type(item: Document, *kinds: str) -> None:
    """Raise 400 for an item of another than these types."""
    if item.get("itemType", kinds[0]) not in kinds:
        raise ITEM_TYPE(SEE_DETAILS, details=[f"itemType must be one of {', '.join(kinds)}"])


def outdated(resource: Resource, old: Document | None, body: Document) -> Any:
    """The version that an update names when it is not the current one of `old`, else None."""
    given = given_version(resource, body)
    current = ((old or {}).get("metadata") or {}).get("version")
    return given if old is not None and given is not None and given != current else None


def taken(key: str) -> EmporixError:
    """409 for an id that is taken."""
    return DUPLICATE(f"Resource with id {key} already exists.")
