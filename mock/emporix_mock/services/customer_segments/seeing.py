"""Which segments a caller sees.

Without the scope for all, a customer sees the segments in effect that it is assigned to: as a person, or
for the company that it acts for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.query_values import within
from emporix_mock.platform import directory
from emporix_mock.services.customer_segments.declared import READ_ALL, missing

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def segment_in(ctx: RequestContext, state: State) -> str:
    """The id of the segment that the path names; 404 for one that the caller does not see."""
    key = ctx.path["segmentId"]
    segment = state.collection("segments").get(key)
    if segment is None or not visible(ctx, state, segment):
        raise missing(key)
    return key


def in_effect(state: State, segment: Document) -> bool:
    """Whether a segment is active and within its time (the latter our reading)."""
    if segment["status"] != "ACTIVE":
        return False
    return within(segment.get("validity") or {}, state.now())


def sees_all(ctx: RequestContext) -> bool:
    """Whether the caller is not bound to segments of its own."""
    return ctx.caller().may(*READ_ALL)


def visible(ctx: RequestContext, state: State, segment: Document) -> bool:
    """Whether the caller sees a segment."""
    return sees_all(ctx) or (in_effect(state, segment) and segment["id"] in own(ctx, state))


def shown(ctx: RequestContext, state: State) -> tuple[str, ...]:
    """The ids of the segments that a caller sees who does not see all."""
    segments = state.collection("segments")
    return tuple(key for key in own(ctx, state) if in_effect(state, segments.peek(key) or {"status": ""}))


def company_of(ctx: RequestContext, state: State) -> str | None:
    """The company that a customer acts for: the token's, else the one asked for, else its only one."""
    caller = ctx.caller()
    if caller.legal_entity_id is not None:
        return caller.legal_entity_id
    companies = directory.companies_of(state, caller)
    asked = ctx.query.get("legalEntityId")
    if asked:
        return asked if asked in companies else None
    return next(iter(companies)) if len(companies) == 1 else None


def own(ctx: RequestContext, state: State) -> frozenset[str]:
    """The segments that the calling customer is assigned to."""
    number = ctx.caller().customer_id
    return frozenset() if number is None else assigned(state, number, company_of(ctx, state))


def assigned(state: State, number: str, company: str | None) -> frozenset[str]:
    """The segments that a customer is assigned to, as a person or for a company."""
    documents = state.collection("customerAssignments")
    found = [documents.get(key) or {} for key in documents.find("customer.id", number)]
    return frozenset(
        a["segmentId"] for a in found if (a.get("legalEntity") or {}).get("id") in (None, company)
    )
