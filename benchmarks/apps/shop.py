"""A shop with so many products and carts of some sizes, each several times: `shop.py PORT PRODUCTS`.

Prints where they are as one line of JSON, then serves.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from inside import drive
from instructions import FORM, call

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.engine.resource import PARENT
from emporix_mock.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable

TENANT = "acme"
LINES = (1, 50, 500)
COPIES = 30
PRODUCT, PRICE = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f607000001"
TIER, WAREHOUSE = "a1000000000000000000000000000001", "uk"
JSON = b"application/json"


class Shop:
    """The application before it serves: every product with a price of its own and with stock."""

    def __init__(self, products: int) -> None:
        self.app = create_app(Config(tenant=TENANT, seed="shop"))
        self.world = self.app.runtime.worlds.get(TENANT)
        form = self.ask("POST", "/oauth/token", b"", FORM, b"application/x-www-form-urlencoded")
        self.backend = b"Bearer " + form["access_token"].encode()
        self.stock(range(products))

    def stock(self, wanted: Iterable[int]) -> None:
        """Put products of these numbers on sale."""
        numbers = list(wanted)
        self.fill("product-service", "products", PRODUCT, map(_product, numbers))
        self.fill("price-service", "prices", PRICE, map(_price, numbers))
        self.fill("availability", "availabilities", f"{WAREHOUSE}:{PRODUCT}", map(_stock, numbers))

    def ask(
        self, method: str, path: str, token: bytes, body: bytes = b"", media: bytes = JSON, query: bytes = b""
    ) -> Any:
        """The decoded answer of a request that must succeed."""
        status, answer = drive(call(self.app, method, path, token, body, media, query))
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer!r}")
        return json.loads(answer) if answer else None

    def fill(self, service: str, collection: str, like: str, changes: Iterable[dict[str, Any]]) -> None:
        """Put copies of a stored document, each with changes of its own, into its collection."""
        documents = self.world.state(service).collection(collection)
        original = documents.get(like)
        assert original is not None
        for change in changes:
            documents.put(change["id"], {**original, **change})

    def guest(self) -> bytes:
        """A visitor of its own."""
        query = f"tenant={TENANT}&client_id={TENANT}-storefront".encode()
        login = self.ask("GET", "/customerlogin/auth/anonymous/login", b"", query=query)
        return b"Bearer " + login["access_token"].encode()

    def carts(self, lines: int) -> dict[str, Any]:
        """Equal carts of a guest with that many lines, and the guest's token."""
        guest = self.guest()
        body = json.dumps({"siteCode": "main", "currency": "EUR"}).encode()
        first = self.ask("POST", f"/cart/{TENANT}/carts", guest, body)["cartId"]
        for number in range(lines):
            path = f"/cart/{TENANT}/carts/{first}/items"
            self.ask("POST", path, guest, json.dumps(item(number)).encode(), query=b"siteCode=main")
        stored = self.world.state("cart").collection("carts")
        original = stored.get(first)
        assert original is not None
        made = [f"{lines:04d}{number:020x}" for number in range(COPIES)]
        items = self.world.state("cart").collection("items")
        inside = [found for key in items.among(PARENT, [first]) if (found := items.get(key))]
        for own in made:
            stored.put(own, {**original, "id": own})
            for each in inside:
                items.put(f"{own}/{each['id']}", {**each, PARENT: own})
        return {"guest": guest.decode().removeprefix("Bearer "), "ids": made}


def numbered(like: str, number: int) -> str:
    """An id like another, with a number in it."""
    return f"{like[:16]}{number + 0x1000000:08x}"


def _product(number: int) -> dict[str, Any]:
    return {"id": numbered(PRODUCT, number), "code": f"bench-{number}"}


def _price(number: int) -> dict[str, Any]:
    item = {"itemType": "PRODUCT", "id": numbered(PRODUCT, number)}
    tiers = [{"id": TIER, "priceValue": amount(number)}]
    return {"id": numbered(PRICE, number), "itemId": item, "tierValues": tiers}


def _stock(number: int) -> dict[str, Any]:
    own = numbered(PRODUCT, number)
    return {"id": f"{WAREHOUSE}:{own}", "productId": own, "site": WAREHOUSE, "stockLevel": 1000}


def amount(number: int) -> float:
    """The price of a product; a thousand of them differ."""
    return round(5 + number % 1000 * 0.07, 2)


def item(number: int) -> dict[str, Any]:
    """A line of a cart."""
    price = {
        "priceId": numbered(PRICE, number),
        "originalAmount": amount(number),
        "effectiveAmount": amount(number),
        "currency": "EUR",
    }
    yrn = f"urn:yaas:hybris:product:product:{TENANT};{numbered(PRODUCT, number)}"
    return {"itemYrn": yrn, "quantity": 1, "price": price}


def main(port: int, products: int) -> None:
    """Fill, tell, serve."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    shop = Shop(products)
    coupon = {"code": "BENCH", "name": "Bench", "discountType": "PERCENT", "discountPercentage": 5}
    coupon |= {"maxRedemptions": 1_000_000, "maxRedemptionsPerCustomer": -1, "allowAnonymous": True}
    shop.ask("POST", f"/coupon/{TENANT}/coupons", shop.backend, json.dumps(coupon).encode())
    told = {
        "backend": shop.backend.decode().removeprefix("Bearer "),
        "carts": {str(lines): shop.carts(lines) for lines in LINES if lines < products},
        "product": numbered(PRODUCT, products // 2),
    }
    gc.collect()
    server = Server(shop.app, port=port)
    told["port"] = server.port
    server.run(lambda: print(json.dumps(told), flush=True))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
