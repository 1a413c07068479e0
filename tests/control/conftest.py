"""The control API of a tenant of its own, over the socket of the shared server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World


@dataclass
class Desk:
    """Calls control operations, `/…` of this world and `//…` of the server; and operations of the API."""

    world: World
    http: httpx.Client

    @property
    def tenant(self) -> str:
        """The tenant of the test."""
        return self.world.tenant

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One control request."""
        base = "/_mock" if path.startswith("//") else f"/_mock/worlds/{self.tenant}"
        if body is not None:
            more["json"] = body
        return self.http.request(
            method, f"{base}{path.removeprefix('/') if path[:2] == '//' else path}", **more
        )

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of a control request that must succeed."""
        answer = self.ask(method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The one shape of a control request that must be refused."""
        answer = self.ask(method, path, body)
        assert answer.status_code == status, answer.text
        found = dict(answer.json())
        assert found["code"] == status
        assert found["message"]
        assert set(found) <= {"code", "status", "message", "details"}
        assert all(set(each) <= {"field", "message"} for each in found.get("details", []))
        return found

    def token(self, tenant: str | None = None) -> httpx.Response:
        """The answer of the token endpoint to the backend key."""
        tenant = tenant or self.tenant
        form = {
            "grant_type": "client_credentials",
            "client_id": f"{tenant}-backend",
            "client_secret": f"{tenant}-backend-secret",
        }
        return self.http.post("/oauth/token", data=form)

    def coupons(self, token: str, tenant: str | None = None) -> list[str]:
        """The codes of all coupons."""
        answer = self.http.get(
            f"/coupon/{tenant or self.tenant}/coupons", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        return [coupon["code"] for coupon in answer.json()]

    def service_token(self, tenant: str | None = None) -> str:
        """A token of the backend key."""
        return str(self.token(tenant).json()["access_token"])

    def new_coupon(self, token: str, code: str) -> None:
        """Create a coupon."""
        coupon = {"code": code, "name": code, "discountType": "PERCENT", "discountPercentage": 5}
        answer = self.http.post(
            f"/coupon/{self.tenant}/coupons", json=coupon, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 201, answer.text


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """The control desk of a fresh tenant."""
    # Reading the system's certificates is slow and nothing here speaks TLS.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(base_url=world.server.url, verify=context) as http:
        yield Desk(world, http)
