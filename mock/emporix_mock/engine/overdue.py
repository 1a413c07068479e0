"""Documents whose time is over, found without a look at those whose time is still to come."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.sorting import Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.store.documents import Document, Documents

    Moment = Callable[[Document], Any]


def overdue(documents: Documents, moment: Moment, now: Any) -> list[str]:
    """The ids of documents whose `moment` lies before `now`, the earliest first.

    `moment` is a function that stays the same and gives what can be compared with `now`, None for a
    document that has no end; documents that it is given are only to be looked at.
    """

    def of(key: str) -> Any:
        return moment(documents.peek(key) or {})

    order = Order([lambda document: _rank(moment(document))], [False])
    keys = documents.remembered(
        ("overdue", moment),
        lambda: order.sorted(documents, [key for key in documents.ids() if of(key) is not None]),
        lambda found, changes: order.mended(documents, found, changes, lambda key, _: of(key) is not None),
    )
    return list(takewhile(lambda key: of(key) < now, keys))


def _rank(moment: Any) -> tuple[int, Any]:
    """What has no end stands before all that has: there a change looks for what it was."""
    return (0, 0) if moment is None else (1, moment)
