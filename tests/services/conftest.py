"""Worlds on the bundled and on the official documents, for tests of what both have to allow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server as RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

OFFICIAL = Path(__file__).parents[3] / "shared" / "official-specs"


@dataclass
class Official:
    """A server with the official documents and the seed `loyalty`, as `mock` is one with the bundled ones."""

    url: str
    app: Any


@pytest.fixture(scope="session")
def official() -> Iterator[Official]:
    """See `Official`."""
    if not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside the repository")
    app = create_app(Config(seed="loyalty", spec="official", spec_dir=OFFICIAL))
    with RunningServer(app) as url:
        yield Official(url, app)


@pytest.fixture(params=["bundled", "official"])
def either(request: pytest.FixtureRequest, world: World) -> Iterator[World]:
    """A fresh world on each of the two sources; in the end it may not have listed a defect of the mock."""
    found = world
    if request.param == "official":
        found = type(world)(request.getfixturevalue("official"), world.tenant)
    yield found
    assert found.stored.problems == []
