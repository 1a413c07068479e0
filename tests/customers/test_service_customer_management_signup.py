"""Sign-up over HTTP, with and without a confirmation by mail."""

from __future__ import annotations

import pytest

LENA, PASSWORD = "lena.vogt@example.com", "Loyal-Points-3"
DETAILS = {
    "title": "MS",
    "firstName": "Lena",
    "lastName": "Vogt",
    "contactEmail": LENA,
    "preferredCurrency": "EUR",
}
ADDRESS = {
    "contactName": "Lena Vogt",
    "street": "Isarweg",
    "zipCode": "80331",
    "city": "Munich",
    "country": "DE",
}


def test_a_sign_up_gives_an_id_and_nothing_else(shop):
    answer = shop.visitor()("POST", "/signup", json={"email": LENA, "password": PASSWORD})
    assert answer.status_code == 201
    assert set(answer.json()) == {"id"}
    assert answer.json()["id"].isdigit()
    assert len(answer.json()["id"]) == 8
    created = shop.events("customer.created")
    assert (created[0]["id"], created[0]["tenant"]) == (answer.json()["id"], shop.tenant)
    assert shop.mails("opt-in") == []


def test_details_and_address_are_stored(shop):
    caller = shop.customer(
        customerDetails=DETAILS, customerAddress=ADDRESS | {"tags": ["SHIPPING", "shipping"]}
    )
    me = caller.ok("GET", "/me?expand=addresses")
    assert me | DETAILS == me
    assert (me["preferredLanguage"], me["preferredSite"]) == ("en_US", "main")
    assert me["accounts"] == [{"id": LENA}]
    assert me["businessModel"] == "B2C"
    [address] = me["addresses"]
    assert address | ADDRESS == address
    assert (address["isDefault"], address["tags"]) == (True, ["SHIPPING"])
    assert me["defaultAddress"] == address


def test_separate_credentials_are_the_login(shop):
    signup = {"email": "login@example.com", "password": "Other-Points-1"}
    number = shop.sign_up(signup=signup, customerDetails=DETAILS)
    me = shop.sign_in(**signup).ok("GET", "/me")
    assert (me["id"], me["contactEmail"], me["accounts"]) == (number, LENA, [{"id": "login@example.com"}])
    shop.visitor().refused("POST", "/login", 401, json={"email": LENA, "password": PASSWORD})
    # The top-level e-mail is no account, so it is still free.
    shop.sign_up(LENA)


def test_an_e_mail_has_one_account(shop):
    shop.sign_up()
    for email in (LENA, LENA.upper()):
        body = shop.visitor().refused(
            "POST", "/signup", 409, "engine/duplicate-account", json={"email": email, "password": PASSWORD}
        )
        assert body == {
            "status": 409,
            "type": "conflict_resource",
            "message": f"Duplicate account '{email}' for tenant '{shop.tenant}'.",
        }


def test_the_contact_e_mail_is_that_of_the_sign_up(shop):
    body = {"email": LENA, "password": PASSWORD, "customerDetails": {"contactEmail": "other@example.com"}}
    shop.visitor().refused("POST", "/signup", 400, "customer-management/other-contact-email", json=body)


@pytest.mark.parametrize(
    "body",
    [
        {"email": LENA},
        {"password": PASSWORD},
        {"email": "", "password": PASSWORD},
        {"email": LENA, "password": PASSWORD, "signup": {"email": LENA, "password": "short"}},
        {"email": LENA, "password": PASSWORD, "customerAddress": {"city": "Berlin"}},
        {"email": LENA, "password": PASSWORD, "customerAddress": ADDRESS | {"country": "DEU"}},
        {"email": LENA, "password": PASSWORD, "customerDetails": {"preferredCurrency": "EURO"}},
    ],
)
def test_an_incomplete_sign_up_is_refused_and_leaves_nothing(shop, body):
    stored = [
        shop.stored.collection("customer-management", "accounts"),
        shop.stored.collection("customer-service", "customers"),
    ]
    before = [len(documents) for documents in stored]
    assert shop.visitor()("POST", "/signup", json=body).status_code == 400
    assert [len(documents) for documents in stored] == before
    shop.sign_up()


def test_a_sign_up_without_a_body_is_refused(shop):
    shop.visitor().refused("POST", "/signup", 400, "customer-management/missing-field")


def test_a_company_needs_names(shop):
    details = {
        "firstName": "Lena",
        "lastName": "Vogt",
        "company": "Vogt",
        "b2b": {"companyRegistrationId": "HRB 1"},
    }
    for missing in ("firstName", "lastName", "company"):
        body = {
            "email": LENA,
            "password": PASSWORD,
            "customerDetails": {k: v for k, v in details.items() if k != missing},
        }
        answer = shop.visitor().refused(
            "POST", "/signup", 400, "customer-management/company-incomplete", json=body
        )
        assert answer["details"][0]["field"] == f"customerDetails.{missing}"


def test_those_who_sign_up_for_one_company_share_it(shop):
    def sign_up(email, registration):
        details = {
            "firstName": "A",
            "lastName": "B",
            "company": "Vogt",
            "b2b": {"companyRegistrationId": registration},
        }
        return shop.customer(email, customerDetails=details).ok("GET", "/me")

    first, second = sign_up("a@example.com", "HRB 1"), sign_up("b@example.com", "HRB 1")
    other = sign_up("c@example.com", "HRB 2")
    assert {me["businessModel"] for me in (first, second, other)} == {"B2B"}
    entities = [me["b2b"]["legalEntities"][0] for me in (first, second, other)]
    assert entities[0]["id"] == entities[1]["id"] != entities[2]["id"]
    assert len({entity["contactAssignmentId"] for entity in entities}) == 3
    assert entities[0]["name"] == "Vogt"


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("customerActiveOnCreation", False, "not-active"),
        ("customerActiveOnCreation", "false", "not-active"),
        ("customerOnHoldOnCreation", True, "on-hold"),
    ],
)
def test_the_tenant_decides_on_the_first_state(shop, key, value, rule):
    shop.setting(key, value)
    shop.sign_up()
    credentials = {"email": LENA, "password": PASSWORD}
    shop.visitor().refused("POST", "/login", 403, f"customer-management/{rule}", json=credentials)


@pytest.fixture
def confirming(shop):
    shop.setting("signUp.enableAccountCreationEmailConfirmation", True)
    return shop


def test_a_confirmed_sign_up_activates_and_logs_in(confirming):
    number = confirming.sign_up()
    visitor = confirming.visitor()
    credentials = {"email": LENA, "password": PASSWORD}
    visitor.refused("POST", "/login", 403, "customer-management/not-active", json=credentials)

    [mail] = confirming.mails("opt-in")
    assert (mail["email"], mail["status"], len(mail["token"])) == (LENA, "open", 64)
    assert confirming.events("customer.opt-in") == [
        {
            "customerNumber": number,
            "activateAccountUrl": f"/customer/{confirming.tenant}/signup/optin/{mail['token']}",
            "token": mail["token"],
            "tenant": confirming.tenant,
        }
    ]
    login = visitor.ok("GET", f"/signup/optin/{mail['token']}")
    assert {"access_token", "saas_token", "saasToken", "refresh_token"} <= set(login)
    assert confirming.caller(login["access_token"]).ok("GET", "/me")["id"] == number
    visitor.ok("POST", "/login", json=credentials)
    # A token is good once.
    visitor.refused("GET", f"/signup/optin/{mail['token']}", 404)


def test_a_resent_mail_makes_the_older_one_void(confirming):
    confirming.sign_up()
    visitor = confirming.visitor()
    visitor.ok("POST", "/signup/optin/refresh_token", 202, json={"email": LENA})
    old, new = confirming.mails("opt-in")
    assert confirming.events("customer.refresh-token") == [{"email": LENA, "tenant": confirming.tenant}]
    visitor.refused("GET", f"/signup/optin/{old['token']}", 404)
    visitor.ok("GET", f"/signup/optin/{new['token']}")
    # Nothing left to confirm, nobody to tell: the answer is the same.
    for email in (LENA, "nobody@example.com"):
        visitor.ok("POST", "/signup/optin/refresh_token", 202, json={"email": email})
    assert len(confirming.mails("opt-in")) == 2


def test_an_unknown_confirmation_and_a_resend_to_nobody_are_refused(confirming):
    visitor = confirming.visitor()
    visitor.refused("GET", "/signup/optin/unknown", 404)
    assert visitor("POST", "/signup/optin/refresh_token", json={}).status_code == 400
    assert visitor("POST", "/signup/optin/refresh_token").status_code == 400


def test_the_setting_may_stand_in_a_document_of_its_group(shop):
    shop.setting("signUp", '{"enableAccountCreationEmailConfirmation": true}')
    shop.sign_up()
    assert len(shop.mails("opt-in")) == 1
