"""The doctor: what it prints is measured, and what is wrong it calls wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emporix_mock import cli
from emporix_mock.asgi.control.operations import entries
from emporix_mock.cli import doctor
from emporix_mock.config import version
from emporix_mock.doctor.documents import documents
from emporix_mock.doctor.finding import line
from emporix_mock.doctor.process import StartError, memory, routing, running
from emporix_mock.doctor.register import contract_runs, levels, of_campaign
from emporix_mock.fidelity.register import joined, operations, shipped
from emporix_mock_spec import catalog, load
from emporix_mock_spec.defects import register as defects
from emporix_mock_spec.load import Source
from emporix_mock_spec.parity import of, read

README = Path(__file__).parents[1] / "README.md"
OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """The doctor's own words about this installation, in a process of its own."""
    command = [str(Path(sys.executable).with_name("emporix-mock")), "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if found["ok"] else 1)
    return found


def numbers(report: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in report["findings"] if each["name"] == name]
    return dict(found["numbers"])


def test_it_says_what_it_has_looked_at(report: dict[str, Any]) -> None:
    names = [each["name"] for each in report["findings"]]
    assert names == ["start", "routed", "memory", "valid", "parity", "repairs", "levels", "contract"]
    assert report["version"] == version()
    assert all(each["ok"] is not False for each in report["findings"]), report


def test_every_operation_is_routed_and_every_document_valid(report: dict[str, Any]) -> None:
    total = sum(entry.operations for entry in catalog.services().values())
    routed = numbers(report, "routed")
    assert (routed["routed"], routed["operations"]) == (total, total)
    services = len(catalog.services())
    assert numbers(report, "valid") == {"valid": services, "documents": services}


def test_start_and_memory_are_measured(report: dict[str, Any]) -> None:
    assert 0.05 < numbers(report, "start")["seconds"] < 60
    if sys.platform != "win32":
        assert 20e6 < numbers(report, "memory")["first"] <= numbers(report, "memory")["every"] < 2e9


def test_repairs_are_those_of_the_list_of_defects(report: dict[str, Any]) -> None:
    found = numbers(report, "repairs")
    assert found["defects"] == sum(each.startswith("- **") for each in defects().splitlines())
    assert found["repairs"] >= found["defects"]


def test_levels_and_contract_runs_are_those_of_the_register(report: dict[str, Any]) -> None:
    found = numbers(report, "levels")
    every = [each["level"] for _, each in operations(shipped())]
    assert {level: found[level] for level in ("behaviour", "crud", "example")} == {
        level: every.count(level) for level in ("behaviour", "crud", "example")
    }
    runs = [each["contract"] for each in shipped()["services"] if each["contract"]]
    assert numbers(report, "contract")["cases"] == sum(run["cases"] for run in runs)
    assert numbers(report, "contract")["failures"] == sum(run["failures"] for run in runs)


# The README.


def stated(pattern: str) -> tuple[float, ...]:
    """The numbers that the README states in the words of a pattern."""
    found = re.search(pattern, README.read_text())
    assert found, f"the README does not state {pattern}"
    return tuple(float(each.replace(",", "")) for each in found.groups())


def test_the_readme_states_what_the_doctor_counts(report: dict[str, Any]) -> None:
    services, operations_ = stated(r"\| all \| (\d+) services \| (\d+) \|")
    assert numbers(report, "valid") == {"valid": services, "documents": services}
    assert numbers(report, "routed")["routed"] == operations_
    repairs = numbers(report, "repairs")
    assert stated(r"([\d,]+) repairs of ([\d,]+) upstream defects") == (
        repairs["repairs"],
        repairs["defects"],
    )
    runs = numbers(report, "contract")
    assert stated(r"Contract runs: ([\d,]+) cases over (\d+) services, ([\d,]+) failures") == (
        runs["cases"],
        runs["services"],
        runs["failures"],
    )
    levels_ = numbers(report, "levels")
    for level in ("behaviour", "crud", "example"):
        assert stated(rf"\| {level} \| [^|]+ \| (\d+) \|") == (levels_[level],)


def test_the_readme_states_what_the_doctor_measures(report: dict[str, Any]) -> None:
    """On whatever machine this runs: within half of the memory, and ten times the time where it is busy."""
    (seconds,) = stated(r"\| start to first right answer, s \|[^|]*\| ([\d.]+) \|")
    assert numbers(report, "start")["seconds"] < 10 * seconds
    idle, _ = stated(r"\| memory idle / after load, MB \|[^|]*\| ([\d.]+) / ([\d.]+) \|")
    assert 0.5 * idle < numbers(report, "memory")["first"] / 1e6 < 1.5 * idle


# Documents.


def test_parity_with_the_official_documents() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    _, parity, repairs = documents(load.bundled(), load.official(OFFICIAL))
    assert parity.ok is True, parity
    assert parity.numbers["facts"] == parity.numbers["kept"] > 10_000
    assert parity.numbers["percent"] == 100.0
    assert (repairs.ok, repairs.numbers["unfit"]) == (True, 0)


def test_a_document_that_says_something_else_is_found(tmp_path: Path) -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    ours, upstream = load.bundled(), load.official(OFFICIAL)
    path = tmp_path / "oauth-service.yaml"
    text = ours.files["oauth-service"].read_text()
    assert "200" in text
    path.write_text(text.replace("200", "201"))
    changed = Source("bundled", {"oauth-service": path}, {})
    one = Source("official", {"oauth-service": upstream.files["oauth-service"]}, upstream.repairs)
    _, parity, _ = documents(changed, one)
    assert parity.ok is False
    assert parity.numbers["apart"] == ["oauth-service"]
    assert parity.numbers["added"] > 0


def test_parity_is_known_without_the_official_documents(report: dict[str, Any]) -> None:
    (parity,) = [each for each in report["findings"] if each["name"] == "parity"]
    assert parity["ok"] is True, parity
    assert (parity["numbers"]["percent"], parity["numbers"]["apart"]) == (100.0, [])
    assert "recorded" in parity["text"]


def test_what_is_recorded_of_the_official_documents_is_what_they_say() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    upstream, recorded = load.official(OFFICIAL), read()
    assert set(recorded) == set(upstream.services)
    apart = [name for name in upstream.services if of(upstream.raw(name)) != recorded[name]]
    assert apart == []


def test_a_document_that_is_no_openapi_is_found(tmp_path: Path) -> None:
    path = tmp_path / "coupon.yaml"
    path.write_text("openapi: 3.0.3\ninfo: {title: Coupons}\npaths: {}\n")
    valid, parity, repairs = documents(Source("bundled", {"coupon": path}, {}), None)
    assert (valid.ok, valid.numbers["valid"]) == (False, 0)
    assert "coupon: #/info: " in valid.text
    assert (parity.ok, parity.numbers["kept"]) == (False, 0)
    assert repairs.ok is True


# A server.


def test_an_operation_that_no_server_has_is_not_routed() -> None:
    (known,) = [each for each in entries(load.bundled()) if each.service == "oauth-service"]
    unknown = replace(known, id="GET-oauth-nothing", method="GET", path="/oauth/nothing")
    wrong = replace(known, id="POST-oauth-other")
    with running() as server:
        assert routing(server, [known], "bundled").ok is True
        lost = routing(server, [known, unknown], "bundled")
        assert (lost.ok, lost.numbers["routed"]) == (False, 1)
        assert "GET-oauth-nothing" in lost.text
        assert routing(server, [wrong], "bundled").ok is False
        assert memory(server.pid) is not None or sys.platform == "win32"


def test_every_operation_is_routed_with_the_official_documents() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    found = doctor._official(OFFICIAL, load.official(OFFICIAL))
    total = sum(entry.operations for entry in catalog.services().values())
    assert (found.ok, found.numbers["routed"]) == (True, total), found.text


def test_a_server_that_does_not_come_up_says_why() -> None:
    with pytest.raises(StartError, match="nowhere"), running("--seed", "nowhere"):
        pass


def test_a_folder_without_documents_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["doctor", "--from", str(tmp_path)]) == 2
    assert "no official specifications" in capsys.readouterr().err


# The register.


def test_a_register_of_other_code_is_wrong() -> None:
    served = joined(entries(load.bundled()))
    assert levels(shipped(), served).ok is True
    changed = [replace(served[0], level="other"), *served[1:]]
    assert levels(shipped(), changed).ok is False
    found = levels(shipped(), served[1:])
    assert found.ok is False
    assert "stale for 1 operation" in found.text


def ledgers(**changes: Any) -> dict[str, dict[str, Any]]:
    """A clean ledger of every service; `changes` are those of the first."""
    found = {
        service["service"]: {
            "date": "2026-06-02",
            "tools": "a tool 1.0",
            "passed": True,
            "cases": 7,
            "seconds": 1.0,
            "failures": [],
            "errors": [],
            "by_operation": [
                {"operation": each["id"], "reached": True, "cases": {"valid": 7}, "phases": {"coverage": 7}}
                for each in service["operations"]
            ],
        }
        for service in shipped()["services"]
    }
    next(iter(found.values())).update(changes)
    return found


def test_a_clean_campaign_over_everything_is_well() -> None:
    found = contract_runs(of_campaign(shipped(), ledgers()))
    total = len(list(operations(shipped())))
    assert found.ok is True
    assert found.numbers["operations"] == total
    assert found.numbers["cases"] == 7 * len(shipped()["services"])
    assert line(found).startswith("ok ")
    assert found.numbers["ran"] is False
    assert line(found).endswith("recorded on 2026-06-02, not run now; a tool 1.0")


def test_a_campaign_that_found_something_is_wrong() -> None:
    failures = [{"operation": "somewhere"}]
    found = contract_runs(of_campaign(shipped(), ledgers(failures=failures, passed=False)))
    assert (found.ok, found.numbers["failures"]) == (False, 1)
    assert line(found).startswith("WRONG")
    assert contract_runs(of_campaign(shipped(), ledgers()), failed=True).ok is False
    assert contract_runs(of_campaign(shipped(), {}), failed=True).ok is False


def test_a_part_of_a_campaign_is_no_proof() -> None:
    part = dict(list(ledgers().items())[1:])
    assert contract_runs(of_campaign(shipped(), part)).ok is None
    assert contract_runs(of_campaign(shipped(), {})).ok is None


def test_without_the_kit_full_says_that_nothing_was_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = doctor._campaign()
    assert found.numbers["ran"] is False
    assert "not run now: that needs pip install" in found.text


CAMPAIGN = """
import json, os, pathlib, sys
assert sys.argv[1:4] == ["contract", "run", "--out"], sys.argv
for name, ledger in json.loads(os.environ["LEDGERS"]).items():
    (pathlib.Path(sys.argv[4]) / f"{name}.ledger.json").write_text(json.dumps({**ledger, "service": name}))
sys.exit(int(os.environ["ENDS"]))
"""


@pytest.mark.parametrize(("count", "ends", "ok"), [(None, "0", True), (None, "1", False), (0, "2", False)])
def test_full_reads_the_ledgers_that_the_contract_command_leaves(
    count: int | None, ends: str, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is replaced by one that leaves known ledgers; a real campaign takes minutes."""
    monkeypatch.setattr("emporix_mock.doctor.process.MAIN", CAMPAIGN)
    left = {"_mock": next(iter(ledgers().values())), **ledgers()}
    monkeypatch.setenv("LEDGERS", json.dumps(dict(list(left.items())[:count])))
    monkeypatch.setenv("ENDS", ends)
    found = doctor._campaign()
    assert found.ok is ok
    assert found.numbers["ran"] is True
    assert count == 0 or "run now, in 0 min " in found.text
    assert count == 0 or "the control API's 7 cases not counted; recorded are " in found.text
    assert found.numbers["cases"] == (0 if count == 0 else 7 * len(shipped()["services"]))
