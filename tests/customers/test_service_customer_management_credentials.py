"""Passwords and login e-mails over HTTP."""

from __future__ import annotations

import pytest

LENA, PASSWORD, OTHER = "lena.vogt@example.com", "Loyal-Points-3", "Loyal-Points-9"
UNKNOWN = "customer-management/invalid-one-time-token"
MISSING = "customer-management/missing-field"
CHANGE = "/me/accounts/internal/email/change"


def can_log_in(shop, email=LENA, password=PASSWORD):
    answer = shop.visitor()("POST", "/login", json={"email": email, "password": password})
    return answer.status_code == 200


def test_a_password_is_changed_with_the_current_one(shop):
    caller = shop.customer()
    body = {"currentPassword": PASSWORD, "newPassword": OTHER}
    caller.ok("POST", "/password/change", 204, json=body)
    assert can_log_in(shop, password=OTHER)
    assert not can_log_in(shop)
    refused = caller.refused("POST", "/password/change", 401, json=body)
    assert (refused["status"], "fault" in refused) == (401, False)


@pytest.mark.parametrize("body", [None, {}, {"currentPassword": PASSWORD}, {"newPassword": OTHER}])
def test_a_password_change_needs_both_passwords(shop, body):
    assert shop.customer()("POST", "/password/change", json=body).status_code == 400


def test_an_empty_new_password_is_refused(shop):
    body = {"currentPassword": PASSWORD, "newPassword": ""}
    shop.customer().refused("POST", "/password/change", 400, MISSING, json=body)


def test_a_reset_goes_by_mail(shop):
    shop.sign_up()
    visitor = shop.visitor()
    visitor.ok("POST", "/password/reset/", 204, json={"email": LENA.upper(), "site": "main"})
    [mail] = shop.mails("password-reset")
    assert (mail["email"], mail["site"], len(mail["token"])) == (LENA, "main", 64)
    assert shop.events("customer.password-reset") == [
        {"email": LENA, "token": mail["token"], "tenant": shop.tenant, "site": "main"}
    ]
    reset = {"token": mail["token"], "password": OTHER}
    visitor.ok("POST", "/password/reset/update", 204, json=reset)
    assert can_log_in(shop, password=OTHER)
    assert not can_log_in(shop)
    visitor.refused("POST", "/password/reset/update", 400, UNKNOWN, json=reset)


def test_a_newer_reset_makes_the_older_void(shop):
    shop.sign_up()
    visitor = shop.visitor()
    for _ in range(2):
        visitor.ok("POST", "/password/reset", 204, json={"email": LENA})
    old, new = shop.mails("password-reset")
    assert (old["status"], new["status"]) == ("replaced", "open")
    refused = {"token": old["token"], "password": OTHER}
    visitor.refused("POST", "/password/reset/update", 400, UNKNOWN, json=refused)
    visitor.ok("POST", "/password/reset/update", 204, json={"token": new["token"], "password": OTHER})


def test_a_reset_for_nobody_is_answered_alike_and_mails_nothing(shop):
    shop.visitor().ok("POST", "/password/reset", 204, json={"email": "nobody@example.com"})
    assert shop.mails("password-reset") == []


@pytest.mark.parametrize("path", ["/password/reset", "/password/reset/update", f"{CHANGE}/confirm"])
def test_requests_that_say_nothing_are_refused(shop, path):
    visitor = shop.visitor()
    visitor.refused("POST", path, 400, MISSING)
    assert visitor("POST", path, json={}).status_code == 400
    assert visitor("POST", path, json=["x"]).status_code == 400
    assert visitor("POST", path, content="{").status_code == 400


def test_tokens_of_another_kind_of_mail_do_not_work(shop):
    shop.sign_up()
    visitor = shop.visitor()
    visitor.ok("POST", "/password/reset", 204, json={"email": LENA})
    [mail] = shop.mails("password-reset")
    visitor.refused("POST", f"{CHANGE}/confirm", 400, UNKNOWN, json={"token": mail["token"]})
    visitor.refused("GET", f"/signup/optin/{mail['token']}", 404)


def ask(caller, **body):
    wanted = {"email": LENA, "password": PASSWORD, "newEmail": "new@example.com"} | body
    return caller("POST", CHANGE, json=wanted)


def test_a_new_login_e_mail_counts_once_it_is_confirmed(shop):
    caller = shop.customer()
    assert ask(caller).status_code == 204
    [mail] = shop.mails("email-change")
    payload = {
        "tenant": shop.tenant,
        "customerId": caller.number,
        "token": mail["token"],
        "email": LENA,
        "newEmail": "new@example.com",
    }
    assert shop.events("customer.email-change-request") == [payload]
    assert can_log_in(shop)
    assert not can_log_in(shop, "new@example.com")

    shop.visitor().ok("POST", f"{CHANGE}/confirm", 204, json={"token": mail["token"]})
    assert shop.events("customer.email-change") == [payload]
    assert can_log_in(shop, "new@example.com")
    assert not can_log_in(shop)
    me = caller.ok("GET", "/me")
    assert (me["accounts"], me["contactEmail"]) == ([{"id": "new@example.com"}], LENA)
    # The old e-mail is free again, and the token is used up.
    shop.sign_up(LENA)
    shop.visitor().refused("POST", f"{CHANGE}/confirm", 400, UNKNOWN, json={"token": mail["token"]})


def test_the_contact_e_mail_follows_where_that_is_wanted(shop):
    caller = shop.customer()
    assert ask(caller, syncContactEmail=True).status_code == 204
    [mail] = shop.mails("email-change")
    shop.visitor().ok("POST", f"{CHANGE}/confirm", 204, json={"token": mail["token"]})
    assert caller.ok("GET", "/me")["contactEmail"] == "new@example.com"
    assert shop.backend().ok("GET", f"/customers/{caller.number}")["email"] == "new@example.com"


@pytest.mark.parametrize("wrong", [{"email": "other@example.com"}, {"password": "Wrong-Password"}])
def test_an_e_mail_change_needs_the_own_credentials(shop, wrong):
    caller = shop.customer()
    shop.sign_up("other@example.com")
    answer = ask(caller, **wrong)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert shop.mails("email-change") == []


@pytest.mark.parametrize("field", ["email", "password", "newEmail"])
def test_an_e_mail_change_needs_all_its_fields(shop, field):
    answer = ask(shop.customer(), **{field: ""})
    assert answer.status_code == 400
    assert answer.headers["x-emporix-mock-rule"] == MISSING


def test_a_login_e_mail_in_use_is_refused_at_the_request_and_at_the_confirmation(shop):
    caller = shop.customer()
    shop.sign_up("taken@example.com")
    answer = ask(caller, newEmail="Taken@example.com")
    assert answer.status_code == 409
    assert answer.headers["x-emporix-mock-rule"] == "engine/duplicate-account"

    assert ask(caller).status_code == 204
    [mail] = shop.mails("email-change")
    shop.sign_up("new@example.com")
    shop.visitor().refused("POST", f"{CHANGE}/confirm", 400, UNKNOWN, json={"token": mail["token"]})
    assert can_log_in(shop)


def test_a_seed_may_write_a_password_in_clear(shop):
    shop.stored.collection("customer-service", "customers").put(
        "10000009", {"id": "10000009", "firstName": "Kim"}
    )
    accounts = shop.stored.collection("customer-management", "accounts")
    account = {"id": "kim@example.com", "customerNumber": "10000009", "password": "Plain-Text-1"}
    accounts.put("kim@example.com", account)
    assert not can_log_in(shop, "kim@example.com", "Plain-Text-2")
    assert can_log_in(shop, "kim@example.com", "Plain-Text-1")
    assert "password" not in accounts.get("kim@example.com")
    caller = shop.sign_in("kim@example.com", "Plain-Text-1")
    me = caller.ok("GET", "/me")
    assert (me["customerNumber"], me["preferredSite"], me["businessModel"]) == ("10000009", "main", "B2C")
