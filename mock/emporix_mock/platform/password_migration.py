"""Imported accounts with a legacy hash, and the tenant's time limit for them.

What happens on a day (reminders, the end) happens at the first request that could notice: a login, an
import, a look at the configuration. No timer runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.platform import credentials, mails
from emporix_mock.rules import retention

if TYPE_CHECKING:
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State

SERVICE: Final = "customer-service"
_KEY: Final = "config"


def configuration(state: State) -> Document | None:
    """The time limit as stored: the three members of the wire, `reminded` and `concluded`."""
    return _collection(state).get(_KEY)


def configure(state: State, config: Document | None) -> None:
    """Set or (None) remove the time limit."""
    if config is None:
        _collection(state).delete(_KEY)
    else:
        _collection(state).put(_KEY, {**config, "reminded": False, "concluded": False})


def unmigrated(state: State) -> list[Document]:
    """The accounts that still have a legacy hash."""
    return [account for account in credentials.accounts(state).scan() if "legacyAuth" in account]


def is_open(state: State) -> bool:
    """Whether legacy hashes may be imported now."""
    return retention.is_active(configuration(state), state.now().date())


def catch_up(state: State) -> None:
    """Do what the days since the last look have brought: the reminder, then the end."""
    config = configuration(state)
    if config is None or config.get("concluded"):
        return
    today = state.now().date()
    if not retention.is_active(config, today):
        _conclude(state, config)
    elif not config.get("reminded") and retention.reminder_due(config, today):
        if config["emailNotificationsEnabled"]:
            for account in unmigrated(state):
                mails.notify(state, "password-migration-reminder", account["id"], account["customerNumber"])
        _collection(state).put(_KEY, {**config, "reminded": True})


def _conclude(state: State, config: Document) -> None:
    for account in unmigrated(state):
        account.pop("legacyAuth")
        credentials.accounts(state).put(account["id"].lower(), account)
        if config["emailNotificationsEnabled"]:
            mails.send_reset(state, account["id"], account["customerNumber"])
    _collection(state).put(_KEY, {**config, "concluded": True})


def _collection(state: State) -> Documents:
    return state.world.state(SERVICE).collection("retention")
