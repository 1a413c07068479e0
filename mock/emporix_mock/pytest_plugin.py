"""The pytest plugin: `emporix_server` for a run, `emporix` with a clean world for every test.

Loading it imports neither Connexion nor Schemathesis; a run that uses neither fixture pays nothing.
Each pytest-xdist worker has its own server on a free port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.config import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from emporix_mock.testing import Emporix, MockServer

SHOWN = 50


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini values and flags that choose the seed and the documents."""
    parser.addini("emporix_seed", "seed set of every world: a name or a path", default=DEFAULT_SEED)
    parser.addini("emporix_spec", "documents to serve: bundled or official", default="bundled")
    group = parser.getgroup("emporix-mock")
    group.addoption("--emporix-seed", metavar="NAME|PATH", help="seed set of every world")
    group.addoption("--emporix-spec", choices=("bundled", "official"), help="documents to serve")


@pytest.fixture(scope="session")
def emporix_server(pytestconfig: pytest.Config) -> Iterator[MockServer]:
    """A running mock: `.url`, and `.world(tenant)` for more worlds than the one of the test."""
    from emporix_mock.config import Config  # noqa: PLC0415  # nothing of the mock before it is needed
    from emporix_mock.testing import MockServer  # noqa: PLC0415

    config = Config(
        seed=pytestconfig.getoption("emporix_seed") or pytestconfig.getini("emporix_seed"),
        spec=pytestconfig.getoption("emporix_spec") or pytestconfig.getini("emporix_spec"),
    )
    with MockServer(config) as server:
        yield server


@pytest.fixture
def emporix(emporix_server: MockServer) -> Iterator[Emporix]:
    """A world that no other test has touched, forgotten afterwards."""
    world = emporix_server.world()
    yield world
    world.drop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a failed test's requests, and where the mock itself went wrong."""
    report = yield
    world = getattr(item, "funcargs", {}).get("emporix")
    if world is not None and report.when == "call" and report.failed:
        report.sections += list(_sections(world))
    return report


def _sections(world: Emporix) -> Iterator[tuple[str, str]]:
    try:
        requests, problems = world.requests, world.problems
    except OSError as error:
        yield "emporix", f"the mock no longer answers: {error}"
        return
    lines = [_line(request) for request in requests[-SHOWN:]]
    if len(requests) > SHOWN:
        lines.insert(0, f"(the last {SHOWN} of {len(requests)})")
    yield f"emporix requests of {world.tenant}", "\n".join(lines) or "none"
    if problems:
        yield "emporix problems", "\n".join(str(problem["problem"]) for problem in problems)


def _line(request: dict[str, Any]) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    caller = request["caller"] or "no token"
    line = f"{request['status']} {request['method']} {request['path']}{query}  [{caller}]"
    return line if request["status"] < 400 else f"{line}\n    {request['responseBody']}"
