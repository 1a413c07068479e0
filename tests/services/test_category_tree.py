"""Categories, assignments and trees over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

ID = "c0ffee00-1a2b-4c3d-8e4f-00000000000{}".format
COFFEE, KITCHEN, ESPRESSO, FILTER, MUGS, BREWING, TEA, EQUIPMENT, KETTLES = map(ID, range(1, 10))
BEANS, KETTLE = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000003"
UNKNOWN = {
    "resourceId": "none",
    "code": 404,
    "status": "Not Found",
    "message": "Error while getting category",
    "details": ["Category with id 'none' not found"],
}


class Tree:
    """The category service of one world as one caller sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.base = f"/category/{world.tenant}"
        self.http = http
        self.world = world

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, self.base + path, **request)

    def ids(self, path: str = "/categories", **query: Any) -> list[str]:
        return [found["id"] for found in self("GET", path, params=query).json()]

    def create(self, **body: Any) -> str:
        new = {"localizedName": {"en": "New"}, "published": True, **body}
        answer = self("POST", "/categories", params={"publish": new["published"]}, json=new)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refusal(self, method: str, path: str, body: Any, **query: Any) -> tuple[int, str, str]:
        answer = self(method, path, json=body, params=query)
        rule = answer.headers.get("x-emporix-mock-rule", "").removeprefix("category-tree/")
        return answer.status_code, rule, (answer.json()["details"] or [""])[0]

    def events(self) -> list[str]:
        kinds = [event["type"] for event in self.world.stored.events]
        return [kind for kind in kinds if kind.startswith(("category.", "assignment."))]


@pytest.fixture
def tree(either: World) -> Iterator[Tree]:
    with either.backend() as http:
        yield Tree(either, http)


def test_a_category_from_creation_to_deletion(tree: Tree):
    new = {
        "id": "green",
        "parentId": TEA,
        "code": "GREEN",
        "localizedName": {"en": "Green tea", "de": "Grüner Tee"},
        "localizedSlug": {"en": "green-tea"},
        "ecn": ["T1"],
        "published": True,
    }
    created = tree("POST", "/categories", params={"publish": True}, json=new)
    assert (created.status_code, created.json()) == (201, {"id": "green"})
    found = tree("GET", "/categories/green").json()
    assert found == {
        **new,
        "type": "STANDARD",
        "name": "Green tea",
        "position": 0,
        "validity": {},
        "mixins": {},
        "media": [],
        "metadata": found["metadata"],
    }
    assert found["metadata"]["version"] == 1
    again = {**new, "ecn": ["T2"]}
    assert tree.refusal("POST", "/categories", again, publish=True)[:2] == (409, "duplicate-id")
    taken = tree("POST", "/categories", params={"publish": True}, json={**new, "id": "other"})
    assert (taken.status_code, taken.json()["details"]) == (409, [])
    assert taken.json()["message"].startswith("Duplicated ECN value")

    page = tree("GET", "/categories", params={"pageSize": 2}, headers={"X-Total-Count": "true"})
    assert ([c["id"] for c in page.json()], page.headers["x-total-count"]) == ([COFFEE, KITCHEN], "10")
    assert tree.ids(code="green") == ["green"]
    assert tree.ids(localizedName="tee") == [TEA, "green"]
    assert tree.ids(ecn="T1") == ["green"]
    assert tree.ids(q=f"parentId:{COFFEE}") == [ESPRESSO, FILTER]
    assert tree.ids(showRoots=True, sort="localizedName:DESC") == [TEA, KITCHEN, EQUIPMENT, COFFEE]
    assert tree("GET", "/categories", params={"sort": "name:ASC"}).status_code == 400
    for language, sort, status in (
        (None, "localizedName.de:DESC", 200),
        ("de", "localizedName.de", 200),
        ("en", "localizedName.de", 400),
        ("en", "code,localizedName", 200),
        ("*", "localizedName.fr", 400),
    ):
        headers = {"Accept-Language": language} if language else {}
        answer = tree("GET", "/categories", params={"sort": sort}, headers=headers)
        assert answer.status_code == status, (language, sort)
    english = tree("GET", "/categories", params={"localizedSlug": "kaff"}, headers={"Accept-Language": "en"})
    assert english.json() == []
    searched = tree("POST", "/categories/search", json={"q": "code:GREEN"}).json()
    assert [c["id"] for c in searched] == ["green"]
    german = tree("GET", "/categories/green", headers={"Accept-Language": "de"}).json()
    assert german["localizedName"] == {"de": "Grüner Tee"}
    unknown = tree("GET", "/categories", headers={"Accept-Language": "ru"})
    assert (unknown.json()["message"], unknown.json()["details"]) == (
        "Accept-Language validation failed.",
        ["Following languages are not supported: 'ru'"],
    )

    change = {"localizedName": {"en": "Greens"}, "published": True, "metadata": {"version": 1}}
    assert tree("PUT", "/categories/green", params={"publish": True}, json=change).status_code == 204
    assert "parentId" not in tree("GET", "/categories/green").json()
    assert tree("PUT", "/categories/green", params={"publish": True}, json=change).status_code == 409
    assert tree("PATCH", "/categories/green", json={"position": 4, "metadata": {}}).status_code == 204
    assert tree("GET", "/categories/green").json()["position"] == 4
    assert tree("DELETE", "/categories/green").status_code == 204
    assert tree("GET", "/categories/green").status_code == 404
    assert tree.events() == ["category.created", "category.updated", "category.updated", "category.deleted"]


def test_what_a_category_must_be(tree: Tree):
    new = {"localizedName": {"en": "New"}, "published": False}
    for body, rule in (
        ({"parentId": "none"}, "parent"),
        ({"parentId": EQUIPMENT}, "parent"),
        ({"type": "CLASSIFICATION"}, "code-required"),
        ({"localizedSlug": {"ru": "novyi"}}, "slug-language"),
        ({"published": True}, "publish-parameter"),
    ):
        assert tree.refusal("POST", "/categories", {**new, **body})[:2] == (400, rule)
    made = tree("PUT", "/categories/mine", json={**new, "parentId": "root"})
    assert (made.status_code, made.json()) == (201, {"id": "mine"})
    moved = {"parentId": ESPRESSO, "metadata": {}}
    for own in (COFFEE, ESPRESSO):
        assert tree.refusal("PATCH", f"/categories/{own}", moved)[:2] == (400, "cycle")
    tree.world.stored.switches["category-tree/publish-parameter"] = "ignore"
    assert tree("POST", "/categories", json={**new, "published": True}).status_code == 201


def test_unpublished_categories_are_for_those_who_may(either: World, tree: Tree):
    own = tree.create(published=False, parentId=COFFEE)
    assert own not in tree.ids()
    assert tree("GET", f"/categories/{own}").status_code == 404
    assert own in tree.ids(showUnpublished=True)
    assert tree("GET", f"/categories/{own}", params={"showUnpublished": True}).status_code == 200
    with either.client(either.anonymous()["access_token"]) as http:
        guest = Tree(either, http)
        assert len(guest.ids()) == 9
        assert guest.refusal("GET", "/categories", None, showUnpublished=True) == (
            403,
            "unpublished-needs-scope",
            "Required scope(s): category.category_read_unpublished",
        )
        assert guest("DELETE", f"/categories/{TEA}").json()["details"] == [
            "Required scope(s): category.category_manage"
        ]
    with either.backend("category.category_manage") as http:
        writer = Tree(either, http)
        change = {"published": True, "metadata": {}}
        assert writer.refusal("PATCH", f"/categories/{own}", change, publish=True)[:2] == (
            403,
            "publish-needs-scope",
        )
        change = {"published": False, "metadata": {}}
        assert writer.refusal("PATCH", f"/categories/{TEA}", change)[:2] == (403, "publish-needs-scope")
        assert writer("PATCH", f"/categories/{own}", json={"position": 1, "metadata": {}}).status_code == 204


def test_above_and_below(tree: Tree):
    deep = tree.create(parentId=ESPRESSO)
    assert tree.ids(f"/categories/{deep}/parents") == [COFFEE, ESPRESSO]
    assert tree.ids(f"/categories/{COFFEE}/subcategories") == [ESPRESSO, deep, FILTER]
    assert tree.ids(f"/categories/{COFFEE}/subcategories", depth=1) == [ESPRESSO, FILTER]
    assert tree.ids(f"/categories/{COFFEE}/subcategories", pageSize=1, pageNumber=2) == [deep]
    for what, own in {"parents": TEA, "subcategories": TEA}.items():
        none = tree("GET", f"/categories/{own}/{what}")
        assert (none.status_code, none.json()["message"]) == (404, f"Error while getting category {what}")
    tree("PATCH", f"/categories/{ESPRESSO}", json={"published": False, "metadata": {}})
    assert tree.ids(f"/categories/{COFFEE}/subcategories") == [FILTER]
    assert tree.ids(f"/categories/{deep}/parents") == [COFFEE]


def test_classification_mixins_are_inherited(tree: Tree):
    kettles = tree("GET", f"/categories/{KETTLES}").json()
    assert [(m["mixinPath"], m["sourceCategoryId"]) for m in kettles["classificationMixins"]] == [
        ("class_EQUIPMENT_power", EQUIPMENT),
        ("class_KETTLES_capacity", KETTLES),
    ]
    change = {"localizedName": {"en": "Kettles"}, "code": "KETTLES", "published": True, "parentId": EQUIPMENT}
    assert tree("PUT", f"/categories/{KETTLES}", params={"publish": True}, json=change).status_code == 204
    kept = tree("GET", f"/categories/{KETTLES}").json()
    assert kept["type"] == "CLASSIFICATION"
    assert kept["ownClassificationMixins"] == kettles["ownClassificationMixins"]
    body = {"ownClassificationMixins": [], "metadata": {}}
    assert tree("PATCH", f"/categories/{KETTLES}", json=body).status_code == 204
    assert tree("GET", f"/categories/{KETTLES}").json()["ownClassificationMixins"] == []


def test_deleting_in_the_tree(tree: Tree):
    deep = tree.create(parentId=ESPRESSO)
    refused = tree("DELETE", f"/categories/{COFFEE}")
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "code": 400,
            "status": "Bad request",
            "message": "Error while deleting category",
            "details": ["Cannot delete root category without subsequent categories"],
        },
    )
    assert tree("DELETE", f"/categories/{ESPRESSO}").status_code == 204
    assert "parentId" not in tree("GET", f"/categories/{deep}").json()
    assert tree("GET", f"/assignments/references/{BEANS}").status_code == 404
    assert tree("DELETE", f"/categories/{COFFEE}", params={"withSubcategories": True}).status_code == 204
    assert tree("DELETE", f"/categories/{FILTER}").json() == {
        **UNKNOWN,
        "resourceId": FILTER,
        "details": [f"Category with id '{FILTER}' not found"],
    }
    catalogs = tree.http.get(f"/catalog/{tree.world.tenant}/catalogs").json()
    assert all(COFFEE not in catalog["categoryIds"] for catalog in catalogs)


def test_assignments_of_one_category(tree: Tree):
    path = f"/categories/{TEA}/assignments"
    assert tree("GET", path).json() == []
    made = tree("POST", path, json={"ref": {"id": BEANS, "type": "PRODUCT"}})
    assert made.status_code == 201
    assert tree("POST", path, json={"ref": {"id": BEANS, "type": "PRODUCT"}}).json() == made.json()
    assert tree("PUT", f"{path}/references/{BEANS}").status_code == 204
    other = tree("PUT", f"{path}/references/{KETTLE}")
    assert other.status_code == 201
    listed = tree("GET", path, headers={"X-Total-Count": "true"})
    assert [(a["categoryId"], a["ref"]["id"]) for a in listed.json()] == [(TEA, BEANS), (TEA, KETTLE)]
    assert listed.headers["x-total-count"] == "2"
    assert [a["ref"]["id"] for a in tree("GET", path, params={"ref.id": KETTLE}).json()] == [KETTLE]
    below = tree("GET", f"/categories/{COFFEE}/assignments", params={"withSubcategories": True}).json()
    assert {a["categoryId"] for a in below} == {ESPRESSO, FILTER}

    nameless = tree("POST", path, json={"ref": {"type": "PRODUCT"}})
    assert (nameless.status_code, nameless.json()["message"], nameless.json()["details"]) == (
        400,
        "Assignment reference validation failed",
        ["Please provide a valid assignment reference id"],
    )
    assert tree("GET", "/categories/none/assignments").json() == UNKNOWN
    assert tree("DELETE", f"{path}/{made.json()['id']}").status_code == 204
    assert tree("DELETE", f"{path}/{made.json()['id']}").status_code == 404
    assert tree("DELETE", f"{path}/references/{KETTLE}").status_code == 204
    gone = tree("DELETE", f"{path}/references/{KETTLE}")
    assert (gone.status_code, gone.json()["message"]) == (404, "Error while getting category reference")
    assert tree.events() == ["assignment.created"] * 2 + ["assignment.deleted"] * 2


def test_many_assignments_at_once(tree: Tree):
    path = f"/categories/{ESPRESSO}/assignments"
    items = [{"ref": {"id": own, "type": "PRODUCT"}} for own in (BEANS, KETTLE)]
    answer = tree("PUT", f"{path}/references/bulk", json=items)
    assert answer.status_code == 207
    assert [(e["index"], e["productId"], e["code"], e["status"]) for e in answer.json()] == [
        (0, BEANS, 204, "NO_CONTENT"),
        (1, KETTLE, 201, "CREATED"),
    ]
    answer = tree("POST", f"/categories/{TEA}/assignments/bulk", json=items)
    assert [e["code"] for e in answer.json()] == [201, 201]
    for wrong in (items * 101, [], {}):
        assert tree("POST", f"/categories/{TEA}/assignments/bulk", json=wrong).status_code == 400
    mixed = tree("POST", f"/categories/{TEA}/assignments/bulk", json=[{"ref": {}}, None, items[0]]).json()
    assert [(e["index"], e["code"], e.get("productId")) for e in mixed] == [
        (0, 400, None),
        (1, 400, None),
        (2, 201, BEANS),
    ]
    assert tree("DELETE", f"/categories/{TEA}/assignments").status_code == 204
    assert tree("GET", f"/categories/{TEA}/assignments").json() == []

    held = tree.ids(f"/assignments/references/{KETTLE}", sort="code:ASC")
    assert held == [BREWING, ESPRESSO]
    first = tree(
        "GET", f"/assignments/references/{KETTLE}", params={"expandSupercategoriesIds": True}
    ).json()[0]
    assert first["supercategoriesIds"] == [KITCHEN]
    assert tree("DELETE", f"/assignments/references/{KETTLE}").status_code == 204
    none = tree("GET", f"/assignments/references/{KETTLE}")
    assert none.json()["details"] == [f"Categories for assignment reference with id '{KETTLE}' not found"]
    settings = tree.world.stored.state("configuration-service").collection("configurations")
    key = "enableProductCategoryAssignmentValidation"
    settings.put(key, {"key": key, "value": True})
    entries = tree("POST", f"{path}/bulk", json=[{"ref": {"id": "none", "type": "PRODUCT"}}]).json()
    assert (entries[0]["code"], entries[0]["productId"]) == (400, "none")


def test_a_deleted_product_is_unassigned(tree: Tree):
    tree.world.stored.emit("product.deleted", {"id": KETTLE})
    tree.world.server.app.runtime.deliver(tree.world.stored)
    assert tree("GET", f"/assignments/references/{KETTLE}").status_code == 404


def test_trees(tree: Tree):
    trees = tree("GET", "/category-trees").json()
    assert [(t["id"], [s["id"] for s in t["subcategories"]]) for t in trees] == [
        (COFFEE, [ESPRESSO, FILTER]),
        (KITCHEN, [MUGS, BREWING]),
        (TEA, []),
        (EQUIPMENT, [KETTLES]),
    ]
    assert "parentId" not in trees[0]["subcategories"][0]
    assert trees[0]["name"] == "Coffee"
    assert tree.ids("/category-trees", categoryIds=TEA) == [TEA]
    found = tree("POST", "/category-trees/search", json={"categoryIds": [TEA, ESPRESSO]}).json()
    assert [t["id"] for t in found] == [TEA]
    refused = tree("POST", "/category-trees/search", json={})
    assert refused.json()["details"][0]["field"] == "searchCategoryTree.searchRequest.categoryIds"
    assert tree("GET", f"/category-trees/{COFFEE}").json() == trees[0]
    assert tree("POST", f"/category-trees/{COFFEE}/rebuild").json() == trees[0]
    below = tree("GET", f"/category-trees/{ESPRESSO}")
    assert (below.status_code, below.json()["message"]) == (404, "Error while getting category tree")
    old = tree("GET", "/categories/categoryTree").json()
    assert [t["code"] for t in old["subcategories"]] == ["COFFEE", "KITCHEN", "TEA"]

    tree("PATCH", f"/categories/{COFFEE}", json={"published": False, "metadata": {}})
    assert tree.ids("/category-trees") == [KITCHEN, TEA, EQUIPMENT]
    assert tree.ids("/category-trees", showUnpublished=True)[0] == COFFEE
