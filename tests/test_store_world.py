"""Worlds: seed on first use, units and events, reset, snapshots, clock and ids, tokens, the set of worlds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from emporix_mock.store.documents import Frozen, encode
from emporix_mock.store.sources import Clock, Ids, instant
from emporix_mock.store.tokens import Principal
from emporix_mock.store.world import World
from emporix_mock.store.worlds import UnknownWorldError, Worlds


def base(service: str, _world: World) -> dict[str, Frozen]:
    if service != "coupon":
        return {}
    return {"coupons": Frozen({"A": encode({"code": "A"})}, ["A"])}


def test_reset_returns_to_the_seed_and_not_to_empty() -> None:
    world = World("acme", base)
    coupons = world.state("coupon").collection("coupons")
    coupons.put("B", {"code": "B"})
    coupons.delete("A")
    world.switches["x"] = "y"
    world.clock.advance(timedelta(days=1))
    first = world.ids.uuid()
    world.reset()
    assert coupons.ids() == ["A"]
    assert world.switches == {}
    assert world.ids.uuid() == first
    world.reset(empty=True)
    assert coupons.ids() == []
    world.reset("coupon")
    assert coupons.ids() == ["A"]


def test_an_emptied_world_is_empty_for_services_used_later_and_finds_its_seed_again() -> None:
    world = World("acme", base)
    world.reset(empty=True)
    snapshot = world.snapshot()
    assert world.state("coupon").collection("coupons").ids() == []
    world.reset()
    assert world.state("coupon").collection("coupons").ids() == ["A"]
    world.restore(snapshot)
    assert world.state("coupon").collection("coupons").ids() == []


def test_adopt_takes_everything_but_the_tokens_and_leaves_the_other_alone() -> None:
    origin, copy = World("acme", base), World("beta", base)
    origin.state("coupon").collection("coupons").put("B", {"code": "B"})
    origin.tokens.issue(Principal("service", "acme", "secret"))
    origin.switches["x"] = "y"
    origin.clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))
    ids = copy.ids.dump()
    copy.adopt(origin)
    assert copy.ids.dump() == ids
    copy.state("coupon").collection("coupons").delete("A")
    assert copy.state("coupon").collection("coupons").ids() == ["B"]
    assert origin.state("coupon").collection("coupons").ids() == ["A", "B"]
    assert copy.tokens.find("secret") is None
    assert origin.tokens.find("secret") is not None
    assert copy.switches == {"x": "y"}
    assert copy.clock.now() == datetime(2030, 1, 1, tzinfo=UTC)


def test_reset_of_one_service_leaves_the_others_alone() -> None:
    world = World("acme", base)
    world.state("coupon").collection("coupons").put("B", {"code": "B"})
    other = world.state("order").collection("orders")
    other.put("1", {"id": "1"})
    world.reset("coupon")
    assert world.state("coupon").collection("coupons").ids() == ["A"]
    assert other.ids() == ["1"]


def test_restore_also_resets_services_first_used_after_the_snapshot() -> None:
    world = World("acme", base)
    world.state("order").collection("orders").put("1", {"id": "1"})
    snapshot = world.snapshot()
    world.state("coupon").collection("coupons").put("B", {"code": "B"})
    world.state("order").collection("orders").put("2", {"id": "2"})
    world.restore(snapshot)
    assert world.state("order").collection("orders").ids() == ["1"]
    assert world.state("coupon").collection("coupons").ids() == ["A"]


def test_events_of_a_failed_unit_never_happened() -> None:
    world = World("acme", base)
    with pytest.raises(KeyError), world.unit():
        world.emit("lost", {})
        raise KeyError
    with world.unit():
        world.emit("kept", {"a": 1})
        with pytest.raises(KeyError), world.unit():
            world.emit("lost too", {})
            raise KeyError
    assert [event["type"] for event in world.events] == ["kept"]
    assert [event["payload"] for event in world.pending] == [{"a": 1}]


def test_a_clock_can_be_frozen_set_advanced_and_turned_back() -> None:
    clock, noon = Clock(), datetime(2024, 1, 1, 12, tzinfo=UTC)
    clock.freeze(noon)
    clock.advance(timedelta(hours=-1))
    assert clock.now() == noon - timedelta(hours=1)
    clock.set(noon)
    assert (clock.now(), clock.frozen) == (noon, True)
    clock.resume()
    assert noon <= clock.now() < noon + timedelta(minutes=1)
    clock.set(noon + timedelta(days=1))
    assert clock.now() >= noon + timedelta(days=1)
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_frozen_clock_moves_by_milliseconds_exactly() -> None:
    clock, moment = Clock(), datetime(2026, 11, 23, 13, 5, 42, 100_000, UTC)
    clock.freeze(moment)
    for step in range(1, 200):
        clock.advance(timedelta(milliseconds=step))
        moment += timedelta(milliseconds=step)
        assert clock.now() == moment


def test_instants_print_milliseconds_and_z() -> None:
    assert instant(datetime(2023, 7, 25, 13, 28, 25, 960_000, UTC)) == "2023-07-25T13:28:25.960Z"


def test_the_same_seed_gives_the_same_ids_and_other_worlds_give_others() -> None:
    one, same, other = Ids("0/acme"), Ids("0/acme"), Ids("0/other")
    drawn = [one.object_id(), one.uuid(), one.hex(10), one.digits(6), one.token(32)]
    assert drawn == [same.object_id(), same.uuid(), same.hex(10), same.digits(6), same.token(32)]
    assert drawn[0] != other.object_id()
    assert [len(value) for value in drawn] == [24, 36, 10, 6, 32]
    assert drawn[3][0] != "0"


def principal(token: str, tenant: str = "acme") -> Principal:
    return Principal("service", tenant, token, frozenset({"a.read"}), client_id="x", expires_at=10.0)


def test_tokens_belong_to_one_world_and_follow_reset_and_restore() -> None:
    worlds = Worlds(base, default="acme")
    acme, other = worlds.get("acme"), worlds.get("other")
    acme.tokens.issue(principal("t1"))
    snapshot = acme.snapshot()
    acme.tokens.issue(principal("t2"))
    assert worlds.of_token("t1") is acme
    assert other.tokens.find("t1") is None
    assert acme.tokens.find("t2") == principal("t2")
    acme.restore(snapshot)
    assert acme.tokens.find("t2") is None
    assert acme.tokens.find("t1") == principal("t1")
    acme.tokens.revoke("t1")
    assert acme.tokens.find("t1") is None
    assert worlds.drop("acme")
    assert worlds.of_token("t1") is None


def test_a_scope_string_ends_with_the_tenant() -> None:
    assert principal("t").scope == "a.read tenant=acme"


@pytest.mark.parametrize("tenant", ["", "ab", "1abc", "Acme", "a" * 17, "a-b", "../x"])
def test_no_world_for_what_is_no_tenant_name(tenant: str) -> None:
    with pytest.raises(UnknownWorldError):
        Worlds(base, default="acme").get(tenant)


def test_the_longest_unused_world_goes_first_and_never_the_default() -> None:
    worlds = Worlds(base, default="acme", limit=3)
    one, two = worlds.get("one"), worlds.get("two")
    worlds.touch(one)
    worlds.get("three")
    assert worlds.find("two") is None
    assert worlds.find("acme") is not None
    assert worlds.find("one") is one
    assert two.tenant == "two"


def test_worlds_can_be_kept_to_those_made_by_hand() -> None:
    worlds = Worlds(base, default="acme", automatic=False)
    with pytest.raises(UnknownWorldError):
        worlds.get("other")
    assert worlds.create("other").tenant == "other"
    assert worlds.get("other").tenant == "other"
