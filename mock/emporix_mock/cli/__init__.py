"""The command `emporix-mock`. Each subcommand is a module here, imported only when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Mapping[str, str] = {
    "up": "start the mock",
    "operations": "list every operation and how well it is served",
    "spec": "the API documents: list, pull, verify, validate, export",
    "doctor": "check this installation and print what it can do",
    "fidelity": "keep the register of how true each operation is, and its views",
    "contract": "check the mock, or a deployment, against the API documents",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 0 done, 1 a check failed, 2 something was given wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    args = _parser(chosen).parse_args(arguments)
    try:
        code: int = args.func(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted. Python would complain once more at its own exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not _is_clear(error):
            raise
        sys.stderr.write(f"emporix-mock: {error}\n")
        return 2
    return code


def _is_clear(error: Exception) -> bool:
    """Whether the text of an error is meant for the user; imported here, `--help` needs none of it."""
    from emporix_mock.errors import ConfigurationError
    from emporix_mock_spec.error import SpecError

    return isinstance(error, (ConfigurationError, SpecError))


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emporix-mock",
        description="A local, stateful Emporix. Unofficial; see `emporix-mock up --help` to start one.",
    )
    parser.add_argument("--version", action=_Version)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        module = _module(name) if name == chosen else None
        if module is not None:
            module.add_parser(subparsers)
        elif name != chosen:
            subparsers.add_parser(name, help=summary, add_help=False)
    return parser


def _module(name: str) -> Any:
    try:
        return import_module(f"emporix_mock.cli.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"emporix_mock.cli.{name}":
            raise
        return None


class _Version(argparse.Action):
    """Prints the version; looking it up is too slow for every start."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and leave")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from emporix_mock.config import version  # see above

        sys.stdout.write(f"{parser.prog} {version()}\n")
        parser.exit()
