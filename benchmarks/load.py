"""Load on a server: wrk where it is installed, else a client of our own in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

HERE = Path(__file__).parent
_runs = count(1)


@dataclass(frozen=True)
class Workload:
    """One kind of request. `@` in path or body stands for a number that no other request has."""

    name: str
    method: str
    path: str
    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What came of a run: requests, seconds, latencies in milliseconds, answers of another status."""

    requests: int
    seconds: float
    p50: float
    p99: float
    wrong: int


def tool() -> str:
    """Which load generator this machine has."""
    return "wrk" if shutil.which("wrk") else "own client (asyncio, in a process of its own)"


def run(port: int, workload: Workload, connections: int, seconds: float) -> Load:
    """Ask for `seconds` over `connections`. Raises `RuntimeError` when no request was answered."""
    program = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    url = f"http://127.0.0.1:{port}"
    own = [sys.executable, str(HERE / "client.py"), str(port), str(connections), str(seconds)]
    command = [*program, "-s", str(HERE / "load.lua"), url] if shutil.which("wrk") else own
    request = {
        "method": workload.method,
        "path": workload.path,
        "body": workload.body,
        "headers": {"Host": "127.0.0.1", **workload.headers},
        "status": workload.status,
        "run": f"{os.getpid() % 10000}x{next(_runs)}x",
    }
    environment = {**os.environ, **{f"LOAD_{key.upper()}": _text(value) for key, value in request.items()}}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"{workload.name}: {done.stdout[-500:]}{done.stderr[-500:]}")
    found = Load(**json.loads(line.removeprefix("RESULT ")))
    if not found.requests:
        raise RuntimeError(f"{workload.name}: no request was answered")
    return found


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text}" for name, text in value.items())
    return str(value)
