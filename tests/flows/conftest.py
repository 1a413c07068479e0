"""A shop with the seed `shop` on the bundled and on the official documents, and people who shop there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.world import World

OFFICIAL = Path(__file__).parents[3] / "shared" / "official-specs"
PASSWORDS = {
    "mia.keller@example.com": "Loyal-Points-1",
    "jonas.brandt@example.com": "Loyal-Points-2",
    "clara.petersen@example.com": "Loyal-Points-11",
    "tim.hansen@example.com": "Loyal-Points-12",
    "nora.lang@example.com": "Loyal-Points-13",
}
SHIPPING = {
    "main": {"zoneId": "germany", "methodId": "standard", "amount": 4.9, "country": "DE", "zipCode": "10115"},
    "uk": {
        "zoneId": "britain",
        "methodId": "standard",
        "amount": 3.9,
        "country": "GB",
        "zipCode": "EC1A 1BB",
    },
}
_tenants = count(1)


def told(answer: httpx.Response, status: int = 200) -> Any:
    """The content of an answer that must have this status."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json() if answer.content else None


@dataclass
class Shop:
    """One tenant of a server: its world, its own token, and visitors."""

    url: str
    tenant: str
    world: World
    open: list[httpx.Client] = field(default_factory=list)

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        """A client with a bearer token; closed with the shop."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        made = httpx.Client(base_url=self.url, headers=headers)
        self.open.append(made)
        return made

    @property
    def backend(self) -> httpx.Client:
        """A client with all scopes of the tenant."""
        form = {
            "grant_type": "client_credentials",
            "client_id": f"{self.tenant}-backend",
            "client_secret": f"{self.tenant}-backend-secret",
        }
        token = told(self.client().post("/oauth/token", data=form))["access_token"]
        return self.client(token)

    def visitor(self, site: str = "main") -> Shopper:
        """Somebody who has just come in."""
        query = {"tenant": self.tenant, "client_id": f"{self.tenant}-storefront", "siteCode": site}
        session = told(self.client().get("/customerlogin/auth/anonymous/login", params=query))
        return Shopper(self, site, self.client(session["access_token"]))

    def customer(self, name: str, site: str = "main") -> Shopper:
        """A customer of the seed who has just logged in, by the first name."""
        shopper = self.visitor(site)
        shopper.login(next(email for email in PASSWORDS if email.startswith(f"{name}.")))
        return shopper

    def product(self, code: str) -> str:
        """The id of a product by its code."""
        query = {"q": f"code:{code}"}
        return str(told(self.backend.get(f"/product/{self.tenant}/products", params=query))[0]["id"])


@dataclass
class Shopper:
    """A browser session: anonymous at first, perhaps a customer's later."""

    shop: Shop
    site: str
    http: httpx.Client
    session: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)

    def path(self, service: str, rest: str) -> str:
        """A path of a service in the shop's tenant."""
        return f"/{service}/{self.shop.tenant}/{rest}"

    def login(self, email: str) -> None:
        """Log in in the running session."""
        body = {"email": email, "password": PASSWORDS[email]}
        self.session = told(self.http.post(self.path("customer", "login"), json=body))
        self.use(self.session["access_token"])
        self.customer = told(self.http.get(self.path("customer", "me")))

    def use(self, token: str) -> None:
        """Call with another token from now on."""
        self.http.headers["Authorization"] = f"Bearer {token}"

    def act_for(self, company: str) -> None:
        """Buy for a company: a refreshed token that is bound to it."""
        anonymous = self.shop.visitor(self.site).http
        query = {"refreshToken": self.session["refresh_token"], "legalEntityId": company}
        refreshed = told(anonymous.get(self.path("customer", "refreshauthtoken"), params=query))
        self.use(refreshed["access_token"])

    def prices(self, *products: str, quantity: float = 1) -> list[Any]:
        """The prices of products for this session."""
        items = [
            {"itemId": {"itemType": "PRODUCT", "id": own}, "quantity": {"quantity": quantity}}
            for own in products
        ]
        return list(
            told(self.http.post(self.path("price", "match-prices-by-context"), json={"items": items}))
        )

    def cart_id(self, **more: str) -> str:
        """The open cart of this session, made when there is none."""
        query = {"siteCode": self.site, "create": "true", "type": "shopping", **more}
        return str(told(self.http.get(self.path("cart", "carts"), params=query))["id"])

    def cart(self, own: str) -> Any:
        """A cart as it is."""
        return told(self.http.get(self.path("cart", f"carts/{own}")))

    def put(self, cart: str, product: str, quantity: float = 1, status: int = 201) -> Any:
        """Put something into a cart at its price."""
        price = self.prices(product, quantity=quantity)[0]
        body = {
            "itemYrn": f"urn:yaas:hybris:product:product:{self.shop.tenant};{product}",
            "quantity": quantity,
            "price": {
                "priceId": price["priceId"],
                "originalAmount": price["originalValue"],
                "effectiveAmount": price["effectiveValue"],
                "currency": price["currency"],
            },
        }
        return told(self.http.post(self.path("cart", f"carts/{cart}/items"), json=body), status)

    def coupon(self, cart: str, code: str, status: int = 201) -> Any:
        """Use a coupon."""
        answer = self.http.post(self.path("cart", f"carts/{cart}/discounts"), json={"code": code})
        return told(answer, status)

    def checkout(self, cart: str, status: int = 200, **more: Any) -> Any:
        """Order what is in a cart."""
        headers = {"saas-token": self.session["saas_token"]} if self.session else {}
        body = {"cartId": cart, **self.details(), **more}
        answer = self.http.post(self.path("checkout", "checkouts/order"), json=body, headers=headers)
        return told(answer, status)

    def details(self) -> dict[str, Any]:
        """What a checkout asks for besides the cart."""
        where = SHIPPING[self.site]
        person = self.customer or {"firstName": "Ella", "lastName": "Wright"}
        name = f"{person['firstName']} {person['lastName']}"
        address = {
            "contactName": name,
            "street": "Lindenallee 7",
            "zipCode": where["zipCode"],
            "city": "Berlin" if self.site == "main" else "London",
            "country": where["country"],
        }
        who = (
            {"id": self.customer["id"], "email": self.customer["contactEmail"]}
            if self.customer
            else {"guest": True, "email": "ella.wright@example.com"}
        )
        return {
            "currency": "EUR" if self.site == "main" else "GBP",
            "paymentMethods": [{"provider": "none", "method": "invoice"}],
            "shipping": {
                "zoneId": where["zoneId"],
                "methodId": where["methodId"],
                "methodName": "Standard delivery",
                "amount": where["amount"],
                "shippingTaxCode": "STANDARD",
            },
            "addresses": [{**address, "type": kind} for kind in ("SHIPPING", "BILLING")],
            "customer": {**who, "firstName": person["firstName"], "lastName": person["lastName"]},
        }

    def points(self) -> int:
        """What the customer can spend."""
        return int(told(self.http.get("/reward-points/public/customer")))


def _server(**config: Any) -> Iterator[tuple[str, Any]]:
    app = create_app(Config(seed="shop", **config))
    with Server(app) as url:
        yield url, app


@pytest.fixture(scope="session")
def bundled_shop() -> Iterator[tuple[str, Any]]:
    """A server with our documents."""
    yield from _server()


@pytest.fixture(scope="session")
def official_shop() -> Iterator[tuple[str, Any]]:
    """A server with the vendor's."""
    if not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside the repository")
    yield from _server(spec="official", spec_dir=OFFICIAL)


@pytest.fixture(params=["bundled", "official"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A fresh tenant on each of the two sources; in the end it may not have listed a defect of the mock."""
    url, app = request.getfixturevalue(f"{request.param}_shop")
    tenant = f"flow{next(_tenants)}"
    made = Shop(url, tenant, app.runtime.worlds.get(tenant))
    yield made
    for client in made.open:
        client.close()
    assert made.world.problems == []
