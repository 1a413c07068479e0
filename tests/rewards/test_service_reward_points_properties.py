"""Whatever happens to an account over HTTP, its ledger stays true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

REDEEM = "/reward-points/public/customer/redeem"
C1 = "/reward-points/customer/C1"
START = datetime(2024, 1, 1, tzinfo=UTC)
GROWING = ("usedPoints", "usedWith")

amounts = st.integers(1, 200)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), amounts, st.none() | st.integers(-2, 40)),
        st.tuples(st.just("deduct"), amounts),
        st.tuples(st.just("buy"), st.sampled_from([30, 90]), st.booleans()),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("close")),
    ),
    min_size=1,
    max_size=12,
)


class Story:
    """One account's life: does a step, then checks what must hold."""

    def __init__(self, shop):
        self.shop = shop
        self.employee, self.own = shop.employee(), shop.customer("C1")
        self.options = {points: shop.option(points) for points in (30, 90)}
        self.now, self.before, self.codes = START, None, set()
        shop.at(START)
        shop.switch("reward-points/validity-of-added-points", "unlimited")

    def do(self, step):
        wanted = getattr(self, step[0])(*step[1:])
        self.before = None if step[0] == "close" else self.check(wanted)

    def add(self, points, days):
        until = {} if days is None else {"validUntil": (self.now + timedelta(days=days)).isoformat()}
        answer = self.employee.post(f"{C1}/addPoints", json={"points": points, **until})
        assert answer.status_code == 201, answer.text
        return points if days is None or days > 0 else 0

    def deduct(self, points):
        answer = self.employee.post(f"{C1}/redeemPoints", json={"points": points})
        assert answer.status_code == (201 if points <= self.balance() else 400), answer.text
        return -points if answer.status_code == 201 else 0

    def buy(self, points, failing):
        if failing:
            self.shop.fail("POST-coupon-create-coupon")
        answer = self.own.post(REDEEM, json={"id": self.options[points]})
        self.shop.world.faults.clear()
        known, enough = self.before is not None, points <= self.balance()
        expected = 404 if not known else 400 if not enough else 500 if failing else 200
        assert answer.status_code == expected, answer.text
        if expected == 200:
            assert answer.json()["code"] not in self.codes
            self.codes.add(answer.json()["code"])
            return -points
        return 0

    def wait(self, days):
        self.now += timedelta(days=days)
        self.shop.at(self.now)

    def close(self):
        assert self.employee.delete(C1).status_code == 200
        assert self.employee.get(C1).status_code == 404

    def balance(self):
        return self.before["activePoints"] if self.before else 0

    def check(self, change):
        answer = self.employee.get(f"{C1}/summary")
        if answer.status_code == 404:
            assert self.before is None
            return None
        found = answer.json()
        added, redeemed = found["summary"]["addedPointsList"], found["summary"]["redeemedPointsList"]
        live = [
            e for e in added if "validUntil" not in e or datetime.fromisoformat(e["validUntil"]) > self.now
        ]
        assert found["activePoints"] == sum(e["points"] - e["usedPoints"] for e in live) >= 0
        assert self.own.get("/reward-points/public/customer").json() == found["activePoints"]
        if change is not None:
            assert found["activePoints"] == self.balance() + change
        assert all(0 <= entry["usedPoints"] <= entry["points"] for entry in added)
        assert sum(entry["usedPoints"] for entry in added) == sum(entry["points"] for entry in redeemed)
        ids = [entry["id"] for entry in (*added, *redeemed)]
        assert len(set(ids)) == len(ids)
        used = [redemption for entry in added for redemption in set(entry["usedWith"])]
        assert len(used) == sum(len(entry["usedWith"]) for entry in added)
        assert set(used) == {entry["id"] for entry in redeemed}
        self.check_history(added, redeemed)
        return found

    def check_history(self, added, redeemed):
        if self.before is None:
            return
        old = self.before["summary"]
        assert redeemed[: len(old["redeemedPointsList"])] == old["redeemedPointsList"]
        for then, now in zip(old["addedPointsList"], added, strict=False):
            assert {k: v for k, v in then.items() if k not in GROWING} == {
                k: v for k, v in now.items() if k not in GROWING
            }
            assert now["usedPoints"] >= then["usedPoints"]
            assert now["usedWith"][: len(then["usedWith"])] == then["usedWith"]
        assert len(added) >= len(old["addedPointsList"])


@pytest.mark.parametrize("order", ["oldest-first", "soonest-expiry-first"])
def test_the_ledger_stays_true(new_shop, order):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(steps)
    def lives(steps):
        shop = new_shop()
        shop.switch("reward-points/use-order", order)
        story = Story(shop)
        for step in steps:
            story.do(step)
        listed = story.employee.get(f"/coupon/{shop.tenant}/coupons", params={"pageSize": 1000}).json()
        assert {coupon["code"] for coupon in listed} == story.codes

    lives()
