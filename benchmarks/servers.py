"""The servers that are compared: how each is started, asked for the first time and measured."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from load import Workload

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
PEERS = HERE.parent / "build" / "peers" / "node_modules"
MERGED = HERE.parent / "build" / "benchmarks" / "merged.json"
TENANT = "acme"
TICKS = os.sysconf("SC_CLK_TCK")
FORM = "grant_type=client_credentials&client_id=acme-backend&client_secret=acme-backend-secret"
LIST = f"/reward-points/{TENANT}/redeemOptions"
# An account without points yet, so that what counts is validation, unit of work, store and journal.
ACCOUNT = (
    '{"customerId":"@","startPoints":{"reference-id":"1000063","description":"Welcome points for joining'
    ' the programme in the shop","points":0,"createdAt":"2026-06-01T08:30:00.000+00:00","validUntil":'
    '"2028-06-01T08:30:00.000+00:00"}}'
)


# An installed package has its bytecode beside it; one that runs from its sources gets it at the first start.
INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass
class Server:
    """One contender. `command` takes the port; `first` asks until the first right answer comes."""

    name: str
    command: Callable[[int], list[str]]
    workloads: dict[str, Workload]
    token: str = "benchmark"
    missing: str = ""
    patience: float = 60.0
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait for the first right answer to a list; seconds it took."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self.command(self.port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=PEERS.parent if PEERS.is_dir() else None,
            env=INSTALLED,
        )
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
            if time.perf_counter() - began > self.patience:
                self.stop()
                raise RuntimeError(f"{self.name} did not answer within {self.patience:g} s")
            try:
                self._first()
            except (OSError, http.client.HTTPException):
                time.sleep(0.002)
            else:
                return time.perf_counter() - began

    def _first(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if self.name == OURS:
            answer = ask(connection, "POST", "/oauth/token", FORM, "application/x-www-form-urlencoded")
            self.token = json.loads(answer)["access_token"]
        wanted = self.workloads["list"]
        ask(connection, "GET", wanted.path, token=self.token)
        connection.close()

    def workload(self, name: str) -> Workload | None:
        """One of its workloads, with its token; None where the server has none of that name."""
        found = self.workloads.get(name)
        if found is None:
            return None
        headers = {"Authorization": f"Bearer {self.token}", **found.headers}
        return Workload(found.name, found.method, found.path, found.body, found.status, headers)

    def cpu(self) -> float:
        """CPU seconds used so far."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str = "",
    media: str = "application/json",
    token: str = "",
) -> bytes:
    """One request; `HTTPException` for anything but success."""
    headers = {"Content-Type": media} if body else {}
    connection.request(method, path, body or None, {**headers, "Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    content = response.read()
    if response.status >= 300:
        raise http.client.HTTPException(f"{response.status} {content[:200]!r}")
    return content


OURS, STOCK, BARE = "emporix-mock", "stock Connexion 3.3", "bare uvicorn"


def servers(large: Workload) -> list[Server]:
    """All contenders; those that are not installed say in `missing` what to do."""
    post = Workload("post", "POST", "/reward-points/customer/@", ACCOUNT)
    wrong = Workload("400", "POST", post.path, post.body.replace(":0,", ':"many",'), 400)
    ours = {
        "list": Workload("list", "GET", LIST),
        "get": Workload("get", "GET", f"/coupon/{TENANT}/coupons/WELCOME10"),
        "404": Workload("404", "GET", f"/reward-points/{TENANT}/nothing/here", status=404),
        "400": wrong,
        "post": post,
        "large post": large,
    }
    floor = {name: Workload(name, w.method, w.path, w.body) for name, w in ours.items()}
    node, python = shutil.which("node") or "", sys.executable
    prism = {**ours, "400": Workload("400", "POST", post.path, wrong.body, 400)}
    commerce = {
        "list": Workload("list", "GET", "/bench/categories"),
        "get": Workload("get", "GET", "/bench/categories/key=k1"),
        "post": Workload(
            "post", "POST", "/bench/categories", '{"key":"@","name":{"en":"One"},"slug":{"en":"@"}}', 201
        ),
    }
    mockoon = {name: w for name, w in ours.items() if name != "400"}
    return [
        Server(BARE, lambda port: [python, str(HERE / "apps/bare.py"), str(port)], floor),
        Server(
            OURS,
            lambda port: [str(Path(python).with_name("emporix-mock")), "up", "--quiet", "--port", str(port)],
            ours,
        ),
        Server(STOCK, lambda port: [python, str(HERE / "apps/stock.py"), str(port)], ours),
        _peer(
            "Prism",
            "@stoplight/prism-cli/dist/index.js",
            lambda port: ["mock", "-p", str(port), "--errors"],
            prism,
            node,
        ),
        _peer(
            "Mockoon",
            "@mockoon/cli/bin/run.js",
            lambda port: ["start", "--disable-log-to-file", "-p", str(port)],
            mockoon,
            node,
        ),
        _peer(
            "commerce mock",
            "@labdigital/commercetools-mock/dist/index.mjs",
            lambda port: [str(port), "10"],
            commerce,
            node,
        ),
    ]


def _peer(
    name: str, file: str, arguments: Callable[[int], list[str]], workloads: dict[str, Workload], node: str
) -> Server:
    def command(port: int) -> list[str]:
        if name == "commerce mock":
            script = PEERS.parent / "commerce.mjs"
            shutil.copy(HERE / "apps/commerce.mjs", script)
            return [node, str(script), *arguments(port)]
        if name == "Mockoon":
            return [node, str(PEERS / file), *arguments(port), "--data", str(MERGED)]
        return [node, str(PEERS / file), *arguments(port), str(MERGED)]

    absent = not (PEERS / file).is_file() or not node
    return Server(name, command, workloads, missing="run benchmarks/install-peers" if absent else "")


def merged() -> None:
    """Write all documents as one, for peers that take a single one; components prefixed by service."""
    from emporix_mock_spec import load

    source = load.bundled()
    whole: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "all", "version": "1"}, "paths": {}}
    components: dict[str, dict[str, Any]] = {}
    for name in source.services:
        document = _prefixed(source.document(name), name)
        whole["paths"].update({p: item for p, item in document["paths"].items() if p not in whole["paths"]})
        for group, members in document.get("components", {}).items():
            names = {f"{name}.{key}" if group != "securitySchemes" else key: v for key, v in members.items()}
            components.setdefault(group, {}).update(names)
    MERGED.parent.mkdir(parents=True, exist_ok=True)
    MERGED.write_text(json.dumps({**whole, "components": components}))


def _prefixed(node: Any, name: str) -> Any:
    if isinstance(node, dict):
        return {key: _prefixed(value, name) for key, value in node.items()}
    if isinstance(node, list):
        return [_prefixed(value, name) for value in node]
    if isinstance(node, str) and node.startswith("#/components/"):
        return "/".join([*node.split("/")[:3], f"{name}.{node.split('/', 3)[3]}"])
    return node
