"""A small client of the target: what sets up a run speaks through it, never past the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30


class SetupError(Exception):
    """What a run needs could not be made; the text names the request and the answer."""


class Client:
    """Requests to one base URL, never through a proxy and never to where a redirect points."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One exchange, whatever it answers. `SetupError` when there is no answer."""
        try:
            return self._session.request(
                method,
                self.url + path,
                headers={**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})},
                json=json,
                data=form,
                params=query,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise SetupError(f"{method} {self.url}{path} got no answer: {error}") from error

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The decoded body of a success, None for an empty one. `SetupError` for anything else."""
        answer = self.send(method, path, token=token, json=json, form=form, query=query, headers=headers)
        if not answer.ok:
            raise SetupError(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise SetupError(f"{method} {path} answered no JSON: {answer.text[:300]}") from error

    def replay(self, request: requests.PreparedRequest, token: str | None) -> requests.Response:
        """Send a request again as somebody else; None sends it without a token."""
        again = request.copy()
        again.headers.pop("Authorization", None)
        if token is not None:
            again.headers["Authorization"] = f"Bearer {token}"
        try:
            return self._session.send(again, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise SetupError(f"{again.method} {again.url} got no answer: {error}") from error
