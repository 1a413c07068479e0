"""Groups, members, access controls, scopes and employees over HTTP, and what they mean for tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

HOTELS, AUSTRIA = "65e0a1b2c3d4e5f60c000001", "65e0a1b2c3d4e5f60c000002"
CONTROL = "b71d4e20-3c5f-4a8b-9e02-000000000{}".format
GROUP = "9a3e5c10-7d24-4b6f-8c1a-0000000000{}".format
STAFF = "1gr5e52e-6e27-4ac5-9471-2467d3fb7501"
PAULA, BEN = "8f1c2b3a4d5e6f708192", "8f1c2b3a4d5e6f708193"
EVERY = {"Content-Language": "*"}


class Iam:
    """The service as one caller sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world, self.http = world, http

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        root = "" if path.startswith("/") else f"/iam/{self.world.tenant}/"
        return self.http.request(method, root + path, **request)

    def ok(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json()

    def ids(self, path: str, **query: Any) -> list[str]:
        return [found["id"] for found in self.ok("GET", path, params=query)]


@pytest.fixture
def iam(either: World) -> Iterator[Iam]:
    with either.backend() as http:
        yield Iam(either, http)


def as_customer(world: World, name: str, number: int, company: str | None = None) -> httpx.Client:
    """A client of one of the company's people, bound to a company where one is named."""
    login = world.login(f"{name}@example.com", f"Loyal-Points-{number}")
    if company is None:
        return world.client(login["access_token"])
    with world.client(world.anonymous()["access_token"]) as guest:
        query = {"refreshToken": login["refresh_token"], "legalEntityId": company}
        answer = guest.get(f"/customer/{world.tenant}/refreshauthtoken", params=query)
    assert answer.status_code == 200, answer.text
    return world.client(answer.json()["access_token"])


def test_a_group_from_creation_to_deletion(either: World, iam: Iam):
    new = {
        "id": "night-shift",
        "name": {"en": "Night shift", "de": "Nachtschicht"},
        "userType": "CUSTOMER",
        "accessControls": [CONTROL("002")],
        "b2b": {"legalEntityId": HOTELS},
        "mixins": {"shift": {"hours": 8}},
        "code": "B2B_ADMIN",
    }
    assert iam.ok("POST", "groups", 201, json=new, headers=EVERY) == {"id": "night-shift"}
    found = iam.ok("GET", "groups/night-shift")
    assert found.pop("metadata")["version"] == 1
    assert found == {k: v for k, v in new.items() if k != "code"} | {"templates": []}
    assert iam.ok("GET", "groups/night-shift", headers={"Accept-Language": "de"})["name"] == {
        "de": "Nachtschicht"
    }
    again = iam.refused("POST", "groups", 409, json=new, headers=EVERY)
    assert again == {
        "resourceId": "night-shift",
        "code": 409,
        "status": "Conflict",
        "message": "Duplicated key",
        "details": ["Group with id 'night-shift' already exists"],
    }
    iam.refused("POST", "groups", 400, json=new)

    assert iam.ids("groups", userType="customer", name="elbhafen hotels a") == [
        GROUP("11"),
        *(GROUP(n) for n in ("21", "22", "23", "24")),
    ]
    assert iam.ids("groups", **{"b2b.legalEntityId": HOTELS}) == [
        *(GROUP(n) for n in ("11", "12", "13", "14")),
        "night-shift",
    ]
    assert iam.ids("groups", q="code:BO_USER") == [STAFF]
    assert iam.ids("groups", sort="metadata.createdAt:desc", pageSize=1) == ["night-shift"]
    paged = iam("GET", "groups", params={"pageSize": 2, "pageNumber": 2}, headers={"X-Total-Count": "true"})
    assert (len(paged.json()), int(paged.headers["x-total-count"])) == (2, len(iam.ids("groups")))
    assert iam.ids("groups/night-shift/access-controls") == [CONTROL("002")]

    change = {"name": {"en": "Late shift"}, "userType": "CUSTOMER", "metadata": {"version": 1}}
    assert iam.ok("PUT", "groups/night-shift", 204, json=change, headers=EVERY) is None
    assert iam.ok("GET", "groups/night-shift")["name"] == {"en": "Late shift"}
    iam.refused("PUT", "groups/night-shift", 409, json=change, headers=EVERY)
    assert iam.ok("PUT", "groups/day", 201, json={"name": {"en": "Day"}}, headers=EVERY) == {"id": "day"}
    assert iam.ok("GET", "groups/day")["userType"] == "EMPLOYEE"

    iam.ok("POST", "groups/night-shift/users", 201, json={"userId": "10000001", "userType": "CUSTOMER"})
    held = iam.refused("DELETE", "groups/night-shift", 400)
    assert (held["code"], held["message"]) == (400, "Constraint validation failed")
    with either.backend("iam.group_read") as http:
        worded = Iam(either, http).refused("POST", "groups", 403, json=new, headers=EVERY)
        assert worded["message"] == "You need a scope for this action."
        assert worded["details"] == ["Required scope(s): iam.group_manage"]
        worded = Iam(either, http).refused("GET", "access-controls", 403)
        assert worded["details"] == ["Missing required scopes '[iam.access_read]'"]
    with either.backend("iam.group_manage") as http:
        Iam(either, http).refused("DELETE", "groups/night-shift", 403, params={"forceDelete": True})
    iam.ok("DELETE", "groups/night-shift", 204, params={"forceDelete": True})
    gone = iam.refused("GET", "groups/night-shift", 404)
    assert gone == {
        "resourceId": "night-shift",
        "code": 404,
        "status": "Not Found",
        "message": "Error while getting group",
        "details": ["Group with id 'night-shift' not found"],
    }
    iam.ok("DELETE", "groups/night-shift", 204)


def test_what_a_group_cannot_be(iam: Iam):
    for controls, kind in (
        ([CONTROL("002")], "EMPLOYEE"),
        (["nothing"], "EMPLOYEE"),
        ([CONTROL("001")], "CUSTOMER"),
    ):
        body = {"name": {"en": "Odd"}, "userType": kind, "accessControls": controls}
        answer = iam("POST", "groups", json=body, headers=EVERY)
        assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (
            400,
            "iam/access-control-restricted",
        )
    russian = iam.refused("POST", "groups", 400, json={"name": {"ru": "Odd"}}, headers=EVERY)
    assert russian["details"] == ["Following languages are not supported: 'ru'"]


def test_members_of_groups(iam: Iam):
    users = f"groups/{GROUP(14)}/users"
    member = {"userId": "10000001", "userType": "CUSTOMER"}
    key = iam.ok("POST", users, 201, json=member)["id"]
    assert iam.ok("POST", users, 201, json=member) == {"id": key}
    assert iam.ok("GET", users) == [{"id": key, "groupId": GROUP(14), **member}]
    assert iam.ok("PUT", f"{users}/CUSTOMER/10000001", 204) is None
    assert set(iam.ok("PUT", f"{users}/CUSTOMER/10000002", 201)) == {"id"}
    assert iam.refused("POST", users, 404, json={"userId": "nobody"}) == {
        "resourceId": "nobody",
        "code": 404,
        "status": "Not Found",
        "message": "User not found",
    }
    assert iam.refused("PUT", f"{users}/VISITOR/10000001", 400) == {
        "resourceId": "10000001",
        "code": 400,
        "status": "Constraint validation failed",
        "message": " 'VISITOR' is not supported",
    }
    iam.refused("POST", users, 400, json={"userId": PAULA})
    iam.refused("POST", "groups/none/users", 404, json=member)
    iam.ok("DELETE", f"{users}/10000001", 204)
    iam.ok("DELETE", f"{users}/10000001", 204)
    iam.ok("DELETE", users, 204)
    assert iam.ok("GET", users) == []
    assert iam.ids("users/10000001/groups") == ["1gr5e52e-6e27-4ac5-9471-2467d3fb7500"]
    assert iam.ok("GET", "users/10000001/groups/CUSTOMER")["code"] == "CUSTOMER"
    iam.ok("DELETE", "groups/CUSTOMER/users/10000001", 204)
    missing = iam.refused("GET", "users/10000001/groups/CUSTOMER", 404)
    assert missing["message"] == "Error while getting assignment"
    iam.ok("DELETE", "users/10000002/groups", 204)
    assert iam.ids("users/10000002/groups") == []
    iam.refused("GET", "users/nobody/groups", 404)


def test_one_role_in_a_company(iam: Iam):
    buyer = {"userId": "10000013", "userType": "CUSTOMER"}
    refused = iam("POST", f"groups/{GROUP(12)}/users", json=buyer)
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "iam/one-role-per-company")
    iam.ok("POST", f"groups/{GROUP(14)}/users", 201, json=buyer)
    iam.ok("POST", f"groups/{GROUP(22)}/users", 201, json=buyer)


def test_members_of_a_subsidiary_join_the_company_above(iam: Iam):
    iam.ok("POST", f"groups/{GROUP(22)}/users", 201, json={"userId": "10000001", "userType": "CUSTOMER"})
    assert iam.ids("users/10000001/groups")[1:] == [GROUP(12), GROUP(22)]
    iam.world.stored.switches["iam/subsidiary-members-in-parent-groups"] = "stay"
    iam.ok("POST", f"groups/{GROUP(22)}/users", 201, json={"userId": "10000002", "userType": "CUSTOMER"})
    assert iam.ids("users/10000002/groups")[1:] == [GROUP(22)]


def test_new_customers_are_customers(either: World, iam: Iam):
    made = iam.ok("POST", f"/customer/{either.tenant}/customers", 201, json={"lastName": "New"})["id"]
    assert iam.ok("GET", f"users/{made}/groups")[0]["code"] == "CUSTOMER"
    iam.ok("DELETE", f"/customer/{either.tenant}/customers/{made}", 202)
    assert made not in {member["userId"] for member in iam.ok("GET", "groups/CUSTOMER/users")}


def test_access_controls(iam: Iam):
    new = {"name": {"en": "Look at recipes"}, "scopes": ["custom.menu_read"], "domains": ["recipes"]}
    assert iam.ok("PUT", "access-controls/recipes", 201, json=new, headers=EVERY) == {"id": "recipes"}
    found = iam.ok("GET", "access-controls/recipes")
    assert found.pop("metadata")["version"] == 1
    flags = {"predefined": False, "restrictionAware": False, "vendorAware": False}
    assert found == {"id": "recipes", **new, **flags}
    iam.ok("PUT", "access-controls/recipes", 204, json={**new, "metadata": {"version": 1}}, headers=EVERY)
    iam.refused(
        "PUT", "access-controls/recipes", 409, json={**new, "metadata": {"version": 1}}, headers=EVERY
    )
    iam.refused("PUT", "access-controls/recipes", 400, json={**new, "scopes": []}, headers=EVERY)
    iam.refused("PUT", f"access-controls/{CONTROL('001')}", 403, json=new, headers=EVERY)
    iam.refused("DELETE", f"access-controls/{CONTROL('001')}", 403)
    assert "recipes" in iam.ids("access-controls", q="domains:recipes")
    expanded = iam.ok("GET", f"access-controls/{CONTROL('001')}", params={"expand": "role,resource"})
    assert (expanded["role"]["name"]["en"], expanded["resource"]["code"]) == ("Editor", "product.product")
    iam.ok("DELETE", "access-controls/recipes", 204)
    iam.ok("DELETE", "access-controls/recipes", 204)
    gone = iam.refused("GET", "access-controls/recipes", 404)
    assert gone["details"] == ["Access control with id 'recipes'not found"]


def test_a_custom_scope_can_be_granted(either: World, iam: Iam):
    text = {"en": "Look at recipes"}
    assert iam.ok("PUT", "scopes/custom.menu_read", 201, json={"description": text, "domain": "recipes"}) == {
        "id": "custom.menu_read"
    }
    found = iam.ok("GET", "scopes/custom.menu_read")
    assert (found["description"], found["predefined"]) == (text, False)
    with either.backend("custom.menu_read") as http:
        own = Iam(either, http).ok("GET", "users/me/scopes")
    assert own["scopes"] == f"custom.menu_read tenant={either.tenant}"
    iam.ok("PUT", "scopes/custom.menu_read", 204, json={"domain": "food", "metadata": {"version": 1}})
    predefined = iam.ok("GET", "scopes/product.product_manage")
    assert (predefined["predefined"], predefined["domain"]) == (True, "product")
    iam.refused("PUT", "scopes/product.product_manage", 403, json={"domain": "food"})
    iam.refused("DELETE", "scopes/product.product_manage", 403)
    iam.refused("PUT", "scopes/custom menu", 400, json={"domain": "food"})
    assert iam.ids("scopes", q="domain:food") == ["custom.menu_read"]
    assert len(iam.ids("scopes", pageSize=1000)) > 150
    iam.ok("DELETE", "scopes/custom.menu_read", 204)
    assert iam.refused("GET", "scopes/custom.menu_read", 404)["message"] == "Scope not found"


def test_what_only_reads(iam: Iam):
    template = iam.ok("GET", "templates", params={"expand": "accessControls"})[0]
    assert [control["id"] for control in template["accessControlsDocuments"]] == template["accessControls"]
    for name, key in (("roles", "201"), ("permissions", "401"), ("resources", "301")):
        assert iam.ids(name)[0] == iam.ok("GET", f"{name}/{CONTROL(key)}")["id"] == CONTROL(key)
        kind = name[:-1]
        gone = iam.refused("GET", f"{name}/none", 404)
        assert gone["message"] == f"Error while getting {kind}"
        assert gone["details"] == [f"{kind.capitalize()} with id 'none' not found"]
    assert iam.ids("roles", name="edit") == [CONTROL("201")]


def test_employees(either: World, iam: Iam):
    new = {
        "firstName": "Olga",
        "lastName": "Frank",
        "preferredSite": "main",
        "preferredCurrency": "EUR",
        "preferredLanguage": "en",
        "department": "Catalog",
        "contactEmail": "olga.frank@example.com",
        "groupIds": [STAFF, GROUP("15")],
    }
    key = iam.ok("POST", "users", 201, json=new)["id"]
    assert len(key) == 20
    found = iam.ok("GET", f"users/{key}", params={"expand": "groups"})
    assert [group["id"] for group in found["groups"]] == found["groupIds"] == new["groupIds"]
    assert (found["status"], found["backofficeUserNumber"]) == ("PROVISIONED", key)
    assert iam.ids("users", userType="EMPLOYEE", pageSize="2", pageNumber="2") == [key]
    unknown = iam.refused("POST", "users", 404, json={**new, "groupIds": ["none"]})
    assert (unknown["resourceId"], unknown["message"]) == (
        "none",
        "Error while getting groups provided in request.",
    )
    assert iam.ids("users") == [PAULA, BEN, key]
    two = {**new, "groupIds": [GROUP("31"), GROUP("32")]}
    iam.refused("POST", "users", 400, json=two)
    iam.refused("POST", "users", 400, json={**new, "groupIds": [GROUP("11")]})
    change = {name: value for name, value in new.items() if name != "contactEmail"}
    change |= {"department": "Sales", "backofficeUserNumber": key, "groupIds": [GROUP("31")]}
    iam.refused("PUT", f"users/{key}", 400, json={**change, "groupIds": ["none"]})
    iam.ok("PUT", f"users/{key}", 204, json=change)
    found = iam.ok("GET", f"users/{key}")
    assert (found["department"], found["contactEmail"]) == ("Sales", "olga.frank@example.com")
    vendor = "65e3a1b2c3d4e5f612000001"
    colleagues = iam("GET", f"users/vendors/{vendor}")
    assert ([e["id"] for e in colleagues.json()], colleagues.headers["x-total-count"]) == ([BEN, key], "2")
    assert iam.ok("GET", f"users/{key}/scopes")["vendorId"] == vendor
    assert [c["vendorAware"] for c in iam.ok("GET", f"users/{key}/access-controls")] == [True]
    iam.ok("DELETE", f"users/{key}", 204)
    assert iam.refused("GET", f"users/{key}", 404)["details"] == [f"User with id '{key}' not found"]
    iam.refused("PUT", f"users/{key}", 404, json=change)
    assert key not in {member["userId"] for member in iam.ok("GET", f"groups/{GROUP('31')}/users")}


def test_what_an_employee_may_do(either: World, iam: Iam):
    editing = iam.ids(f"users/{PAULA}/access-controls")
    assert editing == [CONTROL("001"), CONTROL("003")]
    product = iam.ok(
        "GET", f"users/{PAULA}/access-controls/{CONTROL('301')}", params={"expand": "role,resource"}
    )
    assert [(c["id"], c["role"]["id"], c["resource"]["code"]) for c in product] == [
        (CONTROL("001"), CONTROL("201"), "product.product")
    ]
    permissions = iam.ids(f"users/{PAULA}/permissions/{CONTROL('301')}")
    assert permissions == [CONTROL("401"), CONTROL("402")]
    assert (
        iam.refused("GET", f"users/{PAULA}/permissions/none", 404)["message"]
        == "Error while getting resource"
    )
    key = f"{either.tenant}-{PAULA}"
    form = {"grant_type": "client_credentials", "client_id": key, "client_secret": f"{key}-secret"}
    token = iam.ok("POST", "/oauth/token", data=form)["access_token"]
    with either.client(token) as http:
        paula = Iam(either, http)
        tenant = {"Emporix-Tenant": either.tenant}
        assert paula.ok("GET", "users/me", headers=tenant)["firstName"] == "Paula"
        assert paula("GET", "users/me").status_code == 401
        scopes = paula.ok("GET", "users/me/scopes", headers=tenant)
        assert scopes == iam.ok("GET", f"users/{PAULA}/scopes")
        assert "custom.recipe_manage" in scopes["scopes"]
        own = paula.ok("GET", "users/me/access-controls", headers=tenant)
        assert [control["id"] for control in own] == editing
        paula.refused("GET", f"users/{PAULA}/scopes", 403, headers=tenant)
    iam.refused("GET", "users/me", 403)


def test_groups_make_the_scopes_of_customers(either: World, iam: Iam):
    with as_customer(either, "clara.petersen", 11) as http:
        clara = Iam(either, http)
        own = clara.ok("GET", "users/me/scopes")
        scopes = own["scopes"].split(" ")
        assert (own["userId"], scopes[-1]) == ("10000011", f"tenant={either.tenant}")
        assert {"customer.customer_manage_own", "iam.group_read_own", "approval.approval_manage"} < set(
            scopes
        )
        assert iam.ok("GET", "users/10000011/scopes") == own
        people = clara.ok("GET", f"/customer/{either.tenant}/customers")
        assert [found["id"] for found in people] == ["10000011", "10000012", "10000013"]
        assert clara.ids("groups") == [
            "1gr5e52e-6e27-4ac5-9471-2467d3fb7500",
            *(GROUP(n) for n in (11, 12, 13, 14)),
        ]
        clara.refused("GET", f"groups/{GROUP(11)}", 403)
        assert [m["userId"] for m in clara.ok("GET", f"groups/{GROUP(12)}/users")] == ["10000012"]
        clara.refused("GET", "groups/CUSTOMER/users", 403)
        clara.ok("DELETE", f"groups/{GROUP(13)}/users/10000013", 204)
        nora = {"userId": "10000013", "userType": "CUSTOMER"}
        clara.ok("POST", f"groups/{GROUP(12)}/users", 201, json=nora)
        clara.refused("POST", f"groups/{GROUP(14)}/users", 403, json={**nora, "userId": "10000001"})
        clara.refused("POST", f"groups/{GROUP(24)}/users", 404, json=nora)
        clara.refused("DELETE", f"groups/{GROUP(13)}/users", 403)
    with as_customer(either, "tim.hansen", 12) as http:
        assert "customer.customer_read_own" not in Iam(either, http).ok("GET", "users/me/scopes")["scopes"]
        Iam(either, http).refused("GET", "groups", 403)
    with either.client(either.anonymous()["access_token"]) as http:
        assert Iam(either, http).ok("GET", "users/me/scopes")["scopes"] == f"tenant={either.tenant}"


def test_a_token_of_a_company_has_the_scopes_of_its_groups(either: World, iam: Iam):
    austrian = {"legalEntity": {"id": AUSTRIA}, "customer": {"id": "10000011"}}
    iam.ok("POST", f"/customer-management/{either.tenant}/contact-assignments", 201, json=austrian)
    with as_customer(either, "clara.petersen", 11, AUSTRIA) as http:
        assert "customer.customer_read_own" not in Iam(either, http).ok("GET", "users/me/scopes")["scopes"]
    with as_customer(either, "clara.petersen", 11, HOTELS) as http:
        assert "customer.customer_read_own" in Iam(either, http).ok("GET", "users/me/scopes")["scopes"]


def test_restrictions_of_a_group_suffix_its_scopes(either: World, iam: Iam):
    controls = [CONTROL("021"), CONTROL("001")]
    group = {
        "id": "german-orders",
        "name": {"en": "German orders"},
        "restrictions": ["DE"],
        "accessControls": controls,
    }
    iam.ok("POST", "groups", 201, json=group, headers=EVERY)
    iam.ok("POST", "groups/german-orders/users", 201, json={"userId": BEN})
    scopes = iam.ok("GET", f"users/{BEN}/scopes")["scopes"].split(" ")
    assert {"order.order_read--DE", "customer.customer_read--DE", "product.product_manage"} < set(scopes)
    assert "order.order_read" not in scopes


def test_a_vendor_comes_and_goes_with_its_groups(either: World, iam: Iam):
    vendor = {"id": "roastery", "name": "Roastery"}
    iam.ok("POST", f"/vendor/{either.tenant}/vendors", 201, json=vendor)
    groups = iam.ok("GET", "groups", params={"name": "Roastery"})
    assert [group["name"]["en"] for group in groups] == [
        "Roastery Vendor Product manager",
        "Roastery Vendor Product viewer",
        "Roastery Vendor Order manager",
        "Roastery Vendor Order viewer",
    ]
    assert {(group["vendorId"], group["userType"]) for group in groups} == {("roastery", "EMPLOYEE")}
    iam.ok("POST", f"groups/{groups[0]['id']}/users", 201, json={"userId": PAULA})
    found = iam.ok("GET", f"users/{PAULA}/scopes")
    assert found["vendorId"] == "roastery"
    assert "product.product_manage_by_vendor" in found["scopes"]

    second = groups[1]
    own = {"name": {"en": "Tasters"}, "userType": "EMPLOYEE", "metadata": second["metadata"]}
    iam.ok("PUT", f"groups/{second['id']}", 204, json=own, headers=EVERY)
    iam.ok(
        "PUT",
        f"/vendor/{either.tenant}/vendors/roastery",
        204,
        json={**vendor, "name": "Mill", "type": "COMPANY"},
    )
    renamed = [iam.ok("GET", f"groups/{group['id']}") for group in groups]
    assert [group["name"]["en"] for group in renamed] == [
        "Mill Vendor Product manager",
        "Tasters",
        "Mill Vendor Order manager",
        "Mill Vendor Order viewer",
    ]
    assert [group["metadata"]["version"] for group in renamed] == [2, 2, 2, 2]
    iam.ok(
        "PUT",
        f"/vendor/{either.tenant}/vendors/roastery",
        204,
        json={**vendor, "name": "Mill", "type": "COMPANY"},
    )
    assert [iam.ok("GET", f"groups/{group['id']}") for group in groups] == renamed
    assert iam.ok("GET", f"users/{PAULA}/scopes") == found

    iam.ok("DELETE", f"/vendor/{either.tenant}/vendors/roastery", 204)
    assert [iam("GET", f"groups/{group['id']}").status_code for group in groups] == [404] * 4
    assert "vendorId" not in iam.ok("GET", f"users/{PAULA}/scopes")
