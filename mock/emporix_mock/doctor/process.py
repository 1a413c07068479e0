"""A server in a process of its own: how fast it is up, what it weighs, whether it routes every operation."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from emporix_mock.config import DEFAULT_TENANT
from emporix_mock.doctor.finding import Finding, counted
from emporix_mock.store.sources import stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emporix_mock.asgi.control.operations import OperationEntry

__all__ = ["MAIN", "StartError", "first_answer", "routing", "running", "server"]

_PATIENCE: Final = 60.0
MAIN: Final = "import sys; from emporix_mock.cli import main; sys.exit(main())"
_FORM: Final = {
    "grant_type": "client_credentials",
    "client_id": f"{DEFAULT_TENANT}-backend",
    "client_secret": f"{DEFAULT_TENANT}-backend-secret",
}


class StartError(Exception):
    """The server did not come up or did not answer; the text says what it said."""


@dataclass(slots=True)
class Running:
    """A server process and an open connection to it."""

    pid: int
    started: float
    connection: http.client.HTTPConnection

    def ask(self, method: str, path: str, *, token: str = "", form: str = "") -> tuple[int, bytes]:
        """One request: status and body of its answer. `StartError` when there is none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, form or None, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StartError(f"{method} {path}: {type(error).__name__}: {error}") from error


@contextmanager
def running(*options: str) -> Iterator[Running]:
    """`emporix-mock up` on a free port until the end of the block. `StartError` when it does not come up."""
    started = stopwatch()
    command = [sys.executable, "-c", MAIN, "up", "--port", "0", "--quiet", *options]
    process = subprocess.Popen(  # noqa: S603  # our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    timer = Timer(_PATIENCE, process.kill)
    timer.start()
    try:
        url = process.stdout.readline().strip() if process.stdout else ""
        if not url:
            said = process.communicate()[1].strip().splitlines()
            raise StartError(said[-1] if said else "the server ended without a word")
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
        try:
            yield Running(process.pid, started, connection)
        finally:
            connection.close()
    finally:
        timer.cancel()
        process.terminate()
        process.communicate()


def server(entries: Sequence[OperationEntry]) -> Iterator[Finding]:
    """Findings about a server with the bundled documents, which should route `entries`."""
    try:
        with running() as found:
            seconds = first_answer(found)
            text = f"{seconds:.2f} s to the first right answer, measured here"
            yield Finding("start", ok=True, text=text, numbers={"seconds": round(seconds, 3)})
            first = memory(found.pid)
            yield routing(found, entries, "bundled")
            yield _weight(first, memory(found.pid))
    except StartError as error:
        yield Finding("start", ok=False, text=str(error))


def first_answer(server: Running) -> float:
    """Seconds from the start of the process to the first list that a fresh token gets."""
    status, body = server.ask("POST", "/oauth/token", form=urlencode(_FORM))
    token = json.loads(body).get("access_token", "") if status == 200 else ""
    status, body = server.ask("GET", f"/reward-points/{DEFAULT_TENANT}/redeemOptions", token=token)
    if status != 200 or not isinstance(json.loads(body), list):
        raise StartError(f"the first answer was wrong: {status} {body[:200]!r}")
    return stopwatch() - server.started


def memory(pid: int) -> int | None:
    """Resident bytes of a process; None where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    else:
        try:
            done = subprocess.run(  # noqa: S603
                ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607  # wherever the system keeps it
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError:
            return None
        found = re.match(r"\s*(\d+)", done.stdout)
    return int(found[1]) * 1024 if found else None


def _weight(first: int | None, every: int | None) -> Finding:
    if first is None or every is None:
        return Finding("memory", None, "not measured: this system does not tell")
    text = f"{first / 1e6:.0f} MB after the first answer, {every / 1e6:.0f} MB with every service in use"
    text += ", measured here"
    return Finding("memory", ok=True, text=text, numbers={"first": first, "every": every})


def routing(server: Running, entries: Sequence[OperationEntry], documents: str) -> Finding:
    """Send each operation a request without a token and read in the journal where it went.

    An operation is routed when its own id is journalled and the answer is no 5xx.
    """
    sent: dict[tuple[str, str], OperationEntry] = {}
    journal: dict[tuple[str, str], dict[str, Any]] = {}
    for service in dict.fromkeys(entry.service for entry in entries):
        for entry in entries:
            if entry.service == service:
                path = _path(entry.path, len(sent))
                sent[entry.method, path] = entry
                server.ask(entry.method, path)
        query = urlencode({"service": service, "limit": 1000})
        _, body = server.ask("GET", f"/_mock/worlds/{DEFAULT_TENANT}/requests?{query}")
        journal |= {(each["method"], each["path"]): each for each in json.loads(body)}
    lost = [entry for place, entry in sent.items() if not _arrived(journal.get(place), entry)]
    routed = len(sent) - len(lost)
    text = f"{routed} of {counted(len(entries), 'operation')} routed, {documents} documents"
    if lost:
        text += f"; not {', '.join(f'{each.service} {each.id}' for each in lost[:3])}"
    numbers = {"routed": routed, "operations": len(entries), "documents": documents}
    return Finding("routed", routed == len(entries), text, numbers)


def _path(template: str, number: int) -> str:
    """A path of the default tenant that no other operation is sent."""
    return re.sub(r"\{[^}]*\}", f"r{number}", template.replace("{tenant}", DEFAULT_TENANT))


def _arrived(journalled: dict[str, Any] | None, entry: OperationEntry) -> bool:
    if journalled is None:
        return False
    found = (journalled["service"], journalled["operationId"])
    return found == (entry.service, entry.id) and journalled["status"] < 500
