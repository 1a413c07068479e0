"""Sums over the register, for every view that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.fidelity.register import operations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.fidelity.register import Register

__all__ = ["LEVELS", "Contract", "Counts", "by_level", "contract", "count"]

LEVELS: Final = {
    "behaviour": "answered by rules of its own",
    "crud": "stored and found again by the generic engine",
    "example": "an answer that fits the document; nothing is stored",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Operations in all, by level, and how many of them have each kind of evidence."""

    operations: int
    behaviour: int
    crud: int
    example: int
    contract: int
    flow: int
    live: int


@dataclass(frozen=True, slots=True)
class Contract:
    """The last contract runs together: `services` were tried, `passed` passed, between the two `dates`.

    `tools` are what their cases were made with; more than one when the runs are of different installations.
    The control API is no service and counted nowhere.
    """

    services: int
    passed: int
    cases: int
    failures: int
    dates: tuple[str, str] | None
    tools: tuple[str, ...]


def count(entries: Iterable[dict[str, Any]]) -> Counts:
    """The counts of some operations of a register."""
    found = list(entries)
    levels = [each["level"] for each in found]
    evidence = [each["evidence"] for each in found]
    return Counts(
        operations=len(found),
        behaviour=levels.count("behaviour"),
        crud=levels.count("crud"),
        example=levels.count("example"),
        contract=sum(bool(each["contract"] and each["contract"]["passed"]) for each in evidence),
        flow=sum(each["flow"] is not None for each in evidence),
        live=sum(each["live"] is not None for each in evidence),
    )


def by_level(register: Register) -> dict[str, Counts]:
    """The counts of the operations of each level."""
    found = [each for _, each in operations(register)]
    return {level: count(each for each in found if each["level"] == level) for level in LEVELS}


def contract(register: Register) -> Contract:
    """The contract runs that the register holds."""
    runs = [service["contract"] for service in register["services"] if service["contract"]]
    dates = sorted(run["date"] for run in runs)
    return Contract(
        services=len(runs),
        passed=sum(run["passed"] for run in runs),
        cases=sum(run["cases"] for run in runs),
        failures=sum(run["failures"] for run in runs),
        dates=(dates[0], dates[-1]) if dates else None,
        tools=tuple(sorted({run["tools"] for run in runs if run.get("tools")})),
    )
