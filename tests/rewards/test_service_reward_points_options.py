"""Redeem options over HTTP."""

import re
from datetime import UTC, datetime

import pytest

VOUCHER = {
    "type": "coupon",
    "name": "5 off",
    "description": "Five",
    "points": 500,
    "coupon": {
        "name": "5 EUR off",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 5, "currency": "eur"},
        "status": "VALID",
    },
}


@pytest.fixture
def employee(shop):
    shop.at(datetime(2024, 3, 1, 12, 0, tzinfo=UTC))
    return shop.employee()


@pytest.fixture
def options(shop):
    return f"/reward-points/{shop.tenant}/redeemOptions"


def metadata(version, modified="2024-03-01T12:00:00.000Z"):
    return {"version": version, "createdAt": "2024-03-01T12:00:00.000Z", "modifiedAt": modified}


def test_creating_answers_the_whole_list(shop, employee, options, ok):
    (first,) = ok(employee.post(options, json={**VOUCHER, "id": "mine", "pointsAfterCoupon": 3}))
    assert re.fullmatch("[0-9a-f]{24}", first["id"])
    assert first == {**VOUCHER, "id": first["id"], "metadata": metadata(1)}
    both = ok(employee.post(options, json={"type": "coupon", "name": "bare", "points": 1}))
    assert [option["name"] for option in both] == ["5 off", "bare"]
    assert ok(employee.get(options)) == both
    assert ok(shop.customer().get("/reward-points/public/customer/redeemOptions")) == both


@pytest.mark.parametrize("missing", ["type", "name", "points"])
def test_type_name_and_points_are_required(employee, options, ok, missing):
    body = {name: value for name, value in VOUCHER.items() if name != missing}
    (option,) = ok(employee.post(options, json=VOUCHER))
    for answer in (employee.post(options, json=body), employee.put(f"{options}/{option['id']}", json=body)):
        assert ok(answer, 400)["detail"] == "Invalid request content."
    assert ok(employee.get(options)) == [option]


def test_a_body_is_required(employee, options, ok):
    for answer in (employee.post(options), employee.put(f"{options}/x")):
        assert ok(answer, 400)["title"] == "Bad Request"


def test_replacing_raises_the_version_once(shop, employee, options, ok):
    (option,) = ok(employee.post(options, json=VOUCHER))
    path = f"{options}/{option['id']}"
    shop.at(datetime(2024, 3, 2, tzinfo=UTC))
    change = {"type": "coupon", "name": "6 off", "points": 600, "metadata": {"version": 1}}
    done = employee.put(path, json=change)
    assert (done.status_code, done.content) == (200, b"")
    changed = {**change, "id": option["id"], "metadata": metadata(2, "2024-03-02T00:00:00.000Z")}
    assert ok(employee.get(options)) == [changed]

    stale = employee.put(path, json=change)
    problem = (
        f"The resource that was requested for update with id = {option['id']} has changed. "
        "Please retry your request with valid version"
    )
    assert ok(stale, 409) == {
        "status": 409,
        "message": "RedeemOption not Updated",
        "details": {"message": problem},
    }
    assert stale.headers["x-emporix-mock-rule"] == "reward-points/stale-option"
    assert ok(employee.get(options)) == [changed]


def test_an_update_without_version_is_unconditional_by_default(shop, employee, options, ok):
    (option,) = ok(employee.post(options, json=VOUCHER))
    path = f"{options}/{option['id']}"
    ok(employee.put(path, json=VOUCHER))
    shop.switch("reward-points/option-without-version", "conflict")
    assert ok(employee.put(path, json=VOUCHER), 409)["message"] == "RedeemOption not Updated"
    assert ok(employee.get(options))[0]["metadata"]["version"] == 2


def test_an_unknown_option_cannot_be_replaced(employee, options, ok):
    assert ok(employee.put(f"{options}/nothing", json=VOUCHER), 404) == {
        "type": "resource_not_found",
        "status": 404,
        "message": "No redeem option found with id nothing",
    }
    assert ok(employee.get(options)) == []


def test_deleting_is_idempotent_by_default(shop, employee, options, ok):
    (option,) = ok(employee.post(options, json=VOUCHER))
    for _ in range(2):
        gone = employee.delete(f"{options}/{option['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
    assert ok(employee.get(options)) == []
    shop.switch("reward-points/unknown-option-deleted", "not-found")
    assert ok(employee.delete(f"{options}/{option['id']}"), 404)["type"] == "resource_not_found"


def test_what_points_cannot_buy_can_be_refused_at_once(shop, employee, options, ok):
    shipping = {**VOUCHER, "coupon": {"name": "free", "discountType": "FREE_SHIPPING"}}
    ok(employee.post(options, json=shipping))
    shop.switch("reward-points/unsellable-option", "refused-at-creation")
    answer = employee.post(options, json=shipping)
    assert ok(answer, 400)["title"] == "Bad Request"
    assert answer.headers["x-emporix-mock-rule"] == "reward-points/coupon-not-for-points"
    assert len(ok(employee.post(options, json=VOUCHER))) == 2
