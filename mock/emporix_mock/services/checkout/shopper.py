"""Who checks out, and whether the cart or quote is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.platform import directory
from emporix_mock.rules import saas_token
from emporix_mock.rules.checkout import Problem
from emporix_mock.rules.customers import company_ids
from emporix_mock.rules.orders import ANONYMOUS
from emporix_mock.services.checkout.declared import APPROVAL, FOREIGN, SAAS_TOKEN, forbidden, refused

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@dataclass(frozen=True, slots=True)
class Shopper:
    """A guest (no customer) or a signed-in customer, with the company that the token is bound to."""

    customer_id: str | None
    session_id: str | None
    company: str | None
    companies: frozenset[str]

    @property
    def name(self) -> str:
        """As orders call them."""
        return self.customer_id or ANONYMOUS


def shopper_of(ctx: RequestContext, state: State) -> Shopper:
    """The caller. A customer proves the login by the saas-token (403) and is active (400)."""
    caller = ctx.caller()
    if caller.customer_id is None:
        return Shopper(None, caller.session_id, None, frozenset())
    token, now = ctx.headers.get("saas-token") or "", state.now().timestamp()
    if saas_token.customer_of(ctx.tenant, token, now=now) != caller.customer_id:
        raise forbidden(SAAS_TOKEN)
    customer = directory.find(state, caller.customer_id) or {}
    if customer.get("active") is False or customer.get("onHold"):
        raise refused([Problem("inactive-customer", "customer.id", "the customer is not active")])
    return Shopper(caller.customer_id, caller.session_id, caller.legal_entity_id, company_ids(customer))


def check_owner(shopper: Shopper, cart: Document, *, approved: bool) -> None:
    """403 for a cart of somebody else; one that was approved may be ordered by the whole company."""
    company = cart.get("legalEntityId")
    if company and company not in (shopper.companies | {shopper.company}):
        raise forbidden(FOREIGN)
    if shopper.company and company != shopper.company:
        raise forbidden(FOREIGN)
    owner = cart.get("customerId")
    if owner:
        own = owner == shopper.customer_id or (approved and bool(company))
    else:
        own = shopper.customer_id is None and cart.get("sessionId") == shopper.session_id
    if not own:
        raise forbidden(FOREIGN)


def approved(
    ctx: RequestContext, shopper: Shopper, kind: str, key: str, company: str | None, total: dict[str, Any]
) -> bool:
    """Whether an approval allows the order. Raises 403 where one is needed and not there (for companies)."""
    if not company or shopper.customer_id is None:
        return False
    asked = {
        "resourceType": kind,
        "resourceId": key,
        "action": "CHECKOUT",
        "userId": shopper.customer_id,
        "legalEntityId": company,
        "totalValue": total,
    }
    answer: Any = ctx.call("approval-service", "POST-approval-check-approval", body=asked).body
    if not answer.get("permitted"):
        raise forbidden(APPROVAL)
    return bool(answer.get("approvalId"))
