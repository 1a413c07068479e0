"""Keeping the register: evidence from runs comes in, views are written, staleness is told by name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from emporix_mock import cli
from emporix_mock.cli import fidelity
from emporix_mock.errors import ConfigurationError
from emporix_mock.fidelity import evidence, views
from emporix_mock.fidelity.keeping import Places
from emporix_mock.fidelity.register import operations, read
from emporix_mock.fidelity.totals import contract, count

TOKEN = "POST-oauth-request-client-credentials"
SITES = "GET-site-settings-list-site-configurations"
CODES = "GET-site-settings-list-site-codes"


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What the code says, found once; it does not change while tests run."""
    return fidelity.derived()


@pytest.fixture(autouse=True)
def quick(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the command a copy of it, since building every service takes a second."""
    monkeypatch.setattr(fidelity, "derived", lambda: copy.deepcopy(made))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder laid out like the checkout, with nothing in its views yet."""
    (tmp_path / "mock" / "emporix_mock" / "fidelity").mkdir(parents=True)
    (tmp_path / "README.md").write_text(f"# Here\n\n{views.BEGIN}\nold\n{views.END}\n\nMore.\n")
    return tmp_path


def update(root: Path, *arguments: str) -> int:
    return cli.main(["fidelity", "update", "--root", str(root), *arguments])


def check(root: Path) -> int:
    return cli.main(["fidelity", "check", "--root", str(root)])


def known(root: Path, operation_id: str) -> dict[str, Any]:
    register = read(Places.of(root).register)
    return next(each for _, each in operations(register) if each["id"] == operation_id)


def flow(root: Path, tests: dict[str, list[list[str]]], date: str = "2026-06-01") -> str:
    path = root / f"flow-{date}.json"
    path.write_text(json.dumps({"date": date, "tests": tests}))
    return str(path)


def ledger(root: Path, **changes: Any) -> str:
    """A folder with the ledger of one service; two of its operations were tried."""
    account = {"reached": True, "cases": {"valid": 3, "invalid": 4}, "phases": {"examples": 1, "coverage": 6}}
    found = {
        "service": "site-settings-service",
        "date": "2026-06-02",
        "tools": "a tool 1.0",
        "passed": True,
        "operations": 2,
        "cases": 14,
        "seconds": 1.5,
        "failures": [],
        "errors": [],
        "by_operation": [{"operation": SITES, **account}, {"operation": CODES, **account}],
        **changes,
    }
    folder = root / "ledgers"
    folder.mkdir(exist_ok=True)
    (folder / "site-settings-service.ledger.json").write_text(json.dumps(found))
    (folder / "ledger.json").write_text("{}")
    return str(folder)


def test_a_checkout_without_any_view_gets_them_all(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root) == 1
    said = capsys.readouterr().out
    for name in ("fidelity.json", "COVERAGE.md", "README.md"):
        assert f"{name}: stale" in said
    assert update(root) == 0
    assert check(root) == 0
    readme = (root / "README.md").read_text()
    assert readme.startswith(f"# Here\n\n{views.BEGIN}\n| level |")
    assert readme.endswith(f"{views.END}\n\nMore.\n")
    assert "old" not in readme


def test_a_view_that_was_changed_is_named_and_no_other(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update(root)
    for name in ("COVERAGE.md", "README.md"):
        path = root / name
        good = path.read_text()
        path.write_text(good.replace("| behaviour |", "| behavior |", 1))
        capsys.readouterr()
        assert check(root) == 1
        assert f"{name}: stale" in capsys.readouterr().out.replace("run `emporix-mock fidelity update`", "")
        path.write_text(good)
    assert check(root) == 0


def test_a_register_that_the_code_has_left_behind_is_named_with_the_difference(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update(root)
    path = Places.of(root).register
    register = json.loads(path.read_text())
    service = next(each for each in register["services"] if each["service"] == "site-settings-service")
    service["operations"][0]["level"] = "example"
    service["rules"].pop()
    path.write_text(json.dumps(register))
    capsys.readouterr()
    assert check(root) == 1
    said = capsys.readouterr().out
    assert f"{service['operations'][0]['id']}: level" in said
    assert "site-settings-service: rules" in said


def test_evidence_comes_in_and_outlives_an_update_without_any(root: Path) -> None:
    tests = {
        "tests/a.py::test_long": [["oauth-service", TOKEN], ["site-settings-service", SITES]],
        "tests/a.py::test_short": [["oauth-service", TOKEN]],
        "tests/a.py::test_gone": [["oauth-service", "no-such-operation"]],
    }
    assert update(root, "--flow", flow(root, tests), "--ledger", ledger(root)) == 0
    assert update(root) == 0
    assert known(root, TOKEN)["evidence"]["flow"] == {
        "tests": 2,
        "closest": ["tests/a.py::test_short", "tests/a.py::test_long"],
    }
    assert known(root, SITES)["evidence"]["contract"] == {
        "date": "2026-06-02",
        "phases": {"examples": 1, "coverage": 6},
        "cases": 7,
        "passed": True,
    }
    assert known(root, TOKEN)["evidence"]["contract"] is None
    assert known(root, TOKEN)["evidence"]["live"] is None
    register = read(Places.of(root).register)
    assert register["flow"] == {"date": "2026-06-01", "tests": 3}
    runs = contract(register)
    assert (runs.services, runs.passed, runs.cases, runs.failures) == (1, 1, 14, 0)
    sums = count(each for _, each in operations(register))
    assert (sums.contract, sums.flow, sums.live) == (2, 2, 0)
    assert check(root) == 0
    told = "14 cases over 1 service, 0 failures (2026-06-02; a tool 1.0), those of the control API"
    assert told in (root / "README.md").read_text()
    assert "| oauth-service | 1 | 1 | 0 | 0 | 0 | 1 |" in (root / "COVERAGE.md").read_text()


def test_a_later_run_of_the_tests_replaces_an_earlier_one(root: Path) -> None:
    update(root, "--flow", flow(root, {"tests/a.py::test": [["oauth-service", TOKEN]]}))
    update(root, "--flow", flow(root, {"tests/b.py::test": [["site-settings-service", SITES]]}, "2026-06-03"))
    assert known(root, TOKEN)["evidence"]["flow"] is None
    assert known(root, SITES)["evidence"]["flow"] == {"tests": 1, "closest": ["tests/b.py::test"]}


def test_parts_of_one_run_are_put_together(root: Path) -> None:
    first = flow(root, {"tests/a.py::test": [["oauth-service", TOKEN]]})
    second = flow(root, {"tests/b.py::test": [["site-settings-service", SITES]]}, "2026-06-03")
    assert evidence.read_flow([Path(first), Path(second)]) == {
        "date": "2026-06-03",
        "tests": {
            "tests/a.py::test": [["oauth-service", TOKEN]],
            "tests/b.py::test": [["site-settings-service", SITES]],
        },
    }


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"failures": [{"operation": SITES}], "passed": False}, {SITES: False, CODES: True}),
        ({"failures": [{"operation": ""}], "passed": False}, {SITES: False, CODES: False}),
        ({"errors": ["broken"], "passed": False}, {SITES: False, CODES: False}),
        (
            {"by_operation": [{"operation": SITES, "reached": False, "cases": {"valid": 1}, "phases": {}}]},
            {SITES: False},
        ),
    ],
)
def test_a_contract_run_that_found_something_is_no_pass(
    root: Path, changes: dict[str, Any], passed: dict[str, bool]
) -> None:
    update(root, "--ledger", ledger(root, **changes))
    found = {each: known(root, each)["evidence"]["contract"] for each in (SITES, CODES)}
    assert {each: held["passed"] for each, held in found.items() if held} == passed


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--root", "nowhere"], "no checkout"),
        (["--flow", "nowhere.json"], "pytest --evidence FILE"),
        (["--flow", __file__], "not JSON"),
        (["--ledger", "nowhere"], "contract run --out DIR"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    root: Path, arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "README.md").read_text()
    options = ["--root", str(root), *arguments]
    assert cli.main(["fidelity", "update", *options]) == 2
    assert part in capsys.readouterr().err
    assert (root / "README.md").read_text() == before
    assert not (root / "COVERAGE.md").exists()


def test_a_readme_without_a_place_for_the_table_is_refused(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="coverage:begin"):
        views.readme({"services": []}, "# Here\n")
    (root / "README.md").write_text(f"{views.END}\n{views.BEGIN}\n")
    assert update(root) == 2
    assert not (root / "COVERAGE.md").exists()
