"""What carts show of prices, addresses, shipping, fees and coupons, and moving them about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import httpx

MIAS, GUESTS = "65b2c3d4e5f6070809000001", "65b2c3d4e5f6070809000002"
COMPANY = "65e0a1b2c3d4e5f60c000001"
HOTELS = "65e1a1b2c3d4e5f60f000001"
VIENNA = {
    "contactName": "Mia Keller",
    "street": "Donauweg",
    "zipCode": "1020",
    "city": "Wien",
    "country": "AT",
}


def amounts(node: dict[str, Any]) -> tuple[float, float, float]:
    return node["netValue"], node["grossValue"], node["taxValue"]


def tree(cart: dict[str, Any]) -> dict[str, tuple[float, float, float]]:
    found = cart["calculatedPrice"]
    return {name: amounts(node) for name, node in found.items() if "netValue" in node}


def test_the_seeded_cart_adds_up_as_in_the_document(shop: Any):
    cart = shop.read(shop.mia(), MIAS)
    assert tree(cart) == {
        "price": (84.907, 96.8, 11.893),
        "discountedPrice": (76.416, 87.12, 10.704),
        "shipping": (4.9, 5.831, 0.931),
        "totalShipping": (4.9, 5.831, 0.931),
        "finalPrice": (81.316, 92.951, 11.635),
    }
    (coupon,) = cart["discounts"]
    assert (coupon["code"], coupon["amount"], coupon["discountRate"], coupon["valid"]) == (
        "WELCOME10",
        9.68,
        10,
        True,
    )
    assert [link["rel"] for link in coupon["links"]] == ["validate", "redeem"]
    assert [cart[n]["amount"] for n in ("subTotalPrice", "totalPrice", "totalDiscount")] == [
        96.8,
        92.02,
        9.68,
    ]
    assert cart["shipping"]["fee"] == {"amount": 4.9, "currency": "EUR"}
    assert [line["taxCode"] for line in cart["calculatedPrice"]["finalPrice"]["taxAggregate"]["lines"]] == [
        "REDUCED",
        "STANDARD",
    ]
    assert [(a["type"], a["origin"], a["customerAddressId"]) for a in cart["addresses"]] == [
        ("SHIPPING", "CUSTOMER", "a1f0c3d201"),
        ("BILLING", "CUSTOMER", "a1f0c3d201"),
    ]
    plain = shop.read(shop.mia(), MIAS, expandCalculation=False)
    assert not {"calculatedPrice", "totalPrice", "subTotalPrice"} & set(plain)
    assert "calculatedPrice" not in plain["items"][0]


def test_a_guest_on_the_net_site(shop: Any):
    cart = shop.read(shop.backend(), GUESTS)
    assert tree(cart)["finalPrice"] == (18.9, 19.68, 0.78)
    assert cart["totalPrice"] == {"amount": 18.9, "currency": "GBP"}
    assert cart["addresses"][0] == {
        "origin": "SITE",
        "siteCode": "uk",
        "country": "GB",
        "zipCode": "EC1A 1BB",
        "type": "SHIPPING",
    }


def test_addresses_are_replaced_as_a_whole(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas, addresses=[{**VIENNA, "type": "SHIPPING"}])
    path = f"{shop.base}/{own}"
    shipping, billing = shop.read(jonas, own)["addresses"]
    assert (shipping["origin"], billing["origin"]) == ("REQUEST", "SITE")
    assert jonas.put(path, json={"addresses": [{**VIENNA, "type": "SHIPPING"}]}).status_code == 204
    assert shop.read(jonas, own)["addresses"][1] == {"type": "BILLING"}
    assert jonas.put(path, json={"channel": {"name": "app"}}).status_code == 204
    assert shop.read(jonas, own)["addresses"][0]["city"] == "Wien"
    assert jonas.put(path, json={"addresses": []}).status_code == 204
    assert shop.read(jonas, own)["addresses"] == [{"type": "SHIPPING"}, {"type": "BILLING"}]


def test_the_address_decides_tax_and_shipping(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 3)
    assert tree(shop.read(jonas, own))["shipping"] == (4.9, 5.831, 0.931)
    both = [{**VIENNA, "type": kind} for kind in ("SHIPPING", "BILLING")]
    assert jonas.put(f"{shop.base}/{own}", json={"addresses": both}).status_code == 204
    cart = shop.read(jonas, own)
    assert tree(cart)["shipping"] == (9.9, 11.88, 1.98)
    assert cart["items"][0]["unitPrice"]["taxRate"] == 20
    assert jonas.put(f"{shop.base}/{own}", json={"addresses": []}).status_code == 204
    swiss = shop.read(jonas, own, zipCode="8001", countryCode="CH")
    assert (swiss["items"][0]["unitPrice"]["taxRate"], swiss["countryCode"]) == (8.1, "CH")
    assert "countryCode" not in shop.read(jonas, own)
    assert jonas.put(f"{shop.base}/{own}", json={"zipCode": "1020", "countryCode": "at"}).status_code == 204
    assert shop.read(jonas, own, zipCode="8001", countryCode="CH")["items"][0]["unitPrice"]["taxRate"] == 20


@pytest.mark.parametrize("choice", ["keep-prices", "rematch"])
def test_prices_of_a_new_address(shop: Any, choice: str):
    shop.world.stored.switches["cart/new-address"] = choice
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 3)
    both = [{**VIENNA, "type": kind} for kind in ("SHIPPING", "BILLING")]
    assert jonas.put(f"{shop.base}/{own}", json={"addresses": both}).status_code == 204
    before = shop.read(jonas, own)["items"][0]["price"]
    assert (before["effectiveAmount"] == 59) is (choice == "keep-prices")
    assert jonas.get(f"{shop.base}/{own}/validate").json()["isValid"] is (choice == "rematch")
    assert jonas.put(f"{shop.base}/{own}/refresh").status_code == 204
    after = shop.read(jonas, own)["items"][0]["price"]["effectiveAmount"]
    assert after == pytest.approx(59 / 1.19 * 1.2)


def test_an_address_of_the_company(shop: Any):
    shop.configure(enableLegalEntityAddressFallbackInCart=True)
    backend = shop.backend()
    own = shop.cart(backend, customerId="10000012", legalEntityId=COMPANY, type="office")
    billing = shop.read(backend, own)["addresses"][1]
    assert (billing["origin"], billing["legalEntityId"], billing["city"]) == (
        "LEGAL_ENTITY",
        COMPANY,
        "Hamburg",
    )
    shop.configure(enableLegalEntityAddressFallbackInCart=False)
    assert shop.read(backend, own)["addresses"][1]["origin"] != "LEGAL_ENTITY"


def test_a_delivery_window_has_its_own_price(shop: Any):
    mia = shop.mia()
    window = {"id": "65f0a1b2c3d4e5f614000001", "slotId": "5d07a1f0-3c2b-4e1d-9a8f-000000000001"}
    assert mia.put(f"{shop.base}/{MIAS}", json={"deliveryWindow": window}).status_code == 204
    assert tree(shop.read(mia, MIAS))["shipping"] == (6.9, 8.211, 1.311)


def test_fees_of_the_fee_service(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    row = {
        "priceId": "65d0a1b2c3d4e5f607000021",
        "originalAmount": 649,
        "effectiveAmount": 649,
        "currency": "EUR",
    }
    yrn = f"urn:yaas:hybris:product:product:{shop.world.tenant};aurora-230v-steel"
    body = {"itemYrn": yrn, "quantity": 2, "price": row}
    assert jonas.post(f"{shop.base}/{own}/items", json=body).status_code == 201
    cart = shop.read(jonas, own)
    (fee,) = cart["items"][0]["calculatedPrice"]["fees"]
    assert (fee["name"], fee["type"], fee["origin"]) == (
        {"en": "Packaging", "de": "Verpackung"},
        "ABSOLUTE",
        "INTERNAL",
    )
    assert amounts(fee["price"]) == (1.5, 1.785, 0.285)
    assert tree(cart)["totalFee"] == (1.5, 1.785, 0.285)
    (old,) = cart["feeYrnAggregate"]["elements"]
    assert old["yrn"] == f"urn:yaas:saasag:fee:fee:{shop.world.tenant};65d0a1b2c3d4e5f60b000001"


def test_goods_whose_weight_shows_later(shop: Any):
    shop.configure(authorizedAmountUplift=0.3)
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 1, 2, weightDependent=True)
    cart = shop.read(jonas, own)
    assert tree(cart)["upliftValue"] == (10.598, 11.34, 0.742)
    assert cart["items"][0]["authorizedAmount"]["amount"] == 49.14
    assert cart["totalAuthorizedAmount"]["amount"] == round(cart["totalPrice"]["amount"] + 11.34, 2)


# Coupons.


def apply(shop: Any, http: httpx.Client, cart: str, code: str) -> httpx.Response:
    return http.post(f"{shop.base}/{cart}/discounts", json={"code": code})


def codes(shop: Any, http: httpx.Client, cart: str) -> list[str]:
    return [entry["code"] for entry in shop.read(http, cart).get("discounts", [])]


def test_coupons_come_and_go(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 3)
    shop.configure(maxNumberOfCouponsPerCart="3")
    made = apply(shop, jonas, own, "WELCOME10")
    yrn = f"urn:yaas:hybris:cart:discount:{shop.world.tenant};{own};0"
    assert (made.status_code, made.json()) == (201, {"yrn": yrn, "discountId": "0", "discountIndex": 0})
    assert apply(shop, jonas, own, "save5").json()["discountIndex"] == 1
    cart = shop.read(jonas, own)
    assert tree(cart)["discountedPrice"][1] == 59 - 5.9 - 5
    assert [e["discountIndex"] for e in cart["discounts"]] == [0, 1]
    assert apply(shop, jonas, own, "FREESHIP").status_code == 201
    assert tree(shop.read(jonas, own))["totalShipping"] == (0, 0, 0)
    path = f"{shop.base}/{own}/discounts"
    assert jonas.delete(f"{path}/0").status_code == 204
    assert codes(shop, jonas, own) == ["SAVE5", "FREESHIP"]
    assert jonas.delete(f"{path}/2").status_code == 204
    assert codes(shop, jonas, own) == ["SAVE5"]
    assert jonas.delete(f"{path}/7").status_code == 404
    assert apply(shop, jonas, own, "WELCOME10").status_code == 201
    assert jonas.delete(path, params={"codes": "SAVE5,OTHER"}).status_code == 204
    assert codes(shop, jonas, own) == ["WELCOME10"]
    assert jonas.delete(path).status_code == 204
    assert "discountedPrice" not in tree(shop.read(jonas, own))
    assert shop.world.stored.collection("coupon", "coupons").get("SAVE5")["redemptionCount"] == 0


def test_coupons_that_are_refused(shop: Any):
    mia = shop.mia()
    again = apply(shop, mia, MIAS, "WELCOME10")
    assert (again.status_code, again.json()["message"]) == (
        500,
        "Discount code WELCOME10 already exists in cart.",
    )
    more = apply(shop, mia, MIAS, "SAVE5")
    text = "Another discount already exists in cart. Discount code found: WELCOME10"
    assert (more.status_code, more.json()["message"]) == (409, text)
    assert apply(shop, mia, MIAS, "NOSUCH").status_code == 404
    mia.delete(f"{shop.base}/{MIAS}/discounts")
    for code in ("SUMMER25",):
        assert apply(shop, mia, MIAS, code).status_code == 400
    jonas = shop.jonas()
    poor = shop.cart(jonas)
    shop.add(jonas, poor, 2)
    low = apply(shop, jonas, poor, "SAVE5")
    assert (low.status_code, low.json()["status"]) == (400, "BAD_REQUEST")
    assert "order total" in low.json()["details"][0]
    assert apply(shop, jonas, poor, "ONLYMIA").status_code == 400
    shop.world.stored.switches |= {"cart/unredeemable-coupon": "as-coupon-service"}
    assert apply(shop, jonas, poor, "ONLYMIA").status_code == 403
    uk = shop.cart(jonas, siteCode="uk", currency="GBP")
    wrong = apply(shop, jonas, uk, "SAVE5")
    text = "Discount currency is EUR and is not equal to cart currency GBP."
    assert (wrong.status_code, wrong.json()["message"]) == (500, text)


def test_a_coupon_that_is_no_longer_good(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 1, 2)
    assert apply(shop, jonas, own, "SAVE5").status_code == 201
    assert tree(shop.read(jonas, own))["discountedPrice"][1] == 32.8
    assert (
        jonas.put(f"{shop.base}/{own}/items/0", params={"partial": True}, json={"quantity": 1}).status_code
        == 204
    )
    cart = shop.read(jonas, own)
    (entry,) = cart["discounts"]
    assert (entry["code"], entry["valid"]) == ("SAVE5", False)
    assert entry["discountValidationDetails"]["details"]
    assert "discountedPrice" not in cart["calculatedPrice"]
    assert cart["totalPrice"]["amount"] == 23.8


def test_a_coupon_for_a_category(shop: Any):
    coffee, kitchen = (f"c0ffee00-1a2b-4c3d-8e4f-00000000000{n}" for n in (1, 2))
    backend, jonas = shop.backend(), shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 1)
    shop.add(jonas, own, 3)
    for code, restrictions in (
        ("BEANS", {"includedCategories": [coffee]}),
        ("NOKITCHEN", {"excludedCategories": [kitchen]}),
    ):
        body = {
            "code": code,
            "name": code,
            "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 3, "currency": "EUR"},
            "discountCalculationType": "TOTAL",
            "categoryRestricted": True,
            "restrictions": restrictions,
        }
        assert backend.post(f"/coupon/{shop.world.tenant}/coupons", json=body).status_code == 201
        assert apply(shop, jonas, own, code).status_code == 201
        first, second = shop.read(jonas, own)["items"]
        assert first["calculatedPrice"]["discountedPrice"]["grossValue"] == 15.9
        assert "discountedPrice" not in second["calculatedPrice"]
        assert "appliedDiscounts" not in shop.read(jonas, own)["calculatedPrice"]["totalShipping"]
        assert jonas.delete(f"{shop.base}/{own}/discounts").status_code == 204
    shop.world.stored.switches |= {"cart/coupon-categories": "direct"}
    assert apply(shop, jonas, own, "BEANS").status_code == 201
    assert "discountedPrice" not in shop.read(jonas, own)["calculatedPrice"]


def test_a_coupon_for_a_segment(shop: Any):
    backend, jonas = shop.backend(), shop.jonas()
    body = {
        "code": "HOTELS",
        "name": "Hotels",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 7, "currency": "EUR"},
        "segmentRestricted": True,
        "restrictions": {"segments": [HOTELS]},
    }
    assert backend.post(f"/coupon/{shop.world.tenant}/coupons", json=body).status_code == 201
    own = shop.cart(jonas)
    for number in (1, 2, 3):
        shop.add(jonas, own, number)
    assert apply(shop, jonas, own, "HOTELS").status_code == 400
    member = f"/customer-segment/{shop.world.tenant}/segments/{HOTELS}/customers/10000002"
    assert backend.put(member, json={}).status_code == 201
    assert apply(shop, jonas, own, "HOTELS").status_code == 201
    trees = [item["calculatedPrice"] for item in shop.read(jonas, own)["items"]]
    assert ["discountedPrice" in found for found in trees] == [True, False, True]


def test_coupons_of_guests(shop: Any):
    guest = shop.guest()
    own = shop.cart(guest)
    shop.add(guest, own, 3)
    assert apply(shop, guest, own, "SAVE5").status_code == 400
    assert apply(shop, guest, own, "WELCOME10").status_code == 201
    assert tree(shop.read(guest, own))["discountedPrice"][1] == 53.1


def test_external_discounts(shop: Any):
    backend = shop.backend()
    own = shop.cart(
        backend,
        customerId="10000002",
        externalDiscounts=[
            {
                "id": "cart",
                "discountType": "ABSOLUTE",
                "value": 10,
                "discountCalculationType": "SUBTOTAL",
                "sequence": 2,
            },
            {"id": "first", "discountType": "PERCENT", "value": 50, "sequence": 1},
        ],
    )
    line = {"id": "line", "discountType": "PERCENT", "value": 10}
    shop.add(backend, own, 3, externalDiscounts=[line])
    cart = shop.read(backend, own)
    applied = cart["calculatedPrice"]["totalDiscount"]["appliedDiscounts"]
    assert [(a["id"], a["value"], a["origin"]) for a in applied] == [
        ("line", 5.9, "EXTERNAL"),
        ("first", 29.5, "EXTERNAL"),
        ("cart", 10, "EXTERNAL"),
    ]
    assert tree(cart)["discountedPrice"][1] == 13.6
    assert cart["totalPrice"]["amount"] == 63.9
    answer = shop.jonas().put(f"{shop.base}/{own}", json={"externalDiscounts": []})
    assert answer.status_code == 204
    assert shop.jonas().put(f"{shop.base}/{own}", json={"externalDiscounts": [line]}).status_code == 403


# Other conditions.


def test_another_site_and_another_currency(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    path = f"{shop.base}/{own}"
    shop.add(jonas, own, 1)
    shop.add(jonas, own, 3)
    answer = jonas.post(f"{path}/changeCurrency", json={"currency": "GBP"})
    assert (answer.status_code, answer.content) == (200, b"")
    cart = shop.read(jonas, own)
    assert [i["price"]["effectiveAmount"] for i in cart["items"]] == [16.254, 50.74]
    assert (cart["currency"], cart["items"][0]["price"]["currency"]) == ("GBP", "GBP")
    assert jonas.post(f"{path}/changeCurrency", json={"currency": "QQQ"}).status_code == 400
    assert jonas.post(f"{path}/changeCurrency", json={"currency": "EUR"}).status_code == 200
    assert apply(shop, jonas, own, "SAVE5").status_code == 201
    assert jonas.post(f"{path}/changeCurrency", json={"currency": "GBP"}).status_code == 200
    assert [entry["valid"] for entry in shop.read(jonas, own)["discounts"]] == [False]
    assert jonas.post(f"{path}/changeSite", json={"siteCode": "mars"}).status_code == 400
    assert jonas.put(path, json={"currency": "EUR"}).status_code == 204
    assert jonas.post(f"{path}/changeSite", json={"siteCode": "uk"}).status_code == 200
    cart = shop.read(jonas, own)
    assert (cart["siteCode"], cart["currency"]) == ("uk", "GBP")
    assert cart["items"][0]["price"]["priceId"] == "65d0a1b2c3d4e5f607000051"
    assert cart["calculatedPrice"]["finalPrice"]["netValue"] > 0
    main = shop.cart(jonas)
    assert jonas.post(f"{shop.base}/{main}/changeSite", json={"siteCode": "uk"}).status_code == 400


def test_a_price_in_a_currency_that_the_cart_left(shop: Any):
    jonas = shop.jonas()
    own = shop.cart(jonas)
    shop.add(jonas, own, 1)
    assert jonas.post(f"{shop.base}/{own}/changeCurrency", json={"currency": "NOK"}).status_code == 200
    cart = shop.read(jonas, own)
    assert (cart["items"][0]["price"]["currency"], cart["calculatedPrice"]["finalPrice"]["grossValue"]) == (
        "EUR",
        0,
    )
    report = jonas.get(f"{shop.base}/{own}/validate").json()
    assert report["itemsValidationDetails"][0]["errors"][0]["errorCode"] == "CART-ITEM-UNIT-PRICE-100001"


def test_a_guests_cart_goes_into_the_customers(shop: Any):
    login = shop.world.anonymous()
    guest = shop.use(shop.world.client(login["access_token"]))
    source = shop.cart(guest)
    for number in (1, 7):
        shop.add(guest, source, number)
    credentials = {"email": "jonas.brandt@example.com", "password": "Loyal-Points-2"}
    token = guest.post(f"/customer/{shop.world.tenant}/login", json=credentials).json()["access_token"]
    jonas = shop.use(shop.world.client(token))
    target = shop.cart(jonas)
    shop.add(jonas, target, 1, 2)
    path = f"{shop.base}/{target}/merge"
    answer = jonas.post(path, json={"carts": [source]})
    assert (answer.status_code, answer.content) == (200, b"")
    items = shop.read(jonas, target)["items"]
    assert [(i["id"], i["quantity"], i["product"]["id"][-1]) for i in items] == [("0", 3, "1"), ("1", 1, "7")]
    assert jonas.get(f"{shop.base}/{source}").status_code == 404
    assert {"cart.merged", "cart.closed"} <= set(shop.events())
    context = jonas.get(f"/session-context/{shop.world.tenant}/me/context").json()
    assert context["cartId"] == target
    assert jonas.post(path, json={"carts": [source]}).status_code == 404
    assert jonas.post(path, json={"carts": [target]}).status_code == 400
    fresh, guarded = shop.cart(shop.guest()), shop.cart(shop.guest(), sessionValidated=True)
    assert jonas.post(path, json={"carts": [fresh, guarded]}).status_code == 403
    assert jonas.post(path, json={"carts": [fresh]}).status_code == 200
    shop.world.stored.switches["cart/merged-guests"] = "own-session"
    assert jonas.post(path, json={"carts": [shop.cart(shop.guest())]}).status_code == 403
    other = shop.use(shop.world.client(shop.world.anonymous()["access_token"]))
    into = shop.cart(other)
    assert other.post(f"{shop.base}/{into}/merge", json={"carts": [into]}).status_code == 400


@pytest.mark.parametrize("kind", ["SHIPPING_ADDRESS", "BILLING_ADDRESS"])
def test_the_site_says_which_address_is_taxed(shop: Any, kind: str):
    sites = shop.world.stored.collection("site-settings-service", "sites")
    sites.put("main", {**sites.get("main"), "taxDeterminationBasedOn": kind})
    jonas = shop.jonas()
    own = shop.cart(
        jonas, addresses=[{**VIENNA, "type": "SHIPPING"}, {**VIENNA, "country": "DE", "type": "BILLING"}]
    )
    backend = shop.backend("cart.cart_manage")
    line = {"itemYrn": shop.item(3)["itemYrn"], "quantity": 1}
    answer = backend.post(f"{shop.base}/{own}/items", json={**shop.item(3), **line})
    rate = {"SHIPPING_ADDRESS": 20, "BILLING_ADDRESS": 19}[kind]
    if answer.status_code == 201:
        assert shop.read(jonas, own)["items"][0]["unitPrice"]["taxRate"] == rate
    else:
        assert kind == "SHIPPING_ADDRESS"


steps = st.lists(st.tuples(st.sampled_from([1, 2, 3, 7]), st.integers(1, 9)), min_size=1, max_size=6)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.randoms(use_true_random=False))
def test_the_order_of_steps_does_not_matter(shop: Any, given_steps: list[tuple[int, int]], chance: Any):
    backend = shop.backend()
    found = []
    for coupon_first in (True, False):
        own = shop.cart(backend)
        chance.shuffle(given_steps)
        if coupon_first:
            assert apply(shop, backend, own, "WELCOME10").status_code == 201
        for number, quantity in given_steps:
            shop.add(backend, own, number, quantity)
        if not coupon_first:
            assert apply(shop, backend, own, "WELCOME10").status_code == 201
        cart = shop.read(backend, own)
        assert all(item["calculatedPrice"]["finalPrice"]["netValue"] >= 0 for item in cart["items"])
        found.append((cart["calculatedPrice"]["finalPrice"], cart["totalPrice"], cart["totalUnitsCount"]))
    assert found[0] == found[1]
