"""The command line: quick to help, clear in refusal, and the list of operations."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emporix_mock import cli
from emporix_mock.asgi.control.operations import entries
from emporix_mock.config import version
from emporix_mock_spec import load

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"
HEAVY = {"connexion", "httpx", "jsonschema_rs", "orjson", "schemathesis", "starlette", "uvicorn", "yaml"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command to its end."""
    command = Path(sys.executable).with_name("emporix-mock")
    return subprocess.run([str(command), *arguments], capture_output=True, text=True, timeout=60, check=False)


def loaded_by(*arguments: str) -> set[str]:
    """The heavy modules that a call of the command imports."""
    code = (
        "import sys; from emporix_mock.cli import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print('LOADED', *(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return HEAVY & set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["up", "--help"], ["operations", "--help"], ["spec", "--help"]]
)
def test_help_needs_nothing_heavy(arguments: Sequence[str]) -> None:
    assert loaded_by(*arguments) == set()


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in cli.COMMANDS:
        assert name in done.stdout


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"emporix-mock {version()}\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "COMMAND"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["up", "--nonsense"], "--nonsense"),
        (["operations", "--service", "nonsense"], "there is no service 'nonsense'"),
        (["operations", "--spec", "official", "--from", "nowhere"], "no official specifications here"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_a_traceback(arguments: list[str], part: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_defect_is_not_dressed_up_as_a_wrong_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_source: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("emporix_mock.asgi.control.operations.entries", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["operations"])


# Operations.


def test_operations_are_listed_one_a_line_with_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["operations"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = list(entries(load.bundled()))
    assert len(lines) == len(expected) + 1
    level, evidence, *rest = lines[0].split()
    assert [level, *rest] == [expected[0].level, expected[0].method, expected[0].path, expected[0].id]
    assert len(evidence) == 3
    assert set(evidence) <= set("CTL-")
    assert lines[-1].startswith(f"{len(expected)} operations: ")


def test_operations_as_json_say_scopes_and_aliases(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["operations", "--json", "--service", "reward-points"]) == 0
    found = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
    assert {each["service"] for each in found.values()} == {"reward-points"}
    assert {each["level"] for each in found.values()} == {"behaviour"}
    assert any(
        "/reward-points/public/customer/redeemOptions" in str(each["aliases"]) for each in found.values()
    )
    assert any("rewardspoints.rewardpoints_manage" in each["scopes"] for each in found.values())


def test_every_official_operation_is_listed() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    done = run("operations", "--spec", "official", "--from", str(OFFICIAL))
    assert done.stdout.splitlines()[-1].startswith("650 operations: ")


def test_a_reader_that_has_seen_enough_ends_the_list_quietly() -> None:
    command = Path(sys.executable).with_name("emporix-mock")
    done = subprocess.run(
        ["sh", "-c", f"{command} operations --json | head -n 1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[\n"
    assert done.stderr == ""
