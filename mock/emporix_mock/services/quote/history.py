"""Who changed what of a quote, and quotes whose time is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, jobs
from emporix_mock.engine.overdue import overdue
from emporix_mock.platform import directory
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.quotes import EXPIRED, OPEN
from emporix_mock.services.quote.declared import HISTORY, QUOTES, is_employee, service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def note(
    ctx: RequestContext,
    state: State,
    quote: Document,
    op: str,
    path: str,
    *,
    new: Any = None,
    old: Any = None,
    system: bool = False,
) -> None:
    """Add an entry to the history of a quote."""
    entry = {
        "id": state.ids.object_id(),
        "quoteId": quote["id"],
        "op": op,
        "path": path,
        "newValue": new,
        "previousValue": old,
        **({"userType": "SYSTEM"} if system else _user(ctx, state)),
        "restriction": quote.get("restriction"),
        "modifiedAt": state.timestamp(),
    }
    state.collection(HISTORY.name).put(entry["id"], without_gaps(entry))


def _user(ctx: RequestContext, state: State) -> Document:
    caller = ctx.caller()
    if is_employee(ctx):
        return {"userId": caller.customer_id or caller.client_id or None, "userType": "EMPLOYEE"}
    person = directory.find(state, caller.customer_id or "") or {}
    return {
        "userId": caller.customer_id,
        "userFirstName": person.get("firstName"),
        "userLastName": person.get("lastName"),
        "userType": "CUSTOMER",
    }


def entries_of(state: State, quote_id: str) -> list[Document]:
    """The history of a quote, oldest first."""
    documents = state.collection(HISTORY.name)
    found = (documents.get(key) for key in documents.in_order(documents.find("quoteId", quote_id)))
    return [{k: v for k, v in entry.items() if k != "quoteId"} for entry in found if entry is not None]


def moment_of(text: Any) -> datetime | None:
    """A moment as a quote names it, None for none or one that cannot be read; UTC where no zone is said."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _end(quote: Document) -> datetime | None:
    return moment_of(quote.get("validTo")) if quote["status"]["value"] == OPEN else None


def plan_lapse(state: State, quote: Document) -> None:
    """Let a quote expire when its time comes."""
    moment = moment_of(quote.get("validTo"))
    if moment is not None and moment > state.now():
        jobs.at(state, "lapse", moment)


@service.step("lapse")
def run_lapse(ctx: RequestContext, state: State, _at: datetime, _payload: Mapping[str, Any]) -> None:
    """What `plan_lapse` put off."""
    lapse(ctx, state)


def lapse(ctx: RequestContext, state: State) -> None:
    """Expire the open quotes whose time is over; every operation does so first, for seeded ones too."""
    quotes = state.collection(QUOTES.collection)
    for key in overdue(quotes, _end, state.now()):
        quote = quotes.get(key) or {}
        note(
            ctx, state, quote, "REPLACE", "/status", new={"value": EXPIRED}, old=quote["status"], system=True
        )
        crud.write(QUOTES, ctx, state, {**quote, "status": {"value": EXPIRED}}, quote)
