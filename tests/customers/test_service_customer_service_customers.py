"""Customers of the tenant over HTTP."""

from __future__ import annotations

from itertools import count

import pytest

from emporix_mock.store.tokens import Principal

NORA, PASSWORD = "nora.winter@example.com", "Loyal-Points-5"
READ, MANAGE = "customer.customer_read", "customer.customer_manage"
_tokens = count(1)


@pytest.fixture
def backend(shop):
    return shop.backend()


def issue(shop, *scopes, kind="customer", **who):
    token = f"token-{shop.tenant}-{next(_tokens)}"
    shop.stored.tokens.issue(Principal(kind, shop.tenant, token, frozenset(scopes), **who))
    return shop.caller(token)


def create(backend, status=201, **body):
    query = {"sendPasswordResetNotifications": body.pop("notify", True)}
    return backend.ok("POST", "/customers", status, params=query, json=body).get("id")


def unknown(number):
    return {
        "status": 404,
        "type": "application/json",
        "message": "Customer not Found",
        "details": [{"message": f"Couldn't find a customer with customerNumber '{number}'", "moreInfo": ""}],
    }


def test_a_customer_is_created_active_with_defaults(shop, backend):
    number = create(backend, firstName="Nora", contactEmail=NORA)
    assert len(number) == 8
    customer = backend.ok("GET", f"/customers/{number}")
    created = customer["metadata"].pop("createdAt")
    assert customer.pop("metadataCreatedAt") == created == customer["metadata"].pop("modifiedAt")
    assert customer == {
        "id": number,
        "customerNumber": number,
        "firstName": "Nora",
        "contactEmail": NORA,
        "email": NORA,
        "preferredLanguage": "en_US",
        "preferredCurrency": "USD",
        "preferredSite": "main",
        "active": True,
        "onHold": False,
        "businessModel": "B2C",
        "metadata": {"version": 1},
    }
    assert [event["id"] for event in shop.events("customer.created")] == [number]


def test_a_customer_without_a_password_gets_a_mail_to_choose_one(shop, backend):
    create(backend, contactEmail=NORA, preferredSite="main")
    [mail] = shop.mails("password-reset")
    assert (mail["email"], mail["site"]) == (NORA, "main")
    visitor = shop.visitor()
    visitor.refused("POST", "/login", 401, json={"email": NORA, "password": PASSWORD})
    visitor.ok("POST", "/password/reset/update", 204, json={"token": mail["token"], "password": PASSWORD})
    assert shop.sign_in(NORA, PASSWORD).login["initialPassword"] is False


def test_an_employees_password_is_initial_until_it_is_changed(shop, backend):
    create(backend, contactEmail=NORA, password="Initial-Points-1")
    assert shop.mails("password-reset") == []
    caller = shop.sign_in(NORA, "Initial-Points-1")
    assert caller.login["initialPassword"] is True
    change = {"currentPassword": "Initial-Points-1", "newPassword": PASSWORD}
    caller.ok("POST", "/password/change", 204, json=change)
    assert shop.sign_in(NORA, PASSWORD).login["initialPassword"] is False


def test_no_mail_is_sent_where_none_is_wanted(shop, backend):
    create(backend, contactEmail=NORA, notify=False)
    create(backend, firstName="Nobody")
    create(backend, contactEmail="contact@example.com", type="CONTACT")
    assert shop.mails("password-reset") == []


def test_ids_of_ones_own_are_taken_once(shop, backend):
    assert create(backend, id="C-0033_a", contactEmail=NORA) == "C-0033_a"
    for body, rule in (
        ({"id": "C-0033_a"}, "engine/duplicate-customer"),
        ({"contactEmail": NORA.upper()}, "engine/duplicate-account"),
    ):
        assert backend.refused("POST", "/customers", 409, rule, json=body)["type"] == "conflict_resource"
    for bad in ("", "a b", "x" * 67):
        assert backend("POST", "/customers", json={"id": bad}).status_code == 400


def test_a_contact_becomes_a_customer(shop, backend):
    number = create(backend, contactEmail=NORA, type="CONTACT", password="Initial-Points-1")
    credentials = {"email": NORA, "password": "Initial-Points-1"}
    shop.visitor().refused("POST", "/login", 403, "customer-management/contact-only", json=credentials)
    backend.ok("PATCH", f"/customers/{number}", json={"type": "CUSTOMER"})
    assert [
        mail["email"] for kind in ("password-reset", "account-activated") for mail in shop.mails(kind)
    ] == [
        NORA,
        NORA,
    ]
    shop.sign_in(**credentials)
    refused = backend.refused(
        "PATCH", f"/customers/{number}", 400, "customer-service/unknown-type", json={"type": "ROBOT"}
    )
    assert refused["details"][0]["field"] == "type"


def test_expansions_show_addresses_accounts_and_mixins(shop, backend):
    number = create(backend, contactEmail=NORA, mixins={"club": {"level": "gold"}})
    backend.ok("POST", f"/customers/{number}/addresses", 201, json={"contactName": "Nora", "id": "home"})
    for path in (f"/customers/{number}", f"/customers?q=id:{number}"):
        bare = backend.ok("GET", path)
        bare = bare[0] if isinstance(bare, list) else bare
        assert not {"addresses", "accounts", "mixins", "defaultAddress"} & set(bare)
        full = backend.ok(
            "GET",
            path,
            params={"expand": "accounts,addresses,mixin:*"} | ({"q": f"id:{number}"} if "?" in path else {}),
        )
        full = full[0] if isinstance(full, list) else full
        assert full["accounts"] == [{"id": NORA}]
        assert [a["id"] for a in full["addresses"]] == ["home"]
        assert full["defaultAddress"] == full["addresses"][0]
        assert full["mixins"] == {"club": {"level": "gold"}}


def test_put_replaces_what_it_leaves_out_and_keeps_status_and_e_mail(shop, backend):
    number = create(backend, firstName="Nora", company="Winter", contactEmail=NORA)
    backend.ok("PATCH", f"/customers/{number}", json={"active": False})
    body = {"lastName": "Winter", "metadata": {"version": 2}}
    answer = backend("PUT", f"/customers/{number}", json=body)
    assert (answer.status_code, answer.content) == (204, b"")
    customer = backend.ok("GET", f"/customers/{number}")
    assert not {"firstName", "company"} & set(customer)
    assert (customer["lastName"], customer["contactEmail"], customer["active"]) == ("Winter", NORA, False)
    assert customer["metadata"]["version"] == 3
    headers = {"content-type": "application/merge-patch+json"}
    backend.ok("PUT", f"/customers/{number}", 204, content='{"firstName": "N"}', headers=headers)


def test_put_creates_what_is_not_there(shop, backend):
    assert backend.ok("PUT", "/customers/C0099", 201, json={"contactEmail": NORA}) == {"id": "C0099"}
    assert len(shop.mails("password-reset")) == 1
    body = {"contactEmail": "kim@example.com", "active": False}
    backend.ok("PUT", "/customers/C0100?sendPasswordResetNotifications=false", 201, json=body)
    assert len(shop.mails("password-reset")) == 1
    assert backend.ok("GET", "/customers/C0100")["active"] is False
    backend.refused("PUT", "/customers/a%20b", 400, "customer-service/invalid-id", json={})
    backend.refused("PUT", "/customers/C0101", 409, "engine/duplicate-account", json={"contactEmail": NORA})


def test_patch_merges_and_answers_nothing(shop, backend):
    number = create(backend, firstName="Nora", mixins={"club": {"level": "gold", "since": 2020}})
    answer = backend(
        "PATCH", f"/customers/{number}", json={"lastName": "Winter", "mixins": {"club": {"level": "silver"}}}
    )
    assert (answer.status_code, answer.content) == (200, b"")
    customer = backend.ok("GET", f"/customers/{number}?expand=mixin:*")
    assert (customer["firstName"], customer["lastName"]) == ("Nora", "Winter")
    assert customer["mixins"] == {"club": {"level": "silver", "since": 2020}}
    [event] = shop.events("customer.updated")
    assert event["lastName"] == "Winter"


def test_a_first_e_mail_opens_an_account(shop, backend):
    number = create(backend, firstName="Nora")
    backend.ok("PATCH", f"/customers/{number}", json={"contactEmail": NORA})
    assert backend.ok("GET", f"/customers/{number}?expand=accounts")["accounts"] == [{"id": NORA}]
    other = create(backend, firstName="Kim")
    rule = "engine/duplicate-account"
    backend.refused("PATCH", f"/customers/{other}", 409, rule, json={"contactEmail": NORA})
    assert "contactEmail" not in backend.ok("GET", f"/customers/{other}")


def test_a_contact_e_mail_is_not_unset(backend):
    number = create(backend, contactEmail=NORA)
    rule = "customer-service/contact-email-unset"
    for method in ("PATCH", "PUT"):
        backend.refused(method, f"/customers/{number}", 400, rule, json={"contactEmail": ""})


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_stale_version_is_a_conflict(backend, method):
    number = create(backend, firstName="Nora")
    backend.ok("PATCH", f"/customers/{number}", json={"firstName": "N", "metadata": {"version": 1}})
    stale = {"firstName": "X", "metadata": {"version": 1}}
    backend.refused(method, f"/customers/{number}", 409, "engine/stale-version", json=stale)
    assert backend.ok("GET", f"/customers/{number}")["firstName"] == "N"


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/addresses"),
        ("POST", "/addresses"),
        ("GET", "/addresses/a"),
        ("PUT", "/addresses/a"),
        ("PATCH", "/addresses/a"),
        ("DELETE", "/addresses/a"),
        ("POST", "/addresses/a/tags?tags=A"),
        ("DELETE", "/addresses/a/tags?tags=A"),
    ],
)
def test_an_unknown_customer_is_named(backend, method, rest):
    body = {"contactName": "N"} if method in ("POST", "PUT", "PATCH") and "tags" not in rest else None
    answer = backend.refused(method, f"/customers/13869000{rest}", 404, json=body)
    assert answer == unknown("13869000")


def test_a_deleted_customer_is_gone_with_all_that_is_theirs(shop, backend):
    caller = shop.customer(NORA, PASSWORD, customerAddress={"contactName": "Nora"})
    answer = backend("DELETE", f"/customers/{caller.number}")
    assert (answer.status_code, answer.content) == (202, b"")
    backend.refused("GET", f"/customers/{caller.number}", 404)
    assert caller("GET", "/me").status_code == 401
    visitor = shop.visitor()
    visitor.refused("POST", "/login", 401, json={"email": NORA, "password": PASSWORD})
    refresh = {"refreshToken": caller.login["refresh_token"]}
    assert visitor("GET", "/refreshauthtoken", params=refresh).status_code == 401
    assert shop.events("customer.deleted") == [
        {
            "customerNumber": caller.number,
            "email": NORA,
            "triggeredBy": f"{shop.tenant}-backend",
            "tenant": shop.tenant,
        }
    ]
    # The e-mail is free again, the number is not.
    assert shop.sign_up(NORA) != caller.number
    rule = "engine/duplicate-customer"
    backend.refused("POST", "/customers", 409, rule, json={"id": caller.number})
    backend.refused("PUT", f"/customers/{caller.number}", 409, rule, json={})
    shop.setting("enableRecreationOfDeletedCustomer", True)
    assert create(backend, id=caller.number) == caller.number
    assert backend.ok("GET", f"/customers/{caller.number}/addresses") == []


def test_a_deletion_may_bring_an_empty_object(backend):
    number = create(backend, firstName="Nora")
    backend.ok("DELETE", f"/customers/{number}", 202, json={})


# Lists.


@pytest.fixture
def five(backend):
    """Five customers of one company name, created in order."""
    return [create(backend, firstName=name, company="Five", id=f"C{i}") for i, name in enumerate("EDCBA")]


def test_a_list_is_paged_and_counted(backend, five):
    answer = backend("GET", "/customers", params={"q": "company:Five", "pageSize": 2, "pageNumber": 3})
    assert [c["id"] for c in answer.json()] == five[4:]
    assert (answer.headers["Count"], answer.headers["hybris-count"]) == ("5", "5")
    beyond = backend("GET", "/customers", params={"q": "company:Five", "pageSize": 2, "pageNumber": 4})
    assert (beyond.json(), beyond.headers["Count"]) == ([], "5")


def test_a_list_is_sorted(backend, five):
    by_name = backend.ok("GET", "/customers?q=company:Five&sort=firstName")
    assert [c["id"] for c in by_name] == five[::-1]
    back = backend.ok("GET", "/customers?q=company:Five&sort=firstName:desc")
    assert [c["id"] for c in back] == five


def test_a_search_takes_its_filter_from_the_body(backend, five):
    answer = backend("POST", "/customers/search?pageSize=1&sort=firstName", json={"q": "company:Five"})
    assert [c["id"] for c in answer.json()] == [five[-1]]
    assert answer.headers["Count"] == "5"
    everybody = backend("POST", "/customers/search?pageSize=1000")
    assert len(everybody.json()) == int(everybody.headers["Count"]) >= 5


def test_customers_are_found_by_what_they_have(shop, backend, five):
    number = create(backend, contactEmail=NORA, mixins={"club": {"level": "gold"}})
    for q in (f"contactEmail:{NORA}", f"email:{NORA}", "mixins.club.level:gold", f"id:({number},none)"):
        assert [c["id"] for c in backend.ok("GET", "/customers", params={"q": q})] == [number], q
    since = shop.stored.clock.now().year
    recent = backend.ok(
        "GET", "/customers", params={"q": f'company:Five metadataCreatedAt:>"{since}-01-01T00:00:00Z"'}
    )
    assert len(recent) == 5
    assert backend.ok("GET", "/customers?q=nothing:there") == []


@pytest.mark.parametrize(
    "query", ["q=broken", "pageNumber=0", "pageSize=0", "pageSize=x", "pageNumber=1000000000000000"]
)
def test_a_list_that_cannot_be_is_refused(backend, query):
    assert backend("GET", f"/customers?{query}").status_code == 400


def test_the_old_path_of_the_list_still_works(shop, backend, five):
    answer = backend("GET", f"//caas-customer/{shop.tenant}/customers/", params={"q": "company:Five"})
    assert [c["id"] for c in answer.json()] == five
    assert answer.headers["hybris-count"] == "5"
    assert backend("GET", "//caas-customer/elsewhere/customers").status_code == 400


# Scopes.


def test_every_operation_needs_its_scope(shop):
    number = create(shop.backend(), firstName="Nora")
    one, addresses = f"/customers/{number}", f"/customers/{number}/addresses"
    retention = "/config/password-migration-retention"
    need = {
        ("GET", "/customers"): READ,
        ("POST", "/customers/search"): READ,
        ("GET", one): READ,
        ("GET", addresses): READ,
        ("GET", f"{addresses}/a"): READ,
        ("POST", "/customers"): MANAGE,
        ("PUT", one): MANAGE,
        ("PATCH", one): MANAGE,
        ("DELETE", one): MANAGE,
        ("POST", addresses): MANAGE,
        ("PUT", f"{addresses}/a"): MANAGE,
        ("PATCH", f"{addresses}/a"): MANAGE,
        ("DELETE", f"{addresses}/a"): MANAGE,
        ("DELETE", f"{addresses}/a/tags"): MANAGE,
        ("GET", retention): "customer.import_read",
        ("POST", retention): "customer.import_manage",
        ("DELETE", retention): "customer.import_manage",
        ("POST", "/customers/import"): "customer.import_manage",
    }
    visitor, scopes = shop.visitor(), set(need.values())
    for (method, path), scope in need.items():
        for caller in (visitor, shop.backend(" ".join(scopes - {scope}))):
            refused = caller(method, path)
            assert (refused.status_code, refused.json()["type"]) == (403, "Forbidden"), (method, path)
            assert scope in refused.headers["x-emporix-mock-scopes"], (method, path)
        assert shop.caller(None)(method, path).status_code == 401
    for (method, path), scope in need.items():
        if (method, path) != ("DELETE", one):
            assert shop.backend(scope)(method, path, json={}).status_code not in (401, 403), (method, path)


def test_tagging_takes_any_token_of_the_tenant_but_no_strangers(shop):
    backend = shop.backend()
    number = create(backend, firstName="Nora")
    backend.ok("POST", f"/customers/{number}/addresses", 201, json={"contactName": "Nora", "id": "home"})
    shop.visitor().refused("POST", f"/customers/{number}/addresses/home/tags?tags=GIFT", 404)
    limited = shop.backend("customer.customer_read_own")
    limited.ok("POST", f"/customers/{number}/addresses/home/tags?tags=GIFT", 204)
    assert backend.ok("GET", f"/customers/{number}/addresses/home")["tags"] == ["GIFT"]
    assert shop.caller(None)("POST", f"/customers/{number}/addresses/home/tags?tags=A").status_code == 401


def company(*names):
    return {"b2b": {"legalEntities": [{"id": name, "name": name} for name in names]}}


def test_own_scopes_reach_the_customers_of_the_own_companies(shop):
    backend = shop.backend()
    boss, buyer, both, other = (create(backend, firstName=n, company="Scoped") for n in ("A", "B", "C", "D"))
    for number, entities in ((boss, ("E1", "E2")), (buyer, ("E1",)), (both, ("E1", "E2")), (other, ("E3",))):
        shop.stored_customer(number, **company(*entities))
    own = ("customer.customer_read_own", "customer.customer_manage_own")

    def seen(caller):
        answer = caller("GET", "/customers?q=company:Scoped")
        assert answer.headers["Count"] == str(len(answer.json()))
        return [c["id"] for c in answer.json()]

    admin = issue(shop, *own, customer_id=boss)
    bound = issue(shop, *own, customer_id=boss, legal_entity_id="E2")
    nobody = issue(shop, *own, kind="service")
    assert (seen(admin), seen(bound), seen(nobody)) == ([boss, buyer, both], [boss, both], [])
    assert [c["id"] for c in admin.ok("POST", "/customers/search", json={"q": f"id:{other}"})] == []

    assert admin.ok("GET", f"/customers/{buyer}")["businessModel"] == "B2B"
    admin.ok("PATCH", f"/customers/{buyer}", json={"active": False})
    admin.ok("PUT", f"/customers/{buyer}", 204, json={"firstName": "Ben"})
    assert admin.ok("GET", f"/customers/{buyer}")["b2b"]["legalEntities"][0]["id"] == "E1"
    for method in ("GET", "PATCH", "DELETE"):
        assert admin.refused(method, f"/customers/{other}", 404) == unknown(other)
    admin.refused("PUT", f"/customers/{other}", 403, "customer-service/not-own-company", json={})
    admin.ok("DELETE", f"/customers/{buyer}", 202)
    assert shop.events("customer.deleted")[0]["triggeredBy"] == boss
    admin.refused("GET", f"/customers/{boss}/addresses", 403)


def test_a_restricted_scope_reaches_its_restriction(shop):
    shop.setting("restrictions", ["DE", "UK"])
    backend = shop.backend()
    german = create(backend, company="Limits", restriction="DE")
    british = create(backend, company="Limits", restriction="UK")
    free = create(backend, company="Limits")
    restricted = issue(shop, f"{READ}--DE", f"{MANAGE}--UK", kind="service")
    assert [c["id"] for c in restricted.ok("GET", "/customers?q=company:Limits")] == [german, free]
    restricted.refused("GET", f"/customers/{british}", 404)
    restricted.refused("GET", f"/customers/{british}/addresses", 404)
    restricted.ok("PATCH", f"/customers/{british}", json={"firstName": "Ann"})
    restricted.refused("PATCH", f"/customers/{german}", 404, json={"firstName": "Ann"})


def test_a_restriction_is_one_of_the_tenants(shop):
    backend, rule = shop.backend(), "customer-service/unknown-restriction"
    backend.refused("POST", "/customers", 400, rule, json={"restriction": "DE"})
    shop.setting("restrictions", "DE,UK")
    number = create(backend, restriction="DE")
    backend.refused("PATCH", f"/customers/{number}", 400, rule, json={"restriction": "FR"})
    backend.refused("PUT", f"/customers/{number}", 400, rule, json={"restriction": "FR"})
    backend.ok("PATCH", f"/customers/{number}", json={"restriction": None})
    assert "restriction" not in backend.ok("GET", f"/customers/{number}")


def test_a_restriction_follows_the_preferred_site_where_that_is_wanted(shop):
    shop.setting("enableSyncBetweenRestrictionsAndSiteCodes", True)
    backend = shop.backend()
    assert backend.ok("GET", f"/customers/{create(backend, preferredSite='uk')}")["restriction"] == "uk"
    assert backend.ok("GET", f"/customers/{create(backend)}")["restriction"] == "main"


def test_the_event_of_a_change_tells_addresses_and_accounts(shop, backend):
    number = create(backend, contactEmail=NORA)
    address = {"contactName": "Nora", "id": "home", "city": "Ulm"}
    backend.ok("POST", f"/customers/{number}/addresses", 201, json=address)
    backend.ok("PATCH", f"/customers/{number}/addresses/home", json={"city": "Bonn"})
    backend.ok("PATCH", f"/customers/{number}", json={"lastName": "Winter"})
    backend.ok("DELETE", f"/customers/{number}/addresses/home", 204)
    events = shop.events("customer.updated")
    assert [[found["city"] for found in event["addresses"]] for event in events] == [
        ["Ulm"],
        ["Bonn"],
        ["Bonn"],
        [],
    ]
    assert (events[2]["lastName"], events[2]["defaultAddress"]["id"]) == ("Winter", "home")
    assert events[2]["accounts"] == [{"id": NORA}]
    assert "defaultAddress" not in events[3]
