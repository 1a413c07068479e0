"""The contract run of this project, in the process of the test: each service against one stub.

Examples and coverage of every operation, with the same rules for a pass as `emporix-mock contract run`,
which adds fuzzing and scenarios.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emporix_mock_contract.profile import MODULES
from emporix_mock_contract.run import Options, run, stub
from emporix_mock_contract.summary import row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emporix_mock_contract.target import Target

PHASES = ("examples", "coverage")


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """A stub in a thread of this process."""
    with stub() as started:
        yield started


@pytest.mark.parametrize("service", MODULES)
def test_a_service_keeps_its_document(target: Target, service: str, tmp_path: Path):
    outcomes = run(target, Options(services=(service,), phases=PHASES, out=tmp_path))
    assert [each.code for each in outcomes] == [0], row(outcomes[0])
    ledger = outcomes[0].ledger
    assert ledger["reached"] == ledger["operations"] > 0
    assert ledger["cases"] > ledger["operations"]
