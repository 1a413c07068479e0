"""What callers that are bound to a vendor see and write, in every service that has such scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import World

    Clients = Callable[..., httpx.Client]

KESSEL, LINDE = "65e3a1b2c3d4e5f612000001", "65e3a1b2c3d4e5f612000002"
KETTLE, TEA, DECAF = "65d0a1b2c3d4e5f604000003", "65d0a1b2c3d4e5f604000007", "65d0a1b2c3d4e5f604000008"
KETTLE_PRICE, TEA_PRICE = "65d0a1b2c3d4e5f607000003", "65d0a1b2c3d4e5f607000007"
PRODUCTS = ("product.product_read_by_vendor", "product.product_manage_by_vendor", "product.product_publish")


@pytest.fixture
def clients(either: World) -> Iterator[Clients]:
    """Makes a client of a key that is bound to a vendor."""
    made: list[httpx.Client] = []

    def client(*scopes: str, vendor: str | None = KESSEL) -> httpx.Client:
        name = f"key{len(made)}"
        key = {"id": name, "scopes": list(scopes), **({"vendorId": vendor} if vendor else {})}
        either.stored.collection("oauth-service", "keys").put(name, key)
        own = f"{either.tenant}-{name}"
        form = {"grant_type": "client_credentials", "client_id": own, "client_secret": f"{own}-secret"}
        token = httpx.post(f"{either.server.url}/oauth/token", data=form).json()["access_token"]
        made.append(either.client(token))
        return made[-1]

    yield client
    for http in made:
        http.close()


def test_products(either: World, clients: Clients):
    path = f"/product/{either.tenant}/products"
    kessel, linde = clients(*PRODUCTS), clients(*PRODUCTS, vendor=LINDE)
    assert [product["id"] for product in kessel.get(path).json()] == [KETTLE]
    assert [product["id"] for product in linde.get(path, params={"q": "code:~."}).json()] == [TEA]
    assert kessel.get(f"{path}/{KETTLE}").status_code == 200
    assert kessel.get(f"{path}/{TEA}").status_code == 404

    new = {"code": "NEW", "name": "New", "vendor": {"id": LINDE}}
    own = kessel.post(path, json=new).json()["id"]
    product = kessel.get(f"{path}/{own}").json()
    assert (product["vendor"], product["published"]) == ({"id": KESSEL, "name": "Kessel & Co"}, False)
    assert linde.get(f"{path}/{own}").status_code == 404
    for method, body in (("PATCH", {"code": "MINE"}), ("PUT", {"code": "MINE", "name": "x"})):
        assert linde.request(method, f"{path}/{own}", json=body).status_code in (404, 409)
    assert linde.delete(f"{path}/{own}").status_code in (204, 404)
    assert kessel.get(f"{path}/{own}").json()["code"] == "NEW"
    assert kessel.patch(f"{path}/{own}", json={"code": "NEWER"}).status_code == 204
    assert kessel.delete(f"{path}/{own}").status_code == 204

    with either.backend() as all_of_it, either.backend("product.product_read_by_vendor") as nobody:
        assert len(all_of_it.get(path).json()) > 2
        assert nobody.get(path).json() == []
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(f"{path}/{TEA}").status_code == 200


def test_prices(either: World, clients: Clients):
    path = f"/price/{either.tenant}/prices"
    kessel = clients("price.price_manage_by_vendor", "price.price_read")
    body: dict[str, Any] = {
        "itemId": {"itemType": "PRODUCT", "id": KETTLE},
        "currency": "EUR",
        "location": {"countryCode": "AT"},
        "restrictions": {"siteCodes": ["main"]},
        "tierValues": [{"priceValue": 61}],
    }
    made = kessel.post(path, json=body)
    assert made.status_code == 201, made.text
    own = made.json()["id"]
    assert kessel.get(f"{path}/{own}").json()["vendorId"] == KESSEL
    tea = {**body, "itemId": {"itemType": "PRODUCT", "id": TEA}}
    assert kessel.post(path, json=tea).status_code == 403
    assert kessel.delete(f"{path}/{TEA_PRICE}").status_code in (204, 404)
    assert kessel.get(f"{path}/{TEA_PRICE}").status_code == 200
    assert kessel.delete(f"{path}/{own}").status_code == 204
    assert kessel.put(f"{path}/{KETTLE_PRICE}", json={**tea, "metadata": {"version": 1}}).status_code == 403


def test_stock(either: World, clients: Clients):
    path = f"/availability/{either.tenant}/availability"
    kessel = clients("availability.availability_view_by_vendor", "availability.availability_manage_by_vendor")
    for site in ("uk", "main"):
        listed = kessel.get(f"{path}/site/{site}").json()
        assert [record["productId"] for record in listed] == [KETTLE]
    assert kessel.get(f"{path}/{KETTLE}/uk").json()["vendorId"] == KESSEL
    assert kessel.get(f"{path}/{TEA}/uk").status_code == 404
    found = kessel.post(f"{path}/search", json=[KETTLE, TEA], params={"site": "uk"}).json()
    assert [record["productId"] for record in found] == [KETTLE]
    stock = {"stockLevel": 3, "available": True}
    assert kessel.put(f"{path}/{KETTLE}/uk", json=stock).status_code == 204
    assert kessel.put(f"{path}/{TEA}/uk", json=stock).status_code in (400, 404)
    foreign = kessel.put(f"{path}/{DECAF}/uk", json=stock)
    assert (foreign.status_code, foreign.headers["x-emporix-mock-rule"]) == (
        400,
        "availability/others-product",
    )


def test_media(either: World, clients: Clients):
    path = f"/media/{either.tenant}/assets"
    scopes = ("media.asset_read_by_vendor", "media.asset_manage_by_vendor")
    kessel, linde = clients(*scopes), clients(*scopes, vendor=LINDE)
    link = {"type": "LINK", "access": "PUBLIC", "url": "https://media.example.com/k.jpg"}
    own = kessel.post(path, json=link).json()["id"]
    assert [asset["vendorId"] for asset in kessel.get(path).json()] == [KESSEL]
    assert linde.get(path).json() == []
    assert linde.get(f"{path}/{own}").status_code == 404
    assert linde.put(f"{path}/{own}", json={**link, "metadata": {"version": 1}}).status_code == 404
    assert kessel.put(f"{path}/{own}", json={**link, "metadata": {"version": 1}}).status_code == 204
    assert kessel.get(f"{path}/{own}").json()["vendorId"] == KESSEL
    nobody = clients(*scopes, vendor=None)
    assert nobody.post(path, json=link).status_code == 403
