"""Points for completed orders, by the settings of the order's site."""

from datetime import UTC, datetime

import pytest

EVENT = "order.status-changed"
ON = {"enabled": True, "orderValueToRewardPointsFactor": 1, "validityInMonths": 36}
NOW = datetime(2020, 9, 3, 9, 45, 2, 248_000, tzinfo=UTC)
CACHE = "reward-points/settings-cache"


@pytest.fixture
def employee(shop):
    shop.at(NOW)
    return shop.employee()


def order(gross=209.9, **more):
    price = {"finalPrice": {"grossValue": gross, "netValue": 150}}
    return {"siteCode": "main", "customer": {"id": "C1"}, "calculatedPrice": price, **more}


def completed(order_id="B7011746", **more):
    return {"id": order_id, "status": "COMPLETED", **more}


def entries(employee, ok):
    answer = employee.get("/reward-points/customer/C1/summary")
    return [] if answer.status_code == 404 else ok(answer)["summary"]["addedPointsList"]


def test_a_completed_order_earns_an_entry(shop, employee, ok):
    shop.site(rewardpoints=ON)
    shop.emit(EVENT, completed(order=order()))
    (entry,) = entries(employee, ok)
    assert entry == {
        "id": entry["id"],
        "reference-id": "B7011746",
        "description": "Bonuspunkte für Bestellung B7011746",
        "points": 209,
        "createdAt": "2020-09-03T09:45:02.248+00:00",
        "validUntil": "2023-09-02T22:00:00.000+00:00",
        "allPointsAfterCreation": 209,
        "usedPoints": 0,
        "usedWith": [],
    }
    shop.emit(EVENT, completed("B7011745", **order(10)))  # the order's fields beside the id
    assert [entry["allPointsAfterCreation"] for entry in entries(employee, ok)] == [209, 219]


def test_the_control_api_can_say_that_an_order_is_completed(shop, employee, ok):
    shop.site(rewardpoints=ON)
    body = {"type": EVENT, "payload": completed(order=order())}
    told = employee.post(f"/_mock/worlds/{shop.tenant}/events", json=body)
    assert told.status_code == 201, told.text
    assert len(entries(employee, ok)) == 1


def test_an_order_earns_once(shop, employee, ok):
    shop.site(rewardpoints=ON)
    for _ in range(3):
        shop.emit(EVENT, completed(order=order()))
    assert len(entries(employee, ok)) == 1
    shop.switch("reward-points/repeated-completion", "every-time")
    shop.emit(EVENT, completed(order=order()))
    assert len(entries(employee, ok)) == 2


@pytest.mark.parametrize(
    ("event", "settings"),
    [
        (completed(order=order()), {**ON, "enabled": False}),
        (completed(order=order()), {}),
        (completed(order=order()), {"enabled": True}),
        (completed(order=order(0.99)), ON),
        (completed(order=order(customer={"id": "ANONYMOUS"})), ON),
        (completed(order=order(customer=None)), ON),
        (completed(order=order(siteCode="nowhere")), ON),
        ({**completed(order=order()), "status": "SHIPPED"}, ON),
        ({"status": "COMPLETED", "order": order()}, ON),
        (completed(), ON),  # no order service knows this one
    ],
)
def test_nothing_is_earned(shop, employee, ok, event, settings):
    shop.site(rewardpoints=settings)
    shop.emit(EVENT, event)
    assert ok(employee.get("/reward-points/summaryBatch")) == []


def test_the_guides_spelling_and_numbers_as_text_count_too(shop, employee, ok):
    shop.site(rewardpoints={"enable": "true", "orderValueToRewardPointsFactor": "0.5"})
    shop.emit(EVENT, completed(order=order(21)))
    (entry,) = entries(employee, ok)
    assert (entry["points"], entry["validUntil"]) == (10, "2023-09-02T22:00:00.000+00:00")


def test_older_orders_have_a_total_price(shop, employee, ok):
    shop.site(rewardpoints=ON)
    shop.emit(EVENT, completed(customer={"id": "C1"}, totalPrice=12.5))
    assert entries(employee, ok)[0]["points"] == 12


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("reward-points/order-base", "netValue", 150),
        ("reward-points/points-rounding", "ROUND_HALF_UP", 210),
        ("reward-points/points-rounding", "ROUND_CEILING", 210),
    ],
)
def test_base_and_rounding_can_be_chosen(shop, employee, ok, *, name, value, points):
    shop.site(rewardpoints=ON)
    shop.switch(name, value)
    shop.emit(EVENT, completed(order=order(209.5)))
    assert entries(employee, ok)[0]["points"] == points


def test_the_description_can_be_chosen(shop, employee, ok):
    shop.site(rewardpoints=ON)
    shop.switch("reward-points/earned-description", "Points for order {order}")
    shop.emit(EVENT, completed(order=order()))
    assert entries(employee, ok)[0]["description"] == "Points for order B7011746"


def test_a_change_of_the_settings_is_seen_at_once(shop, employee, ok):
    for factor in (1, 2):
        shop.site(rewardpoints={**ON, "orderValueToRewardPointsFactor": factor})
        shop.emit(EVENT, completed(str(factor), order=order(10)))
    assert [entry["points"] for entry in entries(employee, ok)] == [10, 20]


def test_settings_can_be_remembered_for_fifteen_minutes(shop, employee, ok):
    shop.switch(CACHE, "15-minutes")
    shop.site(rewardpoints=ON)
    shop.emit(EVENT, completed("first", order=order(10)))
    shop.site(rewardpoints={**ON, "orderValueToRewardPointsFactor": 2})
    shop.at(datetime(2020, 9, 3, 10, 0, 2, 247_000, tzinfo=UTC))
    shop.emit(EVENT, completed("second", order=order(10)))
    shop.at(datetime(2020, 9, 3, 10, 0, 2, 248_000, tzinfo=UTC))
    shop.emit(EVENT, completed("third", order=order(10)))
    assert [entry["points"] for entry in entries(employee, ok)] == [10, 10, 20]


def test_what_is_remembered_belongs_to_the_world_and_its_time(shop, new_shop, employee, ok):
    other = new_shop()
    for one, factor in ((shop, 1), (other, 3)):
        one.at(NOW)
        one.switch(CACHE, "15-minutes")
        one.site(rewardpoints={**ON, "orderValueToRewardPointsFactor": factor})
        one.emit(EVENT, completed("first", order=order(10)))
    assert entries(other.employee(), ok)[0]["points"] == 30

    snapshot = shop.world.snapshot()
    shop.site(rewardpoints={**ON, "orderValueToRewardPointsFactor": 2})
    shop.at(datetime(2020, 9, 4, tzinfo=UTC))
    shop.emit(EVENT, completed("later", order=order(10)))
    assert entries(employee, ok)[-1]["points"] == 20
    shop.world.restore(snapshot)  # time, settings and what was read of them go back together
    shop.emit(EVENT, completed("again", order=order(10)))
    assert [entry["points"] for entry in entries(shop.employee(), ok)] == [10, 10]


def test_a_clock_that_goes_back_makes_the_service_read_again(shop, employee, ok):
    shop.switch(CACHE, "15-minutes")
    shop.site(rewardpoints=ON)
    shop.emit(EVENT, completed("first", order=order(10)))
    shop.site(rewardpoints={**ON, "orderValueToRewardPointsFactor": 2})
    shop.at(datetime(2020, 9, 3, 9, 45, 2, 247_000, tzinfo=UTC))
    shop.emit(EVENT, completed("second", order=order(10)))
    assert [entry["points"] for entry in entries(employee, ok)] == [10, 20]
