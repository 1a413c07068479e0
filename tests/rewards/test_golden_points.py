"""The ledgers of the documented samples, entry by entry; the way from points to a used coupon."""

from datetime import UTC, datetime, timedelta

import pytest

from emporix_mock.asgi.faults import Fault

REDEEM = "/reward-points/public/customer/redeem"
SUMMARY = "/reward-points/customer/C1/summary"
DAY = datetime(2023, 5, 11, 18, 32, tzinfo=UTC)


class LateFault(Fault):
    """A failure that takes a while of the world's time, as the real one did."""

    clock = None
    takes = timedelta()

    def error(self):
        self.clock.advance(self.takes)
        return super().error()


def after(seconds):
    return DAY + timedelta(seconds=seconds)


def fail_late(shop, milliseconds):
    fault = LateFault("late", "POST-coupon-create-coupon", status=500)
    fault.clock, fault.takes = shop.world.clock, timedelta(milliseconds=milliseconds)
    shop.plant(fault)


def view(entry):
    return (
        entry["createdAt"].removeprefix("2023-05-11T").removesuffix("+00:00"),
        entry["points"],
        entry["allPointsAfterCreation"],
        entry.get("usedPoints"),
    )


def test_the_documented_ledger_comes_out_entry_by_entry(shop, ok):
    employee, own = shop.employee(), shop.customer("C1")
    fifty, ninety = shop.option(50), shop.option(90)
    seen = []

    def look():
        found = ok(employee.get(SUMMARY))
        seen.append((found["activePoints"], found["summary"]["addedPointsList"][0]["usedPoints"]))

    shop.at(after(18.591))
    add = {"points": 2000, "description": "test desc", "validUntil": "2023-11-11T12:00:50.406Z"}
    ok(employee.post("/reward-points/customer/C1/addPoints", json=add), 201)
    look()
    shop.at(after(38.501))
    fail_late(shop, 63)
    ok(own.post(REDEEM, json={"id": fifty}), 500)
    look()
    shop.at(after(50.946))
    fail_late(shop, 35)
    ok(own.post(REDEEM, json={"id": ninety}), 500)
    look()

    (found,) = ok(employee.get("/reward-points/summaryBatch"))
    added, redeemed = found["summary"]["addedPointsList"], found["summary"]["redeemedPointsList"]
    assert seen == [(2000, 0), (2000, 50), (2000, 140)]
    assert [view(entry) for entry in added] == [
        ("18:32:18.591", 2000, 2000, 140),
        ("18:32:38.564", 50, 2000, 0),
        ("18:32:50.981", 90, 2000, 0),
    ]
    assert [view(entry) for entry in redeemed] == [
        ("18:32:38.501", 50, 1950, None),
        ("18:32:50.946", 90, 1910, None),
    ]
    assert [entry["usedWith"] for entry in added] == [[entry["id"] for entry in redeemed], [], []]
    assert [entry["validUntil"] for entry in added] == [
        "2023-11-11T12:00:50.406+00:00",
        "2026-05-11T18:32:38.564+00:00",
        "2026-05-11T18:32:50.981+00:00",
    ]
    chargeback = "Chargeback - redeemed voucher could not be created."
    assert [entry["description"] for entry in added] == ["test desc", chargeback, chargeback]
    assert [entry["reference-id"] for entry in added] == [None, None, None]
    assert found["activePoints"] == (2000 - 140) + 50 + 90

    shop.at(datetime(2023, 11, 11, 12, 0, 50, 406_000, tzinfo=UTC))
    assert ok(employee.get(SUMMARY)) == found | {"activePoints": 140}


def test_one_redemption_may_use_up_several_orders(shop, ok):
    shop.site(rewardpoints={"enabled": True, "orderValueToRewardPointsFactor": 1, "validityInMonths": 36})
    employee = shop.employee()
    for number, order in enumerate(("B7011745", "B7011746")):
        shop.at(datetime(2020, 9, 3, 9, 45, number, tzinfo=UTC))
        event = {"id": order, "status": "COMPLETED", "customer": {"id": "C1"}, "totalPrice": 209}
        shop.emit("order.status-changed", event)
    ok(employee.post("/reward-points/customer/C1/addPoints", json={"points": 3135}), 201)
    ok(employee.post("/reward-points/customer/C1/redeemPoints", json={"points": 600}), 201)
    found = ok(employee.get(SUMMARY))
    first, second, rest = found["summary"]["addedPointsList"]
    (redemption,) = found["summary"]["redeemedPointsList"]
    assert redemption["allPointsAfterCreation"] == 3553 - 600 == 2953
    assert [first["allPointsAfterCreation"], second["allPointsAfterCreation"]] == [209, 418]
    assert [e["usedPoints"] for e in (first, second, rest)] == [209, 209, 182]
    assert all(entry["usedWith"] == [redemption["id"]] for entry in (first, second, rest))


@pytest.fixture
def scenario(shop, ok):
    """A site that grants points, an order that earned 100 of them, an option for 90."""
    shop.at(DAY)
    granting = {
        "enabled": True,
        "codePrefix": "T",
        "orderValueToRewardPointsFactor": 1,
        "validityInMonths": 2,
    }
    shop.site(rewardpoints=granting)
    order = {"customer": {"id": "C1"}, "siteCode": "main"}
    price = {"calculatedPrice": {"finalPrice": {"grossValue": 100.0}}}
    shop.emit("order.status-changed", {"id": "EON1", "status": "COMPLETED", "order": {**order, **price}})
    return shop.option(90, allowAnonymous=True, maxRedemptions=1)


def test_from_an_order_to_points_to_a_coupon_that_is_used(shop, scenario, ok):
    employee, own = shop.employee(), shop.customer("C1")
    assert own.get("/reward-points/public/customer").content == b"100"
    code = ok(own.post(REDEEM, json={"id": scenario}))["code"]
    assert code.startswith("T-")
    assert own.get("/reward-points/public/customer").content == b"10"
    coupon = f"/coupon/{shop.tenant}/coupons/{code}"
    found = ok(own.get(coupon))
    assert (found["issuedTo"], found["status"]) == ("C1", "VALID")

    purchase = {
        "orderTotal": {"amount": 50, "currency": "EUR"},
        "discount": {"amount": 10, "currency": "EUR"},
    }
    assert own.post(f"{coupon}/validation", json=purchase).content == b""
    redemption = ok(own.post(f"{coupon}/redemptions", json={**purchase, "orderCode": "EON2"}), 201)["id"]
    assert ok(own.get(f"{coupon}/redemptions/{redemption}"))["customerNumber"] == "C1"
    assert ok(employee.get(coupon))["status"] == "USED"
    for again in ("validation", "redemptions"):
        refused = own.post(f"{coupon}/{again}", json=purchase)
        assert ok(refused, 400)["details"][0]["message"] == f"Coupon {code} is USED"


def test_points_that_ran_out_buy_nothing(shop, scenario, ok):
    own = shop.customer("C1")
    before = ok(own.get("/reward-points/public/customer/summary"))
    assert before["summary"]["addedPointsList"][0]["validUntil"] == "2023-07-10T22:00:00.000+00:00"
    shop.at(datetime(2023, 7, 10, 22, 0, tzinfo=UTC))
    assert ok(own.get("/reward-points/public/customer/summary")) == before | {"activePoints": 0}
    assert own.post(REDEEM, json={"id": scenario}).status_code == 400
