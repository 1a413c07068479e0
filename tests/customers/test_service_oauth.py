"""Service tokens over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.platform import scopes
from emporix_mock_spec import load
from emporix_mock_spec import scopes as shipped

if TYPE_CHECKING:
    import httpx

OFFICIAL = Path(__file__).parents[3] / "shared" / "official-specs"

TYPES = ("recipe", "tasting")
RIGHTS = ("read", "manage", "read_own", "manage_own")
EVERY = shipped.shipped() | {f"custom.{name}_{right}" for name in TYPES for right in RIGHTS}
"""Those of the documents, and those of the seeded custom types."""


def ask(shop: Any, key: str = "backend", **form: str) -> httpx.Response:
    client = f"{shop.tenant}-{key}"
    wanted = {"grant_type": "client_credentials", "client_id": client, "client_secret": f"{client}-secret"}
    return shop.http.post("/oauth/token", data=wanted | form)


def fault(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()["fault"]
    return answer.status_code, body["faultstring"], body["detail"]["errorcode"]


def test_a_backend_token_names_every_scope_and_the_tenant(shop):
    token = ask(shop).json()

    assert re.fullmatch(r"[0-9A-Za-z]{32}", token.pop("access_token"))
    names = token.pop("scope").split()
    assert frozenset(names[:-1]) == EVERY
    assert names[-1] == f"tenant={shop.tenant}"
    assert token == {
        "token_type": "Bearer",
        "expires_in": 14399,
        "session_idle_time": 120,
        "refresh_token": "",
        "refresh_token_expires_in": 0,
    }


def test_json_is_read_like_a_form(shop):
    client = f"{shop.tenant}-backend"
    body = {"grant_type": "client_credentials", "client_id": client, "client_secret": f"{client}-secret"}
    answer = shop.http.post("/oauth/token", json=body)
    assert answer.status_code == 200
    assert shop.caller(answer.json()["access_token"])("GET", "/customers").status_code == 200


def test_a_scope_narrows_and_what_the_key_lacks_is_dropped_silently(shop):
    answer = ask(shop, scope=f"coupon.coupon_read moon.moon_manage tenant={shop.tenant}")
    assert answer.status_code == 200
    assert answer.json()["scope"] == f"coupon.coupon_read tenant={shop.tenant}"

    caller = shop.caller(answer.json()["access_token"])
    refused = caller("GET", "/customers")
    assert (refused.status_code, refused.json()["message"]) == (403, "User not authorized.")
    assert "customer.customer_read" in refused.headers["x-emporix-mock-scopes"]


def test_nothing_but_unknown_scopes_gives_a_token_without_any(shop):
    assert ask(shop, scope="moon.moon_manage").json()["scope"] == f"tenant={shop.tenant}"


@pytest.mark.parametrize("scope", ["", "tenant=anything"])
def test_no_scope_means_all(shop, scope):
    assert len(ask(shop, scope=scope).json()["scope"].split()) == len(EVERY) + 1


def test_the_limited_key_reads_and_may_not_write(shop):
    caller = shop.caller(ask(shop, "limited").json()["access_token"])
    caller.ok("GET", "/customers")
    caller.refused("POST", "/customers", 403, json={"firstName": "Nora"})


def test_a_custom_key_carries_its_own_scopes(shop):
    keys = shop.stored.collection("oauth-service", "keys")
    keys.put("reports", {"id": "reports", "scopes": ["customer.import_read"]})
    assert ask(shop, "reports").json()["scope"] == f"customer.import_read tenant={shop.tenant}"


def test_a_scope_that_the_tenant_made_can_be_granted_until_it_is_withdrawn(shop):
    scopes.provide(shop.stored, ["custom.bike_read"])
    assert ask(shop, scope="custom.bike_read").json()["scope"].startswith("custom.bike_read ")
    assert "custom.bike_read" in ask(shop).json()["scope"].split()
    scopes.withdraw(shop.stored, ["custom.bike_read"])
    assert ask(shop, scope="custom.bike_read").json()["scope"] == f"tenant={shop.tenant}"


@pytest.mark.parametrize("client_id", ["nobody", "{tenant}-nobody", "backend", ""])
def test_an_unknown_key_is_refused_before_secret_and_scope_are_looked_at(shop, client_id):
    answer = ask(shop, client_id=client_id.format(tenant=shop.tenant), client_secret="", scope="x")
    assert fault(answer) == (401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")


@pytest.mark.parametrize(("key", "secret"), [("backend", "wrong"), ("backend", ""), ("storefront", "any")])
def test_a_wrong_secret_is_refused(shop, key, secret):
    assert fault(ask(shop, key, client_secret=secret)) == (
        401,
        "Client credentials are invalid",
        "oauth.v2.invalid_client",
    )


def test_a_missing_secret_is_a_wrong_one(shop):
    form = {"grant_type": "client_credentials", "client_id": f"{shop.tenant}-backend"}
    assert fault(shop.http.post("/oauth/token", data=form))[0] == 401


MALFORMED = (400, "oauth.v2.InvalidRequest")


def test_another_grant_type_is_refused(shop):
    assert fault(ask(shop, grant_type="password"))[::2] == MALFORMED


@pytest.mark.parametrize("field", ["grant_type", "client_id"])
def test_a_missing_field_is_refused(shop, field):
    client = f"{shop.tenant}-backend"
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": f"{client}-secret"}
    del form[field]
    assert fault(shop.http.post("/oauth/token", data=form))[::2] == MALFORMED


def test_no_body_and_another_media_type_are_refused(shop):
    assert fault(shop.http.post("/oauth/token"))[::2] == MALFORMED
    text = shop.http.post("/oauth/token", content="hello", headers={"content-type": "text/plain"})
    assert fault(text)[::2] == (415, "oauth.v2.InvalidRequest")


def test_a_token_ends_with_its_time(shop):
    caller = shop.backend()
    shop.wait(seconds=14390)
    caller.ok("GET", "/customers")
    shop.wait(seconds=20)
    answer = caller("GET", "/customers")
    assert fault(answer) == (401, "Access Token expired", "keymanagement.service.access_token_expired")


def test_a_service_token_is_of_the_wrong_kind_for_a_customers_own_operations(shop):
    backend = shop.backend()
    for method, path in (
        ("GET", "/me"),
        ("GET", "/me/addresses"),
        ("GET", "/validateauthtoken"),
        ("POST", "/login"),
        ("POST", "/signup"),
        ("POST", "/password/reset"),
        ("POST", "/me/accounts/internal/email/change"),
        ("GET", "/refreshauthtoken?refreshToken=x"),
    ):
        assert fault(backend(method, path))[0] == 401, path


def test_a_token_is_no_use_in_another_tenant(shop):
    answer = shop.backend()("GET", "//customer/elsewhere/customers")
    assert answer.status_code == 400
    assert answer.headers["x-emporix-mock-rule"] == "gateway/tenant-mismatch"


def test_the_shipped_scopes_are_those_of_the_official_documents():
    if not OFFICIAL.is_dir():
        pytest.skip("the official documents are not beside this repository")
    made = shipped.generate(load.official(OFFICIAL))
    shipped_bytes = (Path(shipped.__file__).parent / "scopes.json").read_bytes()
    assert shipped_bytes == made, "write generate(official(…)) to scopes.json"
