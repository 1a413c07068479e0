"""Worlds: made, listed, reset, filled, copied, dropped; snapshots and what they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Desk

SEEDED = ["WELCOME10", "SAVE5", "FREESHIP", "ONLYMIA", "SUMMER25"]


def test_a_world_is_made_at_first_use_and_looking_does_not_make_it(desk: Desk) -> None:
    assert desk.refused(404, "GET", "")["message"] == f"There is no world '{desk.tenant}'."
    desk.token()
    found = desk.done("GET", "")
    assert found["tenant"] == desk.tenant
    assert found["default"] is False
    assert found["requests"] == 1
    assert desk.tenant in [world["tenant"] for world in desk.done("GET", "//worlds")]


@pytest.mark.parametrize("name", ["Acme", "ab", "1shop", "a-b", "seventeenletters1", "sh%C3%B6p"])
def test_what_is_no_tenant_name_is_400(desk: Desk, name: str) -> None:
    found = desk.refused(400, "PUT", f"//worlds/{name}")
    assert found["details"][0]["field"] == "tenant"


def test_a_world_is_made_with_a_seed_and_resets_to_it(desk: Desk) -> None:
    assert desk.ask("PUT", "", {"seed": "empty"}).status_code == 201
    token = desk.service_token()
    assert desk.coupons(token) == []
    assert desk.ask("PUT", "").status_code == 200
    assert desk.coupons(desk.service_token()) == SEEDED
    assert desk.ask("PUT", "", {"seed": "minimal"}).status_code == 200
    desk.done("POST", "/reset")
    token = desk.service_token()
    assert desk.coupons(token) == []
    sites = desk.http.get(f"/site/{desk.tenant}/sites", headers={"Authorization": f"Bearer {token}"}).json()
    assert [site["code"] for site in sites] == ["main"]


def test_an_unknown_seed_leaves_the_world_alone(desk: Desk) -> None:
    desk.new_coupon(desk.service_token(), "KEPT")
    found = desk.refused(400, "PUT", "", {"seed": "nonsense"})
    assert "empty, loyalty, minimal, shop" in found["message"]
    assert "KEPT" in desk.coupons(desk.service_token())


def test_a_misspelt_member_is_refused(desk: Desk) -> None:
    assert "sead" in desk.refused(400, "PUT", "", {"sead": "empty"})["details"][0]["message"]


def test_a_dropped_world_forgets_its_tokens(desk: Desk) -> None:
    token = desk.service_token()
    desk.done("DELETE", "")
    desk.refused(404, "DELETE", "")
    answer = desk.http.get(f"/coupon/{desk.tenant}/coupons", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_the_default_world_cannot_be_dropped(desk: Desk) -> None:
    desk.refused(409, "DELETE", "//worlds/acme")
    assert desk.done("GET", "//worlds/acme")["default"] is True


# Reset.


def test_reset_returns_to_the_seed_with_everything_that_belongs_to_it(desk: Desk) -> None:
    token = desk.service_token()
    desk.new_coupon(token, "EXTRA")
    desk.done("PUT", "/clock", {"set": "2030-01-01T00:00:00Z", "frozen": True})
    desk.done("POST", "/faults", {"operation": "*", "status": 500})
    desk.done("PUT", "/snapshots/kept")
    desk.done("POST", "/reset?to=seed")
    found = desk.done("GET", "")
    assert (found["faults"], found["requests"], found["clock"]["frozen"]) == (0, 0, False)
    assert found["snapshots"] == ["kept"]
    assert not found["clock"]["now"].startswith("2030")
    answer = desk.http.get(f"/coupon/{desk.tenant}/coupons", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert desk.coupons(desk.service_token()) == SEEDED


def test_reset_to_empty_lasts_until_the_next_reset(desk: Desk) -> None:
    desk.done("POST", "/reset?to=empty")
    assert desk.coupons(desk.service_token()) == []
    found = desk.done("GET", "/documents/reward-points")
    assert found["accounts"] == found["options"] == []
    desk.done("POST", "/reset")
    assert desk.coupons(desk.service_token()) == SEEDED


def test_reset_of_one_service_leaves_tokens_and_others(desk: Desk) -> None:
    token = desk.service_token()
    desk.new_coupon(token, "EXTRA")
    desk.done("PUT", "/clock", {"set": "2030-01-01T00:00:00Z"})
    desk.done("POST", "/reset?service=reward-points")
    assert "EXTRA" in desk.coupons(desk.service_token())
    desk.done("POST", "/reset?service=coupon&to=empty")
    assert desk.coupons(desk.service_token()) == []
    desk.done("POST", "/reset?service=coupon")
    assert desk.coupons(desk.service_token()) == SEEDED
    assert desk.done("GET", "/clock")["now"].startswith("2030")


def test_reset_of_nonsense_is_refused(desk: Desk) -> None:
    desk.refused(404, "POST", "/reset?service=nonsense")
    assert desk.refused(400, "POST", "/reset?to=nonsense")["details"][0]["field"] == "to"


# Filling.


def test_documents_in_seed_form_join_a_running_world(desk: Desk) -> None:
    token = desk.service_token()
    coupon = desk.done("GET", "/documents/coupon/coupons")[0]
    new = {**coupon, "code": "POURED", "name": "Poured", "createdAt": "now-1d"}
    stored = desk.done("POST", "/seed", {"coupon": {"coupons": [new, {**coupon, "name": "Renamed"}]}})
    assert stored == {"coupon": {"coupons": 2}}
    assert desk.coupons(token) == [*SEEDED, "POURED"]
    names = {each["code"]: each["name"] for each in desk.done("GET", "/documents/coupon/coupons")}
    assert (names["POURED"], names["WELCOME10"]) == ("Poured", "Renamed")


def test_what_a_dump_shows_can_be_poured_into_another_world(desk: Desk) -> None:
    services = ("customer-service", "coupon", "reward-points", "site-settings-service")
    dump = {service: desk.done("GET", f"/documents/{service}") for service in services}
    assert list(dump["customer-service"]["addresses"]) == ["10000001"]
    desk.done("POST", "/reset?to=empty")
    desk.done("POST", "/seed", dump)
    for service, collections in dump.items():
        found = desk.done("GET", f"/documents/{service}")
        assert {name: found.get(name, []) for name in collections} == collections


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"coupon": {"coupons": [{"code": "X"}]}}, "/coupon/coupons/0"),
        ({"nonsense": {}}, "/nonsense"),
        ({"coupon": {"nonsense": []}}, "/coupon/nonsense"),
        ({"coupon": {"coupons": {"code": "X"}}}, "/coupon/coupons"),
    ],
)
def test_bad_documents_are_refused_with_their_place_and_nothing_is_stored(
    desk: Desk, content: dict[str, object], field: str
) -> None:
    before = desk.done("GET", "/documents/coupon")
    good = before["coupons"][0]
    both = {**content, "site-settings-service": {}}
    coupon = content.get("coupon")
    if isinstance(coupon, dict) and isinstance(coupon.get("coupons"), list):
        both["coupon"] = {"coupons": [*coupon["coupons"], {**good, "code": "GOOD"}]}
    found = desk.refused(400, "POST", "/seed", both)
    assert found["details"][0]["field"] == field
    assert found["details"][0]["message"]
    assert desk.done("GET", "/documents/coupon") == before


def test_a_reference_to_nothing_is_refused(desk: Desk) -> None:
    coupon = {**desk.done("GET", "/documents/coupon/coupons")[0], "code": "LOST"}
    site = {**desk.done("GET", "/documents/site-settings-service/sites")[0], "code": "second"}
    redemption = {**desk.done("GET", "/documents/coupon/redemptions")[0], "id": "6570a1b2c3d4e5f601020399"}
    content = {"coupon": {"coupons": [coupon], "redemptions": [{**redemption, "code": "NOBODY"}]}}
    found = desk.refused(400, "POST", "/seed", {**content, "site-settings-service": {"sites": [site]}})
    assert found["details"][0]["field"].startswith("/coupon/redemptions/0")
    assert "LOST" not in [each["code"] for each in desk.done("GET", "/documents/coupon/coupons")]


# Copies.


def test_a_fork_is_a_copy_that_goes_its_own_way(desk: Desk) -> None:
    target = f"{desk.tenant}f"
    token = desk.service_token()
    desk.new_coupon(token, "COPIED")
    desk.done("PUT", "/clock", {"set": "2030-01-01T00:00:00Z", "frozen": True})
    copy = desk.done("POST", "/fork", {"to": target})
    assert (copy["tenant"], copy["clock"]["now"]) == (target, "2030-01-01T00:00:00.000Z")
    own = desk.service_token(target)
    assert own != token
    assert "COPIED" in desk.coupons(own, target)
    later = desk.service_token()
    assert later not in (own, token)
    assert "COPIED" in desk.coupons(own, target)
    desk.done("POST", f"//worlds/{target}/reset?to=empty")
    assert "COPIED" in desk.coupons(later)
    # The token of the original says nothing in the copy.
    token = later
    answer = desk.http.get(f"/coupon/{target}/coupons", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 400
    desk.done("DELETE", f"//worlds/{target}")


def test_a_fork_onto_itself_or_onto_nonsense_is_refused(desk: Desk) -> None:
    desk.refused(400, "POST", "/fork", {"to": desk.tenant})
    desk.refused(400, "POST", "/fork", {"to": "No Tenant"})
    desk.refused(400, "POST", "/fork", {})


# Snapshots.


def test_a_snapshot_brings_documents_tokens_clock_and_switches_back(desk: Desk) -> None:
    token = desk.service_token()
    switch = next(each for each in desk.done("GET", "/switches") if len(each["values"]) > 1)
    assert desk.ask("PUT", "/snapshots/before").status_code == 201
    desk.new_coupon(token, "LATER")
    desk.done("PUT", "/switches", {switch["id"]: switch["values"][1]})
    desk.done("PUT", "/clock", {"advance": "P400D"})
    answer = desk.http.get(f"/coupon/{desk.tenant}/coupons", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    desk.done("POST", "/snapshots/before/restore")
    assert desk.coupons(token) == SEEDED
    found = next(each for each in desk.done("GET", "/switches") if each["id"] == switch["id"])
    assert found["value"] == switch["default"]


def test_a_snapshot_can_be_read_listed_replaced_and_dropped(desk: Desk) -> None:
    desk.new_coupon(desk.service_token(), "READ")
    desk.done("PUT", "/clock", {"set": "2030-01-01T00:00:00Z", "frozen": True})
    head = desk.done("PUT", "/snapshots/one")
    assert head == {"name": "one", "at": "2030-01-01T00:00:00.000Z", "services": head["services"]}
    assert "coupon" in head["services"]
    found = desk.done("GET", "/snapshots/one")
    assert found["documents"]["coupon"]["coupons"][-1]["code"] == "READ"
    assert not [service for service in found["documents"] if service.startswith("_")]
    assert desk.ask("PUT", "/snapshots/one").status_code == 200
    desk.done("PUT", "/snapshots/two")
    assert [each["name"] for each in desk.done("GET", "/snapshots")] == ["one", "two"]
    desk.done("DELETE", "/snapshots/one")
    assert [each["name"] for each in desk.done("GET", "/snapshots")] == ["two"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/snapshots/no"),
        ("DELETE", "/snapshots/no"),
        ("POST", "/snapshots/no/restore"),
        ("GET", "/snapshots/no/diff"),
    ],
)
def test_a_snapshot_that_nobody_took_is_404(desk: Desk, method: str, path: str) -> None:
    assert desk.refused(404, method, path)["message"] == "There is no snapshot 'no'."


def test_the_name_of_a_snapshot_is_checked(desk: Desk) -> None:
    desk.refused(400, "PUT", "/snapshots/a%2Fb")
    desk.refused(400, "PUT", "/snapshots/.hidden")


def test_a_diff_shows_what_changed_since_and_what_a_restore_would_undo(desk: Desk) -> None:
    desk.done("PUT", "/snapshots/before")
    assert desk.done("GET", "/snapshots/before/diff") == {"changes": []}
    token = desk.service_token()
    # The service is used for the first time only now: what its seed brings is no change.
    desk.new_coupon(token, "NEW")
    headers = {"Authorization": f"Bearer {token}"}
    assert desk.http.delete(f"/coupon/{desk.tenant}/coupons/SAVE5", headers=headers).status_code == 204
    changes = {each["id"]: each for each in desk.done("GET", "/snapshots/before/diff")["changes"]}
    assert changes["NEW"]["change"] == "added"
    assert changes["NEW"]["before"] is None
    assert (changes["NEW"]["service"], changes["NEW"]["collection"]) == ("coupon", "coupons")
    assert changes["SAVE5"]["before"]["code"] == "SAVE5"
    assert changes["SAVE5"]["before"] != changes["SAVE5"]["after"]
    assert set(changes) == {"NEW", "SAVE5"}
    desk.done("POST", "/snapshots/before/restore")
    assert desk.done("GET", "/snapshots/before/diff") == {"changes": []}


# Looking inside.


def test_documents_are_shown_by_service_and_collection(desk: Desk) -> None:
    found = desk.done("GET", "/documents/coupon")
    assert [each["code"] for each in found["coupons"]] == SEEDED
    assert desk.done("GET", "/documents/coupon/coupons") == found["coupons"]
    desk.refused(404, "GET", "/documents/nonsense")
    desk.refused(404, "GET", "/documents/_tokens")
    desk.refused(404, "GET", "/documents/coupon/nonsense")
