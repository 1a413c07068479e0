"""Unit handling service: units of measure and the conversion between those of one type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import crud, translation
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.engine.translation import Languages
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import Detail, EmporixError, NotFound
from emporix_mock.rules.tax import plain
from emporix_mock.rules.units import conversion_factor, converted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.localization import Reading
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

TYPES: Final = ("length", "mass", "quantity", "volume")
INVALID: Final = "There is a validation error."

service = Service("unit-handling-service")

MISSING = service.rule("missing-field", 400, source="unit document, 400 examples")
INVALID_FIELD = service.rule(
    "invalid-field", 400, source="unit document: factor above zero; types are a fixed list [status: choice]"
)
OTHER_CODE = service.rule("other-code", 400, source="configuration facts 4: codes of URL and body agree")
OTHER_TYPE = service.rule("other-type", 400, source="unit document, 400 example of conversions")
DUPLICATE = service.rule("duplicate-code", 409, source="unit document, 409 example")

UNKNOWN_TYPE = service.switch(
    "unknown-unit-type",
    "refuse",
    "accept",
    about="a unit whose type is none of those that the service lists",
    source="the list of types cannot be changed; whether units are held to it is undocumented",
)


def missing(code: str) -> EmporixError:
    """404 for a code that no unit has."""
    return NotFound(f"The unit with code {code} has not been found.", extra={"unitCode": code})


def _invalid(rule: Rule, *details: str) -> EmporixError:
    return rule(INVALID, details=[Detail(detail) for detail in details])


def _unnamed(_ctx: RequestContext, _state: State, _body: Document) -> str:
    raise _invalid(MISSING, "The unit code must be specified")


def _prepare(ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    if not any((new.get("name") or {}).values()):
        raise _invalid(MISSING, "The unit name must be specified")
    if new["factor"] <= 0:
        raise _invalid(INVALID_FIELD, "The unit factor must be greater than zero")
    if new["type"] not in TYPES and ctx.switch(UNKNOWN_TYPE) == "refuse":
        raise _invalid(INVALID_FIELD, f"The unit type must be one of {', '.join(TYPES)}")


def _present(_ctx: RequestContext, state: State, document: Document) -> Document:
    """A text that is missing in one of the tenant's languages is empty, not absent."""
    absent = {language: "" for language in languages_of(state)[1] if language not in document["name"]}
    return {**document, "name": {**document["name"], **absent}}


UNITS = service.resource(
    Resource(
        path="/unit-handling/{tenant}/units",
        collection="units",
        key="code",
        new_id=_unnamed,
        localized=("name",),
        languages=Languages(default="en", write="required"),
        filters={"code": "~code", "type": "~type", "symbol": "~symbol", "name": "", "params": ""},
        prepare=_prepare,
        present=_present,
        missing=missing,
        duplicate=lambda _code: DUPLICATE("The unit with given code already exists."),
    )
)


@service.operation("GET-unit-handling-list-all-unit-types")
def list_types(_ctx: RequestContext, _state: State) -> list[str]:
    """The types of units."""
    return list(TYPES)


@service.operation("GET-unit-handling-list-units")
def list_units(ctx: RequestContext, state: State) -> Result:
    """Units whose texts contain, and whose other fields equal, what is asked for."""
    reading = translation.reading(UNITS.languages, ctx, state)
    wanted = str(ctx.query.get("name") or "").casefold()

    def named(unit: Document) -> bool:
        texts = unit["name"].values() if reading.shape == "map" else (reading.text(unit["name"]),)
        return any(wanted in str(text).casefold() for text in texts)

    asked = {("name", wanted, reading.shape, reading.language): named} if wanted else {}
    page = crud.listing(UNITS, ctx, state, tests=asked)
    return page._replace(headers={**page.headers, **_language(reading)})


@service.operation("GET-unit-handling-retrieve-unit")
def read(ctx: RequestContext, state: State) -> Result:
    """A unit by its code."""
    unit = crud.read(UNITS, ctx, state, ctx.path["unitCode"])
    reading = translation.reading(UNITS.languages, ctx, state)
    return Result(200, UNITS.answer(ctx, state, unit), _language(reading))


def _language(reading: Reading) -> Mapping[str, str]:
    return {"Content-Language": "*" if reading.shape == "map" else reading.language}


@service.operation("PUT-unit-handling-update-unit")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a unit; a version that is not the current one is one that cannot be found."""
    ctx.about.check_payload(ctx.body)
    code, body = ctx.path["unitCode"], crud.accepted(ctx, UNITS)
    old = crud.read(UNITS, ctx, state, code)
    if body["code"] != code:
        text = "The unit code from URL does not match the unit code from request body"
        raise OTHER_CODE(
            body={"unitCode": body["code"], "code": 400, "status": "Bad Request", "message": text}
        )
    version = (body.get("metadata") or {}).get("version")
    if version is not None and version != old["metadata"]["version"]:
        raise NotFound(
            f"Cannot find the unit with code: {code} and version: {version}. It is possible to update "
            "a unit with the latest version only. Fetch the unit to get the latest version.",
            extra={"unitCode": code},
        )
    crud.replace(UNITS, ctx, state, code, body, upsert=False, writable=ctx.about.writable)
    return Result(204)


@service.operation("PUT-unit-handling-calculate-conversion-factor")
def find_factor(ctx: RequestContext, state: State) -> Result:
    """The factor between two units of one type."""
    source, target = _units(ctx, state)
    return _answer(ctx, {"conversionFactor": plain(conversion_factor(source["factor"], target["factor"]))})


@service.operation("PUT-unit-handling-convert-unit")
def convert(ctx: RequestContext, state: State) -> Result:
    """An amount in another unit of the same type."""
    source, target = _units(ctx, state)
    amount = ctx.body["input"].get("sourceUnitAmount")
    if amount is None:
        raise MISSING(SEE_DETAILS, details=["The source unit amount must be specified"])
    result = plain(converted(amount, source["factor"], target["factor"]))
    return _answer(ctx, {"targetUnitAmount": result, "targetUnit": target["code"]})


def _units(ctx: RequestContext, state: State) -> tuple[Document, Document]:
    ctx.about.check_payload(ctx.body)
    given = ctx.body["input"]
    source, target = (crud.read(UNITS, ctx, state, given[name]) for name in ("sourceUnit", "targetUnit"))
    if source["type"] != target["type"]:
        raise OTHER_TYPE("Units of different type cannot be converted.")
    return source, target


def _answer(ctx: RequestContext, output: dict[str, Any]) -> Result:
    command = {name: ctx.body[name] for name in ("commandUuid", "input") if name in ctx.body}
    return Result(201, {**command, "output": output})
