"""Bulk operations: entries in order, each item for itself, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.engine.conftest import Shop

SEGMENTS = "/customer-segment/{tenant}/segments"
PRICES = "/price/{tenant}/price-lists/L/prices"
AVAILABILITY = "/availability/{tenant}/availability"


def segment(**more: Any) -> dict[str, Any]:
    """The body of a segment."""
    return {"name": {"en": "S"}, "siteCode": "main", **more}


def price(**more: Any) -> dict[str, Any]:
    """The body of a price in a list."""
    return {
        "itemId": {"id": "p", "itemType": "PRODUCT"},
        "priceModelId": "m",
        "tierValues": [{"priceValue": 1}],
        **more,
    }


@pytest.fixture
def priced(shop: Shop) -> Shop:
    """A shop with the price list L."""
    body = {"siteCode": "main", "name": {"en": "L"}}
    assert shop.ask("PUT", "/price/{tenant}/price-lists/L", body).status_code == 201
    return shop


def codes(answer: Any) -> list[tuple[int, int]]:
    """Index and code of every entry."""
    return [(entry["index"], entry["code"]) for entry in answer.json()]


def test_every_item_has_its_entry_and_stands_alone(shop: Shop) -> None:
    items = [segment(id="s1"), {"name": {"en": "no site"}}, segment(id="s1"), segment(id="s2")]
    answer = shop.ask("POST", f"{SEGMENTS}/bulk", items)
    assert answer.status_code == 207
    assert codes(answer) == [(1, 201), (2, 400), (3, 409), (4, 201)]
    first, second = answer.json()[:2]
    assert first == {"index": 1, "id": "s1", "code": 201, "status": "Created"}
    assert second["status"] == "Bad Request"
    assert second["message"]
    assert shop.collection("customer-segments", "segments").ids() == ["s1", "s2"]


def test_bulk_updates_create_where_a_single_one_would(shop: Shop) -> None:
    shop.done("POST", SEGMENTS, segment(id="s1"))
    items = [
        segment(id="s1", name={"en": "New"}),
        segment(id="s2"),
        segment(id="s1", metadata={"version": 9}),
    ]
    answer = shop.ask("PUT", f"{SEGMENTS}/bulk", items)
    assert codes(answer) == [(1, 204), (2, 201), (3, 409)]
    assert shop.done("GET", f"{SEGMENTS}/s1")["name"] == {"en": "New"}


def test_bulk_deletes_by_id_and_what_is_not_there_is_gone(shop: Shop) -> None:
    shop.done("POST", SEGMENTS, segment(id="s1"))
    answer = shop.ask("DELETE", f"{SEGMENTS}/bulk", ["s1", "none"])
    assert codes(answer) == [(1, 204), (2, 204)]
    assert shop.done("GET", SEGMENTS) == []


def test_too_many_items_or_none_at_all_are_refused_as_a_whole(priced: Shop) -> None:
    refused = priced.ask("POST", f"{PRICES}/bulk", [price()] * 4)
    assert refused.status_code == 400
    assert refused.json() == {
        "code": 400,
        "status": "BAD_REQUEST",
        "message": "There is a validation error. Please check the details.",
        "details": ["Maximum size of the payload array is 3."],
    }
    assert priced.ask("POST", f"{PRICES}/bulk", {"no": "list"}).status_code == 400
    assert len(priced.collection("price-service", "prices")) == 0


def test_entries_speak_as_the_service_does(priced: Shop) -> None:
    made = priced.ask("POST", f"{PRICES}/bulk", [price(), price(id="mine")])
    assert [entry["status"] for entry in made.json()] == ["CREATED", "CREATED"]
    changed = priced.ask("PUT", f"{PRICES}/bulk", [price(id="mine", metadata={"version": 1})])
    assert changed.json() == [{"index": 0, "id": "mine", "code": 204, "status": "NO_CONTENT"}]


def test_a_bulk_delete_without_entries_passes_over_what_is_not_there(priced: Shop) -> None:
    priced.done("POST", PRICES, price(id="mine"))
    gone = priced.ask("DELETE", f"{PRICES}/bulk", ["mine", "none"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert len(priced.collection("price-service", "prices")) == 0


def test_items_are_found_by_the_members_that_make_their_id(shop: Shop) -> None:
    items = [{"productId": product, "site": "main", "stockLevel": 1} for product in ("p1", "p2")]
    made = shop.ask("POST", f"{AVAILABILITY}/bulk", items)
    assert [entry["id"] for entry in made.json()] == ["main:p1", "main:p2"]
    again = shop.ask("POST", f"{AVAILABILITY}/bulk", items[:1])
    assert codes(again) == [(0, 409)]
    changed = shop.ask("PUT", f"{AVAILABILITY}/bulk", [{**items[0], "stockLevel": 7}])
    assert codes(changed) == [(0, 204)]
    assert shop.done("GET", f"{AVAILABILITY}/p1/main")["stockLevel"] == 7
    gone = shop.ask(
        "DELETE", f"{AVAILABILITY}/bulk", [{"productId": "p1", "site": "main"}, {"productId": "x"}]
    )
    assert codes(gone) == [(0, 204), (1, 400)]


@pytest.mark.parametrize("count", [0, 200])
def test_a_bulk_of_any_allowed_size_is_taken(shop: Shop, count: int) -> None:
    answer = shop.ask("POST", f"{SEGMENTS}/bulk", [segment() for _ in range(count)])
    assert (answer.status_code, len(answer.json())) == (207, count)
    assert len(shop.collection("customer-segments", "segments")) == count
