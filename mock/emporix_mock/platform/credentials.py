"""Login accounts of customers: who may log in as whom, and with which password.

Accounts are documents of customer-management: `{id, customerNumber, …}` with the login e-mail as `id`,
stored under it in lower case (e-mails are compared without case, our choice). An account holds a
`passwordHash`, a `legacyAuth` from an import, or neither until a password is set; `initialPassword`
says that an employee chose it. A seed may write `password` in clear; it is hashed when first needed.
Accounts of an identity provider have `providerId` and `subject` instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import Conflict
from emporix_mock.rules import passwords

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

SERVICE: Final = "customer-management"
_SALT_LENGTH: Final = 8


def accounts(state: State) -> Documents:
    """All login accounts of the tenant."""
    return state.world.state(SERVICE).collection("accounts")


def find(state: State, email: str) -> Document | None:
    """The account that logs in with an e-mail and a password."""
    return accounts(state).get(email.lower())


def of_customer(state: State, number: str) -> list[Document]:
    """The accounts of a customer, the one with a password first."""
    found = [accounts(state).get(key) for key in accounts(state).find("customerNumber", number)]
    return sorted((a for a in found if a is not None), key=lambda a: ("providerId" in a, a["id"]))


def add(state: State, email: str, number: str, **credentials: Any) -> Document:
    """Open an account without a password, with the given members beside; 409 for an e-mail in use."""
    if email.lower() in accounts(state):
        raise duplicate(state, email)
    account = {"id": email, "customerNumber": number, "createdAt": state.timestamp(), **credentials}
    accounts(state).put(email.lower(), account)
    return account


def duplicate(state: State, email: str) -> Conflict:
    """409 for an e-mail that another account has."""
    return Conflict(
        f"Duplicate account '{email}' for tenant '{state.tenant}'.",
        type="conflict_resource",
        rule="engine/duplicate-account",
    )


def add_social(
    state: State, email: str, number: str, *, provider: str, subject: str | None = None
) -> Document:
    """Open an account of an identity provider."""
    account = {
        "id": email,
        "customerNumber": number,
        "providerId": provider,
        "subject": subject,
        "createdAt": state.timestamp(),
    }
    accounts(state).put(f"{provider}/{subject or email.lower()}", account)
    return account


def accepts(state: State, account: Document, password: str) -> bool:
    """Whether `password` opens the account; a good legacy password is kept in native form from then on."""
    if "password" in account:
        _store(state, account, account["password"])
    if "passwordHash" in account:
        return passwords.matches(password, account["passwordHash"])
    legacy = account.get("legacyAuth")
    if legacy is None or not passwords.matches_legacy(password, legacy, account["id"]):
        return False
    _store(state, account, password)
    return True


def set_password(state: State, account: Document, password: str, *, initial: bool = False) -> None:
    """Give the account a password; `initial` marks one that an employee chose."""
    account["initialPassword"] = initial
    _store(state, account, password)


def rename(state: State, account: Document, email: str) -> None:
    """Let the account log in with another e-mail; 409 for one in use."""
    if email.lower() != account["id"].lower() and email.lower() in accounts(state):
        raise duplicate(state, email)
    accounts(state).delete(account["id"].lower())
    accounts(state).put(email.lower(), {**account, "id": email})


def _store(state: State, account: Document, password: str) -> None:
    account.pop("password", None)
    account.pop("legacyAuth", None)
    account["passwordHash"] = passwords.hash_password(password, state.ids.token(_SALT_LENGTH))
    accounts(state).put(account["id"].lower(), account)
