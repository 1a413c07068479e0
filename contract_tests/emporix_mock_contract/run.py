"""A contract run: a process for each service, some at a time, and what came of them."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.errors import ConfigurationError
from emporix_mock.server import Server
from emporix_mock_contract.apart import carry_out
from emporix_mock_contract.authorization import elsewhere
from emporix_mock_contract.client import Client
from emporix_mock_contract.document import rooted
from emporix_mock_contract.profile import SERVICES
from emporix_mock_contract.session import NOON
from emporix_mock_contract.target import Target
from emporix_mock_contract.task import MAX_EXAMPLES, PHASES, SCENARIOS, SEED, Task
from emporix_mock_spec import load
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROCESSES = os.cpu_count() or 2
BROKEN = 2
SEED_SET = "loyalty"
"""What the examples of the documents speak of is in it."""

SCRATCH_TENANT = "contractmock"
"""Where the control API is tried: its operations replace whole worlds."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run does. `phases` None means all; `operations` limits it to some operation ids."""

    services: tuple[str, ...] = SERVICES
    operations: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    phases: tuple[str, ...] = PHASES
    seed: int = SEED
    max_examples: int = MAX_EXAMPLES
    scenarios: int = SCENARIOS
    out: Path | None = None
    processes: int = PROCESSES


@dataclass(frozen=True, slots=True)
class Outcome:
    """One service: the exit code of its process, its ledger and all that Schemathesis printed."""

    service: str
    code: int
    ledger: dict[str, Any] = field(repr=False)
    output: str = field(repr=False)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """What was found."""
        found: list[dict[str, Any]] = self.ledger.get("failures", [])
        return found


@contextmanager
def stub(config: Config | None = None) -> Iterator[Target]:
    """A stub for the time of a run, on free ports of this machine; with our documents unless told otherwise.

    Its worlds are made at noon of the day of the run: relative times of a seed count from the making.
    """
    config = config or Config(seed=SEED_SET)
    app, noon = create_app(config), datetime.fromisoformat(NOON)
    with Server(app) as url, Server(create_app(config)) as control_url:
        # Malformed requests are sent on purpose here and are no news.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        target = Target(url, own=True, control_url=control_url)
        for tenant in map(target.tenant_for, SERVICES):
            for world in map(app.runtime.worlds.get, (tenant, elsewhere(tenant))):
                world.began = noon
                world.clock.freeze(noon)
        yield target


def run(
    target: Target, options: Options, *, done: Callable[[Outcome], None] = lambda _outcome: None
) -> list[Outcome]:
    """Try services against a target; `done` hears of each as it ends.

    Services that share one tenant are tried one after another, since each brings the world back to
    its own state. `ConfigurationError` for a service without a profile or an unknown operation.
    """
    for service in options.services:
        if service not in SERVICES:
            raise ConfigurationError(f"--service {service}: none of {', '.join(SERVICES)}")
    with tempfile.TemporaryDirectory(prefix="emporix-contract-") as scratch:
        out = options.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        tasks = [_task(each, target, options, Folders(Path(scratch), out)) for each in options.services]
        _complain(options, tasks)
        chosen = [task for task in tasks if not options.operations or task.operations]
        found: dict[str, Outcome] = {}
        with ThreadPoolExecutor(max_workers=options.processes if target.tenant is None else 1) as pool:
            # The longest first, so that none of them is left over at the end.
            order = sorted(chosen, key=_size, reverse=True) if target.tenant is None else chosen
            for future in as_completed([pool.submit(_process, task, Path(scratch)) for task in order]):
                outcome = future.result()
                found[outcome.service] = outcome
                done(outcome)
        outcomes = [found[task.service] for task in chosen]
        _summary(out, outcomes)
    return outcomes


def _size(task: Task) -> int:
    return Path(task.document).stat().st_size


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 all passed, 1 something was found, 2 something could not be tried."""
    return max((each.code if each.code in (0, 1) else BROKEN for each in outcomes), default=BROKEN)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a run works and where it leaves what it found."""

    scratch: Path
    out: Path


def _task(service: str, target: Target, options: Options, folders: Folders) -> Task:
    raw = _document(service, target)
    document = folders.scratch / f"{service}.json"
    document.write_text(json.dumps(raw, default=str))
    ids = {
        spec["operationId"]
        for item in raw["paths"].values()
        for spec in item.values()
        if isinstance(spec, dict) and "operationId" in spec
    }
    return Task(
        service,
        _url(service, target),
        SCRATCH_TENANT if service == CONTROL else target.tenant_for(service),
        str(document),
        str(folders.out),
        own=target.own,
        seed=options.seed,
        max_examples=options.max_examples,
        scenarios=options.scenarios,
        phases=options.phases,
        reports=options.reports,
        operations=tuple(each for each in options.operations if each in ids),
    )


def _document(service: str, target: Target) -> dict[str, Any]:
    if service != CONTROL:
        return rooted(load.bundled().raw(service))
    answer: dict[str, Any] = Client(_url(service, target)).ask("GET", "/_mock/openapi.json")
    return answer


def _url(service: str, target: Target) -> str:
    return (target.control_url if service == CONTROL else None) or target.url


def _complain(options: Options, tasks: Sequence[Task]) -> None:
    known = {each for task in tasks for each in task.operations}
    unknown = [each for each in options.operations if each not in known]
    if unknown:
        raise ConfigurationError(f"--operation {unknown[0]}: none of the chosen services has it")


def _process(task: Task, scratch: Path) -> Outcome:
    path = scratch / f"{task.service}.task.json"
    task.write(path)
    task.ledger.unlink(missing_ok=True)
    code, printed = carry_out(path)
    ledger = json.loads(task.ledger.read_text()) if task.ledger.is_file() else {}
    # A process that left no ledger broke down, whatever its exit code says.
    return Outcome(task.service, code if ledger else BROKEN, ledger, printed)


def _summary(out: Path, outcomes: Sequence[Outcome]) -> None:
    kept = [{key: value for key, value in each.ledger.items() if key != "by_operation"} for each in outcomes]
    (out / "ledger.json").write_text(json.dumps({"services": kept}, indent=2) + "\n")
