"""What happens elsewhere: a checkout that turned a quote into an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.rules.quotes import ACCEPTED
from emporix_mock.services.quote.declared import QUOTES, service
from emporix_mock.services.quote.history import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State


@service.on("checkout.completed")
def ordered(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A quote that was checked out is accepted."""
    quote = state.collection(QUOTES.collection).get(str(payload.get("quoteId") or ""))
    if quote is None or quote.get("orderId"):
        return
    new = {**quote, "status": {"value": ACCEPTED}, "orderId": payload.get("orderId")}
    if quote["status"]["value"] != ACCEPTED:
        note(
            ctx, state, quote, "REPLACE", "/status", new={"value": ACCEPTED}, old=quote["status"], system=True
        )
    else:
        new["status"] = quote["status"]
    crud.write(QUOTES, ctx, state, new, quote)
