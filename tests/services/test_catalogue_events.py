"""What the catalogue's services tell webhooks, in the form of the webhook guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

ESPRESSO, FILTER = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000002"
BRAND, LABEL = "65a1f0b2c3d4e5f601000001", "65a1f0b2c3d4e5f602000001"
COFFEE, ESPRESSI = "c0ffee00-1a2b-4c3d-8e4f-000000000001", "c0ffee00-1a2b-4c3d-8e4f-000000000003"


class Catalogue:
    """One world, as the backend key writes to it."""

    def __init__(self, world: World) -> None:
        self.world, self.http = world, world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> Any:
        answer = self.http.request(method, path.replace("{tenant}", self.world.tenant), **request)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def told(self, *kinds: str) -> list[dict[str, Any]]:
        """The payloads of events since the last look, and the looking ends there."""
        events = self.world.stored.events
        found = [event["payload"] for event in events if event["type"] in kinds]
        events.clear()
        return found


@pytest.fixture
def shop(either: World) -> Iterator[Catalogue]:
    shop = Catalogue(either)
    with shop.http:
        yield shop


def test_a_category(shop: Catalogue):
    body = {
        "localizedName": {"en": "Tools"},
        "localizedSlug": {"en": "tools"},
        "type": "CLASSIFICATION",
        "code": "T1",
        "published": True,
        "position": 2,
        "ownClassificationMixins": [{"name": "base", "schemaUrl": "https://s.example/base.json"}],
    }
    publish = {"params": {"publish": "true"}}
    own = shop("POST", "/category/{tenant}/categories", json=body, **publish)["id"]
    [created] = shop.told("category.created")
    assert (created["id"], created["type"], created["name"]) == (
        own,
        "CLASSIFICATION",
        {"name": {"en": "Tools"}},
    )
    assert (created["slug"], created["position"], created["publish"]) == (
        {"code": {"en": "tools"}},
        {"position": 2},
        {"published": True},
    )
    assert [mixin["mixinPath"] for mixin in created["classificationMixins"]] == ["class_T1_base"]
    assert created["metadata"]["version"] == 1

    shop(
        "PUT",
        f"/category/{{tenant}}/categories/{own}",
        json={**body, "ownClassificationMixins": []},
        **publish,
    )
    [updated] = shop.told("category.updated")
    assert len(updated["classificationMixinsBefore"]) == 1
    assert updated["classificationMixinsAfter"] == []
    assert "classificationMixins" not in updated

    path = f"/category/{{tenant}}/categories/{own}/assignments"
    shop("POST", path, json={"ref": {"id": ESPRESSO, "type": "PRODUCT"}})
    [assigned] = shop.told("assignment.created")
    assert (assigned["categoryId"], assigned["assignment"]["ref"]["id"]) == (own, ESPRESSO)
    assert assigned["metadata"] == {"createdAt": assigned["assignment"]["createdAt"]}
    shop("DELETE", f"/category/{{tenant}}/categories/{own}")
    events = shop.told("assignment.deleted", "category.deleted")
    assert (events[0]["categoryId"], events[0]["assignments"][0]["ref"]["id"]) == (own, ESPRESSO)
    assert events[1] == {"id": own}


def test_products_and_prices(shop: Catalogue):
    own = shop("POST", "/product/{tenant}/products", json={"code": "NEW", "name": "New"})["id"]
    link = {"type": "LINK", "access": "PUBLIC", "url": "https://media.example.com/n.jpg"}
    shop("POST", "/media/{tenant}/assets", json={**link, "refIds": [{"type": "PRODUCT", "id": own}]})
    shop("PATCH", f"/product/{{tenant}}/products/{own}", json={"name": "Newer"})
    created, updated = shop.told("product.created", "product.updated")
    assert (created["id"], created["media"]) == (own, [])
    assert [medium["url"] for medium in updated["media"]] == [link["url"]]
    shop("DELETE", f"/product/{{tenant}}/products/{own}")
    assert shop.told("product.deleted") == [{"id": own}]

    model = {
        "name": {"en": "Pack"},
        "includesTax": True,
        "measurementUnit": {"quantity": 1, "unitCode": "H87"},
        "tierDefinition": {"tierType": "BASIC"},
    }
    maps = {"Content-Language": "*"}
    own = shop("POST", "/price/{tenant}/priceModels", json=model, headers=maps)["id"]
    shop("DELETE", f"/price/{{tenant}}/priceModels/{own}")
    made, gone = shop.told("price-model.created", "price-model.deleted")
    assert (made["isDefault"], "default" in made, gone) == (False, False, {"id": own})

    price_list = {"name": {"en": "Spring"}, "currency": "EUR", "siteCode": "main", "countries": ["DE"]}
    own = shop("POST", "/price/{tenant}/price-lists", json=price_list, headers=maps)["id"]
    [listed] = shop.told("price-list.created")
    assert "updatedAt" in listed["metadata"]
    price = {
        "itemId": {"itemType": "PRODUCT", "id": ESPRESSO},
        "priceModelId": "65d0a1b2c3d4e5f606000001",
        "tierValues": [{"id": "a1000000000000000000000000000001", "priceValue": 15}],
    }
    shop("POST", f"/price/{{tenant}}/price-lists/{own}/prices", json=price)
    [inside] = shop.told("price-list-price.created")
    assert inside["priceListId"] == own
    catalog = shop("POST", "/catalog/{tenant}/catalogs", json={"name": {"en": "C"}})["id"]
    shop("DELETE", f"/catalog/{{tenant}}/catalogs/{catalog}")
    made, gone = shop.told("catalog.created", "catalog.deleted")
    assert (made["status"], gone) == ("not_visible", {"id": catalog})


def test_entries_of_search_indexes(shop: Catalogue):
    kinds = ("index-item.updated", "index-item.deleted")
    shop("PATCH", f"/product/{{tenant}}/products/{ESPRESSO}", json={"weightDependent": False})
    main, uk = sorted(shop.told(*kinds), key=lambda item: item["siteCode"])
    assert (main["siteCode"], uk["siteCode"]) == ("main", "uk")
    assert [price["id"] for price in main["prices"]] == ["65d0a1b2c3d4e5f607000001"]
    assert set(main["sitePrices"]) == {"main", "uk"}
    assert (uk["availability"]["stockLevel"], uk["available"]) == (120, True)
    assert main["siteAvailabilities"]["uk"]["stockLevel"] == 120
    assert (main["brand"]["id"], [label["id"] for label in main["labels"]]) == (BRAND, [LABEL])
    [category] = main["categoryAssignments"]
    assert (category["id"], category["name"], category["parent"]) == (ESPRESSI, "Espresso", COFFEE)

    stock = {"stockLevel": 7, "available": True}
    shop("PUT", f"/availability/{{tenant}}/availability/{ESPRESSO}/uk", json=stock)
    assert {item["siteAvailabilities"]["uk"]["stockLevel"] for item in shop.told(*kinds)} == {7}
    shop("PATCH", f"/brand/brands/{BRAND}", json={"name": "North"})
    renamed = shop.told(*kinds)
    assert {item["id"] for item in renamed} == {ESPRESSO, FILTER}
    assert {item["brand"]["name"] for item in renamed} == {"North"}
    shop(
        "PATCH", f"/label/labels/{LABEL}", json={"name": "Bio", "description": "", "overlay": {"position": 1}}
    )
    assert {item["labels"][0]["name"] for item in shop.told(*kinds)} == {"Bio"}

    shop("DELETE", "/price/{tenant}/prices/65d0a1b2c3d4e5f607000051")
    gone, left = sorted(shop.told(*kinds), key=len)
    assert gone == {"id": ESPRESSO, "siteCode": "uk"}
    assert (left["siteCode"], set(left["sitePrices"])) == ("main", {"main"})
    shop("DELETE", f"/product/{{tenant}}/products/{ESPRESSO}")
    assert shop.told(*kinds) == [{"id": ESPRESSO, "siteCode": "main"}]
