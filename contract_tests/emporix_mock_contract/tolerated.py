"""What a run lets pass although a check of Schemathesis objects: each kind with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import (
    AllowHeaderMismatch,
    EnsureResourceAvailability,
    JsonSchemaError,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
    UseAfterFree,
)

from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import Response
    from schemathesis.core.failures import Failure

    from emporix_mock_contract.cases import Case
    from emporix_mock_contract.session import Session
    from emporix_mock_spec.operation import Operation

PARAMETER = re.compile(r"\{[^}]*\}")

GATEWAY: Mapping[int, str] = {
    405: "no operation documents it; every path answers it to other methods",
    406: "no operation documents it; content negotiation is the gateway's",
    413: "no operation documents it; the gateway limits bodies to 10 MB",
    414: "no operation documents it; the gateway limits URLs to 10 KB",
    415: "no operation documents it; every operation with a body can give it",
    429: "no operation documents it; the gateway limits rates for everyone",
    431: "no operation documents it; the gateway limits headers to 60 KB",
}
"""Statuses that hold for all operations and stand in no document."""


ELEMENTS = "a bulk answer refuses its elements one by one"
PARTIAL = "the parameter `fields` leaves out members that the schema requires"
EMPTIED = "a collection that is emptied is still there, empty"
SAME_PATH = "two paths of the document differ in the name of a parameter only, so they are one"


def reason(session: Session, failure: Failure, case: Case, response: Response) -> str | None:
    """Why a finding is none; None when it is one."""
    operation = session.documented.by_label.get(failure.operation or "")
    if isinstance(failure, UndefinedStatusCode):
        return GATEWAY.get(failure.status_code)
    if operation is None:
        return None
    if isinstance(failure, UseAfterFree):
        emptied = EMPTIED if not operation.path.endswith("}") else None
        return (
            emptied
            or session.profile.stays.get(operation.id)
            or session.revived.get(failure.usage.partition(" ")[2])
        )
    if isinstance(failure, EnsureResourceAvailability):
        asked = session.documented.by_label.get(failure.not_available_with)
        return session.profile.parts.get(asked.id) if asked is not None else None
    if isinstance(failure, JsonSchemaError):
        return (
            PARTIAL if (case.query or {}).get("fields") and only_lacks(session, operation, response) else None
        )
    if isinstance(failure, AcceptedNegativeData):
        return ELEMENTS if refuses_elements(response) else None
    if isinstance(failure, UnsupportedMethodResponse):
        return undocumented(session, operation.path).get(failure.method.upper())
    if isinstance(failure, AllowHeaderMismatch) and not failure.missing_methods:
        known = undocumented(session, operation.path)
        sources = [known.get(method.upper()) for method in failure.undocumented_methods]
        return None if None in sources else "; ".join(filter(None, sources))
    return None


def only_lacks(session: Session, operation: Operation, response: Response) -> bool:
    """Whether an answer would fit its schema if that required no member."""
    contents = operation.responses.get(response.status_code) or {}
    schema = next(iter(contents.values()), None)
    if response.status_code >= 300 or schema is None:
        return False
    found: bool = session.lenient.validator(schema.pointer).is_valid(response.json())
    return found


def refuses_elements(response: Response) -> bool:
    """Whether a 207 tells of at least one element that was refused."""
    if response.status_code != 207:
        return False
    try:
        answer = response.json()
    except ValueError:
        return False
    found = answer if isinstance(answer, list) else [answer]
    codes = [each.get(name) for each in found if isinstance(each, dict) for name in ("code", "status")]
    return any(isinstance(code, int) and code >= 400 for code in codes)


def undocumented(session: Session, path: str) -> Mapping[str, str]:
    """Methods that a path answers to though it does not list them, with the reason."""
    shape = PARAMETER.sub("{}", path)
    twins = {
        each.method: SAME_PATH
        for each in session.documented.by_id.values()
        if each.path != path and PARAMETER.sub("{}", each.path) == shape
    }
    return {**twins, **aliases(session.profile.service, path)}


def aliases(service: str, path: str) -> Mapping[str, str]:
    """Undocumented methods of a documented path that clients use, with who saw them."""
    declared = registry.load(service)
    known = declared.aliases if declared is not None else []
    return {alias.method: alias.source for alias in known if alias.path == path}
