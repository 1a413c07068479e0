"""Labels: plain documents that a shop prints on products, with an image from the media service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform.assets import with_image

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

service = Service("label-service")

DUPLICATE = service.rule("duplicate-id", 409, source="label document, conflict of creating a label")


def _body(status: int, message: str, detail: str) -> Document:
    details = {"message": detail, "moreInfo": ""}
    return {
        "status": status,
        "type": "application/json",
        "message": message,
        "moreInfo": "",
        "details": details,
    }


def missing(label_id: str, message: str = "Label not Found.") -> EmporixError:
    """404 in the words of the label document."""
    return NotFound(body=_body(404, message, f"Couldn't find a label with id '{label_id}'"))


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    return with_image(ctx, state, "LABEL", document)


def _announce(_ctx: RequestContext, state: State, old: Document | None, _new: Document | None) -> None:
    """Tell the product service of a change; an event of the mock's own, for there is no documented one."""
    if old is not None:
        state.emit("label.changed", {"id": old["id"]})


LABELS = service.resource(
    Resource(
        path="/label/labels",
        collection="labels",
        version=0,
        lock="ignored",
        present=_present,
        after=_announce,
        missing=missing,
    )
)


@service.operation("GET-label-list-labels")
def list_labels(ctx: RequestContext, state: State) -> Result:
    """A page of the labels; on request only those that are printed on products."""
    asked = {"printed": _printed} if ctx.query.get("justOverlay") else {}
    return crud.listing(LABELS, ctx, state, tests=asked)


def _printed(label: Document) -> bool:
    return bool((label.get("overlay") or {}).get("position", 0) >= 1)


@service.operation("POST-label-create-label")
def create(ctx: RequestContext, state: State) -> Document:
    """Store a new label."""
    body = crud.accepted(ctx, LABELS)
    own = body.get("id")
    if own and crud.find(LABELS, ctx, state, own) is not None:
        text = f"Duplicate label with id '{own}' on tenant '{ctx.tenant}'."
        raise DUPLICATE(body=_body(409, "Label already exists.", text))
    return LABELS.answer(ctx, state, crud.create(LABELS, ctx, state, body))


@service.operation("PUT-label-update-label")
def replace(ctx: RequestContext, state: State) -> Document:
    """Replace a label."""
    _exists(ctx, state)
    body = crud.accepted(ctx, LABELS)
    document, _ = crud.replace(LABELS, ctx, state, ctx.path["labelId"], body, upsert=False)
    return LABELS.answer(ctx, state, document)


@service.operation("PATCH-label-update-label")
def patch(ctx: RequestContext, state: State) -> Document:
    """Merge into a label."""
    _exists(ctx, state)
    document = crud.patch(LABELS, ctx, state, ctx.path["labelId"], crud.accepted(ctx, LABELS))
    answer = LABELS.answer(ctx, state, document)
    ctx.about.check_document(answer)
    return answer


def _exists(ctx: RequestContext, state: State) -> None:
    if crud.find(LABELS, ctx, state, ctx.path["labelId"]) is None:
        raise missing(ctx.path["labelId"], "Label not Updated.")
