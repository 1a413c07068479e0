"""What a page of a list costs does not grow with the documents, for every resource that comes in pages.

Counted are the documents that are decoded, the same on every machine.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.engine.binding import verb_of
from emporix_mock.services import registry
from emporix_mock.store import documents
from emporix_mock.store.tokens import Principal
from emporix_mock_spec import load
from emporix_mock_spec.operation import operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from emporix_mock.store.documents import Documents

FEW, MANY, PAGE, FAR = 40, 400, 10, 8
SOURCE = load.bundled()
FOR_CUSTOMERS = ("/approval/acme/approvals", "/order-v2/acme/orders")


def lists() -> Iterator[tuple[str, str, str]]:
    """Service, path and collection of every list that comes in pages and is below no parent."""
    for name in SOURCE.services:
        declared, document = registry.load(name), SOURCE.document(name)
        for method, path, oid in operations(document, name):
            asked = {each.name for each in operation(document, name, method, path).parameters}
            if declared is None or not {"pageNumber", "pageSize"} <= asked or path.count("{") > 1:
                continue
            for resource in declared.resources:
                if verb_of(resource, method.upper(), path, oid) == "list":
                    yield name, path.replace("{tenant}", "acme"), resource.collection


class Shop:
    """A server that counts the documents it decodes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.app = create_app(Config(tenant="acme", seed="shop"))
        self.world = self.app.runtime.worlds.get("acme")
        self.world.tokens.issue(Principal("service", "acme", "growth", frozenset("*")))
        self.decoded = 0
        patch.setattr(documents, "orjson", SimpleNamespace(loads=self.loads, dumps=orjson.dumps))

    def loads(self, raw: bytes) -> Any:
        """Decode and count."""
        self.decoded += 1
        return orjson.loads(raw)

    def fill(self, collection: Documents, count: int) -> None:
        """Have at least so many documents, copies of those that are there."""
        for number, key in enumerate(collection.ids() * (count // len(collection))):
            parent, slash, own = key.rpartition("/")
            text = (collection.raw(key) or b"").replace(f'"{own}"'.encode(), f'"{own}{number:04d}"'.encode())
            collection.put(f"{parent}{slash}{own}{number:04d}", orjson.loads(text))

    def cost(self, path: str, query: dict[str, Any]) -> int:
        """Documents decoded for a request that is not the first of its kind."""

        async def ask() -> None:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                headers = {"Authorization": "Bearer growth", "X-Total-Count": "true"}
                for _ in range(3):
                    self.decoded = 0
                    answer = await client.get(path, params=query, headers=headers)
                    assert answer.status_code == 200, (path, answer.text)
                    assert answer.json(), path

        asyncio.run(ask())
        return self.decoded


def test_a_page_of_many_costs_what_a_page_of_few_does(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(monkeypatch)
    costs: dict[str, tuple[int, ...]] = {}
    for service, path, collection in lists():
        stored = shop.world.state(service).collection(collection)
        if not stored or path in FOR_CUSTOMERS:
            continue  # the seed has none of these, or the token may not see them
        asked = {"siteCode": "main", "pageSize": PAGE}
        shop.fill(stored, FEW)
        few = shop.cost(path, {**asked, "pageNumber": 1})
        shop.fill(stored, MANY)
        costs[path] = (few, *(shop.cost(path, {**asked, "pageNumber": n}) for n in (1, FAR)))
    assert len(costs) >= 30
    assert {path: found for path, found in costs.items() if max(found) > found[0] + 2 * PAGE} == {}
