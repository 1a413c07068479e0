"""Resources of real documents, declared in a few lines each, behind a real server with an empty world."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from emporix_mock.app import create_app
from emporix_mock.asgi.service_app import ServiceApp
from emporix_mock.config import Config
from emporix_mock.engine import tenant_values, translation
from emporix_mock.engine.ownership import Owner
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import NotFound
from emporix_mock.server import Server
from emporix_mock.store.tokens import Principal
from emporix_mock_spec import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.asgi.front import Front
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document, Documents
    from emporix_mock.store.world import State, World

_tenants = count(1)
ENTITIES = "/customer-management/{tenant}/legal-entities"
ZONES = "/shipping/{tenant}/{site}/zones"
INSTANCES = "/schema/{tenant}/custom-entities/{type}/instances"
OBJECT_KEY = r"[A-Za-z0-9_-]{1,66}"


def stale_as_404(key: str) -> NotFound:
    """What price lists and units answer to an old version."""
    return NotFound(f"{key} with that version not found")


def expanded_brand(_ctx: RequestContext, _state: State, document: Document) -> None:
    """A brand in place of its id."""
    document["brand"] = {"id": document.get("brandId"), "name": "Brand"}


DECLARED: dict[str, tuple[Resource, ...]] = {
    "vendor-service": (
        Resource(
            "/vendor/{tenant}/vendors",
            "vendors",
            page_size=16,
            unique=("name",),
            filters={"name": "~name"},
            references={"parentId": "vendors", "locations.id": "locations"},
            id_pattern=OBJECT_KEY,
            event="maker.maker-",
        ),
        Resource(
            "/vendor/{tenant}/locations", "locations", page_size=16, held_by={"vendors": "locations.id"}
        ),
    ),
    "currency-service": (
        Resource(
            "/currency/{tenant}/currencies",
            "currencies",
            key="code",
            new_id="given",
            localized=("name",),
            lock="required",
            cascade={"exchanges": "sourceCurrency"},
        ),
        Resource(
            "/currency/{tenant}/exchanges",
            "exchanges",
            key="code",
            new_id=lambda _ctx, _state, body: f"{body['sourceCurrency']}_{body['targetCurrency']}",
            references={"sourceCurrency": "currencies", "targetCurrency": "currencies"},
        ),
    ),
    "label-service": (Resource("/label/labels", "labels", version=0, localized=("description",)),),
    "brand-service": (Resource("/brand/brands", "brands"),),
    "tax-service": (
        Resource(
            "/tax/{tenant}/taxes",
            "taxes",
            key="locationCode",
            new_id=lambda _ctx, _state, body: body["location"]["countryCode"],
            localized=("taxClasses.name", "taxClasses.description"),
            languages=translation.REQUIRED,
        ),
    ),
    "catalog": (
        Resource(
            "/catalog/{tenant}/catalogs",
            "catalogs",
            new_id="uuid",
            localized=("name", "description"),
            languages=translation.MAPS,
            modified="updatedAt",
        ),
    ),
    "price-service": (
        LISTS := Resource(
            "/price/{tenant}/price-lists",
            "price-lists",
            localized=("name",),
            languages=translation.ENTRIES,
            stale=stale_as_404,
            held_by={"prices": PARENT},
            sortable=frozenset({"name", "metadata.createdAt"}),
        ),
        Resource(
            "/price/{tenant}/price-lists/{priceListId}/prices",
            "prices",
            parent="priceListId",
            under=LISTS,
            stale=stale_as_404,
            bulk_status="upper",
            bulk_limit=3,
        ),
    ),
    "customer-segments": (
        Resource("/customer-segment/{tenant}/segments", "segments", bulk_base=1, lock="optional"),
    ),
    "approval-service": (
        Resource(
            "/approval/{tenant}/approvals",
            "approvals",
            patch="json",
            compound=True,
            owner=Owner(
                "approval.approval_read",
                "approval.approval_manage",
                customer="requestor.userId",
                company="company.id",
            ),
        ),
    ),
    "configuration-service": (
        Resource(
            "/configuration/{tenant}/configurations",
            "configurations",
            key="key",
            new_id="given",
            metadata="top",
            lock="required",
            filters={"keys": ",key"},
        ),
    ),
    "shipping": (
        Resource(
            ZONES,
            "zones",
            parent="site",
            version=None,
            localized=("name",),
            languages=translation.SHIPPING,
            cascade={"methods": PARENT},
        ),
        Resource(f"{ZONES}/{{zoneId}}/methods", "methods", parent=("site", "zoneId"), version=None),
        Resource(
            "/shipping/{tenant}/delivery-times/{deliveryTimeId}/slots",
            "slots",
            parent="deliveryTimeId",
            version=None,
        ),
    ),
    "availability": (
        Resource(
            "/availability/{tenant}/availability",
            "availabilities",
            version=1,
            metadata="times",
            item="/availability/{tenant}/availability/{productId}/{site}",
            item_id="{site}:{productId}",
            from_path={"productId": "productId", "site": "site"},
            page_size=20000,
        ),
    ),
    "webhook-service": (
        Resource("/webhook/{tenant}/config", "config", key="code", new_id="given", version=None),
    ),
    "fee": (
        Resource("/fee/{tenant}/fees", "fees", page_size=16, yrn="urn:yaas:hybris:fee:fee:{tenant};{id}"),
    ),
    "client-management": (
        Resource(
            ENTITIES,
            "legal-entities",
            page_size=16,
            owner=Owner(
                "customermanagement.legalentity_read", "customermanagement.legalentity_manage", company="id"
            ),
        ),
    ),
    "import-service": (
        Resource("/importtool/{tenant}/configs/{configId}/runs", "runs", parent="configId", version=None),
    ),
    "schema": (
        Resource(
            INSTANCES,
            "instances",
            parent="type",
            localized=("name",),
            languages=translation.PRODUCT,
            compound=True,
            from_path={"type": "type"},
        ),
        Resource("/schema/{tenant}/custom-entities", "types", held_by={"instances": PARENT}),
    ),
    "product-service": (
        Resource(
            "/product/{tenant}/products",
            "products",
            localized=("name", "description"),
            languages=translation.PRODUCT,
            yrn="urn:yaas:hybris:product:product:{tenant};{id}",
            keep=("code",),
            unique=("code",),
            defaults={"published": False, "productType": "BASIC"},
            fixed=("productType",),
            expand={"brand": expanded_brand},
        ),
    ),
    "order": (
        Resource(
            "/order-v2/{tenant}/salesorders",
            "orders",
            page_size=16,
            owner=Owner("order.order_read", "order.order_manage", customer="customer.id"),
            restriction="restriction",
        ),
    ),
}


@dataclass
class Shop:
    """One tenant of the server, its world, and requests by anybody."""

    url: str
    world: World
    http: httpx.Client

    def token(self, *scopes: str, **more: Any) -> str:
        """An access token; without scopes one that may everything."""
        held = frozenset(scopes or ("*",))
        principal = Principal(
            more.pop("kind", "service"), self.world.tenant, self.world.ids.token(32), held, **more
        )
        return self.world.tokens.issue(principal).token

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> httpx.Response:
        """One request, `{tenant}` in the path filled in; it must leave no problem of ours behind."""
        headers = {
            "Authorization": f"Bearer {token or self.token()}",
            **{name.replace("_", "-"): value for name, value in more.pop("headers", {}).items()},
        }
        if body is not None:
            more["content"] = orjson.dumps(body)
            headers["Content-Type"] = "application/json"
        path = path.replace("{tenant}", self.world.tenant)
        answer = self.http.request(method, f"{self.url}{path}", headers=headers, **more)
        assert self.world.problems == [], answer.text
        return answer

    def done(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer of a request that must succeed."""
        answer = self.ask(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def collection(self, service: str, name: str) -> Documents:
        """What the server stores."""
        return self.world.state(service).collection(name)

    def languages(self, *names: str) -> None:
        """Give the tenant languages, the first of them the default one."""
        entries = [{"id": name, "default": name == names[0]} for name in names]
        value = {"key": tenant_values.LANGUAGES, "value": orjson.dumps(entries).decode()}
        self.collection(tenant_values.SERVICE, tenant_values.COLLECTION).put(tenant_values.LANGUAGES, value)


@pytest.fixture(scope="session")
def declared() -> Iterator[tuple[str, Front]]:
    """The server with the resources above in place of the service files."""
    source = load.bundled()
    app = create_app(Config(seed="empty"))
    for name, resources in DECLARED.items():
        service = Service(name)
        for resource in resources:
            service.resource(resource)
        app.runtime._services[name] = ServiceApp(name, source.document(name), service, app.runtime)
    with Server(app) as url:
        yield url, app


@pytest.fixture
def shop(declared: tuple[str, Front]) -> Iterator[Shop]:
    """A tenant without any document."""
    url, app = declared
    with httpx.Client() as http:
        yield Shop(url, app.runtime.worlds.get(f"eng{next(_tenants)}"), http)
