"""A suite of some other project: what a storefront does with reward points, against a clean mock."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from emporix_mock.testing import Emporix


class Points:
    """The client under test: all it knows is a base URL, a tenant and a customer's token."""

    def __init__(self, env: dict[str, str], token: str) -> None:
        self._tenant = env["EMPORIX_TENANT"]
        self._http = httpx.Client(
            base_url=env["EMPORIX_BASE_URL"], headers={"Authorization": f"Bearer {token}"}
        )

    def balance(self) -> int:
        """Points that can be spent; no account means none."""
        answer = self._http.get("/reward-points/public/customer")
        return 0 if answer.status_code == 404 else int(answer.raise_for_status().json())

    def buy(self, name: str) -> str:
        """Spend points on the option called `name`; returns the coupon's code."""
        options = self._http.get(f"/reward-points/{self._tenant}/redeemOptions").raise_for_status().json()
        option = next(o["id"] for o in options if o["name"] == name)
        answer = self._http.post("/reward-points/public/customer/redeem", json={"id": option})
        return str(answer.raise_for_status().json()["code"])


def mia(emporix: Emporix) -> Points:
    """Mia of the seed set `loyalty`, who has 1,200 points."""
    token = emporix.token("customer", email="mia.keller@example.com", password="Loyal-Points-1")
    return Points(emporix.env, token)


def test_points_buy_a_coupon(emporix: Emporix) -> None:
    """Seeded data, a customer's flow, and a look from the back office."""
    points = mia(emporix)
    assert points.balance() == 1200
    code = points.buy("5 EUR voucher")
    assert points.balance() == 700
    with emporix.client(scopes="coupon.coupon_read") as backend:
        coupon = backend.get(f"/coupon/{emporix.tenant}/coupons/{code}").json()
    assert coupon["status"] == "VALID"
    assert coupon["issuedTo"] == "10000001"


def test_points_come_back_when_the_coupon_service_fails(emporix: Emporix) -> None:
    """A fault in another service, and the journal as witness."""
    points = mia(emporix)
    emporix.fault("POST-coupon-create-coupon", 500)
    answer = httpx.post(
        f"{emporix.url}/reward-points/public/customer/redeem",
        json={"id": "64b7a0c2e4d5f60012ab3401"},
        headers={"Authorization": points._http.headers["Authorization"]},  # noqa: SLF001
    )
    assert answer.status_code == 500
    assert points.balance() == 1200
    assert [r["status"] for r in emporix.requests if r["path"].endswith("/redeem")] == [500]


def test_points_expire_by_the_clock(emporix: Emporix) -> None:
    """Years pass in no time."""
    token = emporix.token("customer")
    newcomer = Points(emporix.env, token)
    assert newcomer.balance() == 0
    customer = httpx.get(
        f"{emporix.url}/customer/{emporix.tenant}/me", headers={"Authorization": f"Bearer {token}"}
    ).json()["id"]
    valid_until = (emporix.clock.now + timedelta(days=1)).isoformat()
    with emporix.client() as backend:
        answer = backend.post(
            f"/reward-points/customer/{customer}/addPoints", json={"points": 50, "validUntil": valid_until}
        )
        assert answer.status_code == 201
    assert newcomer.balance() == 50
    emporix.clock.advance(timedelta(days=2))
    assert newcomer.balance() == 0


def test_the_environment_is_what_the_command_writes(emporix: Emporix, monkeypatch: object) -> None:
    """`emporix.env` fits an application that is configured by its environment."""
    monkeypatch.setattr(os, "environ", {**os.environ, **emporix.env})  # type: ignore[attr-defined]
    assert os.environ["EMPORIX_BASE_URL"].startswith("http://127.0.0.1:")
