"""The example programs do what their README says, each as its own line there starts it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import World

CHECKOUT = Path(__file__).parents[1] / "examples" / "checkout"
LINES = re.findall(
    r"^```bash\n(.*?)^```", (CHECKOUT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)
NEEDS = {"bash": ("curl",), "python": (), "npm": ("npm", "node")}
LAST = "EON1008 COMPLETED: 15 less a tenth is 13.5, with delivery and fees 19.748"
"""2 x 7.50; 10 percent off; 4.90 with 19 percent, and 2 percent of 12.617 + 4.90 net for the invoice."""


@pytest.mark.parametrize("line", LINES[0].splitlines(), ids=lambda line: line.split()[0])
def test_a_checkout_in_every_language(world: World, line: str, tmp_path: Path) -> None:
    missing = [tool for tool in NEEDS[line.split(maxsplit=1)[0]] if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder = shutil.copytree(CHECKOUT, tmp_path / "checkout")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "EMPORIX_BASE_URL": world.server.url,
            "EMPORIX_TENANT": world.tenant,
            "EMPORIX_CLIENT_ID": f"{world.tenant}-backend",
            "EMPORIX_CLIENT_SECRET": f"{world.tenant}-backend-secret",
            "EMPORIX_STOREFRONT_CLIENT_ID": f"{world.tenant}-storefront",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == LAST
    assert world.stored.problems == []
