"""Countries and regions over HTTP, and the seed they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pycountry

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

REGIONS = {"Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America"}


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_a_country_is_found_and_switched_off(either: World):
    countries = f"/country/{either.tenant}/countries"
    with either.backend() as http:
        austria = ok(http.get(f"{countries}/AT", headers={"Accept-Language": "*"}))
        assert austria["name"] == {"en": "Austria", "de": "Österreich"}
        assert (austria["regions"], austria["active"], austria["metadata"]["version"]) == (
            ["Europe"],
            True,
            1,
        )

        page = http.get(
            countries,
            params={"name": "LAND", "sort": "code:desc", "pageSize": "2", "pageNumber": "2"},
            headers={"X-Total-Count": "true"},
        )
        every = http.get(countries, params={"name": "land", "sort": "code:desc", "pageSize": "300"})
        assert (ok(page), page.headers["x-total-count"]) == (ok(every)[2:4], str(len(ok(every))))
        assert {"FI", "PL"} < {country["code"] for country in ok(every)}

        off = {"active": False, "name": {"en": "dropped"}, "metadata": {"version": 1}}
        assert http.patch(f"{countries}/AT", json=off).status_code == 204
        changed = ok(http.get(f"{countries}/AT", headers={"Accept-Language": "*"}))
        assert changed == {**austria, "active": False, "metadata": changed["metadata"]}
        assert changed["metadata"]["version"] == 2
        assert [c["code"] for c in ok(http.get(countries, params={"active": "false"}))] == ["AT"]

        stale = http.patch(f"{countries}/AT", json={"active": True, "metadata": {"version": 1}})
        assert ok(stale, 409)["message"].startswith("The object that you are trying to update has already")
        assert stale.headers["x-emporix-mock-rule"] == "country-service/stale-version"
        assert http.patch(f"{countries}/AT", json={"active": True}).status_code == 400
        nowhere = {"active": True, "metadata": {"version": 1}}
        for gone in (http.get(f"{countries}/XX"), http.patch(f"{countries}/XX", json=nowhere)):
            assert ok(gone, 404) == {
                "entityId": "XX",
                "code": 404,
                "status": "Not Found",
                "message": "The country with the requested code does not exist.",
            }
        for method in ("POST", "PUT", "DELETE"):
            assert http.request(method, f"{countries}/AT").status_code == 405


def test_names_are_maps_in_every_language(either: World):
    countries = f"/country/{either.tenant}/countries"
    with either.client(either.anonymous()["access_token"]) as guest:

        def names(language: str | None) -> tuple[Any, Any]:
            headers = {} if language is None else {"Accept-Language": language}
            listed = ok(guest.get(countries, params={"code": "DE", "pageSize": 300}, headers=headers))
            one = ok(guest.get(f"{countries}/DE", headers=headers))
            return next(c["name"] for c in listed if c["code"] == "DE"), one["name"]

        assert names(None) == ({"en": "Germany"}, {"en": "Germany"})
        assert names("de") == ({"de": "Deutschland"}, {"de": "Deutschland"})
        assert names("*") == ({"en": "Germany", "de": "Deutschland"},) * 2
        settings = either.stored.state("configuration-service").collection("configurations")
        settings.put(
            "project_lang", {"key": "project_lang", "value": '[{"id":"de","default":true},{"id":"en"}]'}
        )
        assert names(None) == ({"de": "Deutschland"}, {"en": "Germany"})
        assert guest.get(countries, headers={"Accept-Language": "robots.txt"}).status_code == 400


def test_every_country_of_the_world_is_there(either: World):
    base = f"/country/{either.tenant}"
    with either.client(either.anonymous()["access_token"]) as guest:
        found = ok(guest.get(f"{base}/countries", params={"pageSize": 300}, headers={"Accept-Language": "*"}))
        assert {c["code"] for c in found} == {country.alpha_2 for country in pycountry.countries}
        assert all(set(c["name"]) == {"en", "de"} and c["name"]["de"] for c in found)
        assert all(len(c["regions"]) == 1 and set(c["regions"]) < REGIONS and c["active"] for c in found)
        europe = ok(guest.get(f"{base}/countries", params={"regions": "Europe", "pageSize": 300}))
        assert {"DE", "FR", "NO"} < {c["code"] for c in europe} < {c["code"] for c in found}
        assert len(ok(guest.get(f"{base}/countries"))) == 60


def test_regions(either: World):
    regions = f"/country/{either.tenant}/regions"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert {region["code"] for region in ok(guest.get(regions))} == REGIONS
        america = ok(guest.get(regions, params={"name": "america", "sort": "code:desc"}))
        assert [region["code"] for region in america] == ["South America", "North America"]
        north = ok(guest.get(f"{regions}/North America", headers={"Accept-Language": "de"}))
        assert (north["name"], north["metadata"]["version"]) == ({"de": "Nordamerika"}, 1)
        assert ok(guest.get(f"{regions}/Atlantis"), 404)["entityId"] == "Atlantis"


def test_only_managers_switch_countries(either: World):
    change = {"active": False, "metadata": {"version": 1}}
    with either.backend("country.country_read") as reader:
        denied = reader.patch(f"/country/{either.tenant}/countries/AT", json=change)
        assert denied.status_code == 403
