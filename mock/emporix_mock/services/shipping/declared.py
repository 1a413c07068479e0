"""The shipping service's rules, choices and errors. "Shipping facts" are pricing facts, part C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.rules.delivery import Fault
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

NO_ELEMENT = "The requested URI does not map to a single element resource."
ZONES, METHODS, GROUPS, RELATIONS = "zones", "methods", "groups", "relations"
TIMES, COUNTERS = "deliveryTimes", "windowCounters"

service = Service("shipping")

CONSTRAINT = service.rule(
    "constraint", 400, source="shipping facts C2, ENTITY-400001", type="validation_violation"
)
DUPLICATE = service.rule("duplicate-id", 409, source="shipping facts C2", type="conflict_resource")
DEFAULT_KEPT = service.rule(
    "default-zone",
    400,
    source="shipping facts C2: stays while there are other zones [status: choice]",
    type="validation_violation",
)
_CODES = {
    **dict.fromkeys([f"4000{n:02}" for n in range(1, 19)], 400),
    "409001": 409,
    "409002": 409,
}


def _coded(name: str, codes: Mapping[str, int]) -> dict[str, Rule]:
    types = {400: "validation_violation", 409: "conflict_resource"}
    return {
        code: service.rule(
            f"{name}-{code}", status, source="shipping facts C4, error codes", type=types[status]
        )
        for code, status in codes.items()
    }


TIME_RULES = _coded("delivery-time", _CODES)
SLOT_RULES = _coded("slot", dict.fromkeys(("400002", "400003", "400004", "400005", "400006"), 400))
WINDOW_RULES = _coded("window", dict.fromkeys(("400001", "400002", "400003"), 400))
PAST_DATE = service.rule("window-past", 400, source="shipping facts C4", type="validation_violation")
NO_ADDRESS = service.rule(
    "cart-address", 400, source="shipping facts C4: country and zip of the cart", type="validation_violation"
)


def unknown(kind: str) -> Callable[[str], EmporixError]:
    """404 for an id that nothing of this kind has."""
    return lambda key: NotFound(f"A {kind} with id '{key}' does not exist.", type="resource_not_found")


def taken(kind: str) -> Callable[[str], EmporixError]:
    """409 for an id that something of this kind has."""
    return lambda key: DUPLICATE(
        f"A {kind} with id '{key}' already exists.", extra={"errorCode": "ENTITY-409001"}
    )


def no_element() -> EmporixError:
    """404 for a path, or a question, that leads to nothing."""
    return NotFound(
        NO_ELEMENT,
        type="element_resource_non_existing",
        extra={"errorCode": "ENTITY-GET-404001", "moreInfo": ""},
    )


def broken(faults: Iterable[tuple[str, str]], message: str = CONSTRAINTS) -> EmporixError:
    """400 with a field and a sentence for everything that is wrong."""
    details = [Detail(text, field, "invalid_field") for field, text in faults]
    return CONSTRAINT(message, details=details, extra={"errorCode": "ENTITY-400001"})


def time_error(fault: Fault) -> EmporixError:
    """The refusal of a delivery time or slot, with its error code."""
    rules, name = (SLOT_RULES, "DELIVERY-TIME-SLOT") if fault.slot else (TIME_RULES, "DELIVERY-TIME")
    return coded(rules[fault.code], f"{name}-{fault.code}", fault.message)


def coded(rule: Rule, code: str, message: str) -> EmporixError:
    """The refusal of a rule with an error code."""
    return rule(message, details=[message], extra={"errorCode": code, "errorCodes": [code]})


def time_missing(key: str, code: str = "404002") -> EmporixError:
    """404 for an unknown delivery time."""
    return NotFound(
        f"A delivery time with id '{key}' does not exist.",
        type="resource_not_found",
        extra={"errorCode": f"DELIVERY-TIME-{code}"},
    )


def site_exists(state: State, code: str) -> bool:
    """Whether the tenant has a site."""
    return code in state.world.collection("site-settings-service", "sites")


def payload(ctx: RequestContext) -> Document:
    """The body of a command; 400 where there is none."""
    ctx.about.check_payload(ctx.body)
    body: Document = ctx.body
    return body
