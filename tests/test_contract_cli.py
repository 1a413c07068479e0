"""`emporix-mock contract run` as a user meets it: a pass, reports, refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from emporix_mock.cli import main
from emporix_mock.cli.contract import PHASES, REPORTS, SERVICES
from emporix_mock_contract import profile, task

if TYPE_CHECKING:
    from pathlib import Path


CLI = "import sys; from emporix_mock.cli import main; sys.exit(main())"


def contract(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", CLI, "contract", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=120)


def test_a_pass_says_what_was_tried_and_writes_what_was_asked_for(tmp_path: Path):
    done = contract(
        "--service", "oauth-service", "--phases", "examples,coverage",
        "--report", "junit,html,har", "--out", str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    line = next(each for each in done.stdout.splitlines() if each.startswith("oauth-service"))
    _, operations, reached, cases, seconds, failures = line.split()
    assert (operations, reached, failures) == ("1", "1", "0")
    assert int(cases) > 1
    assert float(seconds) > 0
    assert done.stdout.splitlines()[-1].startswith("passed: 1 services")
    ledger = json.loads((tmp_path / "oauth-service.ledger.json").read_text())
    account = ledger["by_operation"][0]
    assert account["reached"]
    assert account["checks"]["status_code_conformance"]["passed"] > 0
    assert account["status_classes"]["2xx"] > 0
    assert json.loads((tmp_path / "ledger.json").read_text())["services"][0]["cases"] == int(cases)
    assert "<testsuites" in (tmp_path / "oauth-service.junit.xml").read_text()
    assert len(json.loads((tmp_path / "oauth-service.har").read_text())["log"]["entries"]) >= int(cases)
    assert (tmp_path / "oauth-service.html" / "index.html").stat().st_size > 0


def test_services_add_up_however_they_are_named():
    done = contract(
        "--service", "oauth-service", "--service", "coupon", "--phases", "examples",
        "--operation", "POST-oauth-request-client-credentials", "--operation", "POST-coupon-create-coupon",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("passed: 2 services")


def test_a_server_elsewhere_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]):
    assert main(["contract", "run", "--target", "https://api.emporix.io", "--tenant", "acme"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "api.emporix.io is not this machine" in said
    assert "127.0.0.0/8" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "http://localhost:1"], "--tenant"),
        (["--tenant", "acme"], "--target URL"),
        (["--operation", "GET-nothing"], "GET-nothing"),
        (["--target", "http://127.0.0.1:1", "--tenant", "acme", "--service", "_mock"], "got no answer"),
    ],
)
def test_what_cannot_work_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["contract", "run", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error


@pytest.mark.parametrize(
    "arguments",
    [["--service", "basket"], ["--phases", "guessing"], ["--report", "pdf"], ["--max-examples", "0"]],
)
def test_a_wrong_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(["contract", "run", *arguments])
    assert end.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_an_error_and_no_pass():
    done = contract("--target", "http://127.0.0.1:1", "--tenant", "acme", "--service", "coupon")
    assert done.returncode == 2
    assert "got no answer" in done.stdout
    assert "COULD NOT BE TRIED" in done.stdout


def test_without_the_extra_the_mend_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    assert main(["contract", "run"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert 'pip install "emporix-mock[contract]"' in said


def test_the_command_offers_what_the_kit_has():
    assert profile.SERVICES == SERVICES
    assert PHASES == task.PHASES
    assert REPORTS == task.REPORTS


def test_help_needs_no_schemathesis():
    code = (
        "import sys; from emporix_mock.cli import main\n"
        "try: main(['contract', 'run', '--help'])\n"
        "except SystemExit: pass\n"
        "assert 'schemathesis' not in sys.modules and 'connexion' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--target" in done.stdout
