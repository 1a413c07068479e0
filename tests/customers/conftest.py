"""A shop with nobody in it but those a test signs up; at its end nothing may have gone wrong inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.world import World as StoredWorld

OFFICIAL = Path(__file__).parents[3] / "shared" / "official-specs"
LENA = "lena.vogt@example.com"
PASSWORD = "Loyal-Points-3"


@dataclass
class Caller:
    """Somebody with a token or none. Paths start below `/customer/{tenant}`, with `//` at the root."""

    http: httpx.Client
    tenant: str
    token: str | None = None
    login: dict[str, Any] = field(default_factory=dict)
    number: str = ""

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request."""
        url = path[1:] if path.startswith("//") else f"/customer/{self.tenant}{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.request(method, url, headers=headers | request.pop("headers", {}), **request)

    def ok(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        """Send a request that succeeds with `status`; its body, None for an empty one."""
        answer = self(method, path, **request)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, rule: str | None = None, **request: Any) -> Any:
        """Send a request that is refused with `status` by `rule`; the error body."""
        answer = self(method, path, **request)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        assert answer.headers.get("x-emporix-mock-rule") == rule
        return answer.json()


@dataclass
class Shop:
    """One tenant and everybody who can call it."""

    http: httpx.Client
    tenant: str
    stored: StoredWorld

    def caller(self, token: str | None, **known: Any) -> Caller:
        """Whoever holds a token."""
        return Caller(self.http, self.tenant, token, **known)

    def backend(self, scope: str | None = None) -> Caller:
        """The backend key, narrowed to `scope`."""
        client = f"{self.tenant}-backend"
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": f"{client}-secret"}
        answer = self.http.post("/oauth/token", data=form | ({"scope": scope} if scope else {}))
        assert answer.status_code == 200, answer.text
        return self.caller(answer.json()["access_token"], login=answer.json())

    def visitor(self, **context: str) -> Caller:
        """An anonymous session."""
        query = {"tenant": self.tenant, "client_id": f"{self.tenant}-storefront"} | context
        answer = self.http.get("/customerlogin/auth/anonymous/login", params=query)
        assert answer.status_code == 200, answer.text
        return self.caller(answer.json()["access_token"], login=answer.json())

    def sign_up(self, email: str = LENA, password: str = PASSWORD, **body: Any) -> str:
        """A new customer's number."""
        wanted = {"email": email, "password": password} | body
        return str(self.visitor().ok("POST", "/signup", 201, json=wanted)["id"])

    def sign_in(self, email: str = LENA, password: str = PASSWORD, at: Caller | None = None) -> Caller:
        """A customer who has logged in, in the session of `at` or a new one."""
        login = (at or self.visitor()).ok("POST", "/login", json={"email": email, "password": password})
        return self.caller(login["access_token"], login=login)

    def customer(self, email: str = LENA, password: str = PASSWORD, **body: Any) -> Caller:
        """A new customer who has logged in."""
        number = self.sign_up(email, password, **body)
        caller = self.sign_in(email, password)
        caller.number = number
        return caller

    def setting(self, key: str, value: Any) -> None:
        """Give the tenant a setting."""
        documents = self.stored.collection("configuration-service", "configurations")
        documents.put(key, {"key": key, "value": value})

    def switch(self, name: str, value: str) -> None:
        """Make a choice."""
        self.stored.switches[f"customer-management/{name}"] = value

    def mails(self, kind: str) -> list[dict[str, Any]]:
        """The mails of a kind, oldest first."""
        mails = self.stored.collection("customer-management", "mails")
        return [mail for mail in mails.scan() if mail["type"] == kind]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the events of a type said."""
        return [event["payload"] for event in self.stored.events if event["type"] == kind]

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.stored.clock.advance(timedelta(**span))

    def stored_customer(self, number: str, **values: Any) -> None:
        """Change a stored customer behind the API's back, as services to come would."""
        customers = self.stored.collection("customer-service", "customers")
        customers.put(number, (customers.get(number) or {}) | values)


@pytest.fixture(scope="session", params=["bundled", "official"])
def mock(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    """The services behave alike whichever documents describe them."""
    if request.param == "official" and not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside this repository")
    app = create_app(Config(spec=request.param, spec_dir=OFFICIAL))
    server = Server(app)
    yield SimpleNamespace(url=server.start(), app=app)
    server.stop()


@pytest.fixture(scope="session")
def http(mock: Any) -> Iterator[httpx.Client]:
    """One connection for all tests."""
    with httpx.Client(base_url=mock.url) as client:
        yield client


@pytest.fixture
def shop(world: Any, http: httpx.Client) -> Iterator[Shop]:
    """A tenant of one's own; no answer of it may break the specification."""
    shop = Shop(http, world.tenant, world.stored)
    yield shop
    assert shop.stored.problems == []
