"""What a world keeps of its traffic, events by hand, switches, and what the server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emporix_mock.engine.rules import SWITCHES
from emporix_mock.services import registry

if TYPE_CHECKING:
    from .conftest import Desk

TOKEN = "POST-oauth-request-client-credentials"
COUPONS = "GET-coupon-list-specified-coupons"


# Requests.


def test_the_journal_has_every_exchange_with_its_bodies(desk: Desk) -> None:
    token = desk.service_token()
    desk.coupons(token)
    desk.new_coupon(token, "SEEN")
    first, second, third = desk.done("GET", "/requests")
    assert (first["method"], first["path"], first["operationId"]) == ("POST", "/oauth/token", TOKEN)
    assert (first["service"], first["caller"], first["status"]) == ("oauth-service", None, 200)
    assert first["responseBody"]["access_token"] == token
    assert second["caller"] == "service"
    assert third["requestBody"]["code"] == "SEEN"
    assert third["milliseconds"] > 0


def test_the_journal_is_filtered_and_emptied(desk: Desk) -> None:
    token = desk.service_token()
    for _ in range(3):
        desk.coupons(token)
    headers = {"Authorization": f"Bearer {token}"}
    assert desk.http.get(f"/coupon/{desk.tenant}/coupons/NOPE", headers=headers).status_code == 404
    assert len(desk.done("GET", "/requests")) == 5
    assert len(desk.done("GET", f"/requests?operation={COUPONS}")) == 3
    assert len(desk.done("GET", f"/requests?operation={COUPONS}&limit=2")) == 2
    assert [each["status"] for each in desk.done("GET", "/requests?status=404")] == [404]
    assert [each["service"] for each in desk.done("GET", "/requests?service=oauth-service")] == [
        "oauth-service"
    ]
    assert desk.done("GET", "/requests?limit=1")[0]["status"] == 404
    desk.done("DELETE", "/requests")
    assert desk.done("GET", "/requests") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "status=1", "status=ok"])
def test_filters_are_checked(desk: Desk, query: str) -> None:
    assert desk.refused(400, "GET", f"/requests?{query}")["details"][0]["field"] == query.partition("=")[0]


def test_control_requests_are_not_in_the_journal(desk: Desk) -> None:
    desk.done("GET", "/clock")
    desk.refused(400, "PUT", "/clock", {})
    assert desk.done("GET", "/requests") == []


# Problems.


def test_a_defect_is_listed_until_it_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_ctx: object, _state: object) -> object:
        raise ZeroDivisionError("planted")

    token = desk.service_token()
    plan = desk.world.server.app.runtime.service("coupon").plan_of(COUPONS)
    monkeypatch.setattr(plan, "handler", broken)
    headers = {"Authorization": f"Bearer {token}"}
    answer = desk.http.get(f"/coupon/{desk.tenant}/coupons", headers=headers)
    assert answer.status_code == 500
    assert answer.headers["x-emporix-mock-problem"] == "1"
    (problem,) = desk.done("GET", "/problems")
    assert problem["operationId"] == COUPONS
    assert "planted" in problem["problem"]
    assert "broken" in problem["trace"]
    assert problem in desk.done("GET", "//problems")
    desk.done("DELETE", "/problems")
    assert desk.done("GET", "/problems") == []
    assert problem not in desk.done("GET", "//problems")


# Events.


def test_an_event_by_hand_has_its_effects(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.service_token()}"}
    path = "/reward-points/customer/10000001"
    site = desk.done("GET", "/documents/site-settings-service/sites")[0]
    site["mixins"]["couponSettings"] = {
        "rewardpoints": {"enabled": True, "orderValueToRewardPointsFactor": 2}
    }
    desk.done("POST", "/seed", {"site-settings-service": {"sites": [site]}})
    before = desk.http.get(path, headers=headers).json()
    order = {"id": "EON1001", "status": "COMPLETED", "siteCode": "main", "customer": {"id": "10000001"}}
    event = desk.done(
        "POST", "/events", {"type": "order.status-changed", "payload": {**order, "totalPrice": 40}}
    )
    assert event["type"] == "order.status-changed"
    assert event["tenant"] == desk.tenant
    assert event["problems"] == []
    assert desk.http.get(path, headers=headers).json() == before + 80
    listed = desk.done("GET", "/events?type=order.status-changed")
    assert [each["id"] for each in listed] == [event["id"]]
    assert desk.done("GET", "/events?type=nothing") == []
    everywhere = desk.done("GET", f"//events?tenant={desk.tenant}&type=order.status-changed")
    assert everywhere == listed
    assert event["id"] in {each["id"] for each in desk.done("GET", "//events")}
    assert desk.done("GET", "//events?tenant=nobody") == []


def test_a_reaction_that_breaks_is_told(desk: Desk) -> None:
    bad = {"id": "EON1002", "status": "COMPLETED", "siteCode": "main", "customer": {"id": "10000001"}}
    event = desk.done(
        "POST", "/events", {"type": "order.status-changed", "payload": {**bad, "totalPrice": []}}
    )
    assert len(event["problems"]) == len(desk.done("GET", "/problems"))
    desk.done("DELETE", "/problems")


def test_an_event_needs_a_type(desk: Desk) -> None:
    assert desk.refused(400, "POST", "/events", {"payload": {}})["details"][0]["field"] == "type"
    desk.refused(400, "POST", "/events", {"type": ""})
    desk.refused(400, "POST", "/events", {"type": "x", "payload": []})
    assert desk.done("POST", "/events", {"type": "nobody.listens"})["payload"] == {}


def test_mails_hold_the_tokens_that_customers_are_sent(desk: Desk) -> None:
    assert desk.done("GET", "/mails") == []
    token = desk.world.anonymous()["access_token"]
    answer = desk.http.post(
        f"/customer/{desk.tenant}/password/reset",
        json={"email": "mia.keller@example.com"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code < 300, answer.text
    (mail,) = desk.done("GET", "/mails")
    assert (mail["type"], mail["email"]) == ("password-reset", "mia.keller@example.com")
    assert mail["token"]


# Switches.


def test_switches_are_listed_with_reasons_and_set_per_world(desk: Desk) -> None:
    found = desk.done("GET", "/switches")
    declared = {each.id for each in SWITCHES} | {
        each.id
        for name in registry.MODULES
        if (service := registry.load(name))
        for each in service.switches.values()
    }
    assert {each["id"] for each in found} == declared
    switch = next(each for each in found if len(each["values"]) > 1)
    assert switch["value"] == switch["default"] == switch["values"][0]
    assert switch["about"]
    assert switch["source"]
    changed = desk.done("PUT", "/switches", {switch["id"]: switch["values"][1]})
    assert next(each for each in changed if each["id"] == switch["id"])["value"] == switch["values"][1]
    others = desk.done("GET", "//worlds/acme/switches")
    assert next(each for each in others if each["id"] == switch["id"])["value"] == switch["default"]
    back = desk.done("PUT", "/switches", {switch["id"]: None})
    assert next(each for each in back if each["id"] == switch["id"])["value"] == switch["default"]


def test_an_unknown_switch_or_value_changes_nothing(desk: Desk) -> None:
    switch = next(each for each in desk.done("GET", "/switches") if len(each["values"]) > 1)
    found = desk.refused(400, "PUT", "/switches", {switch["id"]: switch["values"][1], "no/such": "x"})
    assert found["details"] == [{"field": "no/such", "message": "there is no such switch"}]
    found = desk.refused(400, "PUT", "/switches", {switch["id"]: "nonsense"})
    assert switch["default"] in found["details"][0]["message"]
    desk.refused(400, "PUT", "/switches", {switch["id"]: 1})
    now = desk.done("GET", "/switches")
    assert next(each for each in now if each["id"] == switch["id"])["value"] == switch["default"]


# The server.


def test_health_and_entry_page_say_what_runs(desk: Desk) -> None:
    health = desk.done("GET", "//health")
    assert (health["status"], health["tenant"], health["seed"]) == ("ok", "acme", "loyalty")
    links = desk.done("GET", "//")["links"]
    for link in links.values():
        assert desk.http.get(link).status_code == 200


def test_operations_list_every_route_with_the_level_it_is_served_at(desk: Desk) -> None:
    found = desk.done("GET", "//operations")
    runtime = desk.world.server.app.runtime
    services = {each["service"] for each in found}
    assert {"coupon", "customer-management", "customer-service", "oauth-service", "reward-points"} <= services
    for name in services:
        app = runtime.service(name)
        listed = {each["id"]: each for each in found if each["service"] == name}
        assert set(listed) == {oid for oid in app.places if "-legacy-" not in oid}
        for oid, entry in listed.items():
            assert entry["level"] == app.level(oid), oid
            assert entry["public"] == app.plan_of(oid).public, oid
    only = desk.done("GET", "//operations?service=coupon&level=behaviour")
    assert {(each["service"], each["level"]) for each in only} == {("coupon", "behaviour")}
    desk.refused(400, "GET", "//operations?level=perfect")


def test_the_description_is_the_document_that_is_served(desk: Desk) -> None:
    document = desk.done("GET", "//openapi.json")
    assert document["openapi"].startswith("3.0")
    ids = [
        op["operationId"]
        for item in document["paths"].values()
        for key, op in item.items()
        if key != "parameters"
    ]
    assert len(ids) == len(set(ids)) == len(desk.world.server.app.runtime.service("_mock").places)


def test_unknown_paths_and_methods_have_the_same_shape(desk: Desk) -> None:
    desk.refused(404, "GET", "//nonsense")
    assert desk.ask("DELETE", "//health").headers["allow"] == "GET"
    desk.refused(405, "DELETE", "//health")
    answer = desk.ask("POST", "/fork", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.json()["code"]) == (415, 415)
    answer = desk.ask("POST", "/fork", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    answer = desk.ask("GET", f"//health?q={'x' * 11_000}")
    assert (answer.status_code, answer.json()["code"]) == (414, 414)
