"""The seed sets that ship with the package: sound on both sources of documents, and what they promise."""

from __future__ import annotations

import base64
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from emporix_mock import seed
from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.seed.layout import layouts
from emporix_mock.services import registry
from emporix_mock.store.world import World as StoredWorld
from emporix_mock_fixtures import read
from emporix_mock_spec import load

if TYPE_CHECKING:
    from conftest import World

OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"
SETS = ("empty", "loyalty", "minimal", "shop")


def test_the_sets_have_names_and_a_purpose():
    assert read.names() == SETS
    assert all(read.about(name).endswith(".") and "\n" not in read.about(name) for name in SETS)


def test_the_files_of_a_set():
    assert read.services("empty") == ()
    assert "site-settings-service" in read.services("minimal")
    assert set(read.services("minimal")) < set(read.services("loyalty"))
    assert (read.base("loyalty"), read.base("minimal")) == ("minimal", None)
    assert read.source("loyalty", "country-service") == read.source("minimal", "country-service")
    assert read.source("loyalty", "currency-service") != read.source("minimal", "currency-service")
    assert read.source("empty", "coupon") is None
    assert b"WELCOME10" in (read.source("loyalty", "coupon") or b"")
    with pytest.raises(FileNotFoundError):
        read.about("none-such")


@pytest.mark.parametrize("name", SETS)
def test_a_shipped_set_is_sound_by_the_bundled_documents(name: str):
    seed.check(name, load.bundled())


@pytest.mark.parametrize("name", SETS)
@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official documents are not beside the repository")
def test_a_shipped_set_is_sound_by_the_official_documents(name: str):
    seed.check(name, load.official(OFFICIAL))


def test_the_shop_is_what_its_tables_say():
    made = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "shop"), run_name="shop")["texts"]()
    assert {service: (read.source("shop", service) or b"").decode() for service in made} == made


def test_the_shop_shows_its_pictures():
    world = StoredWorld("acme", seed.base("shop", load.bundled()))
    media = world.state("media")
    files, shown = media.collection("files"), set()
    for asset in media.collection("assets").scan():
        if asset["access"] == "PUBLIC":
            picture = base64.b64decode((files.get(asset["id"]) or {})["content"])
            assert picture.startswith(b"<svg ")
            assert len(picture) == asset["details"]["bytes"]
            shown |= {reference["id"] for reference in asset["refIds"]}
    products = list(world.state("product-service").collection("products").scan())
    assert {own["id"] for own in products if own["productType"] in ("BASIC", "BUNDLE")} <= shown
    assert {own["productType"] for own in products} == {
        "BASIC", "BUNDLE", "PARENT_VARIANT", "VARIANT", "DYNAMIC_VARIANT",
    }  # fmt: skip


async def _sites(seed_name: str) -> list[str]:
    app = create_app(Config(seed=seed_name))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
        key = {"client_id": "acme-backend", "client_secret": "acme-backend-secret"}
        form = {"grant_type": "client_credentials", **key}
        token = (await http.post("/oauth/token", data=form)).json()["access_token"]
        answer = await http.get("/site/acme/siteslist", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        return list(answer.json())


@pytest.mark.parametrize(
    ("name", "sites"),
    [("empty", []), ("minimal", ["main"]), ("loyalty", ["main", "uk"]), ("shop", ["main", "uk"])],
)
def test_a_server_starts_with_the_set_it_is_given(name: str, sites: list[str]):
    import asyncio

    assert asyncio.run(_sites(name)) == sites


def test_customers_of_loyalty_can_log_in(world: World):
    with world.customer() as mia:
        profile = mia.get(f"/customer/{world.tenant}/me", params={"expand": "addresses"}).json()
    assert (profile["customerNumber"], profile["firstName"]) == ("10000001", "Mia")
    assert [address["id"] for address in profile["addresses"]] == ["a1f0c3d201"]
    with world.customer("Jonas.Brandt@example.com", "Loyal-Points-2") as jonas:
        profile = jonas.get(f"/customer/{world.tenant}/me", params={"expand": "addresses"}).json()
    assert (profile["customerNumber"], profile["addresses"]) == ("10000002", [])
    assert world.stored.problems == []


def test_points_and_options_of_loyalty(world: World):
    with world.backend() as http:
        assert http.get("/reward-points/customer/10000001").json() == 1200
        summary = http.get("/reward-points/customer/10000001/summary").json()["summary"]
        options = http.get(f"/reward-points/{world.tenant}/redeemOptions").json()
    assert [entry["points"] for entry in summary["addedPointsList"]] == [700, 500]
    assert all(entry["createdAt"].endswith("+00:00") for entry in summary["addedPointsList"])
    assert summary["redeemedPointsList"] == []
    assert [(o["name"], o["points"]) for o in options] == [
        ("5 EUR voucher", 500),
        ("10 percent voucher", 900),
    ]
    assert world.stored.problems == []


def test_coupons_of_loyalty(world: World):
    with world.backend() as http:
        coupons = http.get(f"/coupon/{world.tenant}/coupons").json()
        redemptions = http.get(f"/coupon/{world.tenant}/coupons/WELCOME10/redemptions").json()
    assert {coupon["code"]: coupon["status"] for coupon in coupons} == {
        "WELCOME10": "VALID",
        "SAVE5": "VALID",
        "FREESHIP": "VALID",
        "ONLYMIA": "VALID",
        "SUMMER25": "EXPIRED",
    }
    assert [redemption["id"] for redemption in redemptions] == ["6570a1b2c3d4e5f601020304"]
    assert world.stored.problems == []


def test_the_example_of_the_documentation_is_a_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "cache"))
    page = (Path(__file__).parents[1] / "docs" / "seeds.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "mine.yaml").write_text(example)
    seed.check(str(tmp_path / "mine.yaml"), load.bundled())
    world = StoredWorld("acme", seed.base(str(tmp_path / "mine.yaml"), load.bundled()))
    assert world.state("customer-management").collection("accounts").ids() == ["ada@example.com"]


def test_the_documentation_names_every_collection():
    page = (Path(__file__).parents[1] / "docs" / "seeds.md").read_text("utf-8")
    table = {
        line.split("`")[1]: set(line.split("|")[2].split("`")[1::2])
        for line in page.splitlines()
        if line.startswith("| `") and "(" in line
    }
    for service in registry.MODULES:
        declared = layouts(registry.load(service))
        assert {name for name in declared if name not in table.get(service, set())} == set()
