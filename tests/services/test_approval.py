"""Approvals over HTTP: asking, deciding, expiring, and the order that follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

COMPANY = "65e0a1b2c3d4e5f60c000001"
PENDING, APPROVED = "65e2a1b2c3d4e5f610000001", "65e2a1b2c3d4e5f610000002"
KETTLES, COFFEE, TIMS = (f"65b2c3d4e5f6070809{n:06d}" for n in (11, 12, 14))
KETTLE = "65d0a1b2c3d4e5f604000003"
PEOPLE = {
    "clara": ("10000011", "clara.petersen@example.com", "Loyal-Points-11"),
    "tim": ("10000012", "tim.hansen@example.com", "Loyal-Points-12"),
    "nora": ("10000013", "nora.lang@example.com", "Loyal-Points-13"),
    "mia": ("10000001", "mia.keller@example.com", "Loyal-Points-1"),
}
ADDRESS = {
    "contactName": "Nora Lang",
    "street": "Kanalweg",
    "streetNumber": "4",
    "zipCode": "23552",
    "city": "Lübeck",
    "country": "DE",
}
DETAILS = {
    "currency": "EUR",
    "shipping": {
        "zoneId": "germany",
        "methodId": "standard",
        "methodName": "Standard delivery",
        "amount": 4.9,
    },
    "paymentMethods": [{"provider": "invoice", "method": "invoice"}],
    "addresses": [{**ADDRESS, "type": "SHIPPING"}, {**ADDRESS, "type": "BILLING"}],
}


class Person:
    """Somebody of the company as a caller."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.number, email, password = PEOPLE[name]
        self.login = world.login(email, password)
        self.http = world.client(self.login["access_token"])

    def bound(self, company: str) -> httpx.Client:
        """A client of this person, bound to a company."""
        with self.world.client(self.world.anonymous()["access_token"]) as guest:
            query = {"refreshToken": self.login["refresh_token"], "legalEntityId": company}
            answer = guest.get(f"/customer/{self.world.tenant}/refreshauthtoken", params=query)
        assert answer.status_code == 200, answer.text
        return self.world.client(answer.json()["access_token"])

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        root = "" if path.startswith("/") else f"/approval/{self.world.tenant}/"
        return self.http.request(method, root + path, **request)

    def ok(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, code: str | None = None, **request: Any) -> Any:
        answer = self(method, path, **request)
        assert answer.status_code == status, answer.text
        assert answer.json().get("errorCode") == (f"APPROVAL-{code}" if code else None), answer.text
        return answer.json()

    def permitted(self, cart: str, kind: str = "CART") -> Any:
        body = {"resourceType": kind, "resourceId": cart, "action": "CHECKOUT"}
        return self.ok("POST", "approval/permitted", json=body)

    def fill(self, quantity: int = 1, **cart: Any) -> str:
        """A new cart with kettles."""
        carts = f"/cart/{self.world.tenant}/carts"
        body = {"currency": "EUR", "siteCode": "main", **cart}
        key = self.ok("POST", carts, 201, json=body)["cartId"]
        item = {
            "itemYrn": f"urn:yaas:saasag:caasproduct:product:{self.world.tenant};{KETTLE}",
            "quantity": quantity,
            "price": {
                "priceId": "65d0a1b2c3d4e5f607000003",
                "originalAmount": 59,
                "effectiveAmount": 59,
                "currency": "EUR",
            },
        }
        self.ok("POST", f"{carts}/{key}/items", 201, params={"siteCode": "main"}, json=item)
        return str(key)


class People(dict[str, Person]):
    """The company's people, signed in when first asked for."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, name: str) -> Person:
        person = self[name] = Person(self.world, name)
        return person


@pytest.fixture
def people(either: World) -> Iterator[People]:
    found = People(either)
    yield found
    for person in found.values():
        person.http.close()


def asked(cart: str, approver: str = "10000012", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "CART",
        "resourceId": cart,
        "action": "CHECKOUT",
        "approver": {"userId": approver},
        "details": DETAILS,
    } | more


def replace(path: str, value: Any, op: str = "replace") -> list[dict[str, Any]]:
    return [{"op": op, "path": path, "value": value}]


def test_from_asking_to_the_order(either: World, people: People):
    nora, tim, mia = people["nora"], people["tim"], people["mia"]
    cart = nora.fill(2, legalEntityId=COMPANY)
    assert nora.permitted(cart) == {"action": "CHECKOUT", "permitted": False}
    users = nora.ok(
        "POST", "search/users", json={"resourceType": "CART", "resourceId": cart, "action": "CHECKOUT"}
    )
    assert [user["userId"] for user in users] == ["10000011", "10000012"]
    assert users[0] == {"userId": "10000011", "firstName": "Clara", "lastName": "Petersen"}
    key = nora.ok("POST", "approvals", 201, json=asked(cart, id="two-kettles", comment="Two kettles"))["id"]
    assert key == "two-kettles"
    nora.refused("GET", f"/cart/{either.tenant}/carts/{cart}", 404)
    assert nora.permitted(cart) == {
        "action": "CHECKOUT",
        "status": "PENDING",
        "permitted": False,
        "approvalId": key,
    }
    found = tim.ok("GET", f"approvals/{key}")
    assert found["metadata"].pop("createdAt") < found["expiryDate"]
    assert found["resource"]["items"] == [
        {
            "quantity": 2,
            "itemPrice": {
                "currency": "EUR",
                "amount": 59,
                "unitPrice": 59,
                "calculatedPrice": {"price": {"netValue": 99.16, "grossValue": 118, "taxValue": 18.84}},
            },
            "itemId": KETTLE,
            "itemYrn": KETTLE,
        }
    ]
    assert found["resource"]["siteCode"] == "main"
    assert found["resource"]["subtotalAggregate"]["grossValue"] == 118
    assert (found["status"], found["comment"], found["details"]) == ("PENDING", "Two kettles", DETAILS)
    assert (found["legalEntity"], found["requestor"]["userId"]) == ({"id": COMPANY}, nora.number)
    mine = tim.ok("GET", "approvals", params={"q": "status:(PENDING,DECLINED) resource.siteCode:main"})
    assert [approval["id"] for approval in mine] == [PENDING, key]
    paged = tim(
        "GET",
        "approvals",
        params={"pageSize": 1, "pageNumber": 2, "sort": "status"},
        headers={"X-Total-Count": "true"},
    )
    assert ([a["id"] for a in paged.json()], paged.headers.get("x-total-count")) == ([PENDING], "3")
    mia.refused("GET", f"approvals/{key}", 404, "404001")
    assert mia.ok("GET", "approvals") == []
    nora.refused("POST", "approvals", 409, "409001", json=asked(cart, id=key))

    nora.ok("PATCH", f"approvals/{key}", 204, json=replace("/details/currency", "EUR"))
    decision = [*replace("/status", "APPROVED"), *replace("/approverComment", "Fine", "add")]
    tim.ok("PATCH", f"approvals/{key}", 204, json=decision)
    assert tim.ok("GET", f"approvals/{key}")["approverComment"] == "Fine"
    for caller in (nora, tim):
        assert caller.permitted(cart)["permitted"] is True
    nora.refused("PATCH", f"approvals/{key}", 400, "400009", json=replace("/comment", "Late"))
    nora.refused("DELETE", f"approvals/{key}", 400, "400001")

    order = {
        "cartId": cart,
        "currency": "EUR",
        "paymentMethods": [{"provider": "custom", "customAttributes": {}, "amount": 1}],
        "shipping": {**DETAILS["shipping"], "shippingTaxCode": "STANDARD"},
        "addresses": DETAILS["addresses"],
        "customer": {
            "id": nora.number,
            "email": "nora.lang@example.com",
            "firstName": "Nora",
            "lastName": "Lang",
        },
    }
    saas = {"saas-token": nora.login["saas_token"]}
    placed = nora.ok("POST", f"/checkout/{either.tenant}/checkouts/order", json=order, headers=saas)
    assert nora.ok("GET", f"approvals/{key}")["createdResource"] == {"id": placed["orderId"]}


def test_who_needs_an_approval(either: World, people: People):
    nora, tim, clara, mia = (people[name] for name in ("nora", "tim", "clara", "mia"))
    small, large = (
        tim.fill(1, legalEntityId=COMPANY, type="small"),
        tim.fill(9, legalEntityId=COMPANY, type="large"),
    )
    assert (tim.permitted(small)["permitted"], tim.permitted(large)["permitted"]) == (True, False)
    tim.refused("POST", "approvals", 400, "400005", json=asked(small, "10000011"))
    tim.refused("POST", "approvals", 400, "400006", json=asked(large, "10000012"))
    tim.refused("POST", "approvals", 400, "400006", json=asked(large, "10000013"))
    tim.ok("POST", "approvals", 201, json=asked(large, "10000011"))
    tim.refused("POST", "approvals", 400, "400005", json=asked(large, "10000011"))
    own = clara.fill(50, legalEntityId=COMPANY)
    assert clara.permitted(own) == {"action": "CHECKOUT", "permitted": True}
    clara.refused("POST", "approvals", 400, "400005", json=asked(own))
    assert mia.permitted("65b2c3d4e5f6070809000001") == {"action": "CHECKOUT", "permitted": True}
    mia.refused("POST", "approvals", 400, "400005", json=asked("65b2c3d4e5f6070809000001"))
    mia.refused("POST", "approvals", 400, "400011", json=asked(own))
    either.stored.switches["approval-service/request-without-company"] = "no-company"
    mia.refused("POST", "approvals", 400, "400011", json=asked("65b2c3d4e5f6070809000001"))
    nora.refused("POST", "approvals", 400, "400008", json=asked(small))
    nora.refused("POST", "approvals", 404, "404002", json=asked("nothing"))
    where = {"resourceType": "CART", "resourceId": small, "action": "CHECKOUT"}
    nora.refused("POST", "search/users", 400, "400008", json=where)
    nora.refused("POST", "search/users", 404, "404002", json={**where, "resourceId": "nothing"})
    mia.refused("POST", "search/users", 400, "400011", json=where)

    companies = either.stored.collection("client-management", "legalEntities")
    company = companies.get(COMPANY) or {}
    companies.put(COMPANY, {**company, "accountLimit": {"currency": "USD", "value": 1}})
    either.stored.switches["cart/cart-under-approval"] = "kept"
    kept = nora.fill(20, legalEntityId=COMPANY, type="second")
    nora.ok("POST", "approvals", 201, json=asked(kept))
    assert nora.ok("GET", f"/cart/{either.tenant}/carts/{kept}")["id"] == kept
    middle = tim.fill(9, legalEntityId=COMPANY, type="middle")
    assert tim.permitted(middle)["permitted"] is True
    either.stored.switches["approval-service/buyer-without-limit"] = "needs-approval"
    assert tim.permitted(middle)["permitted"] is False


def test_a_member_without_role(either: World, people: People):
    nora = people["nora"]
    cart = nora.fill(legalEntityId=COMPANY)
    with either.backend() as http:
        path = f"/iam/{either.tenant}/users/{nora.number}/groups"
        assert http.delete(path).status_code == 204
    assert nora.permitted(cart)["permitted"] is True
    either.stored.switches["approval-service/member-without-role"] = "needs-approval"
    assert nora.permitted(cart)["permitted"] is False


def test_who_left_the_company_cannot_approve(either: World, people: People):
    cart = people["nora"].fill(legalEntityId=COMPANY)
    with either.backend() as http:
        contact = f"/customer-management/{either.tenant}/contact-assignments/65e0a1b2c3d4e5f60e000002"
        assert http.delete(contact).status_code == 204
    where = {"resourceType": "CART", "resourceId": cart, "action": "CHECKOUT"}
    found = people["nora"].ok("POST", "search/users", json=where)
    assert [user["userId"] for user in found] == ["10000011"]
    people["nora"].refused("POST", "approvals", 400, "400006", json=asked(cart))


def test_quotes_need_the_setting(either: World, people: People):
    tim = people["tim"]
    quote = {
        "resourceType": "QUOTE",
        "resourceId": "QUO1002",
        "action": "CHECKOUT",
        "approver": {"userId": "10000011"},
    }
    tim.refused("POST", "approvals", 400, "400004", json=quote)
    assert tim.permitted("QUO1002", "QUOTE")["permitted"] is True
    settings = either.stored.state("configuration-service").collection("configurations")
    key = "approval.enableQuoteApprovalProcess"
    settings.put(key, {"key": key, "value": True})
    assert tim.permitted("QUO1002", "QUOTE")["permitted"] is False
    made = tim.ok("POST", "approvals", 201, json=quote)["id"]
    found = tim.ok("GET", f"approvals/{made}")
    assert (found["resource"]["id"], "details" in found) == ("QUO1002", False)
    assert [item["itemPrice"]["newUnitPrice"] for item in found["resource"]["items"]] == [40, 17.66]
    assert found["resource"]["totalPrice"]["grossValue"] == 613.38


def test_what_is_no_request(people: People):
    nora = people["nora"]
    cart = nora.fill(legalEntityId=COMPANY)
    nora.refused("POST", "approvals", 400, "400001", json={**asked(cart), "details": {}})
    nora.refused("POST", "approvals", 400, "400001", json={**asked(cart), "resourceType": "ORDER"})
    refused = nora.refused(
        "POST", "approval/permitted", 400, "400001", json={"resourceId": cart, "action": "CHECKOUT"}
    )
    assert refused["message"] == "Problem with validation"
    nora.refused("GET", "approvals/none", 404, "404001")
    nora.refused("DELETE", "approvals/none", 404, "404001")
    nora.refused("PATCH", "approvals/none", 404, "404001", json=replace("/comment", "x"))


def test_deciding_and_withdrawing(either: World, people: People):
    nora, tim = people["nora"], people["tim"]
    path = f"approvals/{PENDING}"
    upper = tim.refused("PATCH", path, 400, "400007", json=replace("/status", "APPROVED", "REPLACE"))
    assert upper["message"] == "Patch operation 'REPLACE' is not supported."
    gone = tim.refused("PATCH", path, 400, "400010", json=replace("/approverComment", "Yes"))
    assert gone["message"] == "Missing field approverComment"
    tim.refused("PATCH", path, 400, "400010", json=replace("/requestor", {"userId": "10000012"}))
    tim.refused("PATCH", path, 400, "400003", json=replace("/status", "MAYBE"))
    tim.refused("PATCH", path, 400, "400002", json=replace("/status", "EXPIRED"))
    tim.refused("PATCH", path, 403, json=replace("/status", "CLOSED"))
    nora.refused("PATCH", path, 403, json=replace("/status", "APPROVED"))
    both = [*replace("/comment", "Changed"), *replace("/status", "MAYBE")]
    nora.refused("PATCH", path, 400, "400003", json=both)
    assert nora.ok("GET", path)["comment"] == "Two kettles for the breakfast room"
    tim.refused("DELETE", path, 400, "400001")
    either.stored.switches["approval-service/patch-op-case"] = "both"
    nora.ok("PATCH", path, 204, json=replace("/comment", "Two blue ones", "REPLACE"))
    nora.ok("DELETE", path, 204)
    assert nora.ok("GET", path)["status"] == "CLOSED"
    assert nora.permitted(KETTLES) == {
        "action": "CHECKOUT",
        "status": "CLOSED",
        "permitted": False,
        "approvalId": PENDING,
    }
    refused = nora.refused("DELETE", path, 400, "400001")
    assert (
        refused["message"]
        == "Deleting this approval is not allowed since it doesn't match all preconditions."
    )
    nora.refused("GET", f"/cart/{either.tenant}/carts/{KETTLES}", 404)


def test_declined_and_expired(either: World, people: People):
    nora, tim = people["nora"], people["tim"]
    cart = nora.fill(legalEntityId=COMPANY)
    key = nora.ok("POST", "approvals", 201, json=asked(cart))["id"]
    tim.ok("PATCH", f"approvals/{key}", 204, json=replace("/status", "DECLINED"))
    assert nora.permitted(cart)["permitted"] is False
    either.stored.clock.advance(timedelta(days=12))
    nora.http.close()
    nora = people["nora"] = Person(either, "nora")
    assert nora.ok("GET", f"approvals/{PENDING}")["status"] == "EXPIRED"
    nora.refused("PATCH", f"approvals/{PENDING}", 400, "400009", json=replace("/comment", "x"))
    states = {a["id"]: a["status"] for a in nora.ok("GET", "approvals")}
    assert states == {PENDING: "EXPIRED", APPROVED: "APPROVED", key: "DECLINED"}


def test_a_token_of_a_company_sees_its_approvals(either: World, people: People):
    nora = people["nora"]
    austria = "65e0a1b2c3d4e5f60c000002"
    with either.backend() as http:
        contact = {"legalEntity": {"id": austria}, "customer": {"id": nora.number}}
        answer = http.post(f"/customer-management/{either.tenant}/contact-assignments", json=contact)
        assert answer.status_code == 201
    path = f"/approval/{either.tenant}/approvals"
    with nora.bound(austria) as http:
        assert http.get(path).json() == []
        assert http.get(f"{path}/{PENDING}").status_code == 404
    nora.http.close()
    nora = people["nora"] = Person(either, "nora")
    with nora.bound(COMPANY) as http:
        assert [a["id"] for a in http.get(path).json()] == [PENDING, APPROVED]
    with either.backend() as http:
        assert http.get(path).status_code == 401
