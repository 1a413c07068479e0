"""Delivery times, slots and windows over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

FRIDAY, NEW_YEAR = "65f0a1b2c3d4e5f614000001", "65f0a1b2c3d4e5f614000002"
MORNING, EVENING = (f"5d07a1f0-3c2b-4e1d-9a8f-00000000000{n}" for n in (1, 2))
WEDNESDAY = datetime(2026, 12, 9, 9, tzinfo=UTC)


def slot(start: str = "08:00", end: str = "10:00", **changes: Any) -> dict[str, Any]:
    return {
        "shippingMethod": "standard",
        "deliveryTimeRange": {"timeFrom": start, "timeTo": end},
        "cutOffTime": {"time": "2026-01-12T05:00:00.000Z", "cutOffDayShift": 0},
        "capacity": 1,
        **changes,
    }


def monday(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Monday",
        "siteCode": "main",
        "isDeliveryDay": True,
        "zoneId": "germany",
        "day": {"weekday": "MONDAY"},
        "timeZoneId": "Europe/Berlin",
        "slots": [slot()],
        **changes,
    }


class Delivery:
    """The delivery times of one world as the backend key sees them, on a Wednesday."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.stored.clock.freeze(WEDNESDAY)
        self.http = world.backend()

    def __call__(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        return self.http.request(method, f"/shipping/{self.world.tenant}{path}", **request)

    def read(self, path: str, **request: Any) -> Any:
        answer = self("GET", path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def made(self, body: dict[str, Any]) -> str:
        answer = self("POST", "/delivery-times", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture
def delivery(either: World) -> Iterator[Delivery]:
    delivery = Delivery(either)
    with delivery.http:
        yield delivery


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"].removeprefix("DELIVERY-TIME-")


def test_the_life_of_a_delivery_time(delivery: Delivery):
    own = delivery.made(monday())
    path = f"/delivery-times/{own}"
    read = delivery.read(path)
    assert read["metadata"]["version"] == 1
    assert (read["isForAllZones"], read["deliveryDayShift"], len(read["slots"][0]["id"])) == (False, 0, 36)
    assert [found["id"] for found in delivery.read("/delivery-times")] == [FRIDAY, NEW_YEAR, own]

    body = {**monday(slots=read["slots"], name="Mondays"), "metadata": {"version": 1}}
    changed = delivery("PUT", path, json=body)
    assert (changed.status_code, changed.content) == (200, b"")
    assert code(delivery("PUT", path, json=body)) == (409, "409002")
    assert code(delivery("PUT", path, json={**body, "id": "other"})) == (400, "400002")
    patch = [{"op": "replace", "path": "/name", "value": "Every Monday"}]
    assert delivery("PATCH", path, json=patch).status_code == 200
    read = delivery.read(path)
    assert (read["name"], read["metadata"]["version"]) == ("Every Monday", 3)
    assert code(delivery("POST", "/delivery-times", json={**monday(), "id": own})) == (409, "409001")

    assert delivery("DELETE", path).status_code == 204
    assert code(delivery("GET", path)) == (404, "404002")
    assert code(delivery("DELETE", path)) == (404, "404002")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"zoneId": "berlin", "day": {"weekday": "FRIDAY"}, "slots": []}, (400, "400003")),
        (
            {
                "isDeliveryDay": False,
                "isForAllZones": True,
                "zoneId": None,
                "slots": None,
                "day": {"singleDate": "2027-01-01T11:00:00Z"},
            },
            (400, "400004"),
        ),
        ({"slots": [slot(), slot("09:00", "11:00")]}, (400, "400005")),
        ({"zoneId": "mars"}, (400, "400009")),
        ({"slots": [slot(shippingMethod="rocket")]}, (400, "400010")),
        ({"siteCode": "mars"}, (404, "404001")),
        ({"slots": [slot(), slot()]}, (400, "400007")),
    ],
)
def test_delivery_times_that_a_rule_refuses(
    delivery: Delivery, changes: dict[str, Any], found: tuple[int, str]
):
    body = {name: value for name, value in monday(**changes).items() if value is not None}
    answer = delivery("POST", "/delivery-times", json=body)
    assert code(answer) == found


def test_exactly_one_kind_of_day(delivery: Delivery):
    both = {"weekday": "MONDAY", "singleDate": "2026-12-14T11:00:00Z"}
    for day in ({}, both, {"weekday": "SOMEDAY"}, {"singleDate": "tomorrow"}):
        answer = delivery("POST", "/delivery-times", json=monday(day=day))
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "ENTITY-400001")


def test_overlap_can_be_allowed(delivery: Delivery):
    body = monday(zoneId="berlin", day={"weekday": "FRIDAY"}, slots=[])
    answer = delivery("POST", "/delivery-times", json=body, params={"validateOverlap": "false"})
    assert answer.status_code == 201


def test_delivery_times_in_bulk(delivery: Delivery):
    bad = monday(id="t2", zoneId="mars")
    made = delivery("POST", "/delivery-times/bulk", json=[monday(id="t1"), bad])
    assert made.status_code == 207
    assert made.json()[0] == {"index": 0, "id": "t1", "code": 201, "status": "CREATED", "message": "Created"}
    second = made.json()[1]
    assert (second["index"], second["code"], second["status"]) == (1, 400, "BAD_REQUEST")
    assert second["errorCodes"] == ["DELIVERY-TIME-400009"]
    assert delivery("POST", "/delivery-times/bulk", json=[monday()] * 51).status_code == 400


def test_slots(delivery: Delivery):
    own = delivery.made(monday(slots=[]))
    path = f"/delivery-times/{own}/slots"
    made = delivery("POST", path, json=slot(id="early"))
    assert (made.status_code, made.json()) == (201, {"id": "early"})
    assert delivery.read(f"{path}/early") == slot(id="early")
    assert code(delivery("POST", path, json=slot(id="early"))) == (400, "SLOT-400003")
    assert code(delivery("POST", path, json=slot(id="twin"))) == (400, "SLOT-400004")
    assert code(delivery("POST", path, json=slot("09:00", "11:00"))) == (400, "400005")
    late = delivery("POST", path, json=slot("12:00", "14:00")).json()["id"]
    assert [entry["id"] for entry in delivery.read(path)] == ["early", late]

    assert delivery("PUT", f"{path}/early", json=slot(capacity=5)).status_code == 200
    assert code(delivery("PUT", f"{path}/early", json=slot(id="other"))) == (400, "SLOT-400002")
    patch = [{"op": "replace", "path": "/capacity", "value": 7}]
    assert delivery("PATCH", f"{path}/early", json=patch).status_code == 200
    assert delivery.read(f"{path}/early")["capacity"] == 7
    wrong = [{"op": "replace", "path": "/deliveryTimeRange", "value": {"timeFrom": "late"}}]
    assert delivery("PATCH", f"{path}/early", json=wrong).status_code == 400
    assert delivery.read(f"/delivery-times/{own}")["metadata"]["version"] == 5

    assert delivery("DELETE", f"{path}/early").status_code == 204
    assert code(delivery("GET", f"{path}/early")) == (404, "SLOT-404001")
    assert delivery("DELETE", path).status_code == 204
    assert delivery.read(path) == []
    assert code(delivery("GET", "/delivery-times/nothing/slots")) == (404, "404001")


def window(day: str = "2026-12-11", slot_id: str = MORNING) -> dict[str, Any]:
    return {"deliveryWindowId": FRIDAY, "deliveryDate": f"{day}T11:00:00.000Z", "slotId": slot_id}


def cart(delivery: Delivery, **changes: Any) -> str:
    carts = delivery.world.stored.collection("cart", "carts")
    body = {"id": "c1", "siteCode": "main", "countryCode": "DE", "zipCode": "10115", **changes}
    carts.put("c1", {name: value for name, value in body.items() if value is not None})
    return "c1"


def test_the_windows_of_a_cart(delivery: Delivery):
    found = delivery.read(f"/actualDeliveryWindows/{cart(delivery)}")
    assert found[0] == {
        "id": FRIDAY,
        "deliveryDate": "2026-12-11T11:00:00.000Z",
        "deliveryTimeRange": {"startTime": "10:00", "endTime": "12:00"},
        "deliveryCycle": "2026-12-11-07-morning",
        "zoneId": "berlin",
        "deliveryMethod": "courier",
        "cutOffTime": "2026-12-11T07:00:00.000Z",
        "slotId": MORNING,
    }
    assert [w["deliveryCycle"] for w in found] == [
        "2026-12-11-07-morning",
        "2026-12-11-13-evening",
        "2026-12-18-07-morning",
        "2026-12-18-13-evening",
    ]
    far = monday(zoneId="berlin", deliveryDayShift=10**9, slots=[slot(shippingMethod="courier")])
    delivery.made(far)
    assert delivery.read("/actualDeliveryWindows/c1") == found
    assert delivery.read("/actualDeliveryWindows/c1", params={"postalCode": "20457"}) == []
    assert delivery.read("/areaDeliveryTimes/berlin/c1") == found
    assert delivery("GET", "/areaDeliveryTimes/mars/c1").status_code == 404
    assert delivery("GET", "/actualDeliveryWindows/nothing").status_code == 404
    cart(delivery, zipCode=None)
    assert delivery("GET", "/actualDeliveryWindows/c1").status_code == 400


def test_windows_close_at_the_cut_off_and_on_days_off(delivery: Delivery):
    cart(delivery)
    delivery.world.stored.clock.set(datetime(2026, 12, 11, 7, 30, tzinfo=UTC))
    with delivery.world.backend() as http:
        path = f"/shipping/{delivery.world.tenant}/actualDeliveryWindows/c1"
        assert http.get(path).json()[0]["slotId"] == EVENING
    delivery.world.stored.clock.set(datetime(2026, 12, 29, 9, tzinfo=UTC))
    with delivery.world.backend() as http:
        assert {w["deliveryDate"][:10] for w in http.get(path).json()} == {"2027-01-08"}


def test_a_full_window_is_gone(delivery: Delivery):
    for _ in range(20):
        assert delivery("POST", "/actualDeliveryWindows/incrementCounter", json=window()).json() is True
    for path in ("/actualDeliveryWindows/incrementCounter", "/deliveryWindowValidation"):
        full = delivery("POST", path, json=window())
        assert (full.status_code, full.json()["errorCode"]) == (400, "VALIDATION-DELIVERY-WINDOW-400003")
    assert delivery("POST", "/deliveryWindowValidation", json=window("2026-12-18")).json() is True
    assert delivery.read(f"/actualDeliveryWindows/{cart(delivery)}")[0]["slotId"] == EVENING


def test_windows_that_cannot_be_ordered(delivery: Delivery):
    def refused(**changes: Any) -> str:
        body = {name: value for name, value in {**window(), **changes}.items() if value is not None}
        answer = delivery("POST", "/deliveryWindowValidation", json=body)
        assert answer.status_code == 400
        return str(answer.json().get("errorCode", answer.json()["message"]))

    assert refused(slotId=None).endswith("400001")
    assert refused(deliveryDate="someday").endswith("400002")
    assert refused(deliveryDate="2026-12-10T11:00:00.000Z").endswith("400003")
    assert refused(deliveryWindowId="nothing").endswith("400003")
    past = "2026-12-04T11:00:00.000Z"
    assert refused(deliveryDate=past) == f"DeliveryDate: {past} is not in future"


def test_the_id_of_a_cycle(delivery: Delivery):
    body = {"deliveryTimeId": FRIDAY, "slotId": MORNING, "deliveryDate": "2026-12-11T11:00:00.000Z"}
    made = delivery("POST", "/delivery-cycles/generate", json=body)
    assert (made.status_code, made.json()) == (201, "2026-12-11-07-morning")
    lost = delivery("POST", "/delivery-cycles/generate", json={**body, "slotId": "other"})
    assert code(lost) == (404, "SLOT-404001")


def test_sites_that_ship_to_a_place(delivery: Delivery):
    (found,) = delivery("POST", "/findSite", json={"postalCode": "10115", "country": "DE"}).json()
    assert (found["id"], found["defaultZoneId"]) == ("main", "germany")
    assert [zone["id"] for zone in found["zones"]] == ["germany", "berlin"]
    berlin = found["zones"][1]
    assert [m["id"] for m in berlin["methods"]] == ["courier"]
    assert len(berlin["actualDeliveryWindows"]) == 4
    place = {"postalCode": "10115", "country": "DE"}
    (few,) = delivery("POST", "/findSite", json=place, params={"windowsLimit": 1}).json()
    assert len(few["zones"][1]["actualDeliveryWindows"]) == 1
    assert delivery("POST", "/findSite", json={**place, "country": "FR"}).status_code == 404


def test_delivery_times_need_a_scope(either: World):
    path = f"/shipping/{either.tenant}/delivery-times"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(path).status_code == 403
