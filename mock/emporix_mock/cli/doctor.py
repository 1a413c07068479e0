"""`emporix-mock doctor`: what this installation can do, every number measured or read from the register."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from emporix_mock.doctor.finding import Finding
    from emporix_mock_spec.load import Source

__all__ = ["add_parser"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `doctor`; its `func` takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "doctor",
        help="check this installation and print what it can do",
        description="Start a server, send each operation a request, check the documents and print what came"
        " of it. Exit code 1 when something is wrong.",
    )
    parser.add_argument("--full", action="store_true", help="make a contract run over everything, too")
    parser.add_argument(
        "--from",
        dest="directory",
        type=Path,
        metavar="DIR",
        help="folder of official documents to compare with (default: those that `spec pull` fetched)",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything and print it as it is found."""
    from emporix_mock.doctor.documents import official  # as all imports here: --help is fast
    from emporix_mock.doctor.finding import line

    upstream = official(args.directory)
    found = []
    for finding in _findings(args, upstream):
        found.append(finding)
        if not args.json:
            print(line(finding), flush=True)
    well = all(finding.ok is not False for finding in found)
    if args.json:
        print(_json(found, well=well))
    elif not well:
        print("something is wrong: see above")
    return 0 if well else 1


def _findings(args: argparse.Namespace, upstream: Source | None) -> Iterator[Finding]:
    from emporix_mock.asgi.control.operations import entries
    from emporix_mock.doctor.documents import documents
    from emporix_mock.doctor.process import server
    from emporix_mock.doctor.register import contract_runs, levels
    from emporix_mock.fidelity.register import joined, shipped
    from emporix_mock_spec import load

    ours = load.bundled()
    served = joined(entries(ours))
    yield from server(served)
    if upstream is not None and args.full:
        yield _official(args.directory, upstream)
    yield from documents(ours, upstream)
    yield levels(shipped(), served)
    yield _campaign() if args.full else contract_runs(shipped())


def _official(directory: Path | None, upstream: Source) -> Finding:
    from emporix_mock.asgi.control.operations import entries
    from emporix_mock.doctor.finding import Finding
    from emporix_mock.doctor.process import StartError, routing, running

    options = ["--spec", "official", *(["--from", str(directory)] if directory else [])]
    try:
        with running(*options) as server:
            return routing(server, list(entries(upstream)), "official")
    except StartError as error:
        return Finding("routed", ok=False, text=f"official documents: {error}")


def _campaign() -> Finding:
    """The contract run over everything, told on stderr as it goes; the recorded one where there is no kit."""
    import subprocess
    import tempfile
    from importlib.util import find_spec

    from emporix_mock.doctor.process import MAIN
    from emporix_mock.doctor.register import RECORDED, beside_services, contract_runs, of_campaign
    from emporix_mock.errors import ConfigurationError
    from emporix_mock.fidelity.evidence import read_ledgers
    from emporix_mock.fidelity.register import shipped
    from emporix_mock.store.sources import stopwatch

    if find_spec("schemathesis") is None:
        without = f"{RECORDED}: that needs pip install 'emporix-mock[contract]'"
        return contract_runs(shipped(), when=without)
    started = stopwatch()
    with tempfile.TemporaryDirectory(prefix="emporix-doctor-") as out:
        command = [sys.executable, "-c", MAIN, "contract", "run", "--out", out]
        done = subprocess.run(command, stdout=sys.stderr, check=False)  # noqa: S603  # our own command
        try:
            ledgers = read_ledgers([Path(out)])
        except ConfigurationError:  # it could not even begin and has said why
            ledgers = {}
    minutes, seconds = divmod(round(stopwatch() - started), 60)
    when = f"run now, in {minutes} min {seconds} s"
    beside = beside_services(ledgers, shipped())
    return contract_runs(
        of_campaign(shipped(), ledgers), when=when, failed=done.returncode != 0, beside=beside
    )


def _json(found: list[Finding], *, well: bool) -> str:
    import platform

    import orjson

    from emporix_mock.config import version

    head = {"version": version(), "python": platform.python_version(), "ok": well}
    return orjson.dumps({**head, "findings": found}, option=orjson.OPT_INDENT_2).decode()
