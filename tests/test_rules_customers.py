"""Pure rules of customers: fields, views, tags, passwords, SaaS token, retention days."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock.rules import customers, passwords, retention, saas_token

TODAY = date(2026, 3, 10)


def test_a_native_hash_has_the_shape_of_the_published_example():
    stored = passwords.hash_password("Loyal-Points-1", "abcdefgh")
    version, iterations, salt, key = stored.split(":")
    assert (version, iterations, salt) == ("1", "50", "abcdefgh")
    assert len(base64.b64decode(key)) == 32


@given(st.text(), st.text(), st.text())
def test_a_password_opens_its_own_hash_only(password, other, salt):
    stored = passwords.hash_password(password, salt, 1)
    assert passwords.matches(password, stored)
    assert passwords.matches(other, stored) == (other == password)


@pytest.mark.parametrize(
    "stored", ["", "1", "1:2", "1:x:s:k", "1:0:s:k", "2:1:s:k", "1:100001:s:k", "1:²:s:k"]
)
def test_what_is_no_hash_matches_nothing(stored):
    assert not passwords.matches("", stored)


def test_a_legacy_hash_salts_with_system_and_user():
    digest = hashlib.sha512(b"pepper::secret::uid-1").digest()
    context = {"originalUid": "uid-1", "systemSalt": "pepper"}
    for text in (digest.hex(), digest.hex().upper(), base64.b64encode(digest).decode()):
        assert passwords.matches_legacy("secret", {"hash": text, "context": context}, "mail@example.com")
        assert not passwords.matches_legacy("Secret", {"hash": text, "context": context}, "mail@example.com")
    plain = f"{passwords.HYBRIS_SALT}::secret::mail@example.com"
    own = {"hash": hashlib.sha512(plain.encode()).hexdigest()}
    assert passwords.matches_legacy("secret", own, "mail@example.com")
    assert not passwords.matches_legacy("secret", own, "other@example.com")
    assert not passwords.matches_legacy("secret", {"hash": "not base64!"}, "mail@example.com")
    assert not passwords.matches_legacy("secret", {"hash": "z" * 128}, "mail@example.com")


def test_a_saas_token_names_its_customer_until_it_ends():
    token = saas_token.issue("acme", "10000001", issued_at=1000, token_id="t-1")
    header, claims, _ = (
        json.loads(decoded(part)) if i < 2 else part for i, part in enumerate(token.split("."))
    )
    assert header == {"typ": "JWT", "alg": "HS256"}
    assert claims == {"sub": "10000001", "iat": 1000, "exp": 15400, "jti": "t-1"}
    assert saas_token.customer_of("acme", token, now=15399.9) == "10000001"
    assert saas_token.customer_of("acme", token, now=15400) is None
    assert saas_token.customer_of("other", token, now=1000) is None


def decoded(part):
    return base64.urlsafe_b64decode(part + "==")


def test_a_forged_saas_token_names_nobody():
    token = saas_token.issue("acme", "10000001", issued_at=1000, token_id="t-1")
    for forged in ("", "a.b.c", f"{token}é", token[:-1], token.replace(".", "x", 1)):
        assert saas_token.customer_of("acme", forged, now=1000) is None


def test_only_listed_fields_are_picked_and_of_companies_only_the_number():
    body = {
        "firstName": "A",
        "active": True,
        "b2b": {"companyRegistrationId": "1", "legalEntities": []},
        "x": 1,
    }
    assert customers.picked(body, customers.OWN_PROFILE) == {
        "firstName": "A",
        "b2b": {"companyRegistrationId": "1"},
    }
    assert customers.picked(body, customers.PROFILE)["active"] is True


def test_nulls_and_emptied_contact_data_are_no_values():
    profile = {"firstName": "", "contactPhone": "", "contactEmail": "", "restriction": None}
    assert customers.tidied(profile) == {"firstName": ""}


@pytest.mark.parametrize(
    ("text", "good"),
    [("a", True), ("A-_9" * 16, True), ("x" * 67, False), ("", False), ("ä", False), ("a\n", False)],
)
def test_ids(text, good):
    assert customers.is_id(text) is good


tags = st.lists(st.sampled_from(["A", "a", "B", "b", "ß", "SS", "c"]))


@given(tags, tags)
def test_tags_are_a_set_without_case_in_order_of_first_appearance(old, more):
    found = customers.with_tags(old, more)
    folded = [tag.casefold() for tag in found]
    assert len(set(folded)) == len(folded)
    assert set(folded) == {tag.casefold() for tag in [*old, *more]}
    assert found == [
        tag
        for i, tag in enumerate([*old, *more])
        if tag.casefold() not in {t.casefold() for t in [*old, *more][:i]}
    ]
    left = customers.without_tags(found, more)
    assert {tag.casefold() for tag in left} == set(folded) - {tag.casefold() for tag in more}


def test_a_tag_list_drops_blanks():
    assert customers.tag_list(" A, ,b,,") == ["A", "b"]


def test_views_of_a_bare_seed_are_complete():
    view = customers.seller_view({"id": "1"}, "", accounts=[], addresses=[])
    assert view == {
        "id": "1",
        "customerNumber": "1",
        "active": True,
        "onHold": False,
        "preferredLanguage": "en_US",
        "preferredCurrency": "USD",
        "preferredSite": "main",
        "businessModel": "B2C",
    }
    own = customers.own_view(
        {"id": "1", "lastLogin": "2026-01-01T00:00:00.000Z"}, "", accounts=[], addresses=[]
    )
    assert own["lastLogin"].startswith("2026")
    assert not {"active", "onHold"} & set(own)


def test_default_days_of_the_reminder():
    def reminder(end):
        return retention.completed({"retentionEndDate": end}, TODAY)["emailReminderDate"]

    assert reminder("2026-04-10") == "2026-04-03"
    assert reminder("2026-03-18") == "2026-03-11"
    assert reminder("2026-03-17") == "2026-03-11"
    assert reminder("2026-03-11") == "2026-03-11"


@pytest.mark.parametrize(
    ("end", "reminder", "field"),
    [
        ("2026-03-10", None, "retentionEndDate"),
        ("2026-03-20", "2026-03-20", "emailReminderDate"),
        ("2026-03-20", "2026-03-09", "emailReminderDate"),
    ],
)
def test_days_that_cannot_be(end, reminder, field):
    with pytest.raises(retention.InvalidDate) as refused:
        retention.completed({"retentionEndDate": end, "emailReminderDate": reminder}, TODAY)
    assert refused.value.field == field


def test_a_retention_is_active_until_its_end():
    config = retention.completed({"retentionEndDate": "2026-03-20", "emailReminderDate": "2026-03-10"}, TODAY)
    assert retention.is_active(config, TODAY)
    assert not retention.is_active(config, date(2026, 3, 20))
    assert not retention.is_active(None, TODAY)
    assert retention.reminder_due(config, TODAY)
