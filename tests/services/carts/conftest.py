"""A cart of the seeded shop, in the hands of whoever a test is about."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

PRODUCT = "65d0a1b2c3d4e5f604{:06d}"
PRICE = "65d0a1b2c3d4e5f607{:06d}"
AMOUNTS = {1: 18.9, 2: 7.5, 3: 59, 4: 45, 7: 9.9}


@dataclass
class Shopping:
    """Short cuts for what tests of carts do often; numbers of products are the last digits of their ids."""

    world: World
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def base(self) -> str:
        return f"/cart/{self.world.tenant}/carts"

    def use(self, client: httpx.Client) -> httpx.Client:
        """A client that is closed when the test ends."""
        return self._open.enter_context(client)

    def mia(self) -> httpx.Client:
        return self.use(self.world.customer())

    def jonas(self) -> httpx.Client:
        return self.use(self.world.customer("jonas.brandt@example.com", "Loyal-Points-2"))

    def guest(self) -> httpx.Client:
        return self.use(self.world.client(self.world.anonymous()["access_token"]))

    def backend(self, scope: str | None = None) -> httpx.Client:
        return self.use(self.world.backend(scope))

    def configure(self, **settings: Any) -> None:
        """Set values of the tenant's configuration."""
        stored = self.world.stored.state("configuration-service").collection("configurations")
        for key, value in settings.items():
            stored.put(key, {"key": key, "value": value, "version": 1})

    def cart(self, http: httpx.Client, **body: Any) -> str:
        """The id of a new cart on the main site."""
        given = {"siteCode": "main", "currency": "EUR", **body}
        return str(ok(http.post(self.base, json=given), 201)["cartId"])

    def item(self, number: int, quantity: float = 1, **more: Any) -> dict[str, Any]:
        """The body that adds a product at its seeded price."""
        amount = AMOUNTS[number]
        price = {"priceId": PRICE.format(number), "originalAmount": amount, "effectiveAmount": amount}
        return {
            "itemYrn": f"urn:yaas:hybris:product:product:{self.world.tenant};{PRODUCT.format(number)}",
            "quantity": quantity,
            "price": {**price, "currency": "EUR"},
            **more,
        }

    def add(self, http: httpx.Client, cart: str, number: int, quantity: float = 1, **more: Any) -> str:
        """The id of the line that a product went into."""
        body = self.item(number, quantity, **more)
        return str(ok(http.post(f"{self.base}/{cart}/items?siteCode=main", json=body), 201)["itemId"])

    def read(self, http: httpx.Client, cart: str, **query: Any) -> dict[str, Any]:
        return dict(ok(http.get(f"{self.base}/{cart}", params=query)))

    def events(self) -> list[str]:
        """The types of the events so far."""
        return [event["type"] for event in self.world.stored.events if event["type"].startswith("cart.")]

    def close(self) -> None:
        self._open.close()


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The body of an answer that has to have this status."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


@pytest.fixture
def shop(either: World) -> Iterator[Shopping]:
    """Carts in a fresh world, on both sources of documents."""
    found = Shopping(either)
    yield found
    found.close()
