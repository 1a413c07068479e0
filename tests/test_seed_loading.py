"""How a seed set becomes the beginning of a world: ids, times, keys, sharing between worlds, the cache."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock import seed
from emporix_mock.seed import reading
from emporix_mock.seed.moments import relative_times
from emporix_mock.seed.reading import line_of, read
from emporix_mock.store.world import World
from emporix_mock_spec import load

if TYPE_CHECKING:
    from pathlib import Path

    from emporix_mock.store.world import Base

BUNDLED = load.bundled()
SHOP = """
site-settings-service:
  sites:
    - &main
      code: main
      name: Shop
      default: true
      defaultLanguage: en
      languages: [en]
      currency: EUR
      homeBase: {address: {country: DE, zipCode: "10115"}}
      shipToCountries: [DE]
    - <<: *main
      code: second
      default: false
customer-service:
  customers:
    - {id: "1", customerNumber: "1", preferredSite: main, contactEmail: a@example.com}
    - {id: "2", customerNumber: "2", preferredSite: second, contactEmail: b@example.com}
  addresses:
    "1":
      - {contactName: A, street: S, city: C, country: DE, zipCode: "1"}
    "2":
      - {id: home, contactName: B, street: S, city: C, country: DE, zipCode: "2"}
    "3":
customer-management:
  accounts:
    - {id: A@Example.com, customerNumber: "1", password: Secret-1}
reward-points:
  accounts:
    - customerId: "1"
      addedPointsList:
        - {id: p1, points: 5, createdAt: now-1w, validUntil: now+90s}
  options:
    - {type: coupon, name: V, points: 5, coupon: {name: V, discountType: PERCENT, discountPercentage: 5}}
"""


@pytest.fixture(autouse=True)
def cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path / "shop.yaml"


def stored(world: World, service: str, collection: str) -> dict[str, dict[str, Any]]:
    documents = world.state(service).collection(collection)
    return {key: documents.get(key) or {} for key in documents.ids()}


def contents(base: Base, tenant: str = "acme") -> dict[str, dict[str, dict[str, Any]]]:
    """Everything that a world of the set `SHOP` begins with, the clock standing still."""
    world = World(tenant, base)
    world.began = datetime(2026, 5, 4, 12, tzinfo=UTC)
    return {
        f"{service}/{collection}": stored(world, service, collection)
        for service, collection in (
            ("site-settings-service", "sites"),
            ("customer-service", "customers"),
            ("customer-service", "addresses"),
            ("customer-management", "accounts"),
            ("reward-points", "accounts"),
            ("reward-points", "options"),
        )
    }


def test_a_single_file_of_all_services(shop: Path):
    found = contents(seed.base(str(shop), BUNDLED))
    assert list(found["site-settings-service/sites"]) == ["main", "second"]
    second = found["site-settings-service/sites"]["second"]
    assert (second["name"], second["default"], second["metadata"]) == ("Shop", False, {"version": 0})
    assert list(found["customer-service/customers"]) == ["1", "2"]


def test_a_folder_of_one_file_per_service(tmp_path: Path, shop: Path):
    folder = tmp_path / "set"
    folder.mkdir()
    for service, part in read(SHOP.encode()).items():
        import json

        (folder / f"{service}.yaml").write_text(json.dumps(part))
    (folder / "coupon.yml").write_text("")
    assert contents(seed.base(str(folder), BUNDLED)) == contents(seed.base(str(shop), BUNDLED))


def test_documents_below_a_parent_are_keyed_by_it(shop: Path):
    addresses = contents(seed.base(str(shop), BUNDLED))["customer-service/addresses"]
    (first, home) = addresses
    assert home == "2/home"
    assert re.fullmatch("1/[0-9a-f]{24}", first)
    assert [address["_parent"] for address in addresses.values()] == ["1", "2"]


def test_ids_are_spelled_as_the_collection_stores_them(shop: Path):
    assert list(contents(seed.base(str(shop), BUNDLED))["customer-management/accounts"]) == ["a@example.com"]


def test_absent_ids_depend_on_the_random_seed_alone(shop: Path):
    first, again, other = (
        contents(seed.base(str(shop), BUNDLED, random_seed=random_seed), tenant)
        for random_seed, tenant in (("7", "acme"), ("7", "beta"), ("8", "acme"))
    )
    assert first == again
    (option,), (other_option,) = first["reward-points/options"], other["reward-points/options"]
    assert re.fullmatch("[0-9a-f]{24}", option)
    assert option != other_option


def test_seeded_ids_are_none_that_the_world_will_draw(shop: Path):
    world = World("acme", seed.base(str(shop), BUNDLED))
    (option,) = stored(world, "reward-points", "options")
    assert option not in {world.ids.object_id() for _ in range(50)}


def test_relative_and_absent_times_count_from_the_beginning_of_the_world(shop: Path):
    base = seed.base(str(shop), BUNDLED)
    found = contents(base)
    (option,) = found["reward-points/options"].values()
    now = "2026-05-04T12:00:00.000Z"
    assert option["metadata"] == {"version": 1, "createdAt": now, "modifiedAt": now}
    (entry,) = found["reward-points/accounts"]["1"]["addedPointsList"]
    assert (entry["createdAt"], entry["validUntil"]) == (
        "2026-04-27T12:00:00.000+00:00",
        "2026-05-04T12:01:30.000+00:00",
    )
    later = World("later", base)
    later.began = datetime(2027, 1, 1, tzinfo=UTC)
    (entry,) = stored(later, "reward-points", "accounts")["1"]["addedPointsList"]
    assert entry["createdAt"] == "2026-12-25T00:00:00.000+00:00"


def test_a_running_world_begins_now(shop: Path):
    before = datetime.now(UTC) - timedelta(seconds=1)
    world = World("acme", seed.base(str(shop), BUNDLED))
    (option,) = stored(world, "reward-points", "options").values()
    created = datetime.fromisoformat(option["metadata"]["createdAt"])
    assert before < created < before + timedelta(seconds=30)


def test_worlds_share_what_has_no_times_of_its_own_until_they_write():
    base = seed.base("loyalty", BUNDLED)
    one, two = World("one", base), World("two", base)
    assert base("coupon", one)["coupons"] is base("coupon", two)["coupons"]
    assert base("coupon", one)["redemptions"] is not base("coupon", two)["redemptions"]
    one.state("coupon").collection("coupons").put("SAVE5", {"code": "SAVE5", "name": "changed"})
    one.state("coupon").collection("coupons").delete("FREESHIP")
    assert len(stored(one, "coupon", "coupons")) == 4
    assert stored(two, "coupon", "coupons")["SAVE5"]["name"] == "Save 5"
    assert len(stored(World("three", base), "coupon", "coupons")) == 5


def test_a_service_without_a_file_begins_empty(shop: Path):
    world = World("acme", seed.base(str(shop), BUNDLED))
    assert stored(world, "coupon", "coupons") == {}
    assert stored(world, "returns", "returns") == {}


# The cache.


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of every seed file that is parsed from now on."""
    seen: list[str] = []

    def counted(source: bytes) -> Any:
        seen.append(source.decode())
        return read(source)

    monkeypatch.setattr(reading, "read", counted)
    return seen


def test_what_was_read_once_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch):
    parsed = count_reads(monkeypatch)
    first = contents(seed.base("loyalty", BUNDLED))
    assert len(parsed) == 4
    assert contents(seed.base("loyalty", BUNDLED)) == first
    assert len(parsed) == 4


def test_only_services_in_use_are_read(monkeypatch: pytest.MonkeyPatch):
    parsed = count_reads(monkeypatch)
    world = World("acme", seed.base("loyalty", BUNDLED))
    assert parsed == []
    world.state("coupon")
    world.state("coupon")
    World("beta", seed.base("loyalty", BUNDLED)).state("coupon")
    assert len(parsed) == 1


def test_a_changed_file_is_read_anew(tmp_path: Path):
    folder = tmp_path / "set"
    folder.mkdir()
    for name in ("One", "Two"):
        (folder / "coupon.yaml").write_text(f"coupons: [{{code: A, name: {name}, discountType: PERCENT}}]")
        world = World("acme", seed.base(str(folder), BUNDLED))
        assert stored(world, "coupon", "coupons")["A"]["name"] == name


def spoil(entries: list[Path], body: bytes) -> None:
    for entry in entries:
        entry.write_bytes(body)


@pytest.mark.parametrize("body", [b"", b"{}", b"emporix-mock compiled 1 0000\n{}", b"\xff" * 9])
def test_a_spoiled_cache_is_no_trouble(shop: Path, cache_directory: Path, body: bytes):
    first = contents(seed.base(str(shop), BUNDLED))
    entries = sorted(cache_directory.rglob("seed-*.json"))
    assert len(entries) == 4
    spoil(entries, body)
    assert contents(seed.base(str(shop), BUNDLED)) == first
    assert all(entry.read_bytes() != body for entry in entries)


def test_a_cache_that_cannot_be_written_is_no_trouble(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = contents(seed.base(str(shop), BUNDLED))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "file"))
    assert contents(seed.base(str(shop), BUNDLED)) == first


# Reading.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 10115", 10115),
        ("a: '10115'", "10115"),
        ("a: 007", 7),
        ("a: -3", -3),
        ("a: 1.50", 1.5),
        ("a: 1e3", 1000.0),
        ("a: true", True),
        ("a: no", "no"),
        ("a: NO", "NO"),
        ("a: ~", None),
        ("a:", None),
        ("a: ''", ""),
        ("a: 2026-01-05T08:15:00.000Z", "2026-01-05T08:15:00.000Z"),
        ("a: 2026-01-05", "2026-01-05"),
        ("a: 12:30", "12:30"),
        ("a: |\n  two\n  lines\n", "two\nlines\n"),
        ("a: [1, x]", [1, "x"]),
        ('{"a": {"b": null}}', {"b": None}),
        ("b: &b {x: 1, y: 1}\na: {<<: *b, y: 2}", {"x": 1, "y": 2}),
        ("b: &b {x: 1}\nc: &c {x: 2, z: 3}\na: {<<: [*b, *c]}", {"x": 1, "z": 3}),
    ],
)
def test_values_are_those_of_json(text: str, value: Any):
    found = read(text.encode())["a"]
    assert (found, type(found)) == (value, type(value))


def test_the_line_of_a_place():
    source = b"coupons:\n  - code: A\n    name:\n      X\n\n  - code: B\n"
    assert [line_of(source, at) for at in ((), ("coupons",), ("coupons", 0), ("coupons", 0, "name"))] == [
        1,
        1,
        2,
        3,
    ]
    assert line_of(source, ("coupons", 1, "code")) == 6
    assert line_of(source, ("coupons", 1, "absent", 5)) == 6
    assert line_of(b"a: [", ("a",)) is None


def test_what_is_a_relative_time():
    document = {
        "a": ["now", "now-30d", {"b": "now+2h"}],
        "text": "now is the time",
        "word": "nowhere",
        "list": ["now+1m", "now-0s"],
    }
    assert list(relative_times(document)) == [
        (("a", 0), 0),
        (("a", 1), -30 * 86400),
        (("a", 2, "b"), 7200),
        (("list", 0), 60),
        (("list", 1), 0),
    ]


def test_keys_and_identities_can_be_seeded(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text(
        "oauth-service:\n  keys: [{id: reports, scopes: [coupon.coupon_read]}]\n"
        "customer-management:\n  identities: [{code: c1, email: a@example.com}]\n"
    )
    world = World("acme", seed.base(str(tmp_path / "mine.yaml"), BUNDLED))
    assert stored(world, "oauth-service", "keys")["reports"]["scopes"] == ["coupon.coupon_read"]
    (identity,) = stored(world, "customer-management", "identities").values()
    assert (identity["code"], len(identity["id"])) == ("c1", 24)
