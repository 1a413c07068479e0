"""Which kind of token opens which operation of the customer-managed service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emporix_mock.store.tokens import Principal

ANONYMOUS, CUSTOMER, SERVICE = "anonymous", "customer", "service"
OPERATIONS = {
    ("POST", "/signup"): {ANONYMOUS},
    ("POST", "/login"): {ANONYMOUS},
    ("GET", "/logout"): {CUSTOMER},
    ("GET", "/refreshauthtoken"): {ANONYMOUS, CUSTOMER},
    ("GET", "/validateauthtoken"): {CUSTOMER},
    ("POST", "/exchangeauthtoken"): {ANONYMOUS},
    ("POST", "/socialLogin"): {ANONYMOUS},
    ("GET", "/me"): {ANONYMOUS, CUSTOMER},
    ("PATCH", "/me"): {CUSTOMER},
    ("PUT", "/me"): {CUSTOMER},
    ("GET", "/me/addresses"): {CUSTOMER},
    ("POST", "/me/addresses"): {CUSTOMER},
    ("GET", "/me/addresses/a1"): {CUSTOMER},
    ("PATCH", "/me/addresses/a1"): {CUSTOMER},
    ("PUT", "/me/addresses/a1"): {CUSTOMER},
    ("DELETE", "/me/addresses/a1"): {CUSTOMER},
    ("POST", "/me/addresses/a1/tags"): {CUSTOMER},
    ("DELETE", "/me/addresses/a1/tags"): {CUSTOMER},
    ("POST", "/me/accounts/internal/email/change"): {CUSTOMER},
    ("POST", "/me/accounts/internal/email/change/confirm"): {ANONYMOUS},
    ("POST", "/password/reset"): {ANONYMOUS},
    ("POST", "/password/reset/update"): {ANONYMOUS},
    ("POST", "/password/change"): {CUSTOMER},
    ("GET", "/signup/optin/x"): {ANONYMOUS},
    ("POST", "/signup/optin/refresh_token"): {ANONYMOUS},
}


@pytest.fixture
def callers(shop):
    return {SERVICE: shop.backend(), ANONYMOUS: shop.visitor(), CUSTOMER: shop.customer()}


def gateway_refuses(answer):
    return answer.status_code == 401 and "oauth.v2.InvalidAccessToken" in answer.text


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_kind_of_token_on_every_operation(callers, shop, method, path):
    let_in = {
        kind
        for kind, caller in callers.items()
        if not gateway_refuses(caller(method, path, json={} if method != "GET" else None))
    }
    assert let_in == OPERATIONS[method, path]
    assert gateway_refuses(shop.caller(None)(method, path))
    assert gateway_refuses(shop.caller("unknown")(method, path))
    elsewhere = callers[next(iter(let_in))](method, f"//customer/elsewhere{path}")
    assert elsewhere.status_code == 400
    assert elsewhere.headers["x-emporix-mock-rule"] == "gateway/tenant-mismatch"


def test_a_changed_e_mail_asks_for_a_scope(shop):
    caller = shop.customer()
    principal = shop.stored.tokens.find(caller.token)
    shop.stored.tokens.issue(replace(principal, scopes=frozenset({"order.history_view"})))
    body = {"email": "lena.vogt@example.com", "password": "Loyal-Points-3", "newEmail": "new@example.com"}
    answer = caller("POST", "/me/accounts/internal/email/change", json=body)
    assert (answer.status_code, answer.json()["message"]) == (403, "User not authorized.")
    assert "customer.customerprofile_edit" in answer.headers["x-emporix-mock-scopes"]


def test_a_token_without_its_customer_is_worth_nothing(shop):
    shop.stored.tokens.issue(Principal("customer", shop.tenant, "of-nobody", customer_id="99999999"))
    shop.stored.tokens.issue(Principal("employee", shop.tenant, "of-an-employee"))
    assert gateway_refuses(shop.caller("of-nobody")("GET", "/me"))
    employee = shop.caller("of-an-employee")
    assert gateway_refuses(employee("GET", "/me", headers={"Emporix-Tenant": shop.tenant}))


def test_an_unknown_path_and_a_wrong_method_are_told_apart(shop):
    customer = shop.customer()
    for path in ("/password", "/password/reset/confirm"):
        assert customer("PUT", path).status_code == 404
    wrong = customer("DELETE", "/me")
    assert wrong.status_code == 405
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "PATCH", "PUT"}
