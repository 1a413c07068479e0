"""What indexes select is what a look at every document would select, in order of creation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.engine import crud, selection
from emporix_mock.engine.context import RequestContext
from emporix_mock.engine.query import parse
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.errors import Conflict
from emporix_mock.store.world import State, World

if TYPE_CHECKING:
    from collections.abc import Iterator

THINGS = Resource("/x/{tenant}/things", "things", version=None)
BELOW = Resource("/x/{tenant}/things/{parentId}/things", "below", parent="parentId", version=None)

scalars = st.sampled_from(["a", "b", "true", "20", "", True, False, 20, 20.0, 1.5, 0, None])
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.fixed_dictionaries({"b": scalars}))
documents = st.lists(st.dictionaries(st.sampled_from(["a", "c"]), values, max_size=2), max_size=8)
words = st.sampled_from(
    ["a", "b", "true", "20", "1.5", "0", '"20"', "(a,20)", "(true,b)", "null", ">1", "(>=0 AND <2)", "~[ab]"]
)
clauses = st.builds("{}:{}".format, st.sampled_from(["a", "c", "a.b", "id"]), words)
queries = st.lists(clauses, min_size=1, max_size=2).map(" ".join)


def request(path: dict[str, str] | None = None, **query: Any) -> RequestContext:
    """A request as a handler sees it."""
    return RequestContext("op", "acme", None, {"tenant": "acme", **(path or {})}, query, {}, None, None, {})


def state() -> State:
    """An empty world's state of a service."""
    return World("acme", lambda _service, _world: {}).state("things")


@pytest.fixture(autouse=True, scope="module")
def few_are_many() -> Iterator[None]:
    """Let a handful of documents count as many, so that what is for many is done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "MANY", 1)
        patch.setattr("emporix_mock.store.documents.FEW", 0)
        yield


@given(documents, queries)
def test_an_index_decides_as_a_look_at_every_document(found: list[dict[str, Any]], text: str) -> None:
    here = state()
    stored = [{**document, "id": f"d{index}"} for index, document in enumerate(found)]
    for document in stored:
        here.collection("things").put(document["id"], document)
    expected = [document for document in stored if parse(text).matches(document)]
    assert crud.select(THINGS, request(), here, q=text) == expected
    assert crud.select(THINGS, request(), here, q=f"{text} id:~d") == expected  # patterns now by their values
    page = crud.listing(THINGS, request(q=text, pageSize=100), here).stored
    assert page is not None
    assert len(page) == len(expected)


actions = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "drop", "undo", "look"]), st.integers(0, 5), st.sampled_from("pqr")
    ),
    max_size=30,
)


@given(actions)
def test_documents_below_a_parent_keep_the_order_of_creation(steps: list[tuple[str, int, str]]) -> None:
    here = state()
    collection, order = here.collection("things"), dict[str, str]()
    for action, number, kind in steps:
        key = f"d{number}"
        if action == "put":
            with here.world.unit():
                collection.put(key, {"id": key, "kind": kind})
            order[key] = kind
        elif action == "drop":
            with here.world.unit():
                collection.delete(key)
            order.pop(key, None)
        elif action == "undo":
            with pytest.raises(Conflict), here.world.unit():
                collection.delete(key)
                collection.put("d0", {"id": "d0", "kind": kind})
                raise Conflict
        for each in "pqr":
            expected = [own for own, held in order.items() if held == each]
            assert collection.among("kind", [each]) == expected
            assert [d["id"] for d in crud.select(THINGS, request(), here, q=f"kind:{each}")] == expected
            assert [d["id"] for d in crud.select(THINGS, request(), here, q=f"kind:~{each}")] == expected
        by_kind = crud.listing(THINGS, request(sort="kind:desc", pageSize=9), here).stored or ()
        assert [orjson.loads(raw)["id"] for raw in by_kind] == sorted(
            order, key=order.__getitem__, reverse=True
        )
        assert collection.among("kind", "pq") == [own for own, held in order.items() if held != "r"]


def test_what_was_worked_out_is_forgotten_by_a_write() -> None:
    here = state()
    for index in range(3):
        crud.create(THINGS, request(), here, {"id": f"d{index}", "name": f"n{2 - index}"})
    asked = request(sort="name", pageSize=10)

    def listed() -> list[str]:
        return [raw[7:9].decode() for raw in crud.listing(THINGS, asked, here).stored or ()]

    assert listed() == ["d2", "d1", "d0"]
    crud.create(THINGS, request(), here, {"id": "d9", "name": "a"})
    assert listed() == ["d9", "d2", "d1", "d0"]
    crud.delete(THINGS, request(), here, "d2")
    assert listed() == ["d9", "d1", "d0"]


def test_parents_are_kept_apart() -> None:
    here = state()
    for parent in ("p", "q"):
        crud.create(BELOW, request({"parentId": parent}), here, {"id": "same", "name": parent})
    found = crud.select(BELOW, request({"parentId": "q"}), here)
    assert found == [{"id": "same", "name": "q", PARENT: "q"}]
