"""The README is true: its curl walk runs as printed, its Python passes, its test command is CI's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OFFICIAL = ROOT.parent / "shared" / "official-specs"


def block(heading: str, language: str) -> str:
    """The first code block below a heading."""
    found = re.search(
        rf"^## {re.escape(heading)}\n.*?^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[1]


@pytest.fixture(params=["bundled", "official"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "official" and not OFFICIAL.is_dir():
        pytest.skip("the official specifications are not beside this checkout")
    directory = OFFICIAL if request.param == "official" else None
    with Server(create_app(Config(seed="shop", spec=request.param, spec_dir=directory))) as running:
        yield running


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_walk_from_points_to_coupon_runs_as_printed(url: str) -> None:
    script = block("From points to coupon, with curl", "bash").replace("http://127.0.0.1:8080", url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith('{"id":"couponSettings"}{"customerId":"10000001","activePoints":0,')


def test_the_test_of_yours_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(block("In a test of yours", "python"))
    pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_ci_calls_the_test_command() -> None:
    assert block("Tests", "bash").strip() in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    assert len(README.splitlines()) < 200
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
