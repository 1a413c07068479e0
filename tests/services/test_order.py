"""Orders over HTTP: those of the shop, of customers and of companies, their states and entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

GRINDER, KETTLE, TEA = (f"65d0a1b2c3d4e5f60400000{n}" for n in (4, 3, 7))
COMPANY = "65e0a1b2c3d4e5f60c000001"
JONAS = ("jonas.brandt@example.com", "Loyal-Points-2")
NET, GROSS = {"netValue": 37.815, "taxCode": "STANDARD", "taxRate": 19}, {"grossValue": 45, "taxValue": 7.185}
UNIT = {**NET, **GROSS}
BOTH = {**UNIT, "netValue": 75.63, "grossValue": 90, "taxValue": 14.37}
PRICED = {"price": BOTH, "finalPrice": BOTH}
NEW = {
    "siteCode": "main",
    "currency": "EUR",
    "customer": {"id": "10000002", "name": "Jonas Brandt", "email": "jonas.brandt@example.com"},
    "entries": [
        {
            "id": GRINDER,
            "amount": 2,
            "calculatedUnitPrice": UNIT,
            "calculatedPrice": PRICED,
            "product": {"id": GRINDER, "name": "Hand Grinder"},
        }
    ],
    "calculatedPrice": PRICED,
}


class Orders:
    """The order service of one world, for the backend key by default."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(self, method: str, path: str, http: Any = None, **more: Any) -> httpx.Response:
        return (http or self.http).request(method, f"/order-v2/{self.world.tenant}{path}", **more)

    def make(self, **changes: Any) -> str:
        answer = self("POST", "/salesorders", json={**NEW, **changes})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def read(self, order_id: str) -> dict[str, Any]:
        answer = self("GET", f"/salesorders/{order_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def move(self, order_id: str, *statuses: str) -> httpx.Response:
        for status in statuses:
            answer = self("POST", f"/salesorders/{order_id}/transitions", json={"status": status})
        return answer

    def events(self, *types: str) -> list[tuple[str, dict[str, Any]]]:
        return [
            (event["type"], event["payload"])
            for event in self.world.stored.events
            if event["type"] in types or not types
        ]

    def ids(self, path: str, http: Any = None, **query: Any) -> list[str]:
        return [order["id"] for order in self("GET", path, http, params=query).json()]


@pytest.fixture
def orders(either: World) -> Iterator[Orders]:
    orders = Orders(either)
    with orders.http:
        yield orders


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("order/")


def test_mixins_keep_to_their_schemas(orders: Orders):
    url = f"{orders.world.server.url}/schema/{orders.world.tenant}/files/guestNotes_v1.json"
    named = {"metadata": {"mixins": {"guestNotes": url}}}
    wrong = {**named, "mixins": {"guestNotes": {"visit": "soon"}}}
    right = {**named, "mixins": {"guestNotes": {"visit": {"rating": 4.5}}}}
    [entry] = NEW["entries"]

    def refused(method: str, path: str, body: dict[str, Any]) -> str:
        answer = orders(method, path, json=body)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["details"][0])

    for body in ({**NEW, **wrong}, {**NEW, "entries": [{**entry, **wrong}]}):
        assert "mixins:guestNotes:visit" in refused("POST", "/salesorders", body)
    own = orders.make(**right, entries=[{**entry, **right}])
    path, kept = f"/salesorders/{own}", orders.read(own)
    assert kept["mixins"] == kept["entries"][0]["mixins"] == right["mixins"]
    for body in (wrong, {"entries": [{**entry, **wrong}]}):
        assert "mixins:guestNotes:visit" in refused("PATCH", path, body)
    assert refused("PUT", path, {**NEW, **wrong})
    assert orders.read(own) == kept


def test_the_life_of_a_sales_order(orders: Orders):
    made = orders("POST", "/salesorders", json={**NEW, "id": "MINE", "createdBy": "me"})
    assert (made.status_code, made.json()["id"]) == (201, "EON1008")
    order = orders.read("EON1008")
    assert (order["status"], order["metadata"]["version"]) == ("CREATED", 1)
    assert order["created"] == order["lastStatusChange"]
    assert "createdBy" not in order

    page = orders("GET", "/salesorders", params={"q": "customer.id:10000002", "pageSize": 1, "pageNumber": 2})
    assert [found["id"] for found in page.json()] == ["EON1008"]
    assert page.headers["X-Total-Count"] == "2"
    newest = orders.ids("/salesorders", sort="created:desc", pageSize=2)
    assert newest == ["EON1008", "EON1007"]
    counted = orders("HEAD", "/salesorders", params={"q": "siteCode:main"})
    assert (counted.headers["X-Total-Count"], counted.content) == ("7", b"")
    found = orders("POST", "/salesorders/search", json={"q": "status:CREATED siteCode:main"})
    assert [one["id"] for one in found.json()] == ["EON1006", "EON1008"]

    path = "/salesorders/EON1008"
    note = {"mixins": {"generalAttributes": {"extendedOrderStatus": "20"}}, "metadata": {"version": 1}}
    assert orders("PATCH", path, json=note).status_code == 204
    assert orders.read("EON1008")["mixins"] == note["mixins"]
    stale = orders("PATCH", path, json=note)
    assert refusal(stale) == (409, "stale-version")
    assert stale.json() == {
        "status": 409,
        "type": "conflict_resource",
        "message": "Order update cannot be done. Update version is not valid.",
    }
    assert orders("PUT", path, json={**NEW, "countryCode": "AT"}).status_code == 204
    replaced = orders.read("EON1008")
    assert (replaced["countryCode"], replaced["status"]) == ("AT", "CREATED")
    assert replaced["created"] == order["created"]
    assert "mixins" not in replaced

    assert orders("DELETE", path).status_code == 204
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        gone = orders(method, path, **({"json": NEW} if method.startswith("P") else {}))
        assert gone.status_code == 404
        assert gone.json() == {
            "status": 404,
            "type": "element_resource_non_existing",
            "message": "The requested resource was not found on the server.",
        }
    deleted = {"id": "EON1008", "siteCode": "main", "status": "CREATED"}
    told = orders.events()
    assert [kind for kind, _ in told] == ["order.created", "order.updated", "order.updated", "order.deleted"]
    assert told[0][1]["entries"] == order["entries"]
    assert told[-1][1] == deleted


def test_an_order_of_nobody_and_without_a_number(orders: Orders):
    order = orders.read(orders.make(customer={"email": "ella.wright@example.com"}))
    assert order["customer"]["id"] == "ANONYMOUS"
    sequence = f"/sequential-id/{orders.world.tenant}/schemas/65c3d4e5f60718290a000001"
    assert orders.http.delete(sequence).status_code == 204
    assert len(orders.make()) == 24
    orders.world.stored.switches["order/number-without-schema"] = "refused"
    assert orders("POST", "/salesorders", json=NEW).status_code >= 400


def without(name: str, of_entry: str = "") -> dict[str, Any]:
    [entry] = NEW["entries"]
    body = {**NEW, "entries": [{k: v for k, v in entry.items() if k != of_entry}]}
    return {k: v for k, v in body.items() if k != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        *((without(name), name) for name in ("customer", "entries", "calculatedPrice")),
        *(
            (without("", name), f"entries.0.{name}")
            for name in ("amount", "calculatedUnitPrice", "calculatedPrice")
        ),
    ],
)
def test_what_a_new_order_needs(orders: Orders, body: dict[str, Any], field: str):
    answer = orders("POST", "/salesorders", json=body)
    assert refusal(answer) == (400, "incomplete-order")
    assert answer.json()["message"].startswith("There are validation problems")
    assert [detail["field"] for detail in answer.json()["details"]] == [field]
    orders.world.stored.switches["order/incomplete-orders"] = "accepted"
    assert orders("POST", "/salesorders", json=body).status_code == 201


def test_a_dynamic_variant_may_come_without_prices(orders: Orders):
    product = {"id": GRINDER, "productType": "DYNAMIC_VARIANT"}
    body = {"checkout": True, "status": "IN_CHECKOUT", "entries": [{"amount": 1, "product": product}]}
    made = orders("POST", "/salesorders", json=body)
    assert (made.status_code, orders.read(made.json()["id"])["status"]) == (201, "IN_CHECKOUT")


@pytest.mark.parametrize(
    ("method", "path", "status", "message", "kinds"),
    [
        (
            "GET",
            "/salesorders?pageNumber=0",
            400,
            "There are validation problems, see details section for more information",
            ["invalid_query_parameter"],
        ),
        ("GET", "/salesorders?scope=none", 403, "Not allowed to access this resource", None),
        (
            "POST",
            "/salesorders?scope=none",
            403,
            "Given request does not have required scopes. It is not authorized to perform this operation.",
            None,
        ),
    ],
)
def test_the_words_of_the_order_service(
    orders: Orders, method: str, path: str, status: int, message: str, kinds: list[str] | None
):
    with orders.world.backend("product.product_read") as stranger:
        caller = stranger if "scope=none" in path else None
        body = orders(method, path, caller, **({"json": NEW} if method == "POST" else {})).json()
    assert (body["status"], body["message"]) == (status, message)
    assert kinds is None or [detail["type"] for detail in body["details"]] == kinds


def test_one_order_by_checkout_for_a_cart(orders: Orders):
    cart = {"cartId": "65b2c3d4e5f6070809000003"}
    second = orders("POST", "/salesorders", json={**NEW, **cart, "checkout": True})
    assert refusal(second) == (409, "second-order-of-cart")
    assert second.json()["message"] == (
        "The requested resource could not be created due to server-side validation."
    )
    orders.make(**cart, checkout=False)


# States.


def test_the_states_of_an_order(orders: Orders):
    own = orders.make(status="IN_CHECKOUT")
    path = f"/salesorders/{own}"
    for status, coming in (
        (None, ["CREATED", "DECLINED"]),
        ("CREATED", ["CONFIRMED", "DECLINED"]),
        ("CONFIRMED", ["SHIPPED", "COMPLETED", "DECLINED"]),
        ("COMPLETED", []),
    ):
        if status:
            assert orders.move(own, status).status_code == 204
        assert [one["status"] for one in orders("GET", f"{path}/transitions").json()] == coming
    order = orders.read(own)
    assert order["completed"] == order["lastStatusChange"]

    history = orders("GET", f"{path}/historical-transitions").json()
    passed = [step["status"] for step in history["transitions"]]
    assert passed == ["IN_CHECKOUT", "CREATED", "CONFIRMED", "COMPLETED"]
    assert history["metadata"]["version"] == 4
    assert history["metadata"]["createdAt"] == order["created"]
    assert history["metadata"]["modifiedAt"] == order["completed"]
    told = orders.events("order.status-changed", "order.updated")
    assert [payload["status"] for _, payload in told] == ["CREATED", "CONFIRMED", "COMPLETED"]
    assert set(told[-1][1]) == {"id", "status", "metadata"}


@pytest.mark.parametrize(
    ("passed", "wanted"),
    [
        ([], "SHIPPED"),
        ([], "CREATED"),
        ([], "IN_CHECKOUT"),
        ([], "COMPLETED"),
        (["CONFIRMED"], "CREATED"),
        (["CONFIRMED", "COMPLETED"], "DECLINED"),
        (["DECLINED"], "CREATED"),
    ],
)
def test_steps_that_the_states_do_not_have(orders: Orders, passed: list[str], wanted: str):
    own = orders.make()
    if passed:
        orders.move(own, *passed)
    before = orders.read(own)
    refused = orders.move(own, wanted)
    assert refusal(refused) == (400, "illegal-step")
    assert refused.json()["details"][0]["field"] == "status"
    if wanted != before["status"]:
        assert refusal(orders("PATCH", f"/salesorders/{own}", json={"status": wanted})) == (
            400,
            "illegal-step",
        )
    assert orders.read(own) == before


def test_an_order_is_shipped_with_shipments(orders: Orders):
    own = orders.make()
    assert refusal(orders.move(own, "CONFIRMED", "SHIPPED")) == (400, "no-shipments")
    parcel = {"shippedDate": "2026-02-20T00:00:00.000Z", "carrier": "DHL"}
    patch = {"status": "SHIPPED", "shipments": [parcel]}
    assert orders("PATCH", f"/salesorders/{own}", json=patch).status_code == 204
    assert orders.read(own)["status"] == "SHIPPED"
    assert orders.move(own, "COMPLETED").status_code == 204


def test_a_completed_order_takes_a_scope_of_its_own(orders: Orders):
    note = {"mixins": {"generalAttributes": {"orderNumber": "EON1001"}}}
    with orders.world.backend("order.order_update") as clerk:
        for method, path in (("PATCH", ""), ("PUT", ""), ("POST", "/transitions"), ("POST", "/calculations")):
            body = {"status": "DECLINED"} if path == "/transitions" else {"entries": []} if path else note
            refused = orders(method, f"/salesorders/EON1001{path}", clerk, json=body)
            assert refusal(refused) == (403, "completed-order")
        assert refused.json()["message"] == (
            "Given request does not have required scopes. It is not authorized to perform this operation."
        )
    with orders.world.backend("order.order_update_completed") as chief:
        assert orders("PATCH", "/salesorders/EON1001", chief, json=note).status_code == 204


def test_seeded_orders_have_a_past(orders: Orders):
    history = orders("GET", "/salesorders/EON1001/historical-transitions").json()
    steps = [step["status"] for step in history["transitions"]]
    assert steps == ["CREATED", "CONFIRMED", "SHIPPED", "COMPLETED"]
    assert history["metadata"]["version"] == 4
    short = orders("GET", "/salesorders/EON1003/historical-transitions").json()
    assert short["transitions"] == [{"status": "CREATED", "timestamp": "2026-02-02T16:40:12.001Z"}]


def test_a_completed_order_earns_points(orders: Orders):
    tenant = orders.world.tenant
    site = {"couponSettings": {"rewardpoints": {"enabled": True, "orderValueToRewardPointsFactor": 1}}}
    assert orders.http.post(f"/site/{tenant}/sites/main/mixins", json=site).status_code < 300
    own = orders.make(
        calculatedPrice={"finalPrice": {"netValue": 84.03, "grossValue": 100, "taxValue": 15.97}}
    )
    assert orders.move(own, "CONFIRMED", "COMPLETED").status_code == 204
    assert orders.http.get("/reward-points/customer/10000002").json() == 100


# Declining.


def test_declining_gives_nothing_back_by_default(orders: Orders):
    own = orders.make(checkout=True)
    assert orders.move(own, "DECLINED").status_code == 204
    told = orders.events("order.cancelled", "order.status-changed")
    assert [kind for kind, _ in told] == ["order.status-changed", "order.cancelled"]
    assert told[1][1]["status"] == "DECLINED"


def test_declining_may_give_everything_back(orders: Orders):
    tenant, switches = orders.world.tenant, orders.world.stored.switches
    switches |= {
        "order/stock": "follows",
        "order/coupons-of-declined-order": "given-back",
        "order/payment-of-declined-order": "given-back",
    }
    shelf = f"/availability/{tenant}/availability/{GRINDER}/uk"
    before = orders.http.get(shelf).json()["stockLevel"]
    own = orders.make(checkout=True, discounts=[{"code": "WELCOME10", "currency": "EUR"}])
    card = {"order": {"id": own}, "paymentModeId": "7d1f0c3a-2b4e-4c6d-8f90-000000000002"}
    amount = {"amountToAuthorize": 90, "currency": "EUR"}
    gateway = f"/payment-gateway/{tenant}/payment"
    paid = orders.http.post(f"{gateway}/authorize", json={**card, **amount}).json()["paymentTransactionId"]
    assert orders.http.post(f"{gateway}/{paid}/capture").json()["successful"] is True
    assert orders.read(own)["payments"][0]["status"] == "CAPTURE_SUCCESS"
    assert orders.http.get(shelf).json()["stockLevel"] == before - 2
    redeemed = {"orderTotal": {"amount": 90, "currency": "EUR"}, "discount": {"amount": 9, "currency": "EUR"}}
    redemptions = f"/coupon/{tenant}/coupons/WELCOME10/redemptions"
    assert orders.http.post(redemptions, json={**redeemed, "orderCode": own}).status_code == 201

    assert orders.move(own, "DECLINED").status_code == 204
    assert orders.http.get(shelf).json()["stockLevel"] == before
    assert own not in [one.get("orderCode") for one in orders.http.get(redemptions).json()]
    payment = orders.read(own)["payments"][0]
    assert (payment["status"], payment["refundAmount"]) == ("REFUND_SUCCESS", 90)


# Of customers.


def test_customers_see_their_own_orders(orders: Orders):
    with orders.world.customer() as mia, orders.world.customer(*JONAS) as jonas:
        assert orders.ids("/orders", mia) == ["EON1001", "EON1002", "EON1005"]
        listed = orders("GET", "/orders", mia, params={"q": "status:SHIPPED"})
        assert [found["id"] for found in listed.json()] == ["EON1002"]
        assert listed.headers["X-Total-Count"] == "1"
        assert orders("GET", "/orders/EON1002", mia).json()["customer"]["id"] == "10000001"
        foreign = orders("GET", "/orders/EON1002", jonas)
        assert refusal(foreign) == (403, "not-allowed")
        assert foreign.json()["message"] == "Not allowed to access this resource"
        assert orders("GET", "/orders/EON1", mia).status_code == 404
        for path in ("/salesorders", "/salesorders/EON1002"):
            assert orders("GET", path, mia).status_code in (401, 403)


def test_orders_in_checkout_are_not_listed_but_readable(orders: Orders):
    with orders.world.customer(*JONAS) as jonas:
        assert orders.ids("/orders", jonas) == []
        assert orders("GET", "/orders/EON1007", jonas).json()["status"] == "IN_CHECKOUT"
        orders.world.stored.switches["order/own-orders-in-checkout"] = "listed"
        assert orders.ids("/orders", jonas) == ["EON1007"]


def test_customers_may_decline_what_is_just_created(orders: Orders):
    own, decline = orders.make(), {"json": {"status": "DECLINED"}}
    with orders.world.customer() as mia, orders.world.customer(*JONAS) as jonas:
        path = f"/orders/{own}/transitions"
        assert orders("GET", path, jonas).json() == [{"status": "DECLINED"}]
        assert refusal(orders("GET", path, mia)) == (403, "not-allowed")
        assert refusal(orders("POST", path, mia, **decline)) == (403, "not-allowed")
        assert refusal(orders("POST", path, jonas, json={"status": "CONFIRMED"})) == (403, "customer-step")
        assert orders("POST", path, jonas, **decline).status_code == 204
        assert orders("GET", path, jonas).json() == []
        waiting = orders("POST", "/orders/EON1007/transitions", jonas, **decline)
        assert refusal(waiting) == (403, "customer-step")
        assert waiting.json()["type"] == "insufficient_permissions"
        assert waiting.json()["message"] == (
            "Customers are not allowed to change order status from IN_CHECKOUT to DECLINED"
        )


def test_a_service_acts_for_the_customer_of_a_saas_token(orders: Orders):
    saas = {"saas-token": orders.world.login()["saas_token"]}
    with orders.world.backend("order.history_view") as shop:
        assert [one["id"] for one in orders("GET", "/orders", shop, headers=saas).json()] == [
            "EON1001",
            "EON1002",
            "EON1005",
        ]
        assert orders("GET", "/orders/EON1001", shop, headers=saas).status_code == 200
        assert refusal(orders("GET", "/orders/EON1003", shop, headers=saas)) == (403, "not-allowed")
        assert refusal(orders("GET", "/orders", shop)) == (403, "not-allowed")
        assert refusal(orders("GET", "/orders", shop, headers={"saas-token": "x.y.z"})) == (
            403,
            "not-allowed",
        )


# Entries.


def test_entries_are_changed_added_and_removed(orders: Orders):
    path, change = "/salesorders/EON1006/entries", {"entries": [{"productId": GRINDER, "quantity": 1}]}
    shown = orders("POST", path, json=change).json()
    assert [entry["id"] for entry in shown["entries"]] == [KETTLE, TEA, GRINDER]
    grinder = shown["entries"][2]
    assert grinder["calculatedPrice"]["finalPrice"] == {
        "netValue": 37.815,
        "grossValue": 45,
        "taxValue": 7.185,
        "taxCode": "STANDARD",
        "taxRate": 19,
    }
    assert (shown["subTotalPrice"], shown["totalPrice"]) == (330.5, 343.06)
    final = shown["calculatedPrice"]["finalPrice"]
    assert (final["netValue"], final["grossValue"]) == (293.042, 343.169)
    assert shown["totalAuthorizedAmount"] == 343.169
    assert len(orders.read("EON1006")["entries"]) == 2

    kept = orders("POST", path, params={"store": "true"}, json={"entries": [{"entryId": TEA, "quantity": 3}]})
    assert kept.json()["entries"][1]["amount"] == 3
    assert orders.read("EON1006") == kept.json()
    removed = {"entries": [{"entryId": TEA, "quantity": 0}]}
    assert [e["id"] for e in orders("POST", path, json=removed).json()["entries"]] == [KETTLE]

    for wrong in (
        {"entryId": "none", "quantity": 1},
        {"productId": "none", "quantity": 1},
        {"entryId": TEA, "quantity": -1},
        {"entryId": TEA, "quantity": 1.5},
    ):
        assert refusal(orders("POST", path, json={"entries": [wrong]})) == (400, "bad-entry")


def test_an_order_that_is_calculated_again_is_the_same(orders: Orders):
    for own in (f"EON100{n}" for n in range(1, 8)):
        order = orders.read(own)
        entries = [{"entryId": entry["id"], "quantity": entry["amount"]} for entry in order["entries"]]
        same = orders("POST", f"/salesorders/{own}/entries", json={"entries": entries}).json()
        assert same == order


def test_delivered_amounts_decide_the_price(orders: Orders):
    mug = "65d0a1b2c3d4e5f604000006--65d0a1b2c3d4e5f604000011"
    before = orders.read("EON1004")
    delivered = {"entryId": mug, "deliveredAmount": 3, "deliveredAmountInPc": 3}
    done = orders("POST", "/salesorders/EON1004/calculations", json={"entries": [delivered]})
    assert (done.status_code, done.content) == (200, b"")
    order = orders.read("EON1004")
    entry = order["entries"][1]
    assert (entry["amount"], entry["orderedAmount"], entry["packedAmountInPc"]) == (3, 4, 3)
    assert entry["totalPrice"] == 36
    assert order["subTotalPrice"] == before["subTotalPrice"] - 12
    wrong = orders(
        "POST", "/salesorders/EON1004/calculations", json={"entries": [{**delivered, "entryId": "x"}]}
    )
    assert refusal(wrong) == (400, "bad-entry")


def test_a_patch_may_ask_for_new_prices(orders: Orders):
    own = orders.make()
    entry = {**NEW["entries"][0], "amount": 3}  # type: ignore[index]
    assert orders("PATCH", f"/salesorders/{own}", json={"entries": [entry]}).status_code == 204
    assert orders.read(own)["calculatedPrice"] == PRICED
    again = orders("PATCH", f"/salesorders/{own}", params={"recalculate": "true"}, json={"entries": [entry]})
    assert again.status_code == 204
    assert orders.read(own)["calculatedPrice"]["finalPrice"]["grossValue"] == 135


# Parts.


def test_an_order_is_split_by_vendor(orders: Orders):
    path = "/salesorders/EON1006/split"
    done = orders("POST", path, json={"splitBy": "VENDOR_ID"})
    assert done.json() == {
        "masterOrder": "EON1006",
        "splitBy": "VENDOR_ID",
        "subOrders": [
            {"id": "EON1008", "uniqueValue": "65e3a1b2c3d4e5f612000001"},
            {"id": "EON1009", "uniqueValue": "65e3a1b2c3d4e5f612000002"},
        ],
    }
    master, part = orders.read("EON1006"), orders.read("EON1008")
    assert (master["orderType"], master["subOrders"]) == ("MASTER_ORDER", ["EON1008", "EON1009"])
    assert (part["orderType"], part["masterOrder"]) == ("SUB_ORDER", "EON1006")
    assert [entry["id"] for entry in part["entries"]] == [KETTLE]
    assert part["vendor"]["id"] == "65e3a1b2c3d4e5f612000001"
    assert part["subTotalPrice"] == 236
    assert refusal(orders("POST", path, json={"splitBy": "VENDOR_ID"})) == (400, "not-to-be-split")


def test_what_cannot_be_split(orders: Orders):
    discounted = orders.make(discounts=[{"code": "WELCOME10", "currency": "EUR"}])
    for own in ("EON1004", discounted):
        refused = orders("POST", f"/salesorders/{own}/split", json={"splitBy": "VENDOR_ID"})
        assert refusal(refused) == (400, "not-to-be-split")


# Of companies, vendors and restrictions.


def company_client(world: World, email: str, password: str, company: str | None) -> httpx.Client:
    """A customer, bound to a company where one is named."""
    visitor, login = world.anonymous(), world.login(email, password)
    if company is None:
        return world.client(login["access_token"])
    with world.client(visitor["access_token"]) as client:
        bound = client.get(
            f"/customer/{world.tenant}/refreshauthtoken",
            params={"refreshToken": login["refresh_token"], "legalEntityId": company},
        )
    assert bound.status_code == 200, bound.text
    return world.client(bound.json()["access_token"])


def test_a_company_sees_the_orders_of_its_people(orders: Orders):
    path = f"/legal-entity-orders/{COMPANY}"
    for company in (None, COMPANY):
        with company_client(orders.world, "tim.hansen@example.com", "Loyal-Points-12", company) as tim:
            listed = orders("GET", path, tim, params={"sort": "created:desc"})
            assert [one["id"] for one in listed.json()] == ["EON1006", "EON1004"]
            assert listed.headers["X-Total-Count"] == "2"
            assert orders("GET", f"{path}/EON1006", tim).json()["customer"]["id"] == "10000011"
            assert orders("GET", f"{path}/EON1001", tim).status_code == 404
            assert orders.ids("/orders", tim) == ["EON1004"]
            other = orders("GET", "/legal-entity-orders/65e0a1b2c3d4e5f60c000002", tim)
            assert refusal(other) == (403, "not-allowed")
    with orders.world.customer() as mia:
        assert refusal(orders("GET", path, mia)) == (403, "not-allowed")
        assert refusal(orders("GET", f"{path}/EON1004", mia)) == (403, "not-allowed")


def test_a_token_of_a_company_shows_only_its_orders(orders: Orders):
    private = orders.make(customer={"id": "10000012", "email": "tim.hansen@example.com"})
    tim = ("tim.hansen@example.com", "Loyal-Points-12")
    with (
        company_client(orders.world, *tim, COMPANY) as bound,
        company_client(orders.world, *tim, None) as free,
    ):
        assert orders.ids("/orders", bound) == ["EON1004"]
        assert refusal(orders("GET", f"/orders/{private}", bound)) == (403, "not-allowed")
        assert orders.ids("/orders", free) == ["EON1004", private]


def test_vendors_see_orders_of_their_products(orders: Orders):
    keys = orders.world.stored.state("oauth-service").collection("keys")
    scopes = ["order.order_read_by_vendor", "order.order_manage_by_vendor"]
    keys.put("kessel", {"id": "kessel", "scopes": scopes, "vendorId": "65e3a1b2c3d4e5f612000001"})
    name = f"{orders.world.tenant}-kessel"
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": f"{name}-secret"}
    token = orders.http.post("/oauth/token", data=form).json()["access_token"]
    with orders.world.client(token) as vendor:
        assert orders.ids("/salesorders", vendor) == ["EON1001", "EON1006"]
        assert orders("GET", "/salesorders/EON1002", vendor).status_code == 404
        confirm = {"status": "CONFIRMED"}
        assert orders("POST", "/salesorders/EON1006/transitions", vendor, json=confirm).status_code == 204
        assert orders("POST", "/salesorders/EON1004/transitions", vendor, json=confirm).status_code == 404


def test_restricted_scopes_see_orders_of_their_restriction(orders: Orders):
    orders.world.stored.state("order").collection("orders").put(
        "R1", {"id": "R1", "status": "CREATED", "restriction": "AT", "metadata": {"version": 1}}
    )
    orders.world.stored.state("order").collection("orders").put(
        "R2", {"id": "R2", "status": "CREATED", "restriction": "DE", "metadata": {"version": 1}}
    )
    keys = orders.world.stored.state("oauth-service").collection("keys")
    keys.put("german", {"id": "german", "scopes": ["order.order_read--DE"]})
    name = f"{orders.world.tenant}-german"
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": f"{name}-secret"}
    token = orders.http.post("/oauth/token", data=form).json()["access_token"]
    with orders.world.client(token) as german:
        assert "R2" in orders.ids("/salesorders", german)
        assert "R1" not in orders.ids("/salesorders", german)
        assert orders("GET", "/salesorders/R1", german).status_code == 404
