"""What a server with a data file knows after a restart, and what it forgets."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.config import Config
from emporix_mock.errors import ConfigurationError
from emporix_mock.store.data_file import DataFile
from emporix_mock.store.documents import Frozen, encode
from emporix_mock.store.saving import SavedWorlds
from emporix_mock.store.tokens import Principal
from emporix_mock.testing import Emporix, MockError, MockServer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emporix_mock.store.world import Base, World

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
COUPON = {"name": "x", "discountType": "PERCENT", "discountPercentage": 5, "maxRedemptions": 1}


def server(tmp_path: Path, **config: Any) -> MockServer:
    """A server on this test's file."""
    return MockServer(Config(**config), data=tmp_path / "kept.data")


def add(world: Emporix, token: str, code: str) -> None:
    world.call("POST", f"/coupon/{world.tenant}/coupons", {**COUPON, "code": code}, token=token)


def codes(world: Emporix) -> list[str]:
    return [each["code"] for each in world.control("GET", "/documents/coupon")["coupons"]]


def test_documents_tokens_time_choices_snapshots_and_events_outlive_the_server(tmp_path: Path) -> None:
    with server(tmp_path) as first:
        world = first.world("acme")
        token = world.token()
        add(world, token, "ONE")
        world.snapshot("before")
        add(world, token, "TWO")
        world.call("PATCH", "/coupon/acme/coupons/TWO", {"name": "changed"}, token=token)
        world.clock.freeze()
        frozen = world.clock.now
        switch = world.control("GET", "/switches")[0]
        world.switch(switch["id"], switch["values"][-1])
        world.emit("something.happened", {"at": 1})
        listed, events = codes(world), world.events
        switches, snapshots = world.control("GET", "/switches"), world.control("GET", "/snapshots")
    with server(tmp_path) as second:
        world = second.world("acme")
        assert codes(world) == listed
        assert world.call("GET", "/coupon/acme/coupons/TWO", token=token)["name"] == "changed"
        assert world.clock.now == frozen
        assert world.control("GET", "/switches") == switches
        assert world.events == events
        assert world.control("GET", "/snapshots") == snapshots
        world.restore("before")
        assert codes(world) == [code for code in listed if code != "TWO"]
    with server(tmp_path) as third:
        assert "TWO" not in codes(third.world("acme"))


def test_ids_go_on_where_they_were(tmp_path: Path) -> None:
    def drawn(world: Emporix) -> str:
        return world.token()

    with MockServer() as memory:
        expected = [drawn(memory.world("acme")) for _ in range(3)]
    found = []
    for _ in range(3):
        with server(tmp_path) as each:
            found.append(drawn(each.world("acme")))
    assert found == expected


def test_the_journal_faults_and_problems_end_with_the_process(tmp_path: Path) -> None:
    with server(tmp_path) as first:
        world = first.world("acme")
        add(world, world.token(), "ONE")
        world.fault("*", 500, times=None)
        assert world.requests
    with server(tmp_path) as second:
        world = second.world("acme")
        assert world.requests == []
        assert world.problems == []
        assert world.control("GET", "/faults") == []
        assert "ONE" in codes(world)


def test_worlds_that_were_emptied_forked_seeded_anew_or_dropped_stay_so(tmp_path: Path) -> None:
    with server(tmp_path) as first:
        world = first.world("acme")
        add(world, world.token(), "ONE")
        world.control("POST", "/fork", {"to": "copy"})
        first.world("bare").reset(to="empty")
        first.world("other").control("PUT", "", {"seed": "minimal"})
        minimal = codes(first.world("other"))
        world.control("GET", "/documents/coupon")
        first.world("gone").token()
        first.world("gone").drop()
    with server(tmp_path) as second:
        names = {each["tenant"] for each in second.world("acme").call("GET", "/_mock/worlds")}
        assert names == {"acme", "copy", "bare", "other"}
        assert "ONE" in codes(second.world("copy"))
        assert codes(second.world("bare")) == []
        assert second.world("bare").control("GET", "/documents/tax-service")["taxes"] == []
        assert codes(second.world("other")) == minimal
        second.world("other").reset()
        assert codes(second.world("other")) == minimal
        second.world("copy").reset()
        assert "ONE" not in codes(second.world("copy"))


def test_what_was_never_used_still_comes_from_the_seed_as_it_was_at_the_beginning(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "coupon:\n  coupons:\n  - {code: A, name: a, discountType: PERCENT, discountPercentage: 5,"
        " maxRedemptions: 1, restrictions: {validUntil: now+1d}}\n"
    )
    with server(tmp_path, seed=str(seed)) as first:
        world = first.world("acme")
        world.clock.freeze(NOON)
        world.control("PUT", "/snapshots/s")
    with server(tmp_path, seed=str(seed)) as second:
        (coupon,) = second.world("acme").control("GET", "/documents/coupon")["coupons"]
        until = datetime.fromisoformat(coupon["restrictions"]["validUntil"])
        # The world began before its clock was set: the day counts from then.
        assert until - datetime.now(UTC) < timedelta(days=1)


def test_a_failed_request_leaves_nothing(tmp_path: Path) -> None:
    with server(tmp_path) as first:
        world = first.world("acme")
        token = world.token()
        add(world, token, "ONE")
        with pytest.raises(MockError):
            add(world, token, "ONE")
        before = codes(world)
    with server(tmp_path) as second:
        assert codes(second.world("acme")) == before


# The same on the store itself, with everything that can happen to worlds in any order.

STOCK = {"a": Frozen({"s1": encode({"v": 1}), "s2": encode({"v": 2})}, ["s1", "s2"])}


def base(service: str, _world: World) -> Mapping[str, Frozen]:
    return STOCK if service == "stocked" else {}


def other_base(service: str, _world: World) -> Mapping[str, Frozen]:
    return {"a": Frozen({"o": encode({})}, ["o"])} if service == "stocked" else {}


class TwoSeeds:
    """The seeds of a store that is tested without a server."""

    def facts(self) -> Mapping[str, str]:
        return {"seed": "own", "random seed": "0", "digest": "d"}

    def named(self, name: str) -> Base:
        assert name == "other"
        return other_base

    def name_of(self, base: Base) -> str | None:
        return "other" if base is other_base else None


def opened(path: Path) -> SavedWorlds:
    return SavedWorlds(DataFile(path), TwoSeeds(), base, default="acme", limit=4)


def picture(worlds: SavedWorlds) -> dict[str, Any]:
    """Everything that is to survive, order included."""
    return {
        world.tenant: {
            "documents": {
                (service, name): [(key, documents.raw(key)) for key in documents.ids()]
                for service, name, documents in world.contents()
                if len(documents)
            },
            "services": world.services,
            "clock": world.clock.dump(),
            "ids": world.ids.dump(),
            "switches": world.switches,
            "events": world.events,
            "pending": list(world.pending),
            "began": world.began,
            "seed": world.seeded_by,
            "snapshots": {
                name: (
                    {
                        place: [(key, raw) for key, raw in frozen.docs.items() if raw is not None]
                        for place, frozen in snapshot.collections.items()
                        if frozen.docs
                    },
                    (snapshot.services, snapshot.clock, snapshot.ids, snapshot.switches, snapshot.emptied),
                    snapshot.at,
                )
                for name, snapshot in world.snapshots.items()
            },
            "tokens": [
                worlds.of_token(token) is world for token in world.collection("_tokens", "tokens").ids()
            ],
        }
        for world in worlds
    }


class Happening:
    """Does one thing after another to the worlds of a store."""

    def __init__(self, worlds: SavedWorlds, draw: random.Random) -> None:
        self.worlds = worlds
        self.draw = draw

    def request(self) -> None:
        """One or a few things, as a request and its reactions would do them."""
        world = self.worlds.get(self.draw.choice(["acme", "acme", "one", "two", "three", "four"]))
        kinds = [self.unit] * 8 + [self.time, self.choose, self.snap, self.back, self.reset, self.copy]
        for _ in range(self.draw.randint(1, 3)):
            self.draw.choice([*kinds, self.token, self.drop, self.loose])(world)
            if self.worlds.find(world.tenant) is not world:
                return

    def unit(self, world: World) -> None:
        try:
            with world.unit():
                for _ in range(self.draw.randint(1, 6)):
                    self.write(world)
                try:
                    with world.unit():
                        self.write(world)
                        if self.draw.random() < 0.4:
                            raise KeyError  # noqa: TRY301  # as a rule of a service does
                except KeyError:
                    pass
                world.emit("written", {"n": self.draw.random()})
                if self.draw.random() < 0.2:
                    raise KeyError  # noqa: TRY301
        except KeyError:
            return
        if self.draw.random() < 0.8:
            world.pending.clear()

    def write(self, world: World) -> None:
        service = self.draw.choice(["stocked", "plain"])
        documents = world.state(service).collection(self.draw.choice("ab"))
        key = self.draw.choice(["s1", "s2", "k1", "k2", "k3", world.ids.hex(8)])
        if self.draw.random() < 0.35:
            documents.delete(key)
        elif self.draw.random() < 0.05:
            documents.clear()
        else:
            documents.put(key, {"v": self.draw.random(), "long": "x" * self.draw.randint(0, 3000)})

    def loose(self, world: World) -> None:
        self.write(world)

    def time(self, world: World) -> None:
        world.clock.advance(timedelta(seconds=self.draw.randint(-9, 9)))
        if self.draw.random() < 0.5:
            world.clock.freeze()

    def choose(self, world: World) -> None:
        world.switches[self.draw.choice("xy")] = str(self.draw.random())

    def snap(self, world: World) -> None:
        world.snapshots[self.draw.choice("pq")] = world.snapshot()

    def back(self, world: World) -> None:
        if world.snapshots:
            name = self.draw.choice(list(world.snapshots))
            world.restore(world.snapshots[name])
            if self.draw.random() < 0.3:
                del world.snapshots[name]

    def reset(self, world: World) -> None:
        if self.draw.random() < 0.3:
            world.reset(self.draw.choice([None, "stocked"]), empty=self.draw.random() < 0.5)
        elif self.draw.random() < 0.3:
            world.reseed(other_base)

    def copy(self, world: World) -> None:
        target = self.draw.choice(["one", "two", "five"])
        if target != world.tenant:
            self.worlds.create(target).adopt(world)

    def token(self, world: World) -> None:
        world.tokens.issue(Principal("service", world.tenant, world.ids.token(12)))

    def drop(self, world: World) -> None:
        if world.tenant != "acme" and self.draw.random() < 0.3:
            self.worlds.drop(world.tenant)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_file_has_it_as_it_is(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # repeatable
    file = tmp_path / "kept.data"
    worlds = opened(file)
    for _ in range(40):
        happening = Happening(worlds, draw)
        for _ in range(draw.randint(1, 5)):
            happening.request()
            worlds.save()
        before = picture(worlds)
        worlds.close()
        worlds = opened(file)
        assert picture(worlds) == before
    worlds.close()


def test_a_request_that_cannot_be_saved_never_happened(tmp_path: Path) -> None:
    worlds = opened(tmp_path / "kept.data")
    world = worlds.get("acme")
    world.state("plain").collection("a").put("1", {"v": 1})
    worlds.save()
    before = picture(worlds)
    world.journal.append("a record")
    connection = worlds._file.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    world.state("plain").collection("a").put("2", {"v": "x" * 100_000})
    worlds.create("other")
    with pytest.raises(Exception, match=r"full.*nothing of this request stands; make room"):
        worlds.save()
    assert picture(worlds) == before
    assert list(worlds.get("acme").journal) == ["a record"]
    connection.execute("PRAGMA max_page_count = 100000")
    worlds.get("acme").state("plain").collection("a").put("3", {"v": "x" * 100_000})
    worlds.save()
    after = picture(worlds)
    worlds.close()
    again = opened(tmp_path / "kept.data")
    assert picture(again) == after
    again.close()


def test_bytes_changed_anywhere_are_found_or_do_not_matter(tmp_path: Path) -> None:
    draw = random.Random(3)  # noqa: S311  # repeatable
    file, copy = tmp_path / "kept.data", tmp_path / "copy.data"
    worlds = opened(file)
    happening = Happening(worlds, draw)
    for _ in range(60):
        happening.request()
    worlds.get("acme").snapshots["s"] = worlds.get("acme").snapshot()
    worlds.save()
    before = picture(worlds)
    worlds.close()
    sound, refused = file.read_bytes(), 0
    for _ in range(150):
        changed = bytearray(sound)
        at = draw.randrange(len(sound))
        changed[at] ^= 1 << draw.randrange(8)
        copy.write_bytes(changed)
        try:
            again = opened(copy)
        except ConfigurationError as error:
            refused += 1
            assert "; nothing was changed" in str(error)  # noqa: PT017  # some changes do not matter
            assert copy.read_bytes() == bytes(changed)
        else:
            assert picture(again) == before, at
            again.close()
    assert refused > 75
