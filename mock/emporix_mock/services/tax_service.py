"""Tax service: the tax classes of countries, and net and gross prices worked out with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import REQUIRED
from emporix_mock.engine.wordings import CHANGED
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules import tax

if TYPE_CHECKING:
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


service = Service("tax-service")

DUPLICATE = service.rule("duplicate-country", 409, source="pricing facts B: one configuration per country")
STALE = service.rule("stale-version", 409, source="pricing facts B, errors")
NO_VERSION = service.rule("version-required", 400, source="pricing facts B: metadata.version required on PUT")
CLASSES = service.rule(
    "tax-classes", 400, source="pricing facts B: at most one default class [status, unique codes: choice]"
)
COUNTRY_FIXED = service.rule(
    "country-fixed", 400, source="pricing facts B: country cannot change [status: choice]"
)
UNKNOWN_TAX = service.rule(
    "unknown-tax", 400, source="undocumented: the command lists no 404, so an unknown country or class is 400"
)
BAD_INPUT = service.rule(
    "calculation-input", 400, source="tax document: source location and class belong together [choice]"
)
NO_SOURCE = service.switch(
    "gross-without-source",
    "target-rate",
    "refuse",
    about="a price with tax and no source location and class",
    source="the text calls the source mandatory then; the example of gross to net leaves it out",
)
TAX_INCLUDED = service.switch(
    "includes-tax-default",
    "false",
    "true",
    about="a calculation that does not say whether the price includes tax",
    source="undocumented; the member is optional",
)


def _missing(code: str) -> EmporixError:
    return NotFound("The tax was not found for this code", extra={"taxConfigurationCode": code})


def _checked(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del ctx, state
    country = new["location"]["countryCode"]
    if old is not None and country != old["location"]["countryCode"]:
        raise COUNTRY_FIXED("The country of a tax configuration cannot change", details=[f"{country}"])
    classes = new["taxClasses"]
    if sum(1 for tax_class in classes if tax_class.get("isDefault")) > 1:
        raise CLASSES("Only one tax class can be the default", details=["taxClasses.isDefault"])
    repeated = [code for code, times in Counter(c["code"] for c in classes).items() if times > 1]
    if repeated:
        raise CLASSES("Codes of tax classes must be unique", details=repeated)


TAXES = service.resource(
    Resource(
        path="/tax/{tenant}/taxes",
        collection="taxes",
        key="locationCode",
        new_id=lambda _ctx, _state, body: str(body["location"]["countryCode"]),
        lock="required",
        localized=("taxClasses.name", "taxClasses.description"),
        languages=REQUIRED,
        prepare=_checked,
        filters={
            "name": "~taxClasses.name",
            "description": "~taxClasses.description",
            "rate": "taxClasses.rate",
            "countryCode": "location.countryCode",
            "taxClassCode": "taxClasses.code",
        },
        missing=_missing,
        duplicate=lambda code: DUPLICATE(CHANGED, extra={"taxConfigurationCode": code}),
        stale=lambda code: STALE(CHANGED, extra={"taxConfigurationCode": code}),
        unversioned=lambda _code: NO_VERSION("The version of the tax configuration is missing"),
    )
)


@service.operation("PUT-tax-calculate-commands")
def calculate(ctx: RequestContext, state: State) -> Document:
    """Net and gross of one price."""
    ctx.about.check_payload(ctx.body)
    given = ctx.body["input"]
    price = tax.exact(given["price"])
    included = given.get("includesTax", ctx.switch(TAX_INCLUDED) == "true")
    target = _rate(state, given["targetLocation"]["countryCode"], given["targetTaxClass"])
    source = _source_rate(ctx, state, given) if included else None
    found = tax.taxed(price, includes_tax=included, target=target, source=source)
    output = {
        "netPrice": found.net,
        "grossPrice": found.gross,
        "sourceTaxRate": found.source_rate,
        "targetTaxRate": found.target_rate,
    }
    return {
        "commandUuid": ctx.body.get("commandUuid") or state.ids.uuid(),
        "input": {**given, "price": tax.plain(price)},
        "output": {name: tax.plain(value) for name, value in output.items() if value is not None},
    }


def _source_rate(ctx: RequestContext, state: State, given: dict[str, Any]) -> Decimal | None:
    country = (given.get("sourceLocation") or {}).get("countryCode")
    code = given.get("sourceTaxClass")
    if country and code:
        return _rate(state, country, code)
    if country or code or ctx.switch(NO_SOURCE) == "refuse":
        raise BAD_INPUT("sourceLocation and sourceTaxClass are required for a price that includes tax")
    return None


def _rate(state: State, country: str, code: str) -> Decimal:
    configuration = state.collection(TAXES.collection).get(country) or {}
    rate = tax.rate_of(configuration.get("taxClasses") or (), code)
    if rate is None:
        raise UNKNOWN_TAX(f"There is no tax class {code} for the country {country}")
    return rate
