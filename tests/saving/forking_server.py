"""A program with everything imported that forks a server for each data file it is told on stdin.

It prints the process id and the port of each, so that a test can kill hundreds in a minute.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import emporix_mock.asgi.saving
import emporix_mock.asgi.service_app  # noqa: F401  # this and the one above: what a start imports late
from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server
from emporix_mock.services import registry
from emporix_mock.store.data_rows import Rows
from emporix_mock.store.saving import SavedWorlds

USED = (
    "reward-points",
    "coupon",
    "product-service",
    "customer-management",
    "customer-service",
    "oauth-service",
)


def serve(file: str) -> None:
    """Serve until the end of the process."""
    server = Server(create_app(Config(data=Path(file), seed="loyalty")))

    def ready() -> None:
        sys.stdout.write(f"{os.getpid()} {server.port}\n")
        sys.stdout.flush()

    server.run(ready)


def plant(defect: str) -> None:
    """Break what the test is about: `late` saves only every so often, `halves` one collection at a time."""
    if defect == "late":
        save = SavedWorlds.save
        calls = count()
        SavedWorlds.save = lambda worlds: save(worlds) if next(calls) % 20 == 0 else None
    if defect == "halves":
        documents = Rows.documents

        def halves(rows: Rows, *given: Any, **named: Any) -> None:
            documents(rows, *given, **named)
            rows._connection.execute("COMMIT")
            rows._connection.execute("BEGIN IMMEDIATE")

        Rows.documents = halves


def main() -> None:
    """Fork until stdin ends; nobody waits for the children, they leave no zombies."""
    for service in USED:
        registry.load(service)
    plant(sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            status = 1
            try:
                serve(line.strip())
                status = 0
            finally:
                os._exit(status)


main()
