#!/usr/bin/env python3
"""Instructions per request, counted by valgrind: the same on every machine, so a gate can stand on them.

Without arguments: counts and prints. One counted run calls this file with a number of requests: a warm
application is forked for each kind, and what two forks differ by is what the requests cost, without start,
first-use work and valgrind's noise. The application is called in process: no socket, no HTTP parser.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

REQUESTS = 500
WARM = 60  # requests of each kind before: the interpreter speeds up what it meets again
BARS = {"list": 120_000, "post": 150_000}
TENANT = "acme"


def count() -> dict[str, int]:
    """Instructions of one request of each kind. Raises `FileNotFoundError` where valgrind is absent."""
    counted = [sys.executable, __file__, str(REQUESTS)]
    # The first run of a changed tree compiles it; that is not to be counted.
    subprocess.run([*counted[:-1], "1"], capture_output=True, check=True)
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise FileNotFoundError("valgrind")
    command = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *counted]
    # A fixed seed of the hashes and no other configuration than our own make two runs the same.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    found = dict(re.findall(r"==(\d+)== I\s+refs:\s+([\d,]+)", done.stderr))
    if done.returncode != 0 or not found:
        raise RuntimeError(f"the counted run failed: {done.stderr[-2000:]}")
    forks = dict(line.split() for line in done.stdout.splitlines())
    totals = {kind: int(found[pid].replace(",", "")) for kind, pid in forks.items()}
    return {kind: (totals[kind] - totals["none"]) // REQUESTS for kind in BARS}


# The counted run.


def run(requests: int) -> None:
    """Fork a warm application for each kind of request, and print which process was for which."""
    from emporix_mock.app import create_app
    from emporix_mock.config import Config

    gc.disable()
    app, loop = create_app(Config(tenant=TENANT)), asyncio.new_event_loop()
    token = loop.run_until_complete(warmed(app))
    for kind, send in {"none": None, "list": lists, "post": posts}.items():
        child = os.fork()
        if child == 0:
            if send is not None:
                loop.run_until_complete(send(app, token, range(WARM, WARM + requests)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status == 0, kind
        print(kind, child)


async def warmed(app: Any) -> bytes:
    """A token, after some requests of each kind."""
    _, answer = await call(app, "POST", "/oauth/token", b"", FORM, b"application/x-www-form-urlencoded")
    token = b"Bearer " + json.loads(answer)["access_token"].encode()
    await lists(app, token, range(WARM))
    await posts(app, token, range(WARM))
    return token


async def lists(app: Any, token: bytes, numbers: range) -> None:
    """Ask for a list, with a real token, validation and journal on."""
    for _ in numbers:
        status, answer = await call(app, "GET", f"/reward-points/{TENANT}/redeemOptions", token)
        assert status == 200, answer


async def posts(app: Any, token: bytes, numbers: range) -> None:
    """Open accounts of points, with state on, too."""
    for number in numbers:
        path, body = f"/reward-points/customer/B{number}", ACCOUNT % (b"B%d" % number)
        status, answer = await call(app, "POST", path, token, body, b"application/json")
        assert status == 200, answer


FORM = b"grant_type=client_credentials&client_id=acme-backend&client_secret=acme-backend-secret"
ACCOUNT = (
    b'{"customerId":"%s","startPoints":{"reference-id":"1000063","description":"Welcome points for joining'
    b' the programme in the shop","points":0,"createdAt":"2026-06-01T08:30:00.000+00:00","validUntil":'
    b'"2028-06-01T08:30:00.000+00:00"}}'
)


SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "scheme": "http",
    "root_path": "",
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 80),
}


class Exchange:
    """The two channels of one request."""

    __slots__ = ("answer", "body", "status")

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def receive(self) -> dict[str, Any]:
        """Give the body."""
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        """Take the answer."""
        if "body" in message:
            self.answer: bytes = message["body"]
        else:
            self.status: int = message["status"]


async def call(
    app: Any, method: str, path: str, token: bytes, body: bytes = b"", media: bytes = b"", query: bytes = b""
) -> tuple[int, bytes]:
    """One request through the application."""
    headers = [(b"host", b"localhost"), (b"authorization", token)]
    if body:
        headers += [(b"content-type", media), (b"content-length", b"%d" % len(body))]
    exchange = Exchange(body)
    scope = {**SCOPE, "method": method, "path": path, "raw_path": path.encode(), "headers": headers}
    scope["query_string"] = query
    await app(scope, exchange.receive, exchange.send)
    return exchange.status, exchange.answer


def main() -> None:
    """Print the counts, or be the counted run."""
    if len(sys.argv) == 2:
        run(int(sys.argv[1]))
        return
    for kind, found in count().items():
        print(f"{kind}: {found:,} instructions per request, bar {BARS[kind]:,}")


if __name__ == "__main__":
    main()
