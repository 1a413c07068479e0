"""Which services a push tries: those that it touches, all where nobody can tell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from emporix_mock_contract.touched import BASE, EVERYTHING, Touched, of_files, since_base


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("mock/emporix_mock/services/coupon/redemptions.py", "coupon"),
        ("mock/emporix_mock/services/site_settings/__init__.py", "site-settings-service"),
        ("mock/emporix_mock/services/catalog.py", "catalog"),
        ("spec/emporix_mock_spec/openapi/order.yaml", "order"),
        ("spec/emporix_mock_spec/repairs/unit-handling-service.yaml", "unit-handling-service"),
        ("fixtures/emporix_mock_fixtures/sets/loyalty/media.yaml", "media"),
        ("contract_tests/emporix_mock_contract/profiles/price_service.py", "price-service"),
        ("contract_tests/emporix_mock_contract/profiles/control_api.py", "_mock"),
    ],
)
def test_a_file_of_one_service_touches_that_service_alone(path: str, service: str):
    assert of_files([path]) == Touched(frozenset({service}), shared=False)


@pytest.mark.parametrize(
    "path",
    [
        "mock/emporix_mock/engine/crud.py",
        "mock/emporix_mock/asgi/plan.py",
        "mock/emporix_mock/platform/scopes.py",
        "mock/emporix_mock/rules/points.py",
        "spec/emporix_mock_spec/compile.py",
        "spec/emporix_mock_spec/openapi/parity.json",
        "contract_tests/emporix_mock_contract/checks.py",
        "mock/emporix_mock/services/registry.py",
        "pyproject.toml",
    ],
)
def test_a_file_that_all_stand_on_touches_all(path: str):
    touched = of_files([path, "mock/emporix_mock/services/catalog.py"])
    assert touched == Touched(frozenset({"catalog"}), shared=True)


@pytest.mark.parametrize(
    "path",
    ["README.md", "docs/seeds.md", "tests/test_cli.py", "benchmarks/run", "mock/emporix_mock/cli/up.py",
     "mock/emporix_mock/doctor/process.py", "mock/emporix_mock/fidelity/fidelity.json"],
)  # fmt: skip
def test_a_file_that_answers_nothing_touches_nothing(path: str):
    assert of_files([path]) == Touched(frozenset(), shared=False)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one commit on its trunk."""
    monkeypatch.delenv(BASE, raising=False)
    git(tmp_path, "init", "-q")
    write(tmp_path, "mock/emporix_mock/engine/crud.py")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "First")
    return tmp_path


def write(folder: Path, path: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"# {path}\n")


def test_a_branch_touches_what_it_committed_edited_and_added_since_it_left_the_trunk(checkout: Path):
    git(checkout, "checkout", "-q", "-b", "change")
    write(checkout, "mock/emporix_mock/services/catalog.py")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "Second")
    write(checkout, "spec/emporix_mock_spec/openapi/order.yaml")
    assert since_base(checkout) == Touched(frozenset({"catalog", "order"}), shared=False)
    write(checkout, "mock/emporix_mock/engine/crud.py")
    (checkout / "mock/emporix_mock/engine/crud.py").write_text("# changed\n")
    assert since_base(checkout).shared is True


def test_the_trunk_itself_tells_nothing_unless_somebody_names_the_base(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
):
    first = git(checkout, "rev-parse", "HEAD")
    write(checkout, "mock/emporix_mock/services/catalog.py")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "Second")
    assert since_base(checkout) == EVERYTHING
    monkeypatch.setenv(BASE, first)
    assert since_base(checkout) == Touched(frozenset({"catalog"}), shared=False)
    monkeypatch.setenv(BASE, "no-such-commit")
    assert since_base(checkout) == EVERYTHING


def test_without_git_everything_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(BASE, raising=False)
    assert since_base(tmp_path) == EVERYTHING
    monkeypatch.setenv("PATH", str(tmp_path))
    assert since_base(Path(__file__).parents[1]) == EVERYTHING
