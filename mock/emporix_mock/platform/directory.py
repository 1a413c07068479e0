"""The customers of a tenant, for the two services that show them.

Emporix's one customer service is described by two documents, so two service files need the same
people. One owner each: customer-service has `customers`, `addresses` and the `reserved` numbers of
deleted ones; customer-management has the login accounts (`credentials`), mails, sessions and refresh
tokens. What has an operation is reached through it; the rest of what both need is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.mixins import check_document
from emporix_mock.engine.resource import PARENT
from emporix_mock.errors import Conflict
from emporix_mock.platform import credentials
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.customers import PREFERENCES, company_ids, tidied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import State

OWNER: Final = "customer-service"
LOGINS: Final = credentials.SERVICE


def customers(state: State) -> Documents:
    """All customers of the tenant."""
    return state.world.state(OWNER).collection("customers")


def find(state: State, number: str) -> Document | None:
    """The customer of a number."""
    return customers(state).get(number)


def addresses_of(state: State, number: str) -> list[Document]:
    """The addresses of a customer, oldest first."""
    documents = state.world.state(OWNER).collection("addresses")
    keys = documents.in_order(documents.find(PARENT, number))
    found = [document for key in keys if (document := documents.get(key)) is not None]
    for document in found:
        document.pop(PARENT, None)
    return found


def create(state: State, profile: Mapping[str, Any], number: str | None = None) -> Document:
    """Store a new customer and announce it; `number` None makes one of eight digits.

    409 for a number that is taken, or reserved since its customer was deleted.
    """
    number = number or _new_number(state)
    _claim(state, number)
    now = state.timestamp()
    mixins = {k: v for k, v in (profile.get("metadata") or {}).items() if k == "mixins"}
    customer = {
        "id": number,
        "customerNumber": number,
        **PREFERENCES,
        "active": setting(state, "customerActiveOnCreation"),
        "onHold": setting(state, "customerOnHoldOnCreation"),
        **tidied(profile),
        "metadata": {**mixins, "version": 1, "createdAt": now, "modifiedAt": now},
        "metadataCreatedAt": now,
    }
    fill_restriction(state, customer)
    check_document(state, customer)
    customers(state).put(number, customer)
    state.emit("customer.created", {**customer, "tenant": state.tenant})
    return customer


def tell_update(state: State, number: str) -> None:
    """Emit the event of a change of a customer: the profile with accounts and addresses."""
    customer = find(state, number)
    if customer is None:
        return
    addresses = addresses_of(state, number)
    default = next((address for address in addresses if address.get("isDefault")), None)
    accounts = [
        {name: account[name] for name in ("id", "providerId") if name in account}
        for account in credentials.of_customer(state, number)
    ]
    payload = {**customer, "accounts": accounts, "addresses": addresses, "tenant": state.tenant}
    state.emit("customer.updated", {**payload, "defaultAddress": default} if default else payload)


def fill_restriction(state: State, customer: Document) -> None:
    """Take the preferred site for a restriction that is unset, where the tenant wants the two in step."""
    if not customer.get("restriction") and setting(state, "enableSyncBetweenRestrictionsAndSiteCodes"):
        customer["restriction"] = customer.get("preferredSite", PREFERENCES["preferredSite"])


def note(state: State, number: str, **values: Any) -> None:
    """Record facts about a customer that are no change of the profile: its version stays."""
    customer = find(state, number)
    if customer is not None:
        customers(state).put(number, {**customer, **values})


def companies_of(state: State, caller: Principal) -> frozenset[str]:
    """The company that a token is bound to, else all companies of its customer."""
    if caller.legal_entity_id is not None:
        return frozenset((caller.legal_entity_id,))
    return companies_of_customer(state, caller.customer_id) if caller.customer_id else frozenset()


def companies_of_customer(state: State, number: str) -> frozenset[str]:
    """The companies that a customer is assigned to."""
    return company_ids(find(state, number) or {})


def join_company(state: State, number: str, company: Mapping[str, Any]) -> None:
    """Note a company, `{id, name, contactAssignmentId}`, among those of a customer."""
    b2b, others = _without_company(state, number, company["id"])
    note(state, number, b2b={**b2b, "legalEntities": [*others, dict(company)]})


def leave_company(state: State, number: str, company: str) -> None:
    """Take a company away from a customer."""
    b2b, others = _without_company(state, number, company)
    note(state, number, b2b={**b2b, "legalEntities": others})


def _without_company(state: State, number: str, company: str) -> tuple[Document, list[Any]]:
    b2b = (find(state, number) or {}).get("b2b") or {}
    return b2b, [entity for entity in b2b.get("legalEntities") or () if entity.get("id") != company]


def remove(state: State, number: str) -> None:
    """Forget a customer with addresses, accounts, tokens and sessions; the number stays reserved."""
    customers(state).delete(number)
    state.world.state(OWNER).collection("reserved").put(number, {"id": number, "at": state.timestamp()})
    drop_all(state.world.state(OWNER).collection("addresses"), PARENT, number)
    drop_all(credentials.accounts(state), "customerNumber", number)
    for token in list(state.tokens.of_customer(number)):
        state.tokens.revoke(token)
    drop_all(state.world.state(LOGINS).collection("refreshTokens"), "customerId", number)
    drop_all(state.world.state(LOGINS).collection("sessions"), "customerId", number)


def drop_all(documents: Documents, field: str, value: str) -> None:
    """Remove every document that holds `value` at `field`."""
    for key in documents.find(field, value):
        documents.delete(key)


def _claim(state: State, number: str) -> None:
    reserved = state.world.state(OWNER).collection("reserved")
    if number in customers(state):
        reason = "already exists"
    elif number in reserved and not setting(state, "enableRecreationOfDeletedCustomer"):
        reason = "was deleted and its number is reserved"
    else:
        reserved.delete(number)
        return
    raise Conflict(f"Customer {number} {reason}.", type="conflict_resource", rule="engine/duplicate-customer")


def _new_number(state: State) -> str:
    reserved = state.world.state(OWNER).collection("reserved")
    while True:
        number = state.ids.digits(8)
        if number not in customers(state) and number not in reserved:
            return number
