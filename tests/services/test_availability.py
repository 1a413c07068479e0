"""Stock per site over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

ESPRESSO, FILTER = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000002"
KETTLE, GRINDER, SET = (f"65d0a1b2c3d4e5f60400000{n}" for n in (3, 4, 5))
NEW = {"stockLevel": 12, "available": True, "popularity": 4, "distributionChannel": "PICKUP"}


class Stock:
    """The availability service of one world as the backend key sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = f"/availability/{world.tenant}"
        self.http = world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"{self.base}{path}", **request)

    def of(self, product: str, site: str = "uk") -> dict[str, Any]:
        answer = self("GET", f"/availability/{product}/{site}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def product(self, product: str, **document: Any) -> None:
        """Have the product service know a product."""
        documents = self.world.stored.collection("product-service", "products")
        documents.put(product, {"id": product, "code": product, "productType": "BASIC", **document})

    def brewing_set(self, **amounts: float) -> None:
        parts = [
            {"productId": KETTLE, "amount": amounts.get("kettle", 1)},
            {"productId": GRINDER, "amount": 1},
        ]
        self.product(SET, productType="BUNDLE", bundledProducts=parts)

    def events(self) -> list[tuple[str, str]]:
        return [(e["type"], e["payload"]["id"]) for e in self.world.stored.events]


@pytest.fixture
def stock(either: World) -> Iterator[Stock]:
    stock = Stock(either)
    with stock.http:
        yield stock


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("availability/")


def test_the_life_of_a_record(stock: Stock):
    path = "/availability/tea-1/uk"
    made = stock("POST", path, json=NEW)
    assert (made.status_code, made.json()) == (201, {"id": "uk:tea-1"})
    read = stock.of("tea-1")
    times = read.pop("metadata")
    assert read == {"id": "uk:tea-1", "site": "uk", "productId": "tea-1", **NEW}
    assert times["createdAt"] == times["modifiedAt"]
    again = stock("POST", path, json=NEW)
    assert refusal(again) == (409, "duplicate")
    assert again.json() == {"status": "409", "message": "Resource already exists."}

    changed = stock("PUT", path, json={"stockLevel": 0, "available": False})
    assert (changed.status_code, changed.content) == (204, b"")
    read = stock.of("tea-1")
    assert (read["stockLevel"], read["available"], read["productId"]) == (0, False, "tea-1")
    assert "popularity" not in read
    created = stock("PUT", "/availability/tea-2/uk", json=NEW)
    assert (created.status_code, created.json()) == (201, {"id": "uk:tea-2"})

    assert stock("DELETE", path).status_code == 204
    text = "There is no availability for productId: tea-1 and site: uk"
    for method in ("GET", "DELETE"):
        gone = stock(method, path)
        assert (gone.status_code, gone.json()) == (404, {"message": text, "code": 404})
    assert stock.events() == [
        ("availability.created", "uk:tea-1"),
        ("availability.updated", "uk:tea-1"),
        ("availability.created", "uk:tea-2"),
        ("availability.deleted", "uk:tea-1"),
    ]


def test_the_list_of_a_site(stock: Stock):
    answer = stock("GET", "/availability/site/uk")
    assert answer.headers["X-Total-Count"] == "9"
    assert [r["productId"] for r in answer.json()][:2] == [ESPRESSO, FILTER]
    page = stock(
        "GET", "/availability/site/uk", params={"sort": "stockLevel:desc", "pageSize": 2, "pageNumber": 2}
    )
    assert [r["stockLevel"] for r in page.json()] == [60, 40]
    few = stock("GET", "/availability/site/uk", params={"q": "popularity:>6"})
    assert ([r["productId"] for r in few.json()], few.headers["X-Total-Count"]) == ([ESPRESSO, FILTER], "2")
    assert stock("GET", "/availability/site/nowhere").json() == []


def test_reading_takes_any_token_and_writing_a_scope(either: World):
    path = f"/availability/{either.tenant}/availability/{ESPRESSO}/uk"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(path).json()["stockLevel"] == 120
        assert guest.put(path, json=NEW).status_code == 403


def test_main_stands_for_all_sites(stock: Stock):
    assert stock.of(ESPRESSO, "main")["stockLevel"] == 120
    stock("POST", f"/availability/{ESPRESSO}/de", json={"stockLevel": 30, "available": False})
    read = stock.of(ESPRESSO, "main")
    assert (read["id"], read["stockLevel"], read["available"]) == (f"main:{ESPRESSO}", 150, True)
    listed = stock("GET", "/availability/site/main", params={"q": "stockLevel:>100"})
    assert [(r["site"], r["stockLevel"]) for r in listed.json()] == [("main", 150)]
    written = stock("PUT", f"/availability/{ESPRESSO}/main", json={"stockLevel": 1, "available": True})
    assert written.status_code == 201
    assert stock.of(ESPRESSO, "main")["stockLevel"] == 151
    stock.world.stored.switches |= {"availability/main-site": "plain"}
    assert stock.of(ESPRESSO, "main")["stockLevel"] == 1
    assert stock("GET", f"/availability/{FILTER}/main").status_code == 404


def test_a_bundle_has_the_lowest_stock_of_its_parts(stock: Stock):
    stock.brewing_set()
    read = stock.of(SET)
    assert (read["stockLevel"], read["available"], read["popularity"]) == (25, True, 3)
    assert [part["id"] for part in read["bundleAvailabilities"]] == [f"uk:{KETTLE}", f"uk:{GRINDER}"]
    stock("PUT", f"/availability/{GRINDER}/uk", json={"stockLevel": 7, "available": True})
    listed = {r["productId"]: r for r in stock("GET", "/availability/site/uk").json()}
    assert listed[SET]["stockLevel"] == 7
    assert "bundleAvailabilities" not in listed[SET]
    stock("DELETE", f"/availability/{GRINDER}/uk")
    read = stock.of(SET)
    assert (read["stockLevel"], read["available"], len(read["bundleAvailabilities"])) == (0, False, 1)
    assert stock("GET", f"/availability/{SET}/de").status_code == 404


def test_a_bundle_is_neither_updated_nor_deleted(stock: Stock):
    stock.brewing_set()
    for method, body in (("PUT", {"json": NEW}), ("DELETE", {})):
        refused = stock(method, f"/availability/{SET}/uk", **body)
        assert refusal(refused) == (400, "bundle-fixed")
        assert refused.json() == {
            "code": 400,
            "status": "Bad Request",
            "message": "There is a validation error. Please check the details.",
            "_embedded": {"errors": [{"message": "A bundle can be neither updated nor deleted."}]},
        }
    assert stock.of(SET)["stockLevel"] == 25


def test_amounts_of_a_bundle_can_count(stock: Stock):
    stock.brewing_set(kettle=2)
    assert stock.of(SET)["stockLevel"] == 25
    stock.world.stored.switches |= {"availability/bundle-amounts": "divided"}
    assert stock.of(SET)["stockLevel"] == 12


def test_searching_by_ids(stock: Stock):
    stock.brewing_set()
    answer = stock("POST", "/availability/search", json=[ESPRESSO, SET, "nothing"])
    assert [r["id"] for r in answer.json()] == [f"uk:{ESPRESSO}", f"uk:{SET}"]
    assert answer.headers["X-Total-Count"] == "2"
    assert len(answer.json()[1]["bundleAvailabilities"]) == 2
    main = stock("POST", "/availability/search", json=[FILTER, ESPRESSO], params={"site": "main"})
    assert [r["id"] for r in main.json()] == [f"main:{FILTER}", f"main:{ESPRESSO}"]
    page = stock(
        "POST", "/availability/search", json=[FILTER, ESPRESSO], params={"pageSize": 1, "sort": "id"}
    )
    assert [r["id"] for r in page.json()] == [f"uk:{ESPRESSO}"]


def test_searching_by_query_leaves_bundles_out(stock: Stock):
    stock.brewing_set()
    found = stock("POST", "/availability/search", json={"q": "stockLevel:(>=25 AND <=40)"})
    assert [r["stockLevel"] for r in found.json()] == [25, 40, 30]
    refused = stock("POST", "/availability/search", json={"q": "popularity:1"}, params={"site": "uk"})
    assert refusal(refused) == (400, "site-with-query")


def test_bulk(stock: Stock):
    items = [{"productId": "tea-1", "site": "uk", **NEW}, {"productId": ESPRESSO, "site": "uk", **NEW}]
    made = stock("POST", "/availability/bulk", json=items)
    assert made.status_code == 207
    assert [(r["id"], r["index"], r["code"], r["status"]) for r in made.json()[:1]] == [
        ("uk:tea-1", 0, 201, "Created")
    ]
    assert made.json()[1]["code"] == 409
    put = stock("PUT", "/availability/bulk", json=[*items, {"productId": "tea-2", "site": "uk", **NEW}])
    assert [r["code"] for r in put.json()] == [204, 204, 201]
    assert stock.of(ESPRESSO)["stockLevel"] == 12
    keys = [{"productId": p, "site": "uk"} for p in ("tea-1", "tea-9", "tea-2")]
    gone = stock("DELETE", "/availability/bulk", json=keys)
    assert [r["code"] for r in gone.json()] == [204, 404, 204]
    many = [{"productId": f"p{n}", "site": "uk"} for n in range(201)]
    assert stock("POST", "/availability/bulk", json=many).status_code == 400


def test_bulk_for_a_vendor(stock: Stock):
    stock.product("tea-1", vendor={"id": "v1"})
    items = [{"productId": p, "site": "uk", **NEW} for p in ("tea-1", "tea-2")]
    answer = stock("PUT", "/availability/bulk", json=items, headers={"vendor-id": "v1"}).json()
    assert [r["code"] for r in answer] == [201, 400]
    assert answer[1]["message"] == "Product: 'tea-2' does not belong to vendor: 'v1'"
    assert stock.of("tea-1")["vendorId"] == "v1"


def test_locations(stock: Stock):
    listed = stock("GET", "/locations/uk").json()
    assert [location["id"] for location in listed] == ["uk:r12", "uk:r14"]
    shelf = {"id": "uk:r13", "site": "uk", "rack": "r13", "rackName": "Tea", "order": 5}
    made = stock("POST", "/locations/uk", json=shelf)
    assert made.json() == {"message": "Successfully created location with id: uk:r13", "code": 201}
    assert refusal(stock("POST", "/locations/uk", json=shelf)) == (409, "duplicate")
    order = [{"id": "uk:r13", "order": 0}, {"id": "uk:r14", "order": 1}, {"id": "uk:r99", "order": 2}]
    moved = stock("PUT", "/locations/uk", json=order)
    assert moved.json() == {"message": "Successfully modified 2 location(s)", "code": 200}
    assert [location["id"] for location in stock("GET", "/locations/uk").json()] == [
        "uk:r13",
        "uk:r12",
        "uk:r14",
    ]
    gone = stock("DELETE", "/locations/uk:r13")
    assert gone.json() == {"message": "Successfully deleted 1 location(s)", "code": 200}
    assert stock("DELETE", "/locations/uk:r13").status_code == 404
    assert stock("GET", "/locations/main").status_code == 404


def test_where_products_are_stored(stock: Stock):
    found = stock("POST", "/search/locations", json={"site": "uk", "productIds": [ESPRESSO, FILTER]})
    assert [(entry["productId"], entry["locations"][0]["rack"]) for entry in found.json()] == [
        (ESPRESSO, "r12")
    ]
    unknown = stock("POST", "/search/locations", json={"site": "main", "productIds": [ESPRESSO]})
    assert unknown.status_code == 404
