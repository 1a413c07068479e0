"""A generic resource: a collection path of a document and the little that the document cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import Conflict, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

    Prepare = Callable[[RequestContext, State, Document, Document | None], None]
    Present = Callable[[RequestContext, State, Document], Document]
    Visible = Callable[[RequestContext, State, Document], bool]
    After = Callable[[RequestContext, State, Document | None, Document | None], None]
    Wording = Callable[[str], EmporixError]


PARENT = "_parent"


def missing(key: str) -> EmporixError:
    """The plain 404 of a resource without wording of its own."""
    return NotFound(f"Resource with id {key} not found.", type="resource_not_found")


def duplicate(key: str) -> EmporixError:
    """The plain 409 for an id that is taken."""
    return Conflict(
        f"Resource with id {key} already exists.", type="conflict_resource", rule="engine/duplicate-id"
    )


def stale(key: str) -> EmporixError:
    """The plain 409 for an update of a version that is no longer current (conventions, section 9)."""
    return Conflict(
        f"The resource that was requested for update with id = {key} has changed. "
        "Please retry your request with valid version",
        type="conflict_resource",
        rule="engine/stale-version",
    )


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of document.

    `path` is the collection path in the document; the operations on it and on `path/{id}` are served
    from it. `collection` names the stored collection, `key` the field that holds the id, `new_id`
    the method of the id source (`object_id`, `uuid`) or "given" where the body must bring it.
    `parent` names a path parameter whose value scopes the documents (addresses of a customer).
    `version` is the number a new document starts with; None for documents without `metadata`.

    Hooks: `prepare` completes or refuses the new document before it is stored (old is None on
    create); `present` turns the stored form into the answer; `visible` hides documents from the
    caller; `after` has the effects of a write (old, new; new is None on delete).
    """

    path: str
    collection: str
    key: str = "id"
    new_id: str = "object_id"
    parent: str | None = None
    version: int | None = 1
    page_size: int = 60
    total_header: str = "X-Total-Count"
    total_always: bool = False
    localized: tuple[str, ...] = ()
    prepare: Prepare | None = None
    present: Present | None = None
    visible: Visible | None = None
    after: After | None = None
    missing: Wording = missing
    duplicate: Wording = duplicate
    stale: Wording = stale

    def visible_to(self, ctx: RequestContext, state: State, document: Document) -> bool:
        """Whether the caller may see the document."""
        return self.visible is None or self.visible(ctx, state, document)

    def answer(self, ctx: RequestContext, state: State, document: Document) -> Document:
        """The document as the caller reads it."""
        document.pop(PARENT, None)
        return document if self.present is None else self.present(ctx, state, document)

    def key_of(self, ctx: RequestContext, own: Any) -> str:
        """The stored key: the id, below its parent's where there is one."""
        return f"{ctx.path[self.parent]}/{own}" if self.parent else str(own)
