"""Evidence: what earlier runs left behind, brought into a register that the code has just made."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from emporix_mock.errors import ConfigurationError
from emporix_mock.fidelity.register import operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from emporix_mock.fidelity.register import Register

__all__ = ["add_contract", "add_flow", "keep", "read_flow", "read_ledgers"]

_CLOSEST: Final = 3


def keep(register: Register, old: Register) -> None:
    """Take the evidence of `old` over for every operation that is still there."""
    known = {(service, each["id"]): each["evidence"] for service, each in operations(old)}
    for service, operation in operations(register):
        operation["evidence"].update(known.get((service, operation["id"]), {}))
    contracts = {each["service"]: each["contract"] for each in old["services"]}
    for each in register["services"]:
        each["contract"] = contracts.get(each["service"])
    register["flow"] = old.get("flow")


# Flow tests.


def read_flow(paths: Sequence[Path]) -> dict[str, Any]:
    """The findings of one test run, of which each file holds a part. `ConfigurationError` for other files."""
    tests: dict[str, list[list[str]]] = {}
    dates = []
    for path in paths:
        found = _read(path, "tests", "`pytest --evidence FILE` writes one")
        tests |= found["tests"]
        dates.append(found["date"])
    return {"date": max(dates), "tests": tests}


def add_flow(register: Register, found: Mapping[str, Any]) -> None:
    """Replace all flow evidence by that of one run.

    Of the tests that reached an operation, those that reached the fewest others are named.
    """
    tests: Mapping[str, list[list[str]]] = found["tests"]
    reached: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for test in sorted(tests, key=lambda test: (len(tests[test]), test)):
        for service, operation in tests[test]:
            reached[service, operation].append(test)
    for service, each in operations(register):
        names = reached.get((service, each["id"]))
        each["evidence"]["flow"] = {"tests": len(names), "closest": names[:_CLOSEST]} if names else None
    register["flow"] = {"date": found["date"], "tests": len(tests)}


# Contract runs.


def read_ledgers(directories: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """The ledger of each service in the folders that `contract run --out` wrote; later folders win.

    `ConfigurationError` for a folder without any.
    """
    found: dict[str, dict[str, Any]] = {}
    for directory in directories:
        paths = sorted(directory.glob("*.ledger.json"))
        if not paths:
            raise ConfigurationError(
                f"{directory}: no ledgers here; `emporix-mock contract run --out DIR` writes them"
            )
        for path in paths:
            ledger = _read(path, "by_operation", "`emporix-mock contract run --out DIR` writes them")
            ledger.setdefault("date", _day(path))
            found[ledger["service"]] = ledger
    return found


def add_contract(register: Register, ledgers: Mapping[str, dict[str, Any]]) -> None:
    """Replace the contract evidence of every operation that a ledger speaks of."""
    for service in register["services"]:
        ledger = ledgers.get(service["service"])
        if ledger is None:
            continue
        accounts = {account["operation"]: account for account in ledger["by_operation"]}
        failed = Counter(failure["operation"] for failure in ledger["failures"])
        own = {each["id"] for each in service["operations"]}
        # What cannot be laid at the door of one operation is held against them all.
        spoiled = bool(ledger["errors"]) or bool(failed.keys() - own)
        for each in service["operations"]:
            account = accounts.get(each["id"])
            if account is not None:
                each["evidence"]["contract"] = {
                    "date": ledger["date"],
                    "phases": account["phases"],
                    "cases": sum(account["cases"].values()),
                    "passed": account["reached"] and not spoiled and each["id"] not in failed,
                }
        service["contract"] = {
            "date": ledger["date"],
            "operations": len(accounts),
            "cases": ledger["cases"],
            "failures": len(ledger["failures"]) + len(ledger["errors"]),
            "seconds": ledger["seconds"],
            "tools": ledger.get("tools"),
            "passed": ledger["passed"],
        }


def _read(path: Path, key: str, mend: str) -> dict[str, Any]:
    try:
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; {mend}") from error
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path}: not JSON ({error}); {mend}") from error
    if not isinstance(found, dict) or key not in found:
        raise ConfigurationError(f"{path}: holds no {key}; {mend}")
    return found


def _day(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
