"""Deciding, correcting and withdrawing an approval, as long as it is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.patching import PatchError, json_patch
from emporix_mock.engine.wordings import FORBIDDEN
from emporix_mock.services.approval.approvals import APPROVALS, PENDING, expire
from emporix_mock.services.approval.declared import (
    FINISHED,
    MALFORMED,
    NOT_DELETABLE,
    NOT_YOURS,
    OP_CASE,
    OPERATION,
    STATUS,
    TRANSITION,
    refused,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

STATUSES: Final = ("PENDING", "APPROVED", "CLOSED", "EXPIRED", "DECLINED")
BY_APPROVER: Final = ("APPROVED", "DECLINED")
PATHS: Final = ("/status", "/details", "/comment", "/approverComment", "/resource/deliveryWindow")
OPERATIONS: Final = ("add", "remove", "replace")


@service.operation("PATCH-approval-update-approval")
def change(ctx: RequestContext, state: State) -> Result:
    """Carry out every operation, or none."""
    ctx.about.check_payload(ctx.body)
    expire(state)
    approval = crud.read(APPROVALS, ctx, state, ctx.path["approvalId"])
    if approval["status"] != PENDING:
        raise refused(FINISHED, "A finished approval is not changed any more.")
    operations = [_checked(ctx, approval, operation) for operation in ctx.body]
    try:
        new = json_patch(approval, operations)
    except PatchError as error:
        raise refused(MALFORMED, _problem(error)) from error
    crud.write(APPROVALS, ctx, state, new, approval)
    ctx.about.check_document(new)
    return Result(204)


def _problem(error: PatchError) -> str:
    """What is wrong with a patch; a member that is not there is called by its name."""
    name = error.path.strip("/").replace("/", ".")
    return f"Missing field {name}" if name else "Incorrect patch operation"


def _checked(ctx: RequestContext, approval: Document, operation: Mapping[str, Any]) -> Document:
    op, path = operation["op"], operation["path"]
    if op not in OPERATIONS and not (ctx.switch(OP_CASE) == "both" and op.lower() in OPERATIONS):
        raise refused(OPERATION, f"Patch operation '{op}' is not supported.")
    if not any(path == known or path.startswith(f"{known}/") for known in PATHS):
        raise refused(MALFORMED, f"The path '{path}' cannot be changed.")
    if path == "/status":
        _check_status(ctx, approval, op.lower(), operation.get("value"))
    elif path == "/approverComment" and not _is(ctx, approval, "approver"):
        raise NOT_YOURS(FORBIDDEN)
    return {**operation, "op": op.lower()}


def _check_status(ctx: RequestContext, approval: Document, op: str, status: Any) -> None:
    if op == "remove" or status not in STATUSES:
        raise refused(STATUS, f"'{status}' is no status of an approval.")
    if status in ("PENDING", "EXPIRED"):
        raise refused(TRANSITION, f"The status cannot be changed from {PENDING} to {status}.")
    if not _is(ctx, approval, "approver" if status in BY_APPROVER else "requestor"):
        raise NOT_YOURS(FORBIDDEN)


def _is(ctx: RequestContext, approval: Document, who: str) -> bool:
    return bool(approval[who]["userId"] == ctx.caller().customer_id)


@service.operation("DELETE-approval-remove-approval")
def withdraw(ctx: RequestContext, state: State) -> Result:
    """Close a pending approval; the document stays. The cart does not come back (measured)."""
    expire(state)
    approval = crud.read(APPROVALS, ctx, state, ctx.path["approvalId"])
    if approval["status"] != PENDING or not _is(ctx, approval, "requestor"):
        raise refused(NOT_DELETABLE)
    crud.write(APPROVALS, ctx, state, {**approval, "status": "CLOSED"}, approval)
    return Result(204)
