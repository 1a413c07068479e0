"""Flow evidence: only successes count, of tests that passed, whichever worker ran them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = {
    "conftest.py": """
from pathlib import Path


def pytest_addoption(parser):
    parser.addoption("--evidence")


def pytest_configure(config):
    from emporix_mock.fidelity.flow import FlowRecorder

    recorder = FlowRecorder(Path(config.getoption("evidence")), lambda item: "other" not in item.nodeid)
    config.pluginmanager.register(recorder)
""",
    "flows/test_inside.py": """
import httpx
import pytest


def sites(emporix):
    with emporix.client() as client:
        return client.get(f"/site/{emporix.tenant}/sites")


def test_a_success_counts(emporix):
    assert sites(emporix).status_code == 200


@pytest.mark.parametrize("good", [True, False])
def test_the_cases_that_pass_count(emporix, good):
    if not good:
        emporix.token("customer")
    assert good and sites(emporix).status_code == 200


def test_a_refusal_does_not(emporix):
    assert httpx.get(f"{emporix.url}/site/{emporix.tenant}/sites").status_code == 401
    emporix.token("anonymous")


def test_a_failure_does_not(emporix):
    sites(emporix)
    assert False


def test_without_a_request_there_is_nothing():
    assert True
""",
    "other/test_outside.py": """
def test_elsewhere(emporix):
    assert emporix.token()
""",
}
TOKEN = ["oauth-service", "POST-oauth-request-client-credentials"]
SITES = ["site-settings-service", "GET-site-settings-list-site-configurations"]
ANONYMOUS = ["customer-management", "GET-oauth-generate-anonymous-access-token"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_successes_of_passed_tests_are_written(tmp_path: Path, workers: tuple[str, ...]) -> None:
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    target = tmp_path / "deep" / "flow.json"
    options = ["-q", "-p", "no:cacheprovider", "--evidence", str(target), *workers]
    command = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 failed, 5 passed" in done.stdout, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(target.read_text())
    assert found["tests"] == {
        "flows/test_inside.py::test_a_refusal_does_not": [ANONYMOUS],
        "flows/test_inside.py::test_a_success_counts": [TOKEN, SITES],
        "flows/test_inside.py::test_the_cases_that_pass_count": [TOKEN, SITES],
    }
    assert len(found["date"]) == 10
