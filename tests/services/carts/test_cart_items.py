"""Lines of a cart: adding, joining, changing, batches, and which prices are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

GRINDER = "65d0a1b2c3d4e5f604000004"
PROBLEMS = "There are validation problems, see details section for more information"
PRODUCT = "65d0a1b2c3d4e5f604000001"


def status(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


@pytest.fixture
def cart(shop: Any) -> tuple[httpx.Client, str, str]:
    """A new cart of a customer: client, id, path."""
    http = shop.jonas()
    made = shop.cart(http)
    return http, made, f"{shop.base}/{made}"


def lines(shop: Any, http: httpx.Client, own: str) -> list[tuple[str, float]]:
    return [(item["id"], item["quantity"]) for item in shop.read(http, own)["items"]]


def test_a_line_from_added_to_gone(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    made = http.post(f"{path}/items", params={"siteCode": "main"}, json=shop.item(1, 2))
    yrn = f"urn:yaas:hybris:product:product:{shop.world.tenant};65d0a1b2c3d4e5f604000001"
    assert (made.status_code, made.json()) == (201, {"itemId": "0", "yrn": yrn})
    assert made.headers["location"] == f"/carts/{own}/items/0"
    item = http.get(f"{path}/items/0").json()
    assert (item["type"], item["quantity"], item["effectiveQuantity"]) == ("INTERNAL", 2, 2)
    assert item["price"] == {
        "priceId": "65d0a1b2c3d4e5f607000001",
        "originalAmount": 18.9,
        "effectiveAmount": 18.9,
        "currency": "EUR",
    }
    assert (item["itemYrn"], item["product"]["id"]) == (yrn, "65d0a1b2c3d4e5f604000001")
    assert item["unitPrice"]["grossValue"] == 18.9
    assert http.put(f"{path}/items/0", params={"partial": True}, json={"quantity": 3}).status_code == 204
    assert http.get(f"{path}/items").json()[0]["calculatedPrice"]["finalPrice"]["grossValue"] == 56.7
    assert http.delete(f"{path}/items/0").status_code == 204
    gone = f"Cart item not found in cart {own} with code 0"
    for answer in (
        http.get(f"{path}/items/0"),
        http.delete(f"{path}/items/0"),
        http.put(f"{path}/items/0", json={"quantity": 1}),
    ):
        assert status(answer) == (404, gone)
    assert shop.add(http, own, 1) == "1"
    shop.add(http, own, 3)
    assert http.delete(f"{path}/items").status_code == 204
    assert http.get(f"{path}/items").json() == []


def test_clients_add_without_naming_the_site(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, _, path = cart
    assert http.post(f"{path}/items", json=shop.item(1)).status_code == 201


def test_more_of_the_same_goes_into_one_line(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, _ = cart
    assert [shop.add(http, own, 1, 2), shop.add(http, own, 3), shop.add(http, own, 1)] == ["0", "1", "0"]
    assert lines(shop, http, own) == [("0", 3), ("1", 1)]
    assert shop.events().count("cart.item-updated") == 1


def test_lines_that_are_to_stay_separate(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, _ = cart
    added = [shop.add(http, own, 1, keepAsSeparateLineItem=flag) for flag in (True, True, False, False, True)]
    assert added == ["0", "1", "2", "2", "3"]


def test_another_price_of_a_product_that_is_in_the_cart(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    shop.add(http, own, 1)
    price = {
        "id": "65d0a1b2c3d4e5f6070000aa",
        "itemId": {"itemType": "PRODUCT", "id": "65d0a1b2c3d4e5f604000001"},
        "currency": "EUR",
        "location": {"countryCode": "DE"},
        "restrictions": {"siteCodes": ["main"]},
        "tierValues": [{"priceValue": 15}],
    }
    assert shop.backend().post(f"/price/{shop.world.tenant}/prices", json=price).status_code == 201
    cheaper = shop.item(1, keepAsSeparateLineItem=True)
    cheaper["price"] = {
        **cheaper["price"],
        "priceId": price["id"],
        "originalAmount": 15,
        "effectiveAmount": 15,
    }
    site = {"siteCode": "main"}
    refused = http.post(f"{path}/items", params=site, json=cheaper)
    ids = "65d0a1b2c3d4e5f607000001,65d0a1b2c3d4e5f6070000aa"
    found = f"Duplicated prices [{ids}] found for the same product in the cart"
    assert (refused.status_code, refused.json()["details"]) == (400, [found])
    shop.configure(cartItemValidationSkipExistingItemsValidationOnAddToCart=True)
    assert http.post(f"{path}/items", params=site, json=cheaper).status_code == 201
    report = http.get(f"{path}/validate").json()
    assert report["isValid"] is False
    assert {
        d["id"]: [e["errorCode"][-6:] for e in d["errors"]] for d in report["itemsValidationDetails"]
    } == {
        "0": ["100001", "100002"],
        "1": ["100002"],
    }
    error = report["itemsValidationDetails"][0]["errors"][0]
    assert error == {
        "errorCode": "CART-ITEM-UNIT-PRICE-100001",
        "message": "Item's price '65d0a1b2c3d4e5f607000001' was not found in the price match",
        "field": "items.unitPrice",
    }
    assert http.put(f"{path}/refresh").status_code == 204
    assert http.get(f"{path}/validate").json() == {"isValid": True}
    assert [i["price"]["effectiveAmount"] for i in http.get(f"{path}/items").json()] == [15, 15]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"itemYrn": "urn:other:thing"}, "Given yrn does not match yaas urn scheme"),
        (
            {"itemYrn": "urn:yaas:hybris:product:product:somebody;1"},
            "Given yrn does not match yaas urn scheme",
        ),
        (
            {"price": {"originalAmount": 1, "effectiveAmount": 1, "currency": "EUR"}},
            "Internal type must have priceId set",
        ),
        ({"quantity": 0}, "Invalid quantity"),
        ({"quantity": 1e308}, PROBLEMS),
        ({"itemYrn": None}, PROBLEMS),
    ],
)
def test_items_that_are_refused(
    shop: Any, cart: tuple[httpx.Client, str, str], change: dict[str, Any], text: str
):
    http, _, path = cart
    answer = http.post(f"{path}/items", params={"siteCode": "main"}, json={**shop.item(1), **change})
    assert (answer.json()["status"], status(answer)) == ("BAD_REQUEST", (400, text))
    assert http.get(f"{path}/items").json() == []


def test_prices_that_are_not_those_of_the_match(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, _, path = cart
    site, item = {"siteCode": "main"}, shop.item(1)
    other = {**item, "product": {"id": "65d0a1b2c3d4e5f604000002"}}
    assert http.post(f"{path}/items", params=site, json=other).status_code == 201
    assert http.get(f"{path}/items/0").json()["product"]["id"] == "65d0a1b2c3d4e5f604000001"
    assert http.delete(f"{path}/items").status_code == 204
    nameless = {name: value for name, value in other.items() if name != "itemYrn"}
    assert http.post(f"{path}/items", params=site, json=nameless).status_code == 400
    for wrong in ({"effectiveAmount": 1}, {"originalAmount": 1}, {"currency": "GBP"}, {"priceId": "none"}):
        body = {**item, "price": {**item["price"], **wrong}}
        answer = http.post(f"{path}/items", params=site, json=body)
        assert answer.status_code == 400
        assert "was not found in the price match" in answer.json()["details"][0]
    shop.configure(cartItemValidationSkipEffectiveAmount="true")
    body = {**item, "price": {**item["price"], "effectiveAmount": 1}}
    assert http.post(f"{path}/items", params=site, json=body).status_code == 201
    assert http.get(f"{path}/items").json()[0]["price"]["effectiveAmount"] == 18.9


def test_the_tier_of_the_whole_quantity(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    tiers = [{"minQuantity": {"quantity": q, "unitCode": "H87"}} for q in (0, 5)]
    model = {
        "id": "byfive",
        "includesTax": True,
        "includesMarkup": False,
        "name": {"en": "By five"},
        "measurementUnit": {"quantity": 1, "unitCode": "H87"},
        "tierDefinition": {
            "tierType": "VOLUME",
            "tiers": [{"id": f"t{n}", **t} for n, t in enumerate(tiers)],
        },
    }
    price = {
        "id": "tiered",
        "itemId": {"itemType": "PRODUCT", "id": GRINDER},
        "currency": "EUR",
        "location": {"countryCode": "DE"},
        "priceModelId": "byfive",
        "restrictions": {"siteCodes": ["main"]},
        "tierValues": [{"id": "t0", "priceValue": 40}, {"id": "t1", "priceValue": 30}],
    }
    backend, prices = shop.backend(), f"/price/{shop.world.tenant}"
    headers = {"Content-Language": "*"}
    assert backend.post(f"{prices}/priceModels", json=model, headers=headers).status_code == 201
    stored = shop.world.stored.collection("price-service", "priceModels").get("byfive")
    ids = [tier["id"] for tier in stored["tierDefinition"]["tiers"]]
    for own_id, value in zip(ids, price["tierValues"], strict=True):
        value["id"] = own_id
    assert backend.post(f"{prices}/prices", json=price).status_code == 201

    def added(quantity: float, amount: float) -> int:
        row = {"priceId": "tiered", "originalAmount": amount, "effectiveAmount": amount, "currency": "EUR"}
        body = {**shop.item(4, quantity), "price": row}
        return http.post(f"{path}/items", params={"siteCode": "main"}, json=body).status_code

    assert [added(3, 30), added(3, 40)] == [400, 201]
    assert shop.read(http, own)["items"][0]["price"]["effectiveAmount"] == 40
    assert added(3, 40) == 201
    line = shop.read(http, own)["items"][0]
    assert (line["quantity"], line["price"]["effectiveAmount"]) == (6, 30)
    assert line["calculatedPrice"]["price"]["grossValue"] == 180
    assert http.put(f"{path}/items/0", params={"partial": True}, json={"quantity": 4}).status_code == 204
    assert shop.read(http, own)["items"][0]["price"]["effectiveAmount"] == 40
    shop.world.stored.switches |= {"cart/quantity-change": "keep"}
    assert http.put(f"{path}/items/0", params={"partial": True}, json={"quantity": 6}).status_code == 204
    assert shop.read(http, own)["items"][0]["price"]["effectiveAmount"] == 40
    assert [d["id"] for d in http.get(f"{path}/validate").json()["itemsValidationDetails"]] == ["0"]


def test_goods_by_weight(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, _, path = cart
    row = {
        "priceId": "65d0a1b2c3d4e5f607000061",
        "originalAmount": 30,
        "effectiveAmount": 30,
        "currency": "EUR",
    }
    unit = {"quantity": 1, "unitCode": "g"}
    body = {**shop.item(2, 500), "price": {**row, "measurementUnit": unit}}
    assert http.post(f"{path}/items", params={"siteCode": "main"}, json=body).status_code == 201
    line = http.get(f"{path}/items/0").json()
    assert line["calculatedPrice"]["price"]["grossValue"] == 15
    assert line["price"]["measurementUnit"] == unit


def test_replacing_and_merging_a_line(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    shop.add(http, own, 1, mixins={"a": {"b": 1}})
    assert http.put(f"{path}/items/0?partial=true", json={"mixins": {"c": {}}}).status_code == 204
    assert http.get(f"{path}/items/0").json()["mixins"] == {"c": {}}
    assert http.put(f"{path}/items/0", json=shop.item(1, 4)).status_code == 204
    line = http.get(f"{path}/items/0").json()
    assert (line["quantity"], "mixins" in line) == (4, False)
    assert http.put(f"{path}/items/0", json={"quantity": 0}).json()["message"] == "Invalid quantity"
    assert http.put(f"{path}/items/0", json=shop.item(3, 1)).status_code == 204
    assert http.get(f"{path}/items/0").json()["product"]["id"].endswith("3")


def test_many_items_at_once(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    bad = {**shop.item(3), "quantity": 0}
    assert http.post(f"{path}/itemsBatch", json=[shop.item(1), {"quantity": "x"}]).status_code == 400
    assert http.put(f"{path}/itemsBatch", json={}).status_code == 400
    answer = http.post(f"{path}/itemsBatch", json=[shop.item(1, 2), bad, shop.item(3)])
    assert answer.status_code == 200
    entries = answer.json()
    assert [(e["index"], e["status"]) for e in entries] == [(0, 201), (1, 400), (2, 201)]
    assert entries[0]["headers"] == {"location": f"/carts/{own}/items/0"}
    assert (entries[0]["id"], entries[0]["yrn"]) == ("0", shop.item(1)["itemYrn"])
    assert entries[1]["errorMessage"] == "Invalid quantity: Quantity must be greater than zero"
    assert lines(shop, http, own) == [("0", 2), ("1", 1)]
    changes = [{"id": "0", **shop.item(1, 5)}, {"id": "1", **bad}, {"id": "9", **shop.item(3)}]
    answer = http.put(f"{path}/itemsBatch", json=changes)
    assert answer.status_code == 207
    assert answer.json() == [
        {"index": 0, "id": "0", "code": 204, "status": "No Content"},
        {
            "index": 1,
            "id": "1",
            "code": 400,
            "status": "Bad Request",
            "message": "Invalid quantity",
            "details": ["Quantity must be greater than zero"],
        },
        {
            "index": 2,
            "id": "9",
            "code": 404,
            "status": "Not Found",
            "message": f"Cart item not found in cart {own} with code 9",
        },
    ]
    assert lines(shop, http, own) == [("0", 5), ("1", 1)]
    assert http.post(f"{path}/itemsBatch", json=[shop.item(1)] * 201).status_code == 400
    assert http.put(f"{path}/itemsBatch", json=[{"id": "0", **shop.item(1)}] * 51).status_code == 400


def test_product_details_where_the_tenant_wants_them(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    shop.configure(populateProductDetailsOnAddToCart=True)
    shop.add(http, own, 3)
    found = http.get(f"{path}/items/0").json()["product"]
    assert (found["code"], found["sku"], found["name"]) == (
        "KET-GOOSE-09",
        "KET-GOOSE-09",
        "Gooseneck Kettle 0.9 l",
    )
    assert found["localizedName"]["de"] == "Schwanenhalskessel 0,9 l"
    assert (found["vendor"]["name"], found["productType"]) == ("Kessel & Co", "BASIC")
    assert [image["id"] for image in found["images"]] == ["65d0a1b2c3d4e5f60a000002"]


def external(shop: Any) -> dict[str, Any]:
    return {
        "itemYrn": f"urn:yaas:saasag:caasproduct:product:{shop.world.tenant};{GRINDER}",
        "itemType": "EXTERNAL",
        "quantity": 5,
        "price": {"originalAmount": 159, "effectiveAmount": 119, "currency": "EUR"},
        "tax": {"name": "STANDARD", "rate": 19, "grossValue": 119, "netValue": 100},
        "linePrice": {"originalAmount": 795, "effectiveAmount": 595, "currency": "EUR"},
        "lineTax": {"name": "STANDARD", "rate": 19, "grossValue": 595, "netValue": 500},
    }


def test_products_that_are_named_otherwise(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, _, path = cart
    shop.configure(enableExternalPrices=True)
    priced = {name: value for name, value in shop.item(1, 1e30).items() if name != "itemYrn"}
    site = {"siteCode": "main"}
    for product in ({"id": PRODUCT}, {"id": PRODUCT, "yrn": shop.item(1)["itemYrn"]}):
        assert http.post(f"{path}/items", params=site, json={**priced, "product": product}).status_code == 201
    [line] = http.get(f"{path}/items").json()
    assert (line["itemYrn"], line["quantity"]) == (shop.item(1)["itemYrn"], 2e30)
    wrapping = {**external(shop), "itemYrn": None, "product": {"id": "wrap", "name": "Gift wrapping"}}
    assert shop.backend().post(f"{path}/items", params=site, json=wrapping).status_code == 201


def test_external_prices(shop: Any):
    backend = shop.backend()
    own = shop.cart(backend)
    path, site = f"{shop.base}/{own}/items", {"siteCode": "main"}
    assert backend.post(path, params=site, json=external(shop)).status_code == 400
    shop.configure(enableExternalPrices=True)
    assert backend.post(path, params=site, json=external(shop)).status_code == 201
    line = backend.get(f"{path}/0").json()
    assert line["calculatedPrice"]["price"] == {
        "netValue": 500,
        "grossValue": 595,
        "taxValue": 95,
        "taxCode": "STANDARD",
        "taxRate": 19,
        "calculated": "EXTERNAL",
    }
    assert line["lineTax"] == {**external(shop)["lineTax"], "quantity": 5}
    assert line["linePrice"] == external(shop)["linePrice"]
    partial = {"partial": True}
    assert backend.put(f"{path}/0", params=partial, json={"quantity": 6}).status_code == 204
    line = backend.get(f"{path}/0").json()
    price = line["calculatedPrice"]["price"]
    assert (price["calculated"], price["grossValue"], price["netValue"]) == ("INTERNAL", 714, 600)
    assert (line["lineTax"]["quantity"], line["quantity"]) == (5, 6)
    assert backend.put(f"{path}/0", json={"quantity": 5}).status_code == 204
    assert "lineTax" not in backend.get(f"{path}/0").json()
    assert backend.post(path, params=site, json=external(shop)).json()["itemId"] == "1"
    assert backend.post(path, params=site, json=shop.item(4)).json()["itemId"] == "2"
    wrap = {"itemType": "EXTERNAL", "product": {"id": "wrap", "name": "Gift wrapping"}, "quantity": 1}
    row = {"originalAmount": 4.76, "effectiveAmount": 4.76, "currency": "EUR"}
    made = backend.post(path, params=site, json={**wrap, "price": row, "taxCode": "STANDARD"}).json()
    assert made == {"itemId": "3", "yrn": f"urn:yaas:saasag:caasproduct:product:{shop.world.tenant};wrap"}
    assert backend.get(f"{path}/3").json()["unitPrice"]["netValue"] == 4


def test_external_prices_take_a_scope(shop: Any):
    shop.configure(enableExternalPrices=True)
    jonas = shop.jonas()
    path = f"{shop.base}/{shop.cart(jonas)}/items"
    answer = jonas.post(path, params={"siteCode": "main"}, json=external(shop))
    assert (answer.status_code, answer.json()["message"]) == (403, "User not authorized.")
    discounted = {**shop.item(1), "externalDiscounts": [{"id": "x", "discountType": "PERCENT", "value": 5}]}
    assert jonas.post(path, params={"siteCode": "main"}, json=discounted).status_code == 403
    manager = shop.backend("cart.cart_manage")
    assert manager.post(path, params={"siteCode": "main"}, json=external(shop)).status_code == 403


def test_when_goods_can_be_delivered(shop: Any, cart: tuple[httpx.Client, str, str]):
    http, own, path = cart
    assert http.get(f"{path}/dtRestrictions").json() == {"leadTime": 0, "nonDelivery": []}
    products = shop.world.stored.state("product-service").collection("products")
    for number, custom in (
        (1, {"leadTime": 2, "nonDelivery": ["6"]}),
        (3, {"leadTime": 1, "nonDelivery": ["7", "6"]}),
    ):
        key = f"65d0a1b2c3d4e5f60400000{number}"
        products.put(key, {**products.get(key), "mixins": {"productCustomAttributes": custom}})
        shop.add(http, own, number)
    expected = {"leadTime": 2, "nonDelivery": ["6", "7"]}
    assert http.get(f"{path}/dtRestrictions").json() == expected
    assert {name: shop.read(http, own)[name] for name in expected} == expected
