"""A running mock and its worlds, as a test sees them; the pytest plugin is made of this.

Everything goes over HTTP, so that it is the same for a server in this process and for any other.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import httpx

    from emporix_mock.config import Config

TIMEOUT = 30.0
PASSWORD = "Only-4-Tests"  # noqa: S105  # of customers that exist for one test


class MockError(Exception):
    """The mock refused what a test asked of it; `status` and `body` are its answer."""

    def __init__(self, request: str, status: int, body: Any) -> None:
        super().__init__(f"{request} answered {status}: {body}")
        self.status = status
        self.body = body


class MockServer:
    """A server in a thread of this process, on a free port; a context manager that gives its worlds.

    `with MockServer() as server: world = server.world()`. With `data` its worlds are kept in that file.
    Raises `ConfigurationError` or `SpecError` for a configuration that cannot be used.
    """

    def __init__(self, config: Config | None = None, *, data: Path | None = None) -> None:
        self._config = config
        self._data = data
        self._server: Any = None
        self._numbers = count(1)
        self.url = ""

    def __enter__(self) -> Self:
        from emporix_mock.app import create_app  # noqa: PLC0415  # heavy, and not before it is needed
        from emporix_mock.config import Config  # noqa: PLC0415
        from emporix_mock.server import Server  # noqa: PLC0415

        config = self._config or Config()
        self._server = Server(create_app(config if self._data is None else replace(config, data=self._data)))
        self.url = self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def world(self, tenant: str | None = None) -> Emporix:
        """The world of `tenant`, or of a tenant that nobody has used."""
        return Emporix(self.url, tenant or f"test{next(self._numbers)}")


class Emporix:
    """One tenant of a running mock.

    `url` is what a client under test takes as its base URL; `env` the same facts as environment
    variables. Client ids and secrets derive from the tenant's name.
    """

    def __init__(self, url: str, tenant: str) -> None:
        self.url = url
        self.tenant = tenant
        self.clock = WorldClock(self)
        self._emails = count(1)

    def __repr__(self) -> str:
        return f"<Emporix {self.tenant} at {self.url}>"

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that `emporix-mock up --env-file` writes."""
        return {
            "EMPORIX_BASE_URL": self.url,
            "EMPORIX_TENANT": self.tenant,
            "EMPORIX_CLIENT_ID": f"{self.tenant}-backend",
            "EMPORIX_CLIENT_SECRET": f"{self.tenant}-backend-secret",
            "EMPORIX_STOREFRONT_CLIENT_ID": f"{self.tenant}-storefront",
        }

    # Callers.

    def token(
        self,
        kind: Literal["service", "anonymous", "customer"] = "service",
        scopes: str | Sequence[str] | None = None,
        *,
        email: str | None = None,
        password: str = PASSWORD,
    ) -> str:
        """An access token.

        `scopes` narrows a service token (a string or a list; None: all scopes of the tenant). A
        customer is the one with `email` and `password`; without an e-mail a new one signs up.
        Raises `MockError` when the mock refuses.
        """
        if kind == "service":
            form = {
                "grant_type": "client_credentials",
                "client_id": f"{self.tenant}-backend",
                "client_secret": f"{self.tenant}-backend-secret",
            }
            if scopes is not None:
                form["scope"] = scopes if isinstance(scopes, str) else " ".join(scopes)
            answer = self.call("POST", "/oauth/token", form=form)
            return str(answer["access_token"])
        query = urlencode({"tenant": self.tenant, "client_id": f"{self.tenant}-storefront"})
        anonymous = str(self.call("GET", f"/customerlogin/auth/anonymous/login?{query}")["access_token"])
        if kind == "anonymous":
            return anonymous
        if email is None:
            email = f"shopper{next(self._emails)}@example.com"
            new = {"email": email, "password": password}
            self.call("POST", f"/customer/{self.tenant}/signup", new, token=anonymous)
        login = {"email": email, "password": password}
        answer = self.call("POST", f"/customer/{self.tenant}/login", login, token=anonymous)
        return str(answer["access_token"])

    def client(
        self,
        kind: Literal["service", "anonymous", "customer"] = "service",
        scopes: str | Sequence[str] | None = None,
        **customer: str,
    ) -> httpx.Client:
        """An HTTPX client with the base URL and a bearer token; arguments as of `token`. Close it."""
        import httpx  # noqa: PLC0415  # not every suite wants it

        token = self.token(kind, scopes, **customer)
        headers = {"Authorization": f"Bearer {token}"}
        # Reading the certificates of the system takes longer than most tests.
        return httpx.Client(base_url=self.url, headers=headers, verify=self.url.startswith("https:"))

    # The world.

    def reset(self, *, to: Literal["seed", "empty"] = "seed") -> None:
        """Back to the seed, or to nothing at all."""
        self.control("POST", f"/reset?to={to}")

    def seed(self, documents: Mapping[str, Any] | str | Path) -> None:
        """Add documents in seed form: a mapping service → collection → documents, or a YAML file of one."""
        if isinstance(documents, str | Path):
            import yaml  # noqa: PLC0415  # only a file needs it

            documents = yaml.safe_load(Path(documents).read_text(encoding="utf-8"))
        self.control("POST", "/seed", documents)

    def snapshot(self, name: str = "default") -> None:
        """Keep the world as it is under a name."""
        self.control("PUT", f"/snapshots/{quote(name, safe='')}")

    def restore(self, name: str = "default") -> None:
        """Return to a kept snapshot."""
        self.control("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def fault(
        self,
        operation: str,
        status: int | None = None,
        *,
        nth: int = 1,
        times: int | None = 1,
        delay: float = 0.0,
        body: Any = None,
    ) -> None:
        """Let an operation (an operation id, or `*`) fail with `status` or be late by `delay` seconds.

        The `nth` call from now on is the first that is hit, `times` calls in a row are (None: all).
        """
        fault = {"operation": operation, "nth": nth, "times": times, "delay": delay}
        if status is not None:
            fault["status"] = status
        if body is not None:
            fault["body"] = body
        self.control("POST", "/faults", fault)

    def switch(self, name: str, value: str) -> None:
        """Choose another behaviour where Emporix documents none; `GET /_mock/…/switches` lists them."""
        self.control("PUT", "/switches", {name: value})

    def emit(self, event_type: str, payload: Mapping[str, Any]) -> None:
        """Let a domain event happen, with all that other services do about it."""
        self.control("POST", "/events", {"type": event_type, "payload": payload})

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests of this world so far: method, path, status, bodies, operation id, caller."""
        return list(self.control("GET", "/requests?limit=1000"))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The domain events of this world so far."""
        return list(self.control("GET", "/events"))

    @property
    def mails(self) -> list[dict[str, Any]]:
        """The one-time tokens that Emporix would have mailed."""
        return list(self.control("GET", "/mails"))

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Where the mock itself went wrong; always empty, or it is a defect worth reporting."""
        return list(self.control("GET", "/problems"))

    def drop(self) -> None:
        """Forget the world, if anything has happened in it."""
        try:
            self.control("DELETE", "")
        except MockError as error:
            if error.status != 404:
                raise

    # HTTP.

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of this world: `path` is what follows `/_mock/worlds/{tenant}`."""
        return self.call(method, f"/_mock/worlds/{self.tenant}{path}", body)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """One request; the decoded JSON answer, None for none. `MockError` for a status of 400 and more."""
        headers, payload = {"Accept": "application/json"}, None
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if form is not None:
            headers["Content-Type"], payload = "application/x-www-form-urlencoded", urlencode(form)
        elif body is not None:
            headers["Content-Type"], payload = "application/json", json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        answer = json.loads(raw) if raw else None
        if response.status >= 400:
            raise MockError(f"{method} {path}", response.status, answer)
        return answer


@dataclass(frozen=True, slots=True)
class WorldClock:
    """The clock of a world. Times are aware `datetime`s; what has none of its own is UTC."""

    world: Emporix

    @property
    def now(self) -> datetime:
        """The world's time."""
        return datetime.fromisoformat(self.world.control("GET", "/clock")["now"])

    def freeze(self, at: datetime | None = None) -> None:
        """Stop time, at `at` or where it is."""
        self._put(frozen=True, **({"set": _text(at)} if at else {}))

    def set(self, at: datetime) -> None:
        """Jump to `at`."""
        self._put(set=_text(at))

    def advance(self, by: timedelta | float) -> None:
        """Go forward by a `timedelta` or by seconds."""
        self._put(advance=by.total_seconds() if isinstance(by, timedelta) else by)

    def back(self, by: timedelta | float) -> None:
        """Go back by a `timedelta` or by seconds."""
        self.advance(-by)

    def resume(self) -> None:
        """Let a stopped clock run on."""
        self._put(frozen=False)

    def reset(self) -> None:
        """Return to real time."""
        self._put(reset=True)

    def _put(self, **change: Any) -> None:
        self.world.control("PUT", "/clock", change)


def _text(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
