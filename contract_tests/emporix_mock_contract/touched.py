"""Which services a change touches, by the files that differ from where it branched off."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from emporix_mock.services import registry
from emporix_mock_contract.profile import SERVICES
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["BASE", "Touched", "of_files", "since_base"]

BASE = "EMPORIX_MOCK_BASE"
"""The environment variable that names the commit to compare with, where git cannot tell."""

TRUNKS = ("origin/HEAD", "origin/main", "main")
OWN_FOLDERS = ("mock/emporix_mock/services", "contract_tests/emporix_mock_contract/profiles")
OWN_FILES = ("spec/emporix_mock_spec/openapi", "spec/emporix_mock_spec/repairs")
SEEDS = "fixtures/emporix_mock_fixtures/sets"
SHARED = ("mock", "spec", "fixtures", "contract_tests", "pyproject.toml")
WITHOUT_EFFECT = (
    "mock/emporix_mock/cli",
    "mock/emporix_mock/doctor",
    "mock/emporix_mock/fidelity",
    "mock/emporix_mock/asgi/docs",
    "mock/emporix_mock/pytest_plugin.py",
    "mock/emporix_mock/testing.py",
)


@dataclass(frozen=True, slots=True)
class Touched:
    """The services that a change touches itself, and whether it touches what all of them stand on."""

    services: frozenset[str]
    shared: bool


EVERYTHING = Touched(frozenset(), shared=True)


def since_base(root: Path) -> Touched:
    """What the commits and edits of a checkout touch since they left the trunk.

    Without git, or on the trunk itself, where nobody can tell where the change began, everything.
    """
    base = os.environ.get(BASE) or _left_trunk(root)
    if not base:
        return EVERYTHING
    committed = _git(root, "diff", "--name-only", base)
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    return EVERYTHING if committed is None or new is None else of_files([*committed, *new])


def of_files(paths: Iterable[str]) -> Touched:
    """What changes of these files touch; paths are those of git, from the top of the checkout."""
    services: set[str] = set()
    shared = False
    for path in paths:
        own = _service_of(path)
        if own is not None:
            services.add(own)
        elif path.startswith(SHARED) and not path.startswith(WITHOUT_EFFECT):
            shared = True
    return Touched(frozenset(services), shared)


def _service_of(path: str) -> str | None:
    place = PurePosixPath(path)
    for folder in OWN_FOLDERS:
        if place.is_relative_to(folder):
            name = place.relative_to(folder).parts[0].removesuffix(".py")
            return _MODULES.get(name)
    if str(place.parent) in OWN_FILES or place.is_relative_to(SEEDS):
        return place.stem if place.stem in SERVICES else None
    return None


_MODULES = {
    **{name.replace("-", "_"): name for name in SERVICES},
    **{module: name for name, module in registry.MODULES.items()},
    "control_api": CONTROL,
}


def _left_trunk(root: Path) -> str | None:
    head = _git(root, "rev-parse", "HEAD")
    for trunk in TRUNKS:
        base = _git(root, "merge-base", "HEAD", trunk)
        if base and base != head:
            return base[0]
    return None


def _git(root: Path, *arguments: str) -> list[str] | None:
    """The lines that git prints; None where there is no git, no checkout, or not what is asked for."""
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run(  # noqa: S603  # our own arguments
        [git, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines() if done.returncode == 0 else None
