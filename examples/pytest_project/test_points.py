"""A suite of some other project: what a storefront does with reward points, against a clean mock."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import pytest

    from emporix_mock.testing import Emporix


class Points:
    """The client under test: all it knows is a base URL, a tenant and a customer's token."""

    def __init__(self, env: dict[str, str], token: str) -> None:
        self._tenant = env["EMPORIX_TENANT"]
        self._base = env["EMPORIX_BASE_URL"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def balance(self) -> int:
        """Points that can be spent; no account means none."""
        answer = httpx.get(f"{self._base}/reward-points/public/customer", headers=self._headers)
        return 0 if answer.status_code == 404 else int(answer.raise_for_status().json())

    def option(self, name: str) -> str:
        """The id of the option called `name`."""
        url = f"{self._base}/reward-points/{self._tenant}/redeemOptions"
        options = httpx.get(url, headers=self._headers).raise_for_status().json()
        return next(str(option["id"]) for option in options if option["name"] == name)

    def buy(self, name: str) -> httpx.Response:
        """Spend points on the option called `name`; the answer holds the coupon's code."""
        url = f"{self._base}/reward-points/public/customer/redeem"
        return httpx.post(url, json={"id": self.option(name)}, headers=self._headers)


def mia(emporix: Emporix) -> Points:
    """Mia of the seed set `loyalty`, who has 1,200 points."""
    token = emporix.token("customer", email="mia.keller@example.com", password="Loyal-Points-1")
    return Points(emporix.env, token)


def test_points_buy_a_coupon(emporix: Emporix) -> None:
    """Seeded data, a customer's flow, and a look from the back office."""
    points = mia(emporix)
    assert points.balance() == 1200
    code = points.buy("5 EUR voucher").raise_for_status().json()["code"]
    assert points.balance() == 700
    with emporix.client(scopes="coupon.coupon_read") as backend:
        coupon = backend.get(f"/coupon/{emporix.tenant}/coupons/{code}").json()
    assert coupon["status"] == "VALID"
    assert coupon["issuedTo"] == "10000001"


def test_points_come_back_when_the_coupon_service_fails(emporix: Emporix) -> None:
    """A fault in another service, and the journal as witness."""
    points = mia(emporix)
    emporix.fault("POST-coupon-create-coupon", 500)
    assert points.buy("5 EUR voucher").status_code == 500
    assert points.balance() == 1200
    assert [r["status"] for r in emporix.requests if r["path"].endswith("/redeem")] == [500]


def test_points_expire_by_the_clock(emporix: Emporix) -> None:
    """Years pass in no time."""
    with emporix.client("customer") as shopper:
        number = shopper.get(f"/customer/{emporix.tenant}/me").json()["id"]
        assert shopper.get("/reward-points/public/customer").status_code == 404
        valid_until = (emporix.clock.now + timedelta(days=1)).isoformat()
        with emporix.client() as backend:
            points = {"points": 50, "validUntil": valid_until}
            url = f"/reward-points/customer/{number}/addPoints"
            assert backend.post(url, json=points).status_code == 201
        assert shopper.get("/reward-points/public/customer").json() == 50
        emporix.clock.advance(timedelta(days=2))
        assert shopper.get("/reward-points/public/customer").json() == 0


def test_the_environment_is_what_the_command_writes(
    emporix: Emporix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`emporix.env` fits an application that is configured by its environment."""
    for name, value in emporix.env.items():
        monkeypatch.setenv(name, value)
    assert os.environ["EMPORIX_BASE_URL"].startswith("http://127.0.0.1:")
