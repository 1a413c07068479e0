"""Running an application on uvicorn: in the foreground for the command line, in a thread for tests."""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from emporix_mock.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})
URL_BUFFER = 60_000
KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 1
FULL_SEARCH = 100
MALFORMED = b'{"fault":{"faultstring":"Bad Request","detail":{"errorcode":"protocol.http.BadRequestLine"}}}'


class Server:
    """One application on one address.

    Either `run` in the main thread until SIGTERM or SIGINT, or `start` and `stop` around other work.
    The sockets are bound when the object is made, so an address that cannot be had is a
    `ConfigurationError` at once and `url` is final, port 0 included.
    """

    def __init__(self, app: ASGIApp, host: str = LOOPBACK, port: int = 0) -> None:
        self._sockets = bind(host, port)
        self.port: int = self._sockets[0].getsockname()[1]
        self.url = f"http://{url_host(host)}:{self.port}"
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                log_level="warning",
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._thread: threading.Thread | None = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until a signal says stop; `ready` is called once the server answers.

        What `ready` raises ends the server and is raised here. The process is taken to be the server's own.
        """

        def settled() -> None:
            look_less_for_garbage()
            ready()

        self._uvicorn.ready = settled
        self._uvicorn.run(self._sockets)
        if self._uvicorn.failure is not None:
            raise self._uvicorn.failure

    def start(self) -> str:
        """Serve in a thread; returns the URL once the server answers."""
        answered = threading.Event()
        self._uvicorn.ready = answered.set
        thread = threading.Thread(target=self._serve, args=(answered,), name="emporix-mock", daemon=True)
        self._thread = thread
        thread.start()
        answered.wait()
        if not self._uvicorn.started:
            thread.join()
            raise RuntimeError("the server did not start") from self._uvicorn.failure
        return self.url

    def _serve(self, answered: threading.Event) -> None:
        try:
            self._uvicorn.run(self._sockets)
        except BaseException as error:  # noqa: BLE001  # `start` raises it in the caller's thread
            self._uvicorn.failure = error
        finally:
            answered.set()

    def stop(self) -> None:
        """End what `start` began and wait for it; open requests get a second to finish."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.close()

    def close(self) -> None:
        """Give the sockets back, also those of a server that never ran."""
        for each in self._sockets:
            each.close()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Uvicorn(uvicorn.Server):
    """uvicorn that says when it answers and whose orderly end is a success, not a signal."""

    ready: Callable[[], None] | None = None
    failure: BaseException | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        try:
            if self.started and self.ready is not None:
                self.ready()
        except Exception as error:  # noqa: BLE001  # the loop must end in order; `run` raises it
            self.failure = error
            self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        # Requests that are cut off by the end of the process are no news to whoever ended it.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.force_exit = self.should_exit
        self.should_exit = True


class _Protocol(HttpToolsProtocol):
    """uvicorn's parser, kept from answering before the gateway's own limits do."""

    def on_url(self, url: bytes) -> None:
        # The parser's URLs end at 64 KB. What is cut here is far above the limit that is a 414.
        self.url: bytes = (self.url + url)[:URL_BUFFER]

    def send_400_response(self, msg: str) -> None:
        del msg
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head % len(MALFORMED) + MALFORMED)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: Java's client offers HTTP/2 with every first request and goes on without."""


def look_less_for_garbage() -> None:
    """Leave out what is there now, and look through everything a tenth as often as Python would.

    A large request makes so many objects that Python would search the whole process for cycles during every
    second one. Requests leave few, and those are found while they are young.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_SEARCH)


# Addresses.


def bind(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on every address of `host`; with port 0 all on the same free port.

    Raises `ConfigurationError` with the mend when none can be had.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, OverflowError) as error:
        raise refused(error, host, port) from error
    sockets: list[socket.socket] = []
    failure: OSError | None = None
    # IPv4 first: its port is then the one that port 0 stands for, and the one that is printed.
    for family, _, _, _, address in sorted(dict.fromkeys(found), key=lambda each: each[0] != socket.AF_INET):
        chosen = sockets[0].getsockname()[1] if sockets and port == 0 else port
        try:
            sockets.append(_listen(family, (address[0], chosen, *address[2:])))
        except OSError as error:
            failure = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) and not (sockets and port == 0):
                break
    else:
        if sockets:
            return sockets
    for each in sockets:
        each.close()
    raise refused(failure, host, port) from failure


def _listen(family: int, address: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen(2048)
        made.setblocking(False)  # noqa: FBT003  # the signature of the standard library
    except BaseException:
        made.close()
        raise
    return made


def refused(error: BaseException | None, host: str, port: int) -> ConfigurationError:
    """Why an address cannot be had, and what to do about it."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return ConfigurationError(
            f"port {port} on {host} is taken; stop what listens there or choose another"
            " with --port (0 takes any free one)"
        )
    if number in (errno.EACCES, errno.EPERM):
        return ConfigurationError(
            f"port {port} needs more rights than this user has; choose one above 1023 with --port"
        )
    if number == errno.EADDRNOTAVAIL:
        return ConfigurationError(f"{host} is no address of this machine; leave --host out for {LOOPBACK}")
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return ConfigurationError(f"no address for host '{host}'; leave --host out for {LOOPBACK}")
    return ConfigurationError(f"cannot listen on {host} port {port} ({error}); try another --host or --port")


def url_host(host: str) -> str:
    """`host` as it stands in a URL that reaches it from this machine."""
    if host in ANY_ADDRESS:
        return LOOPBACK if host != "::" else "[::1]"
    return f"[{host}]" if ":" in host else host
