"""What holds in a shop whatever people do there, in any order and at the same time, over HTTP.

Two machines: one shopper who changes a cart in all ways, and several who order at once. For every property
a defect is planted that the same machine has to find.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.flows.conftest import Shop, Shopper, told

from emporix_mock.errors import EmporixError
from emporix_mock.rules import cart_discounts
from emporix_mock.rules.coupons import Uses
from emporix_mock.rules.tax import exact
from emporix_mock.services.cart import lines, reactions, reading
from emporix_mock.services.cart.declared import service as cart_service
from emporix_mock.services.checkout import carts as checkout_carts
from emporix_mock.services.coupon import redemptions as redeeming
from emporix_mock.services.order import sales, undoing
from emporix_mock.services.quote.declared import service as quote_service
from emporix_mock.store.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from emporix_mock.rules.cart_totals import Priced

HARBOUR, BAR, KETTLE = (f"65d0a1b2c3d4e5f604000{n}" for n in (101, 107, 161))
CHOCOLATE, SWEET_SET = (f"65d0a1b2c3d4e5f604000{n}" for n in (201, 404))
PARTS = {SWEET_SET: {HARBOUR: 1, CHOCOLATE: 2}}
EUR_30, EUR_500 = ({"amount": amount, "currency": "EUR"} for amount in (30, 500))
COUPONS: dict[str, dict[str, Any]] = {
    "TENTH": {"discountType": "PERCENT", "discountPercentage": 10},
    "MUCH": {"discountType": "ABSOLUTE", "discountAbsolute": EUR_30, "discountCalculationType": "TOTAL"},
    "LOTS": {"discountType": "ABSOLUTE", "discountAbsolute": EUR_500, "discountCalculationType": "TOTAL"},
    "FREIGHT": {"discountType": "FREE_SHIPPING"},
}
LIMITED: dict[str, dict[str, Any]] = {
    "ONCE": {"discountType": "PERCENT", "discountPercentage": 20, "maxRedemptions": 1},
    "TWICE": {"discountType": "PERCENT", "discountPercentage": 30, "maxRedemptions": 2},
    "EACH": {"maxRedemptionsPerCustomer": 1, "allowAnonymous": False, "discountType": "PERCENT"}
    | {"discountPercentage": 5},
}
SIDES = {"main": "grossValue", "uk": "netValue"}
SUMS = ("netValue", "grossValue", "taxValue")
_numbers = count(1)
Patch = pytest.MonkeyPatch


def new_shop(server: tuple[str, Any]) -> Shop:
    """A tenant that nobody has used."""
    tenant = f"prop{next(_numbers)}"
    return Shop(server[0], tenant, server[1].runtime.worlds.get(tenant))


def offer(shop: Shop, coupons: dict[str, dict[str, Any]]) -> None:
    """Make coupons for everybody, three to a cart."""
    backend = shop.backend
    for code, coupon in coupons.items():
        body = {"code": code, "name": code, "allowAnonymous": True, **coupon}
        told(backend.post(f"/coupon/{shop.tenant}/coupons", json=body), 201)
    setting = [{"key": "maxNumberOfCouponsPerCart", "value": "3"}]
    told(backend.post(f"/configuration/{shop.tenant}/configurations", json=setting), 201)


broken: list[str] = []
"""What was seen not to hold, since the last planting."""


def must(held: bool, what: str) -> None:
    """Note what does not hold, and stop there."""
    if not held:
        broken.append(what)
        raise AssertionError(what)


# What must hold for the sums of a cart or an order.


def numbers(node: Any) -> Iterator[Decimal]:
    """All amounts of a tree of sums."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in (*SUMS, "value"):
                yield exact(value)
            yield from numbers(value)
    elif isinstance(node, list):
        for each in node:
            yield from numbers(each)


def total(trees: list[Any], name: str) -> Decimal:
    """The sum of one member."""
    return sum((exact(tree[name]) for tree in trees), Decimal(0))


def check_sums(whole: Any, parts: list[Any], side: str) -> None:
    """Nothing is negative; lines make the total; taxes add up; what was taken off is what is missing."""
    for amount in numbers([whole, *parts]):
        must(amount >= 0, "a negative amount")
    final = whole["finalPrice"]
    extras = [extra for name in ("totalShipping", "paymentFees") for extra in _listed(whole.get(name))]
    for name in SUMS:
        must(total([part["price"] for part in parts], name) == exact(whole["price"][name]), "prices")
        must(total([part["finalPrice"] for part in parts] + extras, name) == exact(final[name]), "lines")
        must(total(final["taxAggregate"]["lines"], name) == exact(final[name]), "taxes")
    for tree in (final, whole["price"], *final["taxAggregate"]["lines"], *(p["finalPrice"] for p in parts)):
        must(exact(tree["grossValue"]) - exact(tree["netValue"]) == exact(tree["taxValue"]), "taxes")
    before = total([whole[name] for name in ("price", "fees", "shipping") if name in whole], side)
    off = exact((whole.get("totalDiscount") or {"value": 0})["value"])
    must(before - off == exact(final[side]), "discounts")


def _listed(node: Any) -> list[Any]:
    """The sums of a node that is one sum, a list of named ones, or not there."""
    entries = node if isinstance(node, list) else [node] if node else []
    return [entry.get("price", entry) if "netValue" not in entry else entry for entry in entries]


# One shopper and a cart.


class Filling(RuleBasedStateMachine):
    """A cart next to a list of what should be in it."""

    unit_prices: dict[tuple[Any, ...], Any]

    def __init__(self, shop: Shop, unit_prices: dict[tuple[Any, ...], Any]) -> None:
        super().__init__()
        self.shop, self.unit_prices = shop, unit_prices

    @initialize(who=st.sampled_from(["guest", "guest", "british guest", "mia"]))
    def come_in(self, who: str) -> None:
        self.site = "uk" if who == "british guest" else "main"
        self.shopper = self.shop.customer("mia") if who == "mia" else self.shop.visitor(self.site)
        self.begin()

    def begin(self) -> None:
        """Start with an empty cart."""
        self.site = self.shopper.site
        self.amounts: dict[str, float] = {}
        self.codes: list[str] = []
        self.zip_code: str | None = None
        self.cart = self.shopper.cart_id(type=f"bag{next(_numbers)}")

    def ask(self, method: str, rest: str, body: Any = None) -> httpx.Response:
        """A request about the cart."""
        path = self.shopper.path("cart", f"carts/{self.cart}{rest}")
        return self.shopper.http.request(method, path, json=body)

    def unit(self, product: str, amount: float) -> Any:
        """The price of a product in an amount, on the site of the cart."""
        key = (self.site, product, amount)
        if key not in self.unit_prices:
            guest = self.shop.visitor(self.site)
            (self.unit_prices[key],) = guest.prices(product, quantity=amount)
        return self.unit_prices[key]

    def item(self, product: str, amount: float) -> dict[str, Any]:
        """The body that puts a product into a cart."""
        price = self.unit(product, amount)
        return {
            "itemYrn": f"urn:yaas:saasag:caasproduct:product:{self.shop.tenant};{product}",
            "quantity": amount,
            "price": {
                "priceId": price["priceId"],
                "originalAmount": price["originalValue"],
                "effectiveAmount": price["effectiveValue"],
                "currency": price["currency"],
            },
        }

    def line(self, product: str) -> str | None:
        """The id of a product's line."""
        items = told(self.ask("GET", "/items"))
        return next((item["id"] for item in items if item["itemYrn"].endswith(product)), None)

    @rule(product=st.sampled_from([BAR, HARBOUR, SWEET_SET]), amount=st.sampled_from([1, 3, 7]))
    def add(self, product: str, amount: int) -> None:
        told(self.ask("POST", "/items", self.item(product, amount)), 201)
        self.amounts[product] = self.amounts.get(product, 0) + amount

    @rule(several=st.lists(st.tuples(st.sampled_from([HARBOUR, BAR]), st.integers(1, 4)), min_size=2))
    def add_some(self, several: list[tuple[str, int]]) -> None:
        several = several[:4]
        entries = told(self.ask("POST", "/itemsBatch", [self.item(*each) for each in several]))
        assert [entry["status"] for entry in entries] == [201] * len(several)
        for product, amount in several:
            self.amounts[product] = self.amounts.get(product, 0) + amount

    @rule(
        product=st.sampled_from([BAR, BAR, HARBOUR]),
        amount=st.sampled_from([2, 6, 24, 0, -1]),
        how=st.sampled_from(["PUT", "PUT", "batch"]),
    )
    def change(self, product: str, amount: int, how: str) -> None:
        own = self.line(product)
        if own is None:
            self.add(product, 3)
            return
        if how == "PUT":
            done = self.ask("PUT", f"/items/{own}?partial=true", {"quantity": amount}).status_code
        else:
            body = {"id": own, **self.item(product, max(amount, 1)), "quantity": amount}
            (entry,) = told(self.ask("PUT", "/itemsBatch", [body]), 207)
            done = entry["code"]
        assert done == (204 if amount > 0 else 400)
        if amount > 0:
            self.amounts[product] = amount

    @rule(product=st.sampled_from([HARBOUR, BAR]))
    def remove(self, product: str) -> None:
        own = self.line(product)
        if own is not None:
            told(self.ask("DELETE", f"/items/{own}"), 204)
            del self.amounts[product]

    @rule()
    def match_anew(self) -> None:
        told(self.ask("PUT", "/refresh"), 204)

    @rule(code=st.sampled_from(sorted(COUPONS)))
    def enter(self, code: str) -> None:
        foreign = self.site == "uk" and COUPONS[code]["discountType"] == "ABSOLUTE"
        status = 500 if foreign or code in self.codes else 409 if len(self.codes) == 3 else 201
        told(self.ask("POST", "/discounts", {"code": code}), status)
        if status == 201:
            self.codes.append(code)

    @rule(place=st.integers(0, 2))
    def take_out(self, place: int) -> None:
        if place < len(self.codes):
            told(self.ask("DELETE", f"/discounts/{place}"), 204)
            del self.codes[place]

    @rule(zip_code=st.sampled_from(["10115", "80331"]))
    def move(self, zip_code: str) -> None:
        if self.site == "main":
            self.zip_code = zip_code
            told(self.ask("PUT", "", self.address()), 204)

    def address(self) -> dict[str, Any]:
        """The body that sends a cart where it goes: what delivery costs depends on that."""
        where = {"contactName": "E", "street": "A", "city": "B", "zipCode": self.zip_code, "country": "DE"}
        return {"addresses": [{**where, "type": kind} for kind in ("SHIPPING", "BILLING")]}

    @rule()
    def order(self) -> None:
        if not self.amounts or self.worth() > 900:
            return
        cart = told(self.ask("GET", ""))
        shipping = self.shopper.details()["shipping"]
        if "FREIGHT" in self.codes:
            shipping["amount"] = 0
        own = self.shopper.checkout(self.cart, shipping=shipping)["orderId"]
        self.shopper.checkout(self.cart, 409, shipping=shipping)
        order = told(self.shop.backend.get(f"/order-v2/{self.shop.tenant}/salesorders/{own}"))
        entries = [entry["calculatedPrice"] for entry in order["entries"]]
        check_sums(order["calculatedPrice"], entries, SIDES[self.site])
        must(order["calculatedPrice"]["price"] == cart["calculatedPrice"]["price"], "the products")
        self.begin()

    def worth(self) -> Decimal:
        """What the products cost, as the price service has it."""
        each = [(self.unit(own, amount)["effectiveValue"], amount) for own, amount in self.amounts.items()]
        return sum((exact(price) * exact(amount) for price, amount in each), Decimal(0))

    @invariant()
    def the_sums_are_right(self) -> None:
        cart = told(self.ask("GET", ""))
        found = Counter(
            {item["itemYrn"].rpartition(";")[2]: item["quantity"] for item in cart["items"]}
        )  # a line for every product
        assert found == self.amounts
        assert len(cart["items"]) == len(self.amounts)
        assert [coupon["code"] for coupon in cart.get("discounts", [])] == self.codes
        check_sums(cart["calculatedPrice"], [i["calculatedPrice"] for i in cart["items"]], SIDES[self.site])
        must(exact(cart["calculatedPrice"]["price"][SIDES[self.site]]) == self.worth(), "the products")

    @rule(turned=st.booleans())
    def fill_another_one_likewise(self, turned: bool) -> None:
        cart, own = told(self.ask("GET", ""))["calculatedPrice"], self.cart
        self.cart = self.shopper.cart_id(type=f"bag{next(_numbers)}")
        steps: list[tuple[str, Any]] = [
            ("/items", self.item(product, amount)) for product, amount in sorted(self.amounts.items())
        ]
        coupons = [("/discounts", {"code": code}) for code in self.codes]
        for rest, body in coupons + steps if turned else steps + coupons:
            told(self.ask("POST", rest, body), 201)
        if self.zip_code:
            told(self.ask("PUT", "", self.address()), 204)
        must(told(self.ask("GET", ""))["calculatedPrice"] == cart, "the way to a cart counts")
        told(self.ask("DELETE", ""), 204)
        self.cart = own


# Several shoppers at once.


contents = st.lists(
    st.tuples(st.sampled_from([HARBOUR, KETTLE, SWEET_SET]), st.integers(1, 2)), min_size=1, max_size=2
)
codes = st.sampled_from([*LIMITED, None])


class Crowd:
    """A shop with a few coupons and four sessions, two of them of one customer: as it is before a rush."""

    def __init__(self, server: tuple[str, Any]) -> None:
        self.shop = shop = new_shop(server)
        self.pool = ThreadPoolExecutor(6)
        self.backend = shop.backend
        world = f"/_mock/worlds/{shop.tenant}"
        told(self.backend.put(f"{world}/switches", json={"order/stock": "follows"}))
        offer(shop, LIMITED)
        mia, again = shop.customer("mia"), shop.customer("mia")
        self.people = [shop.visitor(), shop.visitor(), mia, again]
        told(mia.http.delete(mia.path("cart", f"carts/{mia.cart_id()}")), 204)
        self.address: str = told(mia.http.get(mia.path("customer", "me/addresses")))[0]["id"]
        told(self.backend.put(f"{world}/snapshots/begin"), 201)

    def go_home(self) -> None:
        """Give all connections back."""
        self.pool.shutdown()
        for client in self.shop.open:
            client.close()


class Rush(RuleBasedStateMachine):
    """Little stock, few coupons, and people who order the same things in the same moment."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__()
        self.shop, self.pool, self.backend = crowd.shop, crowd.pool, crowd.backend
        self.people, self.address = crowd.people, crowd.address

    @initialize(stock=st.tuples(*[st.integers(2, 9)] * 3))
    def open_shop(self, stock: tuple[int, int, int]) -> None:
        shop = self.shop
        told(self.backend.post(f"/_mock/worlds/{shop.tenant}/snapshots/begin/restore"), 204)
        self.stock = dict(zip((HARBOUR, KETTLE, CHOCOLATE), stock, strict=True))
        for product, level in self.stock.items():
            body = {"stockLevel": level, "available": True}
            told(self.backend.put(f"/availability/{shop.tenant}/availability/{product}/uk", json=body), 204)
        self.carts: dict[str, list[Shopper]] = {}
        self.quotes: list[str] = []

    @rule(who=st.integers(0, 3), contents=contents, code=codes)
    def fill(self, who: int, contents: list[tuple[str, int]], code: str | None, kind: str = "bag") -> None:
        person = self.people[who]
        cart = person.cart_id(type=kind)
        for product, amount in contents:
            person.put(cart, product, amount)
        if code:
            path = person.path("cart", f"carts/{cart}/discounts")
            assert person.http.post(path, json={"code": code}).status_code in (201, 400, 403, 409, 500)
        self.carts[cart] = self.people[2:] if person.customer else [person]

    @rule(
        who=st.lists(st.integers(0, 3), min_size=2, max_size=3, unique=True),
        contents=contents, code=codes, times=st.integers(1, 3),
    )  # fmt: skip
    def everybody_orders(
        self, who: list[int], contents: list[tuple[str, int]], code: str | None, times: int
    ) -> None:
        for each in who:
            self.fill(each, contents, code)
        if code == "EACH":  # of the customer, in carts of two kinds
            for kind in ("bag", "box"):
                self.fill(2, contents[:1], code, kind)
        jobs = [(people[n % len(people)], cart) for cart, people in self.carts.items() for n in range(times)]
        self.together([partial(self.order, *job) for job in jobs[-8:]])

    @rule(
        contents=contents,
        raced=st.sampled_from([0, 0, 1, 2]),
        routes=st.lists(st.sampled_from(["accept", "checkout", "cart"]), min_size=2, max_size=4),
    )
    def a_quote_is_ordered(self, contents: list[tuple[str, int]], raced: int, routes: list[str]) -> None:
        self.fill(2, contents, None)
        first, second = self.people[2:]
        cart, known = first.cart_id(type="bag"), len(self.quotes)
        jobs = [partial(self.quote, first, cart), partial(self.order, second, cart)] * raced
        self.together(jobs or [partial(self.quote, first, cart)])
        for own in self.quotes[known:]:
            change = [{"op": "replace", "path": "/status", "value": "OPEN"}]
            told(self.backend.patch(f"/quote/{self.shop.tenant}/quotes/{own}", json=change), 204)
            self.together([partial(self.order_quote, route, own, cart) for route in routes])

    @rule(place=st.integers(0, 3))
    def an_order_is_declined(self, place: int) -> None:
        orders = [order for order in self.orders() if order["status"] == "CREATED"]
        if place < len(orders):
            path = f"/order-v2/{self.shop.tenant}/salesorders/{orders[place]['id']}/transitions"
            told(self.backend.post(path, json={"status": "DECLINED"}), 204)

    def together(self, attempts: list[Callable[[], httpx.Response]]) -> None:
        """Do all of it at the same time; a refusal is one of the documented."""
        for answer in self.pool.map(lambda attempt: attempt(), attempts):
            assert answer.status_code in (200, 201, 204, 400, 403, 404, 409), answer.text

    def order(self, person: Shopper, cart: str, **more: Any) -> httpx.Response:
        """Check a cart out."""
        headers = {"saas-token": person.session["saas_token"]} if person.session else {}
        body = {"cartId": cart, **person.details(), **more}
        return person.http.post(person.path("checkout", "checkouts/order"), json=body, headers=headers)

    def quote(self, person: Shopper, cart: str) -> httpx.Response:
        """Ask for a quote of a cart."""
        shipping = {"value": 4.9, "methodId": "standard", "zoneId": "germany", "shippingTaxCode": "STANDARD"}
        ids = {f"{kind}AddressId": self.address for kind in ("billing", "shipping")}
        body = {"cartId": cart, "shipping": shipping, **ids}
        answer = person.http.post(person.path("quote", "quotes"), json=body)
        if answer.status_code == 201:
            self.quotes.append(answer.json()["id"])
        return answer

    def order_quote(self, route: str, own: str, cart: str) -> httpx.Response:
        """Take one of the ways from a quote to an order."""
        mia = self.people[2]
        if route == "cart":
            return self.order(mia, cart)
        if route == "accept":
            change = [{"op": "replace", "path": "/status", "value": "ACCEPTED"}]
            return mia.http.patch(mia.path("quote", f"quotes/{own}"), json=change)
        body = {"quoteId": own, "paymentMethods": mia.details()["paymentMethods"]}
        headers = {"saas-token": mia.session["saas_token"]}
        return mia.http.post(mia.path("checkout", "checkouts/order"), json=body, headers=headers)

    def orders(self) -> list[Any]:
        """All orders of this shop's machine."""
        query = {"pageSize": "100", "sort": "created:desc"}
        found = told(self.backend.get(f"/order-v2/{self.shop.tenant}/salesorders", params=query))
        return [order for order in found if order.get("cartId") in self.carts]

    @invariant()
    def the_shop_is_in_order(self) -> None:
        if not hasattr(self, "quotes"):
            return
        orders = self.orders()
        self.check_orders(orders)
        self.check_stock(orders)
        self.check_coupons(orders)

    def check_orders(self, orders: list[Any]) -> None:
        """One order at most of a cart and of a quote, and each adds up."""
        for name in ("cartId", "quoteId"):
            per = Counter(order[name] for order in orders if order.get(name))
            must(max(per.values(), default=0) <= 1, f"two orders of one {name}")
        for order in orders:
            entries = [entry["calculatedPrice"] for entry in order["entries"]]
            check_sums(order["calculatedPrice"], entries, "grossValue")

    def check_stock(self, orders: list[Any]) -> None:
        """What was sold is missing, and there was enough of it."""
        sold: Counter[str] = Counter()
        for order in orders:
            if order.get("checkout") and order["status"] != "DECLINED":
                for entry in order["entries"]:
                    own = entry["itemYrn"].rpartition(";")[2]
                    for part, each in PARTS.get(own, {own: 1}).items():
                        sold[part] += entry["amount"] * each
        for product, level in self.stock.items():
            path = f"/availability/{self.shop.tenant}/availability/{product}/uk"
            left = told(self.backend.get(path))["stockLevel"]
            must(left == level - sold[product] >= 0, "stock")

    def check_coupons(self, orders: list[Any]) -> None:
        """Every coupon that lowered an order was redeemed for it, and none beyond its limit."""
        for code, coupon in LIMITED.items():
            path = f"/coupon/{self.shop.tenant}/coupons/{code}/redemptions"
            redeemed = told(self.backend.get(path))
            must(len(redeemed) <= coupon.get("maxRedemptions", 1000), "a coupon beyond its limit")
            each = Counter(entry["customerNumber"] for entry in redeemed if "customerNumber" in entry)
            allowed = coupon.get("maxRedemptionsPerCustomer", 1000)
            must(max(each.values(), default=0) <= allowed, "a coupon beyond its limit")
            used = {order["id"] for order in orders if code in discounts_of(order)}
            must(used == {entry["orderCode"] for entry in redeemed}, "a coupon that nobody redeemed")


def discounts_of(order: Any) -> set[str]:
    """The ids of the discounts of an order."""
    applied = (order["calculatedPrice"].get("totalDiscount") or {}).get("appliedDiscounts") or []
    return {discount["id"] for discount in applied}


RUN = settings(
    deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=False,
    phases=[Phase.generate], report_multiple_bugs=False,
)  # fmt: skip
"""Without shrinking: what happens at the same time does not happen in the same order again."""


@pytest.fixture(scope="module")
def market(bundled_shop: tuple[str, Any]) -> Iterator[tuple[Shop, dict[tuple[Any, ...], Any]]]:
    """A tenant for carts, and the prices seen there."""
    shop = new_shop(bundled_shop)
    offer(shop, COUPONS)
    yield shop, {}
    for client in shop.open:
        client.close()


def test_a_cart_adds_up_whatever_happened_to_it(market: Any) -> None:
    run_state_machine_as_test(
        lambda: Filling(*market), settings=settings(RUN, max_examples=6, stateful_step_count=12)
    )
    assert market[0].world.problems == []


@pytest.fixture(scope="module")
def crowd(bundled_shop: tuple[str, Any]) -> Iterator[Crowd]:
    """A shop and people who come again for every example."""
    made = Crowd(bundled_shop)
    yield made
    made.go_home()


def test_nothing_is_sold_used_or_ordered_twice(crowd: Crowd) -> None:
    run_state_machine_as_test(
        lambda: Rush(crowd), settings=settings(RUN, max_examples=8, stateful_step_count=8)
    )
    assert crowd.shop.world.problems == []


# Defects, for every property one or more that break it.


def lines_keep_old_prices(patch: Patch) -> None:
    patch.setattr(lines, "_price", lambda *_: None)


def skewed(patch: Patch, skew: Callable[[Priced], Priced]) -> None:
    """Let carts answer other sums."""
    right = reading.priced
    patch.setattr(reading, "priced", lambda basket: skew(right(basket)))


def a_line_is_not_counted(patch: Patch) -> None:
    def skew(found: Priced) -> Priced:
        known = list(found.lines.items())
        return replace(found, lines={own: {**tree, "finalPrice": known[0][1]["finalPrice"]}
                                     for own, tree in known})  # fmt: skip

    skewed(patch, skew)


def taxes_are_cut(patch: Patch) -> None:
    def skew(found: Priced) -> Priced:
        final = found.cart["finalPrice"]
        cut = {**final, "taxValue": int(final["taxValue"] * 10) / 10}
        return replace(found, cart={**found.cart, "finalPrice": cut})

    skewed(patch, skew)


def discounts_know_no_end(patch: Patch) -> None:
    spread = cart_discounts.spread

    def generous(amount: Decimal, targets: Any, *step: Any) -> list[Decimal]:
        shares = spread(amount, targets, *step)
        return [share + (amount - sum(shares)) / len(shares) for share in shares]

    patch.setattr(cart_discounts, "spread", generous)


FILLING = [
    (lines_keep_old_prices, {"the products", "the way to a cart counts"}),
    (a_line_is_not_counted, {"lines"}),
    (taxes_are_cut, {"taxes", "lines"}),
    (discounts_know_no_end, {"a negative amount"}),
]


def stock_is_not_checked(patch: Patch) -> None:
    patch.setattr(checkout_carts, "_stock", lambda *_: [])
    parts_are_not_counted(patch)


def parts_are_not_counted(patch: Patch) -> None:
    change = undoing._change

    def careless(*given: Any) -> None:
        with suppress(EmporixError):
            change(*given)

    patch.setattr(undoing, "_change", careless)


def uses_are_not_counted(patch: Patch) -> None:
    patch.setattr(redeeming, "count_redemption", lambda coupon, _redemption: coupon)


def uses_per_customer_are_not_counted(patch: Patch) -> None:
    patch.setattr(redeeming, "count_uses", lambda *_: Uses())


def coupons_are_not_redeemed(patch: Patch) -> None:
    patch.setattr(checkout_carts, "redeem", lambda *_: None)


def carts_stay_open(patch: Patch) -> None:
    patch.setattr(reactions, "_close", lambda *_, **__: None)
    patch.setattr(checkout_carts, "check_first_order", lambda *_: None)
    patch.setattr(sales, "_check_cart", lambda *_: None)


def quoted_carts_stay_open(patch: Patch) -> None:
    patch.setitem(cart_service.subscriptions, "quote.created", lambda *_: None)


def quotes_forget_their_order(patch: Patch) -> None:
    patch.setitem(quote_service.subscriptions, "checkout.completed", lambda *_: None)
    patch.setattr(sales, "_check_cart", lambda *_: None)


def refused_checkouts_leave_traces(patch: Patch) -> None:
    patch.setattr(World, "revert", lambda *_: None)


RUSH = [
    (stock_is_not_checked, {"stock"}),
    (parts_are_not_counted, {"stock"}),
    (uses_are_not_counted, {"a coupon beyond its limit"}),
    (uses_per_customer_are_not_counted, {"a coupon beyond its limit"}),
    (coupons_are_not_redeemed, {"a coupon that nobody redeemed"}),
    (carts_stay_open, {"two orders of one cartId"}),
    (quoted_carts_stay_open, {"two orders of one cartId"}),
    (quotes_forget_their_order, {"two orders of one cartId", "two orders of one quoteId"}),
    (refused_checkouts_leave_traces, {"stock", "a coupon that nobody redeemed", "two orders of one cartId"}),
]
SEARCH = settings(RUN, derandomize=True)


def name_of(value: Any) -> str:
    """How the name of a test shows a defect, and not what sees it."""
    return getattr(value, "__name__", "")


@contextmanager
def planted(defect: Callable[[Patch], None], seen_by: set[str]) -> Iterator[None]:
    """The shop with a defect, which has to be found by what it breaks."""
    broken.clear()
    with pytest.MonkeyPatch.context() as patch:
        defect(patch)
        with pytest.raises((AssertionError, Flaky)):
            yield
    assert set(broken) & seen_by, broken


@pytest.mark.parametrize(("defect", "seen_by"), FILLING, ids=name_of)
def test_a_cart_that_does_not_add_up_is_found(market: Any, defect: Any, seen_by: set[str]) -> None:
    searching = settings(SEARCH, max_examples=100, stateful_step_count=14)
    with planted(defect, seen_by):
        run_state_machine_as_test(lambda: Filling(*market), settings=searching)


@pytest.mark.parametrize(("defect", "seen_by"), RUSH, ids=name_of)
def test_what_happens_twice_is_found(crowd: Crowd, defect: Any, seen_by: set[str]) -> None:
    searching = settings(SEARCH, max_examples=100, stateful_step_count=8)
    with planted(defect, seen_by):
        run_state_machine_as_test(lambda: Rush(crowd), settings=searching)
    crowd.shop.world.problems.clear()
