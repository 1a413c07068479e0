"""The control API is for this machine: requests by other names and from pages of other sites are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.asgi.control.guard import is_loopback
from emporix_mock.config import Config

if TYPE_CHECKING:
    from .conftest import Desk


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "app.localhost:3000", "127.0.0.1:1", "127.8.9.1", "[::1]:8080"]
)
def test_loopback_names_and_addresses_are_this_machine(desk: Desk, host: str) -> None:
    assert desk.ask("GET", "//health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "shop.example",
        "shop.example:8080",
        "localhost.shop.example",
        "192.0.2.1",
        "127.0.0.1.shop.example",
        "0.0.0.0",
        "",
    ],
)
def test_a_name_that_was_pointed_here_is_refused(desk: Desk, host: str) -> None:
    answer = desk.ask("GET", "//health", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["code"] == 403
    assert "this machine" in answer.json()["message"]


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1:5173", "https://app.localhost"]
)
def test_pages_of_this_machine_may_steer_the_mock(desk: Desk, origin: str) -> None:
    answer = desk.ask("PUT", "/clock", {"frozen": True}, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    assert desk.ask("OPTIONS", "/clock", headers=asked).status_code == 204


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://localhost.shop.example", "null", "file://"]
)
def test_pages_of_other_sites_may_not(desk: Desk, origin: str) -> None:
    answer = desk.ask("PUT", "/clock", {"frozen": True}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    assert desk.ask("OPTIONS", "/clock", headers=asked).status_code == 403
    assert desk.done("GET", "/clock")["frozen"] is False


def test_the_api_itself_takes_every_host_and_origin(desk: Desk) -> None:
    answer = desk.http.get(
        f"/coupon/{desk.tenant}/coupons",
        headers={
            "Authorization": f"Bearer {desk.service_token()}",
            "Host": "shop.example",
            "Origin": "https://shop.example",
        },
    )
    assert answer.status_code == 200


async def _health(config: Config, base: str, host: str) -> int:
    transport = httpx.ASGITransport(create_app(config))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        return (await client.get("/_mock/health", headers={"Host": host})).status_code


@pytest.mark.parametrize(("host", "status"), [("mock.internal:8080", 200), ("other.internal", 403)])
def test_the_host_that_the_server_was_told_to_listen_on_is_this_machine(host: str, status: int) -> None:
    import asyncio

    assert asyncio.run(_health(Config(host="mock.internal"), "http://192.0.2.1", host)) == status


def test_in_process_the_name_of_the_base_url_is_this_machine() -> None:
    import asyncio

    assert asyncio.run(_health(Config(), "http://mock", "mock")) == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "LocalHost."])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example.com", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)
