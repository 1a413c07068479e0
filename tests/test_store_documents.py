"""Documents: copies in and out, order of creation, indexes, snapshots that share until written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.store.documents import Documents
from emporix_mock.store.indexes import index_keys
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
    assert index_keys(document, field.split(".")) == keys


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


def test_an_index_is_made_once_for_all_who_share_the_documents() -> None:
    one, other = collection(), collection()
    one.put("a", {"owner": "x"})
    frozen = one.freeze()
    other.thaw(frozen)
    assert other.find("owner", "x") == ["a"]
    assert list(frozen.indexes) == ["owner"]
    other.put("b", {"owner": "x"})
    other.find("name", "y")
    one.thaw(frozen)
    assert one.find("owner", "x") == ["a"]
    assert list(frozen.indexes) == ["owner"]


def apply(things: Documents, operations: list[tuple[str, str, int]]) -> None:
    for verb, key, number in operations:
        if verb == "put":
            things.put(key, {"id": key, "n": number})
        else:
            things.delete(key)


STEP = st.one_of(
    OPERATION,
    st.tuples(st.just("fail"), st.lists(OPERATION, max_size=6), st.none()),
    st.tuples(st.just("unit"), st.lists(OPERATION, max_size=6), st.none()),
    st.tuples(st.sampled_from(["freeze", "thaw"]), st.integers(0, 1), st.none()),
    st.tuples(st.sampled_from(["find", "among"]), st.sets(st.integers(0, 3), min_size=1), st.none()),
)
Naive = dict[str, int]


@given(st.lists(st.tuples(st.integers(0, 1), STEP), max_size=40))
def test_two_worlds_that_share_agree_with_plain_dictionaries(steps: list[Any]) -> None:
    worlds = [World(name, lambda _service, _world: {}) for name in ("one", "two")]
    things = [world.collection("test", "things") for world in worlds]
    naive: list[Naive] = [{}, {}]
    frozen = [(things[0].freeze(), dict[str, int]()) for _ in range(2)]
    for which, (verb, first, second) in steps:
        collection, plain = things[which], naive[which]
        if verb in ("put", "delete"):
            apply(collection, [(verb, first, second)])
            naive_apply(plain, [(verb, first, second)], {})
        elif verb == "unit":
            with worlds[which].unit():
                apply(collection, first)
            naive_apply(plain, first, dict(plain))
        elif verb == "fail":
            with pytest.raises(KeyError), worlds[which].unit():
                apply(collection, first)
                raise KeyError
        elif verb == "freeze":
            frozen[first] = (collection.freeze(), dict(plain))
        elif verb == "thaw":
            collection.thaw(frozen[first][0])
            naive[which] = dict(frozen[first][1])
        elif verb == "find":
            for number in first:
                assert sorted(collection.find("n", number)) == sorted(holding(plain, {number}))
        else:
            assert collection.among("n", first) == holding(plain, first)
        for each, expected in zip(things, naive, strict=True):
            assert each.ids() == list(expected)
            assert [(d["id"], d["n"]) for d in each.scan()] == list(expected.items())


def naive_apply(plain: Naive, operations: list[tuple[str, str, int]], began: Naive) -> None:
    """The same on a dictionary. What a unit removes and makes again stands where it stood before it."""
    order = list({**began, **plain})
    for verb, key, number in operations:
        if verb == "delete":
            plain.pop(key, None)
        else:
            plain[key] = number
            if key not in order:
                order.append(key)
    if began or len(operations) > 1:
        kept = dict(plain)
        plain.clear()
        plain.update((key, kept[key]) for key in order if key in kept)


def holding(plain: Naive, numbers: set[int]) -> list[str]:
    return [key for key, number in plain.items() if number in numbers]


def test_what_is_removed_again_and_again_leaves_the_order_right() -> None:
    things, expected = collection(), {}
    for number in range(500):
        things.put(str(number), {"n": number % 7})
        expected[str(number)] = number % 7
    for number in range(0, 500, 3):
        things.delete(str(number))
        del expected[str(number)]
        if number % 5 == 0:
            assert things.ids() == list(expected)
        if number % 2:
            things.put(str(number), {"n": 8})
            expected[str(number)] = 8
    assert things.ids() == list(expected)
    assert things.among("n", [1, 8]) == [key for key, value in expected.items() if value in (1, 8)]
    things.clear()
    assert things.ids() == []


def test_looking_decodes_once_and_sees_what_is_stored_now():
    documents = Documents("t", lambda: None)
    assert documents.peek("a") is None
    documents.put("a", {"id": "a", "n": 1})
    first = documents.peek("a")
    assert first == {"id": "a", "n": 1}
    assert documents.peek("a") is first
    documents.put("a", {"id": "a", "n": 2})
    assert documents.peek("a") == {"id": "a", "n": 2}
    documents.delete("a")
    assert documents.peek("a") is None
    large = {"id": "b", "text": "x" * 10_000}
    documents.put("b", large)
    assert documents.peek("b") == large
    assert documents.peek("b") is not documents.peek("b")
