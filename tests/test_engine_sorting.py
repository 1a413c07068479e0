"""`sort`: reading the parameter, order across types, localized and nested fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.engine.sorting import SortKey, parse_sort, sort_documents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name", [("name", False)]),
        ("name:asc", [("name", False)]),
        ("name:desc", [("name", True)]),
        ("name:DESC", [("name", True)]),
        ("name:Desc", [("name", False)]),
        ("name:down", [("name", False)]),
        ("name:", [("name", False)]),
        ("name,factor:asc,metadata.createdAt:desc", [("name", 0), ("factor", 0), ("metadata.createdAt", 1)]),
        (" name.en : desc , code ", [("name.en", True), ("code", False)]),
        ("a,,b", [("a", False), ("b", False)]),
        ("", []),
        (":desc", []),
    ],
)
def test_parse_sort(text: str, expected: list[tuple[str, bool]]) -> None:
    assert parse_sort(text) == tuple(SortKey(path, bool(descending)) for path, descending in expected)


def order(documents: list[dict[str, Any]], sort: str, **options: Any) -> list[Any]:
    """The `n` of each document after sorting."""
    return [document["n"] for document in sort_documents(documents, parse_sort(sort), **options)]


def numbered(field: str, *values: Any) -> list[dict[str, Any]]:
    """One document per value, `...` standing for a document without the field."""
    return [{"n": n} | ({} if value is ... else {field: value}) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "ascending", "descending"),
    [
        (["b", "a", "c"], [1, 0, 2], [2, 0, 1]),
        ([10, 9, 9.5, -1], [3, 1, 2, 0], [0, 2, 1, 3]),
        (["10", "9"], [0, 1], [1, 0]),
        (["b", ..., "a", None], [1, 3, 2, 0], [0, 2, 1, 3]),
        ([True, {"x": 1}, "a", 1, ...], [4, 3, 2, 1, 0], [0, 1, 2, 3, 4]),
        ([[3, 9], [5], [1, 20], []], [3, 2, 0, 1], [2, 0, 1, 3]),
        ([[["b"]], "a"], [1, 0], [0, 1]),
        (["a", "B"], [1, 0], [0, 1]),
    ],
)
def test_values_of_one_field(values: list[Any], ascending: list[int], descending: list[int]) -> None:
    documents = numbered("field", *values)
    assert order(documents, "field") == ascending
    assert order(documents, "field:desc") == descending


def test_several_fields_from_left_to_right_and_stable() -> None:
    documents = [
        {"n": 0, "a": 1, "b": "x"},
        {"n": 1, "a": 2, "b": "x"},
        {"n": 2, "a": 1, "b": "y"},
        {"n": 3, "a": 1, "b": "x"},
    ]
    assert order(documents, "a,b:desc") == [2, 0, 3, 1]
    assert order(documents, "b:desc,a:desc") == [2, 1, 0, 3]
    assert order(documents, "a:desc") == [1, 0, 2, 3]
    assert order(documents, "unknown:desc") == [0, 1, 2, 3]
    assert order(documents, "") == [0, 1, 2, 3]


def test_nested_fields_and_arrays_on_the_way() -> None:
    documents = [
        {"n": 0, "mixins": {"a": {"rank": 3}}, "items": [{"q": 4}, {"q": 1}]},
        {"n": 1, "mixins": {"a": {"rank": 1}}, "items": [{"q": 2}]},
        {"n": 2, "mixins": "none"},
    ]
    assert order(documents, "mixins.a.rank") == [2, 1, 0]
    assert order(documents, "items.q") == [2, 0, 1]
    assert order(documents, "items.q:desc") == [0, 1, 2]


def test_localized_fields() -> None:
    documents = numbered("name", {"en": "b", "de": "x"}, {"en": "a", "de": "y"}, {"de": "w"}, "aa")
    assert order(documents, "name", language="en") == [2, 1, 3, 0]
    assert order(documents, "name", language="de") == [3, 2, 0, 1]
    assert order(documents, "name.en", language="de") == [2, 3, 1, 0]
    assert order(documents, "name") == [3, 0, 1, 2]


def test_the_id_may_be_written_with_an_underscore() -> None:
    documents = [{"n": 0, "id": "b", "code": "a"}, {"n": 1, "id": "a", "code": "b"}]
    assert order(documents, "_id") == [1, 0]
    assert order(documents, "_id", id_field="code") == [0, 1]


@pytest.mark.parametrize("sort", ["metadataCreatedAt", "metadata.createdAt"])
def test_both_spellings_of_the_time_of_creation(sort: str) -> None:
    nested = [{"n": 0, "metadata": {"createdAt": "2024-02"}}, {"n": 1, "metadata": {"createdAt": "2024-01"}}]
    flat = [{"n": 0, "metadataCreatedAt": "2024-02"}, {"n": 1, "metadataCreatedAt": "2024-01"}]
    assert order(nested, sort) == [1, 0]
    assert order(flat, sort) == [1, 0]
    assert order([nested[0], flat[1]], f"{sort}:desc") == [0, 1]


def test_the_arguments_stay_as_they_are() -> None:
    documents = numbered("field", 2, 1)
    sort_documents(documents, parse_sort("field"))
    assert [document["n"] for document in documents] == [0, 1]


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=5,
)


@given(
    documents=st.lists(st.dictionaries(st.sampled_from("ab"), values), max_size=6),
    sort=st.sampled_from(["a", "a:desc,b", "a.b", "b.a:desc", "a.a"]),
    language=st.none() | st.sampled_from("ab"),
)
def test_any_documents_can_be_sorted(
    documents: list[dict[str, Any]], sort: str, language: str | None
) -> None:
    result = sort_documents(documents, parse_sort(sort), language)
    assert sorted(map(id, result)) == sorted(map(id, documents))
    assert sort_documents(result, parse_sort(sort), language) == result


@given(numbers=st.lists(st.integers() | st.floats(allow_nan=False), max_size=8))
def test_numbers_are_in_numeric_order(numbers: list[float]) -> None:
    documents = [{"a": number} for number in numbers]
    assert [d["a"] for d in sort_documents(documents, parse_sort("a"))] == sorted(numbers)
    descending = [d["a"] for d in sort_documents(documents, parse_sort("a:desc"))]
    assert descending == sorted(numbers, reverse=True)
