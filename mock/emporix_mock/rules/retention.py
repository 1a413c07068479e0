"""How long imported legacy password hashes are kept, as dates.

Dates are calendar days in UTC. The rules are those of the migration operations' texts.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTICE: Final = timedelta(days=7)


class InvalidDate(ValueError):  # named for what the caller meets
    """`field` holds a day that cannot be: `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


def completed(wish: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The configuration that `wish` asks for, reminder day and notifications filled in.

    Raises `InvalidDate` for an end that is not in the future and for a reminder that is over or not
    before the end.
    """
    end = date.fromisoformat(wish["retentionEndDate"])
    if end <= today:
        raise InvalidDate("retentionEndDate", "must be in the future")
    given = wish.get("emailReminderDate")
    reminder = date.fromisoformat(given) if given else max(end - NOTICE, today + timedelta(days=1))
    if given and not today <= reminder < end:
        raise InvalidDate("emailReminderDate", "must not be over and must be before retentionEndDate")
    return {
        "retentionEndDate": end.isoformat(),
        "emailReminderDate": reminder.isoformat(),
        "emailNotificationsEnabled": wish.get("emailNotificationsEnabled", True),
    }


def is_active(config: Mapping[str, Any] | None, today: date) -> bool:
    """Whether legacy hashes may be imported and used: a configuration exists and has not ended."""
    return config is not None and today < date.fromisoformat(config["retentionEndDate"])


def reminder_due(config: Mapping[str, Any], today: date) -> bool:
    """Whether the day of the reminder has come."""
    return today >= date.fromisoformat(config["emailReminderDate"])
