"""The account of a run: what happened to each operation, as JSON for people and programs."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from schemathesis.cli import EventHandler, ExecutionContext
from schemathesis.engine import Status, events
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, coverage_scenario

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.engine.recorder import ScenarioRecorder

    from emporix_mock_contract.document import Documented


@dataclass(slots=True)
class Account:
    """One operation: cases by mode and status, checks by outcome, whether a valid case succeeded."""

    operation: str
    cases: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[str]] = field(
        default_factory=lambda: {"valid": Counter(), "invalid": Counter()}
    )
    checks: dict[str, Counter[str]] = field(default_factory=dict)
    phases: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    reached: bool = False

    def entry(self) -> dict[str, Any]:
        """The account as JSON."""
        classes: Counter[str] = Counter()
        for counted in self.statuses.values():
            for status, number in counted.items():
                classes[f"{status[0]}xx"] += number
        return {
            "operation": self.operation,
            "reached": self.reached,
            "cases": dict(self.cases),
            "phases": dict(self.phases),
            "status_classes": dict(sorted(classes.items())),
            "statuses": {mode: dict(sorted(counted.items())) for mode, counted in self.statuses.items()},
            "rules": dict(sorted(self.rules.items())),
            "checks": {name: dict(counted) for name, counted in sorted(self.checks.items())},
        }


class Ledger:
    """Everything worth keeping of one run."""

    def __init__(self, documented: Documented, chosen: tuple[str, ...]) -> None:
        self.service = documented.service
        self.accounts = {
            label: Account(operation.id)
            for label, operation in documented.by_label.items()
            if not chosen or operation.id in chosen
        }
        self.failures: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.errors: list[str] = []
        self.tolerated: Counter[str] = Counter()
        self.strangers: Counter[str] = Counter()
        self.owned: list[str] = []
        self.public: dict[str, list[str]] = {}
        self.cases = 0
        self.seconds = 0.0

    def scenario(self, phase: str, recorder: ScenarioRecorder) -> None:
        """Count the cases of one scenario."""
        for case_id, node in recorder.cases.items():
            interaction = recorder.interactions.get(case_id)
            if interaction is None or interaction.response is None:
                continue
            self.cases += 1
            case = node.value
            account = self.accounts.get(case.operation.label)
            if account is None:
                continue
            status = interaction.response.status_code
            probe = coverage_scenario(case) in REQUEST_SHAPE_PROBES
            valid = case.meta is not None and case.meta.generation.mode.is_positive and not probe
            mode = "valid" if valid else "invalid"
            if node.parent_id is None or node.transition is not None:
                account.cases[mode] += 1
                account.statuses[mode][str(status)] += 1
                account.reached = account.reached or (valid and 200 <= status < 300)
            else:
                account.cases["probe"] += 1
            account.phases[phase] += 1
            for rule in interaction.response.headers.get("x-emporix-mock-rule") or ():
                account.rules[rule] += 1
            self._checks(account, recorder, case_id)

    def _checks(self, account: Account, recorder: ScenarioRecorder, case_id: str) -> None:
        for check in recorder.checks.get(case_id, ()):
            counted = account.checks.setdefault(check.name, Counter())
            counted["passed" if check.status == Status.SUCCESS else "failed"] += 1
            if check.failure_info is not None:
                info = check.failure_info
                self.failure(check.name, info.failure, info.code_sample)
            elif check.status == Status.ERROR:
                self.errors.append(f"check {check.name} crashed")

    def failure(self, check: str, failure: Failure, sample: str = "") -> None:
        """Keep a finding, once per check, operation and title."""
        label = failure.operation or ""
        key = (check, label, failure.title)
        found = self.failures.setdefault(
            key,
            {
                "check": check,
                "operation": self.accounts[label].operation if label in self.accounts else label,
                "title": failure.title,
                "message": failure.message,
                "reproduce": sample,
                "count": 0,
            },
        )
        found["count"] += 1

    def entry(self, exit_code: int) -> dict[str, Any]:
        """The ledger as JSON."""
        accounts = [account.entry() for account in self.accounts.values()]
        return {
            "service": self.service,
            "date": datetime.now(UTC).date().isoformat(),
            "tools": _tools(),
            "passed": exit_code == 0,
            "exit_code": exit_code,
            "operations": len(accounts),
            "reached": sum(account["reached"] for account in accounts),
            "cases": self.cases,
            "seconds": round(self.seconds, 2),
            "failures": list(self.failures.values()),
            "errors": self.errors,
            "tolerated": dict(sorted(self.tolerated.items())),
            "strangers": dict(sorted(self.strangers.items())),
            "owned": self.owned,
            "public": self.public,
            "by_operation": accounts,
        }


def _tools() -> str:
    """What the cases are made with: the same give the same cases, others give others."""
    made = ((name, version(name)) for name in ("schemathesis", "hypothesis", "jsonschema-rs"))
    python = ".".join(platform.python_version_tuple()[:2])
    return ", ".join(f"{name} {number}" for name, number in (*made, ("Python", python)))


def handler_for(ledger: Ledger) -> type[EventHandler[Any]]:
    """The event handler that fills a ledger while Schemathesis runs."""

    class Recorder(EventHandler[ExecutionContext]):
        def __init__(self, *_args: Any, **_params: Any) -> None:
            """Schemathesis hands over its command line, which says nothing new here."""

        def handle_event(self, ctx: ExecutionContext, event: events.EngineEvent) -> None:
            del ctx
            if isinstance(event, events.ScenarioFinished):
                ledger.scenario(event.phase.value, event.recorder)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                ledger.errors.append(_told(event))
            elif isinstance(event, events.EngineFinished):
                ledger.seconds = event.running_time
                for failure in event.failures:
                    ledger.failure(_check_of(failure), failure)

    return Recorder


def _check_of(failure: Failure) -> str:
    return failure.checks[0] if failure.checks else type(failure).__name__


def _told(event: events.NonFatalError | events.FatalError) -> str:
    if isinstance(event, events.FatalError):
        return f"{type(event.exception).__name__}: {event.exception}"
    info = event.info
    return f"{event.label}: {info.title}: {info.message}"
