"""How many deliveries a month had, and the door to the provider's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emporix_mock.services.webhook_service.declared import BAD_MONTH, COUNTS, LIMIT, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NO_LIMIT = 2_147_483_647


def month_of(state: State) -> str:
    """The present month."""
    return state.now().strftime("%Y-%m")


def limit(ctx: RequestContext) -> int:
    """The most deliveries of a month."""
    chosen = ctx.switch(LIMIT)
    return NO_LIMIT if chosen == "none" else int(chosen)


def sent(state: State, month: str) -> int:
    """The successful deliveries of a month."""
    return int((state.collection(COUNTS).get(month) or {}).get("count", 0))


def count(state: State) -> None:
    """Note a successful delivery."""
    month = month_of(state)
    state.collection(COUNTS).put(month, {"month": month, "count": sent(state, month) + 1})


@service.operation("GET-webhook-retrieve-statistics")
def read(ctx: RequestContext, state: State) -> Document:
    """The months asked for, the latest first; without a range those that had deliveries, and this one."""
    first, last = ctx.query.get("fromYearMonth"), ctx.query.get("toYearMonth")
    for given in (first, last):
        if given is not None and not MONTH.fullmatch(given):
            raise BAD_MONTH("Months are written as YYYY-MM.", details=[given])
    known = {*state.collection(COUNTS).ids(), month_of(state)}
    if first is not None:
        known.update(_between(first, last or month_of(state)))
    months = [m for m in known if (first is None or m >= first) and (last is None or m <= last)]
    return {
        "monthStatistics": [
            {"statisticsMonth": month, "succesfullySentWebhooks": sent(state, month)}
            for month in sorted(months, reverse=True)
        ],
        "webhooksLimit": limit(ctx),
    }


def _between(first: str, last: str) -> list[str]:
    start, stop = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
    # A century is more than anybody asks for, and keeps a slip of the keyboard from a giant answer.
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, min(stop, start + 1200) + 1)]


@service.operation("GET-webhook-access-tenant-svix")
def dashboard(_ctx: RequestContext, state: State) -> Document:
    """A link to the provider's portal, which a mock has not; it only looks like one."""
    token = f"appsk_{state.ids.token(32)}"
    return {"url": f"https://app.svix.com/login#key={token}", "token": token}
