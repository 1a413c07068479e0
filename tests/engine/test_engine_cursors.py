"""Walking through custom instances by cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.engine.conftest import Shop

INSTANCES = "/schema/{tenant}/custom-entities/CAR/instances"
NAMES = "cabdfeg"


def instances(shop: Shop, names: str = NAMES) -> None:
    """Instances i0, i1, … below CAR, and one below another type."""
    documents = shop.collection("schema", "instances")
    for index, name in enumerate(names):
        document = {
            "id": f"i{index}",
            "name": {"en": name},
            "_parent": "CAR",
            "mixins": {"a": {"n": index // 3}},
        }
        documents.put(f"CAR/i{index}", document)
    documents.put("BIKE/i0", {"id": "i0", "name": {"en": "z"}, "_parent": "BIKE"})


def ids(answer: httpx.Response) -> list[str]:
    """The ids on a page."""
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


def walked(
    shop: Shop, query: dict[str, Any], header: str = "X-Next-Cursor", name: str = "next"
) -> list[list[str]]:
    """The pages from the first to the last, by the cursor of each."""
    pages, answer = [], shop.ask("GET", INSTANCES, params=query)
    while True:
        pages.append(ids(answer))
        cursor = answer.headers.get(header)
        if cursor is None:
            return pages
        answer = shop.ask("GET", INSTANCES, params={**query, name: cursor})


@pytest.mark.parametrize("sort", [None, "name", "name:desc", "mixins.a.n:desc", "mixins.a.n,name:desc"])
def test_the_pages_of_a_walk_are_the_whole_list(shop: Shop, sort: str | None) -> None:
    instances(shop)
    asked = {"sort": sort} if sort else {}
    whole = ids(shop.ask("GET", INSTANCES, params=asked))
    pages = walked(shop, {**asked, "pageSize": 3})
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [own for page in pages for own in page] == whole


def test_a_walk_leads_back(shop: Shop) -> None:
    instances(shop)
    first = shop.ask("GET", INSTANCES, params={"pageSize": 2})
    second = shop.ask("GET", INSTANCES, params={"pageSize": 2, "next": first.headers["X-Next-Cursor"]})
    assert ids(second) == ["i2", "i3"]
    back = shop.ask("GET", INSTANCES, params={"pageSize": 2, "prev": second.headers["X-Prev-Cursor"]})
    assert ids(back) == ["i0", "i1"]
    assert "X-Prev-Cursor" not in back.headers


@pytest.mark.parametrize("sort", [None, "name"])
def test_a_cursor_outlives_its_document(shop: Shop, sort: str | None) -> None:
    instances(shop)
    query: dict[str, Any] = {"pageSize": 3} | ({"sort": sort} if sort else {})
    first = shop.ask("GET", INSTANCES, params=query)
    whole = ids(shop.ask("GET", INSTANCES, params={**query, "pageSize": 100}))
    shop.done("DELETE", f"{INSTANCES}/{ids(first)[-1]}")
    second = shop.ask("GET", INSTANCES, params={**query, "next": first.headers["X-Next-Cursor"]})
    assert ids(second) == whole[3:6]


def test_a_walk_goes_through_what_a_filter_leaves(shop: Shop) -> None:
    instances(shop)
    answer = shop.ask(
        "GET", INSTANCES, params={"q": "mixins.a.n:1", "pageSize": 2}, headers={"X-Total-Count": "true"}
    )
    assert (ids(answer), answer.headers["X-Total-Count"]) == (["i3", "i4"], "3")
    more = {"q": "mixins.a.n:1", "pageSize": 2, "next": answer.headers["X-Next-Cursor"]}
    last = shop.ask("GET", INSTANCES, params=more, headers={"X-Total-Count": "true"})
    assert ids(last) == ["i5"]
    assert "X-Total-Count" not in last.headers


def test_cursors_that_cannot_be_are_refused(shop: Shop) -> None:
    instances(shop)
    for query in ({"next": "a", "prev": "b"}, {"next": "no cursor"}, {"prev": "e30="}):
        refused = shop.ask("GET", INSTANCES, params=query)
        assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/cursor")
