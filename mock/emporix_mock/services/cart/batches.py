"""Many items in one request, each for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.context import Result
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import EmporixError
from emporix_mock.services.cart import lines
from emporix_mock.services.cart.access import changeable
from emporix_mock.services.cart.declared import BATCH_SIZE, refused, service
from emporix_mock.services.cart.items import location, made
from emporix_mock.services.cart.stored import changed, item_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MOST_ADDED: Final = 200
MOST_CHANGED: Final = 50
PHRASES: Final = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


@service.operation("POST-cart-add-multiple-items-to-cart")
def add(ctx: RequestContext, state: State) -> Result:
    """Put up to 200 items into a cart; each has its entry with a status of its own.

    One that breaks the document spoils the request: the entries of this operation come with 200.
    """
    given = _items(ctx, MOST_ADDED)
    cart = changeable(ctx, state)
    entries = []
    for index, body in enumerate(given):
        try:
            with state.world.unit():
                item = lines.add(ctx, state, cart, body)
        except EmporixError as error:
            entries.append({"index": index, "status": error.status, "errorMessage": _text(error)})
            continue
        named = made(ctx, item)
        place = {"location": location(cart, item)}
        entries.append(
            {"index": index, "status": 201, "id": item["id"], "headers": place, "yrn": named["yrn"]}
        )
    if any(entry["status"] == 201 for entry in entries):
        changed(state, cart)
    return Result(200, entries)


@service.operation("PUT-cart-update-multiple-items-in-cart", per_item=True)
def update(ctx: RequestContext, state: State) -> Result:
    """Replace up to 50 items of a cart."""
    given = _items(ctx, MOST_CHANGED)
    cart = changeable(ctx, state)
    entries = [_replaced(ctx, state, cart, index, body) for index, body in enumerate(given)]
    if any(entry["code"] == 204 for entry in entries):
        changed(state, cart)
    return Result(207, entries)


def _replaced(ctx: RequestContext, state: State, cart: Document, index: int, body: Any) -> Document:
    own = body.get("id") if isinstance(body, dict) else None
    entry: Document = {"index": index, "id": own} if isinstance(own, str) else {"index": index}
    try:
        ctx.about.check_item(body)
        with state.world.unit():
            lines.change(ctx, state, cart, item_of(state, cart["id"], str(own)), body, partial=False)
    except EmporixError as error:
        phrase = PHRASES.get(error.status, "Error")
        entry |= {"code": error.status, "status": phrase, "message": error.message or phrase}
        details = [detail.message for detail in error.details]
        return {**entry, "details": details} if details else entry
    return {**entry, "code": 204, "status": "No Content"}


def _items(ctx: RequestContext, most: int) -> list[Any]:
    ctx.about.check_payload(ctx.body)
    given = [] if ctx.body is None else ctx.body
    if not isinstance(given, list):
        raise refused(BATCH_SIZE, PROBLEMS, "The payload must be an array.")
    if len(given) > most:
        raise refused(BATCH_SIZE, PROBLEMS, f"Maximum size of the payload array is {most}.")
    return list(given)


def _text(error: EmporixError) -> str:
    details = "; ".join(detail.message for detail in error.details)
    return f"{error.message}: {details}" if details else error.message
