"""What a run lets pass although a check of Schemathesis objects: each kind with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemathesis.openapi.checks import (
    AllowHeaderMismatch,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
    UseAfterFree,
)

from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis.core.failures import Failure

    from emporix_mock_contract.session import Session

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


def reason(session: Session, failure: Failure) -> str | None:
    """Why a finding is none; None when it is one."""
    operation = session.documented.by_label.get(failure.operation or "")
    if isinstance(failure, UndefinedStatusCode):
        return GATEWAY.get(failure.status_code)
    if operation is None:
        return None
    if isinstance(failure, UseAfterFree):
        return session.profile.stays.get(operation.id) or session.revived.get(failure.usage.partition(" ")[2])
    if isinstance(failure, UnsupportedMethodResponse):
        return aliases(session.profile.service, operation.path).get(failure.method.upper())
    if isinstance(failure, AllowHeaderMismatch) and not failure.missing_methods:
        known = aliases(session.profile.service, operation.path)
        sources = [known.get(method.upper()) for method in failure.undocumented_methods]
        return None if None in sources else "; ".join(filter(None, sources))
    return None


def aliases(service: str, path: str) -> Mapping[str, str]:
    """Undocumented methods of a documented path that clients use, with who saw them."""
    declared = registry.load(service)
    known = declared.aliases if declared is not None else []
    return {alias.method: alias.source for alias in known if alias.path == path}
