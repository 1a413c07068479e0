"""Price models, prices and price lists over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

GROSS, NET, WEIGHT = (f"65d0a1b2c3d4e5f60600000{n}" for n in (1, 2, 3))
ESPRESSO, FILTER, KETTLE = (f"65d0a1b2c3d4e5f60400000{n}" for n in (1, 2, 3))
PARTNERS, LISTED = "65d0a1b2c3d4e5f608000001", "65d0a1b2c3d4e5f609000001"
ALL = {"Accept-Language": "*"}
MAPS = {"Content-Language": "*"}
TEA = {
    "name": {"en": "Tea by weight"},
    "includesTax": True,
    "tierDefinition": {
        "tierType": "TIERED",
        "tiers": [
            {"minQuantity": {"quantity": 0, "unitCode": "g"}},
            {"minQuantity": {"quantity": 500, "unitCode": "g"}},
        ],
    },
    "measurementUnit": {"quantity": 100, "unitCode": "g"},
}
PRICE = {
    "itemId": {"itemType": "PRODUCT", "id": "tea-1"},
    "currency": "EUR",
    "location": {"countryCode": "DE"},
    "restrictions": {"siteCodes": ["main"]},
    "tierValues": [{"priceValue": 3}],
}


class Prices:
    """The price service of one world as the backend key sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/price/{self.world.tenant}{path}", **request)

    def made(self, path: str, body: Any, **request: Any) -> str:
        answer = self("POST", path, json=body, **request)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def price(self, **changes: Any) -> str:
        return self.made("/prices", {**PRICE, **changes})

    def read(self, path: str, **request: Any) -> Any:
        answer = self("GET", path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def events(self) -> list[str]:
        return [e["type"] for e in self.world.stored.events if e["type"].startswith("price")]


@pytest.fixture
def prices(either: World) -> Iterator[Prices]:
    prices = Prices(either)
    with prices.http:
        yield prices


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("price-service/")


# Price models.


def test_the_life_of_a_price_model(prices: Prices):
    own = prices.made("/priceModels", TEA, headers=MAPS)
    (model,) = prices.read(f"/priceModels/{own}", headers=ALL)
    tiers = model["tierDefinition"]["tiers"]
    assert [tier["minQuantity"]["quantity"] for tier in tiers] == [0, 500]
    assert len({tier["id"] for tier in tiers}) == 2
    assert (model["includesMarkup"], model["default"], model["name"]) == (False, False, TEA["name"])
    assert prices.read(f"/priceModels/{own}")[0]["name"] == "Tea by weight"

    listed = prices("GET", "/priceModels", params={"tierType": "VOLUME"}, headers={"X-Total-Count": "true"})
    assert ([m["id"] for m in listed.json()], listed.headers["X-Total-Count"]) == ([WEIGHT], "1")
    assert [m["id"] for m in prices.read("/priceModels", params={"unitcode": "g"})] == [own]
    assert [m["id"] for m in prices.read("/priceModels", params={"includesTax": "false"})] == [NET]
    assert [m["id"] for m in prices.read("/priceModels", params={"pageSize": 1, "pageNumber": 2})] == [NET]

    body = {**TEA, "name": {"en": "Tea"}}
    assert prices("PUT", f"/priceModels/{own}", json=body, headers=MAPS).status_code == 204
    (changed,) = prices.read(f"/priceModels/{own}")
    assert (changed["name"], changed["tierDefinition"]["tiers"]) == ("Tea", tiers)
    made = prices("PUT", "/priceModels/mine", json=TEA, headers=MAPS)
    assert (made.status_code, made.json()) == (201, {"id": "mine"})
    again = prices("POST", "/priceModels", json={**TEA, "id": "mine"}, headers=MAPS)
    assert refusal(again) == (409, "duplicate-id")

    assert prices("DELETE", f"/priceModels/{own}").status_code == 204
    assert prices("GET", f"/priceModels/{own}").status_code == 404
    assert prices("DELETE", f"/priceModels/{own}").status_code == 404


def test_a_basic_model_gets_its_tier_and_the_default_moves(prices: Prices):
    basic = {**TEA, "tierDefinition": {"tierType": "BASIC"}, "default": True}
    own = prices.made("/priceModels", basic, headers=MAPS)
    (model,) = prices.read(f"/priceModels/{own}")
    assert model["tierDefinition"]["tiers"][0]["minQuantity"] == {"quantity": 0, "unitCode": "g"}
    assert (model["default"], prices.read(f"/priceModels/{GROSS}")[0]["default"]) == (True, False)
    price = prices.price()
    assert prices.read(f"/prices/{price}")["priceModelId"] == own


def test_tiers_out_of_order_are_refused(prices: Prices):
    tiers = [{"minQuantity": {"quantity": q, "unitCode": "g"}} for q in (5, 0)]
    answer = prices(
        "POST", "/priceModels", json={**TEA, "tierDefinition": {"tierType": "VOLUME", "tiers": tiers}}
    )
    assert refusal(answer) == (400, "model-tiers")
    assert answer.json()["details"] == [
        "the minimum quantity of the first tier must be 0",
        "minimum quantities of tiers must be unique and ascending",
    ]


@pytest.mark.parametrize(
    ("units", "rule", "text"),
    [
        (("kg", "g"), "model-tiers", "all tiers must have the same unitCode"),
        (("parsec", "parsec"), "unknown-unit", "The unit with code parsec has not been found."),
    ],
)
def test_units_of_a_model(prices: Prices, units: tuple[str, str], rule: str, text: str):
    tiers = [{"minQuantity": {"quantity": 0, "unitCode": units[1]}}]
    changes = {
        "measurementUnit": {"quantity": 1, "unitCode": units[0]},
        "tierDefinition": {"tierType": "VOLUME", "tiers": tiers},
    }
    answer = prices("POST", "/priceModels", json={**TEA, **changes}, headers=MAPS)
    assert refusal(answer) == (400, rule)
    assert answer.json()["details"] == [text]


def test_a_model_with_prices_goes_only_by_force(prices: Prices, either: World):
    answer = prices("DELETE", f"/priceModels/{WEIGHT}")
    assert refusal(answer) == (400, "model-in-use")
    with either.backend(scope="price.pricemodel_manage") as http:
        path = f"/price/{either.tenant}/priceModels/{WEIGHT}"
        assert refusal(http.delete(path, params={"forceDelete": "true"})) == (403, "model-admin")
    forced = prices("DELETE", f"/priceModels/{WEIGHT}", params={"forceDelete": "true"})
    assert forced.status_code == 204
    assert prices("GET", "/prices/65d0a1b2c3d4e5f607000061").status_code == 404
    assert prices.events() == ["price.deleted", "price-model.deleted"]


# Prices.


def test_the_life_of_a_price(prices: Prices):
    made = prices("POST", "/prices", json={**PRICE, "itemYrn": "dropped"})
    own = made.json()["id"]
    assert made.status_code == 201
    assert made.headers["Location"] == f"/price/{prices.world.tenant}/prices/{own}"
    read = prices.read(f"/prices/{own}")
    metadata = read.pop("metadata")
    assert read == {
        **PRICE,
        "id": own,
        "itemYrn": f"urn:yaas:saasag:caasproduct:product:{prices.world.tenant};tea-1",
        "priceModelId": GROSS,
        "tierValues": [{"id": "a1000000000000000000000000000001", "priceValue": 3}],
    }
    assert metadata["version"] == 1

    dearer = {**PRICE, "tierValues": [{"priceValue": "3.50"}], "metadata": {"version": 1}}
    assert prices("PUT", f"/prices/{own}", json=dearer, params={"partial": "false"}).status_code == 204
    assert prices.read(f"/prices/{own}")["tierValues"][0]["priceValue"] == 3.5
    stale = prices("PUT", f"/prices/{own}", json=dearer)
    assert refusal(stale) == (409, "stale-version")
    text = "The object that you are trying to update has already changed. Please refresh and try again!"
    assert stale.json() == {"code": 409, "status": "Conflict", "message": text}
    part = {"salePrice": {"discountRate": 10}}
    assert prices("PUT", f"/prices/{own}", json=part, params={"partial": "true"}).status_code == 204
    read = prices.read(f"/prices/{own}")
    assert (read["salePrice"], read["currency"], read["metadata"]["version"]) == (part["salePrice"], "EUR", 3)
    created = prices("PUT", "/prices/tea-price", json=PRICE)
    assert (created.status_code, created.json()) == (201, {"id": "tea-price"})

    assert prices("DELETE", f"/prices/{own}").status_code == 204
    assert prices("GET", f"/prices/{own}").status_code == 404
    assert prices("DELETE", f"/prices/{own}").status_code == 404
    assert prices.events() == ["price.created", *["price.updated"] * 2, "price.created", "price.deleted"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 10),
        ({"siteCode": "uk"}, 1),
        ({"siteCode": "main,uk"}, 11),
        ({"itemId": f"{ESPRESSO},{FILTER}"}, 3),
        ({"itemId": FILTER, "priceModelId": WEIGHT}, 1),
        ({"currency": "GBP"}, 0),
        ({"country": "DE", "q": f"priceModelId:{WEIGHT}"}, 1),
        ({"itemType": "SKU"}, 0),
        ({"pageSize": 3}, 3),
    ],
)
def test_listing_prices(prices: Prices, query: dict[str, Any], found: int):
    answer = prices("GET", "/prices", params=query, headers={"X-Total-Count": "true"})
    assert len(answer.json()) == found
    assert answer.headers["X-Total-Count"] == str(10 if "pageSize" in query else found)


def test_listing_prices_by_time_and_customer(prices: Prices):
    validity = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    principals = [{"type": "CUSTOMER", "id": "10000001"}]
    spring = prices.price(
        restrictions={"siteCodes": ["main"], "validity": validity, "principals": principals}
    )
    own = {"itemId": "tea-1"}
    assert [p["id"] for p in prices.read("/prices", params=own)] == [spring]
    found = prices.read("/prices", params={**own, "effectiveDate": "2026-03-15T00:00:00Z"})
    assert [p["id"] for p in found] == [spring]
    assert prices.read("/prices", params={**own, "effectiveDate": "2026-05-15T00:00:00Z"}) == []
    assert [p["id"] for p in prices.read("/prices", params={"principalId": "10000001"})] == [spring]


@pytest.mark.parametrize(
    ("change", "rule", "text"),
    [
        ({"priceModelId": "nothing"}, "unknown-model", "The price model with id: nothing and tenant: "),
        ({"tierValues": [{"priceValue": 1}, {"priceValue": 2}]}, "tier-values", "Tier values not valid with"),
        ({"tierValues": [{"id": "other", "priceValue": 1}]}, "tier-values", "Tier values not valid with"),
        ({"priceModelId": NET}, "tier-value-ids", "There is a validation error."),
        (
            {"restrictions": {"siteCodes": ["main", "abcd"]}},
            "unknown-site",
            "The site(s) with code(s):[abcd] do",
        ),
    ],
)
def test_prices_that_a_rule_refuses(prices: Prices, change: dict[str, Any], rule: str, text: str):
    answer = prices("POST", "/prices", json={**PRICE, **change})
    assert refusal(answer) == (400, rule)
    assert answer.json()["message"].startswith(text)


def test_tier_values_can_be_taken_in_order(prices: Prices):
    values = [{"priceValue": 30}, {"priceValue": 20}, {"priceValue": 10}]
    prices.world.stored.switches |= {"price-service/tier-value-ids": "by-position"}
    own = prices.price(priceModelId=WEIGHT, tierValues=values)
    stored = prices.read(f"/prices/{own}")["tierValues"]
    assert [value["id"][-1] for value in stored] == ["3", "4", "5"]
    assert [value["priceValue"] for value in stored] == [30, 20, 10]


def test_a_price_with_its_model(prices: Prices):
    price = prices.read(
        "/prices/65d0a1b2c3d4e5f607000061", params={"extendWithPriceModel": "true"}, headers=ALL
    )
    model = price["priceModel"]
    assert (model["id"], model["isDefault"], model["name"]["de"]) == (WEIGHT, False, "Kaffee nach Gewicht")
    assert "priceModel" not in prices.read("/prices/65d0a1b2c3d4e5f607000061")


def test_prices_in_bulk(prices: Prices):
    bad = {**PRICE, "restrictions": {"siteCodes": ["abcd"]}}
    made = prices("POST", "/prices/bulk", json=[{**PRICE, "id": "p1"}, bad])
    assert made.status_code == 207
    assert made.json()[0] == {"index": 0, "id": "p1", "code": 201, "status": "CREATED"}
    text = f"The site(s) with code(s):[abcd] do(es) not exist on tenant:{prices.world.tenant}. "
    assert (made.json()[1]["code"], made.json()[1]["status"]) == (400, "BAD_REQUEST")
    assert made.json()[1]["message"] == text + "Please provide valid site codes"
    stale = {**PRICE, "id": "p1", "metadata": {"version": 7}}
    put = prices("PUT", "/prices/bulk", json=[{**PRICE, "id": "p1"}, {**PRICE, "id": "p2"}, stale])
    assert [(entry["code"], entry["status"]) for entry in put.json()] == [
        (204, "NO_CONTENT"),
        (201, "CREATED"),
        (409, "CONFLICT"),
    ]
    many = prices("POST", "/prices/bulk", json=[PRICE] * 201)
    assert many.status_code == 400
    assert many.json()["details"] == ["Maximum size of the payload array is 200."]


def test_searching_prices(prices: Prices):
    own = prices.price(
        itemId={"itemType": "PRODUCT", "id": ESPRESSO},
        restrictions={"siteCodes": ["main"], "principals": [{"type": "CUSTOMER", "id": "10000001"}]},
    )
    asked = {"itemIds": [ESPRESSO, "nothing"], "siteCode": "main", "currency": "EUR"}

    def found(**more: Any) -> list[str]:
        answer = prices("POST", "/prices/search", json={**asked, **more})
        assert [entry["itemId"] for entry in answer.json()] == [ESPRESSO, "nothing"]
        assert answer.json()[1]["prices"] == []
        return [price["id"] for price in answer.json()[0]["prices"]]

    assert found() == ["65d0a1b2c3d4e5f607000001", own]
    assert found(searchMode="COMMON_PRICES") == ["65d0a1b2c3d4e5f607000001"]
    assert found(searchMode="USER_SPECIFIC_PRICES", principalId="10000001") == [own]
    assert found(siteCode="de") == []
    assert found(siteCode="de", useFallback=True) == ["65d0a1b2c3d4e5f607000001", own]
    expanded = prices("POST", "/prices/search", json=asked, params={"expand": "priceModel"}).json()
    assert expanded[0]["prices"][0]["priceModel"]["id"] == GROSS


def test_a_currency_takes_its_prices_along(prices: Prices):
    with prices.world.backend() as http:
        gone = http.delete(f"/currency/{prices.world.tenant}/currencies/GBP")
    assert gone.status_code == 204
    assert prices("GET", "/prices/65d0a1b2c3d4e5f607000051").status_code == 404
    assert prices("GET", "/prices/65d0a1b2c3d4e5f607000001").status_code == 200


# Price lists.

PARTNER_LIST = {"name": {"en": "Spring"}, "currency": "EUR", "siteCode": "main", "countries": ["AT"]}


def test_the_life_of_a_price_list(prices: Prices):
    own = prices.made("/price-lists", PARTNER_LIST)
    read = prices.read(f"/price-lists/{own}")
    assert (read["name"], read["countries"], read["metadata"]["version"]) == ({"en": "Spring"}, ["AT"], 1)
    assert [found["id"] for found in prices.read("/price-lists", params={"country": "AT"})] == [PARTNERS, own]
    assert [found["id"] for found in prices.read("/price-lists", params={"name": "spri"})] == [own]
    at = {"effectiveDate": "2027-02-01T00:00:00Z"}
    assert [found["id"] for found in prices.read("/price-lists", params=at)] == [own]
    found = prices("POST", "/price-lists/search", json={"q": "legalEntityId:65e0a1b2c3d4e5f60c000002"})
    assert [entry["id"] for entry in found.json()] == [PARTNERS]

    body = {**PARTNER_LIST, "countries": ["AT", "CH"], "metadata": {"version": 1}}
    assert prices("PUT", f"/price-lists/{own}", json=body).status_code == 204
    stale = prices("PUT", f"/price-lists/{own}", json=body)
    assert stale.status_code == 404
    assert stale.json() == {
        "priceListId": own,
        "code": 404,
        "status": "Not Found",
        "message": f"Cannot find the price list with an id: {own} and version: 1. It is possible to update a "
        "price list with the latest version only. Fetch the price list to get the latest version.",
    }
    made = prices("PUT", "/price-lists/mine", json=PARTNER_LIST)
    assert (made.status_code, made.json()) == (201, {"id": "mine"})
    assert prices("DELETE", f"/price-lists/{own}").status_code == 204
    gone = prices("GET", f"/price-lists/{own}")
    text = f"Price list with id {own} has not been found."
    assert gone.json() == {"priceListId": own, "code": 404, "status": "Not Found", "message": text}
    assert prices.events() == [
        "price-list.created",
        "price-list.updated",
        "price-list.created",
        "price-list.deleted",
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"currency": None}, "incomplete"),
        ({"siteCode": "abcd"}, "unknown-site"),
        ({"legalEntityId": "c1", "customerGroups": ["g1"]}, "list-for"),
    ],
)
def test_price_lists_that_a_rule_refuses(prices: Prices, change: dict[str, Any], rule: str):
    body = {name: value for name, value in {**PARTNER_LIST, **change}.items() if value is not None}
    assert refusal(prices("POST", "/price-lists", json=body)) == (400, rule)


def test_prices_in_a_list(prices: Prices):
    path = f"/price-lists/{PARTNERS}/prices"
    new = {"itemId": PRICE["itemId"], "priceModelId": NET, "tierValues": [{"priceValue": "4.20"}]}
    own = prices.made(path, new)
    read = prices.read(f"{path}/{own}")
    assert read["tierValues"] == [{"id": "a1000000000000000000000000000002", "priceValue": 4.2}]
    assert [price["id"] for price in prices.read(path)] == [LISTED, own]
    assert [price["id"] for price in prices.read(path, params={"itemId": KETTLE})] == [LISTED]
    found = prices("POST", f"{path}/search", json={"q": "itemId.id:tea-1"}).json()
    assert [price["id"] for price in found] == [own]

    change = {**new, "id": own, "tierValues": [{"priceValue": 4}]}
    assert prices("PUT", f"{path}/{own}", json=change).status_code == 400
    current = {**change, "metadata": {"version": 1}}
    assert prices("PUT", f"{path}/{own}", json=current).status_code == 204
    stale = prices("PUT", f"{path}/{own}", json=current)
    assert (stale.status_code, stale.json()["priceId"]) == (404, own)
    assert stale.json()["message"].startswith(
        f"Cannot find the price list's price with an id: {own} and version: 1."
    )
    made = prices("PUT", f"{path}/mine", json={**current, "id": "mine"})
    assert (made.status_code, made.json()) == (201, {"id": "mine"})
    assert prices("DELETE", f"{path}/{own}").status_code == 204
    assert prices("GET", f"{path}/{own}").status_code == 404
    assert prices("DELETE", f"/price-lists/{PARTNERS}").status_code == 204
    assert prices("GET", path).status_code == 404
    assert prices("GET", f"{path}/mine").status_code == 404


@pytest.mark.parametrize(
    ("path", "change", "number"),
    [
        ("/price-lists/nothing/prices", {}, 1),
        (f"/price-lists/{PARTNERS}/prices", {"priceModelId": "nothing"}, 2),
        (f"/price-lists/{PARTNERS}/prices", {"priceModelId": WEIGHT}, 3),
    ],
)
def test_prices_that_do_not_fit_a_list(prices: Prices, path: str, change: dict[str, Any], number: int):
    new = {"itemId": PRICE["itemId"], "priceModelId": NET, "tierValues": [{"priceValue": 4}], **change}
    answer = prices("POST", path, json=new)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, f"PRICE-LIST-PRICE-CREATION-{number}")


def test_list_prices_in_bulk(prices: Prices):
    path = f"/price-lists/{PARTNERS}/prices/bulk"
    new = {"itemId": PRICE["itemId"], "priceModelId": NET, "tierValues": [{"priceValue": 4}]}
    made = prices("POST", path, json=[{**new, "id": "a"}, {**new, "priceModelId": WEIGHT}])
    assert made.json()[0] == {"index": 0, "id": "a", "code": 201, "status": "Created"}
    assert made.json()[1]["errorCode"] == "PRICE-LIST-PRICE-CREATION-3"
    put = prices("PUT", path, json=[{**new, "id": "a", "metadata": {"version": v}} for v in (1, 1)])
    assert [entry["code"] for entry in put.json()] == [204, 404]
    assert prices("DELETE", path, json=["a", "nothing"]).status_code == 204
    assert prices("GET", f"/price-lists/{PARTNERS}/prices/a").status_code == 404
