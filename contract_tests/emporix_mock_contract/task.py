"""What one process is asked to do: one service of one target."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PHASES = ("examples", "coverage", "fuzzing", "stateful")
REPORTS = ("junit", "html", "har")
SEED = 20240229
MAX_EXAMPLES = 25
SCENARIOS = 40


@dataclass(frozen=True, slots=True)
class Task:
    """One service against one target. It is written to a file and read again by the process that does it.

    `operations` limits the run to some operation ids; empty means all. `document` is where the
    document stands that the service must keep, `out` where ledger and reports go. `own` says that the
    target is a stub started for the run; the tokens of any other one are masked.
    """

    service: str
    url: str
    tenant: str
    document: str
    out: str
    own: bool
    seed: int = SEED
    max_examples: int = MAX_EXAMPLES
    scenarios: int = SCENARIOS
    phases: tuple[str, ...] = PHASES
    reports: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def ledger(self) -> Path:
        """The file with what happened to every operation."""
        return Path(self.out) / f"{self.service}.ledger.json"

    def report(self, kind: str) -> Path:
        """Where a report goes; `html` is a folder."""
        suffix = {"junit": "junit.xml", "har": "har", "html": "html"}[kind]
        return Path(self.out) / f"{self.service}.{suffix}"

    def write(self, path: Path) -> None:
        """Keep the task for another process."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Task:
        """The task that `write` kept."""
        given: dict[str, Any] = json.loads(path.read_text())
        for key, value in given.items():
            given[key] = tuple(value) if isinstance(value, list) else value
        return cls(**given)
