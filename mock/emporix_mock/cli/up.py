"""`emporix-mock up`: start the mock, say how to reach it, stop it in good order."""

from __future__ import annotations

import gc
import json
import os
import shlex
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from emporix_mock.asgi.front import Front

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `up`; its `func` takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "up",
        help="start the mock",
        description="Start the mock and serve until SIGINT (Ctrl-C) or SIGTERM.",
    )
    add = parser.add_argument
    add("--host", default=DEFAULT_HOST, help=f"address to listen on (default {DEFAULT_HOST})")
    add("--port", type=_port, default=DEFAULT_PORT, help=f"0 takes a free one (default {DEFAULT_PORT})")
    add("--tenant", default="acme", help="the default tenant (default acme)")
    add(
        "--seed",
        default="shop",
        metavar="NAME|PATH",
        help="shop, loyalty, minimal, empty, or a path (default shop)",
    )
    add(
        "--spec", choices=("bundled", "official"), default="bundled", help="whose documents (default bundled)"
    )
    add(
        "--from",
        dest="directory",
        type=Path,
        metavar="DIR",
        help="folder of official documents, not those pulled",
    )
    add(
        "--env-file",
        type=Path,
        metavar="FILE",
        help="write base URL, tenant and keys there once the server answers",
    )
    add(
        "--data",
        type=Path,
        metavar="FILE",
        help="keep every world in this file over restarts (default: in memory only)",
    )
    add("--random-seed", default="0", metavar="S", help="decides ids, codes and tokens (default 0)")
    add(
        "--webhook-host",
        dest="webhook_hosts",
        action="append",
        default=[],
        metavar="HOST",
        help="a host beside this machine that webhooks may be delivered to (repeatable)",
    )
    add("--quiet", action="store_true", help="print only the base URL")
    parser.set_defaults(func=run)


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() and len(text) < 6 else -1
    if not 0 <= port <= 65535:
        import argparse  # loaded long since

        raise argparse.ArgumentTypeError(f"'{text}' is no port; give a number from 0 (any free one) to 65535")
    return port


def run(args: argparse.Namespace) -> int:
    """Serve until a signal. Raises `ConfigurationError` or `SpecError` for what cannot work."""
    gc.disable()  # a start makes much that stays; looking through it again and again takes a twentieth of it
    try:
        return _serve(args)
    finally:
        gc.enable()


def _serve(args: argparse.Namespace) -> int:
    from emporix_mock.app import create_app  # --help needs none of it
    from emporix_mock.asgi.control.guard import is_loopback
    from emporix_mock.asgi.lean import import_framework
    from emporix_mock.config import Config
    from emporix_mock.errors import ConfigurationError
    from emporix_mock.server import Server

    if args.directory is not None and args.spec != "official":
        raise ConfigurationError("--from goes with --spec official; add that, or leave --from out")
    if args.env_file is not None:
        check_writable(args.env_file)
    if args.spec == "official":
        check_documents(args.directory)
    app = create_app(
        Config(
            tenant=args.tenant,
            seed=args.seed,
            spec=args.spec,
            spec_dir=args.directory,
            random_seed=args.random_seed,
            host=args.host,
            data=args.data,
        )
    )
    server = Server(app, args.host, args.port)
    if not is_loopback(args.host):
        sys.stderr.write(
            f"emporix-mock: warning: {args.host} is open to other machines; whoever reaches it can read and"
            " change everything here, the control API included\n"
        )

    words = f"{server.url}\n" if args.quiet else greeting(server.url, args.tenant, app)

    def ready() -> None:
        gc.enable()
        if args.env_file is not None:
            write(args.env_file, environment(server.url, args.tenant))
        sys.stdout.write(words)
        sys.stdout.flush()

    import_framework()  # else the first request waits for it
    import_module("emporix_mock.asgi.service_app")
    server.run(ready)
    return 0


def check_documents(directory: Path | None) -> None:
    """Read every official document once; services are built at their first use, too late for a bad file.

    Raises `SpecError`.
    """
    from emporix_mock_spec import load

    source = load.official(directory)
    for service in source.services:
        source.document(service)


# What the user is told.


def environment(url: str, tenant: str) -> Mapping[str, str]:
    """The variables that clients are configured by."""
    return {
        "EMPORIX_BASE_URL": url,
        "EMPORIX_TENANT": tenant,
        "EMPORIX_CLIENT_ID": f"{tenant}-backend",
        "EMPORIX_CLIENT_SECRET": f"{tenant}-backend-secret",
        "EMPORIX_STOREFRONT_CLIENT_ID": f"{tenant}-storefront",
    }


def greeting(url: str, tenant: str, app: Front) -> str:
    """Where the mock is, who may use it, and three lines to try it with."""
    known = environment(url, tenant)
    person = customer(app, tenant)
    lines = [
        f"emporix-mock is up on {url}",
        "",
        f"  tenant      {tenant}",
        f"  backend     {known['EMPORIX_CLIENT_ID']} / {known['EMPORIX_CLIENT_SECRET']}",
        f"  storefront  {known['EMPORIX_STOREFRONT_CLIENT_ID']} (no secret)",
        f"  customer    {person[0]} / {person[1]}" if person else "  customer    none in this seed",
        f"  control     {url}/_mock (described in {url}/_mock/openapi.json)",
        "",
        "Try it:",
        "",
        *curl_lines(url, tenant, person),
        "",
        "Stop it with Ctrl-C.",
    ]
    return "\n".join(lines) + "\n"


def curl_lines(url: str, tenant: str, person: tuple[str, str] | None) -> list[str]:
    """Three commands that work in this order: a token, redeem options, a customer's login."""
    pick = """sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""
    known = environment(url, tenant)
    client = f"client_id={known['EMPORIX_CLIENT_ID']}&client_secret={known['EMPORIX_CLIENT_SECRET']}"
    anonymous = f"{url}/customerlogin/auth/anonymous/login?tenant={tenant}&client_id={tenant}-storefront"
    lines = [
        f"TOKEN=$(curl -s {url}/oauth/token -d 'grant_type=client_credentials&{client}' | {pick})",
        f'curl -s {url}/reward-points/{tenant}/redeemOptions -H "Authorization: Bearer $TOKEN"',
    ]
    if person is None:
        return [*lines, f"curl -s '{anonymous}'"]
    bearer = f"-H \"Authorization: Bearer $(curl -s '{anonymous}' | {pick})\""
    login = shlex.quote(json.dumps({"email": person[0], "password": person[1]}))
    return [
        *lines,
        f"curl -s {url}/customer/{tenant}/login -H 'Content-Type: application/json' -d {login} {bearer}",
    ]


def customer(app: Front, tenant: str) -> tuple[str, str] | None:
    """E-mail and password of the first customer whose password the seed has in clear."""
    accounts = app.runtime.worlds.get(tenant).collection("customer-management", "accounts")
    return next(
        ((account["id"], account["password"]) for account in accounts.scan() if "password" in account), None
    )


# The file for other programs.


def check_writable(path: Path) -> None:
    """Find out before the start that the file can be written. Raises `ConfigurationError`."""
    if path.exists() and not path.is_file():
        raise _unwritable(path, "there is something else of that name")
    _draft(path, {}).unlink()


def write(path: Path, variables: Mapping[str, str]) -> None:
    """Write the file so that a reader sees all of it or none. Raises `ConfigurationError`."""
    draft = _draft(path, variables)
    try:
        draft.replace(path.resolve())
    except OSError as error:
        draft.unlink()
        raise _unwritable(path, error.strerror) from error


def _draft(path: Path, variables: Mapping[str, str]) -> Path:
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text("".join(f"{key}={value}\n" for key, value in variables.items()), "utf-8")
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise _unwritable(path, error.strerror) from error
    return draft


def _unwritable(path: Path, why: str | None) -> Exception:
    from emporix_mock.errors import ConfigurationError  # see `run`

    return ConfigurationError(
        f"--env-file {path} cannot be written ({why}); name a file in a folder of yours"
    )
