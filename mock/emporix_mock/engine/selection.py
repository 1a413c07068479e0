"""Which documents a list is about: parents, rights, parameters and `q`, by index where that is possible."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from emporix_mock.engine import filters
from emporix_mock.engine.filters import Condition
from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.rules import UNKNOWN_QUERY_FIELD
from emporix_mock.engine.sorting import sort_documents
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.query import Query
    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.sorting import SortKey
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

    Keep = Callable[[Document], bool]


def parse_query(text: str, *, compound: bool = False, localized: frozenset[str] = frozenset()) -> Query:
    """A `q` filter; a syntax error is Emporix's 400."""
    try:
        return parse(text, compound=compound, localized=localized)
    except QuerySyntaxError as error:
        raise BadRequest(
            error.message,
            type="invalid_query_parameter",
            details=[Detail(error.message, "q", "invalid_query_parameter")],
            rule="engine/query-syntax",
        ) from error


class Selection:
    """The documents that match: stored keys in order of creation, decoded only where a test needs it."""

    def __init__(
        self,
        resource: Resource,
        ctx: RequestContext,
        state: State,
        q: str | None = None,
        keep: Keep | None = None,
    ) -> None:
        """Take in everything that decides: parents, parameters, rights, `q`, `keep`."""
        self.resource = resource
        self.ctx = ctx
        self.state = state
        self.documents = state.collection(resource.collection)
        asked = filters.of_query(resource, ctx)
        self.conditions = asked.conditions
        self._pure = asked.tests  # what depends on the document alone, by what it looks for
        self._others: list[Keep] = []
        parent = resource.parent_of(ctx)
        if parent is not None:
            self.conditions.append(Condition(PARENT, (parent,)))
        self._narrow_by_rights()
        if q:
            self._narrow_by_query(q)
        if keep is not None:
            self._others.append(keep)

    def _narrow_by_rights(self) -> None:
        resource, ctx, state = self.resource, self.ctx, self.state
        if resource.soft_delete and not ctx.query.get("showDeleted"):
            gone = resource.soft_delete
            self._pure["soft_delete"] = lambda document: not document.get(gone)
        limit = resource.owner.limit(ctx) if resource.owner else None
        if limit is not None:
            self.conditions.append(Condition(limit.field, () if limit.value is None else (limit.value,)))
        hiding = resource.visible is not None and (resource.sees_all is None or not resource.sees_all(ctx))
        if hiding or (resource.owner and resource.restriction):
            self._others.append(lambda document: resource.visible_to(ctx, state, document))

    def _narrow_by_query(self, text: str) -> None:
        resource, ctx = self.resource, self.ctx
        query = parse_query(text, compound=resource.compound, localized=frozenset(resource.localized))
        if ctx.switch(UNKNOWN_QUERY_FIELD) == "refuse":
            _check_fields(resource, ctx, query)
        self.conditions += [Condition(path, values) for path, values in query.equalities]
        if not query.exact:
            self._pure["q", text, resource.compound, resource.localized] = query.matches

    @property
    def by_index(self) -> bool:
        """Whether indexes alone tell what matches."""
        return not self._pure and not self._others

    def keys(self) -> list[str]:
        """The stored keys; treat the list as read-only."""
        if self.by_index:
            return self._candidates()
        return self._kept("keys", lambda: [key for key, _ in self._tested()])

    def first(self, count: int) -> list[str]:
        """The first stored keys, without looking for more of them."""
        if self.by_index:
            return self._candidates()[:count]
        return [key for key, _ in islice(self._tested(), count)]

    def sorted(self, keys: tuple[SortKey, ...], language: str | None) -> list[str]:
        """The stored keys in another order."""
        return self._kept(("sort", keys, language), lambda: self._sorted(keys, language))

    def decoded(self) -> list[Document]:
        """Copies of all documents that match."""
        return [document for _, document in self._tested()]

    def _sorted(self, keys: tuple[SortKey, ...], language: str | None) -> list[str]:
        own = self.resource.key
        found = sort_documents(self.decoded(), keys, language, id_field=own)
        return [self.resource.key_of(self.ctx, document[own]) for document in found]

    def _kept(self, what: object, make: Callable[[], list[str]]) -> list[str]:
        """Worked out once for all requests that ask the same, where it does not depend on who asks."""
        if self._others:
            return make()
        return self.documents.remembered((what, *self._pure, *self.conditions), make)

    def _candidates(self) -> list[str]:
        if not self.conditions:
            return self.documents.ids()
        found = [self.documents.among(condition.path, condition.forms) for condition in self.conditions]
        found.sort(key=len)
        first, *others = found
        if not others:
            return first
        rest = [frozenset(keys) for keys in others]
        return [key for key in first if all(key in keys for keys in rest)]

    def _tested(self) -> Iterator[tuple[str, Document]]:
        tests, documents = [*self._pure.values(), *self._others], self.documents
        for key in self._candidates():
            document = documents.get(key)
            if document is not None and all(test(document) for test in tests):
                yield key, document


def _check_fields(resource: Resource, ctx: RequestContext, query: Query) -> None:
    known = ctx.about.shape(ctx.about.success).names
    for name, _ in query.fields:
        head = name.partition(".")[0]
        if known and head not in known and head not in ("_id", resource.key, "metadata", "mixins"):
            raise BadRequest(
                f"Unknown field '{name}' in query",
                type="invalid_query_parameter",
                details=[Detail(f"'{name}' is no field of the resource", "q", "invalid_query_parameter")],
                rule="engine/query-field",
            )
