"""Partial updates: results, errors, and that a failed patch changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.engine.patching import PatchError, json_patch, merge_patch


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "foo"}, {"a": {"b": 1, "c": None}}, {"a": {"b": 1}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": 1}, {"a": None, "missing": None}, {}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_merge_patch(document: dict[str, Any], patch: dict[str, Any], expected: dict[str, Any]) -> None:
    before = copy.deepcopy((document, patch))
    assert merge_patch(document, patch) == expected
    assert (document, patch) == before


DOCUMENT = {
    "status": "OPEN",
    "items": [{"itemId": "i1", "n": 1}, {"itemId": "i2"}, {"itemId": "i3"}],
    "mixins": {"attributes": {"unit": "kg"}},
    "a/b": {"~": 1},
    "none": None,
}


def patched(operation: dict[str, Any], **options: Any) -> dict[str, Any]:
    return json_patch(DOCUMENT, [operation], **options)


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        ({"op": "add", "path": "/name", "value": "x"}, {"name": "x"}),
        ({"op": "add", "path": "/status", "value": "x"}, {"status": "x"}),
        (
            {"op": "add", "path": "/mixins/attributes/size", "value": 5},
            {"mixins": {"attributes": {"unit": "kg", "size": 5}}},
        ),
        (
            {"op": "add", "path": "/items/1", "value": 0},
            {"items": [DOCUMENT["items"][0], 0, *DOCUMENT["items"][1:]]},
        ),
        ({"op": "add", "path": "/items/3", "value": 0}, {"items": [*DOCUMENT["items"], 0]}),
        ({"op": "add", "path": "/items/-", "value": 0}, {"items": [*DOCUMENT["items"], 0]}),
        ({"op": "add", "path": "/none", "value": None}, {}),
        ({"op": "replace", "path": "/status", "value": None}, {"status": None}),
        ({"op": "replace", "path": "/a~1b/~0", "value": 2}, {"a/b": {"~": 2}}),
        ({"op": "replace", "path": "/items/2", "value": 0}, {"items": [*DOCUMENT["items"][:2], 0]}),
        ({"op": "remove", "path": "/mixins/attributes/unit"}, {"mixins": {"attributes": {}}}),
        ({"op": "remove", "path": "/items/0"}, {"items": DOCUMENT["items"][1:]}),
        ({"op": "copy", "from": "/status", "path": "/old"}, {"old": "OPEN"}),
        (
            {"op": "move", "from": "/items/0", "path": "/items/2"},
            {"items": [*DOCUMENT["items"][1:], DOCUMENT["items"][0]]},
        ),
        ({"op": "test", "path": "/a~1b", "value": {"~": 1.0}}, {}),
    ],
)
def test_json_patch(operation: dict[str, Any], changed: dict[str, Any]) -> None:
    assert patched(operation) == DOCUMENT | changed


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ({"op": "replace", "path": "/absent", "value": 1}, "/absent"),
        ({"op": "remove", "path": "/absent"}, "/absent"),
        ({"op": "remove", "path": "/items/3"}, "/items/3"),
        ({"op": "remove", "path": "/items/-"}, "/items/-"),
        ({"op": "replace", "path": "/items/01", "value": 1}, "/items/01"),
        ({"op": "replace", "path": "/items/i1", "value": 1}, "/items/i1"),
        ({"op": "add", "path": "/items/4", "value": 1}, "/items/4"),
        ({"op": "add", "path": "/absent/name", "value": 1}, "/absent/name"),
        ({"op": "add", "path": "/status/name", "value": 1}, "/status/name"),
        ({"op": "add", "path": "/none/name", "value": 1}, "/none/name"),
        ({"op": "add", "path": "status", "value": 1}, "status"),
        ({"op": "add", "path": "/~2", "value": 1}, "/~2"),
        ({"op": "replace", "path": "", "value": {}}, ""),
        ({"op": "add", "path": "/name"}, "/name"),
        ({"op": "move", "path": "/name"}, "/name"),
        ({"op": "move", "from": 1, "path": "/name"}, "/name"),
        ({"op": "move", "from": "/mixins", "path": "/mixins/attributes/x"}, "/mixins/attributes/x"),
        ({"op": "copy", "from": "/absent", "path": "/name"}, "/absent"),
        ({"op": "test", "path": "/status", "value": "x"}, "/status"),
        ({"op": "test", "path": "/items/0/n", "value": True}, "/items/0/n"),
        ({"op": "ADD", "path": "/name", "value": 1}, "/name"),
        ({"op": "Add", "path": "/name", "value": 1}, "/name"),
        ({"op": "merge", "path": "/name", "value": 1}, "/name"),
        ({"path": "/name", "value": 1}, "/name"),
        ({"op": "add", "value": 1}, ""),
        ({"op": "add", "path": 5, "value": 1}, ""),
        (["add"], ""),
    ],
)
def test_json_patch_errors(operation: Any, path: str) -> None:
    before = copy.deepcopy(DOCUMENT)
    with pytest.raises(PatchError) as caught:
        json_patch(DOCUMENT, [{"op": "add", "path": "/new", "value": 1}, operation])
    assert caught.value.path == path
    assert caught.value.index == 1
    assert caught.value.message
    assert before == DOCUMENT


@pytest.mark.parametrize(
    ("cases", "op", "accepted"),
    [
        (("lower",), "replace", True),
        (("lower",), "REPLACE", False),
        (("upper",), "REPLACE", True),
        (("upper",), "replace", False),
        (("lower", "upper"), "replace", True),
        (("lower", "upper"), "REPLACE", True),
        (("lower", "upper"), "Replace", False),
    ],
)
def test_case_of_the_operations(cases: Any, op: str, *, accepted: bool) -> None:
    operation = {"op": op, "path": "/status", "value": "DONE"}
    if accepted:
        assert patched(operation, cases=cases)["status"] == "DONE"
    else:
        with pytest.raises(PatchError):
            patched(operation, cases=cases)


def test_missing_parents_are_made_only_when_asked_for() -> None:
    operation = {"op": "add", "path": "/metadata/mixins/new", "value": "url"}
    assert patched(operation, create_parents=True)["metadata"] == {"mixins": {"new": "url"}}
    with pytest.raises(PatchError):
        patched(operation)


def test_later_operations_do_not_reach_into_the_values_of_earlier_ones() -> None:
    operations = [
        {"op": "add", "path": "/x", "value": {"n": 1}},
        {"op": "copy", "from": "/x", "path": "/y"},
        {"op": "replace", "path": "/x/n", "value": 2},
    ]
    result = json_patch({}, operations)
    assert result == {"x": {"n": 2}, "y": {"n": 1}}
    assert operations[0]["value"] == {"n": 1}


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from("xyz"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
documents = st.dictionaries(st.sampled_from("abc"), values, max_size=3)
pointers = st.lists(st.sampled_from(["a", "b", "c", "0", "1", "-"]), max_size=3).map(
    lambda names: "".join(f"/{name}" for name in names)
)
operations = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
        "path": pointers,
        "from": pointers,
        "value": values,
    }
)


@given(document=documents, steps=st.lists(operations, max_size=4))
def test_a_json_patch_works_as_a_whole_or_not_at_all(document: dict[str, Any], steps: list[Any]) -> None:
    before = copy.deepcopy((document, steps))
    try:
        whole = json_patch(document, steps)
    except PatchError:
        whole = None
    assert (document, steps) == before
    one_by_one: dict[str, Any] | None = document
    try:
        for step in steps:
            assert one_by_one is not None
            one_by_one = json_patch(one_by_one, [step])
    except PatchError:
        one_by_one = None
    assert whole == one_by_one


@given(document=documents, patch=documents)
def test_a_merge_patch_is_idempotent_and_leaves_its_arguments(document: Any, patch: Any) -> None:
    before = copy.deepcopy((document, patch))
    once = merge_patch(document, patch)
    assert merge_patch(once, patch) == once
    assert (document, patch) == before
