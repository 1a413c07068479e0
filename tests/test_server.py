"""The running server: its sockets, its start and stop, and why an address is refused."""

from __future__ import annotations

import errno
import gc
import socket
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.errors import ConfigurationError
from emporix_mock.server import FULL_SEARCH, Server, bind, look_less_for_garbage, refused, url_host

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def lifeless(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that does not start."""
    raise RuntimeError("no life")


def test_it_answers_as_soon_as_start_returns_and_not_after_stop() -> None:
    server = Server(create_app())
    url = server.start()
    assert httpx.get(f"{url}/_mock/health").status_code == 200
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/_mock/health")


def test_two_run_side_by_side_and_leave_no_threads() -> None:
    before = threading.active_count()
    with Server(create_app()) as first, Server(create_app()) as second:
        assert first != second
        for url in (first, second):
            assert httpx.get(f"{url}/_mock/health").json()["worlds"] == 1
    assert threading.active_count() == before


def test_the_port_is_free_again_after_stop() -> None:
    with Server(create_app()) as url:
        port = int(url.rpartition(":")[2])
        httpx.get(f"{url}/_mock/health")
    with Server(create_app(), port=port) as url:
        assert url.endswith(f":{port}")


def test_garbage_is_looked_for_less_in_a_process_of_its_own_and_as_before_in_anybody_elses() -> None:
    before = gc.get_threshold()
    with Server(create_app()):
        assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
    try:
        look_less_for_garbage()
        assert gc.get_threshold() == (*before[:2], FULL_SEARCH)
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def test_stop_does_not_wait_for_idle_connections() -> None:
    server = Server(create_app())
    with httpx.Client(base_url=server.start()) as client:
        client.get("/_mock/health")
        server.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_application_that_does_not_start_is_an_error_at_once() -> None:
    server = Server(lifeless)
    with pytest.raises(RuntimeError, match="did not start"):
        server.start()
    server.close()


def test_a_name_with_several_addresses_listens_on_each_with_one_port() -> None:
    sockets = bind("localhost", 0)
    try:
        assert len({each.getsockname()[1] for each in sockets}) == 1
        assert sockets[0].family == socket.AF_INET
    finally:
        for each in sockets:
            each.close()


def test_a_taken_port_leaves_no_socket_behind() -> None:
    (taken,) = bind("127.0.0.1", 0)
    with taken, pytest.raises(ConfigurationError, match="is taken"):
        bind("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (
            OSError(errno.EADDRINUSE, ""),
            "port 80 on shop is taken; stop what listens there or choose another",
        ),
        (
            PermissionError(errno.EACCES, ""),
            "port 80 needs more rights than this user has; choose one above 1023",
        ),
        (OSError(errno.EADDRNOTAVAIL, ""), "shop is no address of this machine"),
        (socket.gaierror(-2, ""), "no address for host 'shop'"),
        (OSError(errno.ENOBUFS, "no buffer space"), "cannot listen on shop port 80"),
    ],
)
def test_every_refusal_says_what_to_do(error: OSError, part: str) -> None:
    assert part in str(refused(error, "shop", 80))


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("localhost", "localhost"),
    ],
)
def test_the_printed_host_is_one_that_reaches_the_server(host: str, shown: str) -> None:
    assert url_host(host) == shown
