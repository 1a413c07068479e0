"""Fields for embedding and filtering over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.rules import field_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World


class Fields:
    """The indexer of one world as a backend sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(self, path: str, method: str = "GET") -> httpx.Response:
        return self.http.request(method, f"/ai-rag-indexer/{self.world.tenant}{path}")

    def types(self, kind: str) -> dict[str, str]:
        return {field["key"]: field["type"] for field in self(f"/{kind}/filter-metadata").json()}


@pytest.fixture
def fields(either: World) -> Iterator[Fields]:
    found = Fields(either)
    with found.http:
        yield found


@pytest.mark.parametrize("kind", ["product", "PRODUCT"])
def test_the_fields_of_products(fields: Fields, kind: str):
    names = fields(f"/{kind}/rag-metadata").json()
    assert {"code", "description.en", "name", "name.de", "name.en", "published"} <= set(names)
    assert names == sorted(set(names))
    assert not [name for name in names if name.startswith(("metadata", "_"))]
    types = fields.types(kind)
    assert (types["code"], types["published"], types["name.en"]) == ("string", "boolean", "string")
    assert "name" not in types


def test_the_fields_of_orders(fields: Fields):
    names = fields("/order/rag-metadata").json()
    assert {"id", "status", "customer.email", "siteCode", "entries", "shippingAddress.city"} <= set(names)
    types = fields.types("order")
    assert (types["status"], types["entries"], types["metadata.version"]) == ("string", "list", "integer")
    assert types["deliveryWindow.deliveryDate"] == "date"


def test_the_fields_of_a_custom_type(fields: Fields):
    assert "mixins.recipeDetails.brewMinutes" in fields("/recipe/rag-metadata").json()
    assert fields.types("Recipe")["mixins.recipeDetails.brewMinutes"] == "integer"
    assert fields("/tasting/rag-metadata").json() == []
    for path in ("/none/rag-metadata", "/none/filter-metadata"):
        gone = fields(path)
        assert (gone.status_code, gone.json()) == (
            404,
            {"code": 404, "status": "Not Found", "message": "Not found"},
        )
    assert fields("/none/reindex", "POST").status_code == 404


@pytest.mark.parametrize("kind", ["product", "order", "recipe"])
def test_reindexing_is_a_job_of_the_indexing_service(fields: Fields, kind: str):
    fields.world.stored.clock.freeze()
    assert fields(f"/{kind}/reindex", "POST").status_code == 204
    jobs = fields.http.get(f"/indexing/{fields.world.tenant}/reindex-jobs").json()
    running = [job for job in jobs if job["status"] not in ("SUCCESS", "FAILURE")]
    assert [job["entityType"] for job in running] == [kind.upper()]
    assert fields(f"/{kind}/reindex", "POST").status_code == 204


def test_scopes(fields: Fields):
    path = f"/ai-rag-indexer/{fields.world.tenant}/product"
    with fields.world.backend("ai.agent_read") as http:
        assert http.get(f"{path}/rag-metadata").status_code == 200
        refused = http.post(f"{path}/reindex")
        assert (refused.status_code, refused.json()["status"]) == (403, "Forbidden")


def test_the_search_tool_of_a_type_goes_with_it(fields: Fields):
    schema, ai = f"/schema/{fields.world.tenant}", f"/ai-service/{fields.world.tenant}/agentic"
    new = {"id": "CAR_PARTS", "name": {"en": "Car parts"}}
    assert fields.http.post(f"{schema}/custom-entities", json=new).status_code == 201
    config = {"entityType": "car-parts", "embeddingConfig": {"provider": "emporix_openai"}}
    tool: dict[str, Any] = {"name": "Parts", "type": "rag_emporix", "enabled": True, "config": config}
    assert fields.http.put(f"{ai}/tools/parts", json=tool).status_code == 201
    assert fields("/car-parts/rag-metadata").json() == []
    assert fields.http.delete(f"{schema}/custom-entities/CAR_PARTS").status_code == 204
    assert fields.http.get(f"{ai}/tools/parts").status_code == 404
    assert fields.http.get(f"{ai}/tools/product-search").status_code == 200


def test_types_of_values():
    documents: list[dict[str, Any]] = [
        {"a": 1, "b": "2026-01-01", "c": "10:00", "d": "2026-01-01T10:00:00.000Z", "e": None, "_x": 1},
        {"a": 1.5, "b": "soon", "f": {"g": True, "h": []}},
    ]
    assert field_catalogue.types(documents) == [
        ("a", "float"),
        ("b", "string"),
        ("c", "time"),
        ("d", "datetime"),
        ("f.g", "boolean"),
        ("f.h", "list"),
    ]
    assert field_catalogue.names(documents) == ["a", "b", "c", "d", "e", "f", "f.g", "f.h"]
