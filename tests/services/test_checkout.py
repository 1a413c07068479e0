"""Checkout over HTTP: guests, customers, every check, and what an order brings about."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

SPEC = Path(__file__).parents[2] / "spec" / "emporix_mock_spec" / "openapi"
PRODUCT, PRICE = "65d0a1b2c3d4e5f604000", "65d0a1b2c3d4e5f607000"
PRICES = {"001": 18.9, "002": 7.5, "003": 59, "004": 45, "005": 95, "007": 9.9}
MIAS_CART = "65b2c3d4e5f6070809000001"
CARD = "7d1f0c3a-2b4e-4c6d-8f90-000000000002"
PROBLEMS = "There are validation problems, see details section for more information"


def address(kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "contactName": "Ella Wright",
        "street": "Lindenallee",
        "streetNumber": "9",
        "zipCode": "20457",
        "city": "Hamburg",
        "country": "DE",
        "type": kind,
        **changes,
    }


def card(token: str | None = None, **more: Any) -> dict[str, Any]:
    given = {"modeId": CARD, **({"token": token} if token else {}), **more}
    return {
        "paymentMethods": [
            {"provider": "payment-gateway", "method": "credit_card", "customAttributes": given}
        ]
    }


class Till:
    """Somebody at the till of one world: a guest, or Mia when `login` is given."""

    def __init__(self, world: World, login: dict[str, Any] | None = None) -> None:
        self.world, self.tenant = world, world.tenant
        self.login = login
        self.http = world.client((login or world.anonymous())["access_token"])
        self.back = world.backend()

    def cart(self, *items: tuple[str, int], site: str = "main", **more: Any) -> str:
        body = {"siteCode": site, "currency": "EUR", **more}
        made = self.http.post(f"/cart/{self.tenant}/carts", json=body)
        assert made.status_code == 201, made.text
        own = str(made.json()["cartId"])
        for number, quantity in items or (("001", 2), ("003", 1)):
            self.add(own, number, quantity)
        return own

    def add(self, cart: str, number: str, quantity: float) -> None:
        amount = PRICES[number]
        item = {
            "itemYrn": f"urn:yaas:hybris:product:product:{self.tenant};{PRODUCT}{number}",
            "quantity": quantity,
            "price": {
                "priceId": f"{PRICE}{number}",
                "originalAmount": amount,
                "effectiveAmount": amount,
                "currency": "EUR",
            },
        }
        added = self.http.post(f"/cart/{self.tenant}/carts/{cart}/items?siteCode=main", json=item)
        assert added.status_code == 201, added.text

    def coupon(self, cart: str, code: str) -> None:
        applied = self.http.post(f"/cart/{self.tenant}/carts/{cart}/discounts", json={"code": code})
        assert applied.status_code == 201, applied.text

    def body(self, cart: str, **changes: Any) -> dict[str, Any]:
        mia = {"id": "10000001", "firstName": "Mia", "lastName": "Keller", "email": "mia.keller@example.com"}
        ella = {"guest": True, "firstName": "Ella", "lastName": "Wright", "email": "ella.wright@example.com"}
        return {
            "cartId": cart,
            "paymentMethods": [{"provider": "none"}],
            "shipping": {
                "zoneId": "germany",
                "methodId": "standard",
                "methodName": "Standard",
                "amount": 4.9,
            },
            "addresses": [address("SHIPPING"), address("BILLING")],
            "customer": mia if self.login else ella,
            **changes,
        }

    def send(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        token = {"saas-token": self.login["saas_token"]} if self.login else {}
        path = f"/checkout/{self.tenant}/checkouts/order?siteCode=main"
        return self.http.post(path, json=body, headers={**token, **headers})

    def buy(self, cart: str, **changes: Any) -> httpx.Response:
        return self.send(self.body(cart, **changes))

    def order(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        found = self.back.get(f"/order-v2/{self.tenant}/salesorders/{answer.json()['orderId']}")
        return dict(found.json())

    def redemptions(self, code: str) -> list[dict[str, Any]]:
        return list(self.back.get(f"/coupon/{self.tenant}/coupons/{code}/redemptions").json())

    def stored(self, cart: str) -> dict[str, Any]:
        return self.world.stored.state("cart").collection("carts").get(cart) or {}

    def events(self) -> list[str]:
        return [event["type"] for event in self.world.stored.events]

    def close(self) -> None:
        self.http.close()
        self.back.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def guest(either: World) -> Iterator[Till]:
    with Till(either) as till:
        yield till


@pytest.fixture
def mia(either: World) -> Iterator[Till]:
    with Till(either, either.login()) as till:
        yield till


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("checkout/")


def details(answer: httpx.Response) -> list[tuple[str, str]]:
    body = answer.json()
    assert (body["type"], body["message"], body["moreInfo"]) == ("validation_violation", PROBLEMS, "")
    return [(entry["field"], entry["message"]) for entry in body["details"]]


# Whole flows.


def test_a_guest_checks_out(guest: Till):
    cart = guest.cart()
    answer = guest.buy(cart)
    assert answer.json() == {"orderId": "EON1008", "paymentDetails": None, "checkoutId": ""}
    order = guest.order(answer)
    assert (order["status"], order["checkout"], order["cartId"]) == ("CREATED", True, cart)
    assert order["customer"] == {
        "id": "ANONYMOUS",
        "name": "Ella Wright",
        "firstName": "Ella",
        "lastName": "Wright",
        "email": "ella.wright@example.com",
    }
    assert order["shippingAddress"] == {k: v for k, v in address("SHIPPING").items() if k != "type"}
    assert [entry["product"]["name"] for entry in order["entries"]] == [
        "Espresso Roast 1 kg",
        "Gooseneck Kettle 0.9 l",
    ]
    # 96.80 gross and 4.90 net delivery with 19 percent
    assert (order["subTotalPrice"], order["totalPrice"]) == (96.8, 102.63)
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 102.631
    assert order["payments"] == [
        {
            "status": "PENDING",
            "method": "none",
            "provider": "none",
            "paidAmount": 0,
            "authorizedAmount": 102.63,
            "currency": "EUR",
        }
    ]
    assert order["mixins"]["generalAttributes"] == {
        "extendedOrderStatus": "10",
        "customerFirstOrder": True,
        "orderNumber": "EON1008",
    }
    nothing = {"subTotal": 0, "totalTax": 0, "total": 0, "discount": 0}
    way = f"urn:yaas:hybris:payments:payment-method:{guest.tenant};none"
    assert order["mixins"]["payments"] == {
        "elements": [{"paymentMethodYrn": way, "total": nothing}],
        "total": nothing,
    }
    assert (guest.stored(cart)["status"], guest.stored(cart)["orderId"]) == ("CLOSED", "EON1008")
    assert guest.http.get(f"/cart/{guest.tenant}/carts/{cart}").status_code == 404
    assert {"order.created", "cart.closed"} <= set(guest.events())


def test_mias_cart_gives_the_documented_order_to_the_last_digit(mia: Till):
    document = yaml.safe_load((SPEC / "checkout.yaml").read_text())
    post = document["paths"]["/checkout/{tenant}/checkouts/order"]["post"]
    examples = post["requestBody"]["content"]["application/json"]["examples"]
    order = mia.order(mia.send(examples["customer"]["value"]))
    wanted = json.loads(
        json.dumps(_example("EON1008"), default=str)
        .replace(":acme;", f":{mia.tenant};")
        .replace("/acme/order-general", f"/{mia.tenant}/order-general")
    )
    own = ("created", "lastStatusChange", "metadata")
    assert {k: v for k, v in order.items() if k not in own} == {
        k: v for k, v in wanted.items() if k not in own
    }
    redeemed = mia.redemptions("WELCOME10")[-1]
    assert (redeemed["orderCode"], redeemed["customerNumber"]) == ("EON1008", "10000001")
    assert redeemed["orderTotal"] == {"amount": 96.8, "currency": "EUR"}
    assert redeemed["discount"] == {"amount": 9.68, "currency": "EUR"}


def _example(order_id: str) -> Any:
    def found(node: Any) -> Any:
        if isinstance(node, dict) and node.get("id") == order_id and "entries" in node:
            return node
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return next((order for child in inner if (order := found(child))), None)

    return found(yaml.safe_load((SPEC / "order.yaml").read_text()))


def test_from_order_to_points(mia: Till):
    terms = {"couponSettings": {"rewardpoints": {"enabled": True, "orderValueToRewardPointsFactor": 1}}}
    assert mia.back.post(f"/site/{mia.tenant}/sites/main/mixins", json=terms).status_code < 300
    before = mia.http.get("/reward-points/public/customer").json()
    order = mia.order(mia.buy(MIAS_CART))
    # 96.80 less 10 percent, and 5.831 for delivery
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 92.951
    moves = f"/order-v2/{mia.tenant}/salesorders/{order['id']}/transitions"
    for status in ("CONFIRMED", "COMPLETED"):
        assert mia.back.post(moves, json={"status": status}).status_code == 204
    assert mia.http.get("/reward-points/public/customer").json() == before + 92
    own = mia.http.get(f"/order-v2/{mia.tenant}/orders").json()
    assert [found["status"] for found in own if found["id"] == order["id"]] == ["COMPLETED"]


# One order from one cart.


def test_a_cart_gives_one_order(mia: Till):
    assert mia.buy(MIAS_CART).status_code == 200
    again = mia.buy(MIAS_CART)
    assert refusal(again) == (409, "second-order")
    kind = "unique_checkout_cartId_index"
    assert again.json() == {
        "status": 409,
        "type": "Conflict",
        "message": f"Order with cartId '{MIAS_CART}' and checkout=true already exists (order id: EON1008)",
        "moreInfo": None,
        "details": [
            {"field": "cartId", "type": kind, "message": MIAS_CART, "moreInfo": None},
            {"field": "existingOrderId", "type": kind, "message": "EON1008", "moreInfo": None},
        ],
    }


def test_a_cart_gives_one_order_to_requests_at_once(guest: Till):
    body = guest.body(guest.cart())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: guest.send(body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert guest.events().count("order.created") == 1


# Who.


def test_a_customer_needs_the_own_saas_token(mia: Till):
    body = mia.body(MIAS_CART)
    jonas = mia.world.login("jonas.brandt@example.com", "Loyal-Points-2")["saas_token"]
    for token in ("", "x.y.z", jonas):
        refused = mia.send(body, **{"saas-token": token})
        assert refusal(refused) == (403, "saas-token")
        assert refused.json() == {
            "status": 403,
            "type": "insufficient_permissions",
            "moreInfo": "",
            "message": "The access to the requested resource has been forbidden by the server.",
            "details": [],
        }
    mia.world.stored.clock.advance(timedelta(seconds=14401))
    assert refusal(mia.send(body)) == (403, "saas-token")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "customer.id"),
        ({"id": "10000002"}, "customer.id"),
        ({"firstName": None, "lastName": None}, "customer"),
    ],
)
def test_a_customer_says_who_it_is(mia: Till, change: dict[str, Any], field: str):
    customer = {k: v for k, v in {**mia.body("")["customer"], **change}.items() if v is not None}
    refused = mia.buy(MIAS_CART, customer=customer)
    assert refusal(refused) == (400, "customer")
    assert details(refused)[0][0] == field
    if field == "customer.id":
        assert details(refused)[0][1] == "Cannot found customer"


@pytest.mark.parametrize(
    ("change", "field"), [({"guest": False}, "customer.guest"), ({"id": "1"}, "customer.id")]
)
def test_a_guest_says_so_and_has_no_id(guest: Till, change: dict[str, Any], field: str):
    cart = guest.cart()
    refused = guest.buy(cart, customer={**guest.body("")["customer"], **change})
    assert refusal(refused) == (400, "customer")
    assert details(refused)[0][0] == field


def test_an_inactive_customer_cannot_check_out(mia: Till):
    path = f"/customer/{mia.tenant}/customers/10000001"
    assert mia.back.patch(path, json={"onHold": True}).status_code == 200
    assert refusal(mia.buy(MIAS_CART)) == (400, "inactive-customer")


def test_carts_of_others(mia: Till, guest: Till):
    assert refusal(guest.buy(MIAS_CART)) == (403, "foreign")
    assert refusal(mia.buy(guest.cart())) == (403, "foreign")
    with Till(guest.world) as other:
        assert refusal(other.buy(guest.cart(type="second"))) == (403, "foreign")


def test_no_token_no_checkout(guest: Till):
    assert guest.back.post(f"/checkout/{guest.tenant}/checkouts/order", json={}).status_code == 401
    with guest.world.client() as nobody:
        assert nobody.post(f"/checkout/{guest.tenant}/checkouts/order", json={}).status_code == 401


# What is checked.


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"paymentMethods": []}, "payment-methods", "paymentMethods"),
        (
            {"paymentMethods": [{"provider": "none"}, {"provider": "custom"}]},
            "payment-methods",
            "paymentMethods",
        ),
        ({"paymentMethods": [{"provider": "magic"}]}, "payment-methods", "paymentMethods.provider"),
        ({"addresses": [address("SHIPPING"), address("SHIPPING", street="B")]}, "addresses", "addresses"),
        ({"currency": "GBP"}, "currency", "currency"),
        (
            card(modeId="none"),
            "payment-mode",
            "paymentMethods.customAttributes.modeId",
        ),
        (
            {"paymentMethods": [{"provider": "payment-gateway", "method": "cash"}]},
            "payment-mode",
            "paymentMethods.customAttributes.modeId",
        ),
    ],
)
def test_what_a_checkout_says_must_be_right(guest: Till, changes: dict[str, Any], rule: str, field: str):
    cart = guest.cart()
    refused = guest.buy(cart, **changes)
    assert refusal(refused) == (400, rule)
    assert details(refused)[0][0] == field
    assert guest.stored(cart)["status"] == "OPEN"


def test_members_are_needed_by_the_document(guest: Till):
    body = guest.body(guest.cart())
    for name in ("cartId", "customer", "shipping", "addresses", "paymentMethods"):
        lacking = guest.send({key: value for key, value in body.items() if key != name})
        assert (lacking.status_code, details(lacking)[0][0]) == (400, name)
        assert (lacking.json()["message"], lacking.json()["moreInfo"]) == (PROBLEMS, "")
    long = [address("SHIPPING", zipCode="123456789012"), address("BILLING")]
    refused = guest.send({**body, "addresses": long})
    assert (refused.status_code, details(refused)[0][0]) == (400, "addresses.0.zipCode")


def test_mixins_keep_to_their_schemas(guest: Till):
    url = f"{guest.world.server.url}/schema/{guest.tenant}/files/guestNotes_v1.json"
    named = {"metadata": {"mixins": {"guestNotes": url}}}
    cart, customer = guest.cart(), guest.body("")["customer"]
    wrong = {**customer, **named, "mixins": {"guestNotes": {"visit": "soon"}}}
    refused = guest.buy(cart, customer=wrong)
    assert refusal(refused) == (400, "mixins")
    assert details(refused)[0][0] == "customer.mixins.guestNotes.visit"
    places = [address("SHIPPING"), address("BILLING", **named, mixins={"guestNotes": {"visit": 1}})]
    assert details(guest.buy(cart, addresses=places))[0][0] == "addresses[1].mixins.guestNotes.visit"
    right = {**customer, **named, "mixins": {"guestNotes": {"visit": {"rating": 4.5}}}}
    assert guest.order(guest.buy(cart, customer=right))["customer"]["mixins"] == right["mixins"]


def test_carts_that_cannot_be_ordered(guest: Till):
    assert refusal(guest.buy("65b2c3d4e5f6070809ffffff")) == (400, "cart")
    made = guest.http.post(f"/cart/{guest.tenant}/carts", json={"siteCode": "main", "currency": "EUR"})
    assert refusal(guest.buy(made.json()["cartId"])) == (400, "empty-cart")


@pytest.mark.parametrize(
    ("shipping", "field"),
    [
        ({"zoneId": "nowhere"}, "shipping.zoneId"),
        ({"zoneId": "berlin", "methodId": "courier"}, "shipping.zoneId"),
        ({"methodId": "pigeon"}, "shipping.methodId"),
    ],
)
def test_the_zone_must_reach_the_address(guest: Till, shipping: dict[str, Any], field: str):
    cart = guest.cart()
    chosen = {**guest.body("")["shipping"], **shipping}
    refused = guest.buy(cart, shipping=chosen)
    assert refusal(refused) == (400, "shipping")
    assert details(refused)[0][0] == field
    guest.world.stored.switches["checkout/shipping-zone"] = "lenient"
    assert guest.buy(cart, shipping=chosen).status_code == 200


def test_the_shipping_amount_may_have_to_be_the_quoted_one(guest: Till):
    cart, cheap = guest.cart(), {**guest.body("")["shipping"], "amount": 1}
    guest.world.stored.switches["checkout/shipping-amount"] = "as-quoted"
    assert refusal(guest.buy(cart, shipping=cheap)) == (400, "shipping")
    del guest.world.stored.switches["checkout/shipping-amount"]
    order = guest.order(guest.buy(cart, shipping=cheap))
    assert order["shipping"]["total"]["amount"] == 1.19


def test_free_shipping_costs_nothing(mia: Till):
    mia.http.delete(f"/cart/{mia.tenant}/carts/{MIAS_CART}/discounts")
    mia.coupon(MIAS_CART, "FREESHIP")
    refused = mia.buy(MIAS_CART)
    assert refusal(refused) == (400, "free-shipping")
    order = mia.order(mia.buy(MIAS_CART, shipping={**mia.body("")["shipping"], "amount": 0}))
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 96.8
    assert [one["orderCode"] for one in mia.redemptions("FREESHIP")] == [order["id"]]


def test_prices_products_and_stock_are_those_of_today(guest: Till):
    tenant, cart = guest.tenant, guest.cart()
    price = f"/price/{tenant}/prices/{PRICE}003"
    kettle = guest.back.get(price).json()
    assert guest.back.delete(price).status_code == 204
    refused = guest.buy(cart)
    assert refusal(refused) == (400, "prices")
    assert details(refused)[0][1] == f"Item's price '{PRICE}003' was not found in the price match"
    assert guest.back.put(price, json={**kettle, "metadata": {}}).status_code in (201, 204)

    shelf = f"/availability/{tenant}/availability/{PRODUCT}003/uk"
    for scarce in ({"available": True, "stockLevel": 0}, {"available": False, "stockLevel": 9}):
        assert guest.back.put(shelf, json=scarce).status_code == 204
        assert refusal(guest.buy(cart)) == (400, "stock")
    assert guest.back.delete(shelf).status_code == 204
    guest.world.stored.switches["checkout/product-without-availability"] = "refused"
    assert refusal(guest.buy(cart)) == (400, "stock")
    del guest.world.stored.switches["checkout/product-without-availability"]
    assert guest.buy(cart).status_code == 200


def test_stock_follows_orders_by_choice(guest: Till):
    guest.world.stored.switches["order/stock"] = "follows"
    shelf = f"/availability/{guest.tenant}/availability/{PRODUCT}003/uk"
    assert guest.back.put(shelf, json={"available": True, "stockLevel": 3}).status_code == 204
    tills = [Till(guest.world) for _ in range(3)]
    bodies = [till.body(till.cart(("003", 2))) for till in tills]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda till, body: till.send(body), tills, bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400]
    assert guest.back.get(shelf).json()["stockLevel"] == 1
    for till in tills:
        till.close()


def test_what_follows_orders_is_never_sold_twice(guest: Till):
    guest.world.stored.switches["order/stock"] = "follows"
    shelf = f"/availability/{guest.tenant}/availability/{PRODUCT}003/uk"
    assert guest.back.put(shelf, json={"available": True, "stockLevel": 3}).status_code == 204
    cart = guest.cart(("003", 2), ("005", 2))  # a set with one of them in it
    refused = guest.buy(cart)
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "order/sold-out")
    assert refused.json()["details"][0]["message"] == f"There is not enough of '{PRODUCT}003' in stock"
    assert guest.back.get(shelf).json()["stockLevel"] == 3


def test_a_country_without_taxes(guest: Till):
    far = [address("SHIPPING"), address("BILLING", country="JP")]
    refused = guest.buy(guest.cart(), addresses=far)
    assert refusal(refused) == (400, "tax")
    assert details(refused) == [("addresses.BILLING.country", "There is no tax configuration for JP")]
    odd = {**guest.body("")["shipping"], "shippingTaxCode": "LUXURY"}
    assert refusal(guest.buy(guest.cart(type="second"), shipping=odd)) == (400, "tax")


def test_the_country_of_the_checkout_taxes_the_order(guest: Till):
    vienna = {"country": "AT", "zipCode": "1020", "city": "Wien"}
    there = [address("SHIPPING", **vienna), address("BILLING", **vienna)]
    alps = {"zoneId": "alps", "methodId": "standard", "methodName": "Standard delivery", "amount": 9.9}
    cart = guest.cart(("003", 1))
    guest.world.stored.switches["checkout/address-in-another-country"] = "refused"
    assert refusal(guest.buy(cart, addresses=there, shipping=alps)) == (400, "prices")
    del guest.world.stored.switches["checkout/address-in-another-country"]
    order = guest.order(guest.buy(cart, addresses=there, shipping=alps))
    assert order["countryCode"] == "AT"
    price = order["entries"][0]["calculatedPrice"]["finalPrice"]
    assert (price["taxRate"], price["netValue"], price["grossValue"]) == (20, 49.58, 59.496)
    assert order["shipping"]["lines"][0]["tax"]["rate"] == 20


def test_a_coupon_that_is_used_up_meanwhile(mia: Till):
    mia.http.delete(f"/cart/{mia.tenant}/carts/{MIAS_CART}/discounts")
    mia.coupon(MIAS_CART, "ONLYMIA")
    amounts = {"orderTotal": {"amount": 9, "currency": "EUR"}, "discount": {"amount": 1, "currency": "EUR"}}
    redemptions = f"/coupon/{mia.tenant}/coupons/ONLYMIA/redemptions"
    used = mia.back.post(redemptions, json={**amounts, "customerNumber": "10000001"})
    assert used.status_code == 201
    refused = mia.buy(MIAS_CART)
    assert refusal(refused) == (400, "coupons")
    assert details(refused)[0][0] == "discounts"
    assert mia.stored(MIAS_CART)["status"] == "OPEN"
    assert "order.created" not in mia.events()


# Payment.


def test_custom_payments_wait_in_checkout(guest: Till):
    order = guest.order(guest.buy(guest.cart(), paymentMethods=[{"provider": "custom", "amount": 102.63}]))
    assert (order["status"], order["payments"][0]["provider"]) == ("IN_CHECKOUT", "custom")


def test_a_card_is_authorized(guest: Till):
    order = guest.order(guest.buy(guest.cart(), **card("card-token-1")))
    payment = order["payments"][0]
    assert (order["status"], payment["status"]) == ("CREATED", "AUTHORIZATION_SUCCESS")
    found = guest.back.get(f"/payment-gateway/{guest.tenant}/transactions/{payment['transactionId']}").json()
    assert found["entries"][0]["amount"] == {"amount": 102.63, "currency": "EUR"}
    assert found["entries"][0]["additionalInfo"] == {"orderId": order["id"]}
    assert order["metadata"]["version"] == 1


def test_a_declined_card_makes_no_order(guest: Till):
    cart = guest.cart()
    refused = guest.buy(cart, **card("card-token-declined"))
    assert refusal(refused) == (400, "payment-declined")
    assert guest.stored(cart)["status"] == "OPEN"
    guest.world.stored.switches["checkout/declined-payment"] = "order-declined"
    order = guest.order(guest.buy(cart, **card("card-token-declined")))
    assert (order["status"], order["payments"][0]["status"]) == ("DECLINED", "AUTHORIZATION_FAILURE")


def test_a_card_holder_is_sent_to_the_provider_and_comes_back(guest: Till):
    answer = guest.buy(guest.cart(), **card("card-token-2"))
    order = guest.order(answer)
    assert order["status"] == "IN_CHECKOUT"
    where = answer.json()["paymentDetails"]["externalPaymentRedirectURL"]
    assert where.startswith(guest.world.server.url)
    assert guest.http.get(where).json()["successful"] is True
    assert guest.order(answer)["status"] == "CREATED"


@pytest.mark.parametrize(
    ("token", "status", "payment"),
    [
        ("card-token-1", "CREATED", "AUTHORIZATION_SUCCESS"),
        ("card-token-declined", "DECLINED", "AUTHORIZATION_FAILURE"),
    ],
)
def test_a_deferred_payment(guest: Till, token: str, status: str, payment: str):
    answer = guest.buy(guest.cart(), **card(token, deferred=True))
    order = guest.order(answer)
    assert (order["status"], order["payments"][0]["status"]) == ("IN_CHECKOUT", "PENDING")
    asked = {"order": {"id": order["id"]}, "paymentModeId": CARD, "creditCardToken": token}
    path = f"/payment-gateway/{guest.tenant}/payment/frontend"
    assert guest.http.post(f"{path}/initialize", json=asked).json()["successful"] is True
    paid = guest.http.post(f"{path}/authorize", json=asked).json()
    assert paid["successful"] is (status == "CREATED")
    order = guest.order(answer)
    assert (order["status"], order["payments"][0]["status"]) == (status, payment)


def test_invoices_may_wait_in_checkout_by_choice(guest: Till):
    guest.world.stored.switches["checkout/status-without-payment"] = "IN_CHECKOUT"
    order = guest.order(
        guest.buy(guest.cart(), paymentMethods=[{"provider": "INVOICE", "method": "invoice"}])
    )
    assert order["status"] == "IN_CHECKOUT"
    assert order["calculatedPrice"]["paymentFees"][0]["id"] == "65d0a1b2c3d4e5f60b000002"


# Delivery windows and addresses.


def test_a_delivery_window_counts_its_orders(guest: Till):
    guest.world.stored.clock.set(datetime(2026, 12, 7, 9, tzinfo=UTC))
    with Till(guest.world) as late:  # the tokens of before have expired
        _fill_a_window(late)


def _fill_a_window(guest: Till) -> None:
    window = {
        "id": "65f0a1b2c3d4e5f614000001",
        "slotId": "5d07a1f0-3c2b-4e1d-9a8f-000000000001",
        "deliveryDate": "2026-12-11T11:00:00.000Z",
    }
    berlin = {"zipCode": "10115", "city": "Berlin"}
    there = [address("SHIPPING", **berlin), address("BILLING", **berlin)]
    courier = {"zoneId": "berlin", "methodId": "courier", "methodName": "Bicycle courier", "amount": 6.9}
    choice = {"addresses": there, "shipping": courier, "deliveryWindowId": window["id"]}
    order = guest.order(guest.buy(guest.cart(deliveryWindow=window), **choice))
    assert order["deliveryWindow"] == {**window, "deliveryDate": "2026-12-11"}
    counters = guest.world.stored.state("shipping").collection("windowCounters")
    key = f"{window['id']}/{window['slotId']}/2026-12-11"
    assert counters.get(key) == {"id": key, "orders": 1}

    counters.put(key, {"id": key, "orders": 20})
    full = guest.buy(guest.cart(deliveryWindow=window), **choice)
    assert refusal(full) == (409, "window-full")
    assert full.json() == {
        "status": 409,
        "type": "conflict_resource",
        "message": "Something went wrong while trying reserve a slot in a delivery window",
        "moreInfo": "",
        "details": [],
    }
    for kind, wrong in (("some", {"id": window["id"]}), ("other", {**window, "slotId": "none"})):
        cart = guest.cart(type=kind, deliveryWindow=wrong)
        assert refusal(guest.buy(cart, **choice)) == (400, "delivery-window")


def test_new_addresses_are_added_by_choice(mia: Till):
    path = f"/customer/{mia.tenant}/me/addresses"
    assert len(mia.http.get(path).json()) == 1
    mia.world.stored.switches["checkout/customer-addresses"] = "added"
    assert mia.buy(MIAS_CART).status_code == 200
    added = mia.http.get(path).json()
    assert [(one["street"], one["tags"]) for one in added[1:]] == [("Lindenallee", ["SHIPPING"])]


# Quotes and approvals.

QUOTED = {
    "quoteId": "QUO1002",
    "paymentMethods": [
        {
            "provider": "payment-gateway",
            "method": "invoice",
            "customAttributes": {"modeId": "7d1f0c3a-2b4e-4c6d-8f90-000000000001"},
        }
    ],
}


@pytest.fixture
def tim(either: World) -> Iterator[Till]:
    with Till(either, either.login("tim.hansen@example.com", "Loyal-Points-12")) as till:
        yield till


def test_a_quote_is_ordered_at_its_prices(tim: Till):
    order = tim.order(tim.send(QUOTED))
    assert (order["quoteId"], order["status"], order["checkout"]) == ("QUO1002", "CREATED", True)
    assert order["legalEntityId"] == "65e0a1b2c3d4e5f60c000001"
    assert [entry["calculatedPrice"]["price"]["netValue"] for entry in order["entries"]] == [320, 211.92]
    price = order["calculatedPrice"]
    # 531.92 net, 4.90 for delivery and 2 percent of both for the invoice
    assert (price["price"]["netValue"], price["paymentFees"][0]["price"]["netValue"]) == (531.92, 10.736)
    assert price["finalPrice"]["netValue"] == 547.556
    assert (order["subTotalPrice"], order["shipping"]["total"]["amount"]) == (607.55, 5.83)
    assert order["shippingAddress"]["city"] == "Lübeck"
    assert order["payments"][0]["method"] == "invoice"

    quote = tim.back.get(f"/quote/{tim.tenant}/quotes/QUO1002").json()
    assert (quote["status"]["value"], quote["orderId"]) == ("ACCEPTED", order["id"])
    again = tim.send(QUOTED)
    assert refusal(again) == (400, "quote")
    assert tim.events().count("order.created") == 1


def test_quotes_that_cannot_be_ordered(tim: Till, mia: Till, guest: Till):
    assert refusal(tim.send({**QUOTED, "quoteId": "QUO9"})) == (400, "quote")
    assert refusal(tim.send({**QUOTED, "paymentMethods": []})) == (400, "payment-methods")
    assert refusal(mia.send(QUOTED)) == (403, "foreign")
    assert refusal(guest.send(QUOTED)) == (403, "foreign")
    assert tim.back.get(f"/quote/{tim.tenant}/quotes/QUO1002").json()["status"]["value"] == "OPEN"


def company_body(till: Till, cart: str, number: str, first: str, last: str) -> dict[str, Any]:
    email = f"{first}.{last}@example.com".lower()
    return till.body(cart, customer={"id": number, "firstName": first, "lastName": last, "email": email})


def test_a_cart_of_a_company_waits_for_its_approval(either: World):
    waiting, approved = "65b2c3d4e5f6070809000011", "65b2c3d4e5f6070809000012"
    with Till(either, either.login("nora.lang@example.com", "Loyal-Points-13")) as nora:
        refused = nora.send(company_body(nora, waiting, "10000013", "Nora", "Lang"))
        assert refusal(refused) == (403, "approval-needed")
        order = nora.order(nora.send(company_body(nora, approved, "10000013", "Nora", "Lang")))
        assert order["legalEntityId"] == "65e0a1b2c3d4e5f60c000001"
        assert order["subTotalPrice"] == 56.7
        path = f"/approval/{nora.tenant}/approvals/65e2a1b2c3d4e5f610000002"
        assert nora.http.get(path).json()["createdResource"] == {"id": order["id"]}
        of_company = nora.http.get(f"/order-v2/{nora.tenant}/legal-entity-orders/65e0a1b2c3d4e5f60c000001")
        assert [one["id"] for one in of_company.json()] == ["EON1004", "EON1006", order["id"]]


def test_an_approved_cart_may_be_ordered_by_its_approver_but_no_stranger(tim: Till, mia: Till):
    approved = "65b2c3d4e5f6070809000012"
    assert refusal(mia.buy(approved)) == (403, "foreign")
    order = tim.order(tim.send(company_body(tim, approved, "10000012", "Tim", "Hansen")))
    assert order["customer"]["id"] == "10000012"
