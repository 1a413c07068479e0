"""Sessions and tokens of visitors and customers over HTTP."""

from __future__ import annotations

import re

import pytest

from emporix_mock.platform.grants import CUSTOMER_SCOPES
from emporix_mock.rules import saas_token

LENA, PASSWORD = "lena.vogt@example.com", "Loyal-Points-3"
TWINS = ("accessToken", "saasToken", "expiresIn", "refreshToken", "refreshTokenExpiresIn")


def fault(answer):
    body = answer.json()["fault"]
    return answer.status_code, body["faultstring"], body["detail"]["errorcode"]


INVALID = (401, "Invalid access token", "oauth.v2.InvalidAccessToken")
EXPIRED = (401, "Access Token expired", "keymanagement.service.access_token_expired")
BAD_REFRESH = (401, "Invalid Refresh Token", "keymanagement.service.invalid_refresh_token")
OLD_REFRESH = (401, "Refresh Token expired", "keymanagement.service.refresh_token_expired")
NO_KEY = (401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")


def anonymous(shop, step="login", **query):
    base = {"tenant": shop.tenant, "client_id": f"{shop.tenant}-storefront"}
    return shop.http.get(f"/customerlogin/auth/anonymous/{step}", params=base | query)


def test_an_anonymous_login_starts_a_session(shop):
    login = anonymous(shop).json()
    assert re.fullmatch(r"[0-9A-Za-z]{28}", login.pop("access_token"))
    assert re.fullmatch(r"[0-9A-Za-z]{32}", login.pop("refresh_token"))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", login.pop("sessionId")
    )
    assert login == {
        "token_type": "Bearer",
        "expires_in": 3599,
        "refresh_token_expires_in": 86399,
        "scope": f"tenant={shop.tenant}",
    }


def test_a_session_remembers_the_context_it_was_opened_with_and_no_other(shop):
    bare, full = (
        shop.visitor(),
        shop.visitor(siteCode="main", currency="EUR", language="de", targetLocation="DE"),
    )
    sessions = shop.stored.collection("customer-management", "sessions")
    assert set(sessions.get(bare.login["sessionId"])) == {"id", "clientId", "at"}
    remembered = sessions.get(full.login["sessionId"])
    assert {name: remembered[name] for name in ("siteCode", "currency", "language", "targetLocation")} == {
        "siteCode": "main",
        "currency": "EUR",
        "language": "de",
        "targetLocation": "DE",
    }


def test_the_old_name_of_the_tenant_parameter_is_read(shop):
    query = {"hybris-tenant": shop.tenant, "client_id": f"{shop.tenant}-storefront"}
    login = shop.http.get("/customerlogin/auth/anonymous/login/", params=query)
    assert login.json()["scope"] == f"tenant={shop.tenant}"
    query["refresh_token"] = login.json()["refresh_token"]
    assert shop.http.get("/customerlogin/auth/anonymous/refresh", params=query).status_code == 200


@pytest.mark.parametrize(
    "client", ["nobody", "{}-backend", "{}-limited", "{}-nobody", "elsewhere-storefront"]
)
def test_only_the_storefront_key_opens_sessions(shop, client):
    assert fault(anonymous(shop, client_id=client.format(shop.tenant))) == NO_KEY


def test_a_key_and_a_tenant_that_do_not_belong_together_are_refused(shop):
    assert fault(anonymous(shop, tenant="elsewhere")) == NO_KEY
    assert fault(anonymous(shop, tenant="No Tenant")) == NO_KEY


@pytest.mark.parametrize("missing", ["tenant", "client_id"])
def test_an_anonymous_login_needs_tenant_and_key(shop, missing):
    query = {"tenant": shop.tenant, "client_id": f"{shop.tenant}-storefront"}
    del query[missing]
    assert shop.http.get("/customerlogin/auth/anonymous/login", params=query).status_code == 400


def test_a_refresh_renews_the_tokens_of_the_same_session_and_may_be_repeated(shop):
    first = anonymous(shop).json()
    second = anonymous(shop, "refresh", refresh_token=first["refresh_token"]).json()
    third = anonymous(shop, "refresh", refresh_token=first["refresh_token"]).json()
    assert {first["sessionId"], second["sessionId"], third["sessionId"]} == {first["sessionId"]}
    assert len({t[f] for t in (first, second, third) for f in ("access_token", "refresh_token")}) == 6
    shop.caller(second["access_token"]).ok("GET", "/me")


def test_single_use_of_anonymous_refresh_tokens_is_a_choice(shop):
    shop.switch("anonymous-refresh-reuse", "single-use")
    first = anonymous(shop).json()
    second = anonymous(shop, "refresh", refresh_token=first["refresh_token"]).json()
    assert fault(anonymous(shop, "refresh", refresh_token=first["refresh_token"])) == BAD_REFRESH
    assert anonymous(shop, "refresh", refresh_token=second["refresh_token"]).status_code == 200


def test_the_old_access_token_refreshes_too(shop):
    first = anonymous(shop).json()
    shop.wait(hours=2)
    again = anonymous(shop, "refresh", anonymous_token=first["access_token"])
    assert again.json()["sessionId"] == first["sessionId"]
    assert fault(anonymous(shop, "refresh", anonymous_token="unknown")) == BAD_REFRESH


def test_an_anonymous_refresh_is_refused_without_a_token_with_a_wrong_one_and_too_late(shop):
    first = anonymous(shop).json()
    nothing = anonymous(shop, "refresh")
    assert nothing.status_code == 400
    assert nothing.headers["x-emporix-mock-rule"] == "customer-management/missing-field"
    assert fault(anonymous(shop, "refresh", refresh_token="unknown")) == BAD_REFRESH
    assert fault(anonymous(shop, "refresh", refresh_token=first["refresh_token"], client_id="x")) == NO_KEY
    customer = shop.customer()
    assert fault(anonymous(shop, "refresh", refresh_token=customer.login["refresh_token"])) == BAD_REFRESH
    shop.wait(seconds=86400)
    assert fault(anonymous(shop, "refresh", refresh_token=first["refresh_token"])) == OLD_REFRESH


def test_an_anonymous_token_ends_after_an_hour(shop):
    visitor = shop.visitor()
    shop.wait(seconds=3590)
    visitor.ok("GET", "/me")
    shop.wait(seconds=10)
    assert fault(visitor("GET", "/me")) == EXPIRED


def test_a_login_gives_tokens_in_both_spellings_and_keeps_the_session(shop):
    number = shop.sign_up()
    visitor = shop.visitor(siteCode="main")
    login = shop.sign_in(at=visitor).login
    assert len(login["access_token"]) == 28
    assert len(login["refresh_token"]) == 32
    assert login["session_id"] == visitor.login["sessionId"]
    assert {name: login[name] for name in TWINS} == {
        "accessToken": login["access_token"],
        "saasToken": login["saas_token"],
        "expiresIn": login["expires_in"],
        "refreshToken": login["refresh_token"],
        "refreshTokenExpiresIn": login["refresh_token_expires_in"],
    }
    assert (login["expires_in"], login["refresh_token_expires_in"]) == (2591999, 86399)
    assert (login["token_type"], login["initialPassword"]) == ("Bearer", False)
    assert shop.events("customer.logged.in") == [
        {"tenant": shop.tenant, "sessionId": login["session_id"], "customerId": number}
    ]
    session = shop.stored.collection("customer-management", "sessions").get(login["session_id"])
    assert (session["customerId"], session["email"], session["siteCode"]) == (number, LENA, "main")


def test_the_old_spelling_can_be_switched_off(shop):
    shop.switch("token-field-spelling", "snake")
    login = shop.customer().login
    assert not set(TWINS) & set(login)
    assert {"access_token", "saas_token"} <= set(login)


def test_the_saas_token_is_a_signed_jwt_for_four_hours(shop):
    caller = shop.customer()
    now = shop.stored.clock.seconds()
    token = caller.login["saas_token"]
    assert token.count(".") == 2
    assert saas_token.customer_of(shop.tenant, token, now=now) == caller.number
    assert saas_token.customer_of(shop.tenant, token, now=now + 14400) is None


def test_the_last_login_appears_with_the_first_login(shop):
    caller = shop.customer()
    first = caller.ok("GET", "/me")
    assert first["lastLogin"].endswith("Z")
    assert first["metadata"]["version"] == 1


def test_wrong_credentials_are_the_services_own_401(shop):
    shop.sign_up()
    visitor = shop.visitor()
    for email, password in ((LENA, "Wrong-Password"), ("nobody@example.com", PASSWORD)):
        body = visitor.refused("POST", "/login", 401, json={"email": email, "password": password})
        assert body["status"] == 401
        assert "incorrect" in body["message"]


@pytest.mark.parametrize(
    "body", [{"email": LENA}, {"password": PASSWORD}, {"email": LENA, "password": "short"}, []]
)
def test_a_login_that_is_not_one_is_refused(shop, body):
    assert shop.visitor()("POST", "/login", json=body).status_code == 400
    assert shop.visitor()("POST", "/login").status_code == 400


def test_the_login_e_mail_is_compared_without_case(shop):
    shop.sign_up("Lena.Vogt@Example.com")
    caller = shop.sign_in("LENA.VOGT@example.COM")
    assert caller.ok("GET", "/me")["accounts"] == [{"id": "Lena.Vogt@Example.com"}]


@pytest.mark.parametrize(
    ("state", "rule"),
    [({"active": False}, "not-active"), ({"onHold": True}, "on-hold"), ({"type": "CONTACT"}, "contact-only")],
)
def test_a_locked_customer_cannot_log_in_or_refresh(shop, state, rule):
    caller = shop.customer()
    shop.stored_customer(caller.number, **state)
    visitor = shop.visitor()
    rule = f"customer-management/{rule}"
    visitor.refused("POST", "/login", 403, rule, json={"email": LENA, "password": PASSWORD})
    refresh = f"/refreshauthtoken?refreshToken={caller.login['refresh_token']}"
    visitor.refused("GET", refresh, 403, rule)
    assert "lastLogin" not in visitor.ok("GET", "/me")


def test_a_refresh_rotates_keeps_the_session_and_brings_no_saas_token(shop):
    caller = shop.customer()
    answer = shop.visitor().ok(
        "GET", "/refreshauthtoken", params={"refreshToken": caller.login["refresh_token"]}
    )
    assert answer["session_id"] == caller.login["session_id"]
    assert answer["refresh_token"] != caller.login["refresh_token"]
    assert answer["accessToken"] == answer["access_token"] != caller.login["access_token"]
    assert "saas_token" not in answer
    renewed = shop.caller(answer["access_token"])
    assert renewed.ok("GET", "/me")["id"] == caller.number
    # The customer's own token is as good a bearer, and the rotated token goes on.
    renewed.ok("GET", "/refreshauthtoken", params={"refreshToken": answer["refresh_token"]})


def test_a_customers_refresh_token_works_once_unless_chosen_otherwise(shop):
    caller = shop.customer()
    refresh = f"/refreshauthtoken?refreshToken={caller.login['refresh_token']}"
    caller.ok("GET", refresh)
    assert fault(caller("GET", refresh)) == BAD_REFRESH
    shop.switch("customer-refresh-reuse", "tolerated")
    caller.ok("GET", refresh)


def test_a_refresh_is_refused_with_a_wrong_token_with_none_and_too_late(shop):
    caller = shop.customer()
    visitor = shop.visitor()
    assert visitor("GET", "/refreshauthtoken").status_code == 400
    for token in ("unknown", visitor.login["refresh_token"]):
        assert fault(visitor("GET", "/refreshauthtoken", params={"refreshToken": token})) == BAD_REFRESH
    shop.wait(days=1)
    late = {"refreshToken": caller.login["refresh_token"]}
    assert fault(shop.visitor()("GET", "/refreshauthtoken", params=late)) == OLD_REFRESH
    # The access token outlives its refresh token.
    caller.ok("GET", "/me")
    shop.wait(days=30)
    assert fault(caller("GET", "/me")) == EXPIRED


def test_a_refresh_binds_the_token_to_one_of_the_customers_companies(shop):
    caller = shop.customer()
    entity = {
        "id": "64b7a0c2e4d5f60012ab3401",
        "name": "Keller",
        "contactAssignmentId": "64b7a0c2e4d5f60012ab3402",
    }
    shop.stored_customer(caller.number, b2b={"legalEntities": [entity]})
    bound = caller.ok(
        "GET",
        "/refreshauthtoken",
        params={"refreshToken": caller.login["refresh_token"], "legalEntityId": entity["id"]},
    )
    assert shop.caller(bound["access_token"]).ok("GET", "/validateauthtoken")["legalEntityId"] == entity["id"]
    free = caller.ok("GET", "/refreshauthtoken", params={"refreshToken": bound["refresh_token"]})
    assert "legalEntityId" not in shop.caller(free["access_token"]).ok("GET", "/validateauthtoken")
    foreign = {"refreshToken": free["refresh_token"], "legalEntityId": "64b7a0c2e4d5f60012ab3499"}
    rule = "customer-management/foreign-company"
    body = caller.refused("GET", "/refreshauthtoken", 403, rule, params=foreign)
    assert (body["type"], body["status"]) == ("Forbidden", 403)
    # A refusal has used nothing up.
    caller.ok("GET", "/refreshauthtoken", params={"refreshToken": free["refresh_token"]})


def test_validation_tells_what_a_token_is_worth_and_counts_down(shop):
    shop.stored.clock.freeze()
    caller = shop.customer()
    assert caller.ok("GET", "/validateauthtoken") == {
        "token_type": "Bearer",
        "expires_in": 2591999,
        "scope": " ".join([*sorted(CUSTOMER_SCOPES), f"tenant={shop.tenant}"]),
        "sessionId": caller.login["session_id"],
        "email": LENA,
    }
    shop.wait(seconds=100)
    assert caller.ok("GET", "/validateauthtoken")["expires_in"] == 2591899
    assert fault(shop.visitor()("GET", "/validateauthtoken")) == INVALID
    shop.wait(seconds=2591899)
    assert fault(caller("GET", "/validateauthtoken")) == EXPIRED


def test_logout_ends_the_session_of_the_customer_not_of_the_visitor(shop):
    shop.sign_up()
    visitor = shop.visitor()
    caller, elsewhere = shop.sign_in(at=visitor), shop.sign_in()
    again = caller.ok("GET", "/refreshauthtoken", params={"refreshToken": caller.login["refresh_token"]})
    caller.ok("GET", "/logout", 204, params={"accessToken": caller.token})

    assert fault(caller("GET", "/me")) == INVALID
    assert fault(shop.caller(again["access_token"])("GET", "/me")) == INVALID
    gone = {"refreshToken": again["refresh_token"]}
    assert fault(visitor("GET", "/refreshauthtoken", params=gone)) == BAD_REFRESH
    elsewhere.ok("GET", "/me")
    visitor.ok("GET", "/me")
    assert anonymous(shop, "refresh", refresh_token=visitor.login["refresh_token"]).status_code == 200
    session = shop.stored.collection("customer-management", "sessions").get(visitor.login["sessionId"])
    assert "customerId" not in session


def test_logout_takes_only_a_token_of_the_caller(shop):
    caller, other = shop.customer(), shop.customer("nora@example.com")
    assert fault(caller("GET", "/logout", params={"accessToken": other.token})) == INVALID
    assert fault(caller("GET", "/logout", params={"accessToken": "unknown"})) == INVALID
    assert caller("GET", "/logout").status_code == 400
    other.ok("GET", "/me")
    assert fault(shop.visitor()("GET", "/logout", params={"accessToken": caller.token})) == INVALID


def test_tokens_survive_a_snapshot_and_not_a_reset(shop):
    caller = shop.customer()
    snapshot = shop.stored.snapshot()
    caller.ok("GET", "/logout", 204, params={"accessToken": caller.token})
    shop.stored.restore(snapshot)
    caller.ok("GET", "/me")
    caller.ok("GET", "/refreshauthtoken", params={"refreshToken": caller.login["refresh_token"]})
    shop.stored.reset()
    assert fault(caller("GET", "/me")) == INVALID
