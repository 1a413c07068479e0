"""The customers of a tenant, for the two services that show them.

Emporix's one customer service is described by two documents, so two service files need the same
people. One owner each: customer-service has `customers`, `addresses` and the `reserved` numbers of
deleted ones; customer-management has the login accounts (`credentials`), mails, sessions and refresh
tokens. What has an operation is reached through it; the rest of what both need is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.resource import PARENT
from emporix_mock.errors import Conflict
from emporix_mock.platform import credentials
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.customers import PREFERENCES, tidied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.store.documents import Document, Documents
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
    customers(state).put(number, customer)
    state.emit("customer.created", {**customer, "tenant": state.tenant})
    return customer


def fill_restriction(state: State, customer: Document) -> None:
    """Take the preferred site for a restriction that is unset, where the tenant wants the two in step."""
    if not customer.get("restriction") and setting(state, "enableSyncBetweenRestrictionsAndSiteCodes"):
        customer["restriction"] = customer.get("preferredSite", PREFERENCES["preferredSite"])


def note(state: State, number: str, **values: Any) -> None:
    """Record facts about a customer that are no change of the profile: its version stays."""
    customer = find(state, number)
    if customer is not None:
        customers(state).put(number, {**customer, **values})


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
