"""Carts over HTTP: make, find, change, close; whose they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.store.tokens import Principal

if TYPE_CHECKING:
    import httpx

MIAS, GUESTS = "65b2c3d4e5f6070809000001", "65b2c3d4e5f6070809000002"


def refusal(answer: httpx.Response) -> tuple[int, Any, str]:
    body = answer.json()
    return answer.status_code, body["status"], body["message"]


def test_a_customers_cart_from_empty_to_gone(shop: Any):
    mia = shop.jonas()
    assert mia.get(f"{shop.base}?siteCode=main").status_code == 404
    made = mia.post(shop.base, json={"siteCode": "main", "currency": "EUR"})
    cart = made.json()["cartId"]
    assert made.status_code == 201
    assert made.json()["yrn"] == f"urn:yaas:hybris:cart:cart:{shop.world.tenant};{cart}"
    assert (made.headers["location"], made.headers["version"]) == (f"/carts/{cart}", "1")
    assert [shop.add(mia, cart, number) for number in (1, 3)] == ["0", "1"]
    found = mia.get(f"{shop.base}?siteCode=main").json()
    assert (found["id"], found["customerId"], len(found["items"])) == (cart, "10000002", 2)
    assert (found["totalUnitsCount"], found["metadata"]["version"]) == (2, 3)
    assert "status" not in found
    assert (
        mia.put(
            f"{shop.base}/{cart}", json={"channel": {"name": "app"}, "mixins": {"a": {"b": 1}}}
        ).status_code
        == 204
    )
    changed = shop.read(mia, cart)
    assert (changed["channel"], changed["mixins"], len(changed["items"])) == (
        {"name": "app"},
        {"a": {"b": 1}},
        2,
    )
    stale = mia.put(f"{shop.base}/{cart}", json={"metadata": {"version": 2}})
    assert refusal(stale)[0] == 409
    assert refusal(stale)[2].startswith("The version of the object that you are trying to update")
    assert mia.delete(f"{shop.base}/{cart}").status_code == 204
    assert refusal(mia.get(f"{shop.base}/{cart}")) == (404, "Not Found", f"Cart with code {cart} not found.")
    assert shop.events() == [
        "cart.created",
        "cart.item-added",
        "cart.updated",
        "cart.item-added",
        "cart.updated",
        "cart.updated",
        "cart.closed",
    ]


def test_the_payloads_of_events(shop: Any):
    mia = shop.jonas()
    cart = shop.cart(mia)
    shop.add(mia, cart, 1, 2)
    mia.delete(f"{shop.base}/{cart}/items/0")
    mia.delete(f"{shop.base}/{cart}")
    by_type = {e["type"]: e["payload"] for e in shop.world.stored.events if e["type"].startswith("cart.")}
    short = by_type["cart.created"]
    assert set(short) == {"id", "customerId", "currency", "siteCode", "metadata"}
    item = {"tenant": shop.world.tenant, "cartId": cart, "itemId": "0"}
    price = {"quantity": 2, "priceId": "65d0a1b2c3d4e5f607000001"}
    assert by_type["cart.item-added"] == {**item, **price}
    assert by_type["cart.item-deleted"] == item
    assert by_type["cart.updated"]["items"] == []
    assert {"yrn", "status", "siteCode", "customerId"} <= set(by_type["cart.updated"])


def test_one_open_cart_for_each_owner_site_type_and_company(shop: Any):
    mia = shop.jonas()
    first = shop.cart(mia)
    assert refusal(mia.post(shop.base, json={"siteCode": "main", "currency": "EUR"}))[:2] == (409, "Conflict")
    wishes = shop.cart(mia, type="wishlist")
    uk = shop.cart(mia, siteCode="uk", currency="GBP")
    assert len({first, wishes, uk}) == 3
    asked = [{"siteCode": "main"}, {"siteCode": "main", "type": "wishlist"}, {"siteCode": "uk"}]
    assert [mia.get(shop.base, params=query).json()["id"] for query in asked] == [first, wishes, uk]
    assert mia.get(shop.base, params={"siteCode": "main", "type": "gifts"}).status_code == 404
    made = mia.get(shop.base, params={"siteCode": "main", "type": "gifts", "create": True}).json()
    assert (made["type"], made["currency"], made["customerId"], made["items"]) == (
        "gifts",
        "EUR",
        "10000002",
        [],
    )
    again = mia.get(shop.base, params={"siteCode": "main", "type": "gifts", "create": True}).json()
    assert again["id"] == made["id"]


def test_a_guest_and_the_session_that_keeps_the_cart(shop: Any):
    login = shop.world.anonymous()
    guest = shop.use(shop.world.client(login["access_token"]))
    cart = shop.cart(guest)
    context = guest.get(f"/session-context/{shop.world.tenant}/me/context").json()
    assert (context["cartId"], context["sessionId"]) == (cart, login["sessionId"])
    for site in ("main", "default"):
        found = guest.get(shop.base, params={"siteCode": site, "sessionId": login["sessionId"]})
        assert found.json()["id"] == cart
    credentials = {"email": "jonas.brandt@example.com", "password": "Loyal-Points-2"}
    token = guest.post(f"/customer/{shop.world.tenant}/login", json=credentials).json()["access_token"]
    jonas = shop.use(shop.world.client(token))
    assert jonas.get(f"{shop.base}?siteCode=main").status_code == 404
    still = jonas.get(shop.base, params={"siteCode": "main", "sessionId": login["sessionId"]})
    assert (still.status_code, still.json()["id"]) == (200, cart)
    assert jonas.get(f"/session-context/{shop.world.tenant}/me/context").json()["cartId"] == cart
    own = shop.cart(jonas)
    assert jonas.get(f"/session-context/{shop.world.tenant}/me/context").json()["cartId"] == own


def test_nobody_sees_the_cart_of_another(shop: Any):
    jonas, guest, other = shop.jonas(), shop.guest(), shop.guest()
    theirs = shop.cart(guest)
    shop.add(guest, theirs, 1)
    forbidden = {"code": 403, "status": "Forbidden", "message": "User not authorized."}
    for http, cart in ((jonas, MIAS), (guest, MIAS), (jonas, theirs), (other, theirs)):
        path = f"{shop.base}/{cart}"
        answers = [
            http.get(path),
            http.get(f"{path}/items"),
            http.get(f"{path}/items/0"),
            http.get(f"{path}/validate"),
            http.get(f"{path}/dtRestrictions"),
            http.put(path, json={}),
            http.put(f"{path}/refresh"),
            http.put(f"{path}/items/0", json={"quantity": 2}),
            http.put(f"{path}/itemsBatch", json=[]),
            http.post(f"{path}/items", params={"siteCode": "main"}, json=shop.item(1)),
            http.post(f"{path}/itemsBatch", json=[shop.item(1)]),
            http.post(f"{path}/discounts", json={"code": "WELCOME10"}),
            http.post(f"{path}/changeSite", json={"siteCode": "uk"}),
            http.post(f"{path}/changeCurrency", json={"currency": "GBP"}),
            http.post(f"{path}/merge", json={"carts": [GUESTS]}),
            http.delete(f"{path}/discounts"),
            http.delete(f"{path}/discounts/0"),
            http.delete(f"{path}/items/0"),
            http.delete(f"{path}/items"),
            http.delete(path),
        ]
        assert [(a.status_code, a.json()) for a in answers] == [(403, forbidden)] * len(answers)
    assert jonas.get(shop.base, params={"siteCode": "main", "customerId": "10000001"}).status_code == 403
    assert jonas.post(shop.base, json={"currency": "EUR", "customerId": "10000001"}).status_code == 403
    assert guest.post(shop.base, json={"currency": "EUR", "customerId": "10000001"}).status_code == 403
    assert [c["id"] for c in other.post(f"{shop.base}/search", json={}).json()] == []
    assert len(shop.backend().get(f"{shop.base}/{MIAS}").json()["items"]) == 2


def test_the_scope_of_a_service(shop: Any):
    poor = shop.backend("coupon.coupon_read")
    answer = poor.get(f"{shop.base}/{MIAS}")
    assert (answer.status_code, answer.json()["message"]) == (403, "User not authorized.")
    assert shop.mia().get(f"{shop.base}/{MIAS}/discounts").status_code in (401, 403)
    assert [d["code"] for d in shop.backend().get(f"{shop.base}/{MIAS}/discounts").json()] == ["WELCOME10"]


def test_a_service_makes_carts_for_anybody(shop: Any):
    backend = shop.backend()
    for_jonas = shop.cart(backend, customerId="10000002", type="wishlist")
    assert shop.read(shop.jonas(), for_jonas)["customerId"] == "10000002"
    login = shop.world.anonymous()
    made = backend.post(
        shop.base, json={"currency": "EUR"}, headers={"session-id": login["sessionId"]}
    ).json()
    guest = shop.use(shop.world.client(login["access_token"]))
    assert guest.get(f"{shop.base}/{made['cartId']}").json()["siteCode"] == "main"
    nobodys = shop.cart(backend, siteCode="default")
    assert shop.read(backend, nobodys)["siteCode"] == "main"
    answer = backend.get(shop.base, params={"siteCode": "main"})
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")


def test_searching(shop: Any):
    backend = shop.backend()
    path = f"{shop.base}/search"
    answer = backend.post(
        path, json={"q": "customerId:10000001 status:CLOSED"}, headers={"X-Total-Count": "true"}
    )
    assert ([c["orderId"] for c in answer.json()], answer.headers["x-total-count"]) == (
        ["EON1001", "EON1002", "EON1005"],
        "3",
    )
    assert all(c["status"] == "CLOSED" for c in answer.json())
    page = backend.post(path, json={"q": "siteCode:main"}, params={"pageSize": "2", "pageNumber": "2"}).json()
    assert [c["id"][-2:] for c in page] == ["04", "06"]
    kettles = backend.post(path, json={"q": "items.product.id:65d0a1b2c3d4e5f604000003 status:OPEN"}).json()
    assert [c["id"][-2:] for c in kettles] == ["01", "14"]
    newest = backend.post(
        path, json={"q": "status:CLOSED"}, params={"sort": "orderId:desc", "pageSize": "1"}
    ).json()
    assert newest[0]["orderId"] == "EON1007"
    only = backend.post(path, json={"q": f"id:{MIAS}"}, params={"fields": "siteCode"}).json()
    assert only == [{"id": MIAS, "siteCode": "main"}]
    assert {c["customerId"] for c in shop.mia().post(path, json={}).json()} == {"10000001"}
    assert backend.post(path, json={"q": "open"}).status_code == 400


def test_a_closed_cart(shop: Any):
    mia, backend = shop.mia(), shop.backend()
    body = {"status": "CLOSED", "orderId": "EON2000"}
    assert backend.put(f"{shop.base}/{MIAS}", json=body).status_code == 204
    assert shop.events()[-1] == "cart.closed"
    assert mia.get(f"{shop.base}/{MIAS}").status_code == 404
    assert mia.get(f"{shop.base}?siteCode=main").status_code == 404
    assert (
        mia.post(f"{shop.base}/{MIAS}/items", params={"siteCode": "main"}, json=shop.item(1)).status_code
        == 404
    )
    assert shop.cart(mia) != MIAS
    shop.world.stored.switches |= {"cart/closed-cart": "shown"}
    assert shop.read(mia, MIAS)["orderId"] == "EON2000"
    assert refusal(mia.delete(f"{shop.base}/{MIAS}"))[:2] == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("event", "payload", "member"),
    [
        ("checkout.completed", {"cartId": MIAS, "orderId": "EON9"}, ("orderId", "EON9")),
        ("quote.created", {"cartId": MIAS, "id": "QUO9"}, ("quoteId", "QUO9")),
    ],
)
def test_what_a_cart_becomes_closes_it(
    shop: Any, event: str, payload: dict[str, str], member: tuple[str, str]
):
    shop.world.stored.emit(event, payload)
    shop.world.server.app.runtime.deliver(shop.world.stored)
    found = shop.backend().post(f"{shop.base}/search", json={"q": f"id:{MIAS}"}).json()[0]
    assert (found["status"], found[member[0]]) == ("CLOSED", member[1])
    assert "cart.closed" in shop.events()


def test_an_approval_takes_the_cart_away(shop: Any):
    mia = shop.mia()
    shop.world.stored.emit("approval.created", {"resourceType": "CART", "resourceId": MIAS})
    shop.world.server.app.runtime.deliver(shop.world.stored)
    assert mia.get(f"{shop.base}/{MIAS}").status_code == 404
    assert mia.get(f"{shop.base}?siteCode=main").status_code == 404
    assert mia.post(f"{shop.base}/search", json={"q": "status:OPEN"}).json() == []


def test_carts_that_nobody_touches_are_gone_after_30_days(shop: Any):
    jonas = shop.jonas()
    cart = shop.cart(jonas)
    shop.world.stored.clock.advance(timedelta(days=29))
    jonas = shop.jonas()
    assert jonas.put(f"{shop.base}/{cart}", json={}).status_code == 204
    shop.world.stored.clock.advance(timedelta(days=31))
    jonas = shop.jonas()
    assert jonas.get(f"{shop.base}/{cart}").status_code == 404
    shop.world.stored.switches |= {"cart/idle-carts": "kept"}
    assert jonas.get(f"{shop.base}/{cart}").status_code == 200


def test_restrictions(shop: Any):
    shop.configure(restrictions='["DE", "AT"]')
    jonas = shop.jonas()
    answer = jonas.post(shop.base, json={"currency": "EUR", "restriction": "FR"})
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")
    cart = shop.cart(jonas, restriction="DE")
    assert shop.read(jonas, cart)["restriction"] == "DE"
    shop.configure(enableSyncBetweenRestrictionsAndSiteCodes=True)
    synchronous = shop.cart(jonas, type="other")
    assert shop.read(jonas, synchronous)["restriction"] == "main"
    for own, expected in ((synchronous, "uk"), (cart, "DE")):
        moved = jonas.post(f"{shop.base}/{own}/changeSite", json={"siteCode": "uk"})
        assert (moved.status_code, shop.read(jonas, own)["restriction"]) == (200, expected)


def test_what_the_document_refuses(shop: Any):
    mia = shop.mia()
    answer = mia.post(shop.base, json={"siteCode": "main"})
    problems = "There are validation problems, see details section for more information"
    assert refusal(answer) == (400, "BAD_REQUEST", problems)
    assert answer.json()["details"]
    assert refusal(mia.post(shop.base, json={"currency": "EUR", "siteCode": "mars"}))[:2] == (
        400,
        "BAD_REQUEST",
    )
    assert mia.get(shop.base).status_code == 400
    assert mia.get(f"{shop.base}/{MIAS}?zipCode=10115").status_code == 400
    assert mia.get(f"{shop.base}/{MIAS}?zipCode=10115&countryCode=x!").status_code == 400
    assert mia.put(f"{shop.base}/{MIAS}").status_code == 204
    assert mia.put(f"{shop.base}/{MIAS}/items/0").status_code == 204
    for path in ("shipping-address", "billing-address", "coupons"):
        assert mia.get(f"{shop.base}/{MIAS}/{path}").status_code == 404


def test_mixins_are_checked_by_their_schema(shop: Any):
    backend, tenant = shop.backend(), shop.world.tenant
    schema = {
        "id": "gift",
        "name": {"en": "Gift"},
        "types": ["CART", "CART_ITEM"],
        "attributes": [
            {"key": "count", "name": {"en": "Count"}, "type": "NUMBER", "metadata": {"required": False}}
        ],
    }
    made = backend.post(f"/schema/{tenant}/schemas", json=schema, headers={"Content-Language": "*"})
    assert made.status_code == 201, made.text
    url = backend.get(f"/schema/{tenant}/schemas/gift").json()["metadata"]["url"]
    mixed = {"metadata": {"mixins": {"gift": url}}, "mixins": {"gift": {"count": "many"}}}
    mia = shop.mia()
    path = f"{shop.base}/{MIAS}"
    assert mia.put(path, json=mixed).status_code == 400
    assert mia.put(f"{path}/items/0?partial=true", json=mixed).status_code == 400
    assert mia.post(f"{path}/items", json={**shop.item(7), **mixed}).status_code == 400
    right = {**mixed, "mixins": {"gift": {"count": 2}}}
    assert mia.put(path, json=right).status_code == 204
    assert mia.put(f"{path}/items/0?partial=true", json=right).status_code == 204
    assert shop.read(mia, MIAS)["metadata"]["mixins"] == {"gift": url}


def test_a_token_of_a_company_sees_its_carts_alone(shop: Any):
    def buyer(company: str | None) -> httpx.Client:
        token = f"buyer-{company}"
        scopes: frozenset[str] = frozenset()
        shop.world.stored.tokens.issue(
            Principal("customer", shop.world.tenant, token, scopes, "", "10000012", f"s-{company}", company)
        )
        return shop.use(shop.world.client(token))

    company, other = "65e0a1b2c3d4e5f60c000001", "65e0a1b2c3d4e5f60c000002"
    ours, theirs, own = buyer(company), buyer(other), buyer(None)
    seeded = "65b2c3d4e5f6070809000014"
    assert ours.get(f"{shop.base}?siteCode=main").json()["id"] == seeded
    private = shop.cart(own)
    assert shop.read(own, private).get("legalEntityId") is None
    assert shop.read(own, seeded)["legalEntityId"] == company
    assert [http.get(f"{shop.base}/{seeded}").status_code for http in (ours, theirs)] == [200, 403]
    assert [http.get(f"{shop.base}/{private}").status_code for http in (ours, theirs)] == [403, 403]
    assert theirs.get(f"{shop.base}?siteCode=main").status_code == 404
    made = shop.cart(theirs)
    assert shop.read(theirs, made)["legalEntityId"] == other
