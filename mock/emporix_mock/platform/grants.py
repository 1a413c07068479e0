"""What users may do through their groups: documents of IAM, read by those who issue tokens.

A membership `{id, groupId, userId, userType}` puts a user into a group; a group has access controls, its
own and those of its templates; these have scopes. In a group with restrictions a scope of an access
control that is aware of them holds for each of these only (`order.order_read--DE`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

SERVICE: Final = "iam"
CUSTOMER_GROUP: Final = "CUSTOMER"


CUSTOMER_SCOPES: Final = frozenset(
    {
        "ai.agentexecution_manage_own",
        "approval.approval_manage_own",
        "approval.approval_read_own",
        "coupon.coupon_redeem",
        "customer.consent_manage",
        "customer.consent_view",
        "customer.customerprofile_edit",
        "customer.customerprofile_view",
        "customermanagement.legalentity_read_own",
        "customersegment.segment_read_own",
        "iam.scope_read_own",
        "order.history_view",
        "order.order_readascustomer",
        "order.order_updateascustomer",
        "quote.quote_manage_own",
        "quote.quote_read_own",
        "returns.returns_manage_own",
        "returns.returns_read_own",
    }
)
"""What an ordinary customer's token holds (conventions, section 3)."""


def _collection(state: State, name: str) -> Documents:
    return state.world.state(SERVICE).collection(name)


def group(state: State, key: str) -> Document | None:
    """A group by its id."""
    return _collection(state, "groups").get(key)


def groups_of(state: State, user: str, company: str | None = None) -> list[Document]:
    """The groups of a user, oldest membership first; with `company` none of other companies."""
    members = _collection(state, "memberships")
    keys = members.in_order(members.find("userId", user))
    found = [group(state, str((members.get(key) or {}).get("groupId"))) for key in keys]
    return [g for g in found if g is not None and (company is None or company_of(g) in (None, company))]


def company_of(document: Document) -> str | None:
    """The company that a group belongs to."""
    company: str | None = (document.get("b2b") or {}).get("legalEntityId")
    return company


def groups_of_company(state: State, company: str) -> list[Document]:
    """The groups of a company."""
    groups = _collection(state, "groups")
    found = [groups.get(key) for key in groups.in_order(groups.find("b2b.legalEntityId", company))]
    return [document for document in found if document is not None]


def members_of(state: State, key: str) -> list[str]:
    """The users of a group."""
    members = _collection(state, "memberships")
    return [str((members.get(k) or {})["userId"]) for k in members.in_order(members.find("groupId", key))]


def controls_of(state: State, groups: Iterable[Document]) -> list[Document]:
    """The access controls of groups, each once."""
    controls = _collection(state, "accessControls")
    keys = dict.fromkeys(key for document in groups for key in control_keys(state, document))
    return [found for key in keys if (found := controls.get(key)) is not None]


def control_keys(state: State, document: Document) -> list[str]:
    """The ids of the access controls of a group: its own, then those of its templates."""
    templates = [_collection(state, "templates").get(key) for key in document.get("templates") or ()]
    lent = [key for template in templates for key in (template or {}).get("accessControls") or ()]
    return [*(document.get("accessControls") or ()), *lent]


def scopes_of(state: State, user: str, company: str | None = None) -> frozenset[str]:
    """The scopes that a user has through its groups."""
    held: set[str] = set()
    for document in groups_of(state, user, company):
        restrictions = document.get("restrictions") or ()
        for control in controls_of(state, [document]):
            limits = restrictions if control.get("restrictionAware") else ()
            scopes = control.get("scopes") or ()
            held |= {f"{scope}--{limit}" for scope in scopes for limit in limits} if limits else set(scopes)
    return frozenset(held)


def of_customer(state: State, number: str, company: str | None = None) -> frozenset[str]:
    """The scopes of a customer's next token: those of every customer and those of its groups."""
    return CUSTOMER_SCOPES | scopes_of(state, number, company)


def is_employee(state: State, user: str) -> bool:
    """Whether there is an employee of that id."""
    return user in _collection(state, "employees")


def vendor_of(state: State, user: str) -> str | None:
    """The vendor that an employee works for."""
    vendors = (document.get("vendorId") for document in groups_of(state, user))
    return next((vendor for vendor in vendors if vendor), None)
