"""Mails to customers. Nothing is sent: a mail is a document that tests and the control API can read.

One-time tokens reach a customer by mail alone (identity facts, section 2.2), so this is where they are:
`{type, email, token, customerNumber, at, status}`, stored under the token. `status` is open, used or,
once a newer mail of the same type went to the same customer, replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

SERVICE: Final = "customer-management"
COLLECTION: Final = "mails"

Kind = Literal[
    "password-reset",
    "opt-in",
    "email-change",
    "account-activated",
    "password-migration-reminder",
    "order-confirmation",
    "invoice",
]
TOKEN_LENGTH: Final = 64


def send(state: State, kind: Kind, email: str, number: str, **more: Any) -> str:
    """Write a mail with a fresh one-time token, and return that; older tokens of the kind are void."""
    mails = _mails(state)
    for key in mails.find("customerNumber", number):
        older = mails.get(key)
        if older is not None and older["type"] == kind and older["status"] == "open":
            mails.put(key, {**older, "status": "replaced"})
    token = state.ids.token(TOKEN_LENGTH)
    mails.put(token, _mail(state, kind, email, number) | {"token": token, "status": "open"} | more)
    return token


def notify(state: State, kind: Kind, email: str, number: str, **more: Any) -> None:
    """Write a mail that asks for nothing and so carries no token."""
    _mails(state).put(state.ids.uuid(), _mail(state, kind, email, number) | more)


def send_reset(state: State, email: str, number: str, site: str | None = None) -> None:
    """Write a mail with a token for a new password and tell the world, as `customer.password-reset`."""
    where = {"site": site} if site else {}
    token = send(state, "password-reset", email, number, **where)
    payload = {"email": email, "token": token, "tenant": state.tenant, **where}
    state.emit("customer.password-reset", payload)


def take(state: State, kind: Kind, token: str) -> Document | None:
    """Use up a token: its mail, or None where no open mail of the kind has it."""
    mail = _mails(state).get(token)
    if mail is None or mail["type"] != kind or mail.get("status", "open") != "open":
        return None
    _mails(state).put(token, {**mail, "status": "used"})
    return mail


def _mail(state: State, kind: Kind, email: str, number: str) -> dict[str, Any]:
    return {"type": kind, "email": email, "customerNumber": number, "at": state.timestamp()}


def _mails(state: State) -> Documents:
    return state.world.state(SERVICE).collection(COLLECTION)
