"""A process for each service, forked where the system can fork from one that has imported everything.

Two services, or two workers of one, never share a process: Schemathesis keeps hooks and checks per
process, and two workers in one crash in Python's own AST constructor.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from emporix_mock_contract import process

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from pathlib import Path

__all__ = ["carry_out"]

WARM = "emporix_mock_contract.warm"
_STARTING = Lock()


def carry_out(task: Path) -> tuple[int, str]:
    """Do the task in a file in a process of its own: its exit code and all that it printed."""
    printed = task.with_suffix(".txt")
    printed.touch()
    started = _context().Process(target=_do, args=(task, printed, _environment()), daemon=True)  # type: ignore[attr-defined]
    with _STARTING:
        # The order of sets must not differ between two runs; a fork has that of the first process.
        given = os.environ.get("PYTHONHASHSEED")
        os.environ["PYTHONHASHSEED"] = "0"
        try:
            started.start()
        finally:
            os.environ.pop("PYTHONHASHSEED")
            os.environ.update({} if given is None else {"PYTHONHASHSEED": given})
    started.join()
    code: int = started.exitcode
    started.close()
    return code, printed.read_text(encoding="utf-8", errors="replace")


@cache
def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([WARM])
    return context


def _environment() -> dict[str, str]:
    """That of this process, but no proxy must see a loopback request, and nobody's hooks belong here."""
    found = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    found.pop("SCHEMATHESIS_HOOKS", None)
    return {**found, "NO_PROXY": "*", "COLUMNS": "120"}


def _do(task: Path, printed: Path, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(task.parent)
    with printed.open("wb") as file:
        for standard in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), standard.fileno())
            standard.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(process.main(task))
