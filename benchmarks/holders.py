"""Servers that hold many documents, and the same questions to each of them."""

from __future__ import annotations

import http.client
import json
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from servers import HERE, OURS, PEERS, TENANT, Server

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = ("get", "page 1", "page 1,000", "q, indexed", "q, not indexed", "sort", "bulk create of 200")
CHANGED = ("sort, after a write", "the same q, after a write")
WORLD = ("fork", "first write after a fork", "first filter after a fork", "reset")
AT_FIRST = "{}, at first"
PAGE = 10
PATIENCE = 600.0
MOST = 40
LONGEST, ONE = 2.0, 8.0
"""Seconds after which no third request is made, and no second one."""


@dataclass
class Question:
    """A request; `@` in path and body becomes unique, `{n}` the middle document. `before` is not timed.

    The first `apart` requests, which may do what later ones need not, are told apart: the slowest of them.
    """

    method: str
    path: str
    body: Callable[[int], Any] | None = None
    before: Question | None = None
    times: int = MOST
    apart: int = 0


@dataclass
class Holder:
    """A server that is started with documents in it."""

    name: str
    command: Callable[[int, int], list[str]]
    questions: dict[str, Question]
    most: int = 10**9
    missing: str = ""
    port: int = 0
    server: Server | None = None
    _number: int = 0

    def start(self, count: int) -> None:
        """Start with `count` documents and wait until it answers."""
        self.server = Server(self.name, lambda port: self.command(port, count), {})
        self.server._first = lambda: self.ask(self.questions["page 1"], count, self.server.port)  # type: ignore[union-attr,method-assign]
        self.server.patience = PATIENCE
        self.server.start()

    def ask(self, question: Question, count: int, port: int | None = None) -> tuple[float, bytes]:
        """Milliseconds of one request, and its answer; `HTTPException` for anything but success."""
        assert self.server is not None
        self._number += 1
        number = self._number
        path = question.path.replace("{n}", str(count // 2)).replace("@", f"{number}")
        body = None if question.body is None else json.dumps(question.body(number))
        headers = {"Authorization": "Bearer benchmark"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", port or self.server.port, timeout=120)
        connection.connect()
        started = time.perf_counter()
        connection.request(question.method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - started) * 1000
        connection.close()
        if response.status >= 300:
            raise http.client.HTTPException(f"{self.name} {path}: {response.status} {content[:200]!r}")
        return took, content

    def measure(self, name: str, count: int) -> dict[str, float]:
        """The median of some requests by the name of the row; nothing for what the server is never asked."""
        question = self.questions.get(name)
        if question is None or (name == "page 1,000" and count < 1000 * PAGE):
            return {}
        first = [self.ask(question, count)[0] for _ in range(question.apart)]
        found = {AT_FIRST.format(name): max(first)} if first else {}
        taken: list[float] = []
        began = time.perf_counter()
        while len(taken) < question.times and time.perf_counter() - began < (
            LONGEST if len(taken) > 1 else ONE
        ):
            if question.before is not None:
                self.ask(question.before, count)
            taken.append(self.ask(question, count)[0])
        return {**found, name: median(taken)}

    def memory(self) -> float:
        """Resident memory in MB."""
        assert self.server is not None
        return self.server.memory()

    def stop(self) -> None:
        """End it."""
        if self.server is not None:
            self.server.stop()


def holders() -> list[Holder]:
    """All of them; those that are not installed say in `missing` what to do."""
    return [_ours(), _commerce(), _json_server()]


def _ours() -> Holder:
    products, control = f"/product/{TENANT}/products", f"/_mock/worlds/{TENANT}"

    def new(number: int) -> list[dict[str, Any]]:
        return [
            {"code": f"new-{number}-{part}", "name": {"en": "New"}, "productType": "BASIC"}
            for part in range(200)
        ]

    write = Question("PATCH", f"{products}/p{{n}}", lambda number: {"description": {"en": f"Text {number}"}})
    sort = Question("GET", f"{products}?pageSize={PAGE}&sort=code:desc", apart=1)
    scan = Question("GET", f"{products}?pageSize={PAGE}&q=code:~7-no-such-@", apart=2)
    indexed = Question("GET", f"{products}?pageSize={PAGE}&q=id:p{{n}}", apart=1)
    again = Question("GET", f"{products}?pageSize={PAGE}&q=code:~7-no-such-code", before=write, times=5)
    fork = Question("POST", f"{control}/fork", lambda _: {"to": "copy"})
    return Holder(
        OURS,
        lambda port, count: [sys.executable, str(HERE / "apps/filled.py"), str(port), str(count)],
        {
            "get": Question("GET", f"{products}/p{{n}}"),
            "page 1": Question("GET", f"{products}?pageSize={PAGE}"),
            "page 1,000": Question("GET", f"{products}?pageSize={PAGE}&pageNumber=1000"),
            "q, indexed": indexed,
            "q, not indexed": scan,
            "sort": sort,
            "bulk create of 200": Question("POST", f"{products}/bulk", new, times=5),
            "sort, after a write": Question("GET", sort.path, before=write, times=5),
            "the same q, after a write": again,
            "fork": Question(fork.method, fork.path, fork.body, times=15),
            "first write after a fork": Question(write.method, write.path, write.body, fork, times=15),
            "first filter after a fork": Question("GET", indexed.path, before=fork, times=15),
            "reset": Question("POST", f"{control}/reset", times=1),
        },
    )


def _commerce() -> Holder:
    categories = "/bench/categories"

    def command(port: int, count: int) -> list[str]:
        script = PEERS.parent / "commerce.mjs"
        shutil.copy(HERE / "apps/commerce.mjs", script)
        return [shutil.which("node") or "", str(script), str(port), str(count)]

    return Holder(
        "commerce mock",
        command,
        {
            "get": Question("GET", f"{categories}/key=k{{n}}"),
            "page 1": Question("GET", f"{categories}?limit={PAGE}"),
            "page 1,000": Question("GET", f"{categories}?limit={PAGE}&offset={999 * PAGE}"),
            "q, not indexed": Question("GET", f"{categories}?limit={PAGE}&where=key%3D%22k{{n}}-@%22"),
            "sort": Question("GET", f"{categories}?limit={PAGE}&sort=key%20desc"),
        },
        most=100_000,
        missing=_absent("@labdigital/commercetools-mock"),
    )


def _json_server() -> Holder:
    def command(port: int, count: int) -> list[str]:
        from apps.filled import product

        file = PEERS.parent / f"things-{count}.json"
        file.write_text(json.dumps({"things": [product(number) for number in range(count)]}))
        program = PEERS / "json-server" / "lib" / "cli" / "bin.js"
        return [shutil.which("node") or "", str(program), "--quiet", "--port", str(port), str(file)]

    return Holder(
        "json-server",
        command,
        {
            "get": Question("GET", "/things/p{n}"),
            "page 1": Question("GET", f"/things?_page=1&_limit={PAGE}"),
            "page 1,000": Question("GET", f"/things?_page=1000&_limit={PAGE}"),
            "q, not indexed": Question("GET", f"/things?_limit={PAGE}&code_like=7-no-such-@"),
            "sort": Question("GET", f"/things?_limit={PAGE}&_sort=code&_order=desc"),
        },
        most=1_000_000,
        missing=_absent("json-server"),
    )


def _absent(package: str) -> str:
    there = (Path(PEERS) / package).is_dir() and shutil.which("node")
    return "" if there else "run benchmarks/install-peers"
