"""Companies, locations and contacts over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

HOTELS, AUSTRIA = "65e0a1b2c3d4e5f60c000001", "65e0a1b2c3d4e5f60c000002"
CLARA, TIM = "10000011", "10000012"
ABSENT = (404, "The legal entity with the requested code does not exist.")
TAKEN = (409, "Given resource already exists.")


class Companies:
    """The service as one caller sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world, self.http = world, http

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        root = "" if path.startswith("/") else f"/customer-management/{self.world.tenant}/"
        return self.http.request(method, root + path, **request)

    def ok(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, **request: Any) -> tuple[int, str]:
        answer = self(method, path, **request)
        return answer.status_code, answer.json()["message"]

    def ids(self, path: str, **query: Any) -> list[str]:
        return [found["id"] for found in self.ok("GET", path, params=query)]

    def customer(self, number: str) -> Any:
        return self.ok("GET", f"/customer/{self.world.tenant}/customers/{number}")


@pytest.fixture
def companies(either: World) -> Iterator[Companies]:
    with either.backend() as http:
        yield Companies(either, http)


def events(world: World, kind: str) -> list[dict[str, Any]]:
    return [e["payload"] for e in world.stored.events if e["type"] == f"client-management.{kind}"]


def test_a_company_from_creation_to_deletion(either: World, companies: Companies):
    office = {
        "type": "OFFICE",
        "name": "Bremen office",
        "contactDetails": {"addressLine1": "Weserweg 2", "city": "Bremen", "countryCode": "DE"},
    }
    place = companies.ok("POST", "locations", 201, json=office)["id"]
    new = {
        "id": "weser-inn",
        "name": "Weser Inn",
        "legalInfo": {
            "legalName": "Weser Inn GmbH",
            "countryOfRegistration": "DE",
            "registrationId": "HRB 9",
        },
        "accountLimit": {"currency": "EUR", "value": 99.5},
        "entitiesAddresses": [{"id": place}],
    }
    assert companies.ok("POST", "legal-entities", 201, json=new) == {"id": "weser-inn"}
    found = companies.ok("GET", "legal-entities/weser-inn")
    roles = [(group.get("role"), group["name"]) for group in found.pop("customerGroups")]
    assert roles == [
        ("B2B_ADMIN", {"en": "Weser Inn Admin"}),
        ("B2B_BUYER", {"en": "Weser Inn Buyer"}),
        ("B2B_REQUESTER", {"en": "Weser Inn Requester"}),
        (None, {"en": "Weser Inn Contact"}),
    ]
    assert found.pop("metadata")["version"] == 1
    assert found == {
        **new,
        "type": "COMPANY",
        "entitiesAddresses": [companies.ok("GET", f"locations/{place}")],
    }
    assert companies.refused("POST", "legal-entities", json=new) == TAKEN

    assert companies.ids("legal-entities") == [HOTELS, AUSTRIA, "weser-inn"]
    assert companies.ids("legal-entities", name="ELBHAFEN", pageSize=1, pageNumber=2) == [AUSTRIA]
    assert companies.ids("legal-entities", parentId=HOTELS, type="SUBSIDIARY") == [AUSTRIA]
    assert companies.ids("legal-entities", **{"legalInfo.legalName": "inn gmbh"}) == ["weser-inn"]
    assert (
        companies.ids("legal-entities", q="legalInfo.registrationId:exists", sort="name:desc")[0]
        == "weser-inn"
    )
    searched = companies(
        "POST", "legal-entities/search", json={"q": "name:~Inn"}, headers={"X-Total-Count": "true"}
    )
    assert ([c["id"] for c in searched.json()], searched.headers["x-total-count"]) == (["weser-inn"], "1")
    assert companies.ok("GET", "legal-entities/weser-inn", params={"fields": "name"}) == {
        "id": "weser-inn",
        "name": "Weser Inn",
    }

    whole = companies.ok("GET", "legal-entities/weser-inn")
    assert companies.ok("PUT", "legal-entities/weser-inn", 204, json={**whole, "name": "Weser Hotel"}) is None
    changed = companies.ok("GET", "legal-entities/weser-inn")
    assert changed == {**whole, "name": "Weser Hotel", "metadata": changed["metadata"]}
    assert changed["metadata"]["version"] == 2
    stale = {"name": "Late", "type": "COMPANY", "metadata": {"version": 1}}
    assert companies.refused("PUT", "legal-entities/weser-inn", json=stale)[0] == 409
    assert companies("PATCH", "legal-entities/weser-inn", json={"name": "No"}).status_code == 405

    assert companies.ok("DELETE", "legal-entities/weser-inn", 204) is None
    for method, path in (
        ("GET", "legal-entities"),
        ("DELETE", "legal-entities"),
        ("GET", "locations"),
        ("GET", "contact-assignments"),
    ):
        assert companies.refused(method, f"{path}/weser-inn") == ABSENT
    assert companies.ok("PUT", "locations/depot", 201, json=office) == {"id": "depot"}
    assert companies.ids("locations", **{"contactDetails.city": "brem"}) == [place, "depot"]
    assert companies.ok("DELETE", f"locations/{place}", 204) is None

    created, updated = events(either, "legalentity-created"), events(either, "legalentity-updated")
    assert created[0]["legalEntityId"] == "weser-inn"
    assert created[0]["addresses"][0]["id"] == place
    assert (updated[0]["name"], updated[0]["tenant"]) == ("Weser Hotel", either.tenant)
    assert events(either, "legalentity-deleted") == [{"tenant": either.tenant, "legalEntityId": "weser-inn"}]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"type": "SUBSIDIARY"}, "client-management/subsidiary-without-parent"),
        ({"parentId": "nobody"}, "engine/unknown-reference"),
        ({"parentId": "inn"}, "client-management/own-ancestor"),
        ({"legalInfo": {"countryOfRegistration": "FR"}}, "engine/unknown-reference"),
        ({"legalInfo": {"countryOfRegistration": "XX"}}, "engine/unknown-reference"),
        ({"entitiesAddresses": [{"id": "nowhere"}]}, "engine/unknown-reference"),
        ({"restrictions": ["DE"]}, "client-management/unknown-restriction"),
    ],
)
def test_what_a_company_cannot_be(companies: Companies, change: dict[str, Any], rule: str):
    france = f"/country/{companies.world.tenant}/countries/FR"
    companies.ok("PATCH", france, 204, json={"active": False, "metadata": {"version": 1}})
    companies.ok("POST", "legal-entities", 201, json={"id": "inn", "name": "Inn"})
    body = {"name": "Inn", "type": "COMPANY"} | change
    answer = companies("PUT", "legal-entities/inn", json=body)
    assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (400, rule)
    assert companies.ok("GET", "legal-entities/inn")["metadata"]["version"] == 1


def test_groups_follow_the_list_of_the_company(either: World, companies: Companies):
    companies.ok("POST", "legal-entities", 201, json={"id": "inn", "name": "Inn"})
    whole = companies.ok("GET", "legal-entities/inn")
    admin, buyer, *_ = (group["id"] for group in whole["customerGroups"])
    companies.ok("PUT", "legal-entities/inn", 204, json={"name": "Inn", "type": "COMPANY"})
    assert len(companies.ok("GET", "legal-entities/inn")["customerGroups"]) == 4
    companies.ok(
        "PUT", "legal-entities/inn", 204, json={**whole, "customerGroups": [{"id": admin}], "metadata": {}}
    )
    assert [g["id"] for g in companies.ok("GET", "legal-entities/inn")["customerGroups"]] == [admin]
    assert companies("GET", f"/iam/{either.tenant}/groups/{buyer}").status_code == 404
    either.stored.switches["client-management/put-without-customer-groups"] = "remove"
    companies.ok("PUT", "legal-entities/inn", 204, json={"name": "Inn", "type": "COMPANY"})
    assert companies("GET", f"/iam/{either.tenant}/groups/{admin}").status_code == 404


def test_contacts_of_companies(either: World, companies: Companies):
    jonas = {"legalEntity": {"id": AUSTRIA}, "customer": {"id": "10000002"}, "type": "LOGISTICS"}
    made = companies.ok("POST", "contact-assignments", 201, json={"id": "jonas", **jonas})
    assert made == {"id": "jonas"}
    contact = companies.ok("GET", "contact-assignments/jonas")
    assert contact["customer"] == {
        "id": "10000002",
        "name": "Jonas",
        "surname": "Brandt",
        "email": "jonas.brandt@example.com",
    }
    assert (contact["primary"], contact["legalEntity"]["name"]) == (False, "Elbhafen Hotels Austria")
    above = companies.ids("contact-assignments", **{"customer.id": "10000002", "legalEntity.id": HOTELS})
    assert len(above) == 1, "contacts become contacts of the companies above"
    assert companies.refused("POST", "contact-assignments", json={**jonas, "type": "PRIMARY"}) == TAKEN
    customer = companies.customer("10000002")
    assert customer["businessModel"] == "B2B"
    assert {e["id"]: e["contactAssignmentId"] for e in customer["b2b"]["legalEntities"]} == {
        HOTELS: above[0],
        AUSTRIA: "jonas",
    }
    assert companies.ids("contact-assignments", legalEntityId=AUSTRIA) == ["jonas"]
    assert companies.ids("contact-assignments", primary="true") == ["65e0a1b2c3d4e5f60e000001"]
    told = events(either, "user-assigned-to-legalentity")
    assert [(e["legalEntityId"], e["type"]) for e in told] == [(AUSTRIA, "LOGISTICS"), (HOTELS, "LOGISTICS")]

    companies.ok("PUT", "contact-assignments/jonas", 204, json={**contact, "type": "BILLING"})
    assert companies.ok("GET", "contact-assignments/jonas")["type"] == "BILLING"
    companies.ok("DELETE", "contact-assignments/jonas", 204)
    assert [e["id"] for e in companies.customer("10000002")["b2b"]["legalEntities"]] == [HOTELS]
    unknown = {"legalEntity": {"id": AUSTRIA}, "customer": {"id": "nobody"}}
    assert companies.refused("POST", "contact-assignments", json=unknown)[0] == 400


@pytest.mark.parametrize(
    ("direction", "companies_of"), [("DOWNWARD", {HOTELS, AUSTRIA}), ("DISABLED", {HOTELS})]
)
def test_propagation_of_contacts_is_a_setting(
    either: World, companies: Companies, direction: str, companies_of: set[str]
):
    settings = either.stored.state("configuration-service").collection("configurations")
    settings.put("companyContactPropagation", {"key": "companyContactPropagation", "value": direction})
    mia = {"legalEntity": {"id": HOTELS}, "customer": {"id": "10000001"}}
    companies.ok("POST", "contact-assignments", 201, json=mia)
    assert {e["id"] for e in companies.customer("10000001")["b2b"]["legalEntities"]} == companies_of


def test_what_goes_with_a_company(either: World, companies: Companies):
    chain = companies.ok("GET", f"legal-entities/{AUSTRIA}/parent-hierarchy")
    assert [found["id"] for found in chain] == [AUSTRIA, HOTELS]
    companies.ok("DELETE", f"legal-entities/{HOTELS}", 204)
    assert companies.ids("legal-entities") == companies.ids("contact-assignments") == []
    assert companies.customer(CLARA)["businessModel"] == "B2C"
    groups = companies.ok("GET", f"/iam/{either.tenant}/groups", params={"userType": "customer"})
    assert [group["code"] for group in groups] == ["CUSTOMER"]
    assert [e["legalEntityId"] for e in events(either, "legalentity-deleted")] == [AUSTRIA, HOTELS]


def test_a_deleted_customer_is_no_contact(either: World, companies: Companies):
    companies.ok("DELETE", f"/customer/{either.tenant}/customers/{TIM}", 202)
    assert companies.ids("contact-assignments", **{"customer.id": TIM}) == []
    approvers = companies.ok("GET", f"legal-entities/{HOTELS}")["approvalGroup"]
    assert [found["customer"]["id"] for found in approvers] == [CLARA]


def test_customers_see_their_companies(either: World, companies: Companies):
    companies.ok("POST", "legal-entities", 201, json={"id": "inn", "name": "Inn"})
    companies.ok(
        "POST", "contact-assignments", 201, json={"legalEntity": {"id": "inn"}, "customer": {"id": CLARA}}
    )
    login = either.login("clara.petersen@example.com", "Loyal-Points-11")
    with either.client(login["access_token"]) as http:
        clara = Companies(either, http)
        assert clara.ids("legal-entities") == [HOTELS, "inn"]
        assert clara.refused("GET", f"legal-entities/{AUSTRIA}") == ABSENT
        assert clara.ids("locations") == ["65e0a1b2c3d4e5f60d000001", "65e0a1b2c3d4e5f60d000002"]
        assert clara.refused("DELETE", f"legal-entities/{HOTELS}")[0] == 403
    query = {"refreshToken": login["refresh_token"], "legalEntityId": "inn"}
    with either.client(either.anonymous()["access_token"]) as guest:
        bound = guest.get(f"/customer/{either.tenant}/refreshauthtoken", params=query).json()
        foreign = {"refreshToken": bound["refresh_token"], "legalEntityId": AUSTRIA}
        assert guest.get(f"/customer/{either.tenant}/refreshauthtoken", params=foreign).status_code == 403
    with either.client(bound["access_token"]) as http:
        clara = Companies(either, http)
        assert clara.ids("legal-entities") == ["inn"]
        assert clara.refused("GET", f"legal-entities/{HOTELS}") == ABSENT
        context = clara.ok("GET", f"/session-context/{either.tenant}/me/context")
        assert context["context"]["legalEntityId"] == "inn"
        assert clara.refused("GET", "locations")[0] == 403, "only the groups of this company count"
    with either.customer() as http:
        mia = Companies(either, http)
        assert mia.ids("legal-entities") == []
        assert mia.refused("GET", "contact-assignments")[0] == 403


def test_a_restricted_scope_sees_its_restriction(either: World, companies: Companies):
    settings = either.stored.state("configuration-service").collection("configurations")
    settings.put("restrictions", {"key": "restrictions", "value": ["DE", "UK"]})
    for name in ("DE", "UK"):
        body = {"id": f"inn-{name}", "name": f"Inn {name}", "restrictions": [name]}
        companies.ok("POST", "legal-entities", 201, json=body)
    stored = either.stored.tokens
    found = stored.find(companies.http.headers["authorization"].removeprefix("Bearer "))
    assert found is not None
    stored.issue(
        replace(found, token="restricted", scopes=frozenset({"customermanagement.legalentity_read--DE"}))
    )
    with either.client("restricted") as http:
        assert Companies(either, http).ids("legal-entities") == [HOTELS, AUSTRIA, "inn-DE"]
        assert Companies(either, http).refused("GET", "legal-entities/inn-UK") == ABSENT


def test_a_sign_up_for_a_company_makes_a_contact(either: World, companies: Companies):
    def sign_up(email: str, registration: str) -> str:
        details = {
            "firstName": "Ada",
            "lastName": "Holm",
            "company": "Holm Tea",
            "b2b": {"companyRegistrationId": registration},
        }
        body = {"email": email, "password": "Loyal-Points-9", "customerDetails": details}
        with either.client(either.anonymous()["access_token"]) as http:
            answer = http.post(f"/customer/{either.tenant}/signup", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    known, new = sign_up("a@example.com", "HRB 120017"), sign_up("b@example.com", "HRB 77")
    assert companies.customer(known)["b2b"]["legalEntities"][0]["id"] == HOTELS
    entity = companies.customer(new)["b2b"]["legalEntities"][0]
    assert entity["name"] == "Holm Tea"
    company = companies.ok("GET", f"legal-entities/{entity['id']}")
    assert (company["legalInfo"], len(company["customerGroups"])) == ({"registrationId": "HRB 77"}, 4)
    assert companies.ids("contact-assignments", **{"customer.id": new}) == [entity["contactAssignmentId"]]
