"""The `q` filter against a naive evaluation written from the rules alone, on random documents."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
from hypothesis import event, given, settings
from hypothesis import strategies as st

from emporix_mock.engine.query import QuerySyntaxError, parse
from emporix_mock.store.indexes import index_keys

# Every date-time of the pool with its moment, in days from the first, so that the naive side parses none.
MOMENTS = {
    "2024-01-01": 0,
    "2024-01-01T00:00:00Z": 0,
    "2024-01-01T02:00:00.000+02:00": 0,
    "2024-01-02T00:00:00.000Z": 1,
    "2024-01-03 00:00:00": 2,
}
WORDS = ["x", "X", "xy", "20", "20.0", "-1", "0", "true", "false", "null", "in", "é", "a.b", "2e1"]
NAMES = ["a", "b", "id", "en"]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 20, 20.0, 20.5, -0.0, 2**53 + 1]),
    st.sampled_from([*WORDS, "", "two words", *MOMENTS]),
)
names = st.sampled_from(NAMES)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, min_size=1, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(names, values, min_size=1, max_size=3)
plain_words = st.sampled_from([word for word in WORDS if word != "null"])
quoted_words = st.sampled_from([*WORDS, "", "two words", "(", *MOMENTS])
operators = st.sampled_from([">", ">=", "<", "<="])
operands = st.sampled_from(["0", "-1", "19.5", "20", "2e1"])
bounds = st.lists(st.tuples(operators, operands), min_size=1, max_size=2)
date_bounds = st.lists(st.tuples(operators, st.sampled_from(sorted(MOMENTS))), min_size=1, max_size=2)
patterns = st.sampled_from(["x", "^x$", "[xX]", "o w", "2.0", "x|X", "(t)", "^$", "é"])


def paths_of(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every path of a document with each scalar it ends in."""
    if isinstance(value, dict):
        return [found for name, member in value.items() for found in paths_of(member, (*path, name))]
    if isinstance(value, list):
        return [found for element in value for found in paths_of(element, path)]
    return [(path, value)]


FITTING = {
    "equal": lambda scalar: scalar is not None,
    "any": lambda scalar: scalar is not None,
    "find": lambda scalar: isinstance(scalar, str),
    "number": lambda scalar: isinstance(scalar, int | float) and not isinstance(scalar, bool),
    "date": lambda scalar: isinstance(scalar, str) and scalar in MOMENTS,
    "null": lambda scalar: scalar is None,
    "exists": lambda scalar: scalar is not None,
    "missing": lambda scalar: scalar is None,
}


@st.composite
def clauses(draw: st.DrawFn, document: dict[str, Any]) -> Any:
    """A clause, mostly about something the document holds."""
    kind = draw(st.sampled_from(sorted(FITTING)))
    fitting = [(path, scalar) for path, scalar in paths_of(document) if FITTING[kind](scalar)]
    anywhere = st.lists(names, min_size=1, max_size=3).map(lambda path: (tuple(path), None))
    aimed = fitting and draw(st.sampled_from([True, True, False]))
    path, scalar = draw(st.sampled_from(fitting) if aimed else anywhere)
    pool = st.tuples(plain_words, st.just(False)) | st.tuples(quoted_words, st.just(True))
    if scalar is not None:
        pool = st.just((scalar if isinstance(scalar, str) else json.dumps(scalar), True)) | pool
    match kind:
        case "equal":
            return kind, path, draw(pool)
        case "any":
            items = draw(st.lists(pool, min_size=1, max_size=3))
            return kind, path, items, draw(st.sampled_from(["(", "in(", "OR"]))
        case "find":
            return kind, path, draw(patterns), draw(st.sampled_from(["(~{})", "~({})"]))
        case "number" | "date":
            return kind, path, draw(bounds if kind == "number" else date_bounds)
    return kind, path


def queries(document: dict[str, Any]) -> st.SearchStrategy[Any]:
    connectors = st.sampled_from(["AND", "OR"])
    return st.recursive(
        clauses(document),
        lambda inner: st.tuples(connectors, st.lists(inner, min_size=1, max_size=3)),
        max_leaves=5,
    )


cases = documents.flatmap(lambda document: st.tuples(queries(document), st.just(document)))
rows = documents.flatmap(
    lambda document: st.tuples(st.lists(clauses(document), min_size=1, max_size=8), st.just(document))
)


def written(query: Any) -> str:
    """The text of a query, compound groups included."""
    if query[0] in ("AND", "OR"):
        groups = f" {query[0]} ".join(f"({written(part)})" for part in query[1])
        return f"compoundLogicalQuery:({groups})"
    kind, path, *rest = query
    return ".".join(path) + ":" + value_text(kind, *rest)


def value_text(kind: str, argument: Any = None, form: str = "") -> str:
    if kind == "equal":
        return literal_text(argument)
    if kind == "any":
        items = [literal_text(literal) for literal in argument]
        return f"({' OR '.join(items)})" if form == "OR" else f"{form}{','.join(items)})"
    if kind == "find":
        return form.format(argument)
    if kind in ("number", "date"):
        sides = [f'{op}"{operand}"' if kind == "date" else op + operand for op, operand in argument]
        return sides[0] if len(sides) == 1 else f"({' AND '.join(sides)})"
    return kind


def literal_text(literal: tuple[str, bool]) -> str:
    word, quoted = literal
    return f'"{word}"' if quoted else word


def branches(value: Any, path: tuple[str, ...]) -> list[Any]:
    """What stands at the end of the path, None where a branch ends before it."""
    if not path:
        return [value]
    if isinstance(value, dict):
        return branches(value.get(path[0]), path[1:])
    if isinstance(value, list) and value:
        return [end for element in value for end in branches(element, path)]
    return [None]


def elements(value: Any) -> list[Any]:
    return [leaf for element in value for leaf in elements(element)] if isinstance(value, list) else [value]


def naive(query: Any, document: dict[str, Any]) -> bool:
    if query[0] == "AND":
        return all([naive(part, document) for part in query[1]])  # noqa: C419  # every part, like a table
    if query[0] == "OR":
        return any([naive(part, document) for part in query[1]])  # noqa: C419
    kind, path, *rest = query
    ends = branches(document, path)
    if kind in ("exists", "missing"):
        return any(end is not None for end in ends) == (kind == "exists")
    leaves = [leaf for end in ends for leaf in elements(end)]
    if kind == "null":
        return None in leaves
    return any(passes(kind, leaf, rest[0]) for leaf in leaves)


def passes(kind: str, leaf: Any, argument: Any) -> bool:
    if kind == "equal":
        return equal(leaf, argument)
    if kind == "any":
        return any(equal(leaf, literal) for literal in argument)
    if kind == "find":
        return isinstance(leaf, str) and re.search(argument, leaf) is not None
    if kind == "number":
        return is_number(leaf) and all(holds(leaf, op, json.loads(operand)) for op, operand in argument)
    moment = MOMENTS.get(leaf) if isinstance(leaf, str) else None
    return moment is not None and all(holds(moment, op, MOMENTS[operand]) for op, operand in argument)


def equal(leaf: Any, literal: tuple[str, bool]) -> bool:
    word, quoted = literal
    if isinstance(leaf, str):
        both_moments = quoted and leaf in MOMENTS and word in MOMENTS and word != "2024-01-01"
        return leaf == word or (both_moments and MOMENTS[leaf] == MOMENTS[word])
    if isinstance(leaf, bool):
        return word == json.dumps(leaf)
    return (
        is_number(leaf)
        and re.fullmatch(r"-?[0-9].*", word) is not None
        and "-" not in word[1:]
        and (leaf == json.loads(word))
    )


def is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def holds(left: Any, operator: str, right: Any) -> bool:
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[operator]


@settings(max_examples=300)
@given(row=rows)
def test_every_form_of_clause_agrees_with_a_naive_evaluation(row: tuple[list[Any], dict[str, Any]]) -> None:
    parts, document = row
    verdicts = [naive(part, document) for part in parts]
    for part, verdict in zip(parts, verdicts, strict=True):
        event(f"{part[0]}: {verdict}")
        assert parse(written(part)).matches(document) is verdict
    text = " ".join(written(part) for part in parts)
    assert parse(text).matches(document) is all(verdicts)


@given(case=cases)
def test_compound_queries_agree_with_a_naive_evaluation(case: tuple[Any, dict[str, Any]]) -> None:
    query, document = case
    expected = naive(query, document)
    event(f"{query[0]}: {expected}")
    assert parse(written(query), compound=True).matches(document) is expected


@settings(max_examples=300)
@given(row=rows)
def test_a_matching_document_is_found_by_every_equality(row: tuple[list[Any], dict[str, Any]]) -> None:
    parts, document = row
    held = [part for part in parts if naive(part, document)] or [("missing", ("nowhere",))]
    query = parse(" ".join(written(part) for part in held))
    event(f"{len(query.equalities)} equalities")
    assert query.matches(document)
    for path, candidates in query.equalities:
        keys = {orjson.dumps(value).decode() for value in candidates}
        assert keys & index_keys(document, path.split("."))


@given(case=cases)
def test_fields_name_the_place_of_every_key(case: tuple[Any, dict[str, Any]]) -> None:
    text = written(case[0])
    fields = parse(text, compound=True).fields
    assert len(fields) == keys_in(case[0])
    assert all(text[position:].startswith(f"{key}:") for key, position in fields)


def keys_in(query: Any) -> int:
    return sum(map(keys_in, query[1])) if query[0] in ("AND", "OR") else 1


@given(text=st.text(alphabet='ab.:~()",<>= \\[ANDOR1"\n', max_size=40), compound=st.booleans())
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str, *, compound: bool) -> None:
    read, error = outcome(text, compound=compound)
    if error is None:
        assert read.fields
        read.matches({"a": [1, "b", {"b": None}], "b": {"a": "b"}})
    else:
        assert 0 <= error.position <= len(text)
        assert error.key is None or error.key in text


def outcome(text: str, *, compound: bool) -> Any:
    try:
        return parse(text, compound=compound), None
    except QuerySyntaxError as error:
        return None, error
