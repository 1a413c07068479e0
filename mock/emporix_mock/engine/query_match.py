"""Turns a read `q` expression into one closure over documents.

Speed is the point: a list filter runs this for every candidate, so everything that can be decided from
the expression alone is decided here, once, and values are told apart by exact type (documents come
from the JSON decoder). Absent and null are the same to every test.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.field_paths import OTHER_SPELLING, split_path
from emporix_mock.engine.query_nodes import (
    AnyOf,
    Clause,
    Every,
    Pattern,
    Presence,
)
from emporix_mock.engine.query_values import read_instant
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from emporix_mock.engine.field_paths import Path
    from emporix_mock.engine.query_nodes import (
        Bound,
        Node,
        Within,
    )

Document = Mapping[str, Any]
Matcher = Callable[[Document], bool]
_ValueTest = Callable[[Any], bool]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_METACHARACTERS = re.compile(r"[\\.^$*+?{}\[\]|()]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
PATIENCE_SECONDS = 0.2
"""How long an expression may look at one text, so that nobody's can stop the server."""


def compile_query(node: Node, localized: frozenset[str]) -> Matcher:
    """Give the closure that says whether a document matches.

    A clause on a path of `localized` without a language holds when any language's text passes.
    """
    if isinstance(node, Clause):
        return _clause(node, localized)
    parts = tuple(compile_query(part, localized) for part in node.parts)
    if isinstance(node, Every):
        return _all(parts)

    def either(document: Document) -> bool:
        return any(part(document) for part in parts)

    return either


def _all(parts: tuple[Matcher, ...]) -> Matcher:
    if len(parts) == 2:
        first, second = parts
        return lambda document: first(document) and second(document)

    def every(document: Document) -> bool:
        return all(part(document) for part in parts)

    return every


def _clause(clause: Clause, localized: frozenset[str]) -> Matcher:
    test = clause.test
    if isinstance(test, Presence):
        leaf: _ValueTest = _is_null if test.kind == "null" else _is_present
    else:
        leaf = _each_element(value_test(test))
        if clause.key in localized:
            leaf = _any_language(leaf)
    matcher = _with_other_spelling(clause.key, leaf)
    if isinstance(test, Presence) and test.kind == "missing":
        return lambda document: not matcher(document)
    return matcher


def _with_other_spelling(key: str, leaf: _ValueTest) -> Matcher:
    matcher = _at_path(split_path(key), leaf)
    if key not in OTHER_SPELLING:
        return matcher
    written = _at_path(split_path(key), _is_present)
    other = _at_path(split_path(OTHER_SPELLING[key]), leaf)
    return lambda document: matcher(document) if written(document) else other(document)


def _at_path(path: Path, leaf: _ValueTest) -> Matcher:
    """Apply `leaf` to what stands at the path; one element of an array on the way suffices."""
    inner = leaf
    nothing = leaf(None)
    for name in reversed(path[1:]):
        inner = _member(name, inner, nothing=nothing)
    first = path[0]
    return lambda document: inner(document.get(first))


def _member(name: str, inner: _ValueTest, *, nothing: bool) -> _ValueTest:
    def member(value: Any) -> bool:
        kind = type(value)
        if kind is dict:
            return inner(value.get(name))
        if kind is not list or not value:
            return nothing
        return any(member(element) for element in value)

    return member


def _is_null(value: Any) -> bool:
    return value is None or (type(value) is list and any(_is_null(element) for element in value))


def _is_present(value: Any) -> bool:
    return value is not None


def _each_element(test: _ValueTest) -> _ValueTest:
    def leaf(value: Any) -> bool:
        if type(value) is list:
            return any(leaf(element) for element in value)
        return test(value)

    return leaf


def _any_language(leaf: _ValueTest) -> _ValueTest:
    return lambda value: any(map(leaf, value.values())) if type(value) is dict else leaf(value)


def value_test(test: AnyOf | Pattern | Within) -> _ValueTest:
    """Give the closure that says of one scalar whether it passes."""
    if isinstance(test, AnyOf):
        return _equals_any(test)
    if isinstance(test, Pattern):
        return _finds_any(test)
    return _within(test.bounds)


def _equals_any(test: AnyOf) -> _ValueTest:
    texts = frozenset(word.text for word in test.words)
    numbers = frozenset(word.number for word in test.words if word.number is not None)
    booleans = frozenset(word.boolean for word in test.words if word.boolean is not None)
    instants = frozenset(word.instant for word in test.words if word.instant is not None)
    if len(texts) == 1 and not (numbers or booleans or instants):
        (text,) = texts
        return lambda value: bool(value == text)

    def equals(value: Any) -> bool:
        kind = type(value)
        if kind is str:
            return value in texts or (bool(instants) and read_instant(value) in instants)
        if kind is bool:
            return value in booleans
        return (kind is int or kind is float) and value in numbers

    return equals


def _finds_any(test: Pattern) -> _ValueTest:
    tests = tuple(_finds(pattern) for pattern in test.patterns)
    if len(tests) == 1:
        (finds,) = tests
        return lambda value: type(value) is str and finds(value)
    return lambda value: type(value) is str and any(finds(value) for finds in tests)


def _finds(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    if not _METACHARACTERS.search(pattern.pattern):
        text = pattern.pattern
        return lambda value: text in value
    if _REPEATED_GROUP.search(pattern.pattern):
        return _finds_in_time(pattern.pattern)
    search = pattern.search
    return lambda value: search(value) is not None


def _finds_in_time(pattern: str) -> Callable[[str], bool]:
    """The same for an expression that may go through a text in more ways than anybody waits for."""
    import regex  # noqa: PLC0415  # few expressions repeat a group

    search = regex.compile(pattern).search

    def finds(value: str) -> bool:
        try:
            return search(value, timeout=PATIENCE_SECONDS) is not None
        except TimeoutError:
            raise BadRequest(
                f"Regular expression '{pattern}' takes too long; do not repeat what repeats something",
                type="invalid_query_parameter",
                details=[Detail("The regular expression takes too long", "q", "invalid_query_parameter")],
                rule="engine/query-patience",
            ) from None

    return finds


def _within(bounds: tuple[Bound, ...]) -> _ValueTest:
    numbers = [(_OPERATORS[b.operator], b.operand) for b in bounds if not isinstance(b.operand, datetime)]
    moments = [(_OPERATORS[b.operator], b.operand) for b in bounds if isinstance(b.operand, datetime)]
    if numbers and moments:
        return lambda _: False

    def number_within(value: Any) -> bool:
        kind = type(value)
        if kind is not int and kind is not float:
            return False
        return all(compare(value, operand) for compare, operand in numbers)

    def moment_within(value: Any) -> bool:
        moment = read_instant(value) if type(value) is str else None
        return moment is not None and all(compare(moment, operand) for compare, operand in moments)

    return moment_within if moments else number_within
