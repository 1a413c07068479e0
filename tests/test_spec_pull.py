"""Fetching the official documents from servers that behave, break off, lie and hang."""

from __future__ import annotations

import socket
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from emporix_mock_spec import catalog, official
from emporix_mock_spec.error import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTENT = {
    f"area/{name}/api.yml": f"openapi: 3.0.0\ninfo: {name}\n".encode() * 40
    for name in ("one", "two", "three")
}
LAST = "/area/three/api.yml"


@pytest.fixture(autouse=True)
def _three_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock file of three small services."""
    entries = {
        (name := path.split("/")[1]): catalog.ServiceEntry(
            name=name,
            path=path,
            sha256=sha256(content).hexdigest(),
            bytes=len(content),
            paths=0,
            operations=0,
            schemas=0,
            segments=(name,),
        )
        for path, content in CONTENT.items()
    }
    monkeypatch.setattr(catalog, "services", lambda: MappingProxyType(entries))


class Handler(BaseHTTPRequestHandler):
    """Serves the three files; `misbehave` answers in its place where it returns true."""

    misbehave: Callable[[Handler], bool] = staticmethod(lambda _: False)
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self.misbehave():
            self.answer(CONTENT[self.path[1:]])

    def answer(self, body: bytes, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Handler], bool]], str]]:
    """Start a server that misbehaves as told and give its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(misbehave: Callable[[Handler], bool] = lambda _: False) -> str:
        handler = type("H", (Handler,), {"misbehave": misbehave})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A place that already holds an older set of files."""
    place = tmp_path / "cache" / "official"
    (place / "area").mkdir(parents=True)
    (place / "area" / "old.yml").write_text("old")
    return place


def assert_untouched(target: Path) -> None:
    assert [str(path.relative_to(target)) for path in target.rglob("*.yml")] == ["area/old.yml"]
    assert list(target.parent.iterdir()) == [target], "nothing is left beside it"


Serve = "Callable[..., str]"


def test_every_file_is_fetched_and_proven(serve: Serve, target: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    done = official.pull(target, base_url=serve() + "/", progress=lambda *step: seen.append(step))
    assert done == target
    assert {str(p.relative_to(target)): p.read_bytes() for p in target.rglob("*.yml")} == CONTENT
    assert seen == [(0, 3, "one"), (1, 3, "two"), (2, 3, "three"), (3, 3, "")]
    assert list(target.parent.iterdir()) == [target]
    assert official.verify(target) == []


def test_a_place_that_did_not_exist_is_made(serve: Serve, tmp_path: Path) -> None:
    place = tmp_path / "not" / "yet" / "here"
    official.pull(place, base_url=serve())
    assert official.verify(place) == []


def not_found(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.answer(b"404: Not Found", 404)
    return handler.path == LAST


def cut_short(handler: Handler) -> bool:
    if handler.path == LAST:
        body = CONTENT[LAST[1:]]
        handler.answer(body[:100], length=len(body))
        handler.close_connection = True
    return handler.path == LAST


def shorter(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.answer(CONTENT[LAST[1:]][:100])
    return handler.path == LAST


def wrong_bytes(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.answer(CONTENT[LAST[1:]].replace(b"three", b"threE"))
    return handler.path == LAST


def endless(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(10_000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True
    return handler.path == LAST


def no_http(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        handler.close_connection = True
    return handler.path == LAST


def hangs_up(handler: Handler) -> bool:
    if handler.path == LAST:
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True
    return handler.path == LAST


@pytest.mark.parametrize(
    ("misbehave", "why"),
    [
        (not_found, r"three/api\.yml: HTTP 404; check --base-url"),
        (cut_short, r"cut short, 100 of 1080 bytes|the answer broke off"),
        (shorter, r"three/api\.yml: cut short, 100 of 1080 bytes; nothing was kept"),
        (
            wrong_bytes,
            r"three/api\.yml: not the file of the locked commit \(sha256 differs\); nothing was kept",
        ),
        (endless, r"not the file of the locked commit"),
        (no_http, r"the answer broke off \(BadStatusLine\)"),
        (hangs_up, r"the answer broke off|cannot be reached"),
    ],
)
def test_a_bad_answer_is_refused_and_what_was_there_stays(
    serve: Serve, target: Path, misbehave: Callable[[Handler], bool], why: str
) -> None:
    with pytest.raises(SpecError, match=why) as caught:
        official.pull(target, base_url=serve(misbehave), timeout=10)
    assert "\n" not in str(caught.value)
    assert_untouched(target)


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1080\r\n\r\nopen"], ids=["mute", "stalls"]
)
def test_a_server_that_hangs_is_given_up(serve: Serve, target: Path, first: bytes) -> None:
    release = threading.Event()

    def hang(handler: Handler) -> bool:
        handler.wfile.write(first)
        release.wait(20)
        handler.close_connection = True
        return True

    start = time.monotonic()
    with pytest.raises(SpecError, match=r"no answer within 0\.3 s"):
        official.pull(target, base_url=serve(hang), timeout=0.3)
    release.set()
    assert time.monotonic() - start < 5
    assert_untouched(target)


def test_a_server_that_drips_is_given_up_too(serve: Serve, target: Path) -> None:
    def drip(handler: Handler) -> bool:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            for _ in range(100):
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass
        return True

    start = time.monotonic()
    with pytest.raises(SpecError, match=r"no answer within 0\.3 s"):
        official.pull(target, base_url=serve(drip), timeout=0.3)
    assert time.monotonic() - start < 3
    assert_untouched(target)


def test_nobody_listening_is_one_clear_line(target: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(SpecError, match=r"cannot be reached \(Connection refused\); try again, or take"):
        official.pull(target, base_url=f"http://127.0.0.1:{port}")
    assert_untouched(target)


@pytest.mark.parametrize("address", ["file:///etc", "ftp://host/x", "area", ""])
def test_only_http_addresses_are_fetched(target: Path, address: str) -> None:
    with pytest.raises(SpecError, match="not an http or https address; use --from for a folder"):
        official.pull(target, base_url=address)
    assert_untouched(target)


def test_a_full_disk_keeps_what_was_there(
    serve: Serve, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if "three" in str(self):
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SpecError, match=r"cannot be written \(No space left on device\); make room or set"):
        official.pull(target, base_url=serve())
    assert_untouched(target)


def test_a_place_below_a_file_cannot_be_written(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpecError, match=r"cannot be written \((Not a directory|File exists)\)"):
        official.pull(tmp_path / "file" / "official", base_url=serve())


def test_a_swap_that_fails_brings_the_old_files_back(
    serve: Serve, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if to == target and not self.name.endswith(".old"):
            raise OSError(5, "Input/output error")
        return real(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(SpecError, match=r"cannot be written \(Input/output error\)"):
        official.pull(target, base_url=serve())
    assert_untouched(target)


def folder(tmp_path: Path) -> Path:
    for path, content in CONTENT.items():
        (tmp_path / "from" / path).parent.mkdir(parents=True)
        (tmp_path / "from" / path).write_bytes(content)
    return tmp_path / "from"


def test_a_folder_serves_as_well_and_is_proven_as_well(target: Path, tmp_path: Path) -> None:
    origin = folder(tmp_path)
    (origin / LAST[1:]).write_bytes(b"edited")
    with pytest.raises(SpecError, match="cut short, 6 of 1080 bytes"):
        official.pull(target, origin=origin)
    assert_untouched(target)
    (origin / LAST[1:]).unlink()
    with pytest.raises(SpecError, match="No such file or directory; --from wants the top folder of"):
        official.pull(target, origin=origin)
    assert_untouched(target)
    (origin / LAST[1:]).write_bytes(CONTENT[LAST[1:]])
    official.pull(target, origin=origin)
    assert official.verify(target) == []


def test_verify_names_what_differs_and_changes_nothing(tmp_path: Path) -> None:
    origin = folder(tmp_path)
    (origin / "area/one/api.yml").write_bytes(b"edited")
    (origin / "area/two/api.yml").unlink()
    found = official.verify(origin)
    assert [(m.service, m.path, m.why) for m in found] == [
        ("one", origin / "area/one/api.yml", "cut short, 6 of 1000 bytes"),
        ("two", origin / "area/two/api.yml", "No such file or directory"),
    ]


def test_none_stands_for_the_users_cache(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "mine"))
    assert official.pull(base_url=serve()) == tmp_path / "mine" / "official" / catalog.COMMIT
    assert official.verify() == []
