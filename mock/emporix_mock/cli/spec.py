"""`emporix-mock spec`: what the mock is built from — list, pull, verify, validate, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from emporix_mock_spec.load import Source

__all__ = ["add_parser"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `spec` and its subcommands. Each sets `func`, which takes the parsed arguments.

    `func` returns the exit code: 0 done, 1 a check failed, 2 a wrong argument or input.
    """
    spec = subparsers.add_parser("spec", help="the API documents: list, pull, verify, validate, export")
    commands = spec.add_subparsers(title="commands", dest="spec_command", required=True)

    command = _command(commands, "list", "the services, their paths and which documents are here", _list)
    command.add_argument("--json", action="store_true", help="as JSON")

    command = _command(commands, "pull", "fetch the official documents of the locked commit", _pull)
    _from(command, "take them from this folder, laid out like the repository, not from the network")
    command.add_argument("--base-url", metavar="URL", help="fetch from this address")
    command.add_argument("--timeout", type=_seconds, default=30.0, metavar="S", help="per file (default 30)")

    command = _command(commands, "verify", "check the official documents against the lock file", _verify)
    _from(command, "check this folder, not what was pulled")

    command = _command(commands, "validate", "check documents, repairs included", _validate)
    _source(command, default="bundled")
    command.add_argument("--examples", action="store_true", help="check their examples too")
    _services(command)

    command = _command(commands, "export", "write documents, one <service>.yaml each", _export)
    _source(command, default=None)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--repaired", action="store_true", help="with the repairs applied (default)")
    form.add_argument("--as-is", action="store_true", help="as published, byte for byte")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write them")
    _services(command)

    command = _command(commands, "bundle", "make the documents shipped here anew", _bundle)
    _from(command, "where the official documents are, if not where `spec pull` puts them")
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder of the bundled documents"
    )
    _services(command)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    command.set_defaults(func=_clearly(run))
    return command


def _clearly(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`run` with a `SpecError` told in one line on stderr and exit code 2."""

    def guarded(args: argparse.Namespace) -> int:
        from emporix_mock_spec.error import SpecError  # as all imports here: --help is fast

        try:
            return run(args)
        except SpecError as error:
            print(f"emporix-mock: {error}", file=sys.stderr)
            return 2

    return guarded


def _from(command: argparse.ArgumentParser, text: str) -> None:
    command.add_argument("--from", dest="directory", type=Path, metavar="DIR", help=text)


def _source(command: argparse.ArgumentParser, *, default: str | None) -> None:
    command.add_argument(
        "--source",
        choices=("bundled", "official"),
        default=default,
        required=default is None,
        help="the documents shipped here, or the vendor's",
    )
    _from(command, "where the official documents are, if not where `spec pull` puts them")


def _services(command: argparse.ArgumentParser) -> None:
    command.add_argument("services", nargs="*", metavar="SERVICE", help="only these (default: all)")


def _seconds(text: str) -> float:
    from argparse import ArgumentTypeError

    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds between 0 and 86400")
    return seconds


def _list(args: argparse.Namespace) -> int:
    import orjson

    from emporix_mock_spec import catalog, load

    bundled, pulled = set(load.bundled().services), _pulled()
    rows: list[dict[str, Any]] = [
        {
            "service": entry.name,
            "segments": list(entry.segments),
            "operations": entry.operations,
            "bundled": entry.name in bundled,
            "pulled": entry.name in pulled,
        }
        for entry in catalog.services().values()
    ]
    if args.json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return 0
    print(f"{'service':24} {'operations':>10}  {'bundled':8}{'pulled':8}paths")
    for row in rows:
        marks = "".join(f"{'yes' if row[key] else '-':8}" for key in ("bundled", "pulled"))
        paths = " ".join(f"/{segment}" for segment in row["segments"])
        print(f"{row['service']:24} {row['operations']:>10}  {marks}{paths}")
    total = sum(row["operations"] for row in rows)
    print(f"{len(rows)} services, {total} operations; official commit {catalog.COMMIT[:12]}")
    return 0


def _pulled() -> set[str]:
    from emporix_mock_spec import load
    from emporix_mock_spec.error import SpecError

    try:
        return set(load.official().services)
    except SpecError:
        return set()


def _pull(args: argparse.Namespace) -> int:
    from emporix_mock_spec import official

    base_url = args.base_url or official.BASE_URL
    directory = official.pull(
        base_url=base_url, origin=args.directory, timeout=args.timeout, progress=_progress
    )
    print(f"official specifications verified and kept in {directory}")
    return 0


def _progress(done: int, total: int, service: str) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r\033[K[{done:2}/{total}] {service}", end=end, file=sys.stderr, flush=True)
    elif service:
        print(f"[{done + 1:2}/{total}] {service}", file=sys.stderr, flush=True)


def _verify(args: argparse.Namespace) -> int:
    from emporix_mock_spec import catalog, load, official

    load.official(args.directory)  # says clearly when there is nothing to verify
    found = official.verify(args.directory)
    for mismatch in found:
        print(f"{mismatch.service}: {mismatch.path}: {mismatch.why}")
    total = len(catalog.services())
    print(f"{total - len(found)} of {total} files are those of commit {catalog.COMMIT[:12]}")
    return 1 if found else 0


def _validate(args: argparse.Namespace) -> int:
    from emporix_mock_spec.validate import validate

    source = _open(args, repaired=True)
    names = _chosen(args.services, source)
    findings = [found for name in names for found in validate(source, name, examples=args.examples)]
    for found in findings:
        print(f"{found.service}: {found.kind}: {found.where}: {found.why}")
    print(f"{_counted(len(names), 'document')} ({source.name}), {_counted(len(findings), 'finding')}")
    return 1 if findings else 0


def _export(args: argparse.Namespace) -> int:
    from emporix_mock_spec.error import SpecError

    source = _open(args, repaired=not args.as_is)
    names = _chosen(args.services, source)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for name in names:
            (args.out / f"{name}.yaml").write_bytes(source.exported(name))
    except OSError as error:
        raise SpecError(f"{args.out}: cannot be written ({error.strerror}); name another --out") from error
    print(f"{_counted(len(names), 'document')} written to {args.out}")
    return 0


def _open(args: argparse.Namespace, *, repaired: bool) -> Source:
    from emporix_mock_spec import load
    from emporix_mock_spec.error import SpecError

    if args.source == "official":
        return load.official(args.directory, repaired=repaired)
    if args.directory is not None:
        raise SpecError("--from names official documents; add --source official")
    return load.bundled()


def _chosen(names: Sequence[str], source: Source) -> tuple[str, ...]:
    """The services asked for, all by default. Raises `SpecError` for one that `source` lacks."""
    from difflib import get_close_matches

    from emporix_mock_spec.error import SpecError

    for name in names:
        if name not in source.services:
            near = get_close_matches(name, source.services, 1)
            hint = f"; did you mean {near[0]}?" if near else "; `emporix-mock spec list` names them"
            raise SpecError(f"no {source.name} document of a service {name!r}{hint}")
    return tuple(dict.fromkeys(names)) or source.services


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _bundle(args: argparse.Namespace) -> int:
    from emporix_mock_spec.bundle import run
    from emporix_mock_spec.catalog import services
    from emporix_mock_spec.error import SpecError

    unknown = [name for name in args.services if name not in services()]
    if unknown:
        raise SpecError(f"no service {unknown[0]!r}; `emporix-mock spec list` names them all")
    if not args.out.is_dir():
        raise SpecError(f"{args.out}: no such folder; --out names the one with the bundled documents")
    present = [name for name in services() if (args.out / f"{name}.yaml").is_file()]
    return run(args.directory, args.out, args.services or present)
