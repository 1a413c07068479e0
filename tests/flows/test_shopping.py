"""What people do in a shop, from the first look to the order and the points, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.flows.conftest import told

if TYPE_CHECKING:
    from tests.flows.conftest import Shop, Shopper

HARBOUR, BAR, SOLD_OUT = "65d0a1b2c3d4e5f604000101", "65d0a1b2c3d4e5f604000107", "65d0a1b2c3d4e5f604000117"
KETTLE = "65d0a1b2c3d4e5f604000161"
COMPANY = "65e0a1b2c3d4e5f60c000001"
COUPONS = {"couponSettings": {"rewardpoints": {
    "enabled": True, "codePrefix": "T", "orderValueToRewardPointsFactor": 1, "validityInMonths": 2,
}}}  # fmt: skip


def order_of(shop: Shop, own: str) -> Any:
    """An order as the shop sees it."""
    return told(shop.backend.get(f"/order-v2/{shop.tenant}/salesorders/{own}"))


def advance(shop: Shop, own: str, *statuses: str) -> None:
    """Take an order through these statuses."""
    path = f"/order-v2/{shop.tenant}/salesorders/{own}/transitions"
    for status in statuses:
        assert shop.backend.post(path, json={"status": status}).status_code == 204


def test_a_guest_looks_around_and_orders(shop: Shop) -> None:
    guest = shop.visitor()
    query = {"q": "productType:(BASIC,BUNDLE) name.en:~(Harbour Blend)", "sort": "code:asc"}
    found = told(guest.http.get(guest.path("product", "products"), params=query))
    assert [product["code"] for product in found] == ["COF-HARBOUR-1000", "COF-HARBOUR-500"]
    assert all(product["media"][0]["url"].startswith(shop.url) for product in found)
    picture = guest.http.get(found[0]["media"][0]["url"])
    assert picture.headers["content-type"].startswith("image/svg+xml")

    cart = guest.cart_id()
    guest.put(cart, HARBOUR, 2)
    assert guest.cart(cart)["calculatedPrice"]["price"]["grossValue"] == 23.8
    body = {**guest.details()["customer"], "id": "10000001"}
    guest.checkout(cart, 400, customer=body)
    order = guest.checkout(cart)["orderId"]

    stored = order_of(shop, order)
    assert order == "EON1008"
    assert (stored["cartId"], stored["siteCode"], stored["status"]) == (cart, "main", "CREATED")
    assert stored["calculatedPrice"]["price"]["grossValue"] == 23.8
    assert stored["calculatedPrice"]["finalPrice"]["grossValue"] == 30.277
    # 23.80, 4.90 with 19 percent, and for the invoice 2 percent of 22.243 + 4.90 with 19 percent.
    assert guest.cart_id() != cart


def test_a_cart_becomes_one_order_only(shop: Shop) -> None:
    guest = shop.visitor()
    cart = guest.cart_id()
    guest.put(cart, HARBOUR)
    body = {"cartId": cart, **guest.details()}
    path = guest.path("checkout", "checkouts/order")

    def attempt(_: int) -> Any:
        with shop.client(guest.http.headers["Authorization"].removeprefix("Bearer ")) as http:
            return http.post(path, json=body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    order = next(answer.json()["orderId"] for answer in answers if answer.status_code == 200)
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (
        refused["message"]
        == f"Order with cartId '{cart}' and checkout=true already exists (order id: {order})"
    )
    query = {"q": f"cartId:{cart}"}
    assert len(told(shop.backend.get(f"/order-v2/{shop.tenant}/salesorders", params=query))) == 1


def test_a_visitor_logs_in_merges_uses_a_coupon_and_orders(shop: Shop) -> None:
    mia = shop.visitor()
    anonymous = mia.cart_id()
    mia.put(anonymous, HARBOUR, 3)
    mia.login("mia.keller@example.com")
    own = mia.cart_id()
    assert own != anonymous
    before = {item["itemYrn"].rsplit(";")[-1]: item["quantity"] for item in mia.cart(own).get("items", [])}
    told(mia.http.post(mia.path("cart", f"carts/{own}/merge"), json={"carts": [anonymous]}))
    after = {item["itemYrn"].rsplit(";")[-1]: item["quantity"] for item in mia.cart(own)["items"]}
    assert after == {**before, HARBOUR: 3}

    told(mia.http.delete(mia.path("cart", f"carts/{own}/discounts")), 204)
    told(mia.http.delete(mia.path("cart", f"carts/{own}/items")), 204)
    mia.put(own, HARBOUR, 3)
    mia.coupon(own, "NO-SUCH-CODE", 404)
    mia.coupon(own, "WELCOME10")
    sums = mia.cart(own)["calculatedPrice"]
    assert sums["price"]["grossValue"] == 35.7
    assert sums["discountedPrice"]["grossValue"] == 32.13
    order = mia.checkout(own)["orderId"]
    path = mia.path("coupon", "coupons/WELCOME10/redemptions")
    redeemed = told(shop.backend.get(path, params={"q": f"orderCode:{order}"}))
    assert [entry["discount"]["amount"] for entry in redeemed] == [3.57]
    mine = told(
        mia.http.get(mia.path("order-v2", "orders"), headers={"saas-token": mia.session["saas_token"]})
    )
    assert order in {entry["id"] for entry in mine}
    jonas = shop.customer("jonas")
    assert jonas.http.get(jonas.path("order-v2", f"orders/{order}")).status_code in (403, 404)


def test_large_bags_are_cheaper_by_the_dozen(shop: Shop) -> None:
    guest = shop.visitor()
    each = {count: guest.prices(BAR, quantity=count)[0]["effectiveValue"] for count in (1, 5, 6, 23, 24)}
    assert each == {1: 19.9, 5: 19.9, 6: 18.4, 23: 18.4, 24: 16.9}
    cart = guest.cart_id()
    item = guest.put(cart, BAR, 6)["itemId"]
    assert guest.cart(cart)["calculatedPrice"]["price"]["grossValue"] == 110.4
    order = guest.checkout(cart)["orderId"]
    assert order_of(shop, order)["entries"][0]["orderedAmount"] == 6
    assert item


def test_what_is_sold_out_is_not_ordered(shop: Shop) -> None:
    guest = shop.visitor()
    cart = guest.cart_id()
    guest.put(cart, SOLD_OUT)
    guest.checkout(cart, 400)
    query = {"q": f"cartId:{cart}"}
    assert told(shop.backend.get(f"/order-v2/{shop.tenant}/salesorders", params=query)) == []
    assert guest.cart_id() == cart


def test_two_sites_have_their_own_carts_currencies_and_taxes(shop: Shop) -> None:
    german, british = shop.visitor("main"), shop.visitor("uk")
    carts = [shopper.cart_id() for shopper in (german, british)]
    for shopper, cart in zip((german, british), carts, strict=True):
        shopper.put(cart, KETTLE)
    gross, net = (shopper.cart(cart) for shopper, cart in zip((german, british), carts, strict=True))
    assert (gross["currency"], net["currency"]) == ("EUR", "GBP")
    assert gross["calculatedPrice"]["price"]["grossValue"] == 49
    assert gross["calculatedPrice"]["price"]["netValue"] == 41.176
    assert net["calculatedPrice"]["price"]["netValue"] == 35
    assert net["calculatedPrice"]["price"]["grossValue"] == 42
    order = order_of(shop, british.checkout(carts[1])["orderId"])
    assert (order["siteCode"], order["currency"]) == ("uk", "GBP")
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 46.68  # and 3.90 with 20 percent


def test_a_requester_asks_and_the_buyer_approves(shop: Shop) -> None:
    nora = shop.customer("nora")
    nora.act_for(COMPANY)
    cart = nora.cart_id(legalEntityId=COMPANY)
    nora.put(cart, BAR, 2)
    ask = {"resourceType": "CART", "resourceId": cart, "action": "CHECKOUT"}
    permitted = nora.path("approval", "approval/permitted")
    assert told(nora.http.post(permitted, json=ask))["permitted"] is False
    approvers = told(nora.http.post(nora.path("approval", "search/users"), json=ask))
    assert {"10000012", "10000011"} >= {entry["userId"] for entry in approvers} > set()

    details = {key: value for key, value in nora.details().items() if key != "customer"}
    body = {
        **ask,
        "approver": {"userId": "10000012"},
        "comment": "For the breakfast room",
        "details": {**details, "payment": {"paymentId": "invoice"}},
    }
    approval = told(nora.http.post(nora.path("approval", "approvals"), json=body), 201)["id"]
    nora.checkout(cart, 403)

    tim = shop.customer("tim")
    tim.act_for(COMPANY)
    path = tim.path("approval", f"approvals/{approval}")
    assert told(tim.http.get(path))["status"] == "PENDING"
    told(tim.http.patch(path, json=[{"op": "replace", "path": "/status", "value": "APPROVED"}]), 204)
    order = nora.checkout(cart)["orderId"]
    assert order_of(shop, order)["legalEntityId"] == COMPANY
    assert told(tim.http.get(path))["createdResource"]["id"] == order


def test_a_quote_becomes_an_order(shop: Shop) -> None:
    tim = shop.customer("tim")
    tim.act_for(COMPANY)
    cart = tim.cart_id(legalEntityId=COMPANY)
    tim.put(cart, BAR, 24)
    created = told(tim.http.post(tim.path("quote", "quotes"), json=quote_from(cart)), 201)["id"]
    path = f"/quote/{shop.tenant}/quotes/{created}"
    assert told(shop.backend.get(path))["status"]["value"] == "AWAITING"
    change = [{"op": "replace", "path": "/status", "value": "OPEN"}]
    told(shop.backend.patch(path, json=change), 204)
    accept = [{"op": "replace", "path": "/status", "value": "ACCEPTED"}]
    told(tim.http.patch(path, json=accept), 204)
    quote = told(shop.backend.get(path))
    order = order_of(shop, quote["orderId"])
    assert quote["status"]["value"] == "ACCEPTED"
    assert order["quoteId"] == created
    assert order["entries"][0]["orderedAmount"] == 24
    printed = shop.backend.post(f"{path}/pdf", json={})
    assert printed.content.startswith(b"%PDF-")


def quote_from(cart: str) -> dict[str, Any]:
    """A request for a quote of what is in a cart, for the company's locations."""
    return {
        "cartId": cart,
        "billingAddressId": "65e0a1b2c3d4e5f60d000001",
        "shippingAddressId": "65e0a1b2c3d4e5f60d000002",
        "shipping": {
            "value": 4.9,
            "methodId": "standard",
            "zoneId": "germany",
            "shippingTaxCode": "STANDARD",
        },
        "customerReference": "PO-2026-23",
    }


def test_an_order_is_sent_back(shop: Shop) -> None:
    mia = shop.customer("mia")
    query = {"q": "status:COMPLETED"}
    orders = told(mia.http.get(mia.path("order-v2", "orders"), params=query))
    order = orders[0]
    entry = order["entries"][0]
    body = {
        "orders": [{"id": order["id"], "items": [{"id": entry["id"], "quantity": 1}]}],
        "reason": {"code": "DEFECT"},
    }
    saas = {"saas-token": mia.session["saas_token"]}
    created = told(mia.http.post(mia.path("return", "returns"), json=body, headers=saas), 201)["id"]
    path = f"/return/{shop.tenant}/returns/{created}"
    assert told(mia.http.get(path))["approvalStatus"] == "PENDING"
    change = [{"op": "replace", "path": "/approvalStatus", "value": "APPROVED"}]
    told(shop.backend.patch(path, json=change), 204)
    answer = mia.http.delete(path, headers=saas)
    assert answer.status_code == 400
    jonas = shop.customer("jonas")
    assert jonas.http.get(path).status_code in (403, 404)


def test_a_completed_order_earns_points_that_buy_a_coupon_for_the_next_cart(shop: Shop) -> None:
    mixins = shop.backend.post(f"/site/{shop.tenant}/sites/main/mixins", json=COUPONS)
    assert mixins.status_code == 201
    mia = shop.customer("mia")
    before = mia.points()
    cart = emptied(mia)
    mia.put(cart, KETTLE, 2)
    order = mia.checkout(cart)["orderId"]
    advance(shop, order, "CONFIRMED")
    assert mia.points() == before
    advance(shop, order, "COMPLETED")
    earned = mia.points() - before
    assert earned > 0
    options = told(shop.backend.get(f"/reward-points/{shop.tenant}/redeemOptions"))
    voucher = next(option for option in options if option["name"] == "5 EUR voucher")
    redeem = mia.http.post("/reward-points/public/customer/redeem", json={"id": voucher["id"]})
    code = told(redeem)["code"]
    assert mia.points() == before + earned - 500

    following = emptied(mia)
    mia.put(following, KETTLE)
    mia.coupon(following, code)
    assert mia.cart(following)["calculatedPrice"]["discountedPrice"]["grossValue"] == 44
    second = mia.checkout(following)["orderId"]
    assert second != order
    used = mia.cart_id()
    mia.put(used, KETTLE)
    assert mia.http.post(mia.path("cart", f"carts/{used}/discounts"), json={"code": code}).status_code == 400


def emptied(shopper: Shopper) -> str:
    """The open cart of a customer with nothing in it."""
    own = shopper.cart_id()
    told(shopper.http.delete(shopper.path("cart", f"carts/{own}/discounts")), 204)
    told(shopper.http.delete(shopper.path("cart", f"carts/{own}/items")), 204)
    return own
