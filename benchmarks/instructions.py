#!/usr/bin/env python3
"""Instructions per request, counted by valgrind: the same on every machine, so a gate can stand on them.

Without arguments: counts and prints. The counted runs call this file with two numbers of requests, so the
difference of two runs is what the requests cost, without start, first-use work and valgrind's noise.
The application is called in process: no socket, no HTTP parser.
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
from concurrent.futures import ThreadPoolExecutor
from typing import Any

FEW, MANY = 20, 520  # far enough apart that what a start varies by does not show
WARM = 60  # requests of each kind before, in both runs: the interpreter speeds up what it meets again
BARS = {"list": 120_000, "post": 150_000}
TENANT = "acme"


def count() -> dict[str, int]:
    """Instructions of one request of each kind. Raises `FileNotFoundError` where valgrind is absent."""
    # The first run of a changed tree compiles it; that is not to be counted.
    subprocess.run([sys.executable, __file__, "1", "1"], capture_output=True, check=True)
    runs = {"none": (FEW, FEW), "list": (MANY, FEW), "post": (FEW, MANY)}
    with ThreadPoolExecutor(2) as pool:
        totals = dict(zip(runs, pool.map(lambda run: total(*run), runs.values()), strict=True))
    return {kind: (totals[kind] - totals["none"]) // (MANY - FEW) for kind in BARS}


def total(lists: int, posts: int) -> int:
    """Instructions of a whole run with so many requests of each kind."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise FileNotFoundError("valgrind")
    command = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    # A fixed seed of the hashes and no other configuration than our own make two runs the same.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [*command, sys.executable, __file__, str(lists), str(posts)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"the counted run failed: {done.stderr[-2000:]}")
    return int(found[1].replace(",", ""))


# The counted run.


async def run(lists: int, posts: int) -> None:
    """Ask for a list, then open accounts of points, with a real token, validation, state and journal on."""
    from emporix_mock.app import create_app
    from emporix_mock.config import Config

    app = create_app(Config(tenant=TENANT))
    _, answer = await call(app, "POST", "/oauth/token", b"", FORM, b"application/x-www-form-urlencoded")
    token = b"Bearer " + json.loads(answer)["access_token"].encode()
    for _ in range(WARM + lists):
        status, answer = await call(app, "GET", f"/reward-points/{TENANT}/redeemOptions", token)
        assert status == 200, answer
    for number in range(WARM + posts):
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
    if len(sys.argv) == 3:
        gc.disable()
        asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
        return
    for kind, found in count().items():
        print(f"{kind}: {found:,} instructions per request, bar {BARS[kind]:,}")


if __name__ == "__main__":
    main()
