"""Overlay documents do what Overlay Specification 1.1 says, and say what they could not do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from emporix_mock_spec.error import SpecError
from emporix_mock_spec.overlay import Applied, apply, read_overlay
from emporix_mock_spec.parse import dump

DOCUMENT: dict[str, Any] = {
    "info": {"title": "t", "tags": ["a", "b", "a"]},
    "paths": {
        "/a": {"get": {"operationId": "ga", "responses": {"200": {}}}, "parameters": [{"name": "x"}]},
        "/b": {"get": {"operationId": "gb", "responses": {"200": {}, "404": {"kept": True}}}},
    },
}


def applied(*actions: dict[str, Any], version: str = "1.1.0") -> Applied:
    overlay = {"overlay": version, "info": {"title": "t", "version": "1"}, "actions": list(actions)}
    return apply(read_overlay(dump(overlay), "test.yaml"), copy.deepcopy(DOCUMENT))


def changed(*actions: dict[str, Any]) -> dict[str, Any]:
    found = applied(*actions)
    assert found.unmatched == ()
    assert found.refused == ()
    return found.document


def test_an_object_is_merged_deeply() -> None:
    info = {"title": "new", "tags": ["c"], "more": {"deep": [1]}}
    assert changed({"target": "$", "update": {"info": info}})["info"] == {
        "title": "new",
        "tags": ["a", "b", "a", "c"],
        "more": {"deep": [1]},
    }


@pytest.mark.parametrize(
    ("update", "added"), [(["c", "d"], ["c", "d"]), ("c", ["c"]), ({"k": 1}, [{"k": 1}])]
)
def test_a_list_takes_a_list_or_one_entry(update: object, added: list[object]) -> None:
    assert changed({"target": "$.info.tags", "update": update})["info"]["tags"] == ["a", "b", "a", *added]


@pytest.mark.parametrize("value", ["new", 5, False, None])
def test_a_plain_value_is_replaced(value: object) -> None:
    assert changed({"target": "$.info.title", "update": value})["info"]["title"] == value


def test_removing_takes_every_match_out_of_lists_and_objects() -> None:
    document = changed(
        {"target": "$.info.tags[?@ == 'a']", "remove": True},
        {"target": "$.paths.*.get.responses['200']", "remove": True},
    )
    assert document["info"]["tags"] == ["b"]
    assert document["paths"]["/a"]["get"]["responses"] == {}
    assert document["paths"]["/b"]["get"]["responses"] == {"404": {"kept": True}}


def test_removing_something_inside_what_is_removed_too_is_fine() -> None:
    assert changed({"target": "$.paths..*", "remove": True})["paths"] == {}


def test_a_filter_selects_operations_by_id_and_lack_of_a_status() -> None:
    target = "$.paths.*[?(@.operationId == 'ga' || @.operationId == 'gb') && !@.responses['404']].responses"
    document = changed({"target": target, "update": {"404": {"new": True}}})
    assert document["paths"]["/a"]["get"]["responses"]["404"] == {"new": True}
    assert document["paths"]["/b"]["get"]["responses"]["404"] == {"kept": True}


def test_copy_takes_one_node_and_shares_nothing_with_it() -> None:
    document = changed(
        {"target": "$.info", "update": {"copy": {}}},
        {"target": "$.info.copy", "copy": "$.paths['/b'].get"},
        {"target": "$.info.copy.responses['404'].kept", "update": False},
    )
    assert document["info"]["copy"]["operationId"] == "gb"
    assert document["paths"]["/b"]["get"]["responses"]["404"] == {"kept": True}


def test_the_same_update_in_two_places_shares_nothing() -> None:
    document = changed(
        {"target": "$.paths.*.get", "update": {"x": {"y": 1}}},
        {"target": "$.paths['/a'].get.x.y", "update": 2},
    )
    assert document["paths"]["/b"]["get"]["x"] == {"y": 1}


def test_actions_see_what_earlier_ones_left() -> None:
    document = changed(
        {"target": "$.info.tags", "remove": True},
        {"target": "$.info", "update": {"tags": {"now": "an object"}}},
    )
    assert document["info"]["tags"] == {"now": "an object"}


def test_remove_outranks_update_and_a_false_one_counts_as_none() -> None:
    both = {"target": "$.info.title", "update": "new"}
    assert "title" not in changed({**both, "remove": True})["info"]
    assert changed({**both, "remove": False})["info"]["title"] == "new"


def test_actions_that_find_nothing_are_named_and_change_nothing() -> None:
    found = applied({"target": "$.nowhere[?@.x == 1]", "remove": True, "description": "why", "x-defect": "d"})
    assert found.document == DOCUMENT
    assert [(a.target, a.reason, a.defect) for a in found.unmatched] == [("$.nowhere[?@.x == 1]", "why", "d")]


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"target": "$.info.title", "update": {"a": 1}}, "merges dict into str"),
        ({"target": "$.info", "update": "text"}, "merges str into dict"),
        ({"target": "$", "update": {"info": {"more": 1, "tags": {"a": 1}}}}, "merges dict into list"),
        ({"target": "$.paths.*", "copy": "$.paths.*"}, "copies from 2 places, not from one"),
        ({"target": "$.paths", "copy": "$.nowhere"}, "copies from 0 places, not from one"),
        ({"target": "$", "remove": True}, "removes the whole document"),
    ],
)
def test_actions_that_do_not_fit_are_named_and_change_nothing(action: dict[str, Any], why: str) -> None:
    found = applied(action)
    assert found.document == DOCUMENT
    assert [reason for _, reason in found.refused] == [why]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("openapi: 3.0.0", "not an Overlay 1.x document"),
        ("overlay: 2.0.0\nactions: []", "not an Overlay 1.x document"),
        ("overlay: 1.0.0", "needs a list of `actions`"),
        ("overlay: 1.0.0\nactions: []", "needs a list of `actions`"),
        ("overlay: 1.0.0\nactions: [7]", "action 1: needs a `target` query"),
        ("overlay: 1.0.0\nactions: [{target: $.a, remove: true}, {target: $.a}]", "action 2: needs one of"),
        ("overlay: 1.0.0\nactions: [{target: $.a, remove: false}]", "action 1: needs one of"),
        (
            "overlay: 1.0.0\nactions: [{target: '$.a[', remove: true}]",
            "action 1: '$.a[' is not a JSONPath query",
        ),
        ("overlay: 1.0.0\nactions: [{target: $, copy: 3}]", "action 1: 3 is not a JSONPath query"),
        ("- not\n- a mapping", "not an Overlay 1.x document"),
    ],
)
def test_a_text_that_is_no_overlay_is_one_clear_line(text: str, why: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_overlay(text.encode(), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
