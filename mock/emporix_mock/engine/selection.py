"""Which documents a list is about: parents, rights, parameters and `q`, by index where that is possible."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import filters
from emporix_mock.engine.context import NOTHING
from emporix_mock.engine.filters import Condition
from emporix_mock.engine.resource import PARENT
from emporix_mock.engine.rules import UNKNOWN_QUERY_FIELD
from emporix_mock.engine.sorting import Order
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.query import Query
    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.sorting import SortKey
    from emporix_mock.store.documents import Changes, Document, Mend
    from emporix_mock.store.world import State

    Keep = Callable[[Document], bool]

MANY = 2000
"""So many documents are looked at without thinking of an index."""


def parse_query(text: str, *, compound: bool = False, localized: frozenset[str] = frozenset()) -> Query:
    """A `q` filter; a syntax error is Emporix's 400."""
    from emporix_mock.engine.query import QuerySyntaxError, parse  # noqa: PLC0415  # many runs ask no `q`

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
        tests: Mapping[Any, Keep] = NOTHING,
        keep: Keep | None = None,
        where: Mapping[str, tuple[Any, ...]] = NOTHING,
    ) -> None:
        """Take in everything that decides: parents, parameters, rights, `q`, `tests`, `keep`, `where`."""
        self.resource = resource
        self.ctx = ctx
        self.state = state
        self.documents = state.collection(resource.collection)
        asked = filters.of_query(resource, ctx)
        self.conditions = asked.conditions
        self._pure = asked.tests  # what depends on the document alone, by what it looks for
        self._query: Query | None = None  # where equalities do not decide it
        self._others: list[Keep] = []
        parent = resource.parent_of(ctx)
        if parent is not None:
            self.conditions.append(Condition(PARENT, (parent,)))
        self._narrow_by_rights()
        if q:
            self._narrow_by_query(q)
        self._narrow_to(where)
        self._pure.update(tests)
        if keep is not None:
            self._others.append(keep)

    def _narrow_by_rights(self) -> None:
        resource, ctx, state = self.resource, self.ctx, self.state
        limit = resource.owner.limit(ctx) if resource.owner else None
        bound = resource.vendor.limit(ctx) if resource.vendor else None
        for own in (limit, bound):
            if own is not None:
                self.conditions.append(Condition(own.field, () if own.value is None else (own.value,)))
        hiding = resource.visible is not None and (resource.sees_all is None or not resource.sees_all(ctx))
        seen = resource.seen(ctx, state) if hiding and resource.seen else None
        if seen is not None:
            self._narrow_to(seen)
            hiding = False
        visible = resource.visible if hiding else None
        if visible is not None and resource.seen_by is not None:
            self._pure["seen", resource.seen_by(ctx, state)] = lambda found: visible(ctx, state, found)
        elif visible is not None:
            self._others.append(lambda found: visible(ctx, state, found))
        allowed = resource.owner.restrictions(ctx) if resource.owner and resource.restriction else None
        if allowed is not None:
            field, values = resource.restriction or "", (None, *allowed)
            self._pure["restricted", allowed] = lambda found: found.get(field) in values

    def _narrow_to(self, where: Mapping[str, tuple[Any, ...]]) -> None:
        self.conditions += [Condition(path, values) for path, values in where.items()]

    def _narrow_by_query(self, text: str) -> None:
        resource, ctx = self.resource, self.ctx
        query = parse_query(text, compound=resource.compound, localized=frozenset(resource.localized))
        if ctx.switch(UNKNOWN_QUERY_FIELD) == "refuse":
            _check_fields(resource, ctx, query)
        self.conditions += [Condition(path, values) for path, values in query.equalities]
        if not query.exact:
            self._query = query
            self._pure["q", text, resource.compound, resource.localized] = query.matches

    @property
    def by_index(self) -> bool:
        """Whether indexes alone tell what matches."""
        return not self._pure and not self._others

    def keys(self) -> list[str]:
        """The stored keys; treat the list as read-only."""
        if self.by_index:
            return self._candidates()
        return self._kept("keys", self._searched, self._tested_again)

    def first(self, count: int) -> list[str]:
        """The first stored keys, without looking for more of them."""
        if self.by_index:
            return self._candidates()[:count]
        if not self._others:
            known = self.documents.known(self._what("keys"), self._tested_again)
            if known is not None:
                return known[:count]
        candidates = self._candidates()
        found = list(islice(self._tested(candidates if self._others else candidates[:MANY]), count))
        return found if self._others or len(found) == count else self.keys()[:count]

    def sorted(self, keys: tuple[SortKey, ...], language: str | None) -> list[str]:
        """The stored keys in another order."""
        order = Order.of(keys, language, self.resource.key)
        return self._kept(
            ("sort", keys, language),
            lambda: order.sorted(self.documents, self.keys()),
            lambda found, changes: order.mended(self.documents, found, changes, self._holds),
        )

    def decoded(self) -> list[Document]:
        """Copies of all documents that match."""
        return [document for key in self.keys() if (document := self.documents.get(key)) is not None]

    def _kept(self, what: object, make: Callable[[], list[str]], mend: Mend | None = None) -> list[str]:
        """Worked out once for all requests that ask the same, where it does not depend on who asks."""
        if self._others:
            return make()
        return self.documents.remembered(self._what(what), make, mend)

    def _what(self, what: object) -> object:
        return (what, *self._pure, *self.conditions)

    def _candidates(self) -> list[str]:
        if not self.conditions:
            return self.documents.ids()
        return self.documents.matching(self._by_index())

    def _by_index(self) -> list[tuple[str, Iterable[Any]]]:
        return [(each.path, each.forms) for each in self.conditions]

    def _searched(self) -> list[str]:
        """What passes the tests; patterns and ranges are asked of values where documents are many."""
        candidates, query, tests = self._candidates(), self._query, dict(self._pure)
        if query is not None and query.searchable and len(candidates) > MANY:
            values = [(each.path, self.documents.values(each.path, each.holds)) for each in query.searches]
            known = [(path, found) for path, found in values if found is not None]
            if len(known) == len(values):
                candidates = self.documents.matching([*self._by_index(), *known])
                tests = {what: test for what, test in tests.items() if test is not query.matches}
        return list(self._tested(candidates, tests.values()))

    def _tested(self, keys: Iterable[str], tests: Iterable[Keep] | None = None) -> Iterator[str]:
        documents = self.documents
        asked = [*(self._pure.values() if tests is None else tests), *self._others]
        if not asked:
            yield from keys
            return
        for key in keys:
            document = documents.get(key)
            if document is not None and all(test(document) for test in asked):
                yield key

    def _tested_again(self, found: list[str], changes: Changes) -> list[str]:
        """What was found, brought up to date for the documents that changed since."""
        return self.documents.mended(found, changes, self._holds)

    def _holds(self, _key: str, document: Document) -> bool:
        """Whether a document meets all that does not depend on who asks."""
        return all(each.holds(document) for each in self.conditions) and all(
            test(document) for test in self._pure.values()
        )


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
