"""Who asks for a return, who sends it in, who decides on it, and for whom a caller acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.wordings import FORBIDDEN
from emporix_mock.errors import NotFound
from emporix_mock.rules import saas_token
from emporix_mock.rules.members import without_gaps
from emporix_mock.services.returns.declared import (
    INCOMPLETE,
    MANAGE,
    NO_SAAS_TOKEN,
    OTHERS_SAAS_TOKEN,
    SAAS_TOKEN,
    UNKNOWN_PERSON,
    invalid,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

IN_IAM = {
    "USER": ("GET-iam-retrieve-user-and-groups", "userId"),
    "GROUP": ("GET-iam-retrieve-users-group", "groupId"),
}


def acting(ctx: RequestContext, state: State) -> RequestContext:
    """The request as that of the customer whom the SaaS token names; employees act for themselves.

    Raises 403 for a customer's write without the token, or with one that names somebody else.
    """
    caller, token = ctx.caller(), ctx.headers.get("saas-token")
    if caller.may(MANAGE):
        return ctx
    if not token:
        if ctx.switch(SAAS_TOKEN) == "required":
            raise NO_SAAS_TOKEN(FORBIDDEN, details=["saas-token: must not be null"])
        return ctx
    customer = saas_token.customer_of(ctx.tenant, token, now=state.now().timestamp())
    if customer is None or caller.customer_id not in (None, customer):
        raise OTHERS_SAAS_TOKEN(FORBIDDEN)
    return ctx._replace(principal=replace(caller, customer_id=customer))


def customer(ctx: RequestContext, number: str) -> Document:
    """A customer as a return names one. Raises 400 for a number that nobody has."""
    path = {"customerNumber": number}
    try:
        found = ctx.call("customer-service", "GET-customer-tenant-retrieve-customer", path=path).body
    except NotFound as unknown:
        raise invalid(UNKNOWN_PERSON, f"requestor.customerId: there is no customer {number}") from unknown
    person = {
        "customerId": number,
        "firstName": found.get("firstName"),
        "lastName": found.get("lastName"),
        "email": found.get("contactEmail") or found.get("email"),
    }
    return without_gaps(person)


def requestor(ctx: RequestContext, given: Any, old: Document | None) -> Document:
    """Whom the return is for, as an employee says it: a customer, or a guest by e-mail address.

    Raises 400 where it says neither.
    """
    given = given if isinstance(given, dict) else {}
    if given.get("customerId"):
        known = (old or {}).get("requestor") or {}
        return known if known.get("customerId") == given["customerId"] else customer(ctx, given["customerId"])
    if given.get("anonymous") is True and given.get("email"):
        return {"anonymous": True, "email": given["email"]}
    raise invalid(INCOMPLETE, "requestor.customerId: must not be null")


def submitter(given: Any) -> Document:
    """Who sends the return in, as an employee says it. Raises 400 for a name or address that lacks."""
    given = given if isinstance(given, dict) else {}
    lacking = [name for name in ("firstName", "lastName", "email") if not given.get(name)]
    if lacking:
        raise invalid(INCOMPLETE, *(f"submitter.{name}: must not be null" for name in lacking))
    return {"userType": "USER", **given}


def check_approver(ctx: RequestContext, approver: Any) -> None:
    """Raise 400 for an approver whom IAM does not know."""
    given = approver if isinstance(approver, dict) else {}
    kind, own = str(given.get("type") or "USER"), given.get("id")
    if kind not in IN_IAM:
        raise invalid(UNKNOWN_PERSON, f"approver.type: {kind} is none of USER and GROUP")
    operation, name = IN_IAM[kind]
    try:
        if own and isinstance(own, str):
            ctx.call("iam", operation, path={name: own})
            return
    except NotFound:
        pass
    raise invalid(UNKNOWN_PERSON, f"approver.id: there is no {kind} {own}")
