"""One task, in a process that does nothing else: see `apart`."""

from __future__ import annotations

import io
import json
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from schemathesis.cli import schemathesis as command
from schemathesis.cli.ext.handlers import CUSTOM_HANDLERS
from schemathesis.config import SchemathesisConfig

from emporix_mock_contract import wiring
from emporix_mock_contract.client import SetupError
from emporix_mock_contract.configuration import arguments, configuration, people
from emporix_mock_contract.document import documented, prepared
from emporix_mock_contract.ledger import Ledger, handler_for
from emporix_mock_contract.profile import load
from emporix_mock_contract.redact import Redactor
from emporix_mock_contract.session import Session
from emporix_mock_contract.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock_contract.document import Documented

BROKEN = 2


def main(path: Path) -> int:
    """Do the task in `path`; the exit code is Schemathesis' own, 2 when the set-up failed."""
    task = Task.read(path)
    raw: dict[str, Any] = json.loads(Path(task.document).read_text())
    found = documented(raw, task.service)
    ledger = Ledger(found, task.operations)
    started = time.perf_counter()
    with _masked(task) as masked:
        code = _try(task, found, ledger, raw, masked)
        ledger.seconds = time.perf_counter() - started
        task.ledger.write_text(json.dumps(ledger.entry(code), indent=2) + "\n")
    return code


def _try(task: Task, found: Documented, ledger: Ledger, raw: dict[str, Any], masked: set[str]) -> int:
    session: Session | None = None
    try:
        session = Session(task, load(task.service), found)
        session.set_up()
        return _run(task, session, ledger, raw)
    except SetupError as error:
        ledger.errors.append(str(error))
        print(f"set-up of {task.service}: {error}")  # noqa: T201  # it is a command
        return BROKEN
    finally:
        if session is not None:
            ledger.tolerated = session.tolerated
            with suppress(SetupError):  # a server that is gone has nothing to tell or to bring back
                if session.trial is not None:
                    ledger.strangers, ledger.public = session.trial.tried, session.trial.public
                    ledger.owned = sorted(session.trial.owned)
            with suppress(SetupError):
                session.tear_down()
            masked |= session.callers.secrets()


@contextmanager
def _masked(task: Task) -> Iterator[set[str]]:
    """Keep back what is printed, and let neither it nor a file go out with the secrets noted meanwhile.

    A stub of our own has none worth hiding, and its requests can be repeated as they are printed.
    """
    secrets: set[str] = set()
    if task.own:
        yield secrets
        return
    printed = io.StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield secrets
    finally:
        redactor = Redactor(secrets)
        redactor.files([task.ledger, *map(task.report, task.reports)])
        sys.stdout.write(redactor.text(printed.getvalue()))


def _run(task: Task, session: Session, ledger: Ledger, raw: dict[str, Any]) -> int:
    document = Path(task.document).with_suffix(".prepared.json")
    document.write_text(json.dumps(prepared(raw)))
    peers = document.with_name(f"{task.service}.peers.json")
    peers.write_text(json.dumps(people(session)))
    settings = configuration(task, session, peers)
    wiring.install(session)
    CUSTOM_HANDLERS.append(handler_for(ledger))
    try:
        command.commands["run"].main(
            args=arguments(task, document),
            prog_name="schemathesis run",
            obj=SchemathesisConfig.from_dict(settings),
            standalone_mode=True,
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else BROKEN
    except requests.RequestException as error:
        raise SetupError(str(error)) from error
    return 0
