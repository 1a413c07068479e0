"""Which data files are refused, with what words, and that each is left as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.cli import main
from emporix_mock.config import Config
from emporix_mock.errors import ConfigurationError
from emporix_mock.store.data_file import FORMAT, DataFile
from emporix_mock.testing import Emporix, MockServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUPON = {"name": "x", "discountType": "PERCENT", "discountPercentage": 5, "maxRedemptions": 1}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A data file with a world in it."""
    path = tmp_path / "shop.data"
    with MockServer(Config(seed="loyalty"), data=path) as server:
        server.world("acme").token()
    return path


def state(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refusal(path: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """The one line that `up` says; it has changed nothing."""
    before = state(path.parent)
    assert main(["up", "--port", "0", "--seed", "loyalty", "--data", str(path), *flags]) == 2
    assert state(path.parent) == before
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("emporix-mock: ")
    assert err.count("\n") == 1
    assert "name another file with --data" in err
    return err


def text(path: Path) -> None:
    path.write_text("dear diary, today\n" * 50)


def database_of_others(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (text)")
        connection.commit()


def newer(path: Path) -> None:
    head = bytearray(path.read_bytes())
    head[60:64] = (FORMAT + 1).to_bytes(4, "big")
    path.write_bytes(head)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeros_within(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 : 4096 * 5] = bytes(4096 * 2)
    path.write_bytes(whole)


def one_letter(path: Path) -> None:
    whole = path.read_bytes()
    assert b"acme-backend" in whole
    path.write_bytes(whole.replace(b"acme-backend", b"acne-backend"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (text, "is no data file of emporix-mock"),
        (database_of_others, "is no data file of emporix-mock"),
        (
            newer,
            f"was written by a newer emporix-mock (format {FORMAT + 1}, this one knows {FORMAT})",
        ),
        (cut_short, "is damaged"),
        (zeros_within, "is damaged"),
        (one_letter, "is not what was written); put a sound copy in its place"),
    ],
)
def test_what_is_not_a_sound_file_of_ours(
    damage: Callable[[Path], None], words: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(file)
    assert words in refusal(file, capsys)


def test_a_start_that_fits_the_file_no_more(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = refusal(file, capsys, "--seed", "minimal")
    assert "began with seed 'loyalty', not 'minimal'; start with --seed loyalty" in found
    found = refusal(file, capsys, "--random-seed", "7")
    assert "began with random seed '0', not '7'; start with --random-seed 0" in found


def test_a_seed_that_changed_since(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed, path = tmp_path / "seed.yaml", tmp_path / "shop.data"
    seed.write_text("coupon:\n  coupons: []\n")
    with MockServer(Config(seed=str(seed)), data=path):
        pass
    moved = seed.rename(tmp_path / "moved.yaml")
    with MockServer(Config(seed=str(moved)), data=path) as server:
        assert server.world("acme").token()
    seed.write_text("coupon:\n  coupons: [] # another\n")
    found = refusal(path, capsys, "--seed", str(seed))
    assert "as it was before it changed; give it back its former content" in found


def test_a_file_that_another_server_has(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = file.with_name("link.data")
    link.symlink_to(file)
    with MockServer(Config(seed="loyalty"), data=file) as server:
        for path in (file, link):
            with pytest.raises(ConfigurationError, match="is in use by another server; stop that one"):
                create_app(Config(seed="loyalty", data=path))
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, str(file)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "is in use by another server; stop that one" in done.stderr
        # Nobody's look at the file has taken it from the server that has it.
        assert server.world("acme").token()
    with MockServer(Config(seed="loyalty"), data=link) as server:
        assert server.world("acme").token()
    assert capsys.readouterr().err == ""


def test_places_where_no_file_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "is no file; name another" in refusal(tmp_path, capsys)
    for path in (tmp_path / "missing" / "shop.data", tmp_path / "file" / "shop.data"):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            DataFile(path)
    assert (tmp_path / "file").read_text() == "in the way"


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "shop.data"
    path.touch()
    with MockServer(data=path) as server:
        assert server.world("acme").token()
    assert [each.name for each in tmp_path.iterdir()] == ["shop.data"]


def test_changes_without_their_file_are_not_given_to_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.data-wal").write_bytes(b"the last changes of a file that somebody removed")
    assert "shop.data-wal holds its last changes; put it back or remove" in refusal(
        tmp_path / "shop.data", capsys
    )


COMMAND = """
import sys
from emporix_mock.cli import main
sys.exit(main(["up", "--port", "0", "--quiet", "--seed", "loyalty", "--data", sys.argv[1]]))
"""
LIMITED = (
    """
import resource, sys
sys.dont_write_bytecode = True  # Python keeps half a module's bytecode, and stumbles over it ever after
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
"""
    + COMMAND
)


def limited(size: int, path: Path) -> subprocess.Popen[str]:
    """A server whose files can grow to `size` bytes."""
    return subprocess.Popen(
        [sys.executable, "-c", LIMITED, str(path), str(size)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "EMPORIX_MOCK_CACHE": str(path.parent / "cache")},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit on the size of files")
def test_a_disk_that_is_full_is_told_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    path = tmp_path / "shop.data"
    with MockServer(Config(seed="loyalty"), data=path) as server:
        token = server.world("acme").token()
    process = limited(700_000, path)
    assert process.stdout is not None
    world = Emporix(process.stdout.readline().strip(), "acme")
    kept, refused = [], []
    for number in range(60):
        code = f"C{number}"
        body = {**COUPON, "code": code, "description": "x" * (20_000 if number < 50 else 10)}
        answer = httpx.post(
            f"{world.url}/coupon/acme/coupons", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        if answer.status_code == 201:
            kept.append(code)
        else:
            assert answer.status_code == 500
            assert "nothing of this request stands; make room" in answer.json()["message"]
            refused.append(code)
    assert kept
    assert refused
    found = {each["code"] for each in world.control("GET", "/documents/coupon")["coupons"]}
    assert (found >= set(kept), found & set(refused)) == (True, set())
    assert any(
        "nothing of this request stands" in each["problem"] for each in world.call("GET", "/_mock/problems")
    )
    process.kill()
    process.communicate()
    with MockServer(Config(seed="loyalty"), data=path) as server:
        world = server.world("acme")
        assert {each["code"] for each in world.control("GET", "/documents/coupon")["coupons"]} == found
        world.call("POST", "/coupon/acme/coupons", {**COUPON, "code": "ROOM"}, token=token)


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit on the size of files")
def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    process = limited(1000, tmp_path / "shop.data")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert "shop.data cannot be used" in err
    assert "make room" in err
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == []
