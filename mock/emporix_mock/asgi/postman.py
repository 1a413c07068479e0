"""Sends what services put into a world's outbound queue, away from the loop that answers requests.

Messages go to this machine only, and to hosts that were allowed when the server was started. Redirects
are not followed.
"""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlsplit

from emporix_mock.asgi.control.guard import is_loopback
from emporix_mock.store.sources import stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.store.world import World

    Message = Mapping[str, Any]
    Done = Callable[[World, Message, "Outcome"], None]
    Work = tuple[asyncio.AbstractEventLoop, World, Message]

TIMEOUT_SECONDS = 5
WORKERS = 8


class Outcome(TypedDict, total=False):
    """What became of a message: the status of the answer, or why there is none."""

    status: int
    error: str
    refused: bool
    milliseconds: float


class Postman:
    """A few threads, begun with the first message; `done` is called on the loop that a message came from."""

    def __init__(self, hosts: tuple[str, ...], done: Done) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._done = done
        self._work: SimpleQueue[Work] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def take(self, world: World) -> None:
        """Send everything that is in the queue; without a running loop it stays there."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        while world.outbound:
            self._work.put((loop, world, world.outbound.popleft()))
            if len(self._threads) < WORKERS:
                # They end with the process: no answer may keep a server from stopping.
                thread = threading.Thread(target=self._serve, name="emporix-mock-post", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self) -> None:
        while True:
            loop, world, message = self._work.get()
            outcome = self._sent(message)
            try:
                loop.call_soon_threadsafe(self._done, world, message, outcome)
            except RuntimeError:
                continue  # the server has stopped

    def _sent(self, message: Message) -> Outcome:
        host = (urlsplit(message["url"]).hostname or "").lower()
        if not is_loopback(host) and host not in self._hosts:
            text = f"'{host}' is not this machine; allow it with --webhook-host {host}"
            return {"refused": True, "error": text}
        from http.client import HTTPException  # noqa: PLC0415  # not for a server that sends nothing

        started = stopwatch()
        try:
            outcome: Outcome = {"status": post(message)}
        except (OSError, HTTPException, ValueError) as error:
            outcome = {"error": f"{type(error).__name__}: {error}"}
        outcome["milliseconds"] = round((stopwatch() - started) * 1000, 3)
        return outcome


def post(message: Message) -> int:
    """Send one message; the status of the answer. Raises what connections raise."""
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415  # see above

    parts = urlsplit(message["url"])
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=message["body"], headers=dict(message["headers"]))
        return connection.getresponse().status
    finally:
        connection.close()
