"""The best price for given conditions, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

GROSS, NET, WEIGHT = (f"65d0a1b2c3d4e5f60600000{n}" for n in (1, 2, 3))
ESPRESSO, FILTER, KETTLE = (f"65d0a1b2c3d4e5f60400000{n}" for n in (1, 2, 3))
COMPANY, SUBSIDIARY = "65e0a1b2c3d4e5f60c000001", "65e0a1b2c3d4e5f60c000002"
CLASSES = {
    ESPRESSO: {"DE": "REDUCED", "AT": "REDUCED", "GB": "ZERO"},
    FILTER: {"DE": "REDUCED"},
    KETTLE: {"DE": "STANDARD", "AT": "STANDARD", "GB": "STANDARD"},
}


class Matching:
    """Matches in one world that knows the products' tax classes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()
        products = world.stored.collection("product-service", "products")
        for own, classes in CLASSES.items():
            products.put(own, {"id": own, "name": {"en": own[-1]}, "taxClasses": classes})

    def __call__(self, *items: tuple[str, float, str | None], **given: Any) -> list[dict[str, Any]]:
        wanted = {
            "targetCurrency": "EUR",
            "siteCode": "main",
            "targetLocation": {"countryCode": "DE"},
            **given,
        }
        body = {**wanted, "items": [item(*each) for each in items]}
        answer = self.http.post(f"/price/{self.world.tenant}/match-prices", json=body)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def price(self, own: str, product: str, value: float, **changes: Any) -> None:
        body = {
            "id": own,
            "itemId": {"itemType": "PRODUCT", "id": product},
            "currency": "EUR",
            "location": {"countryCode": "DE"},
            "restrictions": {"siteCodes": ["main"]},
            "tierValues": [{"priceValue": value}],
            **changes,
        }
        answer = self.http.post(f"/price/{self.world.tenant}/prices", json=body)
        assert answer.status_code == 201, answer.text


def item(product: str, quantity: float = 1, unit: str | None = "H87") -> dict[str, Any]:
    amount = {"quantity": quantity, **({"unitCode": unit} if unit else {})}
    return {"itemId": {"itemType": "PRODUCT", "id": product}, "quantity": amount}


@pytest.fixture
def match(either: World) -> Iterator[Matching]:
    match = Matching(either)
    with match.http:
        yield match


def test_a_gross_price_on_a_gross_site(match: Matching):
    (found,) = match((ESPRESSO, 2, "H87"))
    assert found["priceId"] == "65d0a1b2c3d4e5f607000001"
    assert found["itemId"] == {"itemType": "PRODUCT", "id": ESPRESSO, "name": {"en": "1"}}
    assert found["itemRef"] == {"itemType": "PRODUCT", "id": ESPRESSO}
    assert (found["originalValue"], found["effectiveValue"], found["totalValue"]) == (18.9, 18.9, 37.8)
    assert found["quantity"] == {"quantity": 2, "unitCode": "H87"}
    assert found["site"] == {"code": "main", "includesTax": True}
    assert (found["currency"], found["includesTax"], found["metadata"]["version"]) == ("EUR", True, "1")
    assert (found["priceModel"]["id"], found["priceModel"]["isDefault"]) == (GROSS, True)
    assert found["tax"] == {
        "taxClass": "REDUCED",
        "taxRate": 7,
        "prices": {
            "originalValue": {"netValue": 17.66, "grossValue": 18.9, "taxValue": 1.24},
            "effectiveValue": {"netValue": 17.66, "grossValue": 18.9, "taxValue": 1.24},
            "totalValue": {"netValue": 35.33, "grossValue": 37.8, "taxValue": 2.47},
        },
    }


def test_items_without_a_price_are_left_out(match: Matching):
    assert [m["itemId"]["id"] for m in match((ESPRESSO, 1, None), ("nothing", 1, None))] == [ESPRESSO]
    assert match((ESPRESSO, 1, None), siteCode="nowhere") == []
    assert match((ESPRESSO, 1, "kg")) == []


def test_the_lowest_price_wins(match: Matching):
    match.price("cheap", ESPRESSO, 17)
    match.price("sale", ESPRESSO, 18, salePrice={"discountRate": 10})
    (found,) = match((ESPRESSO, 3, None))
    assert (found["priceId"], found["originalValue"], found["effectiveValue"]) == ("sale", 18, 16.2)
    assert (found["totalValue"], found["salePrice"]) == (48.6, {"discountRate": 10})
    match.price("free", ESPRESSO, 18, salePrice={"discountAmount": 5})
    assert match((ESPRESSO, 3, None))[0]["effectiveValue"] == 13


def test_prices_for_a_customer_and_a_time(match: Matching):
    principal = {"type": "CUSTOMER", "id": "10000001"}
    match.price("mine", KETTLE, 40, restrictions={"siteCodes": ["main"], "principals": [principal]})
    past = {"to": "2020-01-01T00:00:00Z"}
    match.price("past", KETTLE, 1, restrictions={"siteCodes": ["main"], "validity": past})
    assert match((KETTLE, 1, None))[0]["effectiveValue"] == 59
    assert match((KETTLE, 1, None), principal=principal)[0]["effectiveValue"] == 40
    assert match((KETTLE, 1, None), principal={**principal, "id": "2"})[0]["effectiveValue"] == 59


def test_prices_by_weight(match: Matching):
    units = match.world.stored.collection("unit-handling-service", "units")
    for code, factor in (("kg", 1), ("g", 0.001), ("H87", 1)):
        kind = "quantity" if code == "H87" else "mass"
        units.put(code, {"code": code, "name": {"en": code}, "type": kind, "factor": factor})
    (found,) = match((FILTER, 6, "kg"))
    assert (found["priceModel"]["id"], found["originalValue"], found["totalValue"]) == (WEIGHT, 27.5, 165)
    (found,) = match((FILTER, 500, "g"))
    assert (found["originalValue"], found["totalValue"]) == (30, 15)
    assert found["quantity"] == {"quantity": 0.5, "unitCode": "kg"}


def test_another_country_takes_its_own_tax(match: Matching):
    (found,) = match((KETTLE, 1, None), targetLocation={"countryCode": "AT"})
    assert found["originalValue"] == pytest.approx(59 / 1.19 * 1.2)
    assert (found["tax"]["taxRate"], found["location"]) == (20, {"countryCode": "AT"})
    assert match((FILTER, 1, None), targetLocation={"countryCode": "AT"}) == []


def test_the_site_decides_between_net_and_gross(match: Matching):
    match.price(
        "uk", KETTLE, 50, restrictions={"siteCodes": ["uk"]}, currency="GBP", location={"countryCode": "GB"}
    )
    (found,) = match(
        (KETTLE, 1, None), siteCode="uk", targetCurrency="GBP", targetLocation={"countryCode": "GB"}
    )
    assert (found["site"], found["includesTax"]) == ({"code": "uk", "includesTax": False}, False)
    assert found["originalValue"] == pytest.approx(50 / 1.2)
    assert found["tax"]["prices"]["originalValue"] == {"netValue": 41.67, "grossValue": 50, "taxValue": 8.33}


def test_another_currency_by_its_rate(match: Matching):
    (found,) = match((ESPRESSO, 2, None), targetCurrency="GBP")
    assert (found["currency"], found["originalValue"], found["totalValue"]) == ("GBP", 16.254, 32.508)
    assert match((ESPRESSO, 2, None), targetCurrency="NOK") == []


def test_the_main_site_helps_out(match: Matching):
    uk = {"siteCode": "uk", "targetCurrency": "EUR"}
    assert match((KETTLE, 1, None), **uk) == []
    (found,) = match((KETTLE, 1, None), **uk, useFallback=True)
    assert (found["site"]["code"], found["effectiveValue"]) == ("main", 59)


def test_price_lists_beat_the_catalogue(match: Matching):
    austria = {"targetLocation": {"countryCode": "AT"}}
    assert "priceListId" not in match((KETTLE, 1, None), **austria)[0]
    (found,) = match((KETTLE, 1, None), **austria, legalEntityId=SUBSIDIARY)
    assert (found["priceListId"], found["priceId"]) == (
        "65d0a1b2c3d4e5f608000001",
        "65d0a1b2c3d4e5f609000001",
    )
    assert (found["originalValue"], found["tax"]["prices"]["originalValue"]["netValue"]) == (54, 45)
    assert "priceListId" not in match((KETTLE, 1, None), legalEntityId=SUBSIDIARY)[0]
    assert "priceListId" not in match((KETTLE, 1, None), **austria, legalEntityId=COMPANY)[0]


def test_a_dearer_list_wins_and_the_closer_of_two(match: Matching):
    companies = match.world.stored.collection("client-management", "legalEntities")
    companies.put("child", {"id": "child", "parentId": SUBSIDIARY})
    base = f"/price/{match.world.tenant}/price-lists"
    for own, countries in (("wide", []), ("close", ["AT"])):
        body = {
            "id": own,
            "name": {"en": own},
            "currency": "EUR",
            "siteCode": "main",
            "countries": countries,
            "legalEntityId": "child",
        }
        assert match.http.post(base, json=body).status_code == 201
        price = {
            "itemId": {"itemType": "PRODUCT", "id": KETTLE},
            "priceModelId": NET,
            "tierValues": [{"priceValue": 100 if own == "close" else 90}],
        }
        assert match.http.post(f"{base}/{own}/prices", json=price).status_code == 201
    (found,) = match((KETTLE, 1, None), legalEntityId="child", targetLocation={"countryCode": "AT"})
    assert (found["priceListId"], found["originalValue"]) == ("close", 120)
    (found,) = match((KETTLE, 1, None), legalEntityId="child")
    assert (found["priceListId"], found["originalValue"]) == ("wide", 107.1)


def test_the_context_of_a_session(match: Matching):
    world = match.world
    path = f"/price/{world.tenant}/match-prices-by-context"
    body = {"items": [item(ESPRESSO, 2)]}
    query = {"tenant": world.tenant, "client_id": f"{world.tenant}-storefront"}
    context = {"siteCode": "main", "currency": "EUR", "targetLocation": "DE"}
    with world.client() as http:
        login = http.get("/customerlogin/auth/anonymous/login", params={**query, **context}).json()
    with world.client(login["access_token"]) as guest:
        assert guest.post(path, json=body).json()[0]["totalValue"] == 37.8
    with world.backend() as backend:
        assert backend.post(path, json=body).status_code == 401


def test_an_item_says_how_much_of_it(match: Matching):
    path = f"/price/{match.world.tenant}/match-prices-by-context"
    body = {"items": [{"itemId": {"itemType": "PRODUCT", "id": ESPRESSO}}]}
    with match.world.client(match.world.login()["access_token"]) as shopper:
        refused = shopper.post(path, json=body)
        assert (refused.status_code, refused.json()["message"]) == (400, "Quantity must not be null")
        match.world.stored.switches["price-service/match-without-quantity"] = "one"
        (found,) = shopper.post(path, json=body).json()
    assert found["quantity"]["quantity"] == 1


@pytest.mark.parametrize(
    ("change", "message", "detail"),
    [
        (
            {"targetCurrency": None},
            "may not be empty, see details for more info",
            "currency may not be empty",
        ),
        ({"targetCurrency": ""}, "may not be empty, see details for more info", "currency may not be empty"),
        ({"quantity": None}, "Quantity must not be null", None),
        ({"quantity": {"quantity": -1}}, "Quantity must not be negative", None),
        (
            {"itemId": {"itemType": "THING", "id": ESPRESSO}},
            "There is a validation error. Please check the details.",
            "itemType must be one of PRODUCT, PRICE, SKU",
        ),
    ],
)
def test_matches_that_are_refused(match: Matching, change: dict[str, Any], message: str, detail: str | None):
    wanted = {"targetCurrency": "EUR", "siteCode": "main", "targetLocation": {"countryCode": "DE"}}
    body = {**wanted, **change, "items": [{**item(ESPRESSO), **change}]}
    body["items"][0] = {k: v for k, v in body["items"][0].items() if v is not None and k != "targetCurrency"}
    body = {name: value for name, value in body.items() if value is not None}
    answer = match.http.post(f"/price/{match.world.tenant}/match-prices", json=body)
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert answer.json().get("details") == ([detail] if detail else None)


def test_a_visitor_who_gave_no_site_is_told_no_prices(match: Matching):
    world, body = match.world, {"items": [item(ESPRESSO)]}
    path = f"/price/{world.tenant}/match-prices-by-context"
    context = f"/session-context/{world.tenant}/me/context"
    with world.client(world.anonymous()["access_token"]) as guest:
        assert guest.post(path, json=body).json() == []
        world.stored.switches |= {"price-service/context-of-visitors": "completed"}
        assert len(guest.post(path, json=body).json()) == 1
        world.stored.switches |= {"price-service/context-of-visitors": "given"}
        metadata = guest.get(context).json()["metadata"]
        chosen = {"siteCode": "main", "currency": "EUR", "metadata": metadata}
        assert guest.patch(context, json=chosen).status_code == 204
        assert len(guest.post(path, json=body).json()) == 1


def test_a_session_without_a_currency(match: Matching):
    world = match.world
    path = f"/price/{world.tenant}/match-prices-by-context"
    login = world.anonymous()
    contexts = world.stored.collection("session-context", "contexts")
    contexts.delete(login["sessionId"])
    with world.client(login["access_token"]) as guest:
        assert guest.post(path, json={"items": [item(ESPRESSO)]}).json() == []
        world.stored.switches |= {"price-service/context-without-currency": "refuse"}
        answer = guest.post(path, json={"items": [item(ESPRESSO)]})
    assert (answer.status_code, answer.json()["details"]) == (400, ["currency may not be empty"])
    assert answer.json()["message"] == "Currency may not be empty, see details for more info"


def test_searching_net_values(match: Matching):
    body = {"itemIds": [ESPRESSO, FILTER], "siteCode": "main", "includesTax": False}
    path = f"/price/{match.world.tenant}/prices/search"
    values = [
        tier["priceValue"]
        for entry in match.http.post(path, json=body).json()
        for price in entry["prices"]
        for tier in price["tierValues"][:1]
    ]
    assert values == [pytest.approx(gross / 1.07) for gross in (18.9, 7.5, 30)]
