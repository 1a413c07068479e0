"""Custom instances over HTTP: mixins, references, cursors, bulk, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

PRODUCT = "65d0a1b2c3d4e5f604000001"
COFFEE = {"emporixReferenceType": "PRODUCT", "id": PRODUCT}


class Recipes:
    """The recipes of one world as somebody sees them."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http
        self.base = f"/schema/{world.tenant}/custom-entities/RECIPE/instances"

    def __call__(self, method: str, path: str = "", body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["json"] = body
        return self.http.request(method, self.base + path, **more)

    def ok(self, method: str, path: str = "", body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str = "", body: Any = None, **more: Any) -> Any:
        answer = self(method, path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def ids(self, path: str = "") -> list[str]:
        return [each["id"] for each in self.ok("GET", path)]


@pytest.fixture
def recipes(either: World) -> Iterator[Recipes]:
    with either.backend() as http:
        yield Recipes(either, http)


def recipe(own: str, minutes: Any = 3, **details: Any) -> dict[str, Any]:
    return {"id": own, "name": {"en": own}, "mixins": {"recipeDetails": {"brewMinutes": minutes, **details}}}


def test_an_instance_from_creation_to_deletion(recipes: Recipes):
    assert recipes.ok("POST", "", recipe("cortado", coffee=COFFEE)) == {"id": "cortado"}
    found = recipes.ok("GET", "/cortado")
    tenant, url = recipes.world.tenant, recipes.world.server.url
    assert found == {
        **recipe("cortado", coffee=COFFEE),
        "type": "RECIPE",
        "owner": {"type": "SERVICE", "userId": f"{tenant}-backend"},
        "media": [],
        "metadata": {
            **found["metadata"],
            "version": 1,
            "mixins": {"recipeDetails": f"{url}/schema/{tenant}/files/recipeDetails_v1.json"},
        },
    }
    recipes.refused(409, "POST", "", recipe("cortado"))
    assert recipes.ids("?q=mixins.recipeDetails.brewMinutes:<5&sort=id") == ["cortado", "flat-white"]
    search = recipes.ok("POST", "/search", {"q": "mixins.recipeDetails.strength:STRONG"})
    assert [each["id"] for each in search] == ["flat-white"]

    change = [{"op": "replace", "path": "/mixins/recipeDetails/brewMinutes", "value": 4}]
    recipes.ok("PATCH", "/cortado", change)
    assert recipes.ok("GET", "/cortado")["mixins"]["recipeDetails"]["brewMinutes"] == 4
    steps = [{"op": "add", "path": "/mixins/recipeDetails/steps", "value": [{"en": "Brew"}]}]
    more = [{"op": "add", "path": "/mixins/recipeDetails/steps/-", "value": {"en": "Pour"}}]
    recipes.ok("PATCH", "/cortado", steps)
    recipes.ok("PATCH", "/cortado", more)
    assert len(recipes.ok("GET", "/cortado")["mixins"]["recipeDetails"]["steps"]) == 2

    update = {"name": {"en": "Cortado"}, "mixins": {}, "metadata": {"version": 4}}
    assert recipes("PUT", "/cortado", update).status_code == 204
    recipes.refused(409, "PUT", "/cortado", update)
    assert recipes.ok("GET", "/cortado")["metadata"]["mixins"] == {}
    assert recipes("PUT", "/lungo", {"name": {"en": "Lungo"}}).status_code == 201
    recipes.ok("DELETE", "/cortado")
    recipes.refused(404, "GET", "/cortado")

    events = [
        event for event in recipes.world.stored.events if event["type"].startswith("schema.custom-inst")
    ]
    assert [event["type"].rpartition("-")[2] for event in events] == [
        "created",
        *["updated"] * 4,
        "created",
        "deleted",
    ]
    created = events[0]["payload"]
    assert (created["tenant"], created["type"]) == (tenant, "RECIPE")
    assert created["customInstance"]["name"] == {"name": {"en": "cortado"}}
    assert events[-1]["payload"] == {"tenant": tenant, "type": "RECIPE", "id": "cortado"}


def test_mixins_follow_the_schemas_of_the_type(recipes: Recipes):
    bad = recipes.refused(400, "POST", "", recipe("a", True))
    assert bad["details"][0]["message"] == (
        "null: instance type (boolean) does not match any allowed primitive type"
        ' (allowed: ["integer","number"])'
        ": [mixins:recipeDetails:brewMinutes]"
    )
    other = recipes.refused(400, "POST", "", {"id": "a", "mixins": {"guestNotes": {"invitation": {}}}})
    assert other["message"] == "No matching schema found"
    recipes.ok("POST", "", {"id": "a", "mixins": {"guestNotes": {}}})
    foreign = {**recipe("b"), "metadata": {"mixins": {"recipeDetails": "https://example.com/x.json"}}}
    recipes.refused(400, "POST", "", foreign)
    known = "https://schemas.example.com/acme/recipeDetails_v1.json"
    recipes.ok("POST", "", {**foreign, "metadata": {"mixins": {"recipeDetails": known}}})
    assert recipes.ok("GET", "/b")["metadata"]["mixins"]["recipeDetails"].endswith("/recipeDetails_v1.json")


def test_an_older_version_of_a_schema_stays_valid_for_what_names_it(recipes: Recipes):
    path = f"/schema/{recipes.world.tenant}/schemas/recipeDetails"
    schema = recipes.http.get(path).json()
    first = schema["metadata"]["url"]
    schema["attributes"] = [each for each in schema["attributes"] if each["key"] != "strength"]
    schema["attributes"][0]["type"] = "TEXT"
    assert recipes.http.put(path, json=schema).status_code == 204
    recipes.ok("POST", "", recipe("new", "four"))
    recipes.refused(400, "POST", "", recipe("newer", 4))
    recipes.ok("POST", "", {**recipe("old", 4), "metadata": {"mixins": {"recipeDetails": first}}})
    assert recipes.ok("GET", "/new")["metadata"]["mixins"]["recipeDetails"].endswith("recipeDetails_v2.json")
    assert httpx.get(first).json()["properties"]["brewMinutes"] == {"type": "number"}


def test_references_are_checked_and_expanded(recipes: Recipes):
    gone = {**COFFEE, "id": "gone"}
    assert recipes.refused(400, "POST", "", recipe("a", coffee=gone))["details"][0]["field"] == (
        "mixins.recipeDetails.coffee"
    )
    recipes.ok("POST", "?validateReferences=false", recipe("a", coffee=gone))
    recipes.ok("PUT", "/bulk", [recipe("b", coffee=gone)])
    plain = recipes.ok("GET", "/flat-white")["mixins"]["recipeDetails"]["coffee"]
    assert plain == COFFEE
    for wanted in ("*", "mixins.recipeDetails.coffee"):
        coffee = recipes.ok("GET", f"/flat-white?expand={wanted}")["mixins"]["recipeDetails"]["coffee"]
        assert (coffee["id"], coffee["code"], coffee["expandStatus"]) == (PRODUCT, "COF-ESP-1000", "SUCCESS")
    failed = recipes.ok("GET", "/a?expand=*")["mixins"]["recipeDetails"]["coffee"]
    assert (failed["expandStatus"], "error" in failed) == ("FAILURE", True)


def test_cursors_walk_through_all_instances(recipes: Recipes):
    recipes.ok("POST", "/bulk", [recipe(f"r{number}") for number in range(5)])
    first = recipes("GET", "?pageSize=3")
    assert [each["id"] for each in first.json()] == ["flat-white", "pour-over", "r0"]
    second = recipes("GET", "", params={"pageSize": 3, "next": first.headers["X-Next-Cursor"]})
    assert [each["id"] for each in second.json()] == ["r1", "r2", "r3"]
    back = recipes("GET", "", params={"pageSize": 3, "prev": second.headers["X-Prev-Cursor"]})
    assert back.json() == first.json()
    both = {"next": first.headers["X-Next-Cursor"], "prev": second.headers["X-Prev-Cursor"]}
    assert recipes("GET", "", params=both).status_code == 400


def test_many_at_once_each_for_itself(recipes: Recipes):
    answer = recipes("POST", "/bulk", [recipe("a"), recipe("flat-white"), recipe("b", "soon")])
    assert answer.status_code == 207
    assert [(each["index"], each["code"]) for each in answer.json()] == [(0, 201), (1, 409), (2, 400)]
    assert "brewMinutes" in answer.json()[2]["details"][0]["message"]
    change = [{"op": "REPLACE", "path": "/name/en", "value": "A"}]
    patched = recipes("PATCH", "/bulk", [{"id": "a", "data": change}, {"id": "c", "data": change}])
    assert [each["code"] for each in patched.json()] == [204, 404]
    gone = recipes("DELETE", "/bulk", ["a", "flat-white"])
    assert [each["code"] for each in gone.json()] == [204, 204]
    assert recipes.ids() == ["pour-over"]
    too_many = [recipe(f"r{number}") for number in range(201)]
    assert recipes("POST", "/bulk", too_many).status_code == 400
    assert recipes("GET", "/flat-white").status_code == 404
    absent = recipes.base.replace("RECIPE", "NOTHING")
    assert recipes.http.get(absent).status_code == 404


def test_media_that_point_at_an_instance_are_listed(recipes: Recipes):
    asset = {"id": "cup", "type": "LINK", "access": "PUBLIC", "url": "https://cdn.example.com/cup.jpg"}
    asset["refIds"] = [{"type": "RECIPE", "id": "flat-white"}]  # type: ignore[assignment]
    made = recipes.http.post(f"/media/{recipes.world.tenant}/assets", json=asset)
    assert made.status_code == 201, made.text
    assert recipes.ok("GET", "/flat-white")["media"] == ["cup"]


# Whose they are.


def test_scopes_are_those_of_the_type(recipes: Recipes):
    path = recipes.base
    with recipes.world.backend("custom.recipe_read") as reader:
        assert reader.get(path).status_code == 200
        refused = reader.post(path, json=recipe("a"))
        assert refused.status_code == 403
        assert refused.json()["message"] == "You need to choose the required scope to complete this action."
        assert "custom.recipe_manage" in refused.json()["details"][0]["message"]
        assert reader.get(path.replace("RECIPE", "TASTING")).status_code == 403
    with recipes.world.backend("custom.tasting_read") as other:
        assert other.get(path).status_code == 403
    with recipes.world.backend("schema.custominstance_manage") as everything:
        assert everything.post(path, json=recipe("a")).status_code == 201


def test_own_scopes_reach_own_instances_only(recipes: Recipes):
    owned = {"type": "CUSTOMER", "userId": "10000001"}
    recipes.ok("POST", "", {**recipe("mias"), "owner": owned})
    assert recipes.ok("GET", "/mias")["owner"] == owned
    bad = {**recipe("x"), "owner": {"type": "EMPLOYEE", "userId": "1", "legalEntityId": "2"}}
    recipes.refused(400, "POST", "", bad)
    with recipes.world.backend("custom.recipe_manage_own custom.recipe_read_own") as http:
        own = Recipes(recipes.world, http)
        assert own.ids() == []
        own.refused(404, "GET", "/mias")
        own.refused(404, "PATCH", "/mias", [{"op": "replace", "path": "/name", "value": {"en": "Mine"}}])
        own.ok("POST", "", {**recipe("mine"), "owner": owned})
        me = {"type": "SERVICE", "userId": f"{recipes.world.tenant}-backend"}
        assert own.ok("GET", "/mine")["owner"] == me
        own.ok("PUT", "/mine", {"name": {"en": "Ours"}, "owner": owned})
        assert own.ok("GET", "/mine")["owner"] == me
        assert own.ids() == ["mine"]
        own.refused(404, "DELETE", "/mias")
    assert "mias" in recipes.ids()


def test_a_company_shares_its_instances(recipes: Recipes):
    company = "65e0a1b2c3d4e5f60c000001"
    state = recipes.world.stored
    scopes = frozenset({"custom.recipe_read_own", "custom.recipe_manage_own"})

    def ids(customer: str, entity: str | None) -> list[str]:
        from emporix_mock.store.tokens import Principal

        principal = Principal(
            "customer",
            state.tenant,
            state.ids.token(28),
            scopes,
            customer_id=customer,
            legal_entity_id=entity,
        )
        with recipes.world.client(state.tokens.issue(principal).token) as http:
            return Recipes(recipes.world, http).ids()

    assert ids("10000011", None) == ["pour-over"]
    assert ids("10000012", company) == ["pour-over"]
    assert ids("10000012", None) == []
    assert ids("10000001", "65e0a1b2c3d4e5f60c000002") == []
