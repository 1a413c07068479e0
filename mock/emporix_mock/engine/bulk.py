"""Many documents in one request: every item for itself, 207 with one entry each (conventions, section 12).

What is wrong with the request as a whole (no list, too many items) is its 400; what is wrong with an
item, by the document or by a rule, is its entry.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import BadRequest, Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.world import State

    One = Callable[[Any], tuple[int, str | None]]


def run(resource: Resource, ctx: RequestContext, state: State, items: Any, one: One) -> Result:
    """Do `one` for every item; it gives the status and the id for the entry, or raises its refusal.

    Where the operation answers without entries (price lists), what is not there is passed over and any
    other refusal is the answer.
    """
    check_size(items, resource.bulk_limit)
    if ctx.about.success != 207:
        for item in items:
            _quietly(ctx, item, one)
        return Result(ctx.about.success)
    entries = [
        _entry(resource, ctx, state, index, item, one) for index, item in enumerate(items, resource.bulk_base)
    ]
    return Result(207, entries)


def check_size(items: Any, limit: int, least: int = 0) -> None:
    """400 for a body that is no list, or one of more items than `limit` or fewer than `least`."""
    if not isinstance(items, list):
        text = "The payload must be an array."
    elif len(items) > limit:
        text = f"Maximum size of the payload array is {limit}."
    elif len(items) < least:
        text = f"Minimum size of the payload array is {least}."
    else:
        return
    raise BadRequest(
        SEE_DETAILS,
        type="validation_violation",
        details=[Detail(text, None, "invalid_field")],
        extra={"status": "BAD_REQUEST"},
        rule="engine/bulk-size",
    )


def _quietly(ctx: RequestContext, item: Any, one: One) -> None:
    ctx.about.check_item(item)
    try:
        one(item)
    except NotFound:
        return


def _entry(
    resource: Resource, ctx: RequestContext, state: State, index: int, item: Any, one: One
) -> dict[str, Any]:
    try:
        ctx.about.check_item(item)
        with state.world.unit():
            status, own = one(item)
    except EmporixError as error:
        return _shaped(resource, ctx, index, error.status, _id_of(resource, item), error)
    return _shaped(resource, ctx, index, status, own, None)


def _id_of(resource: Resource, item: Any) -> str | None:
    own = item.get(resource.key) if isinstance(item, dict) else item
    return own if isinstance(own, str) else None


def _shaped(
    resource: Resource, ctx: RequestContext, index: int, status: int, own: str | None, error: Any
) -> dict[str, Any]:
    """An entry with the members that the document gives it."""
    phrase = HTTPStatus(status).phrase
    entry: dict[str, Any] = {
        "index": index,
        "id": own,
        "code": status,
        "status": _status(resource, status, phrase),
    }
    if error is not None:
        entry |= {"message": error.message, **error.extra}
        if error.details:
            messages = [detail.message for detail in error.details]
            entry["details"] = (
                [{"message": message} for message in messages] if ctx.about.entry_details else messages
            )
    elif ctx.about.entry_message:
        entry["message"] = phrase
    names = ctx.about.shape(207).names
    return {name: value for name, value in entry.items() if value is not None and name in names}


def _status(resource: Resource, status: int, phrase: str) -> str:
    if resource.bulk_status == "upper":
        return phrase.upper().replace(" ", "_")
    return "OK" if resource.bulk_status == "ok" and status in (200, 204) else phrase


# The verbs.


def create(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """Create every item."""

    def one(item: Any) -> tuple[int, str | None]:
        body = crud.accepted(ctx, resource, item)
        if resource.item_id is not None:
            body.setdefault(resource.key, item_key(resource, item))
        document = crud.create(resource, ctx, state, body)
        return 201, str(document[resource.key])

    return run(resource, ctx, state, ctx.body, one)


def replace(resource: Resource, ctx: RequestContext, state: State, *, upsert: bool) -> Result:
    """Replace every item, or create it where PUT of a single one would."""

    def one(item: Any) -> tuple[int, str | None]:
        body = crud.accepted(ctx, resource, item)
        own = item_key(resource, item)
        if own is None and upsert:
            return 201, str(crud.create(resource, ctx, state, body)[resource.key])
        key = _required(resource, own)
        _, created = crud.replace(resource, ctx, state, key, body, upsert=upsert, writable=ctx.about.writable)
        return (201 if created else 204), key

    return run(resource, ctx, state, ctx.body, one)


def patch(resource: Resource, ctx: RequestContext, state: State) -> Result:
    """Patch every item: its members beside the id, or the operations under `data`."""

    def one(item: Any) -> tuple[int, str | None]:
        key = _required(resource, item_key(resource, item))
        change = item.get("data")
        if not isinstance(change, list):
            change = {n: v for n, v in crud.accepted(ctx, resource, item).items() if n != resource.key}
        crud.patch(resource, ctx, state, key, change)
        return 204, key

    return run(resource, ctx, state, ctx.body, one)


def delete(resource: Resource, ctx: RequestContext, state: State, *, absent: bool) -> Result:
    """Delete every item that is named by its id, or by the members that make it.

    `absent` says that what is not there counts as deleted.
    """

    def one(item: Any) -> tuple[int, str | None]:
        key = _required(resource, item_key(resource, item) if isinstance(item, dict) else str(item))
        try:
            crud.delete(resource, ctx, state, key)
        except NotFound:
            if not absent:
                raise
        return 204, key

    return run(resource, ctx, state, ctx.body, one)


def item_key(resource: Resource, item: Any) -> str | None:
    """The id of an item: its own, or made of the members that `item_id` names."""
    if not isinstance(item, dict):
        return None
    own = item.get(resource.key)
    if own is None and resource.item_id is not None:
        try:
            return resource.item_id.format(**item)
        except KeyError:
            return None
    return None if own is None or own == "" else str(own)


def _required(resource: Resource, key: str | None) -> str:
    if key is None:
        raise BadRequest(
            SEE_DETAILS,
            type="validation_violation",
            details=[Detail(f"{resource.key} must not be null", resource.key, "missing_field")],
            rule="engine/id-required",
        )
    return key
