"""What a request costs, in instructions: the same on every machine, so a change that slows it shows here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COUNTER = Path(__file__).parents[1] / "benchmarks" / "instructions.py"


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind to count instructions")
def test_a_list_and_a_small_post_stay_within_their_instructions():
    done = subprocess.run([sys.executable, COUNTER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.replace(",", "").split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == ["list:", "post:"]
    for line in lines:
        # A request that does nothing costs more than a tenth of its bar: the count is of real work.
        assert int(line[-1]) / 10 < int(line[1]) <= int(line[-1]), done.stdout
