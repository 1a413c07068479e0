"""Paths that public clients call and no document has: those that are served, and the 404 of all others.

The table is the list of "endpoints that clients call and no specification has"; served is what the facts
about the API describe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

COFFEE, KETTLE, PICTURE = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000003", "65d0a1b2c3d4e5f60a000001"
LINK = "65d0a1b2c3d4e5f60a000002"
URL = {"url": "https://cdn.example.com/new.jpg"}
UK = {"site": "uk"}

BACKEND, MIA = "backend", "mia"
# method, path, who calls, query, body, status
SERVED: list[tuple[str, str, str, dict[str, str], Any, int]] = [
    ("PUT", "/customer/{t}/me/addresses/a1f0c3d201", MIA, {}, {"city": "Potsdam"}, 200),
    ("PUT", "/customer/{t}/me", MIA, {}, {"firstName": "Maria"}, 200),
    ("GET", "/availability/{t}/availability", BACKEND, UK, None, 200),
    ("GET", f"/availability/{{t}}/availability/{COFFEE}", BACKEND, UK, None, 200),
    ("POST", f"/availability/{{t}}/availability/{KETTLE}", BACKEND, {"site": "de"}, {"stockLevel": 3}, 201),
    ("PUT", f"/availability/{{t}}/availability/{COFFEE}", BACKEND, UK, {"stockLevel": 7}, 204),
    ("GET", "/caas-customer/{t}/customers", BACKEND, {}, None, 200),
    ("POST", "/caas-customer/{t}/customers", BACKEND, {}, {"contactEmail": "old@example.com"}, 201),
    ("PATCH", "/caas-customer/{t}/customers/10000001", BACKEND, {}, {"firstName": "Maria"}, 200),
    ("GET", "/configuration/{t}/basic-configuration", BACKEND, {}, None, 200),
    ("DELETE", f"/product/{{t}}/products/{COFFEE}/media/{PICTURE}", BACKEND, {}, None, 204),
    ("POST", f"/product/{{t}}/products/{COFFEE}/media2", BACKEND, {}, URL, 201),
    ("GET", f"/product/{{t}}/products/{COFFEE}/media", BACKEND, {}, None, 200),
    ("POST", f"/product/{{t}}/products/{COFFEE}/media", BACKEND, {}, URL, 201),
    ("PUT", f"/product/{{t}}/products/{KETTLE}/media/{LINK}", BACKEND, {}, URL, 200),
    ("POST", "/product/{t}/search", BACKEND, {}, {"yrns": []}, 200),
    ("POST", "/customer-management/{t}/contacts", BACKEND, {}, {"customer": {"id": "10000001"}}, 201),
    ("PUT", "/customer-management/{t}/contacts/first", BACKEND, {}, {"customer": {"id": "10000001"}}, 204),
    ("GET", "/feature-toggle/{t}/features/newCart", BACKEND, {}, None, 200),
    ("GET", "/reward-points/public/customer/redeemOptions", MIA, {}, None, 200),
]
NOT_SERVED = [
    ("GET", "/ai-service/{t}/agentic/oauth/installations/slack"),
    ("GET", "/ai-service/{t}/agentic/oauth/installations/teams"),
    ("GET", "/ai-service/{t}/agentic/oauth/installations/teams/status"),
    ("GET", "/automation/{t}/projects/functions"),
    ("GET", "/caas-indexing/{t}/project/configuration"),
    ("POST", "/cloud-functions/{t}/functions/one/call"),
    ("GET", "/import/{t}/jobs"),
    ("POST", "/import/{t}/jobs"),
    ("GET", "/import/{t}/jobs/1"),
    ("POST", "/import/{t}/jobs/1/data/products"),
    ("POST", "/import/{t}/jobs/1/data/siteprices"),
    ("POST", "/import/{t}/jobs/1/data/sitestocklevels"),
    ("GET", "/import/{t}/jobs/1/logs"),
    ("PUT", "/order-v2/{t}/subscriptions/EON1001/1"),
    ("GET", "/statistics/emporix/allTenants"),
    ("GET", "/statistics/tenants/{t}/orderStats"),
    ("GET", "/statistics/tenants/{t}/quoteStats"),
    ("GET", "/statistics/{t}/usages/ai"),
    ("GET", "/statistics/{t}/usages/apicalls"),
    ("GET", "/statistics/{t}/usages/cloudinary"),
    ("GET", "/statistics/{t}/usages/make"),
    ("GET", "/statistics/{t}/usages/mongodbStorage"),
    ("GET", "/statistics/{t}/usages/webhooks"),
    ("GET", "/supplier/PSRelations/1/2"),
    ("PUT", "/supplier/PSRelations/1/2"),
    ("GET", "/supplier/suppliers"),
    ("POST", "/supplier/suppliers"),
    ("GET", "/supplier/suppliers/1"),
    ("PUT", "/supplier/suppliers/1"),
    ("DELETE", "/supplier/suppliers/1"),
]


def caller(world: World, who: str) -> httpx.Client:
    return world.customer() if who == MIA else world.backend()


@pytest.mark.parametrize(
    ("method", "path", "who", "query", "body", "status"),
    SERVED,
    ids=[f"{method} {path}" for method, path, *_ in SERVED],
)
def test_what_the_facts_describe_is_served(
    either: World, method: str, path: str, who: str, query: dict[str, str], body: Any, status: int
):
    with caller(either, who) as http:
        answer = http.request(method, path.format(t=either.tenant), params=query, json=body)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("method", "path"), NOT_SERVED, ids=[f"{m} {p}" for m, p in NOT_SERVED])
def test_the_rest_is_unknown_to_the_gateway(world: World, method: str, path: str):
    full = path.format(t=world.tenant)
    with world.backend() as http:
        answer = http.request(method, full, json={} if method in ("POST", "PUT") else None)
    known = full.split("/")[1] in ("ai-service", "order-v2", "price")
    text = f"No endpoint {method} {full}."
    fault = {
        "faultstring": f"Unable to identify proxy for host: default and url: {full}",
        "detail": {"errorcode": "messaging.adaptors.http.flow.ApplicationNotFound"},
    }
    assert answer.status_code == 404
    assert answer.json() == (
        {"code": 404, "status": "Not Found", "message": text} if known else {"fault": fault}
    )


def test_one_has_the_shape_of_a_documented_path(world: World):
    """`matchProductCurrency` stands where a price id does, which has no POST."""
    with world.backend() as http:
        answer = http.post(f"/price/{world.tenant}/prices/matchProductCurrency", json={})
    assert answer.status_code == 405


def test_they_let_in_whom_their_successors_let_in(either: World):
    with either.client() as nobody, either.customer() as mia:
        media = f"/product/{either.tenant}/products/{COFFEE}/media"
        assert nobody.get(media).status_code == 401
        assert mia.get(media).status_code == 200
        assert mia.post(media, json=URL).status_code == 403
        assert mia.get(f"/feature-toggle/{either.tenant}/features/newCart").status_code == 403
        assert mia.get(f"/product/other/products/{COFFEE}/media").status_code == 400


def test_old_media_of_a_product(either: World):
    with either.backend() as http:
        media = f"/product/{either.tenant}/products/{COFFEE}/media"
        assert [one["id"] for one in http.get(media).json()] == [PICTURE]
        file = {"file": ("new.png", b"pixels", "image/png")}
        sent = http.post(f"{media}2", files=file)
        assert sent.status_code == 201, sent.text
        shown = {one["id"]: one for one in http.get(media).json()}
        assert set(shown) == {PICTURE, sent.json()["id"]}
        assert http.get(shown[sent.json()["id"]]["url"]).content == b"pixels"
        assert http.delete(f"{media}/{LINK}").status_code == 404
        assert http.post(media, json={}).headers["x-emporix-mock-rule"] == "product-service/no-media"
        assert http.get(f"/product/{either.tenant}/products/none/media").status_code == 404


def test_the_old_search_shows_what_the_caller_may_see(either: World):
    yrns = [
        f"urn:yaas:saasag:caasproduct:product:{either.tenant};{own}"
        for own in (COFFEE, "65d0a1b2c3d4e5f604000008", "none")
    ]
    path = f"/product/{either.tenant}/search"
    with either.backend() as http, either.customer() as mia:
        assert [p["id"] for p in http.post(path, json={"yrns": yrns}).json()] == [
            COFFEE,
            "65d0a1b2c3d4e5f604000008",
        ]
        assert [p["id"] for p in mia.post(path, json={"yrns": yrns}).json()] == [COFFEE]


def test_the_site_as_a_query_parameter(either: World):
    with either.backend() as http:
        base = f"/availability/{either.tenant}/availability"
        assert http.get(base).status_code == 400
        rows = http.get(base, params=UK).json()
        assert {row["site"] for row in rows} == {"uk"}
        one = http.get(f"{base}/{COFFEE}", params=UK).json()
        assert one == http.get(f"{base}/{COFFEE}/uk").json()
        assert http.post(f"{base}/{COFFEE}", params=UK, json={"stockLevel": 1}).status_code == 409
        assert http.put(f"{base}/{COFFEE}", params=UK, json={"stockLevel": "many"}).status_code == 400


def test_contacts_and_features(either: World):
    with either.backend() as http:
        contacts = f"/customer-management/{either.tenant}/contacts"
        own = http.post(contacts, json={"customer": {"id": "10000001"}, "role": "buyer"}).json()["id"]
        assert http.get(f"{contacts}/{own}").json() == {
            "id": own,
            "customer": {"id": "10000001"},
            "role": "buyer",
        }
        assert http.get(f"{contacts}/none").status_code == 404
        feature = f"/feature-toggle/{either.tenant}/features/newCart"
        assert http.get(feature).json() == {"isEnabled": False}
        setting = [{"key": "feature.newCart", "value": True, "version": 1}]
        http.post(f"/configuration/{either.tenant}/configurations", json=setting)
        assert http.get(feature).json() == {"isEnabled": True}
