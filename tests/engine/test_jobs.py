"""Steps that a service puts off: by the clock, by real time, and as part of a world."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.engine import jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.conftest import Shop

    from emporix_mock.engine.service import Service

NAME = "vendor-service"


@pytest.fixture
def log(shop: Shop, declared: Any) -> Iterator[list[str]]:
    """What the steps of a service did: `one` puts `two` off by two seconds, `bad` breaks."""
    service: Service = declared[1].runtime.service(NAME).declared
    done: list[str] = []

    @service.step("one")
    def one(ctx, state, at, payload) -> None:
        done.append(f"one {payload['job']} {jobs.stamp(at)[11:19]}")
        state.emit("job.half-done", {"job": payload["job"]})
        jobs.later(ctx, state, "two", 2, since=at, **payload)

    @service.step("two")
    def two(_ctx, _state, at, payload) -> None:
        done.append(f"two {payload['job']} {jobs.stamp(at)[11:19]}")

    @service.step("bad")
    def bad(_ctx, state, _at, _payload) -> None:
        state.emit("job.never", {})
        raise LookupError("broken step")

    shop.world.clock.freeze()
    shop.world.clock.set(shop.world.clock.now().replace(hour=9, minute=0, second=0, microsecond=0))
    yield done
    service.steps.clear()


def put_off(shop: Shop, declared: Any, step: str, seconds: float, **payload: Any) -> str:
    """Put a step off as a handler would."""
    context = declared[1].runtime.own_context(shop.world, "test")
    return jobs.later(context, shop.world.state(NAME), step, seconds, **payload)


def look(shop: Shop) -> None:
    """Any request to the world."""
    shop.done("GET", "/vendor/{tenant}/vendors")


def test_one_jump_of_the_clock_runs_the_chain_at_its_own_moments(shop, declared, log):
    put_off(shop, declared, "one", 3, job="a")
    put_off(shop, declared, "one", 1, job="b")
    look(shop)
    assert log == []
    shop.world.clock.advance(timedelta(hours=1))
    look(shop)
    assert log == ["one b 09:00:01", "one a 09:00:03", "two b 09:00:03", "two a 09:00:05"]
    assert [event["type"] for event in shop.world.events] == ["job.half-done"] * 2
    assert shop.world.due is None


def test_steps_finish_by_themselves_as_real_time_passes(shop, declared, log):
    shop.world.clock.resume()
    put_off(shop, declared, "two", 0.3, job="a")
    look(shop)
    assert log == []
    limit = time.monotonic() + 5
    while not log and time.monotonic() < limit:
        time.sleep(0.02)
    assert [entry[:5] for entry in log] == ["two a"]


def test_at_once_they_are_done_with_the_request_that_starts_them(shop, declared, log):
    shop.world.switches["engine/job-pace"] = "at-once"
    put_off(shop, declared, "one", 3, job="a")
    look(shop)
    assert log == ["one a 09:00:00", "two a 09:00:00"]


def test_undone_dropped_and_restored_steps(shop, declared, log):
    with pytest.raises(ZeroDivisionError), shop.world.unit():
        put_off(shop, declared, "two", 1, job="undone")
        raise ZeroDivisionError
    jobs.drop(shop.world.state(NAME), put_off(shop, declared, "two", 1, job="dropped"))
    put_off(shop, declared, "two", 1, job="kept")
    kept = shop.world.snapshot()
    shop.world.clock.advance(timedelta(seconds=2))
    look(shop)
    assert log == ["two kept 09:00:01"]
    shop.world.restore(kept)
    look(shop)
    assert len(log) == 1
    shop.world.clock.advance(timedelta(seconds=2))
    look(shop)
    assert log == ["two kept 09:00:01"] * 2
    put_off(shop, declared, "two", 1, job="reset")
    shop.world.reset(NAME)
    shop.world.clock.advance(timedelta(seconds=2))
    look(shop)
    assert len(log) == 2


def test_a_step_that_breaks_is_a_problem_and_runs_once(shop, declared, log):
    put_off(shop, declared, "bad", 1)
    shop.world.clock.advance(timedelta(seconds=2))
    path, bearer = f"/vendor/{shop.world.tenant}/vendors", {"Authorization": f"Bearer {shop.token()}"}
    assert shop.http.get(f"{shop.url}{path}", headers=bearer).status_code == 200
    assert [each["problem"] for each in shop.world.problems] == [
        f"{NAME}, step bad: LookupError: broken step"
    ]
    assert shop.world.events == []
    assert shop.world.due is None
