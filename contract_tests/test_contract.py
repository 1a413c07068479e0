"""The contract run of this project, in the process of the test: each service against one stub.

What is the same at every run: examples and coverage of the services that the change touches; where it
touches what all of them stand on, or nobody can tell, the examples of all and the coverage of some. With
the official documents instead of ours the examples alone. The rules for a pass are those of
`emporix-mock contract run`, which adds fuzzing and scenarios.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emporix_mock.config import Config
from emporix_mock_contract.profile import SERVICES
from emporix_mock_contract.run import SEED_SET, Options, run, stub
from emporix_mock_contract.summary import row
from emporix_mock_contract.touched import since_base
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock_contract.target import Target

ROOT = Path(__file__).parents[1]
OFFICIAL = ROOT.parent / "shared" / "official-specs"
TOUCHED = since_base(ROOT)
ALWAYS = frozenset({"oauth-service", "customer-management", "reward-points", "brand-service", CONTROL})
"""Every kind of caller, hand-written rules, the plain engine, and the control API."""


def phases(service: str) -> tuple[str, ...]:
    """What is tried of a service, nothing where the change cannot have touched it."""
    if service in TOUCHED.services or service in ALWAYS:
        return ("examples", "coverage")
    return ("examples",) if TOUCHED.shared else ()


TRIED = [service for service in SERVICES if phases(service)]


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """A stub in a thread of this process."""
    with stub() as started:
        yield started


@pytest.fixture(scope="session")
def upstream() -> Iterator[Target]:
    """The same with the official documents."""
    if not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside this checkout")
    with stub(Config(seed=SEED_SET, spec="official", spec_dir=OFFICIAL)) as started:
        yield started


@pytest.mark.parametrize("service", TRIED)
def test_a_service_keeps_its_document(target: Target, service: str, tmp_path: Path):
    keeps(target, Options(services=(service,), phases=phases(service), out=tmp_path))


@pytest.mark.parametrize("service", [service for service in TRIED if service != CONTROL])
def test_a_service_answers_the_examples_with_the_official_documents(
    upstream: Target, service: str, tmp_path: Path
):
    keeps(upstream, Options(services=(service,), phases=("examples",), out=tmp_path))


def keeps(target: Target, options: Options) -> None:
    """A run of one service has to pass. Examples alone may leave an operation without a success, since some
    make what the seed has already."""
    (outcome,) = run(target, options)
    ledger = outcome.ledger
    assert ledger, outcome.output
    if "coverage" in options.phases:
        assert outcome.code == 0, row(outcome)
        assert ledger["reached"] == ledger["operations"] > 0
    found = [each for each in outcome.failures if each["check"] != "OperationReached"]
    assert found == [], row(outcome)
    assert ledger["errors"] == []
    assert ledger["cases"] >= ledger["operations"]
