"""Import of customers and the migration of their passwords over HTTP."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from emporix_mock.rules.passwords import HYBRIS_SALT, hash_password

NORA, PASSWORD = "nora.winter@example.com", "Loyal-Points-5"
RETENTION = "/config/password-migration-retention"


@pytest.fixture
def backend(shop):
    return shop.backend()


def day(shop, days):
    return (shop.stored.clock.now() + timedelta(days=days)).date().isoformat()


def legacy_hash(password, uid):
    return hashlib.sha512(f"{HYBRIS_SALT}::{password}::{uid}".encode()).hexdigest()


def legacy(email=NORA, **item):
    secret = {"algorithm": "hybris-sha512-uid-salt", "hash": legacy_hash(PASSWORD, email)}
    return {"account": {"email": email, "legacyAuth": secret}} | item


def native(email=NORA, **item):
    return {"account": {"email": email, "passwordHash": hash_password(PASSWORD, "salt", 10000)}} | item


def can_log_in(shop, email=NORA):
    body = {"email": email, "password": PASSWORD}
    return shop.visitor()("POST", "/login", json=body).status_code == 200


def test_customers_are_imported_with_their_passwords(shop, backend):
    item = native(firstName="Nora", id="C1", preferredSite="main", contactEmail=NORA.upper())
    assert backend.ok("POST", "/customers/import", 207, json=[item]) == [
        {"index": 0, "id": "C1", "code": 201, "status": "Created"}
    ]
    customer = backend.ok("GET", "/customers/C1?expand=accounts")
    assert (customer["firstName"], customer["contactEmail"]) == ("Nora", NORA.upper())
    assert customer["accounts"] == [{"id": NORA}]
    assert can_log_in(shop)
    assert shop.mails("password-reset") == []
    assert [event["id"] for event in shop.events("customer.created")] == ["C1"]


def test_each_item_stands_for_itself(shop, backend):
    both = {
        "email": "both@example.com",
        "passwordHash": "1:1:a:b",
        "legacyAuth": legacy()["account"]["legacyAuth"],
    }
    answer = backend.ok(
        "POST",
        "/customers/import",
        207,
        json=[
            native(),
            native(),
            native("kim@example.com", id="C9"),
            native("ann@example.com", id="C9"),
            {"account": {"email": "none@example.com"}},
            {"account": both},
            native("other@example.com", contactEmail="different@example.com"),
            legacy("old@example.com"),
            native("robot@example.com", type="ROBOT"),
            native("last@example.com"),
        ],
    )
    assert [entry["index"] for entry in answer] == list(range(10))
    assert [entry["code"] for entry in answer] == [201, 409, 201, 409, 400, 400, 400, 400, 400, 201]
    assert answer[1]["message"] == f"Duplicate account '{NORA}' for tenant '{shop.tenant}'."
    assert answer[4]["message"] == answer[5]["message"]
    assert (answer[4]["status"], "id" in answer[4]) == ("Bad Request", False)
    assert answer[8]["details"] == [{"message": "'ROBOT' is unknown"}]
    # A refused item leaves nothing behind, not even the free e-mail in use.
    assert backend.ok("POST", "/customers/import", 207, json=[native("ann@example.com")])[0]["code"] == 201
    assert len(shop.events("customer.created")) == 4


@pytest.mark.parametrize(
    "body",
    [
        {"account": {"email": NORA, "passwordHash": "x"}},
        "text",
        [native()] * 201,
    ],
)
def test_an_import_that_is_malformed_is_refused_as_a_whole(backend, body):
    assert backend("POST", "/customers/import", json=body).status_code == 400
    assert backend("POST", "/customers/import").status_code == 400


@pytest.mark.parametrize(
    "item",
    [
        {},
        "text",
        {"account": {}},
        {"account": {"email": NORA, "passwordHash": "x"}, "id": "a b"},
        {"account": {"email": NORA, "passwordHash": 5}},
        {"account": {"email": NORA, "legacyAuth": {"algorithm": "md5", "hash": "x"}}},
    ],
)
def test_an_item_that_is_malformed_is_refused_alone(backend, item):
    answer = backend.ok("POST", "/customers/import", 207, json=[item, native()])
    assert [(entry["index"], entry["code"]) for entry in answer] == [(0, 400), (1, 201)]


def test_an_empty_import_imports_nothing(backend):
    assert backend.ok("POST", "/customers/import", 207, json=[]) == []


def test_retention_is_not_there_until_it_is_configured(shop, backend):
    assert backend.refused("GET", RETENTION, 404)["type"] == "resource_not_found"
    backend.ok("DELETE", RETENTION, 204)
    config = {
        "retentionEndDate": day(shop, 30),
        "emailReminderDate": day(shop, 23),
        "emailNotificationsEnabled": True,
    }
    assert backend.ok("POST", RETENTION, json={"retentionEndDate": day(shop, 30)}) == config
    assert backend.ok("GET", RETENTION) == config
    config = {
        "retentionEndDate": day(shop, 5),
        "emailReminderDate": day(shop, 1),
        "emailNotificationsEnabled": False,
    }
    wish = {"retentionEndDate": day(shop, 5), "emailNotificationsEnabled": False}
    assert backend.ok("POST", RETENTION, json=wish) == config
    assert backend.ok("GET", RETENTION) == config
    backend.ok("DELETE", RETENTION, 204)
    backend.refused("GET", RETENTION, 404)


@pytest.mark.parametrize("dates", [(0, None), (-1, None), (10, 10), (10, 11), (10, -1)])
def test_days_that_cannot_be_are_refused(shop, backend, dates):
    end, reminder = dates
    wish = {"retentionEndDate": day(shop, end)} | (
        {"emailReminderDate": day(shop, reminder)} if reminder else {}
    )
    body = backend.refused("POST", RETENTION, 400, "customer-service/invalid-retention-date", json=wish)
    assert body["type"] == "validation_failure"
    backend.refused("GET", RETENTION, 404)


@pytest.mark.parametrize("body", [{}, {"retentionEndDate": "soon"}, {"retentionEndDate": "2030-13-01"}, []])
def test_a_configuration_without_a_date_is_refused(backend, body):
    assert backend("POST", RETENTION, json=body).status_code == 400


def test_a_legacy_password_is_kept_in_native_form_from_the_first_login_on(shop, backend):
    backend.ok("POST", RETENTION, json={"retentionEndDate": day(shop, 30)})
    backend.ok("POST", "/customers/import", 207, json=[legacy()])
    visitor = shop.visitor()
    visitor.refused("POST", "/login", 401, json={"email": NORA, "password": "Wrong-Password"})
    rule = "customer-service/migration-not-concluded"
    assert backend.refused("DELETE", RETENTION, 400, rule)["type"] == "validation_failure"
    assert can_log_in(shop)
    backend.ok("DELETE", RETENTION, 204)
    assert can_log_in(shop)
    assert shop.mails("password-reset") == []


def test_legacy_hashes_take_a_user_id_of_the_old_system(shop, backend):
    backend.ok("POST", RETENTION, json={"retentionEndDate": day(shop, 30)})
    item = legacy()
    item["account"]["legacyAuth"] |= {
        "hash": legacy_hash(PASSWORD, "uid-7"),
        "context": {"originalUid": "uid-7"},
    }
    backend.ok("POST", "/customers/import", 207, json=[item])
    assert can_log_in(shop)


@pytest.mark.parametrize("notified", [True, False])
def test_customers_are_reminded_and_at_the_end_have_to_choose_a_password(shop, backend, notified):
    wish = {"retentionEndDate": day(shop, 30), "emailNotificationsEnabled": notified}
    backend.ok("POST", RETENTION, json=wish)
    imported = backend.ok("POST", "/customers/import", 207, json=[legacy(), legacy("kim@example.com")])
    assert [entry["code"] for entry in imported] == [201, 201]
    assert can_log_in(shop, "kim@example.com")
    reminders = [NORA] if notified else []

    shop.wait(days=24)
    backend = shop.backend()
    backend.ok("GET", RETENTION)
    backend.ok("GET", RETENTION)
    assert [mail["email"] for mail in shop.mails("password-migration-reminder")] == reminders
    assert shop.mails("password-reset") == []

    shop.wait(days=7)
    assert not can_log_in(shop)
    assert can_log_in(shop, "kim@example.com")
    mails = shop.mails("password-reset")
    assert [mail["email"] for mail in mails] == reminders
    if notified:
        reset = {"token": mails[0]["token"], "password": PASSWORD}
        shop.visitor().ok("POST", "/password/reset/update", 204, json=reset)
        assert can_log_in(shop)
    backend = shop.backend()
    answer = backend.ok("POST", "/customers/import", 207, json=[legacy("late@example.com")])
    assert answer[0]["code"] == 400
    backend.ok("DELETE", RETENTION, 204)


def test_an_opaque_native_hash_is_stored_and_opens_nothing(shop, backend):
    item = {"account": {"email": NORA, "passwordHash": "1:10000:abcdefgh:ijklmnop"}}
    assert backend.ok("POST", "/customers/import", 207, json=[item])[0]["code"] == 201
    assert not can_log_in(shop)
