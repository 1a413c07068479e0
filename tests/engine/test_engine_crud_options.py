"""Options that few resources have: fixed members, names, expansions, restrictions, HEAD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.engine.conftest import Shop

PRODUCTS = "/product/{tenant}/products"
ORDERS = "/order-v2/{tenant}/salesorders"
TYPES = "/schema/{tenant}/custom-entities"
INSTANCES = f"{TYPES}/CAR/instances"


def product(code: str = "c1", **more: Any) -> dict[str, Any]:
    """The body of a product."""
    return {"name": "Coffee", "code": code, "productType": "BASIC", **more}


def test_a_yrn_is_answered_and_fields_are_kept(shop: Shop) -> None:
    made = shop.done("POST", PRODUCTS, product(id="p1"))
    yrn = f"urn:yaas:hybris:product:product:{shop.world.tenant};p1"
    assert made == {"id": "p1", "yrn": yrn}
    assert shop.done("GET", f"{PRODUCTS}?fields=published") == [
        {"id": "p1", "code": "c1", "published": False}
    ]


def test_defaults_fill_in_and_fixed_members_stay(shop: Shop) -> None:
    shop.done("POST", PRODUCTS, product(id="p1"))
    assert shop.done("GET", f"{PRODUCTS}/p1")["published"] is False
    change = {
        "name": "New",
        "code": "c1",
        "productType": "PARENT_VARIANT",
        "template": {"id": "t", "version": 1},
    }
    assert shop.ask("PATCH", f"{PRODUCTS}/p1", change).status_code in (204, 400)
    assert shop.done("GET", f"{PRODUCTS}/p1")["productType"] == "BASIC"


def test_put_merges_when_it_is_partial(shop: Shop) -> None:
    shop.done("POST", PRODUCTS, product(id="p1", description="Strong"))
    partial = shop.ask("PUT", f"{PRODUCTS}/p1?partial=true", product(published=True))
    assert partial.status_code == 204
    found = shop.done("GET", f"{PRODUCTS}/p1")
    assert (found["description"], found["published"]) == ({"en": "Strong"}, True)
    assert shop.ask("PUT", f"{PRODUCTS}/p1", product()).status_code == 204
    assert "description" not in shop.done("GET", f"{PRODUCTS}/p1")


def test_an_expansion_completes_the_answer(shop: Shop) -> None:
    shop.done("POST", PRODUCTS, product(id="p1", brandId="b1"))
    assert "brand" not in shop.done("GET", f"{PRODUCTS}/p1")
    found = shop.done("GET", f"{PRODUCTS}/p1?expand=template,brand")
    assert found["brand"] == {"id": "b1", "name": "Brand"}


def test_head_counts_and_totals_come_unasked_where_nobody_can_ask(shop: Shop) -> None:
    orders(shop)
    head = shop.ask("HEAD", f"{ORDERS}?q=restriction:DE")
    assert (head.status_code, head.headers["x-total-count"], head.content) == (200, "1", b"")
    assert shop.ask("GET", ORDERS).headers["x-total-count"] == "3"


def test_a_restricted_scope_sees_its_restriction_and_what_has_none(shop: Shop) -> None:
    orders(shop)
    german = shop.token("order.order_read--DE")
    assert [one["id"] for one in shop.done("GET", ORDERS, token=german)] == ["o1", "o3"]
    assert shop.ask("GET", f"{ORDERS}/o2", token=german).status_code == 404
    everything = shop.token("order.order_read")
    assert len(shop.done("GET", ORDERS, token=everything)) == 3


def orders(shop: Shop) -> None:
    """Three stored orders, two of them restricted."""
    documents = shop.collection("order", "orders")
    for own, more in (("o1", {"restriction": "DE"}), ("o2", {"restriction": "FR"}), ("o3", {})):
        order = {
            "id": own,
            "created": "2026-01-01T00:00:00.000Z",
            "status": "CREATED",
            "entries": [{"id": "e1"}],
            "customer": {"id": "C1", "email": "mia@example.com"},
            "metadata": {
                "version": 1,
                "createdAt": "2026-01-01T00:00:00.000Z",
                "modifiedAt": "2026-01-01T00:00:00.000Z",
            },
            **more,
        }
        documents.put(own, order)


def test_instances_hold_their_type_until_it_is_forced(shop: Shop) -> None:
    shop.done("POST", TYPES, {"id": "CAR", "name": {"en": "Car"}})
    shop.done("POST", INSTANCES, {"id": "i1", "name": {"en": "One"}})
    assert shop.done("GET", f"{INSTANCES}/i1")["type"] == "CAR"
    assert shop.ask("DELETE", f"{TYPES}/CAR").status_code == 400
    assert shop.ask("DELETE", f"{INSTANCES}/i1").status_code == 204
    assert shop.ask("DELETE", f"{TYPES}/CAR").status_code == 204


def test_a_bulk_patch_carries_operations_in_either_case(shop: Shop) -> None:
    for own in ("i1", "i2"):
        shop.done("POST", INSTANCES, {"id": own, "name": {"en": own}})
    changes = [
        {"id": "i1", "data": [{"op": "REPLACE", "path": "/name/en", "value": "New"}]},
        {"id": "none", "data": []},
        {"id": "i2", "data": [{"op": "remove", "path": "/nothing"}]},
        {"id": "i2", "data": [{"op": "jump", "path": "/name"}]},
    ]
    answer = shop.ask("PATCH", f"{INSTANCES}/bulk", changes)
    assert [entry["code"] for entry in answer.json()] == [204, 404, 400, 400]
    assert [one["name"] for one in shop.done("GET", INSTANCES)] == [{"en": "New"}, {"en": "i2"}]


def test_a_text_put_by_an_operation_is_that_of_its_language(shop: Shop) -> None:
    shop.languages("en", "de")
    shop.done("POST", INSTANCES, {"id": "i1", "name": {"en": "One", "de": "Eins"}})
    change = [{"op": "replace", "path": "/name", "value": "Uno"}]
    shop.done("PATCH", f"{INSTANCES}/i1", change, headers={"Content-Language": "de"})
    everything = {"Accept-Language": "*"}
    assert shop.done("GET", f"{INSTANCES}/i1", headers=everything)["name"] == {"en": "One", "de": "Uno"}
