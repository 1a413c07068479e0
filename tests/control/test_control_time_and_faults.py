"""The clock of a world, and faults on request."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Desk

TOKEN = "POST-oauth-request-client-credentials"
COUPONS = "GET-coupon-list-specified-coupons"


def at(desk: Desk) -> datetime:
    return datetime.fromisoformat(desk.done("GET", "/clock")["now"])


def seconds_from_real_time(desk: Desk) -> float:
    return (at(desk) - datetime.now(UTC)).total_seconds()


# Clock.


def test_a_clock_starts_at_real_time_and_runs(desk: Desk) -> None:
    assert abs(seconds_from_real_time(desk)) < 5
    first = desk.done("GET", "/clock")
    time.sleep(0.01)
    assert desk.done("GET", "/clock")["now"] > first["now"]
    assert first["frozen"] is False


def test_a_frozen_clock_stands_and_runs_on_from_there(desk: Desk) -> None:
    stopped = desk.done("PUT", "/clock", {"set": "2031-05-06T07:08:09.500Z", "frozen": True})
    assert stopped == {"now": "2031-05-06T07:08:09.500Z", "frozen": True}
    time.sleep(0.01)
    assert desk.done("GET", "/clock") == stopped
    assert desk.done("PUT", "/clock", {"advance": 1.5})["now"] == "2031-05-06T07:08:11.000Z"
    running = desk.done("PUT", "/clock", {"frozen": False})
    assert running["frozen"] is False
    assert running["now"].startswith("2031-05-06T07:08:11")


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("2026-01-31T12:00:00Z", "P1M", "2026-02-28T12:00:00.000Z"),
        ("2024-01-31T12:00:00Z", "P1M", "2024-02-29T12:00:00.000Z"),
        ("2024-02-29T12:00:00Z", "P1Y", "2025-02-28T12:00:00.000Z"),
        ("2026-03-31T12:00:00Z", "-P1M", "2026-02-28T12:00:00.000Z"),
        ("2026-12-31T23:59:59Z", "PT1S", "2027-01-01T00:00:00.000Z"),
        ("2026-01-01T00:00:00Z", "P1Y2M3W4DT5H6M7.25S", "2027-03-26T05:06:07.250Z"),
        ("2026-01-01T00:00:00+02:00", "+P30D", "2026-01-30T22:00:00.000Z"),
        ("2026-01-01T00:00:00Z", -86400, "2025-12-31T00:00:00.000Z"),
    ],
)
def test_a_clock_moves_by_seconds_and_by_durations(desk: Desk, start: str, step: Any, end: str) -> None:
    assert desk.done("PUT", "/clock", {"set": start, "frozen": True, "advance": step})["now"] == end


def test_reset_brings_real_time_back(desk: Desk) -> None:
    desk.done("PUT", "/clock", {"set": "2031-05-06T07:08:09Z", "frozen": True})
    assert desk.done("PUT", "/clock", {"reset": True})["frozen"] is False
    assert abs(seconds_from_real_time(desk)) < 5


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"advance": "P"},
        {"advance": "PT"},
        {"advance": "tomorrow"},
        {"advance": "P1.5D"},
        {"advance": True},
        {"advance": "P99999Y"},
        {"advance": "-P200Y"},
        {"set": "yesterday"},
        {"set": "2026-02-30T00:00:00Z"},
        {"set": "9500-01-01T00:00:00Z"},
        {"set": "1969-12-31T23:59:59Z"},
        {"frozen": "yes"},
        {"reset": False},
        {"stop": True},
        {"set": "2030-01-01T00:00:00Z", "frozen": True, "advance": "P9000Y"},
    ],
)
def test_a_change_that_makes_no_sense_is_refused_whole(desk: Desk, change: dict[str, Any]) -> None:
    desk.done("PUT", "/clock", {"set": "2031-05-06T07:08:09Z", "frozen": True})
    assert desk.refused(400, "PUT", "/clock", change)["details"][0]["message"]
    assert desk.done("GET", "/clock") == {"now": "2031-05-06T07:08:09.000Z", "frozen": True}


def test_worlds_have_clocks_of_their_own(desk: Desk) -> None:
    desk.done("PUT", "/clock", {"advance": "P1Y"})
    other = datetime.fromisoformat(desk.done("GET", "//worlds/acme/clock")["now"])
    assert abs((other - datetime.now(UTC)).total_seconds()) < 5


def test_seeded_times_count_from_the_beginning_and_not_from_the_first_look(desk: Desk) -> None:
    began = at(desk)
    desk.done("PUT", "/clock", {"advance": "P40D"})
    account = desk.done("GET", "/documents/reward-points/accounts")[0]
    earned = datetime.fromisoformat(account["addedPointsList"][1]["createdAt"])
    assert abs(began - earned - timedelta(days=30)) < timedelta(minutes=1)
    desk.done("POST", "/reset")
    again = desk.done("GET", "/documents/reward-points/accounts")[0]["addedPointsList"][1]["createdAt"]
    assert abs(began - datetime.fromisoformat(again) - timedelta(days=30)) < timedelta(minutes=1)


# Faults.


def listing(desk: Desk, token: str) -> tuple[int, Any]:
    answer = desk.http.get(f"/coupon/{desk.tenant}/coupons", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


def test_the_nth_call_fails_with_the_body_that_the_operation_declares(desk: Desk) -> None:
    token = desk.service_token()
    fault = desk.done("POST", "/faults", {"operation": COUPONS, "nth": 2, "status": 403})
    assert fault == {
        "id": fault["id"],
        "operation": COUPONS,
        "nth": 2,
        "times": 1,
        "status": 403,
        "delay": 0.0,
        "body": None,
        "calls": 0,
    }
    statuses = [listing(desk, token) for _ in range(3)]
    assert [status for status, _ in statuses] == [200, 403, 200]
    assert statuses[1][1] == {
        "status": 403,
        "type": "insufficient_permissions",
        "message": "Fault on request",
    }
    assert desk.done("GET", "/faults")[0]["calls"] == 3
    assert desk.done("GET", "/problems") == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_any_error_status_can_be_asked_for(desk: Desk, status: int) -> None:
    token = desk.service_token()
    desk.done("POST", "/faults", {"operation": "*", "times": None, "status": status})
    for _ in range(3):
        assert listing(desk, token)[0] == status
    desk.done("DELETE", "/faults")
    assert listing(desk, token)[0] == 200
    assert desk.done("GET", "/faults") == []
    assert desk.done("GET", "/problems") == []


def test_a_fault_can_bring_its_own_body(desk: Desk) -> None:
    token = desk.service_token()
    desk.done("POST", "/faults", {"operation": COUPONS, "status": 503, "body": {"down": [1, 2]}})
    assert listing(desk, token) == (503, {"down": [1, 2]})


def test_a_fault_can_be_a_mere_delay(desk: Desk) -> None:
    token = desk.service_token()
    desk.done("POST", "/faults", {"operation": COUPONS, "delay": 0.2})
    started = time.perf_counter()
    assert listing(desk, token)[0] == 200
    assert time.perf_counter() - started >= 0.2


def test_a_slow_operation_keeps_nobody_else_waiting(desk: Desk) -> None:
    token = desk.service_token()
    desk.done("POST", "/faults", {"operation": COUPONS, "delay": 0.2, "status": 500})
    assert listing(desk, token)[0] == 500


def test_the_token_endpoint_can_fail_though_it_names_no_tenant(desk: Desk) -> None:
    desk.done("POST", "/faults", {"operation": TOKEN, "status": 503})
    assert desk.token("acme").status_code == 200
    assert desk.token().status_code == 503
    assert desk.token().status_code == 200
    assert desk.done("GET", "/faults")[0]["calls"] == 2


def test_a_fault_of_one_world_is_none_of_another(desk: Desk) -> None:
    token = desk.service_token()
    desk.done("POST", "//worlds/neighbour/faults", {"operation": "*", "times": None, "status": 500})
    assert listing(desk, token)[0] == 200
    assert desk.world.server.app.runtime.faulty is True
    desk.done("DELETE", "//worlds/neighbour")


def test_control_operations_never_fail_on_request(desk: Desk) -> None:
    desk.done("POST", "/faults", {"operation": "*", "times": None, "status": 500})
    assert desk.done("GET", "/clock")


def test_one_fault_can_be_taken_back(desk: Desk) -> None:
    first = desk.done("POST", "/faults", {"operation": "*", "status": 500})
    second = desk.done("POST", "/faults", {"operation": COUPONS, "status": 502})
    desk.done("DELETE", f"/faults/{first['id']}")
    desk.refused(404, "DELETE", f"/faults/{first['id']}")
    assert [each["id"] for each in desk.done("GET", "/faults")] == [second["id"]]
    assert listing(desk, desk.service_token())[0] == 502


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"operation": "GET-nothing", "status": 500}, "operation"),
        ({"operation": "get-health", "status": 500}, "operation"),
        ({"status": 500}, "operation"),
        ({"operation": "*", "status": 200}, "status"),
        ({"operation": "*", "status": 600}, "status"),
        ({"operation": "*", "status": 500, "nth": 0}, "nth"),
        ({"operation": "*", "status": 500, "times": 0}, "times"),
        ({"operation": "*", "delay": -1}, "delay"),
        ({"operation": "*", "delay": 3600}, "delay"),
        ({"operation": "*"}, None),
        ({"operation": "*", "delay": 0}, None),
        ({"operation": "*", "stauts": 500}, None),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(desk: Desk, fault: dict[str, Any], field: str | None) -> None:
    found = desk.refused(400, "POST", "/faults", fault)
    assert field is None or found["details"][0]["field"] == field
    assert desk.done("GET", "/faults") == []
