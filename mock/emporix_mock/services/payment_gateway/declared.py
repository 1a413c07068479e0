"""The payment gateway's rules, choices and resources. "Payment facts" are checkout facts, section 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SYNTAX = "The syntax of the request is incorrect."

service = Service("payment-gateway")

DUPLICATE = service.rule("duplicate-code", 409, source="payment facts: one mode of a code")
INVALID = service.rule("invalid-payment", 400, source="payment document: what a payment needs [choice]")
UNSUPPORTED = service.rule("unsupported", 422, source="payment facts, 422")
NEW_MODE = service.switch(
    "new-mode",
    "active",
    "inactive",
    about="whether a payment mode that does not say so is active",
    source="undocumented",
)
PUT_ANSWER = service.switch(
    "put-answer",
    "old",
    "new",
    about="whether PUT of a payment mode answers it as it was or as it is now",
    source="payment facts: the live reply shows the old state",
)
OVERDRAWN = service.switch(
    "too-much",
    "unsuccessful",
    "refused",
    about="capturing or refunding more than there is: 200 with successful:false, or 400",
    source="payment facts: business failures answer 200; the bound is documented, its answer is not",
)


def missing(_key: str) -> EmporixError:
    """404 for a mode or a transaction that is not there."""
    return NotFound("The resource does not exist.")


def _prepare(ctx: RequestContext, _state: State, new: Document, old: Document | None) -> None:
    new.setdefault("active", ctx.switch(NEW_MODE) == "active" if old is None else old.get("active"))
    new.setdefault("configuration", {})


MODES = service.resource(
    Resource(
        path="/payment-gateway/{tenant}/paymentmodes/config",
        collection="modes",
        new_id="uuid",
        version=None,
        unique=("code",),
        prepare=_prepare,
        missing=missing,
        duplicate=lambda _key: DUPLICATE("The resource already exists."),
    )
)
TRANSACTIONS = service.resource(
    Resource(
        path="/payment-gateway/{tenant}/transactions",
        collection="transactions",
        new_id="uuid",
        version=None,
        page_size=50,
        missing=missing,
        present=lambda _ctx, _state, found: {k: v for k, v in found.items() if not k.startswith("_")},
    )
)
service.collection(
    TRANSACTIONS.collection,
    schema="GET-payment-gateway-retrieve-transaction-by-transactionId",
    references={"paymentInformation.paymentMode": "payment-gateway/modes"},
    private=("_order", "_amount", "_approval"),
)
CARDS = service.collection("cards", key="id", new_id="given")
"""How the scripted provider treats a card, by its token."""
