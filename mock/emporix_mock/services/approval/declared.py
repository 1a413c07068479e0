"""What the document of the approvals cannot say: rules with their error codes, choices, wordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Service
from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.service import Rule
    from emporix_mock.errors import EmporixError

service = Service("approval-service")

CODES = "document, error codes of the operation; wording of messages without an example is ours"
NOT_DELETABLE = service.rule("not-deletable", 400, source="document, example of 400 of DELETE")
DETAILS = service.rule("details", 400, source="document: details for a cart, none for a quote")
TRANSITION = service.rule("transition", 400, source=CODES)
STATUS = service.rule("status-value", 400, source=CODES)
COMBINATION = service.rule("action-and-resource", 400, source=f"{CODES}; quotes need a setting (guide)")
GIVEN = service.rule("already-given", 400, source=CODES)
APPROVER = service.rule("approver", 400, source=CODES)
OPERATION = service.rule("patch-operation", 400, source="measured: upper-case operations are refused")
NO_RIGHT = service.rule("no-right-to-resource", 400, source=CODES)
FINISHED = service.rule("finished", 400, source=CODES)
MALFORMED = service.rule("malformed-patch", 400, source="measured for a comment that is not there; " + CODES)
NO_COMPANY = service.rule("no-company", 400, source=CODES)
TAKEN = service.rule("duplicate-id", 409, source="document, example of 409")
NOT_YOURS = service.rule(
    "not-the-approver", 403, source="identity facts 8: approver approves, requestor closes [status: choice]"
)

OP_CASE = service.switch(
    "patch-op-case",
    "lower",
    "both",
    about="whether PATCH takes operations in upper case too",
    source="measured 2026-08-18: lower case only; the document lists upper case",
)
NO_ROLE = service.switch(
    "member-without-role",
    "permitted",
    "needs-approval",
    about="whether a customer of a company who is neither admin, buyer nor requester may check out",
    source="undocumented: only the three roles are described",
)
NO_LIMIT = service.switch(
    "buyer-without-limit",
    "permitted",
    "needs-approval",
    about="whether a buyer may check out where the company has no limit, or one in another currency",
    source="undocumented: only totals above the limit need an approval",
)
WITHOUT_COMPANY = service.switch(
    "request-without-company",
    "permitted",
    "no-company",
    about="which error refuses a customer without company who asks for an approval of an own cart",
    source="identity facts 8: 400005, the checkout is permitted anyway; the document also lists 400011",
)

_NUMBERS = {
    NOT_DELETABLE.id: "400001",
    DETAILS.id: "400001",
    TRANSITION.id: "400002",
    STATUS.id: "400003",
    COMBINATION.id: "400004",
    GIVEN.id: "400005",
    APPROVER.id: "400006",
    OPERATION.id: "400007",
    NO_RIGHT.id: "400008",
    FINISHED.id: "400009",
    MALFORMED.id: "400010",
    NO_COMPANY.id: "400011",
    TAKEN.id: "409001",
}
MESSAGES = {
    NOT_DELETABLE.id: "Deleting this approval is not allowed since it doesn't match all preconditions.",
    DETAILS.id: "Problem with validation",
    TAKEN.id: "Approval with given id already exists.",
}


def refused(rule: Rule, message: str = "") -> EmporixError:
    """The refusal of a rule with its error code."""
    text = MESSAGES.get(rule.id, message)
    details = [message] if message and text != message else []
    return rule(text, details=details, extra={"errorCode": f"APPROVAL-{_NUMBERS[rule.id]}"})


def missing(key: str) -> EmporixError:
    """The 404 of an approval."""
    return absent("404001", f"Approval with id '{key}' does not exist.")


def absent(number: str, message: str) -> EmporixError:
    """A 404 with its error code: 404002 for the resource, 404003 for the company."""
    return NotFound(message, extra={"errorCode": f"APPROVAL-{number}"})


def taken(_key: str) -> EmporixError:
    """409 for an id in use."""
    return refused(TAKEN)
