"""What a purchase costs grows with its lines and no faster, and not with the products of the shop.

Counted are calls of functions, the same on every machine; the shop is that of `benchmarks/shop`.
"""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "apps" / "shop.py"
ADDRESS = {"contactName": "Ella Wright", "street": "Lindenallee", "zipCode": "20457", "city": "Hamburg"}
PERSON = {"firstName": "Ella", "lastName": "Wright", "email": "ella.wright@example.com"}
MIA = "10000001"


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """The module of the benchmark's shop."""
    path = sys.path.copy()
    spec = spec_from_file_location("benchmark_shop", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path


class Purchase:
    """The requests of a purchase with so many lines, each with how often functions were called for it."""

    def __init__(self, bench: Any, shop: Any, lines: int) -> None:
        self.bench, self.shop, self.lines = bench, shop, lines
        self.guest = shop.guest()
        self.calls: dict[str, int] = {}

    def ask(self, method: str, path: str, body: Any = None, token: bytes | None = None) -> Any:
        """What the shop answers."""
        content = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        return self.shop.ask(method, path, token or self.guest, content, query=query.encode())

    def step(self, name: str, *request: Any) -> Any:
        """One request, counted."""
        answer, self.calls[name] = counted(lambda: self.ask(*request))
        return answer

    def items(self, start: int) -> list[Any]:
        """As many lines of other products as the cart has, from a number on."""
        return [self.bench.item(start + number) for number in range(self.lines)]

    def run(self, fresh: Iterator[int]) -> dict[str, int]:
        """Fill a cart, change it, order it, decline the order; merge another one."""
        backend, lines = self.shop.backend, self.lines
        cart = self.ask("POST", "/cart/acme/carts", {"siteCode": "main", "currency": "EUR"})["cartId"]
        path = f"/cart/acme/carts/{cart}"
        self.ask("POST", f"{path}/itemsBatch", self.items(0))
        added = self.step("add item", "POST", f"{path}/items", self.bench.item(lines))
        self.step("change quantity", "PUT", f"{path}/items/{added['itemId']}?partial=true", {"quantity": 2})
        self.step("apply coupon", "POST", f"{path}/discounts", {"code": "GROWTH"})
        self.step("refresh", "PUT", f"{path}/refresh")
        self.step("validate", "GET", f"{path}/validate")
        self.step("read", "GET", path)
        self.step("price match", "POST", "/price/acme/match-prices", self.match(), backend)
        order = self.step("checkout", "POST", "/checkout/acme/checkouts/order", self.order(cart))["orderId"]
        step = f"/order-v2/acme/salesorders/{order}/transitions"
        self.step("decline", "POST", step, {"status": "DECLINED"}, backend)

        body = {"siteCode": "main", "currency": "EUR", "customerId": MIA, "type": f"growth-{next(fresh)}"}
        target = self.ask("POST", "/cart/acme/carts", body, backend)["cartId"]
        path = f"/cart/acme/carts/{target}"
        source = self.ask("POST", "/cart/acme/carts", {"siteCode": "main", "currency": "EUR"})["cartId"]
        self.ask("POST", f"/cart/acme/carts/{source}/itemsBatch", self.items(0))
        self.step("merge", "POST", f"{path}/merge", {"carts": [source]}, backend)
        self.step("add many", "POST", f"{path}/itemsBatch", self.items(lines), backend)
        return self.calls

    def match(self) -> dict[str, Any]:
        """A question for the prices of the lines."""
        ids = [item["itemYrn"].rpartition(";")[2] for item in self.items(0)]
        items = [{"itemId": {"itemType": "PRODUCT", "id": own}, "quantity": {"quantity": 1}} for own in ids]
        return {
            "targetCurrency": "EUR",
            "siteCode": "main",
            "targetLocation": {"countryCode": "DE"},
            "items": items,
        }

    @staticmethod
    def order(cart: str) -> dict[str, Any]:
        """A guest's order of a cart."""
        return {
            "cartId": cart,
            "paymentMethods": [{"provider": "none"}],
            "shipping": {"zoneId": "germany", "methodId": "express", "methodName": "Express", "amount": 9.9},
            "addresses": [{**ADDRESS, "country": "DE", "type": kind} for kind in ("SHIPPING", "BILLING")],
            "customer": {"guest": True, **PERSON},
        }


def counted(task: Callable[[], Any]) -> tuple[Any, int]:
    """What a task gives, and how many calls of functions it takes."""
    calls = count()

    def note(_frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            next(calls)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        answer = task()
    finally:
        sys.setprofile(before)
    return answer, next(calls)


def opened(bench: Any, products: int) -> Any:
    """A shop with so many products of the benchmark, with stock that follows and a coupon."""
    shop = bench.Shop(products)
    shop.world.switches["order/stock"] = "follows"
    coupon = {"code": "GROWTH", "name": "Growth", "discountType": "PERCENT", "discountPercentage": 5}
    coupon |= {"maxRedemptions": 1_000, "maxRedemptionsPerCustomer": -1, "allowAnonymous": True}
    shop.ask("POST", "/coupon/acme/coupons", shop.backend, json.dumps(coupon).encode())
    return shop


def test_cost_is_linear_in_lines_and_does_not_depend_on_products(bench: Any) -> None:
    shop, fresh = opened(bench, 401), count()
    cost = {}
    for lines in (50, 100, 200):
        Purchase(bench, shop, lines).run(fresh)  # what is worked out at the first time
        cost[lines] = Purchase(bench, shop, lines).run(fresh)
    for name in cost[50]:
        few, more, most = (cost[lines][name] for lines in (50, 100, 200))
        assert most - more <= 2.3 * (more - few) + 200, (name, few, more, most)

    shop.stock(range(401, 3_000))
    Purchase(bench, shop, 50).run(fresh)
    grown = Purchase(bench, shop, 50).run(fresh)
    for name, calls in grown.items():
        assert calls <= cost[50][name] * 1.05, (name, cost[50][name], calls)
