"""Session contexts over HTTP: through the life of a session, and as a backend sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

MIAS = "3f2c9a10-5b7e-4d21-9c3a-6e8f1b2d4a01"
GUESTS = "3f2c9a10-5b7e-4d21-9c3a-6e8f1b2d4a02"
MIA = "mia.keller@example.com"
NEW = "3f2c9a10-5b7e-4d21-9c3a-6e8f1b2d4a99"


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, rule: str) -> dict[str, Any]:
    body = dict(ok(answer, status))
    assert answer.headers["x-emporix-mock-rule"] == f"session-context/{rule}"
    return body


def without_metadata(context: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name != "metadata"}


def visit(world: World, **query: str) -> dict[str, Any]:
    """The answer of an anonymous login that says more about the visitor."""
    with world.client() as http:
        given = {"tenant": world.tenant, "client_id": f"{world.tenant}-storefront", **query}
        return dict(ok(http.get("/customerlogin/auth/anonymous/login", params=given)))


def test_a_context_of_a_backend_from_creation_on(either: World):
    contexts = f"/session-context/{either.tenant}/context"
    new = {"siteCode": "main", "currency": "EUR", "cartId": "c1", "context": {"a": "b"}, "metadata": {}}
    with either.backend() as http:
        for gone in (
            http.get(f"{contexts}/{NEW}"),
            http.put(f"{contexts}/{NEW}", json=new),
            http.post(f"{contexts}/{NEW}/attributes", json={"key": "a", "value": "b"}),
            http.delete(f"{contexts}/{NEW}/attributes/a"),
        ):
            assert ok(gone, 404) == {"sessionId": NEW, "code": 404, "message": "Session not found"}
        made = http.put(f"{contexts}/{NEW}", params={"upsert": "true"}, json={**new, "sessionId": "other"})
        assert made.status_code == 204
        read = ok(http.get(f"{contexts}/{NEW}"))
        assert without_metadata(read) == {**without_metadata(new), "sessionId": NEW}
        assert read["metadata"]["version"] == 1

        change = {"siteCode": "uk", "context": {}, "metadata": {"version": 1}}
        refused(http.put(f"{contexts}/{NEW}", json={**change, "metadata": {}}), 400, "version-needed")
        assert http.put(f"{contexts}/{NEW}", json=change).status_code == 204
        assert refused(http.put(f"{contexts}/{NEW}", json=change), 409, "stale-version")["code"] == 409
        read = ok(http.get(f"{contexts}/{NEW}"))
        assert without_metadata(read) == {"sessionId": NEW, "siteCode": "uk", "context": {}}

        attributes = f"{contexts}/{NEW}/attributes"
        added = http.post(attributes, json={"key": "pickup", "value": {"store": "Berlin"}})
        assert (added.status_code, added.content) == (204, b"")
        assert http.post(attributes, json={"key": "gift", "value": "yes"}).status_code == 204
        assert http.delete(f"{attributes}/gift").status_code == 204
        read = ok(http.get(f"{contexts}/{NEW}"))
        assert (read["context"], read["metadata"]["version"]) == ({"pickup": {"store": "Berlin"}}, 5)
        assert http.delete(f"{attributes}/gift").status_code == 204
        either.stored.switches["session-context/delete-of-absent-attribute"] = "not-found"
        assert http.delete(f"{attributes}/gift").status_code == 404
        assert http.post(attributes).headers["x-emporix-mock-rule"] == "engine/payload-required"
        assert http.put(f"{contexts}/{NEW}", params={"upsert": "true"}).status_code == 400
        assert http.post(attributes, json={"key": "gift", "value": 5}).status_code == 400


def test_a_session_of_a_customer_needs_the_saas_token(either: World):
    context = f"/session-context/{either.tenant}/context/{MIAS}"
    mia, jonas = either.login(), either.login("jonas.brandt@example.com", "Loyal-Points-2")
    with either.backend() as http:
        change = {**ok(http.get(context)), "targetLocation": "AT"}
        for headers in ({}, {"saas-token": "x"}, {"saas-token": jonas["saas_token"]}):
            refused(http.put(context, json=change, headers=headers), 403, "saas-token")
        mine = {"saas-token": mia["saas_token"]}
        assert http.put(context, json=change, headers=mine).status_code == 204
        read = ok(http.get(context))
        assert (read["targetLocation"], read["cartId"], read["metadata"]["version"]) == (
            "AT",
            "65b2c3d4e5f6070809000001",
            3,
        )
        guest = f"/session-context/{either.tenant}/context/{GUESTS}"
        assert http.put(guest, json=ok(http.get(guest))).status_code == 204


def test_the_anonymous_login_makes_a_context(either: World):
    plain, asked = either.anonymous(), visit(either, siteCode="uk", currency="EUR", language="de")
    with either.client(plain["access_token"]) as guest:
        read = ok(guest.get(f"/session-context/{either.tenant}/me/context"))
        assert without_metadata(read) == {
            "sessionId": plain["sessionId"],
            "siteCode": "main",
            "currency": "EUR",
            "targetLocation": "DE",
            "language": "en",
        }
    with either.client(asked["access_token"]) as guest:
        read = ok(guest.get(f"/session-context/{either.tenant}/me/context"))
        assert without_metadata(read) == {
            "sessionId": asked["sessionId"],
            "siteCode": "uk",
            "currency": "EUR",
            "targetLocation": "GB",
            "language": "de",
        }
        assert guest.get(f"/session-context/{either.tenant}/context/{MIAS}").status_code == 403


def test_a_lazy_session_has_no_context_before_its_cart(either: World):
    either.stored.switches["customer-management/session-context-creation"] = "at-cart"
    login = either.login()
    with either.client(login["access_token"]) as mia, either.backend() as http:
        assert ok(mia.get(f"/session-context/{either.tenant}/me/context"), 404)["code"] == 404
        context = f"/session-context/{either.tenant}/context/{login['session_id']}"
        made = {"siteCode": "main", "cartId": "c1", "metadata": {}}
        assert http.put(context, params={"upsert": "true"}, json=made).status_code == 204
        assert ok(mia.get(f"/session-context/{either.tenant}/me/context"))["cartId"] == "c1"


def test_a_visitor_changes_the_own_context(either: World):
    own = f"/session-context/{either.tenant}/me/context"
    with either.client(either.anonymous()["access_token"]) as guest:
        before = ok(guest.get(own))
        change = {"siteCode": "uk", "currency": "GBP", "context": {"a": "1", "b": "2"}, "cartId": "stolen"}
        versioned = {**change, "customerId": "10000001", "metadata": before["metadata"]}
        assert guest.patch(own, params={"upsert": "true"}, json=versioned).status_code == 204
        after = ok(guest.get(own))
        assert without_metadata(after) == {
            **without_metadata(before),
            "siteCode": "uk",
            "currency": "GBP",
            "context": {"a": "1", "b": "2"},
        }
        assert after["metadata"]["version"] == 2
        refused(guest.patch(own, json=versioned), 409, "stale-version")
        refused(guest.patch(own, json={**change, "metadata": {}}), 400, "version-needed")
        assert guest.patch(own, json=change).status_code == 400

        added = guest.post(f"{own}/attributes", json={"key": "giftWrap", "value": "yes"})
        assert ok(added, 201) == "giftWrap"
        assert guest.delete(f"{own}/attributes/a").status_code == 204
        assert ok(guest.get(own))["context"] == {"b": "2", "giftWrap": "yes"}


def test_the_context_of_a_visitor_ends_with_the_session(either: World):
    first = visit(either, siteCode="uk")
    own = f"/session-context/{either.tenant}/context/{first['sessionId']}"
    refresh = {"tenant": either.tenant, "client_id": f"{either.tenant}-storefront"}
    either.stored.clock.advance(timedelta(minutes=50))
    with either.backend() as http:
        path = "/customerlogin/auth/anonymous/refresh"
        again = ok(http.get(path, params={**refresh, "refresh_token": first["refresh_token"]}))
        either.stored.clock.advance(timedelta(minutes=50))
        assert ok(http.get(own))["siteCode"] == "uk"
        either.stored.clock.advance(timedelta(minutes=10))
        ok(http.get(own), 404)
        either.stored.switches["session-context/anonymous-session-end"] = "never"
        assert ok(http.get(own))["siteCode"] == "uk"
        del either.stored.switches["session-context/anonymous-session-end"]
        late = ok(http.get(path, params={**refresh, "refresh_token": again["refresh_token"]}))
        assert late["sessionId"] == first["sessionId"]
        assert ok(http.get(own))["siteCode"] == "uk"
    with either.client(late["access_token"]) as http:
        body = {"email": MIA, "password": "Loyal-Points-1"}
        ok(http.post(f"/customer/{either.tenant}/login", json=body))
    either.stored.clock.advance(timedelta(days=1))
    with either.backend() as http:
        assert ok(http.get(own))["customerId"] == "10000001"


def test_login_and_logout(either: World):
    own = f"/session-context/{either.tenant}/me/context"
    anonymous = visit(either, siteCode="uk", language="de")
    with either.client(anonymous["access_token"]) as guest, either.backend() as http:
        context = f"/session-context/{either.tenant}/context/{anonymous['sessionId']}"
        cart = {**ok(guest.get(own)), "cartId": "c7"}
        assert http.put(context, json=cart).status_code == 204
        given = {"email": "mia.keller@example.com", "password": "Loyal-Points-1"}
        login = ok(guest.post(f"/customer/{either.tenant}/login", json=given))
        with either.client(login["access_token"]) as mia:
            read = ok(mia.get(own))
            assert without_metadata(read) == {
                "sessionId": anonymous["sessionId"],
                "customerId": "10000001",
                "siteCode": "main",
                "currency": "EUR",
                "targetLocation": "DE",
                "language": "de",
                "cartId": "c7",
            }
            query = {"accessToken": login["access_token"]}
            assert mia.get(f"/customer/{either.tenant}/logout", params=query).status_code == 204
        assert guest.get(own).status_code == 404
        assert http.get(context).status_code == 404


def test_the_context_names_the_company_of_the_token(either: World):
    own = f"/session-context/{either.tenant}/me/context"
    customers = either.stored.state("customer-service").collection("customers")
    company = {"legalEntityId": "65e0a1b2c3d4e5f60c000001"}
    mia = customers.get("10000001")
    assert mia is not None
    customers.put("10000001", {**mia, "b2b": {"legalEntities": [{"id": company["legalEntityId"]}]}})
    login = either.login()
    with either.client(either.anonymous()["access_token"]) as guest:
        refresh = f"/customer/{either.tenant}/refreshauthtoken"
        bound = ok(guest.get(refresh, params={"refreshToken": login["refresh_token"], **company}))
        with either.client(bound["access_token"]) as customer:
            assert ok(customer.get(own))["context"] == company
        free = ok(guest.get(refresh, params={"refreshToken": bound["refresh_token"]}))
        with either.client(free["access_token"]) as customer:
            assert ok(customer.get(own))["context"] == {}


def test_contexts_go_with_their_customer(either: World):
    with either.backend() as http:
        assert http.delete(f"/customer/{either.tenant}/customers/10000001").status_code == 202
        assert http.get(f"/session-context/{either.tenant}/context/{MIAS}").status_code == 404
        assert http.get(f"/session-context/{either.tenant}/context/{GUESTS}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_own_contexts_are_for_shoppers(either: World, method: str):
    with either.backend() as http:
        body = {"json": {"metadata": {"version": 1}}} if method == "PATCH" else {}
        answer = http.request(method, f"/session-context/{either.tenant}/me/context", **body)
        assert answer.status_code == 401
