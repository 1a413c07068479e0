"""`emporix-mock operations`: every operation of the specification and how well it is served."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from emporix_mock.asgi.control.operations import OperationEntry


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `operations`; its `func` takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "operations",
        help="list every operation and how well it is served",
        description="List every operation and its level: behaviour (rules of its own), crud (generic engine)"
        " or example (canned answer); and its evidence: C passed the last contract run, T answered in a test"
        " that passed, L was compared with a live tenant.",
    )
    parser.add_argument(
        "--json", action="store_true", help="as JSON, with tokens, scopes, choices, rules and evidence"
    )
    parser.add_argument("--service", help="only this service")
    parser.add_argument("--spec", choices=("bundled", "official"), default="bundled", help="whose documents")
    parser.add_argument(
        "--from", dest="directory", type=Path, metavar="DIR", help="folder of official documents"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    from emporix_mock.asgi.control.operations import entries  # --help needs none of it
    from emporix_mock.fidelity.register import joined
    from emporix_mock_spec import load

    source = load.bundled() if args.spec == "bundled" else load.official(args.directory)
    found = [entry for entry in joined(entries(source)) if args.service in (None, entry.service)]
    if not found:
        sys.stderr.write(
            f"emporix-mock: there is no service '{args.service}'; `emporix-mock spec list` names them all\n"
        )
        return 2
    sys.stdout.write(_json(found) if args.json else _table(found))
    return 0


def _json(found: list[OperationEntry]) -> str:
    import orjson

    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n"


def _table(found: list[OperationEntry]) -> str:
    lines = [f"{each.level:10} {_marks(each)} {each.method:7} {each.path}  {each.id}" for each in found]
    levels = Counter(each.level for each in found)
    summary = ", ".join(f"{count} {level}" for level, count in sorted(levels.items()))
    return "\n".join([*lines, f"{len(found)} operations: {summary}"]) + "\n"


def _marks(entry: OperationEntry) -> str:
    """`C` for a contract run passed, `T` for a success in a test, `L` for a comparison with a live tenant."""
    known = entry.evidence or {}
    contract = known.get("contract") or {}
    marks = {"C": contract.get("passed"), "T": known.get("flow"), "L": known.get("live")}
    return "".join(mark if held else "-" for mark, held in marks.items())
