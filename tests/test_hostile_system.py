"""Full disks, read-only folders, wrong clocks, damage, kills and crowds: it serves, or says why not."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock_spec import cache, catalog, official

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts and limits of POSIX systems")

PROGRAM = """
import sys
from emporix_mock.cli import main
sys.exit(main(sys.argv[1:]))
"""
# Python keeps what it could write of a module's bytecode, and stumbles over it ever after.
LIMITED = (
    "import resource, sys\nsys.dont_write_bytecode = True\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (%d, resource.RLIM_INFINITY))\n"
)
BEHAVING = ("coupon", "label-service", "tax-service", "reward-points", "site-settings-service")


class Disk:
    """A folder on which little or nothing can be written, and the programs that are to live with that."""

    def __init__(self, path: Path, prelude: str = "") -> None:
        self.path = path
        self._prelude = prelude

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command line in a process whose cache is on this disk."""
        return subprocess.Popen(
            [sys.executable, "-c", self._prelude + PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "EMPORIX_MOCK_CACHE": str(self.path / "cache")},
        )

    def run(self, *arguments: str) -> tuple[int | None, str, str]:
        """Exit code and words of a command."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    @contextmanager
    def up(self, *arguments: str) -> Iterator[str]:
        """A server; its URL."""
        process = self.start("up", "--port", "0", "--quiet", *arguments)
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert url, process.communicate()
            yield url
        finally:
            process.kill()
            process.communicate()


def mounted(path: Path, options: str) -> bool:
    """Whether this user may mount a small file system there; it is then mounted."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
    with suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


@pytest.fixture(params=["full", "read-only", "unlimited"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk with room for a few small files, or one that takes none, or (to compare) any.

    Where nothing can be mounted a limit on the size of files stands in for the first, and a folder
    below a regular file, where nobody can write, for the second.
    """
    path = tmp_path / "disk"
    path.mkdir()
    if request.param == "unlimited":
        yield Disk(path)
    elif mounted(path, "size=40k" if request.param == "full" else "size=40k,ro"):
        if request.param == "full":
            (path / "filler").write_bytes(b"x" * 36_000)  # all but one page
        yield Disk(path)
        subprocess.run(["umount", "-l", str(path)], check=True)
    elif request.param == "full":
        yield Disk(path, LIMITED % 4000)
    else:
        (tmp_path / "file").touch()
        yield Disk(tmp_path / "file")


def check(url: str) -> None:
    """The server answers from documents and seeds, and has no defect to report."""
    health = httpx.get(f"{url}/_mock/health", timeout=60).json()
    assert (health["status"], health["services"]) == ("ok", len(catalog.services()))
    for service in BEHAVING:
        answer = httpx.get(f"{url}/_mock/worlds/acme/documents/{service}", timeout=60)
        assert answer.status_code == 200, answer.text
    form = {
        "grant_type": "client_credentials",
        "client_id": "acme-backend",
        "client_secret": "acme-backend-secret",
    }
    token = httpx.post(f"{url}/oauth/token", data=form, timeout=60).json()["access_token"]
    answer = httpx.get(f"{url}/coupon/acme/coupons", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert answer.status_code == 200
    assert answer.json()
    assert httpx.get(f"{url}/_mock/problems").json() == []


def test_the_cache_may_be_on_any_disk(disk: Disk) -> None:
    for _ in range(2):
        with disk.up("--seed", "loyalty") as url:
            check(url)


def folder(path: Path) -> Path:
    """Documents laid out like the vendor's repository, too large for a small disk."""
    for entry in catalog.services().values():
        (path / entry.path).parent.mkdir(parents=True, exist_ok=True)
        (path / entry.path).write_bytes(b"#" * 60_000)
    return path


def test_a_pull_says_why_it_cannot_write(disk: Disk, tmp_path: Path) -> None:
    before = sorted(disk.path.rglob("*")) if disk.path.is_dir() else []
    code, out, err = disk.run("spec", "pull", "--from", str(folder(tmp_path / "from")))
    assert (code, out) == (2, "")
    # With room the first file is refused for not being the locked one: the pull got as far as that.
    assert err.count("emporix-mock: ") == 1
    if "sha256" not in err and "cut short" not in err:
        assert "cannot be written" in err
        assert "make room or set EMPORIX_MOCK_CACHE" in err
        left = sorted(disk.path.rglob("*")) if disk.path.is_dir() else []
        assert [each for each in left if each.is_file() and each not in before] == []


def test_an_env_file_that_finds_no_room(disk: Disk) -> None:
    if disk.path.is_dir():
        with suppress(OSError):
            (disk.path / "more").write_bytes(b"x" * 4096)
    target = disk.path / "mock.env"
    process = disk.start("up", "--port", "0", "--quiet", "--env-file", str(target))
    assert process.stdout is not None
    said = process.stdout.readline()
    process.kill()
    _, err = process.communicate()
    if said:
        assert "EMPORIX_BASE_URL" in target.read_text()
    else:
        assert "cannot be written" in err
        assert not disk.path.is_dir() or list(disk.path.glob(".mock*")) == []


def test_a_crowd_that_starts_at_once_on_an_empty_cache(tmp_path: Path) -> None:
    disk = Disk(tmp_path)

    def one(_: int) -> None:
        with disk.up("--seed", "loyalty") as url:
            check(url)

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(one, range(6)))
    assert list((tmp_path / "cache").rglob(".*")) == []


def test_a_cache_full_of_damage(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    with disk.up("--seed", "loyalty") as url:
        check(url)
    entries = list((tmp_path / "cache").rglob("*.json"))
    assert entries
    sound = {entry: entry.read_bytes() for entry in entries}
    draw = random.Random(1)  # noqa: S311  # repeatable
    for entry, content in sound.items():
        damage = draw.choice(["cut", "flip", "empty", "folder"])
        entry.unlink()
        if damage == "folder":
            entry.mkdir()
            continue
        changed = bytearray(content)
        changed[draw.randrange(len(content))] ^= 4
        entry.write_bytes({"cut": content[:-40], "flip": bytes(changed), "empty": b""}[damage])
    with disk.up("--seed", "loyalty") as url:
        check(url)
    mended = [entry for entry in entries if entry.is_file()]
    assert [entry.read_bytes() for entry in mended] == [sound[entry] for entry in mended]


# Clocks.


@pytest.mark.parametrize("moment", [0, 1, 2**31, 7e9])
def test_a_clock_that_was_wrong_does_not_undo_the_cache(
    moment: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path))
    # Entries from a time that seems later, or earlier, than the one that is written now.
    for number in range(8):
        cache.write("official-cart", f"k{number}", b'{"n": 1}')
        for entry in (tmp_path / "compiled").iterdir():
            os.utime(entry, (moment + number, moment + number))
    cache.write("official-cart", "new", b'{"n": 2}')
    assert cache.read("official-cart", "new") == {"n": 2}
    assert len(list((tmp_path / "compiled").iterdir())) == 4


@pytest.mark.parametrize("away", [-7200, 7200])
def test_what_a_killed_process_left_is_cleared_away_and_what_another_writes_is_not(
    away: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path))
    compiled = tmp_path / "compiled"
    compiled.mkdir()
    old, young = compiled / ".old.tmp", compiled / ".young.tmp"
    for each in (old, young):
        each.write_bytes(b"half")
    os.utime(old, (time.time() + away, time.time() + away))
    cache.write("official-cart", "k", b"{}")
    assert {each.name for each in compiled.iterdir()} == {".young.tmp", "official-cart.k.json"}


# Kills.

WRITER = """
import sys
from itertools import count
from emporix_mock_spec import cache
for n in count():
    cache.write(f"official-cart", f"k{n % 3}", b'{"n": "%s"}' % (b"x" * 200_000))
    if n == 0:
        print(flush=True)
"""


def killed(command: list[str], seconds: float, cache_directory: Path, *, lines: int = 1) -> None:
    """Run a program and kill it hard so many seconds after it has printed so many lines."""
    environment = {**os.environ, "EMPORIX_MOCK_CACHE": str(cache_directory)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_process_killed_while_it_writes_leaves_no_half_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(2)  # noqa: S311  # repeatable
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path))
    for _ in range(15):
        killed([sys.executable, "-c", WRITER], draw.uniform(0, 0.02), tmp_path)
        found = [cache.read("official-cart", f"k{number}") for number in range(3)]
        assert [len(each["n"]) for each in found if each is not None] == [200_000] * (3 - found.count(None))
        assert found[0] is not None
    for left in (tmp_path / "compiled").glob(".*.tmp"):
        os.utime(left, (0, 0))
    cache.write("official-cart", "k0", b"{}")
    assert list((tmp_path / "compiled").glob(".*")) == []


PULL = """
import sys
from pathlib import Path
from emporix_mock_spec import catalog, official
catalog.services = lambda: {}
import types
entries = {}
from hashlib import sha256
for number in range(30):
    content = (b"%d %s " % (number, sys.argv[2].encode())) * 20_000
    path = Path(sys.argv[1]) / f"area/s{number}/api.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    entries[f"s{number}"] = catalog.ServiceEntry(
        name=f"s{number}", path=f"area/s{number}/api.yml", sha256=sha256(content).hexdigest(),
        bytes=len(content), paths=0, operations=0, schemas=0, segments=())
catalog.services = lambda: entries
print(flush=True)
while True:
    official.pull(Path(sys.argv[3]), origin=Path(sys.argv[1]))
    print(flush=True)
    if len(sys.argv) > 4:
        break
"""


def test_a_pull_that_is_killed_leaves_the_former_files_or_the_new_or_none(tmp_path: Path) -> None:
    draw = random.Random(4)  # noqa: S311  # repeatable
    target = tmp_path / "pulled" / "official"
    standing = 0
    for number in range(12):
        arguments = [str(tmp_path / "from"), f"v{number}", str(target)]
        shutil.rmtree(tmp_path / "from", ignore_errors=True)
        killed(
            [sys.executable, "-c", PULL, *arguments], draw.uniform(0, 0.03), tmp_path, lines=1 + number % 3
        )
        found = {path.read_bytes().split()[1] for path in target.rglob("*.yml")}
        assert len(found) <= 1
        assert len(list(target.rglob("*.yml"))) in (0, 30)
        standing += bool(found)
    assert standing > 6
    for left in target.parent.glob(".official.*"):
        os.utime(left, (0, 0))
    arguments = [str(tmp_path / "from"), "last", str(target), "once"]
    subprocess.run([sys.executable, "-c", PULL, *arguments], check=True, capture_output=True)
    assert [each.name for each in target.parent.iterdir()] == ["official"]
    assert official.verify(target)  # these are no documents of the vendor's
