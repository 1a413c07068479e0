"""`emporix-mock up` as a user meets it: a process, its words, its files, its end."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock_spec import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(sys.executable).with_name("emporix-mock")


def refused(*arguments: str) -> str:
    """The one line that a start which cannot work leaves on stderr."""
    done = subprocess.run(
        [str(COMMAND), "up", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("emporix-mock: ")
    return line


class Running:
    """A started mock and what it has printed so far."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [str(COMMAND), "up", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        last = "Stop it with Ctrl-C." if "--quiet" not in arguments else "http"
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith(last):
                break
        found = re.search(r"http://\S+:\d+", "\n".join(self.lines))
        assert found, (self.lines, self.process.stderr.read() if self.process.stderr else "")
        self.url = found[0]

    def end(self, sig: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and stderr after a signal."""
        self.process.send_signal(sig)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@contextmanager
def up(*arguments: str) -> Iterator[Running]:
    """A started mock that is ended afterwards, whatever happens."""
    running = Running(*arguments)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    file = tmp_path_factory.mktemp("up") / "mock.env"
    file.write_text("OLD=1\n")
    with up("--env-file", str(file)) as running:
        yield running, file


# Start.


def test_the_words_name_all_that_a_client_needs(mock: tuple[Running, Path]) -> None:
    words = "\n".join(mock[0].lines)
    for part in (mock[0].url, "acme", "acme-backend", "acme-backend-secret", "acme-storefront", "/_mock"):
        assert part in words
    assert "mia.keller@example.com / Loyal-Points-1" in words
    assert len([line for line in mock[0].lines if "curl " in line]) == 3


def test_the_curl_lines_work_as_printed(mock: tuple[Running, Path]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    lines = [line for line in mock[0].lines if "curl " in line]
    script = "\n".join([lines[0], 'echo "$TOKEN"', lines[1], "echo", lines[2], "echo"])
    done = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    token, options, login = done.stdout.splitlines()
    assert re.fullmatch(r"[A-Za-z0-9]{20,}", token)
    assert [option["name"] for option in json.loads(options)] == ["5 EUR voucher", "10 percent voucher"]
    assert json.loads(login)["access_token"]
    assert done.stderr == ""


def test_the_env_file_is_written_whole_and_true(mock: tuple[Running, Path]) -> None:
    running, file = mock
    assert file.read_text() == (
        f"EMPORIX_BASE_URL={running.url}\n"
        "EMPORIX_TENANT=acme\n"
        "EMPORIX_CLIENT_ID=acme-backend\n"
        "EMPORIX_CLIENT_SECRET=acme-backend-secret\n"
        "EMPORIX_STOREFRONT_CLIENT_ID=acme-storefront\n"
    )
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_the_control_api_says_what_was_started(mock: tuple[Running, Path]) -> None:
    health = httpx.get(f"{mock[0].url}/_mock/health").json()
    assert (health["tenant"], health["seed"], health["spec"], health["problems"]) == (
        "acme",
        "shop",
        "bundled",
        0,
    )


def test_tenant_seed_and_quiet(tmp_path: Path) -> None:
    file = tmp_path / "x.env"
    with up("--tenant", "shop1", "--seed", "minimal", "--quiet", "--env-file", str(file)) as running:
        assert running.lines == [running.url]
        assert "EMPORIX_CLIENT_ID=shop1-backend\n" in file.read_text()
        health = httpx.get(f"{running.url}/_mock/health").json()
        assert (health["tenant"], health["seed"]) == ("shop1", "minimal")
        form = {
            "grant_type": "client_credentials",
            "client_id": "shop1-backend",
            "client_secret": "shop1-backend-secret",
        }
        assert httpx.post(f"{running.url}/oauth/token", data=form).json()["scope"].endswith("tenant=shop1")


def test_a_seed_without_customers_prints_lines_that_work_too() -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with up("--seed", "empty") as running:
        assert "none in this seed" in "\n".join(running.lines)
        lines = [line for line in running.lines if "curl " in line]
        assert len(lines) == 3
        script = "\n".join([lines[0], lines[1], "echo", lines[2]])
        done = subprocess.run(
            ["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
        options, anonymous = done.stdout.splitlines()
        assert options == "[]"
        assert json.loads(anonymous)["access_token"]


def test_a_seed_of_ones_own_is_served(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("coupon:\n  coupons:\n  - {code: MINE, name: Mine, discountType: FREE_SHIPPING}\n")
    with up("--seed", str(seed), "--quiet") as running:
        found = httpx.get(f"{running.url}/_mock/worlds/acme/documents/coupon/coupons").json()
        assert [coupon["code"] for coupon in found] == ["MINE"]


def test_the_same_random_seed_gives_the_same_tokens() -> None:
    tokens = []
    for seed in ("a", "a", "b"):
        with up("--random-seed", seed, "--quiet") as running:
            path = "/customerlogin/auth/anonymous/login?tenant=acme&client_id=acme-storefront"
            tokens.append(httpx.get(running.url + path).json()["access_token"])
    assert tokens[0] == tokens[1] != tokens[2]


def test_a_host_that_others_can_reach_is_warned_about() -> None:
    with up("--host", "0.0.0.0", "--quiet") as running:
        assert httpx.get(f"{running.url}/_mock/health").status_code == 200
        assert running.url.startswith("http://127.0.0.1:")
        code, errors = running.end()
    assert code == 0
    assert errors.startswith("emporix-mock: warning: 0.0.0.0 is open to other machines")


# End.


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well_and_soon_with_connections_open(sig: signal.Signals) -> None:
    with up("--quiet") as running, httpx.Client(base_url=running.url) as kept:
        assert kept.get("/_mock/health").status_code == 200
        host, _, port = running.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))):
            started = time.monotonic()
            code, errors = running.end(sig)
    assert (code, errors) == (0, "")
    assert time.monotonic() - started < 2


def test_a_request_that_hangs_does_not_keep_it() -> None:
    with up("--quiet") as running:
        httpx.post(
            f"{running.url}/_mock/worlds/acme/faults", json={"operation": "*", "delay": 60}
        ).raise_for_status()
        host, _, port = running.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as hanging:
            hanging.sendall(b"GET /reward-points/acme/redeemOptions HTTP/1.1\r\nHost: mock\r\n\r\n")
            time.sleep(0.2)
            started = time.monotonic()
            code, errors = running.end()
    assert (code, errors) == (0, "")
    assert time.monotonic() - started < 5


# What cannot work: one line, the mend in it, exit code 2.


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = refused("--port", port)
    assert f"port {port} on 127.0.0.1 is taken" in line
    assert "--port" in line


@pytest.mark.parametrize("port", ["-1", "65536", "x", "8o80", ""])
def test_what_is_no_port(port: str) -> None:
    done = subprocess.run(
        [str(COMMAND), "up", f"--port={port}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "is no port; give a number from 0" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 300])
def test_a_host_without_an_address(host: str) -> None:
    assert f"no address for host '{host}'" in refused("--port", "0", "--host", host)


def test_an_address_of_another_machine() -> None:
    assert "192.0.2.1 is no address of this machine" in refused("--port", "0", "--host", "192.0.2.1")


@pytest.mark.parametrize("tenant", ["ACME", "ab", "1shop", "a-b", "seventeenletters1", ""])
def test_what_is_no_tenant_name(tenant: str) -> None:
    line = refused("--port", "0", "--tenant", tenant)
    assert f"'{tenant}' is no tenant name: 3 to 16 lower-case letters and digits" in line


def test_a_seed_that_is_not_there() -> None:
    line = refused("--port", "0", "--seed", "loyality")
    assert "did you mean 'loyalty'" in line


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("coupon:\n  coupons:\n  - code: X\n", ["line 3", "/coupon/coupons/0", "required"]),
        ("coupon: [\n", ["line 2", "YAML"]),
        ("cupon: {}\n", ["line 1", "did you mean 'coupon'"]),
        ("coupon:\n  cupons: []\n", ["line 2", "did you mean 'coupons'"]),
    ],
)
def test_a_seed_file_that_is_wrong(tmp_path: Path, text: str, parts: list[str]) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(text)
    line = refused("--port", "0", "--seed", str(seed))
    for part in [str(seed), *parts]:
        assert part in line


def test_a_folder_without_documents(tmp_path: Path) -> None:
    line = refused("--port", "0", "--spec", "official", "--from", str(tmp_path))
    assert "no official specifications here" in line
    assert "--from" in line


def test_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / catalog.services()["coupon"].path
    broken.parent.mkdir(parents=True)
    broken.write_text("openapi: [\n")
    line = refused("--port", "0", "--spec", "official", "--from", str(tmp_path))
    assert str(broken) in line
    assert "not readable as YAML" in line


def test_a_folder_of_documents_needs_the_official_source(tmp_path: Path) -> None:
    assert "--from goes with --spec official" in refused("--port", "0", "--from", str(tmp_path))


def test_an_env_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "missing" / "x.env", tmp_path / "file" / "x.env"):
        line = refused("--port", "0", "--env-file", str(path))
        assert f"--env-file {path} cannot be written" in line
    assert (tmp_path / "file").read_text() == "x"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"]


def test_a_refused_start_leaves_no_env_file(tmp_path: Path) -> None:
    refused("--port", "0", "--env-file", str(tmp_path / "x.env"), "--seed", "nonsense")
    assert list(tmp_path.iterdir()) == []
