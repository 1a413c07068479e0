"""`emporix-mock fidelity`: keep the register of every operation, and what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from emporix_mock.fidelity.register import Register

__all__ = ["add_parser"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `fidelity update` and `fidelity check`. Each sets `func`: arguments to exit code."""
    text = "keep the register of how true each operation is, and its views"
    fidelity = subparsers.add_parser("fidelity", help=text, description=f"{text[0].upper()}{text[1:]}.")
    commands = fidelity.add_subparsers(title="commands", dest="fidelity_command", required=True)

    text = "write fidelity.json, COVERAGE.md and the README's table from the code and from what ran"
    update = commands.add_parser("update", help=text, description=f"{text[0].upper()}{text[1:]}.")
    update.set_defaults(func=_update)
    update.add_argument(
        "--flow", nargs="+", action="extend", type=Path, default=[], metavar="FILE",
        help="what one run of `pytest --evidence FILE` wrote; replaces all earlier test evidence",
    )  # fmt: skip
    update.add_argument(
        "--ledger", nargs="+", action="extend", type=Path, default=[], metavar="DIR",
        help="folders of `contract run --out DIR`; replace the evidence of what they tried",
    )  # fmt: skip

    text = "fail when one of them no longer says what the code or the register says"
    check = commands.add_parser("check", help=text, description=f"{text[0].upper()}{text[1:]}.")
    check.set_defaults(func=_check)
    for command in (update, check):
        command.add_argument(
            "--root", type=Path, metavar="DIR", help="the checkout (default: that of this package)"
        )


def derived() -> Register:
    """The register that the code alone gives."""
    from emporix_mock.app import create_app  # as all imports here: --help is fast
    from emporix_mock.fidelity import code
    from emporix_mock_spec import load

    return code.derived(create_app().runtime, load.bundled())


def _update(args: argparse.Namespace) -> int:
    from emporix_mock.fidelity import evidence
    from emporix_mock.fidelity.keeping import Places, write
    from emporix_mock.fidelity.register import operations, read
    from emporix_mock.fidelity.totals import count

    places = Places.of(args.root)
    flow = evidence.read_flow(args.flow) if args.flow else None
    ledgers = evidence.read_ledgers(args.ledger)
    register = derived()
    evidence.keep(register, read(places.register))
    if flow is not None:
        evidence.add_flow(register, flow)
    evidence.add_contract(register, ledgers)
    write(register, places)
    found = count(each for _, each in operations(register))
    print(
        f"{found.operations} operations: {found.behaviour} behaviour, {found.crud} crud,"
        f" {found.example} example; {found.contract} passed a contract run, {found.flow} answered in tests"
    )
    return 0


def _check(args: argparse.Namespace) -> int:
    from emporix_mock.fidelity.keeping import Places, stale

    found = stale(derived(), Places.of(args.root))
    for each in found:
        print(f"{each.path}: stale: {each.why}")
    mend = f"{len(found)} stale; run `emporix-mock fidelity update`"
    print(mend if found else "register and views are current")
    return 1 if found else 0
