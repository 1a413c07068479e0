"""A generic resource: a collection path of a document and the little that the document cannot say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from emporix_mock.engine import mixins, translation
from emporix_mock.engine.wordings import outdated
from emporix_mock.errors import BadRequest, Conflict, Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.ownership import OfVendor, Owner
    from emporix_mock.engine.translation import Languages
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

    Prepare = Callable[[RequestContext, State, Document, Document | None], None]
    Present = Callable[[RequestContext, State, Document], Document]
    Visible = Callable[[RequestContext, State, Document], bool]
    After = Callable[[RequestContext, State, Document | None, Document | None], None]
    Expand = Callable[[RequestContext, State, Document], None]
    Exists = Callable[[RequestContext, State, Any], bool]
    NewId = Callable[[RequestContext, State, Document], str]
    Seen = Callable[[RequestContext, State], Mapping[str, tuple[Any, ...]] | None]
    Wording = Callable[[str], EmporixError]
    Payload = Callable[[RequestContext, State, Document | None, Document | None], Document]


PARENT = "_parent"

Metadata = Literal["nested", "flat", "top", "times"]
Lock = Literal["optional", "required", "ignored"]
Dialect = Literal["json", "JSON", "Json"]


def missing(key: str) -> EmporixError:
    """The plain 404 of a resource without wording of its own."""
    return NotFound(f"Resource with id {key} not found.", type="resource_not_found")


def duplicate(key: str) -> EmporixError:
    """The plain 409 for an id, or another unique value, that is taken."""
    return Conflict(
        f"Resource with id {key} already exists.", type="conflict_resource", rule="engine/duplicate-id"
    )


def stale(key: str) -> EmporixError:
    """The plain 409 for an update of a version that is no longer current (conventions, section 9)."""
    return Conflict(
        outdated(key),
        type="conflict_resource",
        rule="engine/stale-version",
    )


def unversioned(key: str) -> EmporixError:
    """The plain 400 for an update that has to name the version it is of."""
    del key
    return BadRequest(
        "The document version has to be provided on update operations.",
        type="validation_violation",
        details=[Detail("metadata.version is missing", "metadata.version", "missing_field")],
        rule="engine/version-required",
    )


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of document, served at every plain operation that the document of the service has for it.

    What the document says is taken from it: success statuses; whether a create answers the id alone,
    with its `yrn`, under `code`, the whole document, a list or nothing; whether PUT creates; whether
    DELETE of something absent is a 404; default page size, and whether lists come in pages at all; which
    query parameters filter; what a body may write (other members are dropped, and a PUT keeps what it
    cannot write); the patch dialect; the members of bulk entries. A handler of the service's own for an
    operation wins over the resource. After a PATCH the document must satisfy the read schema, else 400.

    Where. `path` is the collection path: GET lists, POST creates, DELETE removes all (or those listed in
    the body); `path/search` POST; `path/bulk` POST, PUT, PATCH, DELETE; `item` (default `path/{…}`): GET
    reads, PUT replaces, PATCH, DELETE, POST creates. HEAD goes with GET. `operations` maps further
    operation ids to verbs (`engine.binding.VERBS`). `collection` names the stored collection, `key` the
    field that holds the id; `item_id` says how path parameters make the id (`{site}:{productId}`; default
    the last of them). `parent` names the path parameters that the documents stand below; they are stored
    under `<parent>/<id>` with the parent in `_parent`. `under` is the resource of the parent, whose 404
    answers every operation below a parent that is not there or not to be seen. `from_path` maps dotted
    fields to path parameters: written into the document, and equal in lists below such a path.

    Create. `new_id` is a method of the id source (`object_id`, `uuid`, `hex:10`, `digits:8`, `token:20`),
    "given" where the body must bring it, or a function. `id_pattern` is what an id chosen by the client
    must match where the schema does not say it. `yrn` is a pattern with `{tenant}` and `{id}`.
    `unique` lists fields (or tuples of fields) that are taken
    once below a parent; localized ones by language. `defaults` fill in absent members on create and
    replace. `owned` are dotted members that only the server writes, `fixed` ones that only a create sets.

    Metadata and locking. `version` is what a new document starts with, None for documents without
    metadata. `metadata` is where it stands: `nested` (`metadata.version`, `.createdAt`, `.modifiedAt`),
    `flat` (`metadataVersion`, `metadataCreatedAt`, `metadataModifiedAt`), `top` (`version` beside the
    other members), or `times` (nested, without version); `modified` is the name of the last of the nested
    ones (catalog: `updatedAt`). `lock`: a version given on update must be the
    current one, else `stale`; `required` refuses an update without it by `unversioned`, `ignored` never
    looks. `missing`, `duplicate`, `stale`, `unversioned` word the refusals; what `stale` returns decides
    between 409 and 404. `not_latest` takes its place where the refusal names the version asked for.

    Patch. `patch` is the dialect of PATCH with a list (`json` lower-case operations, `JSON` upper-case,
    `Json` both; None: as the document spells them). An object always merges, so does PUT with
    `partial=true`. `patch_parents` is `create_parents` of `engine.patching`.

    Lists. `page_size` where the document has no default; `first_page` the number of the first page.
    `total_header` carries the number of matches when asked, or always (`total_always`). `default_sort` as
    the parameter `sort`; `sortable` the only fields that may be sorted by. `keep` stays whatever `fields`
    asks for. `compound` allows `compoundLogicalQuery`. `filters` says for a query parameter, beside those
    that the document tells, what it does: `path` equality, `~path` contains (any case), `>path` and other
    comparisons, `,path` any of a comma list, empty: it does not filter. `expand` completes the answer in
    place for a value of the parameter `expand`.

    Languages. `localized` are dotted fields stored as maps; `languages` how headers read and write them.

    Rules and effects. `references` maps a dotted field to the "collection", the "service/collection" or
    a function that must know its value (400). `held_by` maps collections to the field (or `PARENT`) by
    which they hang on the document: while there are any, DELETE is refused (`held`) unless forced; then,
    as those of `cascade` always, they go with it. `event` is the prefix of `.created`, `.updated`,
    `.deleted` (`site.site-` gives `site.site-created`); it tells the document, of one that is gone the id,
    or what `payload` makes of old and new. `mixins` checks
    mixins against their schemas. `owner` limits callers to their own documents, `restriction` names the
    field that a restricted scope compares. `vendor` limits callers bound to a vendor to its documents and
    marks what they write.

    Bulk. At most `bulk_limit` items, numbered from `bulk_base`; `bulk_status` is `phrase`,
    `upper` (`NO_CONTENT`) or `ok`: "OK" for every success that made nothing.

    Hooks: `prepare` completes or refuses the new document before it is stored (old is None on create);
    `present` turns the stored form into the answer; `visible` hides documents from the caller, and
    `sees_all` says that it would hide none, so that a page is cut before anything is read, and `seen`
    by what an index finds all that it shows (dotted fields with values; None: ask `visible`), `seen_by`
    all that it looks at beside the document, so that what it shows is remembered; `after` has the effects
    of a write (old, new; new is None on delete).
    """

    path: str
    collection: str
    key: str = "id"
    new_id: str | NewId = "object_id"
    parent: str | tuple[str, ...] | None = None
    under: Resource | None = None
    version: int | None = 1
    page_size: int = 60
    total_header: str = "X-Total-Count"
    total_always: bool = False
    localized: tuple[str, ...] = ()
    prepare: Prepare | None = None
    present: Present | None = None
    visible: Visible | None = None
    sees_all: Callable[[RequestContext], bool] | None = None
    seen: Seen | None = None
    seen_by: Callable[[RequestContext, State], object] | None = None
    after: After | None = None
    missing: Wording = missing
    duplicate: Wording = duplicate
    stale: Wording = stale
    not_latest: Callable[[str, Any], EmporixError] | None = None
    unversioned: Wording = unversioned
    item: str | None = None
    item_id: str | None = None
    from_path: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    id_pattern: str | None = None
    yrn: str | None = None
    unique: tuple[str | tuple[str, ...], ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    owned: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    metadata: Metadata = "nested"
    modified: str = "modifiedAt"
    lock: Lock = "optional"
    patch: Dialect | None = None
    patch_parents: bool = False
    first_page: int = 1
    default_sort: str | None = None
    sortable: frozenset[str] | None = None
    keep: tuple[str, ...] = ()
    compound: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    expand: Mapping[str, Expand] = field(default_factory=dict)
    languages: Languages = translation.GENERAL
    references: Mapping[str, str | Exists] = field(default_factory=dict)
    held_by: Mapping[str, str] = field(default_factory=dict)
    held: Wording | None = None
    cascade: Mapping[str, str] = field(default_factory=dict)
    event: str | None = None
    payload: Payload | None = None
    mixins: Prepare | None = mixins.check
    owner: Owner | None = None
    restriction: str | None = None
    vendor: OfVendor | None = None
    bulk_limit: int = 200
    bulk_base: int = 0
    bulk_status: Literal["phrase", "upper", "ok"] = "phrase"

    @property
    def parents(self) -> tuple[str, ...]:
        """The path parameters that the documents stand below."""
        if self.parent is None:
            return ()
        return (self.parent,) if isinstance(self.parent, str) else self.parent

    def parent_of(self, ctx: RequestContext) -> str | None:
        """What the documents of this request stand below."""
        if self.parent is None:
            return None
        if isinstance(self.parent, str):
            return ctx.path[self.parent]
        return "/".join(ctx.path[name] for name in self.parent)

    def key_of(self, ctx: RequestContext, own: Any) -> str:
        """The stored key: the id, below its parent's where there is one."""
        return str(own) if self.parent is None else f"{self.parent_of(ctx)}/{own}"

    def id_in(self, ctx: RequestContext) -> str:
        """The id that the path of this request names."""
        if self.item_id is not None:
            return self.item_id.format(**ctx.path)
        return list(ctx.path.values())[-1]

    def yrn_of(self, ctx: RequestContext, own: Any) -> str | None:
        """The resource name of a document."""
        return self.yrn.format(tenant=ctx.tenant, id=own) if self.yrn else None

    # Who sees what.

    def visible_to(self, ctx: RequestContext, state: State, document: Document) -> bool:
        """Whether the caller may see the document."""
        if self.owner is not None:
            limit = self.owner.limit(ctx)
            if limit is not None and not limit.holds(document):
                return False
            if self.restriction and not self._unrestricted(self.owner, ctx, document):
                return False
        if self.vendor is not None:
            bound = self.vendor.limit(ctx)
            if bound is not None and not bound.holds(document):
                return False
        return self.visible is None or self.visible(ctx, state, document)

    def hides_from(self, ctx: RequestContext) -> bool:
        """Whether there may be documents that the caller cannot see."""
        limited = self.visible is not None and (self.sees_all is None or not self.sees_all(ctx))
        bound = self.vendor is not None and self.vendor.limit(ctx) is not None
        return limited or bound or self.owner is not None

    @property
    def as_stored(self) -> bool:
        """Whether every caller reads documents in their stored form."""
        return not (self.present or self.expand or self.localized or self.parent)

    def _unrestricted(self, owner: Owner, ctx: RequestContext, document: Document) -> bool:
        allowed = owner.restrictions(ctx)
        return allowed is None or document.get(self.restriction or "") in (None, *allowed)

    def hidden(self, key: str) -> EmporixError:
        """The refusal of a document that the caller may not see."""
        foreign = self.owner.foreign if self.owner else None
        return self.missing(key) if foreign is None else foreign(key)

    # What the caller reads.

    def answer(self, ctx: RequestContext, state: State, document: Document) -> Document:
        """The document as the caller reads it."""
        document.pop(PARENT, None)
        if self.present is not None:
            document = self.present(ctx, state, document)
        if self.expand:
            self._expand(ctx, state, document)
        if self.localized:
            reading = translation.reading(self.languages, ctx, state)
            document = translation.shown(reading, self.localized, document)
        return document

    def _expand(self, ctx: RequestContext, state: State, document: Document) -> None:
        for name in str(ctx.query.get("expand") or "").split(","):
            complete = self.expand.get(name.strip())
            if complete is not None:
                complete(ctx, state, document)
