"""The `q` filter language of lists and searches.

Strings bare or in double quotes, numbers, comparisons and ranges, dates, booleans, null / exists /
missing, lists, regular expressions, localized and nested fields, several clauses (all must hold), and
`compoundLogicalQuery` where the service has it. What the language does not know is an error, never a
filter that lets everything through.

Choices where no source says: a field that no document has matches nothing; `exists` wants a value that
is not null and `missing` is its opposite; `null` on an array holds when some element lacks the field;
mixed AND and OR follow the usual precedence; a literal is compared with the type of the stored value
whether or not it stood in quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from emporix_mock.engine.field_paths import OTHER_SPELLING, split_path
from emporix_mock.engine.query_grammar import read_query
from emporix_mock.engine.query_match import compile_query, value_test
from emporix_mock.engine.query_nodes import AnyOf, Clause, Every, Pattern, QuerySyntaxError, Within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emporix_mock.engine.query_nodes import Node, Scalar, Word

__all__ = ["Equality", "Query", "QuerySyntaxError", "Search", "parse"]

_CACHED_LENGTH = 4096  # longer texts are long id lists, hardly ever asked twice
_INT64, _UINT64 = -(2**63), 2**64


class Equality(NamedTuple):
    """A condition every matching document meets: one of `values` stands at the dotted `path`.

    A number is listed in each form in which JSON can hold it (20 and 20.0), so that an index keyed by
    encoded scalars finds it.
    """

    path: str
    values: tuple[Scalar, ...]


class Search(NamedTuple):
    """A condition every matching document meets: `holds` for one of the values at the dotted `path`."""

    path: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A compiled filter.

    `matches(document)` decides. `equalities` narrow the candidates by hash index, `searches` (patterns
    and ranges) by a look at all values in one: every matching document meets all of them. What meets the
    equalities matches if `exact`, what meets both if `searchable`. `fields` are the keys as written, each
    with its offset in the text.
    """

    text: str
    matches: Callable[[Mapping[str, Any]], bool]
    equalities: tuple[Equality, ...]
    searches: tuple[Search, ...]
    exact: bool
    searchable: bool
    fields: tuple[tuple[str, int], ...]


def parse(text: str, *, compound: bool = False, localized: frozenset[str] = frozenset()) -> Query:
    """Read and compile `text`; QuerySyntaxError when it is empty or not of the language.

    `compound` allows `compoundLogicalQuery`. `localized` names paths that are stored as language maps:
    a clause on one of them without a language is tried on the text of every language, which is what
    clients that search products or templates by bare `name` rely on.
    """
    if len(text) > _CACHED_LENGTH:
        return _parse(text, compound, localized)
    return _parse_cached(text, compound, localized)


def _parse(text: str, compound: bool, localized: frozenset[str]) -> Query:  # noqa: FBT001  # cache key
    node = read_query(text, compound=compound)
    clauses, equalities = tuple(_clauses(node)), tuple(_equalities(node, localized))
    searches = tuple(_searches(node, localized))
    return Query(
        text=text,
        matches=compile_query(node, localized),
        equalities=equalities,
        searches=searches,
        exact=len(equalities) == len(clauses),
        searchable=len(equalities) + len(searches) == len(clauses),
        fields=tuple((clause.key, clause.position) for clause in clauses),
    )


_parse_cached = lru_cache(maxsize=1024)(_parse)


def _clauses(node: Node) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    else:
        for part in node.parts:
            yield from _clauses(part)


def _equalities(node: Node, localized: frozenset[str]) -> Iterator[Equality]:
    if isinstance(node, Every):
        for part in node.parts:
            yield from _equalities(part, localized)
    elif isinstance(node, Clause) and isinstance(node.test, AnyOf) and _indexable(node, localized):
        values = tuple(value for word in node.test.words for value in _stored_forms(word))
        yield Equality(".".join(split_path(node.key)), values)


def _searches(node: Node, localized: frozenset[str]) -> Iterator[Search]:
    if isinstance(node, Every):
        for part in node.parts:
            yield from _searches(part, localized)
    elif isinstance(node, Clause) and isinstance(node.test, Pattern | Within) and _stored(node, localized):
        yield Search(".".join(split_path(node.key)), value_test(node.test))


def _stored(clause: Clause, localized: frozenset[str]) -> bool:
    """Whether the path leads to what is compared; a language map has several texts."""
    return clause.key not in localized and clause.key not in OTHER_SPELLING


def _indexable(clause: Clause, localized: frozenset[str]) -> bool:
    """Whether equality of the stored scalar decides; a moment has several forms."""
    if not _stored(clause, localized):
        return False
    return isinstance(clause.test, AnyOf) and all(word.instant is None for word in clause.test.words)


def _stored_forms(word: Word) -> Iterator[Scalar]:
    yield word.text
    if word.boolean is not None:
        yield word.boolean
    number = word.number
    if number is None:
        return
    if number == int(number) and _INT64 <= number < _UINT64:
        yield int(number)
    if float(number) == number:
        yield float(number)
    if number == 0:
        yield -0.0
