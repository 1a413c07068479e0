"""Filters by single query parameters, which lists have beside `q` (conventions, section 7.6).

A parameter that is named like a property filters by equality, in the type of the stored value. What
differs is said by the resource: `~path` contains, `,path` any of a comma list, `>path` and other
comparisons of numbers, moments or texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.field_paths import split_path, values_at
from emporix_mock.store.indexes import entry, index_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document

    Test = Callable[[Document], bool]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": lambda stored, given: stored >= given,
    "<=": lambda stored, given: stored <= given,
    ">": lambda stored, given: stored > given,
    "<": lambda stored, given: stored < given,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One of `forms` stands at the dotted `path`."""

    path: str
    forms: tuple[Any, ...]

    def holds(self, document: Document) -> bool:
        """What the index on the path decides, of one document."""
        return not index_keys(document, self.path.split(".")).isdisjoint(map(entry, self.forms))


@dataclass(slots=True)
class Filter:
    """What narrows a list: conditions for the indexes, and tests of each document by what they look for."""

    conditions: list[Condition]
    tests: dict[object, Test]


def of_query(resource: Resource, ctx: RequestContext) -> Filter:
    """The filters that the parameters of this request ask for."""
    found = Filter([], {})
    for name, given in ctx.query.items():
        rule = resource.filters.get(name)
        if rule is None:
            rule = ctx.about.filters.get(name) or _of_language(resource, name)
        if rule and given is not None and given != "":
            _add(found, resource, rule, given)
    for path, name in resource.from_path.items():
        if name in ctx.path and name not in resource.parents:
            _add(found, resource, path, ctx.path[name])
    return found


def _of_language(resource: Resource, name: str) -> str | None:
    """What a parameter with a language after its name looks at: the text in that one."""
    base, _, language = name.partition(".")
    rule = resource.filters.get(base) if language else None
    return rule and f"{rule}.{language}"


def _add(found: Filter, resource: Resource, rule: str, given: Any) -> None:
    if rule[0] == "~":
        found.tests[rule, str(given)] = _contains(rule[1:], str(given))
        return
    for operator, compare in _COMPARISONS.items():
        if rule.startswith(operator):
            found.tests[rule, given] = _compared(rule[len(operator) :], compare, given)
            return
    values = [given]
    if rule[0] == ",":
        rule, values = rule[1:], given if isinstance(given, list) else _parts(str(given))
    elif isinstance(given, list):
        values = given
    forms = tuple(form for value in values for form in _forms(value))
    if rule in resource.localized:
        found.tests[rule, forms] = _in_any_language(rule, forms)
    else:
        found.conditions.append(Condition(resource.key if rule == "_id" else rule, forms))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@lru_cache(maxsize=1024)
def _of_text(text: str) -> tuple[Any, ...]:
    """A text and what else it can mean where the stored value is no text."""
    if text.lower() in ("true", "false"):
        return (text, text.lower() == "true")
    try:
        number = float(text)
    except ValueError:
        return (text,)
    return (text, *_of_number(number))


def _of_number(number: float) -> tuple[Any, ...]:
    return (int(number), number) if number.is_integer() and abs(number) < 2**53 else (number,)


def _forms(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, bool):
        return (value, str(value).lower())
    if isinstance(value, int | float):
        return (*_of_number(float(value)), str(value))
    return (value,)


def _contains(path: str, text: str) -> Test:
    names, wanted = split_path(path), text.casefold()

    def test(document: Document) -> bool:
        return any(wanted in str(found).casefold() for found in _texts(document, names))

    return test


def _in_any_language(path: str, forms: Sequence[Any]) -> Test:
    names, wanted = split_path(path), frozenset(map(str, forms))
    return lambda document: any(str(found) in wanted for found in _texts(document, names))


def _texts(document: Document, names: tuple[str, ...]) -> list[Any]:
    found: list[Any] = []
    for value in values_at(document, names):
        found.extend(value.values() if isinstance(value, dict) else (value,))
    return [value for value in found if value is not None]


def _compared(path: str, compare: Callable[[Any, Any], bool], given: Any) -> Test:
    names = split_path(path)

    def test(document: Document) -> bool:
        for stored in values_at(document, names):
            other = given
            if isinstance(stored, int | float) and isinstance(given, str):
                try:
                    other = float(given)
                except ValueError:
                    return False
            if isinstance(stored, str) != isinstance(other, str) or stored is None:
                continue
            if compare(stored, other):
                return True
        return False

    return test
