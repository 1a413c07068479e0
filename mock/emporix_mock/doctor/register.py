"""What the shipped register says, and whether it speaks of the code that is here."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.doctor.finding import Finding, counted
from emporix_mock.fidelity import evidence
from emporix_mock.fidelity.register import operations
from emporix_mock.fidelity.totals import contract, count
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock.asgi.control.operations import OperationEntry
    from emporix_mock.fidelity.register import Register

__all__ = ["RECORDED", "beside_services", "contract_runs", "levels", "of_campaign"]

RECORDED: Final = "recorded on {date}, not run now"


def levels(register: Register, entries: Sequence[OperationEntry]) -> Finding:
    """How the operations are served, by the code; wrong when the register says otherwise."""
    found = count({"level": entry.level, "evidence": entry.evidence or _NOTHING} for entry in entries)
    known = {(service, each["id"]): each["level"] for service, each in operations(register)}
    apart = [entry for entry in entries if known.pop((entry.service, entry.id), None) != entry.level]
    text = f"{found.behaviour} behaviour, {found.crud} crud, {found.example} example"
    text += f"; {found.flow} answered in tests, {found.live} compared with a live tenant"
    if apart or known:
        text += f"; the register is stale for {counted(len(apart) + len(known), 'operation')}"
    numbers = {
        "behaviour": found.behaviour,
        "crud": found.crud,
        "example": found.example,
        "flow": found.flow,
        "live": found.live,
    }
    return Finding("levels", not apart and not known, text, numbers)


_NOTHING = {"contract": None, "flow": None, "live": None}


def contract_runs(
    register: Register, *, when: str = RECORDED, failed: bool = False, beside: str = ""
) -> Finding:
    """The contract runs that a register holds. `when` says of the shipped one that nothing was run now, else
    when it was; `failed` says that a campaign ended badly beyond them, `beside` what else is to be told."""
    found, total = contract(register), len(register["services"])
    reached = count(each for _, each in operations(register))
    numbers = {
        "cases": found.cases,
        "failures": found.failures,
        "services": found.services,
        "passed": found.passed,
        "operations": reached.contract,
        "dates": found.dates,
        "tools": found.tools,
        "ran": not when.startswith(RECORDED),
    }
    if found.dates is None:
        text = "no contract run yet; --full makes one"
        return Finding("contract", False if failed else None, text, numbers)
    text = f"{counted(found.cases, 'case')}, {counted(found.failures, 'failure')};"
    text += f" {found.passed} of {total} services and {reached.contract} of"
    text += f" {counted(reached.operations, 'operation')} passed; {when.format(date=found.dates[1])}"
    text += "".join(f"; {each}" for each in (*found.tools, beside) if each)
    good = found.failures == 0 and found.passed == found.services and not failed
    complete = found.services == total
    return Finding("contract", (True if complete else None) if good else False, text, numbers)


def beside_services(ledgers: Mapping[str, dict[str, Any]], recorded: Register) -> str:
    """What a campaign has that the count of services leaves out, and what the shipped register says instead
    where it says something else: other tools make other cases."""
    control = [each["cases"] for name, each in ledgers.items() if name == CONTROL]
    found = [f"the control API's {counted(sum(control), 'case')} not counted"] if control else []
    cases, said = sum(each["cases"] for each in ledgers.values()) - sum(control), contract(recorded)
    if cases != said.cases:
        found.append(", ".join([f"recorded are {said.cases:,}", *said.tools]))
    return "; ".join(found)


def of_campaign(register: Register, ledgers: Mapping[str, dict[str, Any]]) -> Register:
    """`register` with the contract evidence of these ledgers and no other."""
    found = copy.deepcopy(register)
    for service in found["services"]:
        service["contract"] = None
        for each in service["operations"]:
            each["evidence"]["contract"] = None
    evidence.add_contract(found, ledgers)
    return found
