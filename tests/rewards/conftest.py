"""A shop of its own for every test of points and coupons, on the bundled and on the official documents."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.asgi.faults import Fault
from emporix_mock.config import Config
from emporix_mock.server import Server
from emporix_mock.store.tokens import Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from emporix_mock.asgi.front import Front
    from emporix_mock.store.world import World

OFFICIAL = Path(__file__).parents[3] / "shared" / "official-specs"
CREATE_COUPON = "POST-coupon-create-coupon"
EMPLOYEE = (
    "rewardspoints.rewardpoints_view",
    "rewardspoints.rewardpoints_manage",
    "coupon.coupon_read",
    "coupon.coupon_manage",
    "coupon.coupon_redeem_on_behalf",
    "site.site_manage",
    "customer.customer_manage",
    "customer.customer_read",
)
_numbers = count(1)
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # shared: reading the system's certificates is slow


@dataclass
class Shop:
    """A tenant without seed: clients for every kind of caller, and short cuts for what tests do often."""

    url: str
    app: Front
    tenant: str
    _open: list[httpx.Client] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The world behind the server."""
        return self.app.runtime.worlds.get(self.tenant)

    def client(self, kind: str, *scopes: str, customer: str | None = None, **who: Any) -> httpx.Client:
        """A client with a token of that kind."""
        token = f"{kind}-{customer}-{len(self._open)}-{self.tenant}"
        self.world.tokens.issue(
            Principal(kind, self.tenant, token, frozenset(scopes), customer_id=customer, **who)
        )
        client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, verify=_NO_TLS)
        self._open.append(client)
        return client

    def employee(self) -> httpx.Client:
        """A backend with all scopes of these services."""
        return self.client("service", *EMPLOYEE)

    def customer(self, number: str = "C1", **who: Any) -> httpx.Client:
        """A signed-in customer."""
        return self.client("customer", "coupon.coupon_redeem", customer=number, **who)

    def guest(self) -> httpx.Client:
        """An anonymous visitor."""
        return self.client("anonymous")

    def close(self) -> None:
        """Give all connections back."""
        for client in self._open:
            client.close()

    # What tests do often.

    def at(self, moment: datetime) -> None:
        """Stop the clock there."""
        self.world.clock.freeze(moment)

    def switch(self, name: str, value: str) -> None:
        """Make another choice."""
        self.world.switches[name] = value

    def fail(self, operation: str, *, status: int = 500, nth: int = 1, times: int | None = 1) -> None:
        """Let calls of an operation fail."""
        self.plant(Fault(str(next(_numbers)), operation, nth, times, status))

    def plant(self, fault: Fault) -> None:
        """Set a fault."""
        self.world.faults.append(fault)
        self.app.runtime.faulty = True

    def emit(self, event: str, payload: dict[str, Any]) -> None:
        """Let a domain event happen."""
        self.world.emit(event, payload)
        self.app.runtime.deliver(self.world)

    def configure(self, key: str, value: Any) -> None:
        """Set a value of the tenant's configuration."""
        configurations = self.world.state("configuration-service").collection("configurations")
        configurations.put(key, {"key": key, "value": value})

    def site(self, code: str = "main", timezone: str = "Europe/Berlin", **settings: Any) -> None:
        """A site with these `couponSettings`, made or changed."""
        site = {
            "code": code,
            "name": f"Shop {code}",
            "active": True,
            "default": code == "main",
            "defaultLanguage": "en",
            "languages": ["en"],
            "currency": "EUR",
            "homeBase": {"address": {"country": "DE", "zipCode": "10115"}, "timezone": timezone},
            "shipToCountries": ["DE"],
        }
        employee, sites = self.employee(), f"/site/{self.tenant}/sites"
        if employee.get(f"{sites}/{code}").status_code == 404:
            ok(employee.post(sites, json=site), 201)
        mixin = {"couponSettings": settings}
        if employee.get(f"{sites}/{code}/mixins/couponSettings").status_code == 404:
            ok(employee.post(f"{sites}/{code}/mixins", json=mixin), 201)
        else:
            ok(employee.put(f"{sites}/{code}/mixins/couponSettings", json=mixin), 200)

    def option(self, points: int = 90, **coupon: Any) -> str:
        """The id of a new redeem option; by default for 10 EUR, once."""
        template = {
            "name": "10 EUR off",
            "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 10, "currency": "EUR"},
            "maxRedemptions": 1,
            **coupon,
        }
        body = {"type": "coupon", "name": "Voucher", "description": "For points", "points": points}
        options = ok(
            self.employee().post(
                f"/reward-points/{self.tenant}/redeemOptions", json={**body, "coupon": template}
            )
        )
        return str(options[-1]["id"])

    def coupon(self, **body: Any) -> str:
        """The code of a new coupon."""
        answer = self.employee().post(f"/coupon/{self.tenant}/coupons", json={"name": "A coupon", **body})
        return str(ok(answer, 201)["id"])


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The decoded body of an answer that has to have this status."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


@pytest.fixture(name="ok")
def ok_fixture() -> Callable[..., Any]:
    """See `ok`."""
    return ok


@pytest.fixture(scope="session", params=["bundled", "official"])
def reward_server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Front]]:
    """A server without seed for each source of documents."""
    if request.param == "official" and not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside the repository")
    official = request.param == "official"
    app = create_app(Config(seed="empty", spec=request.param, spec_dir=OFFICIAL if official else None))
    with Server(app) as url:
        yield url, app


@pytest.fixture
def new_shop(reward_server: tuple[str, Front]) -> Iterator[Callable[[], Shop]]:
    """Makes shops; in the end none of them may have listed a defect of the mock."""
    made: list[Shop] = []

    def new() -> Shop:
        made.append(Shop(*reward_server, f"r{next(_numbers)}x"))
        return made[-1]

    yield new
    problems = [shop.world.problems for shop in made]
    for shop in made:
        shop.close()
    assert not any(problems), problems


@pytest.fixture
def shop(new_shop: Callable[[], Shop]) -> Shop:
    """A shop of its own."""
    return new_shop()
