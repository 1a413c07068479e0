"""One real server for the whole run; a world of its own for every test."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server as RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.asgi.front import Front
    from emporix_mock.store.world import World as StoredWorld

# Every client reads all certificates of the system, which takes longer than most tests; no test needs them.
ssl.create_default_context = cache(ssl.create_default_context)

_tenants = count(1)
HERE = Path(__file__).parent
GENERATED = ("test_contract_", "test_reference")
LONG = frozenset(
    {
        "test_contract.py", "test_contract_faults.py", "test_data_kill.py", "test_docs_in_browser.py",
        "test_engine_machine.py", "test_generated_clients.py", "test_instructions.py", "test_wheel.py",
    }
)  # fmt: skip
MIA = "mia.keller@example.com"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that leaves evidence for `emporix-mock fidelity update --flow FILE`."""
    text = "write which operations answered with success in which passed tests"
    parser.addoption("--evidence", metavar="FILE", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the servers of this run when evidence is asked for."""
    target = config.getoption("evidence")
    if target is not None:
        from emporix_mock.fidelity.flow import FlowRecorder

        config.pluginmanager.register(FlowRecorder(Path(target).absolute(), shows_flow))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left over with it at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


def shows_flow(item: pytest.Item) -> bool:
    """Whether successes in a test show how operations work together; those of generated requests do not."""
    return item.path.is_relative_to(HERE) and not item.path.name.startswith(GENERATED)


@dataclass
class Server:
    """A running server: its base URL and, for white-box looks, the application behind it."""

    url: str
    app: Front


def serve(config: Config) -> Iterator[Server]:
    """Run a server in a thread on a free port until the generator is closed."""
    app = create_app(config)
    with RunningServer(app) as url:
        yield Server(url, app)


@pytest.fixture(scope="session")
def mock() -> Iterator[Server]:
    """The server with the bundled documents and the seed `loyalty`."""
    yield from serve(Config(seed="loyalty"))


@dataclass
class World:
    """A tenant of its own: clients for each kind of caller."""

    server: Server
    tenant: str

    @property
    def stored(self) -> StoredWorld:
        """The world behind the server."""
        return self.server.app.runtime.worlds.get(self.tenant)

    def service_token(self, scope: str | None = None) -> str:
        """A token of the backend key, narrowed to `scope` when given."""
        form = {
            "grant_type": "client_credentials",
            "client_id": f"{self.tenant}-backend",
            "client_secret": f"{self.tenant}-backend-secret",
        } | ({"scope": scope} if scope is not None else {})
        answer = httpx.post(f"{self.server.url}/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def anonymous(self) -> dict[str, Any]:
        """The answer of an anonymous login."""
        answer = httpx.get(
            f"{self.server.url}/customerlogin/auth/anonymous/login",
            params={"tenant": self.tenant, "client_id": f"{self.tenant}-storefront"},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def login(self, email: str = MIA, password: str = "Loyal-Points-1") -> dict[str, Any]:
        """The answer of a customer's login in a fresh session."""
        with self.client(self.anonymous()["access_token"]) as client:
            credentials = {"email": email, "password": password}
            answer = client.post(f"/customer/{self.tenant}/login", json=credentials)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def client(self, token: str | None = None) -> httpx.Client:
        """An HTTP client with a bearer token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.server.url, headers=headers)

    def backend(self, scope: str | None = None) -> httpx.Client:
        """A client of the backend key."""
        return self.client(self.service_token(scope))

    def customer(self, email: str = MIA, password: str = "Loyal-Points-1") -> httpx.Client:
        """A client of a signed-in customer."""
        return self.client(self.login(email, password)["access_token"])


@pytest.fixture
def world(mock: Server) -> World:
    """A fresh world with the seed `loyalty`."""
    return World(mock, f"t{next(_tenants)}x")
