"""`emporix-mock contract`: the contract kit from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emporix_mock_spec.catalog import CONTROL, services

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from emporix_mock_contract.run import Options, Outcome
    from emporix_mock_contract.target import Target

__all__ = ["add_parser"]

SERVICES = (*services(), CONTROL)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
REPORTS = ("junit", "html", "har")
MISSING = (
    "emporix-mock: contract runs need Schemathesis, which is not installed; "
    'install it with: python -m pip install "emporix-mock[contract]"'
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `contract run`. It sets `func`, which takes the parsed arguments and returns the exit code.

    0 passed, 1 something was found, 2 it could not be tried: a wrong argument, no server, no extra.
    """
    contract = subparsers.add_parser("contract", help="check that a server keeps the documents")
    commands = contract.add_subparsers(title="commands", dest="contract_command", required=True)
    text = "Generate requests from the documents, send them to a server and check what it answers."
    run = commands.add_parser("run", help="try services against a server", description=text)
    run.set_defaults(func=_run)
    run.add_argument(
        "--target",
        default="stub",
        metavar="stub|URL",
        help="a stub started for the run (default), or a server on this machine",
    )
    run.add_argument("--tenant", metavar="T", help="the tenant to use on a server named by URL")
    run.add_argument(
        "--service",
        nargs="+",
        action="extend",
        choices=SERVICES,
        metavar="NAME",
        help="only these services; _mock is the control API (default: all, see `emporix-mock spec list`)",
    )
    run.add_argument(
        "--processes",
        type=_positive,
        metavar="N",
        help="services that are tried at a time on a stub (default: one for each core)",
    )
    run.add_argument("--operation", nargs="+", action="extend", metavar="ID", help="only these operation ids")
    run.add_argument(
        "--report",
        type=_list_of(REPORTS),
        default=(),
        metavar="LIST",
        help=f"reports to write, of {','.join(REPORTS)}",
    )
    run.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where ledgers and reports go (default with --report: contract-report)",
    )
    run.add_argument(
        "--seed", type=int, metavar="N", help="what to generate from; the same gives the same run"
    )
    run.add_argument("--max-examples", type=_positive, metavar="N", help="generated cases per operation")
    run.add_argument(
        "--phases",
        type=_list_of(PHASES),
        default=PHASES,
        metavar="LIST",
        help=f"of {','.join(PHASES)} (default all)",
    )
    run.add_argument("-v", "--verbose", action="store_true", help="print all that Schemathesis says")


def _list_of(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        from argparse import ArgumentTypeError

        given = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        wrong = [each for each in given if each not in known]
        if wrong or not given:
            raise ArgumentTypeError(f"{text!r}: a comma-separated list of {', '.join(known)}")
        return given

    return parse


def _positive(text: str) -> int:
    from argparse import ArgumentTypeError

    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _run(args: argparse.Namespace) -> int:
    from emporix_mock.errors import ConfigurationError  # as all imports here: --help is fast

    try:
        import schemathesis  # noqa: F401
    except ImportError:
        return _refused(MISSING)
    from emporix_mock_contract.client import SetupError
    from emporix_mock_spec.error import SpecError

    try:
        return _try(args)
    except (ConfigurationError, SetupError, SpecError) as error:
        return _refused(f"emporix-mock: {error}")
    except OSError as error:
        return _refused(f"emporix-mock: {error.filename or args.out}: {error.strerror}; name another --out")


def _try(args: argparse.Namespace) -> int:
    from emporix_mock.errors import ConfigurationError
    from emporix_mock_contract import run as kit
    from emporix_mock_contract.target import running

    options = _options(args)
    if args.target != "stub":
        return _report(running(args.target, args.tenant), options, verbose=args.verbose)
    if args.tenant is not None:
        raise ConfigurationError("--tenant is for a server named by --target URL; a stub makes its own")
    with kit.stub() as target:
        return _report(target, options, verbose=args.verbose)


def _options(args: argparse.Namespace) -> Options:
    from emporix_mock_contract.run import Options

    out = args.out or (Path("contract-report") if args.report else None)
    given = {"seed": args.seed, "max_examples": args.max_examples, "processes": args.processes}
    return Options(
        services=tuple(args.service or SERVICES),
        operations=tuple(args.operation or []),
        reports=args.report,
        phases=args.phases,
        out=out.absolute() if out else None,
        **{key: value for key, value in given.items() if value is not None},
    )


def _report(target: Target, options: Options, *, verbose: bool) -> int:
    from emporix_mock.store.sources import stopwatch
    from emporix_mock_contract.run import exit_code, run
    from emporix_mock_contract.summary import heading, row

    started = stopwatch()
    print(heading(target, options), flush=True)

    def done(outcome: Outcome) -> None:
        if verbose:
            print(outcome.output)
        print(row(outcome), flush=True)

    outcomes = run(target, options, done=done)
    code = exit_code(outcomes)
    if options.out is not None:
        print(f"ledgers and reports are in {options.out}")
    verdict = {0: "passed", 1: "FAILED", 2: "COULD NOT BE TRIED"}[code]
    minutes, seconds = divmod(round(stopwatch() - started), 60)
    services = [each for each in outcomes if each.service != CONTROL]
    control = [each for each in outcomes if each.service == CONTROL]
    found = [f"{len(services)} services, {_cases(services)}"] if services else []
    found += [f"the control API, {_cases(control)}"] if control else []
    print(f"{verdict}: {'; '.join(found) or 'nothing'}; in {minutes} min {seconds} s")
    return code


def _cases(outcomes: list[Outcome]) -> str:
    return f"{sum(each.ledger.get('cases', 0) for each in outcomes):,} cases"


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 2
