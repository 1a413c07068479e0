"""Points for a coupon over HTTP, and what happens when there is no coupon."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

REDEEM = "/reward-points/public/customer/redeem"
CREATE_COUPON = "POST-coupon-create-coupon"
NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def employee(shop):
    shop.at(NOW)
    return shop.employee()


def give(employee, points, customer="C1"):
    answer = employee.post(f"/reward-points/customer/{customer}/addPoints", json={"points": points})
    assert answer.status_code == 201, answer.text


def history(employee, ok, customer="C1"):
    return ok(employee.get(f"/reward-points/customer/{customer}/summary"))


def coupons(shop, employee, ok):
    return ok(employee.get(f"/coupon/{shop.tenant}/coupons"))


def test_points_become_a_coupon_of_the_customer(shop, employee, ok):
    shop.site(rewardpoints={"codePrefix": "T"})
    give(employee, 100)
    template = {
        "description": "Ten",
        "discountAbsolute": {"amount": 10, "currency": "eur"},
        "allowAnonymous": True,
        "status": "USED",
        "redemptionCount": 7,
        "issuedTo": "somebody",
        "code": "MINE",
        "restrictions": {
            "validUntil": "2025-01-01T00:00:00Z",
            "minOrderValue": {"amount": 20, "currency": "eur"},
        },
    }
    option = shop.option(90, **template)
    code = ok(shop.customer("C1").post(REDEEM, json={"id": option}))
    assert code.keys() == {"code"}
    assert re.fullmatch(r"T-\d{6}", code["code"])

    (coupon,) = coupons(shop, employee, ok)
    assert coupon == {
        "code": code["code"],
        "name": "10 EUR off",
        "description": "Ten",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 10, "currency": "EUR"},
        "discountCalculationType": "SUBTOTAL",
        "allowAnonymous": True,
        "maxRedemptions": 1,
        "maxRedemptionsPerCustomer": -1,
        "categoryRestricted": False,
        "segmentRestricted": False,
        "restrictions": {
            "validUntil": "2025-01-01T00:00:00Z",
            "minOrderValue": {"amount": 20, "currency": "EUR"},
        },
        "issuedTo": "C1",
        "redemptionCount": 0,
        "referralCoupon": False,
        "deleted": False,
        "metadata": {"version": 0},
        "status": "VALID",
    }
    found = history(employee, ok)
    (redemption,) = found["summary"]["redeemedPointsList"]
    assert redemption["description"] == "For points"
    assert (redemption["points"], redemption["allPointsAfterCreation"], found["activePoints"]) == (90, 10, 10)


def test_the_site_of_the_request_gives_the_prefix(shop, employee, ok):
    shop.site("main", rewardpoints={"couponPrefix": "old"})
    shop.site("second", rewardpoints={"codePrefix": "LLS"})
    give(employee, 30)
    option, own = shop.option(10), shop.customer("C1")
    for site, prefix in (("main", "OLD-"), ("second", "LLS-"), ("nowhere", "L-")):
        code = ok(own.post(REDEEM, params={"siteCode": site}, json={"id": option}))["code"]
        assert code.startswith(prefix)
        assert employee.get(f"/coupon/{shop.tenant}/coupons/{code}").status_code == 200


def test_a_percentage_can_be_bought_too(shop, employee, ok):
    give(employee, 5)
    option = shop.option(5, discountType="PERCENT", discountPercentage=10, discountAbsolute={})
    ok(shop.customer("C1").post(REDEEM, json={"id": option}))
    (coupon,) = coupons(shop, employee, ok)
    assert (coupon["discountType"], coupon["discountPercentage"]) == ("PERCENT", 10)


@pytest.mark.parametrize("body", [None, {}, {"redeemOptionId": "x"}, {"id": 7}])
def test_the_option_has_to_be_named(shop, ok, body):
    answer = shop.customer("C1").post(REDEEM, json=body)
    assert ok(answer, 400) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid request content.",
        "instance": "/public/customer/redeem",
    }


def test_the_checks_come_in_order(shop, employee, ok):
    own, free = shop.customer("C1"), shop.option(5, discountType="FREE_SHIPPING")
    unknown = own.post(REDEEM, json={"id": "nothing"})
    assert ok(unknown, 404)["message"] == "No redeem option found with id nothing"
    assert ok(own.post(REDEEM, json={"id": free}), 404)["message"] == "No reward points found for customer C1"
    give(employee, 4)
    refused = own.post(REDEEM, json={"id": free})
    assert ok(refused, 400)["detail"] == "Points cannot be exchanged for a coupon of this type"
    assert refused.headers["x-emporix-mock-rule"] == "reward-points/coupon-not-for-points"
    poor = own.post(REDEEM, json={"id": shop.option(5)})
    assert ok(poor, 400)["detail"] == "Not enough points: 5 points wanted, 4 active"
    assert poor.headers["x-emporix-mock-rule"] == "reward-points/not-enough-points"
    found = history(employee, ok)
    assert (found["activePoints"], found["summary"]["redeemedPointsList"]) == (4, [])
    assert coupons(shop, employee, ok) == []


def test_options_without_coupon_or_price_give_nothing(shop, employee, ok):
    give(employee, 9)
    options = f"/reward-points/{shop.tenant}/redeemOptions"
    bare = ok(employee.post(options, json={"type": "coupon", "name": "bare", "points": 1}))[-1]["id"]
    for option in (bare, shop.option(0), shop.option(-5)):
        answer = shop.customer("C1").post(REDEEM, json={"id": option})
        assert answer.status_code == 400
        assert answer.headers["x-emporix-mock-rule"].startswith("reward-points/")
    assert history(employee, ok)["summary"]["redeemedPointsList"] == []


@pytest.mark.parametrize("status", [400, 403, 409, 500, 503])
def test_without_a_coupon_the_points_come_back_as_an_entry(shop, employee, ok, status):
    give(employee, 100)
    option, own = shop.option(90), shop.customer("C1")
    before = history(employee, ok)
    shop.fail(CREATE_COUPON, status=status)
    failed = own.post(REDEEM, json={"id": option})
    assert ok(failed, 500) == {
        "timestamp": "2024-03-01T12:00:00.000+00:00",
        "status": 500,
        "error": "Internal Server Error",
        "path": "/public/customer/redeem",
    }
    assert failed.headers["x-emporix-mock-rule"] == "reward-points/charged-back"

    found = history(employee, ok)
    (redemption,) = found["summary"]["redeemedPointsList"]
    earned, back = found["summary"]["addedPointsList"]
    used = {"usedPoints": 90, "usedWith": [redemption["id"]]}
    assert earned == before["summary"]["addedPointsList"][0] | used
    assert back == {
        "id": back["id"],
        "reference-id": None,
        "description": "Chargeback - redeemed voucher could not be created.",
        "points": 90,
        "createdAt": "2024-03-01T12:00:00.000+00:00",
        "validUntil": "2027-03-01T12:00:00.000+00:00",
        "allPointsAfterCreation": 100,
        "usedPoints": 0,
        "usedWith": [],
    }
    assert found["activePoints"] == 100
    assert coupons(shop, employee, ok) == []

    assert ok(own.post(REDEEM, json={"id": option}))["code"].startswith("L-")
    assert history(employee, ok)["activePoints"] == 10


def test_the_control_api_can_make_the_coupon_fail(shop, employee, ok):
    give(employee, 90)
    fault = {"operation": CREATE_COUPON, "status": 500}
    ok(employee.post(f"/_mock/worlds/{shop.tenant}/faults", json=fault), 201)
    option, own = shop.option(90), shop.customer("C1")
    ok(own.post(REDEEM, json={"id": option}), 500)
    ok(own.post(REDEEM, json={"id": option}))
    assert len(history(employee, ok)["summary"]["redeemedPointsList"]) == 2


def test_a_template_that_no_coupon_allows_is_charged_back_for_real(shop, employee, ok):
    give(employee, 10)
    impossible = shop.option(10, allowAnonymous=True, restrictions={"validFor": ["C1"]})
    assert ok(shop.customer("C1").post(REDEEM, json={"id": impossible}), 500)["status"] == 500
    assert history(employee, ok)["activePoints"] == 10


def test_settings_that_cannot_be_read_are_charged_back_too(shop, employee, ok):
    give(employee, 10)
    option = shop.option(10)
    shop.fail("GET-site-settings-retrieve-site-mixin")
    ok(shop.customer("C1").post(REDEEM, json={"id": option}), 500)
    assert history(employee, ok)["activePoints"] == 10


def test_a_number_that_is_taken_is_drawn_again(shop, employee, ok, monkeypatch):
    give(employee, 20)
    drawn = iter(["111111", "111111", "222222"])
    monkeypatch.setattr(type(shop.world.ids), "digits", lambda _self, _count: next(drawn))
    option, own = shop.option(10), shop.customer("C1")
    codes = [ok(own.post(REDEEM, json={"id": option}))["code"] for _ in range(2)]
    assert codes == ["L-111111", "L-222222"]


def test_one_of_two_who_race_for_the_last_points_wins(shop, employee, ok):
    give(employee, 100)
    option, own = shop.option(90), shop.customer("C1")
    headers = dict(own.headers)

    def race(_):
        with httpx.Client(base_url=shop.url, headers=headers) as client:
            return client.post(REDEEM, json={"id": option}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(race, range(8)))
    assert statuses == [200, *[400] * 7]
    assert history(employee, ok)["activePoints"] == 10
    assert len(coupons(shop, employee, ok)) == 1
