"""Products, variants and templates over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

ID = "65d0a1b2c3d4e5f60400{}".format
BEANS, FILTER, KETTLE, GRINDER, BUNDLE, MUG, TEA, DECAF = (ID(f"000{n}") for n in range(1, 9))
TEMPLATE = "65d0a1b2c3d4e5f605000001"
DUPLICATE = "Conflict - a resource with given code or id has already exist."


class Products:
    """The product service of one world as one caller sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.base = f"/product/{world.tenant}"
        self.http = http
        self.world = world

    def __call__(self, method: str, path: str = "/products", **request: Any) -> httpx.Response:
        return self.http.request(method, self.base + path, **request)

    def get(self, own: str, **query: Any) -> dict[str, Any]:
        answer = self("GET", f"/products/{own}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def create(self, own: str, **body: Any) -> None:
        query = body.pop("query", {})
        new = {"id": own, "code": own.upper(), "name": {"en": own}, **body}
        answer = self("POST", json=new, params=query)
        assert answer.status_code == 201, answer.text

    def codes(self, **query: Any) -> list[str]:
        return [found["code"] for found in self("GET", params=query).json()]

    def refusal(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        answer = self(method, path, params=query, **({"json": body} if body is not None else {}))
        return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").rpartition("/")[2]

    def events(self) -> list[tuple[str, str]]:
        return [(e["type"], e["payload"]["id"]) for e in self.world.stored.events]


@pytest.fixture
def products(either: World) -> Iterator[Products]:
    with either.backend() as http:
        yield Products(either, http)


def test_a_product_from_creation_to_deletion(either: World, products: Products):
    new = {
        "id": "scoop",
        "code": "SCOOP",
        "name": {"en": "Scoop", "de": "Löffel"},
        "taxClasses": {"DE": "STANDARD"},
    }
    created = products("POST", json=new)
    yrn = f"urn:yaas:saasag:caasproduct:product:{either.tenant};scoop"
    assert (created.status_code, created.json()) == (201, {"id": "scoop", "yrn": yrn})
    found = products.get("scoop")
    assert found == {
        **new,
        "yrn": yrn,
        "productType": "BASIC",
        "published": False,
        "media": [],
        "categoryIds": [],
        "customerSegmentIds": [],
        "metadata": found["metadata"],
    }
    for taken in ({**new, "code": "OTHER"}, {**new, "id": "other"}):
        again = products("POST", json=taken)
        assert (again.status_code, again.json()["message"]) == (409, DUPLICATE)

    page = products("GET", params={"pageSize": 2, "sort": "code:desc"}, headers={"X-Total-Count": "true"})
    assert ([p["code"] for p in page.json()], page.headers["x-total-count"]) == (
        ["TEA-DARJ-100", "SET-BREW-01"],
        "14",
    )
    assert products.codes(q="productType:VARIANT") == ["MUG-STONE-BLUE-S", "MUG-STONE-BLUE-L"]
    searched = products("POST", "/products/search", json={"q": f"id:({BEANS},{TEA})"}).json()
    assert [p["id"] for p in searched] == [BEANS, TEA]
    fields = products("GET", params={"q": "code:SCOOP", "fields": "code"}).json()
    assert fields == [{"id": "scoop", "yrn": yrn, "code": "SCOOP"}]
    german = products("GET", "/products/scoop", headers={"Accept-Language": "de"}).json()
    assert german["name"] == "Löffel"
    either.stored.switches["product-service/absent-language"] = "default"
    assert products.get("scoop")["name"] == "Scoop"
    del either.stored.switches["product-service/absent-language"]

    assert products("PATCH", "/products/scoop", json={"weightDependent": True}).status_code == 204
    ignored = {"productType": "BUNDLE", "published": True}
    assert products("PATCH", "/products/scoop", json=ignored).status_code == 204
    changed = products.get("scoop")
    assert (changed["productType"], changed["published"], changed["weightDependent"]) == ("BASIC", True, True)
    replaced = {"code": "SCOOP", "name": {"en": "Spoon"}, "metadata": {"version": 3}}
    assert products("PUT", "/products/scoop", json=replaced).status_code == 204
    assert "weightDependent" not in products.get("scoop")
    stale = products("PUT", "/products/scoop", json=replaced)
    assert (stale.status_code, stale.json()["message"][:38]) == (
        409,
        "The resource that was requested for up",
    )
    partial = products("PUT", "/products/scoop", params={"partial": True}, json={"weightDependent": False})
    assert partial.status_code == 204
    upserted = products("PUT", "/products/ladle", json={"code": "LADLE", "name": {"en": "Ladle"}})
    assert (upserted.status_code, upserted.json()["id"]) == (201, "ladle")

    assert products("DELETE", "/products/scoop").status_code == 204
    assert products("DELETE", "/products/scoop").status_code == 204
    gone = products("GET", "/products/scoop")
    assert (gone.status_code, gone.json()) == (
        404,
        {
            "code": 404,
            "status": "Not Found",
            "message": "The product with id scoop has not been found.",
            "productId": "scoop",
        },
    )
    assert [kind for kind, own in products.events() if own == "scoop"] == [
        "product.created",
        *["product.updated"] * 4,
        "product.deleted",
    ]


def test_unpublished_products_are_for_those_who_may(either: World, products: Products):
    assert products.get(DECAF)["published"] is False
    with either.client(either.anonymous()["access_token"]) as http:
        guest = Products(either, http)
        assert guest("GET", f"/products/{DECAF}").status_code == 404
        assert "COF-DECAF-500" not in guest.codes(pageSize=100)
        assert guest.get(BEANS)["code"] == "COF-ESP-1000"
        refused = guest("DELETE", f"/products/{BEANS}")
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "The access to the requested resource has been forbidden by the server.",
        )
    with either.backend("product.product_manage") as http:
        writer = Products(either, http)
        assert writer.refusal("PATCH", f"/products/{DECAF}", {"published": True}) == (
            403,
            "publish-needs-scope",
        )
        assert writer.refusal("PATCH", f"/products/{BEANS}", {"published": False}) == (
            403,
            "publish-needs-scope",
        )
        assert writer("PATCH", f"/products/{DECAF}", json={"weightDependent": False}).status_code == 204


def test_what_a_product_must_be(products: Products):
    new = {"code": "NEW", "name": {"en": "New"}}
    part = {"productId": BEANS, "amount": 1}
    for body, rule in (
        ({"productType": "BUNDLE"}, "invalid-product"),
        ({"productType": "BUNDLE", "bundledProducts": [part]}, "bundle"),
        ({"productType": "BUNDLE", "bundledProducts": [part, {"productId": "none", "amount": 1}]}, "bundle"),
        ({"productType": "BUNDLE", "bundledProducts": [part, {**part, "amount": 0}]}, "bundle"),
        ({"productType": "BUNDLE", "bundledProducts": [{**part, "amount": "few"}] * 2}, "invalid-product"),
        ({"productType": "PARENT_VARIANT"}, "invalid-product"),
        ({"productType": "VARIANT"}, "invalid-product"),
        ({"productType": "VARIANT", "parentVariantId": BEANS}, "variant"),
        ({"relatedItems": [{"refId": "none", "type": "ACCESSORY"}]}, "related-item"),
        ({"taxClasses": {"EN": "STANDARD"}}, "tax-class"),
    ):
        assert products.refusal("POST", "/products", {**new, **body}) == (400, rule), body
    unknown = products("POST", json={**new, "template": {"id": "none", "version": 1}})
    assert (unknown.status_code, unknown.json()["message"]) == (
        404,
        "Product template with id none is not present in the database.",
    )
    parts = [{**part, "amount": "3"}, {"productId": TEA, "amount": 1}]
    products.create("set", productType="BUNDLE", bundledProducts=parts)
    assert products.get("set")["bundledProducts"][0] == {**part, "amount": 3}
    stored = products.world.stored
    settings = stored.collection("configuration-service", "configurations")
    settings.put("relation_types", {"key": "relation_types", "value": '["ACCESSORY", {"id": "PART"}]'})
    for kind, status in (("ACCESSORY", 201), ("PART", 201), ("FRIEND", 400)):
        body = {**new, "code": kind, "relatedItems": [{"refId": BEANS, "type": kind}]}
        assert products("POST", json=body).status_code == status, kind
    stored.switches["product-service/tax-countries"] = "any"
    assert products("POST", json={**new, "taxClasses": {"EN": "STANDARD"}}).status_code == 201
    for body in ({"code": "", "name": {"en": "New"}}, {"code": "N"}, {**new, "published": "yes"}, []):
        assert products("POST", json=body).json()["message"] == "Validation problem with request body."


def test_expanding(products: Products):
    found = products.get(BEANS)
    refs = [{"type": "BRAND", "id": found["brandId"]}, {"type": "LABEL", "id": found["labelIds"][0]}]
    logo = {"type": "LINK", "access": "PUBLIC", "url": "https://shop.example.com/logo.png", "refIds": refs}
    asset = products.http.post(f"/media/{products.world.tenant}/assets", json=logo).json()["id"]
    found = products.get(BEANS, expand="brand,labels")
    for shown in (found["brand"], found["labels"][0]):
        assert (shown["image"], shown["mediaId"], shown["cloudinaryUrl"].endswith(asset)) == (
            logo["url"],
            asset,
            True,
        )
    assert found["brand"]["name"] == "Nordwind Roasters"
    assert [label["name"] for label in found["labels"]] == ["Organic"]
    variant = f"{MUG}--{ID('0011')}"
    found = products.get(variant, expand="template,parentVariant")
    assert found["template"]["attributes"][0]["key"] == "color"
    assert found["parentVariant"]["id"] == MUG


def test_many_products_at_once(products: Products):
    items = [{"id": own, "code": own, "name": {"en": own}} for own in ("a", "b", "a")]
    answer = products("POST", "/products/bulk", json=[*items, {"name": {"en": "no code"}}])
    assert answer.status_code == 207
    assert [(e["index"], e.get("id"), e["code"], e["status"]) for e in answer.json()] == [
        (0, "a", 201, "CREATED"),
        (1, "b", 201, "CREATED"),
        (2, "a", 409, "CONFLICT"),
        (3, None, 400, "BAD_REQUEST"),
    ]
    changed = [{"id": "a", "code": "a", "name": {"en": "A"}}, {"id": "c", "code": "c", "name": {"en": "C"}}]
    answer = products("PUT", "/products/bulk", json=changed)
    assert [(e["id"], e["code"]) for e in answer.json()] == [("a", 204), ("c", 201)]
    assert products("POST", "/products/bulk", json=items * 67).status_code == 400
    lonely = {"name": "S", "code": "s", "productType": "BUNDLE", "bundledProducts": []}
    (entry,) = products("POST", "/products/bulk", json=[lonely]).json()
    assert entry["message"] == "There is a validation error. Please check the details."
    assert entry["details"] == ["A bundle must consist of at least two products"]


def test_mixins_and_their_schemas(either: World, products: Products):
    attribute = {"key": "popularity", "name": {"en": "P"}, "type": "NUMBER", "metadata": {"required": True}}
    schema = {"name": {"en": "Facts"}, "types": ["PRODUCT"], "attributes": [attribute]}
    base = f"/schema/{either.tenant}/schemas"
    headers = {"Content-Language": "*"}
    made = products.http.post(base, json=schema, headers=headers).json()["id"]
    url = products.http.get(f"{base}/{made}").json()["metadata"]["url"]
    for value, said in (
        (
            True,
            'instance type (boolean) does not match any allowed primitive type (allowed: ["integer",',
        ),
        (None, 'object has missing required properties (["popularity"]): [mixins:facts]'),
    ):
        data = {} if value is None else {"popularity": value}
        body = {
            "code": "M",
            "name": {"en": "M"},
            "mixins": {"facts": data},
            "metadata": {"mixins": {"facts": url}},
        }
        refused = products("POST", json=body)
        assert (refused.status_code, refused.json()["message"][:27]) == (400, "There is a validation error")
        assert said in refused.json()["details"][0]["message"]


@pytest.mark.parametrize("name", ["create", "update", "delete"])
def test_the_scopes_before_manage_still_write(either: World, name: str):
    allowed = {"create": (201, 403, 403), "update": (403, 204, 403), "delete": (403, 403, 204)}[name]
    with either.backend(f"product.product_{name}") as http:
        path = f"/product/{either.tenant}/products"
        assert (
            http.post(path, json={"code": "N", "name": {"en": "N"}}).status_code,
            http.patch(f"{path}/{TEA}", json={"weightDependent": True}).status_code,
            http.delete(f"{path}/{TEA}").status_code,
        ) == allowed


def test_a_parent_makes_its_variants(either: World, products: Products):
    colors, sizes = [{"key": "BLUE"}, {"key": "GREY"}], [{"key": "S"}]
    parent = {
        "productType": "PARENT_VARIANT",
        "template": {"id": TEMPLATE, "version": 1},
        "variantAttributes": {"color": colors, "size": sizes},
        "taxClasses": {"DE": "STANDARD"},
    }
    products.create("cup", **parent, query={"skipVariantGeneration": True})
    assert products.codes(q="parentVariantId:cup") == []
    body = {"code": "CUP", "name": {"en": "Cup"}, **parent}
    assert products("PUT", "/products/cup", json=body).status_code == 204
    made = products("GET", params={"q": "parentVariantId:cup"}).json()
    assert [p["code"] for p in made] == ["CUP-BLUE-S", "CUP-GREY-S"]
    blue = made[0]
    assert blue["id"].startswith("cup--")
    assert len(blue["id"]) == len("cup--") + 24
    assert (blue["name"], blue["published"], blue["taxClasses"]) == ({"en": "Cup"}, False, {"DE": "STANDARD"})
    assert blue["mixins"]["productVariantAttributes"] == {"color": "BLUE", "size": "S"}

    override = {"taxClasses": {"DE": "REDUCED"}, "metadata": {"overridden": ["taxClasses"]}}
    assert products("PATCH", f"/products/{blue['id']}", json=override).status_code == 204
    not_named = {"weightDependent": True}
    assert products("PATCH", f"/products/{blue['id']}", json=not_named).status_code == 204
    assert "weightDependent" not in products.get(blue["id"])
    body["variantAttributes"] = {"color": colors, "size": [*sizes, {"key": "L"}]}
    assert products("PUT", "/products/cup", json={**body, "published": True}).status_code == 204
    assert products.codes(q="parentVariantId:cup") == ["CUP-BLUE-S", "CUP-GREY-S", "CUP-BLUE-L", "CUP-GREY-L"]
    found = products.get(blue["id"])
    assert (found["id"], found["published"], found["taxClasses"]) == (blue["id"], True, {"DE": "REDUCED"})
    raw = products.get(blue["id"], rawValue=False)
    assert (raw["taxClasses"], "template" in raw) == ({"DE": "REDUCED"}, False)

    assert products.refusal("DELETE", "/products/cup") == (400, "has-children")
    assert products("DELETE", "/products/cup", params={"force": True}).status_code == 204
    assert products.codes(q="parentVariantId:cup") == []
    wrong = {**body, "code": "CUP2", "variantAttributes": {"color": [{"key": "PINK"}]}}
    assert products.refusal("POST", "/products", wrong) == (400, "variant")


def voltage(qualifier: Any) -> dict[str, Any]:
    return {"voltage": {"value": {"type": "NUMBER", "qualifier": qualifier}}}


def test_dynamic_variants_in_order(either: World, products: Products):
    kind = {"productType": "DYNAMIC_VARIANT"}
    products.create("press", **kind, published=True)
    products.create("press-eu", **kind, parentVariantId="press", ownVariantAttributes=voltage(230))
    products.create("press-eu-red", **kind, parentVariantId="press-eu", sellable=True, published=True)
    leaf = products.get("press-eu-red")
    assert leaf["parentVariantPath"] == ["press-eu", "press"]
    assert leaf["inheritedVariantAttributes"] == voltage(230)
    root = products.get("press")
    assert list(root["variants"]) == ["press-eu", "press-eu-red"]
    assert root["variants"]["press-eu-red"] == {
        "version": 1,
        "code": "PRESS-EU-RED",
        "name": {"en": "press-eu-red"},
        "parentVariantId": "press-eu",
        "sellable": True,
        "published": True,
        "variantAttributes": voltage(230),
    }
    with either.client(either.anonymous()["access_token"]) as http:
        seen = Products(either, http).get("press")["variants"]
    assert (list(seen), "published" in seen["press-eu-red"]) == (["press-eu-red"], False)

    change = {
        "productType": "DYNAMIC_VARIANT",
        "code": "PRESS-EU",
        "name": {"en": "EU"},
        "parentVariantId": "press",
    }
    changed = {**change, "ownVariantAttributes": voltage(220)}
    assert products("PUT", "/products/press-eu", json=changed).status_code == 204
    assert products.get("press-eu-red")["inheritedVariantAttributes"] == voltage(220)
    wrong = {**change, "ownVariantAttributes": voltage("230")}
    assert products.refusal("PUT", "/products/press-eu", wrong) == (400, "variant")
    products.create("deep4", **kind, parentVariantId="press-eu-red")
    too_deep = {"id": "deep5", "code": "D5", "name": {"en": "D"}, **kind, "parentVariantId": "deep4"}
    assert products.refusal("POST", "/products", too_deep) == (400, "variant")
    assert products("DELETE", "/products/press", params={"force": True}).status_code == 204
    assert products.codes(q="code:~PRESS") == []


def test_dynamic_variants_out_of_order_are_recalculated(products: Products):
    kind = {"productType": "DYNAMIC_VARIANT"}
    products.create("leaf", **kind, parentVariantId="branch")
    assert products.get("leaf")["metadata"]["dynamicVariantInfo"] == {"missingAncestorId": "branch"}
    products.create("branch", **kind, parentVariantId="trunk", ownVariantAttributes=voltage(12))
    products.create("trunk", **kind)
    assert "variants" not in products.get("trunk")

    started = products("POST", "/products/recalculate", json={"productIds": ["leaf", "branch", BEANS]})
    assert started.status_code == 202
    (job,) = started.json()["jobs"]
    assert (job["parentRoot"], job["requestedByIds"], job["status"]) == (
        "trunk",
        ["leaf", "branch"],
        "PENDING",
    )
    assert started.json()["skippedProductIds"] == [BEANS]
    again = products("POST", "/products/recalculate", json={"productIds": ["leaf"]}).json()
    assert ([j["id"] for j in again["jobs"]], again["skippedProductIds"]) == ([job["id"]], ["leaf"])
    assert list(products.get("trunk")["variants"]) == ["branch", "leaf"]
    leaf = products.get("leaf")
    assert (leaf["parentVariantPath"], leaf["inheritedVariantAttributes"]) == (
        ["branch", "trunk"],
        voltage(12),
    )
    assert "dynamicVariantInfo" not in leaf["metadata"]

    clock = products.world.stored.clock
    clock.freeze(clock.now())
    clock.advance(timedelta(seconds=1))
    path = f"/products/recalculate/jobs/{job['id']}"
    assert products("GET", path).json()["status"] == "PROCESSING"
    clock.advance(timedelta(seconds=1))
    done = products("GET", path).json()
    assert (done["status"], done["attempts"], done["error"]) == ("FINISHED", 1, None)
    listed = products("GET", "/products/recalculate/jobs", params={"status": "FINISHED"}).json()
    assert listed == [done]
    assert products("GET", "/products/recalculate/jobs/none").status_code == 404


def test_templates_have_versions(products: Products):
    text = {"type": "TEXT", "name": {"en": "Roast"}}
    roast = {"key": "roast", **text, "metadata": {"mandatory": True}, "values": [{"key": "DARK"}]}
    created = products("POST", "/product-templates", json={"name": {"en": "Beans"}, "attributes": [roast]})
    assert created.status_code == 201
    own = created.json()["id"]
    path = f"/product-templates/{own}"
    first = products("GET", path).json()
    assert first["metadata"]["version"] == 1
    schema = httpx.get(first["metadata"]["templateAttributesSchema"]).json()
    assert schema["properties"] == {"roast": {"type": "string", "enum": ["DARK"]}}
    assert schema["required"] == ["roast"]
    assert products.codes(q="template.id:none") == []

    template = {"id": own, "version": 1}
    for attributes, status in (
        ({"roast": "DARK"}, 201),
        ({}, 400),
        ({"roast": "PINK"}, 400),
        ({"roast": 1}, 400),
    ):
        body = {"code": f"R{status}{len(attributes)}", "name": {"en": "R"}, "template": template}
        answer = products("POST", json={**body, "mixins": {"productTemplateAttributes": attributes}})
        assert answer.status_code == status, attributes

    change = {"name": {"en": "Coffee"}, "attributes": []}
    assert products("PUT", path, json=change).status_code == 400
    versioned = {**change, "metadata": {"version": 1}}
    assert products("PUT", path, json=versioned).status_code == 204
    assert products("PUT", path, json=versioned).status_code == 409
    assert products("GET", path).json()["metadata"]["version"] == 2
    assert products("GET", path, params={"version": "1"}).json() == first
    assert products("GET", path, params={"version": "9"}).status_code == 404
    assert [
        t["id"] for t in products("GET", "/product-templates", params={"q": 'name.en:"Coffee"'}).json()
    ] == [own]

    assert products.refusal("DELETE", path) == (400, "template-in-use")
    (user,) = products("GET", params={"q": f"template.id:{own}"}).json()
    products("DELETE", f"/products/{user['id']}")
    assert products("DELETE", path).status_code == 204
    assert products("GET", path).status_code == 404
    bad = {**roast, "metadata": {"variantAttribute": True}, "values": None}
    for attribute in (
        {**bad, "values": [{"key": 1}]},
        {**roast, "key": "no good"},
        {**roast, "type": "COLOR"},
    ):
        body = {"name": {"en": "B"}, "attributes": [attribute]}
        assert products.refusal("POST", "/product-templates", body) == (400, "template")


def test_search_indexes_hear_of_every_site(products: Products):
    change = {"weightDependent": True}
    assert products("PATCH", f"/products/{BEANS}", params={"doIndex": False}, json=change).status_code == 204
    assert [kind for kind, _ in products.events()] == ["product.updated"]
    assert products("PATCH", f"/products/{BEANS}", json=change).status_code == 204
    assert products("DELETE", f"/products/{BEANS}").status_code == 204
    told = [e for e in products.world.stored.events if e["type"].startswith("index-item.")]
    assert [(e["type"], e["payload"]["siteCode"]) for e in told[:4]] == [
        ("index-item.updated", "main"),
        ("index-item.updated", "uk"),
        ("index-item.deleted", "main"),
        ("index-item.deleted", "uk"),
    ]
    assert told[0]["payload"]["prices"] == [{"id": "65d0a1b2c3d4e5f607000001"}]


def test_products_follow_their_categories_and_assets(either: World, products: Products):
    kettles = "c0ffee00-1a2b-4c3d-8e4f-000000000009"
    category = f"/category/{either.tenant}/categories/{kettles}"
    assert products.http.put(f"{category}/assignments/references/{KETTLE}").status_code == 201
    found = products.get(KETTLE)
    assert found["categoryIds"] == ["c0ffee00-1a2b-4c3d-8e4f-000000000006", kettles]
    assert [m["mixinPath"] for m in found["metadata"]["classificationMixins"]] == [
        "class_EQUIPMENT_power",
        "class_KETTLES_capacity",
    ]
    assert set(found["metadata"]["mixins"]) == {"class_EQUIPMENT_power", "class_KETTLES_capacity"}
    assert products.refusal("PATCH", f"/products/{KETTLE}", {"weightDependent": True}) == (
        400,
        "invalid-product",
    )
    mixin = {"class_KETTLES_capacity": {"liters": 0.9}}
    assert products("PATCH", f"/products/{KETTLE}", json={"mixins": mixin}).status_code == 204
    change = {
        "code": "KETTLES",
        "localizedName": {"en": "Kettles"},
        "parentId": "c0ffee00-1a2b-4c3d-8e4f-000000000008",
        "published": True,
        "ownClassificationMixins": [{"name": "capacity", "schemaUrl": "https://schemas.example.com/v2.json"}],
    }
    assert products.http.put(category, params={"publish": True}, json=change).status_code == 204
    shown = products.get(KETTLE)["metadata"]["classificationMixins"][1]
    assert (shown["schemaUrl"][-7:], shown["usedSchemaUrl"][-7:]) == ("v2.json", "v1.json")
    assert shown["obsoleteSchemaUrlUsed"] is True
    assert products("PATCH", f"/products/{KETTLE}", json={"weightDependent": True}).status_code == 204
    shown = products.get(KETTLE)["metadata"]["classificationMixins"][1]
    assert (shown["usedSchemaUrl"][-7:], shown["obsoleteSchemaUrlUsed"]) == ("v2.json", False)
    products.http.delete(f"{category}/assignments/references/{KETTLE}")
    assert "classificationMixins" not in products.get(KETTLE)["metadata"]
    assert [medium["url"] for medium in products.get(KETTLE)["media"]] == [
        "https://media.example.com/acme/kettle.jpg"
    ]
    assert products("DELETE", f"/products/{KETTLE}").status_code == 204
    listed = f"/category/{either.tenant}/assignments/references/{KETTLE}"
    assert products.http.get(listed).status_code == 404


def test_moments_of_templates_are_moments(products: Products):
    since = {
        "key": "since",
        "name": {"en": "Since"},
        "type": "DATETIME",
        "metadata": {"mandatory": False, "variantAttribute": False},
    }
    late = {**since, "metadata": {**since["metadata"], "defaultValue": "yesterday"}}
    for wrong in (late, {**since, "values": [{"key": "yesterday"}]}):
        body = {"name": {"en": "Late"}, "attributes": [wrong]}
        assert products.refusal("POST", "/product-templates", body) == (400, "template")
    template = products("POST", "/product-templates", json={"name": {"en": "Dated"}, "attributes": [since]})
    own = template.json()["id"]
    for value, status in (("2026-01-01T00:00:00Z", 201), ("yesterday", 400)):
        body = {
            "code": value,
            "name": "Dated",
            "template": {"id": own, "version": 1},
            "mixins": {"productTemplateAttributes": {"since": value}},
        }
        assert products("POST", "/products", json=body).status_code == status
