"""Points accounts over HTTP: open, add, deduct, look up, close."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2024, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
C1 = "/reward-points/customer/C1"
NONE_FOUND = {
    "type": "resource_not_found",
    "status": 404,
    "message": "No reward points found for customer C1",
}


@pytest.fixture
def employee(shop):
    shop.at(NOW)
    return shop.employee()


def bad_request(path, detail):
    return {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
        "instance": path.removeprefix("/reward-points"),
    }


def test_an_account_opens_with_start_points_and_tells_balance_and_history(shop, employee, ok):
    shop.site()
    start = {
        "points": 20,
        "reference-id": "123456",
        "description": "Hello",
        "usedPoints": 7,
        "usedWith": ["x"],
    }
    opened = employee.post(C1, json={"customerId": "somebody else", "startPoints": start})
    assert opened.status_code == 200
    assert opened.content == b""

    answer = employee.get(C1)
    assert (answer.status_code, answer.content) == (200, b"20")
    assert answer.headers["content-type"] == "application/json"
    found = ok(employee.get(f"{C1}/summary"))
    (entry,) = found["summary"]["addedPointsList"]
    assert found == {
        "customerId": "C1",
        "activePoints": 20,
        "summary": {
            "addedPointsList": [
                {
                    "id": entry["id"],
                    "reference-id": "123456",
                    "description": "Hello",
                    "points": 20,
                    "createdAt": "2024-03-01T12:00:00.500+00:00",
                    "allPointsAfterCreation": 20,
                    "usedPoints": 0,
                    "validUntil": "2027-02-28T23:00:00.000+00:00",  # 36 months, midnight in Berlin
                    "usedWith": [],
                }
            ],
            "redeemedPointsList": [],
        },
    }
    assert ok(employee.get("/reward-points/summaryBatch")) == [found]
    own = shop.customer("C1")
    assert own.get("/reward-points/public/customer").content == b"20"
    assert ok(own.get("/reward-points/public/customer/summary")) == found


@pytest.mark.parametrize("body", [{}, {"points": 100}, {"startPoints": {"points": 0}}])
def test_an_account_opens_empty_without_start_points(employee, ok, body):
    ok(employee.post(C1, json=body))
    assert employee.get(C1).content == b"0"
    assert ok(employee.get(f"{C1}/summary"))["summary"] == {"addedPointsList": [], "redeemedPointsList": []}


def test_a_second_account_is_a_conflict_and_changes_nothing(employee, ok):
    ok(employee.post(C1, json={"startPoints": {"points": 5}}))
    again = employee.post(C1, json={"startPoints": {"points": 9}})
    problem = "Couldn't create a new reward point entry for the customer 'C1'"
    assert ok(again, 409) == {
        "status": 409,
        "type": "application/json",
        "message": "New Reward Point Entry not Created",
        "moreInfo": "",
        "details": [{"field": None, "type": None, "message": problem, "moreInfo": ""}],
    }
    assert again.headers["x-emporix-mock-rule"] == "reward-points/account-exists"
    assert employee.get(C1).content == b"5"


def test_nobody_without_account_has_a_balance(shop, employee, ok):
    own = shop.customer("C1")
    for answer in (
        employee.get(C1),
        employee.get(f"{C1}/summary"),
        own.get("/reward-points/public/customer"),
        own.get("/reward-points/public/customer/summary"),
    ):
        assert ok(answer, 404) == NONE_FOUND
    assert ok(employee.get("/reward-points/summaryBatch")) == []


def test_adding_points_opens_the_account_and_keeps_what_the_client_says(employee, ok):
    entry = {
        "id": "mine",
        "reference-id": None,
        "points": 7,
        "createdAt": "2020-01-01T01:00:00+01:00",
        "validUntil": "2030-01-01T00:00:00Z",
        "allPointsAfterCreation": 56778,
        "usedPoints": 3,
        "usedWith": ["nothing"],
    }
    added = employee.post(f"{C1}/addPoints", json=entry)
    assert (added.status_code, added.content) == (201, b"")
    assert ok(employee.get(f"{C1}/summary"))["summary"]["addedPointsList"] == [
        {
            "id": "mine",
            "reference-id": None,
            "points": 7,
            "createdAt": "2020-01-01T00:00:00.000+00:00",
            "validUntil": "2030-01-01T00:00:00.000+00:00",
            "allPointsAfterCreation": 7,
            "usedPoints": 0,
            "usedWith": [],
        }
    ]


def test_what_a_client_says_of_history_can_be_ignored(shop, employee, ok):
    shop.switch("reward-points/supplied-history", "ignored")
    body = {"id": "mine", "points": 7, "createdAt": "2020-01-01T00:00:00Z", "description": "kept"}
    ok(employee.post(f"{C1}/addPoints", json=body), 201)
    (entry,) = ok(employee.get(f"{C1}/summary"))["summary"]["addedPointsList"]
    assert entry["id"] != "mine"
    assert entry["createdAt"] == "2024-03-01T12:00:00.500+00:00"
    assert entry["description"] == "kept"


def test_added_points_can_last_for_ever(shop, employee, ok):
    shop.switch("reward-points/validity-of-added-points", "unlimited")
    ok(employee.post(f"{C1}/addPoints", json={"points": 7}), 201)
    assert "validUntil" not in ok(employee.get(f"{C1}/summary"))["summary"]["addedPointsList"][0]


def test_the_site_decides_how_long_points_last(shop, employee, ok):
    shop.site("main", rewardpoints={"validityInMonths": 2})
    shop.site("pacific", "Pacific/Auckland", rewardpoints={"validityInMonths": "1"})
    for site in ("main", "pacific", "nowhere"):
        ok(employee.post(f"{C1}/addPoints", params={"siteCode": site}, json={"points": 1}), 201)
    ok(employee.post(f"{C1}/addPoints", json={"points": 1}), 201)
    entries = ok(employee.get(f"{C1}/summary"))["summary"]["addedPointsList"]
    assert [entry["validUntil"] for entry in entries] == [
        "2024-04-30T22:00:00.000+00:00",
        "2024-04-01T11:00:00.000+00:00",
        "2027-03-01T00:00:00.000+00:00",  # a site that does not exist has neither settings nor time zone
        "2024-04-30T22:00:00.000+00:00",
    ]


def test_adding_to_nobody_can_be_refused(shop, employee, ok):
    shop.switch("reward-points/points-without-account", "refuse")
    assert ok(employee.post(f"{C1}/addPoints", json={"points": 7}), 404) == NONE_FOUND
    ok(employee.post(C1, json={}))
    ok(employee.post(f"{C1}/addPoints", json={"points": 7}), 201)


@pytest.mark.parametrize("points", [0, -5])
@pytest.mark.parametrize("operation", ["addPoints", "redeemPoints"])
def test_points_are_positive(employee, ok, operation, points):
    ok(employee.post(C1, json={"startPoints": {"points": 10}}))
    answer = employee.post(f"{C1}/{operation}", json={"points": points})
    detail = "points must be a whole number from 1 to 9007199254740991"
    assert ok(answer, 400) == bad_request(f"{C1}/{operation}", detail)
    assert answer.headers["x-emporix-mock-rule"] == "reward-points/points-amount"
    assert employee.get(C1).content == b"10"


def test_start_points_are_not_negative(employee, ok):
    assert ok(employee.post(C1, json={"startPoints": {"points": -1}}), 400)["status"] == 400
    assert employee.get(C1).status_code == 404


def test_an_account_can_be_too_full(employee, ok):
    ok(employee.post(f"{C1}/addPoints", json={"points": 2**53 - 1}), 201)
    assert ok(employee.post(f"{C1}/addPoints", json={"points": 1}), 400)["title"] == "Bad Request"


@pytest.mark.parametrize("field", ["createdAt", "validUntil"])
def test_times_have_to_be_times(employee, ok, field):
    path = f"{C1}/addPoints"
    answer = employee.post(path, json={"points": 1, field: "yesterday"})
    assert ok(answer, 400) == bad_request(path, "Invalid request content.")
    leap_second = employee.post(path, json={"points": 1, field: "2016-12-31T23:59:60Z"})
    assert ok(leap_second, 400) == bad_request(path, f"{field} is not a date-time: '2016-12-31T23:59:60Z'")
    assert leap_second.headers["x-emporix-mock-rule"] == "reward-points/entry-time"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"points": "7"}', b'{"points": 1.5}', b"{}", b"null"])
@pytest.mark.parametrize("operation", ["addPoints", "redeemPoints"])
def test_bodies_have_to_fit(employee, ok, operation, body):
    path = f"{C1}/{operation}"
    answer = employee.post(path, content=body, headers={"Content-Type": "application/json"})
    assert ok(answer, 400) == bad_request(path, "Invalid request content.")


def test_opening_needs_a_body(employee, ok):
    answer = employee.post(C1)
    assert ok(answer, 400) == bad_request(C1, "Invalid request content.")
    assert answer.headers["x-emporix-mock-rule"] == "reward-points/missing-body"


def test_deducting_takes_the_oldest_points_and_gives_no_coupon(shop, employee, ok):
    for points, created in (
        (30, "2024-02-02T00:00:00Z"),
        (20, "2024-02-01T00:00:00Z"),
        (50, "2024-02-03T00:00:00Z"),
    ):
        ok(employee.post(f"{C1}/addPoints", json={"points": points, "createdAt": created}), 201)
    done = employee.post(f"{C1}/redeemPoints", json={"description": "at the till", "points": 60})
    assert (done.status_code, done.content) == (201, b"")
    found = ok(employee.get(f"{C1}/summary"))
    (redemption,) = found["summary"]["redeemedPointsList"]
    assert redemption == {
        "id": redemption["id"],
        "description": "at the till",
        "points": 60,
        "createdAt": "2024-03-01T12:00:00.500+00:00",
        "allPointsAfterCreation": 40,
    }
    assert [(e["usedPoints"], e["usedWith"]) for e in found["summary"]["addedPointsList"]] == [
        (30, [redemption["id"]]),
        (20, [redemption["id"]]),
        (10, [redemption["id"]]),
    ]
    assert found["activePoints"] == 40
    assert ok(employee.get(f"/coupon/{shop.tenant}/coupons")) == []


def test_what_runs_out_soonest_can_go_first(shop, employee, ok):
    shop.switch("reward-points/use-order", "soonest-expiry-first")
    for days in ("20", "05", "10"):
        body = {"points": 10, "validUntil": f"2024-03-{days}T00:00:00Z"}
        ok(employee.post(f"{C1}/addPoints", json=body), 201)
    ok(employee.post(f"{C1}/redeemPoints", json={"points": 15}), 201)
    entries = ok(employee.get(f"{C1}/summary"))["summary"]["addedPointsList"]
    assert [entry["usedPoints"] for entry in entries] == [0, 10, 5]


def test_more_than_there_is_cannot_be_deducted(employee, ok):
    path = f"{C1}/redeemPoints"
    nobody = employee.post(path, json={"points": 1})
    assert ok(nobody, 400) == bad_request(path, "Not enough points: 1 points wanted, 0 active")
    assert nobody.headers["x-emporix-mock-rule"] == "reward-points/not-enough-points"
    assert employee.get(C1).status_code == 404
    ok(employee.post(f"{C1}/addPoints", json={"points": 10}), 201)
    before = ok(employee.get(f"{C1}/summary"))
    assert ok(employee.post(path, json={"points": 11}), 400)["detail"].endswith("10 active")
    assert ok(employee.get(f"{C1}/summary")) == before


def test_points_run_out_and_stay_in_the_history(shop, employee, ok):
    ok(employee.post(f"{C1}/addPoints", json={"points": 10, "validUntil": "2024-03-01T12:00:01Z"}), 201)
    before = ok(employee.get(f"{C1}/summary"))
    shop.at(datetime(2024, 3, 1, 12, 0, 1, tzinfo=UTC))
    after = ok(employee.get(f"{C1}/summary"))
    assert (before["activePoints"], after["activePoints"]) == (10, 0)
    assert after["summary"] == before["summary"]
    assert employee.post(f"{C1}/redeemPoints", json={"points": 1}).status_code == 400


def test_a_closed_account_is_gone_and_closing_again_is_no_error(employee, ok):
    ok(employee.post(C1, json={"startPoints": {"points": 10}}))
    for _ in range(2):
        closed = employee.delete(C1)
        assert (closed.status_code, closed.content) == (200, b"")
        assert employee.get(C1).status_code == 404
    ok(employee.post(C1, json={}))
    assert employee.get(C1).content == b"0"


def test_customers_with_names_of_path_segments_have_accounts(employee, ok):
    ok(employee.post("/reward-points/customer/redeemOptions", json={"startPoints": {"points": 3}}))
    assert employee.get("/reward-points/customer/redeemOptions").content == b"3"
    assert employee.get("/reward-points/customer/redeemOptions/").content == b"3"


def test_tenants_do_not_see_each_other(new_shop, ok):
    one, other = new_shop(), new_shop()
    ok(one.employee().post(C1, json={"startPoints": {"points": 3}}))
    assert other.employee().get(C1).status_code == 404
