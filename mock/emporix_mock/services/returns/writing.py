"""Returns: list, read, create, change, close."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from emporix_mock.engine import binding, crud, jobs
from emporix_mock.engine.context import Result
from emporix_mock.engine.ownership import Owner
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.wordings import FORBIDDEN
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.returns import CLOSED, PENDING, STEPS
from emporix_mock.services.returns import goods, people
from emporix_mock.services.returns.declared import (
    BY_CUSTOMERS,
    BY_EMPLOYEES,
    EMPLOYEES_ONLY,
    ILLEGAL_STEP,
    INCOMPLETE,
    MANAGE,
    NOT_PENDING,
    ON_UPDATE,
    READ,
    REASON,
    invalid,
    missing,
    service,
    stale,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

COMPUTED: Final = ("total", "calculatedPrice", "entries")
FOR_EMPLOYEES: Final = ("requestor", "submitter", "approver")


def _settle(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Check a return as it is to be stored and complete it."""
    employee, before = ctx.caller().may(MANAGE), old or {}
    if old is not None and not employee:
        _check_customers_change(new, old)
    reason = new.get("reason")
    if not isinstance(reason, dict) or not (reason.get("code") or reason.get("details")):
        raise invalid(REASON, "reason: one of code and details must be given")
    if employee:
        new["requestor"] = people.requestor(ctx, new.get("requestor"), old)
        new["submitter"] = people.submitter(new.get("submitter"))
    if new.get("approver") is not None and new["approver"] != before.get("approver"):
        people.check_approver(ctx, new["approver"])
    if not isinstance(new.get("expiryDate", ""), str):
        raise invalid(INCOMPLETE, "expiryDate: must be a text")
    if not isinstance(new.get("received", False), bool):
        raise invalid(INCOMPLETE, "received: must be true or false")
    if not new.get("expiryDate"):
        days = setting(state, "return.defaultExpiryDate")
        new["expiryDate"] = jobs.stamp(state.now() + timedelta(days=days))
    _check_step(new, before.get("approvalStatus", PENDING))
    chosen, same = goods.selection(new["orders"]), new["requestor"] == before.get("requestor")
    if same and chosen == goods.selection(before["orders"]):
        new["orders"] = before["orders"]
    else:
        goods.value(ctx, state, new)


def _check_customers_change(new: Document, old: Document) -> None:
    """Raise 400 once a return is decided on, 403 for members that are not the customer's to change."""
    if old["approvalStatus"] != PENDING:
        raise NOT_PENDING("Updating this return is not allowed since it doesn't match all preconditions.")
    names = new.keys() | old.keys()
    touched = {name for name in names if new.get(name) != old.get(name)} - {*BY_CUSTOMERS, *COMPUTED}
    if new.get("approvalStatus") == CLOSED:
        touched.discard("approvalStatus")
    if touched:
        raise EMPLOYEES_ONLY(FORBIDDEN)


def _check_step(new: Document, before: str) -> None:
    status = new.get("approvalStatus")
    if status != before and str(status) not in STEPS.get(before, ()):
        raise invalid(ILLEGAL_STEP, f"approvalStatus: cannot change from {before} to {status}")


def _present(ctx: RequestContext, _state: State, document: Document) -> Document:
    if not ctx.caller().may(READ, MANAGE):
        for name in FOR_EMPLOYEES:
            document.pop(name, None)
    return document


def _announce(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    if new is None:
        state.emit("return.deleted", {"id": (old or {})["id"]})
        return
    orders = [{"id": order["id"], "item": order["items"]} for order in new["orders"]]
    payload = {name: value for name, value in new.items() if name not in COMPUTED} | {"orders": orders}
    state.emit(f"return.{'updated' if old else 'created'}", {**payload, "total": new["total"]})


RETURNS = service.resource(
    Resource(
        path="/return/{tenant}/returns",
        collection="returns",
        new_id="uuid",
        lock="required",
        owned=COMPUTED,
        patch="json",
        patch_parents=True,
        owner=Owner(read=READ, manage=MANAGE, customer="requestor.customerId"),
        prepare=_settle,
        present=_present,
        after=_announce,
        missing=missing,
        stale=stale,
    )
)
service.collection(
    RETURNS.collection,
    references={"orders.id": "order/orders", "requestor.customerId": "customer-service/customers"},
)


@service.operation("POST-returns-create-return")
def create(ctx: RequestContext, state: State) -> Result:
    """Ask to send goods back: as a customer, or as an employee for a customer or a guest."""
    ctx.about.check_payload(ctx.body)
    ctx = people.acting(ctx, state)
    caller = ctx.caller()
    allowed = BY_EMPLOYEES if caller.may(MANAGE) else BY_CUSTOMERS
    body = {name: ctx.body[name] for name in allowed if ctx.body.get(name) is not None}
    if not caller.may(MANAGE):
        person = people.customer(ctx, str(caller.customer_id))
        named = {name: value for name, value in person.items() if name != "customerId"}
        body |= {"requestor": person, "submitter": {"userType": "CUSTOMER", **named}}
    made = crud.create(RETURNS, ctx, state, {"approvalStatus": PENDING, "received": False, **body})
    return Result(201, {"id": made["id"]})


@service.operation("PUT-returns-update-return")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace what the caller may write of a return."""
    ctx.about.check_payload(ctx.body)
    ctx = people.acting(ctx, state)
    employee = ctx.caller().may(MANAGE)
    if employee and not ctx.body.get("approvalStatus"):
        raise invalid(INCOMPLETE, "approvalStatus: must not be null")
    allowed = ON_UPDATE if employee else BY_CUSTOMERS
    body = {name: ctx.body[name] for name in allowed if ctx.body.get(name) is not None}
    if employee:
        body.setdefault("received", False)
    crud.replace(RETURNS, ctx, state, ctx.path["returnId"], body, upsert=False, writable=allowed)
    return Result(204)


@service.operation("PATCH-returns-update-return")
def patch(ctx: RequestContext, state: State) -> Result:
    """Change parts of a return by operations of RFC 6902."""
    return binding.run_patch(RETURNS, people.acting(ctx, state), state)


@service.operation("DELETE-returns-remove-return")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a return as an employee; as its customer, close it while it is pending."""
    ctx = people.acting(ctx, state)
    old = crud.read(RETURNS, ctx, state, ctx.path["returnId"])
    if ctx.caller().may(MANAGE):
        crud.delete(RETURNS, ctx, state, old["id"])
        return Result(204)
    if old["approvalStatus"] != PENDING:
        raise NOT_PENDING("Deleting this return is not allowed since it doesn't match all preconditions.")
    crud.write(RETURNS, ctx, state, {**old, "approvalStatus": CLOSED}, old)
    return Result(204)
