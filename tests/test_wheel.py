"""The wheel: exactly our four packages and their data, and a project of somebody else that uses it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "emporix_mock": ROOT / "mock",
    "emporix_mock_spec": ROOT / "spec",
    "emporix_mock_fixtures": ROOT / "fixtures",
    "emporix_mock_contract": ROOT / "contract_tests",
}
DATA = {".yaml", ".json", ".lock", ".typed", ".html", ".css", ".js", ".txt"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a release would build it."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("emporix_mock-*-py3-none-any.whl"))


def test_the_wheel_holds_our_packages_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(path.relative_to(root))
        for name, root in PACKAGES.items()
        for path in (root / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
    described = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    assert names == expected | described | {f"{info}/licenses/LICENSE"}


def test_every_file_is_code_or_data_that_something_reads(wheel: Path) -> None:
    suffixes = {Path(name).suffix for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert suffixes <= DATA | {".py"}


def test_one_package_per_source_root() -> None:
    for name, root in PACKAGES.items():
        assert [path.parent.name for path in root.glob("*/__init__.py")] == [name]
        assert not (root / "__init__.py").exists()
        assert (root / name / "py.typed").exists()


def test_a_project_outside_uses_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    """Installed apart from the checkout, with warnings as errors, on two workers."""
    site, project = tmp_path / "site", tmp_path / "project"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copytree(ROOT / "examples" / "pytest_project", project)
    shutil.rmtree(project / "__pycache__", ignore_errors=True)
    (project / "test_origin.py").write_text(
        "import emporix_mock, emporix_mock_spec\n"
        "def test_the_installed_package_is_the_one_in_use():\n"
        f"    assert emporix_mock.__file__.startswith({str(site)!r})\n"
        f"    assert emporix_mock_spec.__file__.startswith({str(site)!r})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "EMPORIX_MOCK_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
