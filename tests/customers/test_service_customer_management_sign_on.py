"""Sign-on through a scripted identity provider over HTTP."""

from __future__ import annotations

import pytest

LENA = "lena.vogt@example.com"
IDENTITY = {
    "email": LENA,
    "subject": "sub-1",
    "firstName": "Lena",
    "lastName": "Vogt",
    "providerId": "keycloak",
}
GRANT = {"code": "code-1", "redirect_uri": "https://shop.example.com/callback"}


@pytest.fixture
def vouch(shop):
    """Let the provider vouch for somebody."""

    def vouch(**identity):
        identities = shop.stored.collection("customer-management", "identities")
        identities.put(identity.get("id", "1"), IDENTITY | identity)

    return vouch


def exchange(shop, status=200, token="subject-1", **query):
    answer = shop.visitor()("POST", "/exchangeauthtoken", params={"subjectAccessToken": token} | query)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_unknown_code_and_an_unknown_token_are_refused(shop, vouch):
    vouch(code="code-1", token="subject-1")
    for path, query in (
        ("/socialLogin", GRANT | {"code": "other"}),
        ("/exchangeauthtoken", {"subjectAccessToken": "other"}),
    ):
        body = shop.visitor().refused("POST", path, 401, params=query)
        assert body["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken"
    assert shop.visitor()("POST", "/socialLogin?code=code-1").status_code == 400
    assert shop.visitor()("POST", "/exchangeauthtoken").status_code == 400


def test_a_social_login_makes_the_customer_at_first_sight(shop, vouch):
    vouch(code="code-1")
    visitor = shop.visitor()
    login = visitor.ok("POST", "/socialLogin", params=GRANT)
    assert (login["expires_in"], login["refresh_token_expires_in"]) == ("2591999", "86399")
    assert (login["session_idle_time"], login["token_type"]) == (3600, "Bearer")
    assert {"social_access_token", "social_id_token", "saas_token", "scope"} <= set(login)
    assert not {"session_id", "accessToken"} & set(login)
    me = shop.caller(login["access_token"]).ok("GET", "/me")
    assert (me["firstName"], me["contactEmail"]) == ("Lena", LENA)
    assert me["accounts"] == [{"id": LENA, "providerId": "keycloak"}]
    assert "lastLogin" in me
    again = shop.caller(visitor.ok("POST", "/socialLogin", params=GRANT)["access_token"])
    assert again.ok("GET", "/me")["id"] == me["id"]
    assert len(again.ok("GET", "/me")["accounts"]) == 1


def test_a_social_login_keeps_the_session_named_in_the_header_else_the_callers(shop, vouch):
    vouch(code="code-1")
    visitor, other = shop.visitor(), shop.visitor()

    def session_of(**request):
        token = visitor.ok("POST", "/socialLogin", params=GRANT, **request)["access_token"]
        return shop.caller(token).ok("GET", "/validateauthtoken")["sessionId"]

    assert session_of() == visitor.login["sessionId"]
    assert session_of(headers={"session-id": other.login["sessionId"]}) == other.login["sessionId"]
    assert session_of(headers={"session-id": "unknown"}) not in (
        visitor.login["sessionId"],
        other.login["sessionId"],
    )


def test_an_exchange_gives_a_customer_token_with_its_own_lifetimes(shop, vouch):
    vouch(token="subject-1")
    token = exchange(shop)
    assert token["subject_access_token"] == "subject-1"
    assert (token["expires_in"], token["refresh_token_expires_in"]) == (14399, 15551999)
    assert token["session_idle_time"] == 120
    assert token["scope"].endswith(f"tenant={shop.tenant}")
    caller = shop.caller(token["access_token"])
    assert caller.ok("GET", "/validateauthtoken")["sessionId"] == token["session_id"]
    shop.wait(seconds=14400)
    assert caller("GET", "/me").status_code == 401
    shop.visitor().ok("GET", "/refreshauthtoken", params={"refreshToken": token["refresh_token"]})


def test_an_identity_is_joined_to_the_customer_with_its_e_mail(shop, vouch):
    number = shop.sign_up()
    vouch(token="subject-1")
    me = shop.caller(exchange(shop)["access_token"]).ok("GET", "/me")
    assert me["id"] == number
    assert me["accounts"] == [{"id": LENA}, {"id": LENA, "providerId": "keycloak"}]
    shop.sign_in()


def test_identities_can_be_told_apart_by_their_subject(shop, vouch):
    shop.setting("ssoCustomerIdentifierField", "SUBJECT")
    vouch(token="subject-1")
    first = shop.caller(exchange(shop)["access_token"]).ok("GET", "/me")
    vouch(id="2", token="subject-2", subject="sub-2")
    second = shop.caller(exchange(shop, token="subject-2")["access_token"]).ok("GET", "/me")
    vouch(id="3", token="subject-3", email="renamed@example.com")
    third = shop.caller(exchange(shop, token="subject-3")["access_token"]).ok("GET", "/me")
    assert first["id"] == third["id"] != second["id"]


def test_customers_are_not_made_where_the_tenant_forbids_it(shop, vouch):
    shop.setting("ssoCustomerAutoprovisioningDisabled", True)
    vouch(code="code-1", token="subject-1")
    exchange(shop, 404)
    shop.visitor().refused("POST", "/socialLogin", 403, "customer-management/not-provisioned", params=GRANT)
    shop.sign_up()
    exchange(shop)


def test_an_exchange_configuration_has_to_exist(shop, vouch):
    vouch(token="subject-1")
    query = {"subjectAccessToken": "subject-1", "config": "Site_DE"}
    rule = "customer-management/unknown-exchange-config"
    shop.visitor().refused("POST", "/exchangeauthtoken", 400, rule, params=query)
    shop.setting("tokenExchange", {"Site_DE": {"domain": "https://login.example.com"}})
    exchange(shop, config="Site_DE")


def test_a_locked_customer_cannot_sign_on_either(shop, vouch):
    vouch(code="code-1", token="subject-1")
    shop.stored_customer(shop.sign_up(), onHold=True)
    visitor, rule = shop.visitor(), "customer-management/on-hold"
    visitor.refused("POST", "/socialLogin", 403, rule, params=GRANT)
    visitor.refused("POST", "/exchangeauthtoken", 403, rule, params={"subjectAccessToken": "subject-1"})
