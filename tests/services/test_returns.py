"""Returns over HTTP: of customers, of guests, and as employees decide on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from tests.conftest import World

KETTLE, GRINDER, FILTER = (f"65d0a1b2c3d4e5f60400000{number}" for number in (3, 4, 2))
PENDING, APPROVED = (f"5e7a9c20-1d3f-4b68-9a04-00000000000{number}" for number in (1, 2))
PAULA = {"type": "USER", "id": "8f1c2b3a4d5e6f708192"}
SENT_BY = {"firstName": "Paula", "lastName": "Richter", "email": "paula.richter@example.com"}
GOODS = {
    "orders": [{"id": "EON1002", "items": [{"id": FILTER, "quantity": 2, "reason": {"code": "STALE"}}]}],
    "reason": {"details": "Not fresh"},
}
FOR_MIA = {**GOODS, "requestor": {"customerId": "10000001"}, "submitter": SENT_BY}


class Returns:
    """The returns service of one world, seen by one caller."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world, self.http = world, http

    def __call__(self, method: str, own: str = "", **request: Any) -> httpx.Response:
        path = f"/return/{self.world.tenant}/returns" + (f"/{own}" if own else "")
        return self.http.request(method, path, **request)

    def status(self, own: str) -> str:
        return str(self("GET", own).json()["approvalStatus"])


@pytest.fixture
def employee(either: World) -> Iterator[Returns]:
    with either.backend() as http:
        yield Returns(either, http)


@pytest.fixture
def customer(either: World) -> Iterator[Callable[..., Returns]]:
    """Makes a signed-in customer, with the SaaS token in every request."""
    made: list[httpx.Client] = []

    def login(*who: str) -> Returns:
        answer = either.login(*who)
        made.append(either.client(answer["access_token"]))
        made[-1].headers["saas-token"] = answer["saas_token"]
        return Returns(either, made[-1])

    yield login
    for http in made:
        http.close()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("returns/")


def test_a_customer_sends_goods_back(either: World, employee: Returns, customer: Callable[..., Returns]):
    mia = customer()
    made = mia("POST", json={**GOODS, "expiryDate": "2030-01-01T00:00:00.000Z", "approver": PAULA})
    assert made.status_code == 201, made.text
    own = made.json()["id"]
    found = mia("GET", own).json()
    assert found["id"] == own
    assert (found["approvalStatus"], found["received"]) == ("PENDING", False)
    assert not {"requestor", "submitter", "approver"} & found.keys()
    item = found["orders"][0]["items"][0]
    assert (item["name"], item["unitPrice"]) == ("Filter Coffee 250 g", {"value": 7.5, "currency": "EUR"})
    unit = {"netValue": 7.01, "grossValue": 7.5, "taxValue": 0.49, "taxCode": "REDUCED", "taxRate": 7}
    both = {"netValue": 14.02, "grossValue": 15, "taxValue": 0.98, "taxCode": "REDUCED", "taxRate": 7}
    assert item["calculatedUnitPrice"] == unit
    assert item["calculatedPrice"]["finalPrice"] == found["calculatedPrice"]["finalPrice"] == both
    assert item["total"] == found["total"] == {"value": 15, "currency": "EUR"}
    created = datetime.fromisoformat(found["metadata"]["createdAt"])
    expiry = datetime.fromisoformat(found["expiryDate"])
    assert abs(expiry - created - timedelta(days=30)) < timedelta(seconds=1)

    seen = employee("GET", own).json()
    assert seen["requestor"]["customerId"] == "10000001"
    assert (seen["submitter"]["userType"], seen["submitter"]["firstName"]) == ("CUSTOMER", "Mia")
    assert "approver" not in seen

    listed = mia("GET", params={"q": "orders._id:~EON1002 approvalStatus:PENDING"})
    assert [entry["id"] for entry in listed.json()] == [own]
    page = employee("GET", params={"pageSize": 2, "pageNumber": 2}, headers={"X-Total-Count": "true"})
    assert ([entry["id"] for entry in page.json()], page.headers["x-total-count"]) == ([own], "3")

    less = {**GOODS, "orders": [{"id": "EON1002", "items": [{"id": FILTER, "quantity": 1}]}]}
    changed = mia("PUT", own, json={**less, "metadata": {"version": 1}, "approvalStatus": "APPROVED"})
    assert changed.status_code == 204, changed.text
    found = mia("GET", own).json()
    assert (found["approvalStatus"], found["total"]["value"], found["metadata"]["version"]) == (
        "PENDING",
        7.5,
        2,
    )
    stale = mia("PUT", own, json={**less, "metadata": {"version": 1}})
    assert refusal(stale) == (409, "stale-version")
    assert mia("PUT", own, json=less).status_code == 400
    reason = [{"op": "replace", "path": "/reason", "value": {"code": "007", "details": "broken"}}]
    assert mia("PATCH", own, json=reason).status_code == 204
    assert mia("GET", own).json()["reason"]["code"] == "007"

    assert mia("DELETE", own).status_code == 204
    assert mia.status(own) == "CLOSED"
    again = mia("DELETE", own)
    assert refusal(again) == (400, "not-pending")
    assert again.json()["message"] == (
        "Deleting this return is not allowed since it doesn't match all preconditions."
    )
    assert employee("DELETE", own).status_code == 204
    for method in ("GET", "DELETE"):
        gone = employee(method, own)
        text = f"The return with id {own} has not been found."
        body = {"returnId": own, "code": 404, "status": "Not Found", "message": text}
        assert (gone.status_code, gone.json()) == (404, body)
    types = [e["type"] for e in either.stored.events if e["type"].startswith("return.")]
    assert types == ["return.created", *["return.updated"] * 3, "return.deleted"]
    payloads = [e["payload"] for e in either.stored.events if e["type"].startswith("return.")]
    assert payloads[0]["orders"][0]["item"][0]["id"] == FILTER
    assert payloads[-1] == {"id": own}


def test_an_employee_decides(either: World, employee: Returns, customer: Callable[..., Returns]):
    approve = [{"op": "replace", "path": "/approvalStatus", "value": "APPROVED"}]
    assert employee("PATCH", PENDING, json=approve).status_code == 204
    received = [{"op": "replace", "path": "/received", "value": True}]
    assert employee("PATCH", PENDING, json=received).status_code == 204
    found = employee("GET", PENDING).json()
    assert (found["approvalStatus"], found["received"], found["total"]["value"]) == ("APPROVED", True, 59)
    for status in ("PENDING", "REJECTED", "CLOSED"):
        step = [{"op": "replace", "path": "/approvalStatus", "value": status}]
        assert refusal(employee("PATCH", PENDING, json=step)) == (400, "illegal-step")
    assert employee("PATCH", PENDING, json=[{"op": "REPLACE", "path": "/received"}]).status_code == 400
    gone = [{"op": "replace", "path": "/nothing/here", "value": 1}]
    assert employee("PATCH", PENDING, json=gone).status_code == 400

    mia = customer()
    assert refusal(mia("PATCH", PENDING, json=[{"op": "remove", "path": "/reason/code"}])) == (
        400,
        "not-pending",
    )
    assert refusal(mia("DELETE", APPROVED)) == (400, "not-pending")


def test_what_customers_may_not_change(either: World, customer: Callable[..., Returns]):
    mia = customer()
    for path, value in (("/received", True), ("/approvalStatus", "APPROVED"), ("/expiryDate", "2030-01-01")):
        change = [{"op": "replace", "path": path, "value": value}]
        assert refusal(mia("PATCH", PENDING, json=change)) == (403, "employees-only")
    total = [{"op": "replace", "path": "/total", "value": {"value": 1, "currency": "EUR"}}]
    assert mia("PATCH", PENDING, json=total).status_code == 204
    assert mia("GET", PENDING).json()["total"]["value"] == 59
    close = [{"op": "replace", "path": "/approvalStatus", "value": "CLOSED"}]
    assert mia("PATCH", PENDING, json=close).status_code == 204
    assert mia.status(PENDING) == "CLOSED"


def test_an_employee_acts_for_others(either: World, employee: Returns, customer: Callable[..., Returns]):
    made = employee("POST", json={**FOR_MIA, "approver": PAULA, "expiryDate": "2030-01-01T00:00:00.000Z"})
    assert made.status_code == 201, made.text
    found = employee("GET", made.json()["id"]).json()
    assert found["requestor"] == {
        "customerId": "10000001",
        "firstName": "Mia",
        "lastName": "Keller",
        "email": "mia.keller@example.com",
    }
    assert found["submitter"] == {"userType": "USER", **SENT_BY}
    assert (found["approver"], found["expiryDate"]) == (PAULA, "2030-01-01T00:00:00.000Z")
    update = {**FOR_MIA, "approvalStatus": "REJECTED", "metadata": {"version": 1}}
    assert employee("PUT", found["id"], json=update).status_code == 204
    assert employee.status(found["id"]) == "REJECTED"
    assert customer().status(found["id"]) == "REJECTED"

    guest = {
        "orders": [{"id": "EON1003", "items": [{"id": "65d0a1b2c3d4e5f604000001", "quantity": 1}]}],
        "reason": {"code": "TORN"},
        "requestor": {"anonymous": True, "email": "ella.wright@example.com"},
        "submitter": SENT_BY,
    }
    made = employee("POST", json=guest)
    assert made.status_code == 201, made.text
    assert employee("GET", made.json()["id"]).json()["total"]["currency"] == "GBP"
    other = {**guest, "requestor": {"anonymous": True, "email": "else@example.com"}}
    assert refusal(employee("POST", json=other)) == (400, "unknown-order")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"orders": []}, "incomplete"),
        ({"orders": [{"id": "EON1002", "items": []}]}, "incomplete"),
        ({"orders": [{"id": "none", "items": [{"id": FILTER, "quantity": 1}]}]}, "unknown-order"),
        ({"orders": [{"id": "EON1004", "items": [{"id": FILTER, "quantity": 1}]}]}, "unknown-order"),
        ({"orders": [{"id": "EON1002", "items": [{"id": KETTLE, "quantity": 1}]}]}, "item"),
        ({"orders": [{"id": "EON1002", "items": [{"id": FILTER, "quantity": 3}]}]}, "item"),
        ({"orders": [{"id": "EON1002", "items": [{"id": FILTER, "quantity": 0}]}]}, "item"),
        ({"reason": {}}, "reason"),
        ({"requestor": {}}, "incomplete"),
        ({"requestor": {"customerId": "none"}}, "unknown-person"),
        ({"submitter": {"firstName": "x", "lastName": "y", "email": ""}}, "incomplete"),
        ({"approver": {"type": "USER", "id": "nobody"}}, "unknown-person"),
        ({"approver": {"type": "GROUP", "id": "nobody"}}, "unknown-person"),
    ],
)
def test_what_cannot_be_returned(employee: Returns, change: dict[str, Any], rule: str):
    assert refusal(employee("POST", json={**FOR_MIA, **change})) == (400, rule)


def test_orders_of_one_return_have_one_currency(either: World, employee: Returns):
    orders = either.stored.collection("order", "orders")
    orders.put("EON1002", {**(orders.get("EON1002") or {}), "currency": "USD"})
    both = [*FOR_MIA["orders"], {"id": "EON1001", "items": [{"id": KETTLE, "quantity": 1}]}]
    assert refusal(employee("POST", json={**FOR_MIA, "orders": both})) == (400, "currency")


def test_nobody_sees_the_returns_of_others(either: World, customer: Callable[..., Returns]):
    jonas = customer("jonas.brandt@example.com", "Loyal-Points-2")
    assert jonas("GET").json() == []
    for method in ("GET", "PUT", "DELETE"):
        body = {"json": {**GOODS, "metadata": {"version": 1}}} if method == "PUT" else {}
        assert jonas(method, PENDING, **body).status_code == 404
    assert refusal(jonas("POST", json=GOODS)) == (400, "unknown-order")
    with either.client(either.anonymous()["access_token"]) as guest:
        assert Returns(either, guest)("GET").status_code == 403


def test_writes_of_customers_take_the_saas_token(either: World, customer: Callable[..., Returns]):
    mia = customer()
    jonas = either.login("jonas.brandt@example.com", "Loyal-Points-2")["saas_token"]
    assert refusal(mia("DELETE", PENDING, headers={"saas-token": jonas})) == (403, "others-saas-token")
    token = mia.http.headers.pop("saas-token")
    assert refusal(mia("DELETE", PENDING)) == (403, "saas-token-needed")
    with either.backend("returns.returns_manage_own") as storefront:
        assert (
            Returns(either, storefront)("DELETE", PENDING, headers={"saas-token": token}).status_code == 204
        )
    assert mia.status(PENDING) == "CLOSED"
    either.stored.switches |= {"returns/saas-token": "optional"}
    assert mia("POST", json=GOODS).status_code == 201


def test_choices(either: World, employee: Returns):
    either.stored.switches |= {"returns/unit-price": "mills", "returns/returned-twice": "refused"}
    assert refusal(employee("POST", json=FOR_MIA)) == (400, "item")  # one of the two came back before
    one = {**FOR_MIA, "orders": [{"id": "EON1002", "items": [{"id": FILTER, "quantity": 1}]}]}
    own = employee("POST", json=one).json()["id"]
    unit = employee("GET", own).json()["orders"][0]["items"][0]["calculatedUnitPrice"]
    assert (unit["netValue"], unit["grossValue"]) == (7.01, 7.5)
    settings = either.stored.collection("configuration-service", "configurations")
    settings.put("return.defaultExpiryDate", {"key": "return.defaultExpiryDate", "value": 14, "version": 1})
    either.stored.switches |= {"returns/returned-twice": "accepted"}
    found = employee("GET", employee("POST", json=one).json()["id"]).json()
    days = datetime.fromisoformat(found["expiryDate"]) - datetime.fromisoformat(
        found["metadata"]["createdAt"]
    )
    assert abs(days - timedelta(days=14)) < timedelta(seconds=1)
