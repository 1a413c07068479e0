"""Picking and packing orders over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

COFFEE, KETTLE = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000003"
DONE = {"message": "Success", "code": 200}
LEA = {"id": "packer-01", "firstName": "Lea", "lastName": "Roth", "siteCode": "main"}
EMAIL = "mia.keller@example.com"


def price(gross: float) -> dict[str, Any]:
    return {"netValue": gross, "grossValue": gross, "taxValue": 0}


def entry(product: str, amount: int, gross: float) -> dict[str, Any]:
    return {
        "id": product,
        "itemYrn": f"urn:yaas:saasag:caasproduct:product:acme;{product}",
        "amount": amount,
        "orderedAmount": amount,
        "unitPrice": gross,
        "totalPrice": gross * amount,
        "product": {"id": product, "name": f"Product {product[-1]}"},
        "calculatedUnitPrice": price(gross),
        "calculatedPrice": {"price": price(gross * amount), "finalPrice": price(gross * amount)},
    }


class Warehouse:
    """The pick-pack service of one world as those who pack see it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()
        self.http.headers["saas-token"] = world.login()["saas_token"]

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/pick-pack/{self.world.tenant}{path}", **request)

    def order(self, day: str = "2099-03-06", site: str = "main", **more: Any) -> str:
        """A placed order of 3 coffees and a kettle that is delivered on a day."""
        body = {
            "status": "CREATED",
            "siteCode": site,
            "currency": "EUR",
            "customer": {"id": "10000001", "firstName": "Mia", "lastName": "Keller", "email": EMAIL},
            "entries": [entry(COFFEE, 3, 18.9), entry(KETTLE, 1, 59)],
            "calculatedPrice": {"price": price(115.7), "finalPrice": price(115.7)},
            "subTotalPrice": 115.7,
            "totalPrice": 120.6,
            "deliveryWindow": {
                "deliveryDate": day,
                "deliveryTimeRange": {"timeFrom": "10:00:00", "timeTo": "12:00:00"},
                "deliveryCycle": f"{day}-morning",
                "deliveryCycleName": "morning",
            },
            **more,
        }
        made = self.http.post(f"/order-v2/{self.world.tenant}/salesorders", json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def report(self, order: str, event: str, product: str = COFFEE, **amounts: Any) -> httpx.Response:
        body = {"eventId": event, "orderNumber": order, "productId": product, "unit": "H87"}
        moment = {"timestamp": "2099-03-05T08:00:00.000Z", "site": "main"}
        return self("POST", "/events", json={**body, **moment, **amounts})

    def entries(self, order: str) -> list[dict[str, Any]]:
        return list(self("GET", f"/orders/{order}").json()["entries"])


@pytest.fixture
def warehouse(either: World) -> Iterator[Warehouse]:
    found = Warehouse(either)
    with found.http:
        yield found


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["message"], answer.headers.get("x-emporix-mock-rule")


def test_an_order_from_the_packlist_to_the_end(warehouse: Warehouse):
    own = warehouse.order()
    listed = warehouse("GET", "/orders", params={"siteCode": "main", "deliveryDate": "2099-03-06"}).json()
    assert [(o["orderId"], o["customerName"], o["packingStatus"]) for o in listed] == [
        (own, "Mia Keller", "INITIAL")
    ]
    assert (listed[0]["productsTotal"], listed[0]["productsPacked"], listed[0]["assignees"]) == (4, 0, [])
    assert listed[0]["deliveryWindow"]["deliveryTimeTo"] == "2099-03-06T12:00:00.000+0100"

    assert warehouse("POST", f"/orders/{own}/assignees", json=LEA).json() == DONE
    second = {**LEA, "id": "packer-02"}
    taken = warehouse("POST", f"/orders/{own}/assignees", json=second, params={"force": "false"})
    assert refusal(taken) == (409, "Conflict", "pick-pack/already-assigned")
    assert warehouse("POST", f"/orders/{own}/assignees", json=second).json() == DONE
    assert [a["id"] for a in warehouse("GET", f"/orders/{own}").json()["assignees"]] == ["packer-02"]
    assert warehouse("DELETE", f"/orders/{own}/assignees/packer-02").status_code == 204
    assert refusal(warehouse("DELETE", f"/orders/{own}/assignees/packer-02")) == (404, "Not Found", None)

    assert warehouse.report(own, "e1", pickedAmount=3, packedAmount=1).json() == DONE
    assert warehouse.report(own, "e2", packedAmount=1, canceledAmount=1).json() == DONE
    assert refusal(warehouse.report(own, "e2")) == (409, "Conflict", "pick-pack/same-event")
    found = warehouse("GET", f"/orders/{own}").json()
    coffee = found["entries"][0]
    assert (coffee["entryId"], coffee["totalCount"], coffee["pickedCount"]) == ("1", 3, 3)
    assert (coffee["packedCount"], coffee["canceledCount"], coffee["packedAmountInPc"]) == (2, 1, 2)
    assert found["packingStatus"] == "IN_PROGRESS"

    boxes = [{"entryId": "box-m", "packedCount": 2}]
    assert warehouse("PUT", f"/orders/{own}/packaging", json=boxes).json() == DONE
    assert warehouse("GET", f"/orders/{own}").json()["packagingProducts"] == [
        {"entryId": "box-m", "productId": "box-m", "packedCount": 2}
    ]
    assert warehouse("POST", f"/orders/{own}/finish").json() == DONE
    done = warehouse("GET", f"/orders/{own}").json()
    assert (done["packingStatus"], done["holdingAreaNumber"]) == ("PACKED", 1)
    assert "assignees" not in done
    mails = warehouse.world.stored.state("customer-management").collection("mails").scan()
    assert [(m["type"], m["email"]) for m in mails if m.get("orderId") == own] == [
        ("order-confirmation", EMAIL)
    ]
    order = warehouse.http.get(f"/order-v2/{warehouse.world.tenant}/salesorders/{own}").json()
    assert [e["amount"] for e in order["entries"] if e["product"]["id"] == COFFEE] == [2]


def test_events_after_a_moment_in_pages_from_zero(warehouse: Warehouse):
    own = warehouse.order()
    for number in range(3):
        moment = f"2099-03-05T0{number}:00:00.000Z"
        assert warehouse.report(own, f"m{number}", packedAmount=1, timestamp=moment).status_code == 200

    def ids(**params: Any) -> list[str]:
        return [event["eventId"] for event in warehouse("GET", "/events", params=params).json()]

    assert ids()[-3:] == ["m0", "m1", "m2"]
    assert ids(timestamp="2099-03-05T00:00:00Z") == ["m1", "m2"]
    assert ids(timestamp="2099-03-05T02:30:00+0200") == ["m1", "m2"]
    assert ids(timestamp="2099-03-05T00:00:00Z", pageNumber=0, pageSize=1) == ["m1"]
    assert ids(timestamp="2099-03-05T00:00:00Z", pageNumber=1, pageSize=1) == ["m2"]
    assert warehouse("GET", "/events", params={"pageNumber": -1}).status_code == 400
    assert refusal(warehouse("GET", "/events", params={"timestamp": "yesterday"}))[2] == "pick-pack/bad-time"
    last = warehouse("GET", "/events", params={"timestamp": "2099-03-05T01:00:00Z"}).json()[0]
    assert (last["user"], last["packedAmountInPc"], last["pickedAmount"]) == ("10000001", 1, 0)


def test_a_cancelled_order_takes_no_change(warehouse: Warehouse):
    own = warehouse.order(day="2099-03-13")
    assert warehouse("PATCH", f"/orders/{own}", json={"packingStatus": "CANCELLED"}).json() == DONE
    day = {"siteCode": "main", "deliveryDate": "2099-03-13"}
    assert warehouse("GET", "/orders", params=day).json() == []
    assert "2099-03-13" not in warehouse("GET", "/orderCycles", params={"siteCode": "main"}).json()
    assert warehouse("GET", f"/orders/{own}").json()["packingStatus"] == "CANCELLED"
    for answer in (
        warehouse("PATCH", f"/orders/{own}", json={"packingStatus": "INITIAL"}),
        warehouse("POST", f"/orders/{own}/finish"),
        warehouse("POST", f"/orders/{own}/assignees", json=LEA),
        warehouse("DELETE", f"/orders/{own}/assignees/packer-01"),
        warehouse("PUT", f"/orders/{own}/packaging", json=[]),
        warehouse.report(own, "late"),
    ):
        assert refusal(answer) == (400, "Bad Request", "pick-pack/cancelled-order")


def test_what_is_refused(warehouse: Warehouse):
    own = warehouse.order()
    assert refusal(warehouse("GET", "/orders/EON9999")) == (404, "Not Found", None)
    assert refusal(warehouse("POST", "/orders/EON9999/finish")) == (404, "Not Found", None)
    assert refusal(warehouse.report("EON9999", "x"))[2] == "pick-pack/unknown-order"
    assert refusal(warehouse.report(own, "x", product="nothing"))[2] == "pick-pack/not-in-order"
    assert refusal(warehouse.report(own, "x", packedAmount=-1))[2] == "pick-pack/below-zero"
    assert warehouse("POST", "/events").status_code == 400
    wrong = {"siteCode": "main", "deliveryDate": "2026-02-30"}
    assert refusal(warehouse("GET", "/orders", params=wrong))[2] == "pick-pack/bad-time"
    with warehouse.world.backend() as http:
        unnamed = http.post(f"/pick-pack/{warehouse.world.tenant}/orders/{own}/finish")
        assert unnamed.status_code == 400
    with warehouse.world.backend("pickpack.pickpack_view") as http:
        path = f"/pick-pack/{warehouse.world.tenant}/orders/{own}"
        assert http.get(path).status_code == 200
        denied = http.request("PATCH", path, json={"packingStatus": "PACKED"})
        assert (denied.status_code, denied.json()["details"]) == (
            403,
            ["Missing required scopes '[pickpack.pickpack_manage]'"],
        )


def test_the_days_with_deliveries(warehouse: Warehouse):
    for day, more in (
        ("2099-04-03", {}),
        ("2099-04-01", {}),
        ("2001-04-01", {}),
        ("2099-05-01", {"site": "uk"}),
    ):
        warehouse.order(day=day, **more)
    days = warehouse("GET", "/orderCycles", params={"siteCode": "main"}).json()
    assert [day for day in days if day.startswith("2099-04")] == ["2099-04-01", "2099-04-03"]
    assert "2001-04-01" not in days
    assert "2099-05-01" not in days


def test_recalculation_jobs(warehouse: Warehouse):
    clock, own = warehouse.world.stored.clock, warehouse.order()
    clock.freeze()
    warehouse.report(own, "e1", packedAmount=2)
    started = warehouse("POST", "/jobs/recalculations", json={"jobType": "AUTOMATIC"})
    assert started.status_code == 200
    path = f"/jobs/recalculations/{started.json()['jobId']}"
    running = warehouse("GET", path).json()
    assert (running["jobStatus"], running["orders"]) == (
        "IN_PROGRESS",
        [{"orderId": own, "jobOrderStatus": "PENDING"}],
    )
    again = warehouse("POST", "/jobs/recalculations", json={"jobType": "AUTOMATIC"})
    assert refusal(again) == (409, "Conflict", "pick-pack/job-running")
    warehouse.http.put(f"/_mock/worlds/{warehouse.world.tenant}/clock", json={"advance": 2})
    done = warehouse("GET", path).json()
    assert (done["jobStatus"], done["orders"]) == ("SUCCESS", [{"orderId": own, "jobOrderStatus": "SUCCESS"}])
    assert done["finishedAt"] > done["startedAt"]
    order = warehouse.http.get(f"/order-v2/{warehouse.world.tenant}/salesorders/{own}").json()
    assert [e["amount"] for e in order["entries"]] == [2, 1]

    warehouse.world.stored.switches["engine/job-pace"] = "at-once"
    nothing = warehouse("POST", "/jobs/recalculations", json={"jobType": "AUTOMATIC"}).json()["jobId"]
    assert warehouse("GET", f"/jobs/recalculations/{nothing}").json()["orders"] == []
    given = {"jobType": "MANUAL", "orderIds": [own, "EON9999", own]}
    failed = warehouse("POST", "/jobs/recalculations", json=given).json()["jobId"]
    found = warehouse("GET", f"/jobs/recalculations/{failed}").json()
    assert [(o["orderId"], o["jobOrderStatus"]) for o in found["orders"]] == [
        (own, "SUCCESS"),
        ("EON9999", "FAILURE"),
    ]
    assert found["jobStatus"] == "FAILURE"
    assert refusal(warehouse("POST", "/jobs/recalculations", json={"jobType": "MANUAL"})) == (
        400,
        "Bad Request",
        "pick-pack/no-orders",
    )
    assert refusal(warehouse("GET", "/jobs/recalculations/nothing")) == (404, "Not Found", None)


def test_choices(warehouse: Warehouse):
    switches, own = warehouse.world.stored.switches, warehouse.order()
    switches.update(
        {
            "pick-pack/event-amounts": "total",
            "pick-pack/first-event": "keeps",
            "pick-pack/packaging": "refused",
            "pick-pack/holding-area": "none",
            "pick-pack/entries-without-events": "not-delivered",
        }
    )
    warehouse.report(own, "a", packedAmount=2)
    warehouse.report(own, "b", packedAmount=1)
    assert [e["packedCount"] for e in warehouse.entries(own)] == [1, 0]
    assert warehouse("GET", f"/orders/{own}").json()["packingStatus"] == "INITIAL"
    boxes = warehouse("PUT", f"/orders/{own}/packaging", json=[{"entryId": "b", "packedCount": 1}])
    assert refusal(boxes)[2] == "pick-pack/unknown-packaging"
    warehouse("POST", f"/orders/{own}/finish")
    assert "holdingAreaNumber" not in warehouse("GET", f"/orders/{own}").json()


def test_the_seeded_order(warehouse: Warehouse):
    found = warehouse("GET", "/orders/EON1004").json()
    assert (found["packingStatus"], found["holdingAreaNumber"]) == ("IN_PROGRESS", 7)
    assert [(e["entryId"], e["productName"], e["packedCount"]) for e in found["entries"]] == [
        ("1", "Espresso Roast 1 kg", 6),
        ("2", "Stoneware Mug blue, small", 0),
    ]
    assert found["entries"][0]["barcodes"] == ["4006381333931"]
    assert found["payment"]["invoiceNumber"] == "EIN1003"
    day = {"siteCode": "main", "deliveryDate": "2026-02-20"}
    assert [o["orderId"] for o in warehouse("GET", "/orders", params=day).json()] == ["EON1004"]
    assert warehouse("GET", "/jobs/recalculations/recalc-0001").json()["jobStatus"] == "SUCCESS"
