"""Customers in segments, as persons or for a company: documents `<segment>/<customer>[:<company>]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import bulk, crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.listing import projected
from emporix_mock.engine.resource import Resource
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import companies, directory
from emporix_mock.services.customer_segments import seeing
from emporix_mock.services.customer_segments.declared import (
    INVALID_BODY,
    NO_CUSTOMER,
    UNKNOWN_ASSIGNEES,
    announce,
    missing,
    service,
    stale,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Say who is assigned, with the names of the moment."""
    if old is not None:
        return
    segment, number, company = ctx.path["segmentId"], ctx.path["customerId"], ctx.path.get("legalEntityId")
    refuse = ctx.switch(UNKNOWN_ASSIGNEES) == "refuse"
    if segment not in state.collection("segments"):
        raise missing(segment)
    if refuse and directory.find(state, number) is None:
        raise missing(number)
    if refuse and company and companies.company(state, company) is None:
        raise missing(company)
    new |= {"segmentId": segment, "customer": person(state, number), "assignmentType": "MANUAL"}
    if company:
        new["legalEntity"] = firm(state, company)


def person(state: State, number: str) -> Document:
    """A customer in short."""
    customer = directory.find(state, number) or {}
    told = {
        "firstName": customer.get("firstName"),
        "lastName": customer.get("lastName"),
        "email": customer.get("contactEmail"),
    }
    return {"id": number, **{name: value for name, value in told.items() if value}}


def firm(state: State, company: str) -> Document:
    """A company in short."""
    entity = companies.company(state, company)
    return {"id": company, **({"name": entity["name"]} if entity else {})}


def present(_ctx: RequestContext, state: State, assignment: Document) -> Document:
    """An assignment with the names of today."""
    assignment["customer"] = person(state, assignment["customer"]["id"])
    if "legalEntity" in assignment:
        assignment["legalEntity"] = firm(state, assignment["legalEntity"]["id"])
    return {name: value for name, value in assignment.items() if name not in ("key", "segmentId")}


def after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    """Events."""
    found = new or old or {}
    if new is None:
        payload = {
            "segmentId": found["segmentId"],
            "customerId": found["customer"]["id"],
            "legalEntityId": (found.get("legalEntity") or {}).get("id"),
        }
        announce(state, "customer-assignment-deleted", payload)
        return
    verb = "created" if old is None else "updated"
    announce(state, f"customer-assignment-{verb}", {k: v for k, v in found.items() if k != "key"})


def visible(ctx: RequestContext, state: State, assignment: Document) -> bool:
    """A customer sees its own assignments."""
    if seeing.sees_all(ctx):
        return True
    company = (assignment.get("legalEntity") or {}).get("id")
    own = assignment["customer"]["id"] == ctx.caller().customer_id
    return own and company in (None, seeing.company_of(ctx, state))


def _seen(ctx: RequestContext, state: State) -> dict[str, tuple[Any, ...]]:
    stored = state.collection("customerAssignments")
    own = (stored.peek(key) or {} for key in stored.find("customer.id", ctx.caller().customer_id))
    return {"key": tuple(found["key"] for found in own if visible(ctx, state, found))}


CUSTOMERS = service.resource(
    Resource(
        path="/customer-segment/{tenant}/segments/{segmentId}/customers",
        collection="customerAssignments",
        key="key",
        new_id="given",
        filters={"legalEntityId": ""},
        bulk_base=1,
        bulk_status="ok",
        prepare=prepare,
        present=present,
        after=after,
        visible=visible,
        sees_all=seeing.sees_all,
        seen=_seen,
        missing=missing,
        stale=stale,
    )
)
service.collection(
    "customerAssignments",
    references={
        "segmentId": "customer-segments/segments",
        "customer.id": "customer-service/customers",
        "legalEntity.id": "client-management/legalEntities",
    },
    private=("key", "segmentId"),
)


def key_in(ctx: RequestContext) -> str:
    """The key of the assignment that the path names."""
    company = ctx.path.get("legalEntityId")
    return f"{ctx.path['segmentId']}/{ctx.path['customerId']}" + (f":{company}" if company else "")


@service.operation("GET-customer-segment-retrieve-customers")
@service.operation("POST-customer-segment-search-customers")
def list_customers(ctx: RequestContext, state: State) -> Result:
    """A page of the assignments of the segment in the path; 404 without one."""
    segment = seeing.segment_in(ctx, state)
    return crud.listing(CUSTOMERS, ctx, state, where={"segmentId": (segment,)})


@service.operation("GET-customer-segment-retrieve-customer")
@service.operation("GET-customer-segment-retrieve-customer-by-customerId")
def read_customer(ctx: RequestContext, state: State) -> Any:
    """One assignment."""
    try:
        found = crud.read(CUSTOMERS, ctx, state, key_in(ctx))
    except NotFound as absent:
        raise missing(ctx.path["customerId"]) from absent
    answer, fields = CUSTOMERS.answer(ctx, state, found), ctx.query.get("fields")
    return projected(CUSTOMERS, answer, fields) if fields else answer


@service.operation("PUT-customer-segment-update-customer")
@service.operation("PUT-customer-segment-update-customer-by-customerId")
def put_customer(ctx: RequestContext, state: State) -> Result:
    """Assign a customer, or change what is said about an assignment."""
    return Result(put(ctx, state, ctx.body or {}))


def put(ctx: RequestContext, state: State, given: Mapping[str, Any]) -> int:
    """The same for the customer in the path; the status."""
    body = {name: given[name] for name in ("mixins", "metadata") if name in given}
    _, created = crud.replace(
        CUSTOMERS, ctx, state, key_in(ctx), body, upsert=True, writable=("mixins", "metadata")
    )
    return 201 if created else 204


@service.operation("DELETE-customer-segment-remove-customer")
@service.operation("DELETE-customer-segment-remove-customer-by-customerId")
def remove_customer(ctx: RequestContext, state: State) -> Result:
    """Remove an assignment, whether there or not."""
    drop(ctx, state)
    return Result(204)


def drop(ctx: RequestContext, state: State) -> None:
    """Remove the assignment that the path names."""
    if key_in(ctx) in state.collection(CUSTOMERS.collection):
        crud.delete(CUSTOMERS, ctx, state, key_in(ctx))


@service.operation("PUT-customer-segment-update-customers-bulk", per_item=True)
def put_many(ctx: RequestContext, state: State) -> Result:
    """Assign many customers."""
    seeing.segment_in(ctx, state)
    return bulk.run(CUSTOMERS, ctx, state, ctx.body, lambda item: (put(_for(ctx, item), state, item), None))


@service.operation("DELETE-customer-segment-remove-customers-bulk", per_item=True)
def remove_many(ctx: RequestContext, state: State) -> Result:
    """Remove many assignments."""
    seeing.segment_in(ctx, state)

    def one(item: Mapping[str, Any]) -> tuple[int, None]:
        drop(_for(ctx, item), state)
        return 204, None

    return bulk.run(CUSTOMERS, ctx, state, ctx.body, one)


def _for(ctx: RequestContext, item: Mapping[str, Any]) -> RequestContext:
    """The request as one for the customer of an item; 400 for an item without one."""
    if not item.get("customerId"):
        raise NO_CUSTOMER(INVALID_BODY, details=[Detail("must not be empty", "customerId", "missing_field")])
    path = {**ctx.path, "customerId": item["customerId"]}
    if item.get("legalEntityId"):
        path["legalEntityId"] = item["legalEntityId"]
    return ctx._replace(path=path)


@service.on("customer.deleted")
def forget(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A customer who is gone is in no segment."""
    for key in state.collection(CUSTOMERS.collection).find("customer.id", payload["customerNumber"]):
        crud.delete(CUSTOMERS, ctx, state, key)
