"""Documents: copies in and out, order of creation, indexes, snapshots that share until written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.store.documents import Documents, index_keys
from emporix_mock.store.world import World


def collection() -> Documents:
    return Documents("test/things", lambda: None)


def test_what_goes_in_and_what_comes_out_are_copies() -> None:
    things, document = collection(), {"id": "a", "tags": ["x"]}
    things.put("a", document)
    document["tags"].append("y")
    things.get("a")["tags"].append("z")  # type: ignore[index]
    assert things.get("a") == {"id": "a", "tags": ["x"]}


def test_pages_follow_the_order_of_creation_through_replacing_and_removing() -> None:
    things = collection()
    for name in "abcde":
        things.put(name, {"id": name})
    things.put("b", {"id": "b", "changed": True})
    assert things.delete("c")
    things.put("c", {"id": "c"})
    assert things.ids() == ["a", "b", "d", "e", "c"]
    assert things.page(1, 3) == [b'{"id":"b","changed":true}', b'{"id":"d"}']
    assert len(things) == 5
    assert not things.delete("absent")


@pytest.mark.parametrize(
    ("document", "field", "keys"),
    [
        ({"code": "A"}, "code", {'"A"'}),
        ({"n": 1}, "n", {"1"}),
        ({"n": True}, "n", {"true"}),
        ({"n": None}, "n", {"null"}),
        ({}, "n", set()),
        ({"a": {"b": [{"c": 1}, {"c": 2}, {}]}}, "a.b.c", {"1", "2"}),
        ({"a": ["x", "y"]}, "a", {'"x"', '"y"'}),
        ({"a": {"b": 1}}, "a", set()),
    ],
)
def test_index_keys(document: dict[str, Any], field: str, keys: set[str]) -> None:
    assert index_keys(document, field) == keys


def test_an_index_made_on_demand_follows_every_write() -> None:
    things = collection()
    things.put("a", {"owner": "x"})
    assert things.find("owner", "x") == ["a"]
    things.put("b", {"owner": "x"})
    things.put("a", {"owner": "y"})
    things.put("c", {"owner": ["x", "y"]})
    assert things.find("owner", "x") == ["b", "c"]
    assert things.find("owner", "y") == ["a", "c"]
    things.delete("c")
    assert things.find("owner", "y") == ["a"]
    assert things.find("owner", "nobody") == []


OPERATION = st.tuples(st.sampled_from(["put", "delete"]), st.sampled_from("abcd"), st.integers(0, 3))


@given(st.lists(OPERATION, max_size=12), st.lists(OPERATION, max_size=12), st.booleans())
def test_a_unit_that_fails_leaves_everything_as_it_was(
    before: list[tuple[str, str, int]], inside: list[tuple[str, str, int]], savepoint: bool
) -> None:
    world = World("acme", lambda _service, _world: {})
    things = world.collection("test", "things")
    apply(things, before)
    things.find("n", 0)
    expected = list(things.scan()), things.ids().copy(), [things.find("n", n) for n in range(4)]
    with pytest.raises(ZeroDivisionError), world.unit():
        apply(things, inside[: len(inside) // 2])
        if savepoint:
            with pytest.raises(KeyError), world.unit():
                apply(things, inside)
                raise KeyError
        apply(things, inside[len(inside) // 2 :])
        raise ZeroDivisionError
    found = list(things.scan()), things.ids().copy(), [sorted(things.find("n", n)) for n in range(4)]
    assert found == (expected[0], expected[1], [sorted(ids) for ids in expected[2]])


@given(st.lists(OPERATION, max_size=12), st.lists(OPERATION, max_size=12))
def test_a_snapshot_is_untouched_by_later_writes(
    before: list[tuple[str, str, int]], after: list[tuple[str, str, int]]
) -> None:
    world = World("acme", lambda _service, _world: {})
    things = world.collection("test", "things")
    with world.unit():
        apply(things, before)
    documents, order = list(things.scan()), things.ids().copy()
    snapshot = world.snapshot()
    with world.unit():
        apply(things, after)
    world.restore(snapshot)
    assert (list(things.scan()), things.ids()) == (documents, order)
    with world.unit():
        apply(things, after)
    world.restore(snapshot)
    assert (list(things.scan()), things.ids()) == (documents, order)


def apply(things: Documents, operations: list[tuple[str, str, int]]) -> None:
    for verb, key, number in operations:
        if verb == "put":
            things.put(key, {"id": key, "n": number})
        else:
            things.delete(key)
