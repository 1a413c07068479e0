"""Asking for an approval, looking at approvals, and whether a checkout needs one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import binding, crud, jobs
from emporix_mock.engine.overdue import overdue
from emporix_mock.engine.resource import Resource
from emporix_mock.platform.companies import company as company_document
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.tax import exact
from emporix_mock.services.approval import wanted
from emporix_mock.services.approval.declared import (
    APPROVER,
    COMBINATION,
    DETAILS,
    GIVEN,
    NO_LIMIT,
    NO_RIGHT,
    NO_ROLE,
    WITHOUT_COMPANY,
    missing,
    refused,
    service,
    taken,
)
from emporix_mock.services.approval.parties import (
    ADMIN,
    BUYER,
    Party,
    acting,
    candidates,
    party_of,
    person,
    role_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.services.approval.wanted import Wanted
    from emporix_mock.store.documents import Document
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import State

PENDING: Final = "PENDING"
APPROVED: Final = "APPROVED"


def visible(ctx: RequestContext, _state: State, approval: Document) -> bool:
    """Requestor and approver see an approval, with a token of a company only those of that company."""
    caller = ctx.caller()
    if caller.customer_id is None:
        return "*" in caller.scopes
    company = (approval.get("legalEntity") or {}).get("id")
    return caller.customer_id in (approval["requestor"]["userId"], approval["approver"]["userId"]) and (
        caller.legal_entity_id in (None, company)
    )


def _as_whom(caller: Principal) -> object:
    return caller.customer_id, caller.legal_entity_id, "*" in caller.scopes


APPROVALS = service.resource(
    Resource(
        path="/approval/{tenant}/approvals",
        collection="approvals",
        compound=True,
        visible=visible,
        seen_by=lambda ctx, _state: _as_whom(ctx.caller()),
        missing=missing,
        duplicate=taken,
        id_pattern=r"[A-Za-z0-9_-]{1,66}",
    )
)
service.collection(
    "approvals",
    references={
        "requestor.userId": "customer-service/customers",
        "approver.userId": "customer-service/customers",
        "legalEntity.id": "client-management/legalEntities",
    },
)


def _end(approval: Document) -> str | None:
    return approval.get("expiryDate") if approval["status"] == PENDING else None


def expire(state: State) -> None:
    """Give up on approvals that nobody decided in time."""
    documents = state.collection(APPROVALS.collection)
    for key in overdue(documents, _end, state.timestamp()):
        documents.put(key, {**(documents.get(key) or {}), "status": "EXPIRED"})


@service.operation("GET-approval-list-approvals")
def list_approvals(ctx: RequestContext, state: State) -> Result:
    """A page of the caller's approvals, as requestor or approver."""
    expire(state)
    return binding.run_list(APPROVALS, ctx, state)


@service.operation("GET-approval-retrieve-approval")
def read_approval(ctx: RequestContext, state: State) -> Any:
    """One of them."""
    expire(state)
    return binding.run_read(APPROVALS, ctx, state)


@service.operation("POST-approval-create-approval")
def ask(ctx: RequestContext, state: State) -> Result:
    """Ask a colleague; a cart that is asked for leaves its owner's reach."""
    ctx.about.check_payload(ctx.body)
    expire(state)
    body, party = ctx.body, party_of(ctx, state)
    check_kind(state, body)
    if body.get("id") and body["id"] in state.collection(APPROVALS.collection):
        raise taken(body["id"])
    found = wanted.read(ctx, body["resourceType"], body["resourceId"])
    private = party.company is None and found.owner == party.number
    if private and ctx.switch(WITHOUT_COMPANY) == "permitted":
        raise refused(GIVEN, "The action is already permitted.")
    company = acting(state, party, found.company)
    if found.owner != party.number:
        raise refused(NO_RIGHT, "The user has no permissions to the resource.")
    earlier = latest(state, body)
    if earlier is not None and earlier["status"] in (PENDING, APPROVED):
        raise refused(GIVEN, "The approval has been already given.")
    if allowed(ctx, state, party.number, company, found):
        raise refused(GIVEN, "The action is already permitted.")
    approver = (body["approver"] or {}).get("userId")
    if approver not in candidates(state, company, party.number):
        raise refused(APPROVER, "This user cannot be the approver.")
    approval = crud.create(APPROVALS, ctx, state, document(state, body, party, company, found))
    told = {name: body[name] for name in ("resourceType", "resourceId")}
    state.emit("approval.created", {"approvalId": approval["id"], **told})
    return binding.answer(APPROVALS, ctx, state, [approval], 201)


def check_kind(state: State, body: Mapping[str, Any]) -> None:
    """Refuse a quote where the tenant has no approvals of quotes, and details that should not be there."""
    if body["resourceType"] == "QUOTE":
        if not setting(state, "approval.enableQuoteApprovalProcess"):
            raise refused(COMBINATION, "Quotes are not approved in this tenant.")
        if body.get("details") is not None:
            raise refused(DETAILS, "details: must be null")
    elif not (body.get("details") or {}).get("addresses"):
        raise refused(DETAILS, "details.addresses: must not be empty")


def document(state: State, body: Mapping[str, Any], party: Party, company: str, found: Wanted) -> Document:
    """A new approval."""
    lifetime = timedelta(days=float(setting(state, "approval.default_expiryDays")))
    given = ("id", "resourceType", "action", "comment", "details")
    return {
        **{name: body[name] for name in given if body.get(name) is not None},
        "status": PENDING,
        "resource": found.shown,
        "requestor": person(state, party.number),
        "approver": person(state, body["approver"]["userId"]),
        "expiryDate": jobs.stamp(state.now() + lifetime),
        "legalEntity": {"id": company},
    }


def latest(state: State, body: Mapping[str, Any]) -> Document | None:
    """The newest approval of a cart or quote."""
    documents = state.collection(APPROVALS.collection)
    keys = documents.in_order(documents.find("resource.id", body["resourceId"]))
    found = [documents.get(key) or {} for key in keys]
    return next((a for a in reversed(found) if a.get("resourceType") == body["resourceType"]), None)


@service.operation("POST-approval-check-approval")
def check(ctx: RequestContext, state: State) -> Document:
    """Whether the cart or quote may be checked out: by role, by limit, or since it was approved."""
    ctx.about.check_payload(ctx.body)
    expire(state)
    party, earlier = party_of(ctx, state), latest(state, ctx.body)
    answer: Document = {"action": ctx.body["action"]}
    if earlier is not None:
        answer |= {"status": earlier["status"], "approvalId": earlier["id"]}
        if earlier["status"] == APPROVED:
            return {**answer, "permitted": True}
    return {**answer, "permitted": _permitted(ctx, state, party, pending=earlier is not None)}


def _permitted(ctx: RequestContext, state: State, party: Party, *, pending: bool) -> bool:
    if party.company is None:
        return True
    kind = ctx.body["resourceType"]
    if kind == "QUOTE" and not setting(state, "approval.enableQuoteApprovalProcess"):
        return True
    given, caller = ctx.body.get("totalValue"), ctx.caller()
    if given and caller.customer_id is None:
        found = wanted.Wanted(None, None, given["currency"], exact(given["amount"] or 0), {})
    else:
        found = wanted.read(ctx, kind, ctx.body["resourceId"])
    company = caller.legal_entity_id or found.company or party.company
    if pending:
        return role_of(state, party.number, company) == ADMIN
    return allowed(ctx, state, party.number, company, found)


def allowed(ctx: RequestContext, state: State, number: str, company: str, found: Wanted) -> bool:
    """Whether a customer of a company may check out by role: admins may, buyers up to the company's limit."""
    role = role_of(state, number, company)
    if role == ADMIN:
        return True
    if role == BUYER:
        limit = (company_document(state, company) or {}).get("accountLimit") or {}
        if limit.get("value") is None or limit.get("currency", found.currency) != found.currency:
            return ctx.switch(NO_LIMIT) == "permitted"
        return found.total <= exact(limit["value"] or 0)
    return role is None and ctx.switch(NO_ROLE) == "permitted"


@service.operation("POST-approval-search-users")
def approvers(ctx: RequestContext, state: State) -> list[Document]:
    """Who may approve a cart or quote of the caller's."""
    ctx.about.check_payload(ctx.body)
    party = party_of(ctx, state)
    found = wanted.read(ctx, ctx.body["resourceType"], ctx.body["resourceId"])
    company = acting(state, party, found.company)
    if found.owner != party.number:
        raise refused(NO_RIGHT, "The user has no permissions to the resource.")
    return [person(state, number) for number in candidates(state, company, party.number)]


@service.on("checkout.completed")
def ordered(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """An approval names the order that its cart or quote became."""
    for kind, name in (("CART", "cartId"), ("QUOTE", "quoteId")):
        if payload.get(name):
            found = latest(state, {"resourceType": kind, "resourceId": payload[name]})
            if found is not None:
                found["createdResource"] = {"id": payload["orderId"]}
                state.collection(APPROVALS.collection).put(found["id"], found)
