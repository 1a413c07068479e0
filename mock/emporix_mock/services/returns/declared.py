"""The returns service's rules and choices. "Return facts" are checkout facts, section 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.service import Service
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.service import Rule

READ, MANAGE = "returns.returns_read", "returns.returns_manage"
BY_CUSTOMERS: Final = ("orders", "reason", "mixins", "metadata")
BY_EMPLOYEES: Final = (*BY_CUSTOMERS, "requestor", "submitter", "approver", "expiryDate")
ON_UPDATE: Final = (*BY_EMPLOYEES, "approvalStatus", "received")

service = Service("returns")

INCOMPLETE = service.rule("incomplete", 400, source="returns document, required members by kind of caller")
REASON = service.rule("reason", 400, source="return facts: a code or details")
UNKNOWN_ORDER = service.rule(
    "unknown-order", 400, source="returns document: the order belongs to who asks [status: choice]"
)
ITEM = service.rule(
    "item", 400, source="returns document: entries of the order, their amounts [status: choice]"
)
CURRENCY = service.rule("currency", 400, source="return facts: one currency [status: choice]")
UNKNOWN_PERSON = service.rule(
    "unknown-person", 400, source="return facts: approvers are checked in IAM [status: choice]"
)
ILLEGAL_STEP = service.rule("illegal-step", 400, source="return facts, states [status: choice]")
NOT_PENDING = service.rule("not-pending", 400, source="return facts: customers touch PENDING ones only")
EMPLOYEES_ONLY = service.rule(
    "employees-only", 403, source="returns document: members that employees set [status: choice]"
)
NO_SAAS_TOKEN = service.rule("saas-token-needed", 403, source="return facts [status: choice]")
OTHERS_SAAS_TOKEN = service.rule("others-saas-token", 403, source="return facts [status: choice]")
STALE = service.rule("stale-version", 409, source="conventions 9: undocumented for returns [choice]")

SAAS_TOKEN = service.switch(
    "saas-token",
    "required",
    "optional",
    about="writes of a customer without the header saas-token",
    source="the document calls it mandatory there and marks it optional",
)
UNIT_PRICE = service.switch(
    "unit-price",
    "cents",
    "mills",
    about="to how many decimals, two or three, the price of one returned piece is rounded",
    source="the document's examples have two; the order's own prices have three",
)
RETURNED_TWICE = service.switch(
    "returned-twice",
    "accepted",
    "refused",
    about="items beyond the ordered amount when earlier returns of them are counted",
    source="undocumented",
)


def missing(return_id: str) -> EmporixError:
    """404 in the words of the returns document."""
    return NotFound(f"The return with id {return_id} has not been found.", extra={"returnId": return_id})


def stale(return_id: str) -> EmporixError:
    """409 for an update of an outdated version."""
    return STALE(f"The return with id {return_id} has changed. Please retry your request with valid version")


def invalid(rule: Rule, *problems: str) -> EmporixError:
    """400 that says what is wrong."""
    return rule("Problem with validation", details=[Detail(problem) for problem in problems])
