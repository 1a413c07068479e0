"""Whatever happens to an account, its points add up and its history is only ever continued."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from emporix_mock.rules.points import (
    NotEnoughPoints,
    active_points,
    add_points,
    chargeback,
    earn,
    new_account,
    redeem,
    summary,
)

START = datetime(2024, 2, 28, 12, tzinfo=UTC)
AMOUNTS = st.integers(1, 40)
DAYS = st.integers(-5, 60)


def _moment(text):
    return datetime.fromisoformat(text)


def _live(entry, now):
    return "validUntil" not in entry or _moment(entry["validUntil"]) > now


class Account(RuleBasedStateMachine):
    @initialize()
    def open_account(self):
        self.now = START
        self.account = new_account("C1")
        self.failed = []  # redemptions whose voucher was not made, not yet charged back
        self.serial = 0

    def _id(self):
        self.serial += 1
        return f"id-{self.serial}"

    def _continue(self, change):
        """Apply a change; hold that its argument stayed as it was and that it rewrote no history."""
        before, argument = copy.deepcopy(self.account), self.account
        self.account = change(argument)
        assert argument == before
        assert self.account["customerId"] == "C1"
        old, new = before["redeemedPointsList"], self.account["redeemedPointsList"]
        assert new[: len(old)] == old
        for was, now_is in zip(before["addedPointsList"], self.account["addedPointsList"], strict=False):
            growing = {"usedPoints", "usedWith"}
            assert {k: v for k, v in was.items() if k not in growing} == {
                k: v for k, v in now_is.items() if k not in growing
            }
            assert now_is["usedPoints"] >= was["usedPoints"]
            assert now_is["usedWith"][: len(was["usedWith"])] == was["usedWith"]
        assert len(self.account["addedPointsList"]) >= len(before["addedPointsList"])
        return before

    def _appended(self, before):
        """Give the one entry that a change added; nothing else may have changed with it."""
        *kept, added = self.account["addedPointsList"]
        assert kept == before["addedPointsList"]
        assert self.account["redeemedPointsList"] == before["redeemedPointsList"]
        assert added["allPointsAfterCreation"] == active_points(self.account, self.now)
        return added

    @rule(points=AMOUNTS, lives=st.none() | DAYS, age=st.integers(0, 9))
    def add(self, points, lives, age):
        body = {"points": points, "createdAt": (self.now - timedelta(days=age)).isoformat()}
        if lives is not None:
            body["validUntil"] = (self.now + timedelta(days=lives)).isoformat()
        before = self._continue(lambda it: add_points(it, body, now=self.now, entry_id=self._id()))
        assert self._appended(before)["points"] == points

    @rule(order=st.integers(1, 6), points=st.integers(0, 40), lives=DAYS)
    def complete_order(self, order, points, lives):
        known = any(e["reference-id"] == f"O{order}" for e in self.account["addedPointsList"])
        until = self.now + timedelta(days=lives)
        before = self._continue(
            lambda it: earn(it, f"O{order}", points, now=self.now, entry_id=self._id(), until=until)
        )
        if known or points == 0:
            assert self.account == before
        else:
            assert self._appended(before)["points"] == points

    @precondition(lambda self: active_points(self.account, self.now) > 0)
    @rule(share=st.floats(0, 1))
    def redeem_some(self, share):
        active = active_points(self.account, self.now)
        points = max(1, round(active * share))
        redemption_id = self._id()
        made = []

        def change(it):
            changed, redemption = redeem(it, points, now=self.now, redemption_id=redemption_id)
            made.append(redemption)
            return changed

        before = self._continue(change)
        assert self.account["redeemedPointsList"] == [*before["redeemedPointsList"], made[0]]
        assert made[0]["points"] == points
        assert made[0]["allPointsAfterCreation"] == active - points == active_points(self.account, self.now)
        self._check_what_was_taken(before, redemption_id, points)
        self.failed.append(points)

    def _check_what_was_taken(self, before, redemption_id, points):
        pairs = list(zip(before["addedPointsList"], self.account["addedPointsList"], strict=True))
        taken = [new["usedPoints"] - old["usedPoints"] for old, new in pairs]
        assert sum(taken) == points
        for amount, (old, new) in zip(taken, pairs, strict=True):
            assert new["usedWith"] == [*old["usedWith"], *([redemption_id] if amount else [])]
            assert not amount or _live(new, self.now)
        youngest = max(
            _moment(new["createdAt"]) for (_, new), amount in zip(pairs, taken, strict=True) if amount
        )
        for _, new in pairs:
            older = _moment(new["createdAt"]) < youngest
            assert not (older and _live(new, self.now)) or new["usedPoints"] == new["points"]

    @rule(excess=AMOUNTS)
    def redeem_too_many(self, excess):
        active = active_points(self.account, self.now)
        before = copy.deepcopy(self.account)
        with pytest.raises(NotEnoughPoints) as caught:
            redeem(self.account, active + excess, now=self.now, redemption_id=self._id())
        assert (caught.value.active, caught.value.wanted) == (active, active + excess)
        assert self.account == before

    @precondition(lambda self: self.failed)
    @rule()
    def charge_back(self):
        points = self.failed.pop()
        active = active_points(self.account, self.now)
        before = self._continue(lambda it: chargeback(it, points, now=self.now, entry_id=self._id()))
        assert self._appended(before)["points"] == points
        assert active_points(self.account, self.now) == active + points

    @rule(days=st.integers(0, 20), seconds=st.integers(0, 100_000))
    def pass_time(self, days, seconds):
        before = copy.deepcopy(self.account)
        active = active_points(self.account, self.now)
        self.now += timedelta(days=days, seconds=seconds)
        assert active_points(self.account, self.now) <= active
        assert self.account == before

    @invariant()
    def balance_is_the_open_part_of_live_entries(self):
        added = self.account["addedPointsList"]
        expected = sum(e["points"] - e["usedPoints"] for e in added if _live(e, self.now))
        assert active_points(self.account, self.now) == expected >= 0
        assert summary(self.account, self.now)["activePoints"] == expected

    @invariant()
    def nothing_is_used_twice(self):
        added, redeemed = self.account["addedPointsList"], self.account["redeemedPointsList"]
        assert all(0 <= e["usedPoints"] <= e["points"] for e in added)
        assert all(len(set(e["usedWith"])) == len(e["usedWith"]) for e in added)
        assert sum(e["usedPoints"] for e in added) == sum(r["points"] for r in redeemed)
        assert {i for e in added for i in e["usedWith"]} == {r["id"] for r in redeemed}


Account.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAccountHistory = Account.TestCase
