"""Quotes over HTTP: made, negotiated, accepted, printed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from tests.conftest import World

CLARA = ("clara.petersen@example.com", "Loyal-Points-11")
TIM = ("tim.hansen@example.com", "Loyal-Points-12")
MIA = ("mia.keller@example.com", "Loyal-Points-1")
OFFER, DONE = "QUO1002", "QUO1001"
KETTLE, ESPRESSO, GRINDER = (f"65d0a1b2c3d4e5f60400000{number}" for number in (3, 1, 4))
KETTLES, BAGS = (f"b8d2e6f1-4c70-4a95-8e13-00000000000{number}" for number in (3, 4))
HAMBURG, LUBECK = "65e0a1b2c3d4e5f60d000001", "65e0a1b2c3d4e5f60d000002"
TOO_DEAR, TOO_LATE = "65e4a1b2c3d4e5f614000001", "65e4a1b2c3d4e5f614000002"
SHIPPING = {"value": 4.9, "methodId": "standard", "zoneId": "germany", "shippingTaxCode": "STANDARD"}
GRINDERS = {
    "quantity": {"quantity": 4, "unitCode": "H87"},
    "price": {
        "priceId": "65d0a1b2c3d4e5f607000004",
        "unitPrice": 37.82,
        "totalNetValue": 140,
        "tax": {"taxClass": "STANDARD", "taxRate": 19},
    },
    "product": {"productId": GRINDER},
}
QUOTE = {
    "customerId": "10000012",
    "employeeId": "8f1c2b3a4d5e6f708192",
    "siteCode": "main",
    "currency": "EUR",
    "billingAddressId": HAMBURG,
    "shippingAddressId": LUBECK,
    "shipping": SHIPPING,
    "items": [GRINDERS],
}


class Quotes:
    """The quote service of one world, seen by one caller."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world, self.http = world, http

    def __call__(self, method: str, path: str = "/quotes", **request: Any) -> httpx.Response:
        return self.http.request(method, f"/quote/{self.world.tenant}{path}", **request)

    def patch(self, own: str, *operations: tuple[str, str, Any]) -> httpx.Response:
        body = [
            {"op": op, "path": path, **({} if value is None else {"value": value})}
            for op, path, value in operations
        ]
        return self("PATCH", f"/quotes/{own}", json=body)

    def step(self, own: str, status: Any) -> httpx.Response:
        return self.patch(own, ("replace", "/status", status))

    def get(self, own: str, **request: Any) -> dict[str, Any]:
        answer = self("GET", f"/quotes/{own}", **request)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def status(self, own: str) -> str:
        return str(self.get(own)["status"]["value"])


@pytest.fixture
def employee(either: World) -> Iterator[Quotes]:
    with either.backend() as http:
        yield Quotes(either, http)


@pytest.fixture
def customer(either: World) -> Iterator[Callable[..., Quotes]]:
    """Makes a signed-in customer."""
    made: list[httpx.Client] = []

    def login(who: tuple[str, str] = TIM) -> Quotes:
        made.append(either.customer(*who))
        return Quotes(either, made[-1])

    yield login
    for http in made:
        http.close()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("quote/")


def told(world: World) -> list[tuple[str, dict[str, Any]]]:
    events = [event for event in world.stored.events if event["type"].startswith("quote.")]
    return [(event["type"], event["payload"]) for event in events]


def test_the_life_of_a_quote(either: World, employee: Quotes, customer: Callable[..., Quotes]):
    made = employee("POST", json=QUOTE)
    assert made.status_code == 201, made.text
    own = made.json()["id"]
    assert len(own) == 36
    quote = employee.get(own)
    assert (quote["status"], quote["businessModel"]) == ({"value": "CREATING"}, "B2B")
    assert quote["customer"]["contactEmail"] == TIM[0]
    assert quote["employee"] == {
        "employeeId": "8f1c2b3a4d5e6f708192",
        "firstName": "Paula",
        "lastName": "Richter",
    }
    assert quote["company"] == {"name": "Elbhafen Hotels"}
    assert (quote["billingAddress"]["city"], quote["shippingAddress"]["city"]) == ("Hamburg", "Lübeck")
    assert quote["shipping"] == {
        **SHIPPING,
        "grossValue": 5.83,
        "methodName": {"en": "Standard delivery", "de": "Standardversand"},
    }
    [item] = quote["items"]
    assert item["product"]["name"] == {"en": "Hand Grinder", "de": "Handmühle"}
    assert (item["price"]["newUnitPrice"], item["price"]["discount"]) == (35, 7.46)
    assert quote["totalPrice"] == {
        "currency": "EUR",
        "netValue": 144.9,
        "grossValue": 172.43,
        "taxValue": 27.53,
    }

    listed = employee("GET", params={"q": "status.value:CREATING"}, headers={"X-Total-Count": "true"})
    assert ([q["id"] for q in listed.json()], listed.headers["x-total-count"]) == ([own], "1")
    known = {"q": f"id:({DONE},{OFFER})", "sort": "id:desc", "fields": "currency"}
    page = employee("GET", params={**known, "pageSize": 1, "pageNumber": 2})
    assert page.json() == [{"id": DONE, "currency": "EUR"}]
    either_of = "compoundLogicalQuery:((id:QUO1001) OR (siteCode:main status.value:CREATING))"
    found = employee("GET", params={"q": either_of}).json()
    assert [q["id"] for q in found] == [DONE, own]

    assert employee.step(own, "OPEN").status_code == 204
    tim = customer()
    asked = {"value": "IN_PROGRESS", "comment": "Cheaper?", "quoteReasonId": TOO_LATE}
    assert tim.step(own, asked).status_code == 204
    assert tim.get(own)["status"]["quoteReason"]["code"] == "DELIVERY_TIME_LATE"
    better = employee.patch(
        own,
        ("REPLACE", f"/items/{item['id']}/price", {"totalNetValue": 130}),
        ("REPLACE", "/status", {"value": "OPEN", "comment": "Last word"}),
    )
    assert better.status_code == 204, better.text
    assert tim.get(own)["subtotalPrice"]["netValue"] == 130
    assert tim.step(own, "ACCEPTED").status_code == 204
    quote = tim.get(own)
    assert (quote["status"]["value"], quote["orderId"]) == ("ACCEPTED", "EON1008")
    with either.backend() as http:
        order = http.get(f"/order-v2/{either.tenant}/salesorders/{quote['orderId']}").json()
    assert (order["quoteId"], order["customer"]["id"], order["currency"]) == (own, "10000012", "EUR")
    assert order["calculatedPrice"]["finalPrice"]["netValue"] == 134.9
    assert order["entries"][0]["calculatedPrice"]["finalPrice"]["netValue"] == 130

    taken = employee("POST", json={**QUOTE, "id": own})
    assert refusal(taken) == (409, "duplicate-id")
    assert taken.json()["message"] == "Duplicated key"
    assert refusal(employee.patch(own, ("replace", "/comment", "x"))) == (400, "finished")
    assert employee("DELETE", f"/quotes/{own}").status_code == 204
    for method in ("GET", "DELETE"):
        gone = employee(method, f"/quotes/{own}")
        body = {"resourceId": own, "code": 404, "status": "Not Found"}
        body |= {
            "message": "Error while getting resource",
            "details": [f"Resource with id '{own}' not found"],
        }
        assert (gone.status_code, gone.json()) == (404, body)
    events = told(either)
    assert [kind for kind, _ in events] == ["quote.created", *["quote.updated"] * 4, "quote.deleted"]
    assert events[0][1]["subTotalPrice"]["netValue"] == 140
    assert [payload.get("previousStatus") for _, payload in events[1:5]] == [
        "CREATING",
        "OPEN",
        "IN_PROGRESS",
        "OPEN",
    ]
    assert events[-1][1] == {"quoteId": own}


def test_changes_of_every_kind(employee: Quotes):
    changes: list[tuple[str, str, Any]] = [
        ("ADD", "/items", GRINDERS),
        ("add", "/items", [{**GRINDERS, "itemId": "mine"}]),
        ("replace", "/items/mine/quantity", {"quantity": 2, "unitCode": "H87"}),
        ("replace", "/items/mine", {**GRINDERS, "quantity": {"quantity": 8, "unitCode": "H87"}}),
        ("remove", f"/items/{BAGS}", None),
        ("add", "/items/mine/mixins/design", {"shelves": 3}),
        ("replace", "/items/mine/mixins/design/shelves", 4),
        ("add", "/items/mine/product/mixins/size", {"a": 1}),
        ("add", "/mixins/season/name", "spring"),
        ("add", "/metadata/mixins/season", "https://schemas.example.com/season-v1.json"),
        ("replace", "/validTo", "2040-04-15T23:59:59.000Z"),
        ("replace", "/comment", "Comment"),
        ("replace", "/companyName", "Hotels"),
        ("replace", "/customerReference", {"value": "PO-1"}),
        ("replace", "/customerComment", "Morning"),
        ("replace", "/shippingAddressId", HAMBURG),
        ("replace", "/shipping", {**SHIPPING, "value": 10}),
    ]
    answer = employee.patch(OFFER, *changes)
    assert answer.status_code == 204, answer.text
    quote = employee.get(OFFER)
    assert quote["items"][0]["id"] == KETTLES
    mine = next(item for item in quote["items"] if item["id"] == "mine")
    assert len(quote["items"]) == 3
    assert (mine["quantity"]["quantity"], mine["price"]["newUnitPrice"]) == (8, 17.5)
    assert (mine["mixins"], mine["product"]["mixins"]) == ({"design": {"shelves": 4}}, {"size": {"a": 1}})
    assert quote["mixins"] == {"season": {"name": "spring"}}
    assert quote["metadata"]["mixins"] == {"season": "https://schemas.example.com/season-v1.json"}
    assert (quote["comment"], quote["company"]) == ({"employeeComment": "Comment"}, {"name": "Hotels"})
    assert (quote["customerReference"], quote["customerComment"]) == ("PO-1", "Morning")
    assert (quote["shippingAddress"]["city"], quote["shipping"]["grossValue"]) == ("Hamburg", 11.9)
    assert (quote["subtotalPrice"]["netValue"], quote["totalPrice"]["netValue"]) == (600, 610)
    assert quote["metadata"]["version"] == 4

    history = employee("GET", f"/quotes/{OFFER}/history", headers={"X-Total-Count": "true"})
    assert history.headers["x-total-count"] == str(3 + len(changes))
    entries = history.json()
    assert [entry["op"] for entry in entries[:4]] == ["CREATE", "REPLACE", "REPLACE", "ADD"]
    assert {entry["userType"] for entry in entries[3:]} == {"EMPLOYEE"}
    assert (entries[-1]["path"], entries[-1]["previousValue"]["value"]) == ("/shipping", 4.9)
    gone = next(entry for entry in entries if entry["path"] == f"/items/{BAGS}")
    assert "newValue" not in gone
    assert gone["previousValue"]["id"] == BAGS

    both = [{"itemId": "mine"}, {"itemId": KETTLES}]
    more = employee.patch(OFFER, ("REMOVE", "/items", both), ("REMOVE", "/companyName", None))
    assert more.status_code == 204
    assert "company" not in employee.get(OFFER)
    one = {"op": "REPLACE", "path": "/items", "value": [GRINDERS]}
    assert employee("PATCH", f"/quotes/{OFFER}", json=one).status_code == 204
    assert len(employee.get(OFFER)["items"]) == 1


@pytest.mark.parametrize(
    ("op", "path", "value", "rule"),
    [
        ("REPLACE", "/status", "CREATING", "illegal-step"),
        ("REPLACE", "/status", "ACCEPTED", "illegal-step"),
        ("REPLACE", "/nothing", "x", "malformed-patch"),
        ("REPLACE", "/metadata/version", "x", "malformed-patch"),
        ("REPLACE", "/totalPrice", {"netValue": 1}, "malformed-patch"),
        ("REPLACE", "/validTo", "tomorrow", "malformed-patch"),
        ("REMOVE", "/status", None, "malformed-patch"),
        ("REPLACE", "/comment", None, "malformed-patch"),
        ("REPLACE", "/items/none", GRINDERS, "malformed-patch"),
        ("REMOVE", "/items", [{"itemId": "none"}], "malformed-patch"),
        ("REMOVE", "/mixins/none", None, "malformed-patch"),
        ("ADD", "/items", {**GRINDERS, "product": {"productId": "none"}}, "unknown-reference"),
        ("ADD", "/items", {**GRINDERS, "quantity": {"quantity": 0}}, "incomplete"),
        ("ADD", "/items", [{"product": {"productId": KETTLE}, "quantity": {"quantity": 1}}], "incomplete"),
        ("REPLACE", f"/items/{KETTLES}/price", {"totalNetValue": "x"}, "incomplete"),
        ("REPLACE", f"/items/{KETTLES}/price", {"totalNetValue": -1}, "incomplete"),
        ("REPLACE", f"/items/{KETTLES}/price", {"tax": "x"}, "incomplete"),
        ("REPLACE", f"/items/{KETTLES}/quantity", {"quantity": True}, "incomplete"),
        ("REPLACE", "/shipping", {"value": "x"}, "incomplete"),
        ("REPLACE", "/status", [], "illegal-step"),
        ("REPLACE", "/shippingAddressId", "none", "unknown-reference"),
        ("REPLACE", "/customerId", "none", "unknown-reference"),
        ("REPLACE", "/restriction", "DE", "restriction"),
    ],
)
def test_what_cannot_be_changed(employee: Quotes, op: str, path: str, value: Any, rule: str):
    before = employee.get(OFFER)
    mixed = employee.patch(OFFER, ("REPLACE", "/comment", "Undone"), (op, path, value))
    assert refusal(mixed) == (400, rule), mixed.text
    assert employee.get(OFFER) == before


def test_reasons_fit_the_change(employee: Quotes, customer: Callable[..., Quotes]):
    tim = customer()
    for status, reason in (("DECLINED", TOO_LATE), ("IN_PROGRESS", TOO_DEAR), ("ACCEPTED", TOO_DEAR)):
        assert refusal(tim.step(OFFER, {"value": status, "quoteReasonId": reason})) == (400, "reason")
    assert refusal(tim.step(OFFER, {"value": "DECLINED", "quoteReasonId": "none"})) == (400, "reason")
    declined = tim.step(OFFER, {"value": "DECLINED", "quoteReasonId": TOO_DEAR, "comment": "Next year"})
    assert declined.status_code == 204
    quote = employee.get(OFFER)
    assert (quote["status"]["comment"], quote["status"]["quoteReason"]["code"]) == (
        "Next year",
        "PRICE_TOO_HIGH",
    )
    assert refusal(employee.step(OFFER, "OPEN")) == (400, "finished")


def test_what_customers_may_do(either: World, customer: Callable[..., Quotes]):
    tim, clara, mia = customer(), customer(CLARA), customer(MIA)
    assert [quote["id"] for quote in tim("GET").json()] == [OFFER]
    assert [quote["id"] for quote in clara("GET").json()] == [DONE]
    assert mia("GET").json() == []
    assert clara("GET", f"/quotes/{OFFER}").status_code == 404
    assert clara.step(OFFER, "DECLINED").status_code == 404
    assert clara("POST", f"/quotes/{OFFER}/pdf").status_code == 404
    assert tim("GET", f"/quotes/{OFFER}/history").status_code == 403
    assert tim("DELETE", f"/quotes/{OFFER}").status_code == 403
    assert refusal(tim.patch(OFFER, ("replace", "/validTo", "2040-01-01T00:00:00Z"))) == (
        403,
        "employees-only",
    )
    cheaper = ("replace", f"/items/{KETTLES}/price", {"totalNetValue": 1})
    assert refusal(tim.patch(OFFER, cheaper)) == (403, "employees-only")
    assert tim.patch(OFFER, ("replace", "/customerReference", {"value": "PO-9"})).status_code == 204
    assert refusal(tim.step(OFFER, "DECLINED_BY_MERCHANT")) == (400, "illegal-step")
    assert refusal(tim("POST", json={**QUOTE, "customerId": "10000001"})) == (403, "others")
    own = tim("POST", json=QUOTE)
    assert own.status_code == 201, own.text
    assert tim.status(own.json()["id"]) == "AWAITING"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert Quotes(either, guest)("GET").status_code == 403
    assert "legalEntityId" not in tim.get(OFFER)


def test_a_company_token_sees_the_quotes_of_its_company(either: World, employee: Quotes):
    login = either.login(*TIM)
    company = {"refreshToken": login["refresh_token"], "legalEntityId": "65e0a1b2c3d4e5f60c000001"}
    with either.client(either.anonymous()["access_token"]) as guest:
        bound = guest.get(f"/customer/{either.tenant}/refreshauthtoken", params=company)
    assert bound.status_code == 200, bound.text
    with either.client(bound.json()["access_token"]) as http:
        assert [quote["id"] for quote in Quotes(either, http)("GET").json()] == [OFFER]
        quotes = either.stored.collection("quote", "quotes")
        quotes.put(OFFER, {**(quotes.get(OFFER) or {}), "legalEntityId": "65e0a1b2c3d4e5f60c000002"})
        assert Quotes(either, http)("GET").json() == []
        assert Quotes(either, http)("GET", f"/quotes/{OFFER}").status_code == 404
    assert employee("GET", f"/quotes/{OFFER}").status_code == 200


def test_a_quote_of_a_cart(either: World, customer: Callable[..., Quotes]):
    tim = customer()
    carts = f"/cart/{either.tenant}/carts"
    cart = tim.http.post(carts, json={"siteCode": "main", "currency": "EUR"}).json()["cartId"]
    item = {
        "itemYrn": f"urn:yaas:hybris:product:product:{either.tenant};{KETTLE}",
        "quantity": 2,
        "price": {
            "priceId": "65d0a1b2c3d4e5f607000003",
            "originalAmount": 59,
            "effectiveAmount": 59,
            "currency": "EUR",
        },
    }
    empty = tim("POST", json={"cartId": cart})
    assert refusal(empty) == (400, "incomplete")
    added = tim.http.post(f"{carts}/{cart}/items", params={"siteCode": "main"}, json=item)
    assert added.status_code == 201, added.text
    assert refusal(customer(MIA)("POST", json={"cartId": cart})) == (403, "others")
    body = {"cartId": cart, "billingAddressId": HAMBURG, "shippingAddressId": LUBECK, "shipping": SHIPPING}
    made = tim("POST", json={**body, "customerReference": "PO-7"})
    assert made.status_code == 201, made.text
    quote = tim.get(made.json()["id"])
    assert (quote["status"]["value"], quote["cartId"]) == ("AWAITING", cart)
    assert (quote["customerReference"], quote["siteCode"]) == ("PO-7", "main")
    [line] = quote["items"]
    assert (line["product"]["productId"], line["quantity"]["quantity"]) == (KETTLE, 2)
    assert (line["price"]["unitPrice"], line["price"]["totalNetValue"]) == (49.58, 99.16)
    assert quote["subtotalPrice"]["grossValue"] == 118
    stored = either.stored.collection("cart", "carts").get(cart) or {}
    assert (stored["status"], stored["quoteId"]) == ("CLOSED", quote["id"])
    assert refusal(tim("POST", json=body)) == (400, "cart")
    assert refusal(tim("POST", json={"cartId": "none"})) == (403, "others")
    with either.backend() as backend:
        assert refusal(Quotes(either, backend)("POST", json={"cartId": "none"})) == (400, "cart")


def test_what_a_new_quote_needs(employee: Quotes):
    for change, rule in (
        ({"customerId": None}, "incomplete"),
        ({"customerId": "none"}, "unknown-reference"),
        ({"customerId": None, "customerEmail": "nobody@example.com"}, "unknown-reference"),
        ({"billingAddressId": "none"}, "unknown-reference"),
        ({"siteCode": "none"}, "unknown-reference"),
        ({"restriction": "DE"}, "restriction"),
    ):
        body = {name: value for name, value in {**QUOTE, **change}.items() if value is not None}
        assert refusal(employee("POST", json=body)) == (400, rule)
    by_mail = {k: v for k, v in QUOTE.items() if k != "customerId"} | {"customerEmail": TIM[0]}
    made = employee("POST", json=by_mail)
    assert employee.get(made.json()["id"])["customer"]["customerId"] == "10000012"
    assert employee("POST", json={}).status_code == 400


def test_external_items_take_a_scope(either: World, employee: Quotes):
    external = {
        **GRINDERS,
        "product": {"type": "EXTERNAL", "productId": "engraving", "name": {"en": "Engraving"}},
        "price": {**GRINDERS["price"], "type": "EXTERNAL"},
    }
    with either.backend("quote.quote_manage quote.quote_read") as http:
        narrow = Quotes(either, http)
        assert refusal(narrow("POST", json={**QUOTE, "items": [external]})) == (403, "external-prices")
    made = employee("POST", json={**QUOTE, "items": [external]})
    assert made.status_code == 201, made.text
    [item] = employee.get(made.json()["id"])["items"]
    assert (item["product"]["type"], item["product"]["name"]) == ("EXTERNAL", {"en": "Engraving"})


def test_mixins_keep_to_their_schemas(either: World, employee: Quotes):
    url = f"{either.server.url}/schema/{either.tenant}/files/guestNotes_v1.json"
    named = {"metadata": {"mixins": {"guestNotes": url}}}
    wrong = {**named, "mixins": {"guestNotes": {"visit": "soon"}}}
    right = {**named, "mixins": {"guestNotes": {"visit": {"rating": 4.5}}}}
    for body in ({**QUOTE, **wrong}, {**QUOTE, "items": [{**GRINDERS, **wrong}]}):
        refused = employee("POST", json=body)
        assert refused.status_code == 400, refused.text
        assert "guestNotes" in str(refused.json()["details"])
    made = employee("POST", json={**QUOTE, **right, "items": [{**GRINDERS, **right}]})
    assert made.status_code == 201, made.text
    own = made.json()["id"]
    item = employee.get(own)["items"][0]
    assert item["mixins"] == right["mixins"]
    for place in ("", f"/items/{item['id']}"):
        assert employee.patch(own, ("replace", f"{place}/mixins", wrong["mixins"])).status_code == 400


@pytest.mark.parametrize("stored", [None, 7])
def test_an_accepted_quote_is_ordered_with_the_tax_of_its_delivery(
    either: World, customer: Callable[..., Quotes], stored: int | None
):
    quotes = either.stored.state("quote").collection("quotes")
    quote = quotes.get(OFFER) or {}
    quotes.put(OFFER, {**quote, "shipping": {**quote["shipping"], "taxRate": stored}})
    tim = customer()
    assert tim.step(OFFER, "ACCEPTED").status_code == 204
    with either.backend() as http:
        path = f"/order-v2/{either.tenant}/salesorders/{tim.get(OFFER)['orderId']}"
        order = http.get(path).json()
    assert order["shipping"]["lines"][0]["tax"]["rate"] == 19
    # 4.90 net with 19 percent, kept exact to three decimals
    expected = {"netValue": 4.9, "grossValue": 5.831, "taxValue": 0.931, "taxCode": "STANDARD", "taxRate": 19}
    assert order["calculatedPrice"]["totalShipping"] == expected


def test_an_order_of_half_a_piece_has_a_whole_one(
    either: World, employee: Quotes, customer: Callable[..., Quotes]
):
    half = ("replace", f"/items/{KETTLES}/quantity", {"quantity": 1.5})
    assert employee.patch(OFFER, half).status_code == 204
    tim = customer()
    assert tim.step(OFFER, "ACCEPTED").status_code == 204
    with either.backend() as http:
        order = http.get(f"/order-v2/{either.tenant}/salesorders/{tim.get(OFFER)['orderId']}").json()
    entry = order["entries"][0]
    assert (entry["amount"], entry["effectiveQuantity"]) == (2, 1.5)


def test_an_open_quote_expires(either: World, employee: Quotes, customer: Callable[..., Quotes]):
    tim = customer()
    soon = (either.stored.clock.now() + timedelta(hours=1)).isoformat()
    assert employee.patch(OFFER, ("replace", "/validTo", soon)).status_code == 204
    either.stored.clock.advance(timedelta(hours=2))
    assert refusal(tim.step(OFFER, "ACCEPTED")) == (400, "illegal-step")
    assert tim.status(OFFER) == "EXPIRED"
    last = employee("GET", f"/quotes/{OFFER}/history").json()[-1]
    assert (last["userType"], last["newValue"], last["previousValue"]["value"]) == (
        "SYSTEM",
        {"value": "EXPIRED"},
        "OPEN",
    )
    later = (either.stored.clock.now() + timedelta(days=1)).isoformat()
    again = employee.patch(OFFER, ("replace", "/validTo", later), ("replace", "/status", "OPEN"))
    assert again.status_code == 204
    assert tim.status(OFFER) == "OPEN"


def test_a_quote_on_paper(either: World, customer: Callable[..., Quotes]):
    tim = customer()
    printed = tim("POST", f"/quotes/{OFFER}/pdf", headers={"Accept-Language": "de"})
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-")
    assert printed.content.rstrip().endswith(b"%%EOF")
    same = tim("POST", f"/quotes/{OFFER}/pdf", headers={"Accept-Language": "de"})
    english = tim("POST", f"/quotes/{OFFER}/pdf")
    assert same.content == printed.content
    assert english.content != printed.content
    assert tim("POST", "/quotes/none/pdf").status_code == 404
    assert tim("POST", f"/quotes/{OFFER}/pdf", headers={"Accept-Language": "ru"}).status_code == 400


def test_languages(employee: Quotes):
    german = employee.get(OFFER, headers={"Accept-Language": "de"})
    assert german["items"][0]["product"]["name"] == "Schwanenhalskessel 0,9 l"
    assert german["shipping"]["methodName"] == "Standardversand"
    assert employee.get(OFFER)["items"][0]["product"]["name"]["en"] == "Gooseneck Kettle 0.9 l"
    refused = employee("GET", headers={"Accept-Language": "ru"})
    assert refused.status_code == 400
    assert refused.json()["message"] == "Language header validation failed"
    assert refused.json()["details"] == ["Following languages are not supported: 'ru'"]


def test_reasons(employee: Quotes, customer: Callable[..., Quotes]):
    path, headers = "/quote-reasons", {"Content-Language": "*"}
    new = {"type": "DECLINE", "code": "NO_ROOM", "message": {"en": "No room", "de": "Kein Platz"}}
    assert employee("POST", path, json=new).status_code == 400
    own = employee("POST", path, json=new, headers=headers).json()["id"]
    assert len(own) == 24
    read = employee("GET", f"{path}/{own}", headers={"Accept-Language": "*"}).json()
    assert {name: read[name] for name in new} == new
    assert (
        customer()("GET", f"{path}/{own}", headers={"Accept-Language": "de"}).json()["message"]
        == "Kein Platz"
    )
    codes = [reason["code"] for reason in employee("GET", path, params={"q": "type:CHANGE"}).json()]
    assert codes == ["DELIVERY_TIME_LATE", "WRONG_MATERIAL", "PROVIDED_PRICE_TO_HIGH", "OTHER"]
    change = {**new, "code": "SPACE", "metadata": {"version": 1}}
    assert employee("PUT", f"{path}/{own}", json=change, headers=headers).status_code == 204
    assert refusal(employee("PUT", f"{path}/{own}", json=change, headers=headers)) == (409, "stale-version")
    again = employee("POST", path, json={**new, "id": own}, headers=headers)
    assert refusal(again) == (409, "duplicate-id")
    assert customer()("POST", path, json=new, headers=headers).status_code == 403
    assert employee("DELETE", f"{path}/{own}").status_code == 204
    assert employee("GET", f"{path}/{own}").json()["details"] == [f"Resource with id '{own}' not found"]


def test_choices(either: World, employee: Quotes, customer: Callable[..., Quotes]):
    either.stored.switches |= {
        "quote/status-of-employees-quote": "OPEN",
        "quote/shipping-in-total": "apart",
        "quote/employees-answer": "allowed",
        "quote/accepting": "waits-for-checkout",
    }
    own = employee("POST", json=QUOTE).json()["id"]
    quote = employee.get(own)
    assert (quote["status"]["value"], quote["totalPrice"]["netValue"]) == ("OPEN", 140)
    assert employee.step(own, "ACCEPTED").status_code == 204
    assert "orderId" not in employee.get(own)
    either.stored.emit("checkout.completed", {"quoteId": own, "orderId": "EON1"})
    either.server.app.runtime.deliver(either.stored)
    assert employee.get(own)["orderId"] == "EON1"
    either.stored.emit("checkout.completed", {"quoteId": OFFER, "orderId": "EON2"})
    either.server.app.runtime.deliver(either.stored)
    offer = customer().get(OFFER)
    assert (offer["status"], offer["orderId"]) == ({"value": "ACCEPTED"}, "EON2")
    assert employee("GET", f"/quotes/{OFFER}/history").json()[-1]["userType"] == "SYSTEM"
    either.stored.switches |= {"quote/ids": "numbered"}
    assert employee("POST", json=QUOTE).json()["id"] == "QUO1003"
    either.stored.collection("sequential-id", "schemas").clear()
    drawn = employee("POST", json=QUOTE)
    assert len(drawn.json()["id"]) == 36
    either.stored.switches |= {"quote/number-without-schema": "refused"}
    assert employee("POST", json=QUOTE).status_code in (400, 404)
