"""Currency service: currencies and the rates between them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CHANGED
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

_RATE = re.compile(r"[0-9]+(\.[0-9]+)?")

service = Service("currency-service")

INVALID_CODE = service.rule(
    "invalid-code", 400, source="currency document: codes of ISO 4217, three capital letters"
)
UNKNOWN_CURRENCY = service.rule(
    "unknown-currency", 400, source="currency document: both currencies of a rate are defined in the system"
)
INVALID_RATE = service.rule(
    "invalid-rate", 400, source="configuration facts 3: a decimal above 0, with a dot"
)
DUPLICATE = service.rule("duplicate-code", 409, source="currency document, 409 of creating [wording: choice]")
STALE = service.rule("stale-version", 409, source="currency document, 409 example")

ABSENT = service.switch(
    "delete-of-absent",
    "success",
    "not-found",
    about="deleting a currency or a rate that is not there",
    source="configuration facts 3: 204 for currencies; undocumented for rates",
)


def missing(code: str) -> EmporixError:
    """404 for a code that no currency, or no rate, has."""
    return NotFound("The currency was not found for this code", extra={"currencyCode": code})


def taken(code: str) -> EmporixError:
    """409 for a code that there is."""
    return DUPLICATE(f"The code {code} already exists.", extra={"currencyCode": code})


def stale(code: str) -> EmporixError:
    """409 for an update of an older version."""
    message = CHANGED
    return STALE(message, extra={"currencyCode": code})


def _check_code(_ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    if not re.fullmatch("[A-Z]{3}", new["code"]):
        raise INVALID_CODE(
            f"'{new['code']}' is no ISO 4217 code", details=[Detail("three capital letters", "code")]
        )


def _after(_ctx: RequestContext, state: State, _old: Document | None, new: Document | None) -> None:
    """A deleted currency takes its rates along at once; prices follow the event."""
    if new is not None or _old is None:
        return
    code, exchanges = _old["code"], state.collection(EXCHANGES.collection)
    for field in ("sourceCurrency", "targetCurrency"):
        for key in exchanges.find(field, code):
            exchanges.delete(key)
    state.emit("currency.deleted", {"code": code})


CURRENCIES = service.resource(
    Resource(
        path="/currency/{tenant}/currencies",
        collection="currencies",
        key="code",
        new_id="given",
        lock="required",
        localized=("name",),
        filters={"code": "~code", "name": "~name", "params": ""},
        prepare=_check_code,
        after=_after,
        missing=missing,
        duplicate=taken,
        stale=stale,
    )
)


def _code(_ctx: RequestContext, _state: State, body: Document) -> str:
    return f"{body['sourceCurrency']}_{body['targetCurrency']}"


def _check_rate(_ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    currencies = state.collection(CURRENCIES.collection)
    for field in ("sourceCurrency", "targetCurrency"):
        if new[field] not in currencies:
            detail = Detail(f"{field} '{new[field]}' is not defined", field)
            raise UNKNOWN_CURRENCY("The currency of an exchange rate has to exist", details=[detail])
    rate = new["rate"] = _decimal(new["rate"])
    if not _RATE.fullmatch(rate) or not rate.strip("0."):
        raise INVALID_RATE(f"'{rate}' is no exchange rate", details=[Detail("a decimal above 0", "rate")])


def _decimal(rate: str | float) -> str:
    """A rate as it is kept: as text, without an exponent where it was sent as a number."""
    return rate if isinstance(rate, str) else f"{Decimal(str(rate)):f}"


EXCHANGES = service.resource(
    Resource(
        path="/currency/{tenant}/exchanges",
        collection="exchanges",
        key="code",
        new_id=_code,
        lock="required",
        prepare=_check_rate,
        missing=missing,
        duplicate=taken,
        stale=stale,
    )
)
service.collection(
    "exchanges",
    references=dict.fromkeys(("sourceCurrency", "targetCurrency"), "currency-service/currencies"),
)


@service.operation("DELETE-currency-remove-currency")
def delete_currency(ctx: RequestContext, state: State) -> Result:
    """Remove a currency with its rates."""
    return _deleted(CURRENCIES, ctx, state, ctx.path["currencyCode"])


@service.operation("DELETE-currency-remove-exchange-rate")
def delete_rate(ctx: RequestContext, state: State) -> Result:
    """Remove a rate."""
    return _deleted(EXCHANGES, ctx, state, ctx.path["code"])


def _deleted(resource: Resource, ctx: RequestContext, state: State, code: str) -> Result:
    if code in state.collection(resource.collection) or ctx.switch(ABSENT) == "not-found":
        crud.delete(resource, ctx, state, code)
    return Result(204)
